"""The cases behind a number: its facts, latest day first, of the cases the reader may see; the others are only counted."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from huizhen.cases.models import Case
from huizhen.cases.policy import unhidden, visible
from huizhen.directory.models import Campaign
from huizhen.directory.queries import Standing
from huizhen.reports.choices import SPREADS, Kind
from huizhen.reports.clocks.periods import Period
from huizhen.reports.models import Fact, Spread, Tally
from huizhen.reports.policy.scopes import ALL, Scope
from huizhen.reports.queries.metrics import RUN_OUT, Metric, column_of

PAGE = 30
COUNTED = 20_000
"""Where there are no more events of this kind in the period, under all scopes, it is said how many the reader may not see; to count
them is to walk over them all. Beyond, only that there are such."""
TOP, WHOLE = "top", "whole"
_PATHS = {Kind.DOMAIN: "counted__domain", Kind.GROUP: "counted__group", Kind.UNIT: "counted__unit"}


@dataclass(frozen=True)
class Event:
    """One fact of a case the reader sees: `metric` is a kind of fact, `hours` its length where it has one."""

    case: Case
    metric: str
    day: date
    n: int
    hours: float | None


@dataclass(frozen=True)
class Behind:
    """A slice of events; `after` leads to the next, "" at the end. `total`: all events, seen or not; `hidden`: how many are not, None:
    too many to say."""

    events: tuple[Event, ...]
    total: int
    hidden: int | None
    after: str


def terms_of(metric: Metric, part: str) -> tuple[str, ...]:
    """The kinds of facts behind the numerator (`TOP`) or the denominator (`WHOLE`) of a figure."""
    if metric.spread:
        return (metric.spread,)
    return metric.denominator if part == WHOLE and metric.denominator else metric.numerator


def behind(
    standing: Standing, campaign: Campaign, metric: Metric, scope: Scope, period: Period, *, today: date,
    part: str = TOP, after: str = "", limit: int = PAGE,
) -> Behind:  # fmt: skip
    """One query for each kind of fact behind the number, as many to count those she sees, two for the totals."""
    terms = terms_of(metric, part)
    total = _total(campaign, terms, scope, period, today)
    if not total:
        return Behind((), 0, 0, "")
    seen = [_facts(campaign, one, scope, period, today, standing) for one in terms]
    start = _decoded(after)
    rows = list(heapq.merge(*(_cut(one, start, limit + 1) for one in seen), key=_place, reverse=True))[: limit + 1]
    more = len(rows) > limit
    rows = rows[:limit]
    hidden: int | None = None
    walked = total if scope.kind == Kind.ALL else _total(campaign, terms, ALL, period, today)
    if walked <= COUNTED:
        shown = sum(one.aggregate(n=Sum("n"))["n"] or 0 for one in seen)
        hidden = max(0, total - shown)
    return Behind(tuple(map(_event, rows)), total, hidden, _encoded(rows[-1]) if more else "")


def _until(term: str, period: Period, today: date) -> date:
    return min(period.until, today - timedelta(days=1)) if term in RUN_OUT else period.until


def _total(campaign: Campaign, terms: Sequence[str], scope: Scope, period: Period, today: date) -> int:
    where: dict[str, Any] = {"campaign": campaign, "kind": scope.kind, "scope": scope.key, "day__gte": period.since}
    if terms[0] in SPREADS:
        found = Spread.objects.filter(**where, what=terms[0], day__lte=period.until).aggregate(n=Sum("n"))
        return found["n"] or 0
    names = {
        f"sum_{one}": Sum(column_of(one), filter=Q(day__lte=_until(one, period, today))) for one in dict.fromkeys(terms)
    }
    row = Tally.objects.filter(**where, day__lte=period.until).aggregate(**names)
    return sum(row[f"sum_{one}"] or 0 for one in terms)


def _facts(
    campaign: Campaign, term: str, scope: Scope, period: Period, today: date, standing: Standing
) -> QuerySet[Fact]:
    """The facts of one kind that she may see, latest first. Her places are asked for as `visible` does, unless she reads all."""
    rows = Fact.objects.filter(
        metric=column_of(term), day__gte=period.since, day__lte=_until(term, period, today), counted__campaign=campaign
    )
    if scope.kind in _PATHS:
        rows = rows.filter(**{_PATHS[Kind(scope.kind)]: scope.key or None})
    if standing.person is None:
        return rows.none()
    if standing.is_reader_of_all:
        rows = rows.filter(unhidden(standing, "counted__case__"))
    else:
        rows = rows.filter(counted__case__in=visible(standing).values("pk"))
    return rows.select_related("counted__case__group", "counted__case__unit", "counted__case__branch").order_by(
        "-day", "-counted", "-value"
    )


def _cut(rows: QuerySet[Fact], start: tuple[date, int, int, str] | None, limit: int) -> Sequence[Fact]:
    if start is None:
        return list(rows[:limit])
    day, key, value, metric = start
    rows = rows.filter(day__lte=day)
    later = Q(day__lt=day) | Q(day=day, counted__lt=key) | Q(day=day, counted=key, value__lt=value)
    later |= Q(day=day, counted=key, value=value, metric__lt=metric)
    return list(rows.filter(later)[:limit])


def _place(row: Fact) -> tuple[date, int, int, str]:
    return row.day, row.counted_id, row.value, row.metric


def _event(row: Fact) -> Event:
    return Event(row.counted.case, row.metric, row.day, row.n, row.value / 10 if row.metric in SPREADS else None)


def _encoded(row: Fact) -> str:
    return f"{row.day:%Y%m%d}-{row.counted_id}-{row.value}-{row.metric}"


def _decoded(text: str) -> tuple[date, int, int, str] | None:
    """A place in the list; None for the beginning, and for what is none."""
    try:
        day, key, value, metric = text.split("-", 3)
        at = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
        numbers = int(key), int(value)
    except ValueError:
        return None
    if max(numbers) >= 2**31 or min(numbers) < 0 or len(metric) > 24:
        return None
    return at, *numbers, metric
