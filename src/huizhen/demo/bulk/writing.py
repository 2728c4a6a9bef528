"""Rows into the database, many at a time: COPY on PostgreSQL, one prepared statement on SQLite. Keys are given, not asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from huizhen.demo.bulk.making import Made
from huizhen.demo.bulk.templates import ORDER, columns
from huizhen.journal.models import COVERED, ChainHead, Entry
from huizhen.lib.copying import copied

ENTRY = ("id", *COVERED, "digest")
HEAD = ("id", "target_type", "target_id", "seq", "digest", "changed_at", "sealed_seq")
CACHE = -262_144
"""256 MB of pages, in the unit of SQLite's cache_size: with its usual 2 MB every batch writes the indexes' pages many times."""


@dataclass(frozen=True)
class Packed:
    """Rows of one table as the database takes them: the text of a COPY, or tuples."""

    table: str
    names: tuple[str, ...]
    count: int
    last: int
    rows: Any


def first_keys() -> tuple[list[int], tuple[int, int]]:
    """The first free key of each table of a case; of journal rows and of chain heads."""
    return [_first(model) for model in ORDER], (_first(Entry), _first(ChainHead))


def _first(model: type[models.Model]) -> int:
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(newest or 0) + 1


def pack(made: Made) -> list[Packed]:
    """Everything that was made, in the order in which it is written. Asks nothing of the database."""
    tables: list[tuple[type[models.Model], Sequence[str], Sequence[Sequence[Any]]]] = [
        (model, [column.column for column in columns(model)], rows)
        for model, rows in zip(ORDER, made.rows, strict=True)
    ]
    tables += [(Entry, ENTRY, made.entries), (ChainHead, HEAD, made.heads)]
    return [_packed(model, names, rows) for model, names, rows in tables if rows]


def _packed(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Packed:
    key = names.index("id")
    told = copied(rows) if connection.vendor == "postgresql" else rows
    return Packed(model._meta.db_table, tuple(names), len(rows), max(row[key] for row in rows), told)


def write(packed: Iterable[Packed]) -> int:
    """Write what was packed; how many rows. On PostgreSQL the sequences go on after them."""
    return sum(map(_insert, packed))


def _insert(one: Packed) -> int:
    quote = connection.ops.quote_name
    table, listed = quote(one.table), ", ".join(map(quote, one.names))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                copy.write(one.rows)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, one.last])
        else:
            places = ", ".join(["%s"] * len(one.names))
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({places})", one.rows)
    return one.count


@contextmanager
def at_length() -> Iterator[None]:
    """This connection as it is good for much writing: SQLite with room for pages, PostgreSQL without a limit for one statement."""
    setting, much = ("cache_size", str(CACHE)) if connection.vendor == "sqlite" else ("statement_timeout", "0")
    before = _set(setting, much)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set(setting, before)


def _set(setting: str, value: str) -> str:
    """Another value for a setting of this connection; the one it had."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA {setting}")
            before = str(cursor.fetchone()[0])
            cursor.execute(f"PRAGMA {setting} = {value}")
        else:
            cursor.execute("SELECT current_setting(%s), set_config(%s, %s, false)", [setting, setting, value])
            before = str(cursor.fetchone()[0])
    return before


def settle(tables: Iterable[type[models.Model]]) -> None:
    """Tell the planner what there is now. PostgreSQL's index-only scans need its visibility map too, outside a transaction."""
    vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        for model in tables:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"VACUUM ANALYZE {table}" if vacuum else f"ANALYZE {table}")
