"""Entries and seals may only be added; the database itself refuses everything else."""

from django.db import migrations

# Table → what must not be taken twice. REPLACE on SQLite removes the row in its way without firing a delete trigger.
TABLES = {
    "journal_entry": "id = NEW.id OR target_type = NEW.target_type AND target_id = NEW.target_id AND seq = NEW.seq",
    "journal_seal": "id = NEW.id OR number = NEW.number",
}


def arming(vendor):
    """Statements that put the triggers in place."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_append_only_{event} BEFORE {event.upper()} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table, taken in TABLES.items()
            for event, when in (
                ("update", ""),
                ("delete", ""),
                ("insert", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "),
            )
        ]
    return [
        "CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
        *(
            f"CREATE TRIGGER {table}_append_only_row BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION journal_append_only()"
            for table in TABLES
        ),
        *(
            f"CREATE TRIGGER {table}_append_only_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"
            for table in TABLES
        ),
    ]


def disarming(vendor):
    """Statements that take them away again."""
    if vendor == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {table}_append_only_{event}"
            for table in TABLES
            for event in ("update", "delete", "insert")
        ]
    return [
        f"DROP TRIGGER IF EXISTS {table}_append_only_{event} ON {table}" for table in TABLES for event in ("row", "truncate")
    ]


def arm(apps, schema_editor):
    for statement in arming(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def disarm(apps, schema_editor):
    for statement in disarming(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(arm, disarm)]
