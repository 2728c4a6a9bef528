"""FTS5 (SQLite 3.40 and newer): one column of lexemes without positions; a trigger takes them away with their entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from huizhen.search.matching.lexemes import fts5
from huizhen.search.models.engines.contract import Ask, Row
from huizhen.search.models.entry import Entry

PAGE = 500


class Sqlite:
    """The engine of an embedded installation."""

    def put(self, rows: Sequence[Row]) -> None:
        Entry.objects.bulk_create([row.entry for row in rows], PAGE)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_fts (rowid, lexemes) VALUES (%s, %s)",
                [(row.entry.id, " ".join(sorted(row.lexemes))) for row in rows],
            )

    def drop(self, ids: Collection[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_entry WHERE id = %s", [(key,) for key in ids])

    def find(self, ask: Ask) -> list[int]:
        """Walks the index backwards and stops at `most`."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM search_fts WHERE search_fts MATCH %s AND rowid >= %s AND rowid < %s "
                "ORDER BY rowid DESC LIMIT %s",
                [fts5(ask.wanted), ask.since, ask.before, ask.most],
            )
            return [row[0] for row in cursor.fetchall()]
