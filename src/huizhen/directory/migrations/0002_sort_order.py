"""Names sort by code point on every database: SQLite does so by itself, PostgreSQL is told to."""

from django.db import migrations

COLUMNS = [("directory_person", "sort_key", 300), ("directory_branch", "sort_key", 600), ("directory_unit", "sort_key", 300)]


def sort_by_code_point(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, length in COLUMNS:
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(sort_by_code_point, migrations.RunPython.noop)]
