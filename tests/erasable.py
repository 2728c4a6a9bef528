"""Puts the database back after a transactional test: to what the migrations had left, row for row.

Django would empty all tables and load everything anew, which on PostgreSQL takes longer than most of these tests. Here only what was
written is taken away. The product itself has no way past its append-only triggers, so they are dropped and made again, in one transaction.
Imported by tests/conftest.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from tests.kept import Row, insert, name_of, rows, tables

_guards = import_module("huizhen.journal.migrations.0002_append_only")
_seeds: dict[str, dict[Any, Row]] = {}


def note_seeds() -> None:
    """What the migrations left, read before the first test that commits anything."""
    if not _seeds:
        _seeds.update(rows())


def put_back_seeds() -> None:
    """Takes away what is there besides, in one transaction."""
    with transaction.atomic():
        written = _written()
        if not written:
            return
        with connection.cursor() as cursor:
            guarded = set(_guards.TABLES) & set(written)
            for statement in _guards.disarming(connection.vendor) if guarded else ():
                cursor.execute(statement)
            # Keys are checked when the transaction ends, so the order of the tables does not matter.
            for table in written:
                cursor.execute(f"DELETE FROM {name_of(table)}")
            for table in written:
                insert(cursor, table, _seeds[table].values())
            if guarded:
                connection.check_constraints()  # PostgreSQL makes no trigger on a table that still has checks to do
            for statement in _guards.arming(connection.vendor) if guarded else ():
                cursor.execute(statement)


def _written() -> list[str]:
    """The tables that hold anything else than the migrations left."""
    empty = [table for table in tables() if not _seeds[table]]
    asked = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {name_of(one)})" for one in empty)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        found = [table for (table,) in cursor.fetchall()]
    seeded = [table for table in tables() if _seeds[table]]
    now = rows(seeded)
    return found + [table for table in seeded if now[table] != _seeds[table]]


@pytest.fixture(autouse=True, scope="session")
def _seeds_put_back() -> Iterator[None]:
    plain_setup, plain_teardown = TransactionTestCase._fixture_setup, TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_setup = classmethod(lambda cls: note_seeds())  # type: ignore[assignment]
    TransactionTestCase._fixture_teardown = lambda self: put_back_seeds()  # type: ignore[assignment]
    yield
    TransactionTestCase._fixture_setup, TransactionTestCase._fixture_teardown = plain_setup, plain_teardown  # type: ignore[method-assign]
