"""Differences into sums: facts of cases out of and into `Tally`, `Spread` and `Load`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

from huizhen.reports.choices import SPREADS, Kind
from huizhen.reports.models import Load, Spread, Tally

Scope = tuple[int, str, int]
"""Campaign, kind, key of the domain, group or unit."""
Key = tuple[Any, ...]
_ROWS = 200


@dataclass(frozen=True)
class Place:
    """Under which scopes a case is summed; `holder`: who holds it, None once it is closed."""

    campaign: int
    domain: int | None
    group: int | None
    unit: int
    holder: int | None

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Four of them; a case without a group stands under group 0."""
        return (
            (self.campaign, Kind.ALL.value, 0),
            (self.campaign, Kind.DOMAIN.value, self.domain or 0),
            (self.campaign, Kind.GROUP.value, self.group or 0),
            (self.campaign, Kind.UNIT.value, self.unit),
        )


@dataclass
class Sums:
    """What is to be added to the sums."""

    tallies: dict[Key, Counter[str]] = field(default_factory=dict)
    spreads: Counter[Key] = field(default_factory=Counter)
    loads: Counter[Key] = field(default_factory=Counter)

    def add(self, place: Place, facts: Mapping[tuple[str, date, int], int], sign: int = 1) -> None:
        """The facts of one case, in or out (`sign` −1)."""
        for campaign, kind, scope in place.scopes:
            for (metric, day, value), n in facts.items():
                if metric in SPREADS:
                    self.spreads[campaign, kind, scope, day, metric, value] += sign * n
                else:
                    self.tallies.setdefault((campaign, kind, scope, day), Counter())[metric] += sign * n
            if place.holder is not None:
                self.loads[campaign, kind, scope, place.holder] += sign

    def write(self) -> None:
        """Add it all, row after row in one order, in the caller's transaction."""
        names = sorted({name for sums in self.tallies.values() for name, n in sums.items() if n})
        _add(
            Tally, ("campaign_id", "kind", "scope", "day"), names,
            [(*key, *(sums[name] for name in names)) for key, sums in self.tallies.items() if any(sums.values())],
        )  # fmt: skip
        _add(
            Spread, ("campaign_id", "kind", "scope", "day", "what", "tenths"), ("n",),
            [(*key, n) for key, n in self.spreads.items() if n],
        )  # fmt: skip
        _add(
            Load, ("campaign_id", "kind", "scope", "person_id"), ("n",),
            [(*key, n) for key, n in self.loads.items() if n],
        )  # fmt: skip


def _add(model: type[Model], keys: Sequence[str], columns: Sequence[str], rows: Iterable[Key]) -> None:
    """Add to columns of the rows with these keys, making rows that are not there. The same statement on both databases."""
    table = connection.ops.quote_name(str(model._meta.db_table))
    counted = [field.column for field in model._meta.local_concrete_fields if field.get_default() == 0]
    zeros = [name for name in counted if name not in columns and name not in keys]
    names = [*keys, *columns, *zeros]
    quoted = {name: connection.ops.quote_name(str(name)) for name in names}
    adding = ", ".join(f"{quoted[one]} = {table}.{quoted[one]} + excluded.{quoted[one]}" for one in columns)
    place = f"({', '.join(['%s'] * (len(keys) + len(columns)) + ['0'] * len(zeros))})"
    with connection.cursor() as cursor:
        for some in _batches(sorted(rows), _ROWS):
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(quoted.values())}) VALUES {', '.join([place] * len(some))} "
                f"ON CONFLICT ({', '.join(quoted[key] for key in keys)}) DO UPDATE SET {adding}",
                [_param(value) for row in some for value in row],
            )


def _param(value: Any) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _batches(rows: Iterable[Key], size: int) -> Iterator[list[Key]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some
