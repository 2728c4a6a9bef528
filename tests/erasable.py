"""Lets the database be emptied between transactional tests. The product itself has no way past its append-only triggers.

Imported by tests/conftest.py. Every flush first drops the triggers and afterwards makes them again, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

_guards = import_module("huizhen.journal.migrations.0002_append_only")


@pytest.fixture(autouse=True, scope="session")
def _journal_erasable_by_flush() -> Iterator[None]:
    operations: Any = type(connection.ops)
    plain = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = plain(self, style, tables, **options)
        if not set(_guards.TABLES) & set(tables):
            return list(statements)
        vendor = self.connection.vendor
        return [*_guards.disarming(vendor), *statements, *_guards.arming(vendor)]

    operations.sql_flush = sql_flush
    yield
    operations.sql_flush = plain
