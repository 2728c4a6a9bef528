"""The full-text engine of the database that holds everything else: FTS5 on SQLite, a tsvector under GIN on PostgreSQL."""

from __future__ import annotations

from django.db import connection

from huizhen.search.models.engines.contract import Ask, Engine, Row
from huizhen.search.models.engines.postgres import Postgres
from huizhen.search.models.engines.sqlite import Sqlite

__all__ = ["Ask", "Engine", "Row", "engine"]


def engine() -> Engine:
    """The engine of the database in use."""
    return Sqlite() if connection.vendor == "sqlite" else Postgres()
