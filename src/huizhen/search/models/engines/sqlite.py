"""FTS5 (SQLite 3.40 and newer): one column of lexemes without positions; a trigger takes them away with their entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from huizhen.search.matching.lexemes import fts5
from huizhen.search.models.engines.contract import COLUMNS, Ask, Row

GATHERED, GATHERED_MUCH = 2**20, 2**26
"""Bytes of new lexemes that FTS5 keeps in memory before it writes a segment: its own default, and for very many."""


def _gather(size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_fts (search_fts, rank) VALUES ('hashsize', %s)", [size])


class Sqlite:
    """The engine of an embedded installation. Its index is always whole: it is the only place where the lexemes are."""

    def is_whole(self) -> bool:
        return True

    def mend(self) -> None:
        _gather(GATHERED)

    def unmake(self) -> None:
        """Nothing is taken away: more is gathered before it is written, so that less is merged afterwards."""
        _gather(GATHERED_MUCH)

    def pack(self, rows: Sequence[Row]) -> tuple[list[Any], list[Any]]:
        moment = connection.ops.adapt_datetimefield_value
        return (
            [(*row[:5], moment(row.at), *row[6:12]) for row in rows],
            [(row.id, " ".join(row.lexemes)) for row in rows],
        )

    def put(self, packed: tuple[list[Any], list[Any]]) -> None:
        entries, lexemes = packed
        places = ", ".join(["%s"] * 12)
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO search_entry ({COLUMNS}) VALUES ({places})", entries)
            cursor.executemany("INSERT INTO search_fts (rowid, lexemes) VALUES (%s, %s)", lexemes)

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
