import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_checked_rows"),
    ]

    operations = [
        migrations.AlterField(
            model_name="imported",
            name="batch",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="cases.import"
            ),
        ),
        migrations.AddIndex(
            model_name="imported",
            index=models.Index(fields=["batch", "row"], name="imported_rows"),
        ),
    ]
