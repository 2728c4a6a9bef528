"""PostgreSQL: a tsvector of our own lexemes without positions, under GIN. Text is never parsed by the database.

GIN has no order, so the newest are asked for in spans of time, each as a lexeme more: the last two weeks first, then as far back as
what was found lets expect. A common word is met at once in a short span; a rare one costs three looks into the index.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from huizhen.lib.copying import copied
from huizhen.search.matching.lexemes import Expression, Lexeme, all_of, any_of, quoted_lexeme, tsquery
from huizhen.search.models.engines.contract import COLUMNS, Ask, Row

WEEK = 604_800 << 30
"""Keys of one week."""
BEGINNING = (2, 16)
"""Weeks back to which the first spans reach; by what they bring, the others are measured."""
FEW = 5_000
"""So many finds are fetched and sorted at once."""
GROWTH = 8
"""A span is at most so many times as long as all before it."""
MOST_MONTHS = 200
BOUNDS = "SELECT max(id), min(id), (SELECT min(id) FROM search_entry) FROM search_entry WHERE id >= %s AND id < %s"
# Materialized: else the planner may walk the keys backwards and open every row's lexemes on its way.
FIND = (
    "WITH hits AS MATERIALIZED (SELECT id FROM search_entry WHERE lexemes @@ %s::tsquery) "
    "SELECT id FROM hits WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT %s"
)


INDEX = "CREATE INDEX IF NOT EXISTS search_entry_lexemes ON search_entry USING gin (lexemes) WITH (fastupdate = off)"


class Postgres:
    """The engine of production."""

    def is_whole(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('search_entry_lexemes') IS NOT NULL")
            return bool(cursor.fetchone()[0])

    def mend(self) -> None:
        """Makes the index over the lexemes, if it is not there: some 10 s for 100,000 entries, in which nobody writes."""
        if self.is_whole():
            return
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(INDEX)
            cursor.execute("RESET maintenance_work_mem")

    def unmake(self) -> None:
        """Takes the index away before very many entries are put, which is faster by far than keeping it."""
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS search_entry_lexemes")

    def pack(self, rows: Sequence[Row]) -> bytes:
        return copied([(*row[:12], " ".join(map(quoted_lexeme, row.lexemes))) for row in rows])

    def put(self, packed: bytes) -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY search_entry ({COLUMNS}, lexemes) FROM STDIN") as copy:
            copy.write(packed)

    def drop(self, ids: Collection[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_entry WHERE id = ANY(%s)", [list(ids)])

    def find(self, ask: Ask) -> list[int]:
        """Asks span by span, newest first, until there are `most`."""
        found: list[int] = []
        with connection.cursor() as cursor:
            cursor.execute(BOUNDS, [ask.since, ask.before])
            newest, oldest, beginning = cursor.fetchone()
            if newest is None:
                return []
            last, end, before = oldest // WEEK, newest // WEEK + 1, newest + 1
            for first, is_narrow in _spans(found, ask.most, last, end, beginning // WEEK):
                since = max(first * WEEK, oldest)
                narrow = _within(first, before // WEEK) if is_narrow else []
                cursor.execute(FIND, [tsquery(all_of([*narrow, ask.wanted])), since, before, ask.most - len(found)])
                found += [row[0] for row in cursor.fetchall()]
                if len(found) >= ask.most or since <= oldest:
                    break
                before = since
        return found


def _spans(found: Sequence[int], most: int, last: int, end: int, beginning: int) -> Iterator[tuple[int, bool]]:
    """The first week of one span after the other, down to `last`, and whether the index is to be narrowed to its weeks.

    `found` grows between them. Naming many weeks costs; so what is rare enough is asked for without.
    """
    for weeks in BEGINNING:
        yield max(end - weeks, last), True
    first = end - BEGINNING[-1]
    while True:
        a_week = (len(found) + 1) / (end - first)
        if a_week * (first - beginning) <= FEW:
            yield last, False
        first -= min(math.ceil((most - len(found)) / a_week * 1.3), GROWTH * (end - first))
        first = max(first - first % 4, last)
        yield first, True


def _within(first: int, last: int) -> list[Expression]:
    """The weeks from first to last; whole fours of them by their months. Nothing when there are too many to name."""
    whole = range(-(-first // 4), (last + 1) // 4) if last - first > 4 else range(0)
    if len(whole) > MOST_MONTHS:
        return []
    weeks = [week for week in range(first, last + 1) if week // 4 not in whole]
    return [any_of([*(Lexeme(f"~w{week}") for week in weeks), *(Lexeme(f"~m{month}") for month in whole)])]
