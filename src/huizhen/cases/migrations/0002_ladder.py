"""The ladder: steps that were told, and when a case must be looked at next. Open cases of before are looked at once, oldest first."""

import datetime

import django.db.models.deletion
from django.db import migrations, models


def look_at_open_cases(apps, schema_editor):
    apps.get_model("cases", "Case").objects.filter(is_open=True).update(next_due_at=models.F("registered_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("challenges", "0001_initial"),
        ("directory", "0002_sort_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="LadderStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clock", models.CharField(max_length=20)),
                ("key", models.CharField(blank=True, max_length=40)),
                ("start", models.DateTimeField()),
                ("step", models.CharField(max_length=10)),
                ("due_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ladder", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "clock", "key", "start", "step"), name="ladder_step_once"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="next_due_at",
            field=models.DateTimeField(default=datetime.datetime(2999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["next_due_at"], name="case_next_due"),
        ),
        migrations.RunPython(look_at_open_cases, migrations.RunPython.noop),
    ]
