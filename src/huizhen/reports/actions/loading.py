"""Facts of very many new cases, counted by whoever made the cases: written as they are, without comparing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model

from huizhen.lib.copying import copied
from huizhen.reports.actions.counting import writing
from huizhen.reports.actions.sums import Place, Sums
from huizhen.reports.models import Counted, Fact

_COUNTED = ("case_id", "campaign_id", "domain_id", "group_id", "unit_id", "holder_id")
_FACT = ("counted_id", "metric", "day", "value", "n")


@dataclass
class Loading:
    """Counts of new cases, collected. Asks nothing of the database, and may be sent from one process to another."""

    counted: list[Sequence[Any]] = field(default_factory=list)
    facts: list[Sequence[Any]] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)

    def add(self, key: int, place: Place, facts: Iterable[tuple[str, date, int, int]]) -> None:
        """One case by its key: kinds of facts, days, lengths, how often."""
        told = list(facts)
        self.counted.append((key, place.campaign, place.domain, place.group, place.unit, place.holder))
        self.facts += [(key, metric, day.isoformat(), value, n) for metric, day, value, n in told]
        self.sums.add(place, {(metric, day, value): n for metric, day, value, n in told})


def load(counts: Loading) -> None:
    """Write the facts of cases that have none yet, and add them to the sums, in the caller's transaction. IntegrityError: they had some."""
    writing()
    insert(Counted, _COUNTED, counts.counted)
    insert(Fact, _FACT, counts.facts)
    counts.sums.write()


def insert(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """COPY on PostgreSQL, one prepared statement on SQLite."""
    quote = connection.ops.quote_name
    table, listed = quote(str(model._meta.db_table)), ", ".join(map(quote, names))
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                copy.write(copied(rows))
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({places})", rows)
