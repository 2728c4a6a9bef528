import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of earlier cases: the file, and which row became which case."""

    dependencies = [
        ("cases", "0005_saved_filters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="source",
            field=models.CharField(
                choices=[
                    ("branch", "支部问诊"),
                    ("proxy", "代挂号"),
                    ("outreach", "专家寻诊"),
                    ("imported", "历史清单"),
                ],
                default="branch",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="source",
            field=models.CharField(
                choices=[
                    ("branch", "支部问诊"),
                    ("proxy", "代挂号"),
                    ("outreach", "专家寻诊"),
                    ("imported", "历史清单"),
                ],
                default="branch",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="why",
            field=models.CharField(
                choices=[
                    ("registered", "挂号"),
                    ("reopened", "复开"),
                    ("worsened", "复诊加重"),
                    ("imported", "历史清单导入"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("content", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("choices", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("kept", "待确认"),
                            ("queued", "写入中"),
                            ("done", "已导入"),
                            ("failed", "没有导入"),
                            ("undoing", "撤回中"),
                            ("undone", "已撤回"),
                        ],
                        default="kept",
                        max_length=8,
                    ),
                ),
                ("promise", models.CharField(blank=True, max_length=64)),
                (
                    "trouble",
                    models.CharField(blank=True, help_text="Code of the refusal that stopped it", max_length=40),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Imported",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("number", models.CharField(blank=True, max_length=40)),
                ("identity", models.CharField(max_length=64, unique=True)),
                ("cells", models.JSONField(default=list)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="cases.import"
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imported", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["by", "-id"], name="import_of_user"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                condition=models.Q(("state__in", ["kept", "queued", "undoing"])),
                fields=["state", "at"],
                name="import_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="imported",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True), fields=["number"], name="imported_number"
            ),
        ),
    ]
