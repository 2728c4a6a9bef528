"""Things to write about, somebody who writes, and a folder for seals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from huizhen.journal import registry
from huizhen.journal.actions import record
from huizhen.journal.models import Entry

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Writer:
    pk: int = 7
    name: str = "周维舟"


@pytest.fixture
def tell() -> Callable[..., Entry]:
    """Record one happening in a transaction of its own."""

    def tell(target: Group, verb: str = "noted", **data: Any) -> Entry:
        with transaction.atomic():
            return record(verb, target, by=Writer(), at=AT, **data)

    return tell


@pytest.fixture
def beds(db: None) -> list[Group]:
    """Three things to write about."""
    return [Group.objects.create(name=name) for name in ("甲", "乙", "丙")]


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Any) -> Path:
    settings.HUIZHEN_VAR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def _no_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal stands alone here: what upper apps registered for themselves is not asked."""
    monkeypatch.setattr(registry, "_readers", [])


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two registered readers, for one test."""
    monkeypatch.setattr(registry, "_readers", ["figures", "letters"])


@pytest.fixture
def vandal(db: None) -> Callable[..., None]:
    """Somebody with the database's password: drops the triggers, then runs SQL. The test's rollback brings the triggers back."""
    for statement in import_module("huizhen.journal.migrations.0002_append_only").disarming(connection.vendor):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    def run(sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return run
