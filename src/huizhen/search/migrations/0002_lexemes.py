"""The place of the lexemes, right for each database, where Django does not look."""

from django.db import migrations

CREATE = {
    "sqlite": [
        # ascii: every character beyond it belongs to a word, and so do these few; the lexemes come cut and in lower case.
        "CREATE VIRTUAL TABLE search_fts USING fts5(lexemes, detail=none, columnsize=0, "
        "tokenize=\"ascii tokenchars '^~=._-'\")",
        # Without it a flush, or a delete that knows nothing of lexemes, would leave them behind.
        "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN DELETE FROM search_fts WHERE rowid = OLD.id; END",
    ],
    "postgresql": [
        "ALTER TABLE search_entry ADD COLUMN lexemes tsvector",
        # No pending list: nobody who searches shall read what a writer put off. The writer is a job that nobody waits for.
        "CREATE INDEX search_entry_lexemes ON search_entry USING gin (lexemes) WITH (fastupdate = off)",
    ],
}
DESTROY = {
    "sqlite": ["DROP TRIGGER IF EXISTS search_entry_gone", "DROP TABLE IF EXISTS search_fts"],
    "postgresql": ["ALTER TABLE search_entry DROP COLUMN IF EXISTS lexemes"],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def destroy(apps, schema_editor):
    for statement in DESTROY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(create, destroy)]
