"""PostgreSQL: a tsvector of our own lexemes without positions, under GIN. Text is never parsed by the database.

GIN has no order, so the newest are asked for in spans that grow: two weeks, some months, a year … and at last everything. A common
word is met at once in a short span; a rare one costs a few looks into the index.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from huizhen.search.matching.lexemes import Expression, Lexeme, all_of, any_of, quoted_lexeme, tsquery
from huizhen.search.models.engines.contract import Ask, Row

SPANS = (4, 13, 39, 130)
"""Months of four weeks, one span after the other; before them come the last two weeks, after them everything."""
WEEK = 604_800 << 30
COLUMNS = "id, kind, object_id, level, code, at, title, keys, body, scopes, facets, digest, lexemes"

Span = tuple[int, Expression | None]
"""The first week of a span, and what narrows the index to it; nothing does for the last."""


class Postgres:
    """The engine of production."""

    def put(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY search_entry ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                one = row.entry
                facets = json.dumps(one.facets, ensure_ascii=False)
                vector = " ".join(map(quoted_lexeme, row.lexemes))
                copy.write_row(
                    (one.id, one.kind, one.object_id, one.level, one.code, one.at, one.title, one.keys, one.body,
                     one.scopes, facets, one.digest, vector)
                )  # fmt: skip

    def drop(self, ids: Collection[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_entry WHERE id = ANY(%s)", [list(ids)])

    def find(self, ask: Ask) -> list[int]:
        """Asks span by span, newest first, until there are `most`."""
        found: list[int] = []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(id), min(id) FROM search_entry WHERE id >= %s AND id < %s", [ask.since, ask.before]
            )
            newest, oldest = cursor.fetchone()
            if newest is None:
                return []
            before = newest + 1
            for first, narrow in _spans(newest // WEEK):
                since = max(first * WEEK, oldest)
                wanted = ask.wanted if narrow is None else all_of([narrow, ask.wanted])
                # Materialized: else the planner may walk the keys backwards and open every row's lexemes on its way.
                cursor.execute(
                    "WITH hits AS MATERIALIZED (SELECT id FROM search_entry WHERE lexemes @@ %s::tsquery) "
                    "SELECT id FROM hits WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT %s",
                    [tsquery(wanted), since, before, ask.most - len(found)],
                )
                found += [row[0] for row in cursor.fetchall()]
                if len(found) >= ask.most or since <= oldest:
                    break
                before = since
        return found


def _spans(week: int) -> Iterator[Span]:
    yield week - 1, any_of([Lexeme(f"~w{week}"), Lexeme(f"~w{week - 1}")])
    last = (week - 2) // 4
    for size in SPANS:
        first = last - size + 1
        yield first * 4, any_of([Lexeme(f"~m{number}") for number in range(first, last + 1)])
        last = first - 1
    yield 0, None
