"""What was played once need not be played again: the rows it left are kept, and put back for the next test that asks for the same.

The world of the cast and its usual cases stand at the beginning of most tests. Each process plays them once, through the
real actions, and keeps the rows; afterwards they are put back as they were. Only onto untouched ground: as soon as a test
has written anything, has opened a transaction of its own, or has the product patched, what it asks for is played live.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

P = ParamSpec("P")
R = TypeVar("R")
Row = tuple[Any, ...]
PATCHES = {"monkeypatch", "settings"}
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN")


def depth() -> int:
    """How many transactions lie inside each other: what a test opens around its plays is to be their own."""
    return len(connection.savepoint_ids) + connection.in_atomic_block


class _Ground:
    """What the database is known to hold, and how often it has been written to since."""

    name = ""
    writes = 0
    known = -1
    depth: int | None = None
    laid: int | None = None
    """The last thing that was put back or kept."""
    world: int | None = None
    """Which of the worlds that were kept lies on the ground: one made under another clock has other keys."""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(READS):
            self.writes += 1
        return execute(sql, params, many, context)

    def is_now(self, name: str, *, depth: int | None, world: int | None = None) -> None:
        if self not in connection.execute_wrappers:
            connection.execute_wrappers.append(self)
        self.name, self.known, self.depth, self.world = name, self.writes, depth, world

    def is_still(self, name: str) -> bool:
        # The wrappers of a connection are its thread's own: another thread knows nothing of its ground.
        if self not in connection.execute_wrappers or self.depth not in (None, depth()):
            return False
        return (self.name, self.known) == (name, self.writes)


GROUND = _Ground()


@pytest.fixture(autouse=True)
def _ground(request: pytest.FixtureRequest) -> None:
    """A test begins with what the migrations left. One that patches the product or its settings plays everything itself."""
    GROUND.is_now("patched" if PATCHES & _asked_for(request) else "seeds", depth=None)


def _asked_for(request: pytest.FixtureRequest) -> set[str]:
    """The fixtures that the test and our own fixtures ask for; those of a plugin, which are for every test, say nothing."""
    info = request.node._fixtureinfo
    ours = (one for found in info.name2fixturedefs.values() for one in found if one.func.__module__.startswith("tests"))
    used = (name for mark in request.node.iter_markers("usefixtures") for name in mark.args)
    return {*info.argnames, *used, *(name for one in ours for name in one.argnames)}


@dataclass(frozen=True)
class _Left:
    """The rows that something added, changed and removed, by table, and what it returned."""

    added: dict[str, list[Row]]
    changed: dict[str, list[Row]]
    removed: dict[str, list[Row]]
    result: bytes
    number: int

    def put_back(self) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, gone in self.removed.items():
                cursor.executemany(f"DELETE FROM {name_of(table)} WHERE {name_of(columns(table)[0])} = %s", gone)
            for table, changed in self.changed.items():
                names = ", ".join(f"{name_of(one)} = %s" for one in columns(table))
                where = f"{name_of(columns(table)[0])} = %s"
                cursor.executemany(
                    f"UPDATE {name_of(table)} SET {names} WHERE {where}", [(*row, row[0]) for row in changed]
                )
            for table, added in self.added.items():
                insert(cursor, table, added)
        return pickle.loads(self.result)


@cache
def tables() -> dict[str, list[str]]:
    """Table → its columns, the key first."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.managed and not meta.proxy and meta.pk:
            found[meta.db_table] = [
                meta.pk.column,
                *(one.column for one in meta.local_concrete_fields if one != meta.pk),
            ]
    return found


def columns(table: str) -> list[str]:
    return tables()[table]


def name_of(name: str) -> str:
    return str(connection.ops.quote_name(name))


def rows(of: Iterable[str] | None = None) -> dict[str, dict[Any, Row]]:
    """What lies in these tables, or in all: table → key → row."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables() if of is None else of:
            names = ", ".join(map(name_of, columns(table)))
            cursor.execute(f"SELECT {names} FROM {name_of(table)} ORDER BY {name_of(columns(table)[0])}")
            found[table] = {row[0]: tuple(row) for row in cursor.fetchall()}
    return found


def insert(cursor: Any, table: str, these: Iterable[Row]) -> None:
    names, places = ", ".join(map(name_of, columns(table))), ", ".join(["%s"] * len(columns(table)))
    cursor.executemany(f"INSERT INTO {name_of(table)} ({names}) VALUES ({places})", list(these))


def _left(before: dict[str, dict[Any, Row]], result: Any) -> _Left:
    added: dict[str, list[Row]] = {}
    changed: dict[str, list[Row]] = {}
    removed: dict[str, list[Row]] = {}
    for table, now in rows().items():
        old = before[table]
        for key, row in now.items():
            if key not in old:
                added.setdefault(table, []).append(row)
            elif row != old[key]:
                changed.setdefault(table, []).append(row)
        if gone := [(key,) for key in old if key not in now]:
            removed[table] = gone
    return _Left(added, changed, removed, pickle.dumps(result), len(_KEPT))


def _moment() -> Any:
    """Rows tell when they were written: what was kept under one frozen clock does not serve under another. One that ticks is
    never twice the same; what was kept in an hour of it serves that hour."""
    if not time_machine.escape_hatch.is_travelling():
        return timezone.localdate()
    now = timezone.now()
    return now.replace(minute=0, second=0, microsecond=0) if time_machine.traveller_stack[-1]._tick else now


_KEPT: dict[Any, _Left] = {}
_ASKED: set[Any] = set()


def kept(ground: str, name: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a function leaves on this ground. Its first argument is the cast; of the others their words tell them apart."""

    def keeping(play: Callable[P, R]) -> Callable[P, R]:
        @wraps(play)
        def asked(*args: P.args, **named: P.kwargs) -> R:
            if not GROUND.is_still(ground):
                return play(*args, **named)
            words = repr((args[1:], sorted(named.items())))
            what = (name or play.__qualname__, words, _moment(), GROUND.world)
            if what in _KEPT:
                GROUND.laid = _KEPT[what].number
                return _KEPT[what].put_back()  # type: ignore[no-any-return]
            is_plain = not args[1:] and not named
            if " at 0x" in words or not (is_plain or what in _ASKED):
                _ASKED.add(what)  # what is asked for once only is not worth keeping
                return play(*args, **named)
            before = rows()
            result = play(*args, **named)
            _KEPT[what] = _left(before, result)
            GROUND.laid = _KEPT[what].number
            return result

        return asked

    return keeping
