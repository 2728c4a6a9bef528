"""Being heard: complaints and support are asked and answered like 续问; a branch may deny a contact, so each has a key."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


def give_keys(apps, schema_editor):
    contacts = apps.get_model("cases", "Contact")
    batch = []
    for contact in contacts.objects.filter(key=None).only("pk").iterator(chunk_size=2000):
        contact.key = uuid.uuid4()
        batch.append(contact)
        if len(batch) == 2000:
            contacts.objects.bulk_update(batch, ["key"])
            batch = []
    contacts.objects.bulk_update(batch, ["key"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_ladder"),
        ("directory", "0002_sort_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="ask",
            name="kind",
            field=models.CharField(
                choices=[("ask", "续问"), ("complaint", "投诉"), ("support", "支撑")], default="ask", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="ask",
            name="topic",
            field=models.CharField(
                blank=True,
                choices=[("travel", "出差"), ("data", "数据"), ("access", "权限"), ("time", "时间")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="ask",
            name="unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.unit"
            ),
        ),
        migrations.AddField(
            model_name="ask",
            name="handler",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.person"
            ),
        ),
        migrations.AddField(model_name="ask", name="is_granted", field=models.BooleanField(null=True)),
        migrations.AddField(
            model_name="contact", name="denial", field=models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(model_name="contact", name="denied_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="contact",
            name="denied_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.person"
            ),
        ),
        migrations.AddField(model_name="contact", name="key", field=models.UUIDField(null=True)),
        migrations.RunPython(give_keys, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="contact", name="key", field=models.UUIDField(default=uuid.uuid4, unique=True)
        ),
        migrations.AddIndex(
            model_name="ask",
            index=models.Index(condition=models.Q(("answered_at", None)), fields=["kind", "at"], name="ask_waiting"),
        ),
        migrations.AddIndex(
            model_name="ask",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("kind", "support")), fields=["unit", "at"], name="ask_support"
            ),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "support"), ("unit__isnull", False), models.Q(("topic", ""), _negated=True)),
                    models.Q(models.Q(("kind", "support"), _negated=True), ("topic", ""), ("unit", None)),
                    _connector="OR",
                ),
                name="ask_support_names_its_unit",
            ),
        ),
    ]
