"""Rows into the database, many at a time: COPY on PostgreSQL, one prepared statement on SQLite. Keys are given, not asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from huizhen.demo.bulk.making import Made
from huizhen.demo.bulk.templates import ORDER, columns
from huizhen.journal.models import COVERED, ChainHead, Entry

ENTRY = ("id", *COVERED, "digest")
HEAD = ("id", "target_type", "target_id", "seq", "digest", "changed_at", "sealed_seq")


def first_keys() -> tuple[list[int], tuple[int, int]]:
    """The first free key of each table of a case; of journal rows and of chain heads."""
    return [_first(model) for model in ORDER], (_first(Entry), _first(ChainHead))


def _first(model: type[models.Model]) -> int:
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(newest or 0) + 1


def write(made: Made) -> int:
    """Write everything that was made; how many rows. On PostgreSQL the sequences go on after them."""
    count = 0
    for model, rows in zip(ORDER, made.rows, strict=True):
        count += _insert(model, [column.column for column in columns(model)], rows)
    return count + _insert(Entry, ENTRY, made.entries) + _insert(ChainHead, HEAD, made.heads)


def _insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    if not rows:
        return 0
    quote = connection.ops.quote_name
    table, listed = quote(model._meta.db_table), ", ".join(map(quote, names))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            last = max(row[names.index("id")] for row in rows)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({places})", rows)
    return len(rows)


def settle(tables: Iterable[type[models.Model]]) -> None:
    """Tell the planner what there is now. PostgreSQL's index-only scans need its visibility map too, outside a transaction."""
    vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        for model in tables:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"VACUUM ANALYZE {table}" if vacuum else f"ANALYZE {table}")
