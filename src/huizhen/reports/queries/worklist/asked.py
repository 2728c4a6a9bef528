"""What of the work list somebody asks for: a scope and filters of the list of cases, days of registration, columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.cases.queries import lists
from huizhen.cases.queries.lists import Filters, Page
from huizhen.directory.queries import Standing
from huizhen.reports.queries.worklist.columns import COLUMNS, SETS, known
from huizhen.reports.queries.worklist.facts import BATCH

OF_OPEN = ("situation", "overdue", "today")
"""Filters that closed cases know nothing of."""


@dataclass(frozen=True)
class Asked:
    """`since`, `until`: days of registration, both counted. `is_both`: open and closed cases, for a sheet; a page shows either."""

    scope: str
    filters: Filters = field(default_factory=Filters)
    since: date | None = None
    until: date | None = None
    columns: tuple[str, ...] = tuple(COLUMNS)
    is_both: bool = False

    def as_params(self) -> dict[str, str]:
        """As it stands in an address: only what is set; of the columns those of a set everybody has go by its name."""
        told = {"scope": self.scope, **self.filters.as_params()}
        days = {"from": self.since, "to": self.until}
        told |= {name: day.isoformat() for name, day in days.items() if day}
        named = next((name for name, columns in SETS.items() if columns == self.columns), "")
        told |= {"set": named} if named else {"columns": " ".join(self.columns)}
        return told | ({"both": "1"} if self.is_both else {})


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 1900 < day.year < 2999 else None


def asked_of(given: Mapping[str, str], *, scope: str) -> Asked:
    """From the parameters of an address; `scope` where it names none. Nonsense asks for nothing."""
    columns = SETS.get(given.get("set", ""), ()) or known(given.get("columns", "")[:800].split())
    return Asked(
        scope=(given.get("scope") or scope)[:20],
        filters=lists.filters_of(given),
        since=_day(given.get("from", "")),
        until=_day(given.get("to", "")),
        columns=columns or SETS["progress"],
        is_both=given.get("both") == "1",
    )


def registered(asked: Asked) -> Q:
    """Its days of registration, in the time of the house."""
    found = Q()
    if asked.since:
        found &= Q(registered_at__gte=_midnight(asked.since))
    if asked.until:
        found &= Q(registered_at__lt=_midnight(asked.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page(standing: Standing, asked: Asked, *, now: datetime, after: str = "", before: str = "") -> Page:
    """One page, next deadline first; one query. NotVisible: a scope she does not have."""
    return lists.page(
        standing, scope=asked.scope, filters=asked.filters, now=now, after=after, before=before, among=registered(asked)
    )


def parts(standing: Standing, asked: Asked, *, now: datetime) -> list[QuerySet[Case]]:
    """The cases asked for, open ones and closed ones apart: each is one index range. NotVisible: a scope she does not have."""
    cases = lists.cases_in(standing, asked.scope).filter(registered(asked))
    wanted = [asked.filters]
    if asked.is_both and not asked.filters.stage:
        kept = {name: text for name, text in asked.filters.as_params().items() if name not in ("closed", *OF_OPEN)}
        wanted = [replace(asked.filters, closed=False), lists.filters_of({**kept, "closed": "1"})]
    return [lists.narrowed(cases, one, now=now) for one in wanted]


def keys(standing: Standing, asked: Asked, *, now: datetime, limit: int | None = None) -> list[int]:
    """The keys of the cases asked for, in the order of registration; at most so many. One or two queries."""
    found: list[int] = []
    for cases in parts(standing, asked, now=now):
        rows = cases.values_list("pk", flat=True)
        if limit is not None:
            found += rows[: max(limit - len(found), 0)]
        else:
            found += rows.iterator(chunk_size=5000)
    return sorted(found)


def still_visible(standing: Standing, asked: Asked, ids: list[int]) -> Iterator[list[int]]:
    """Those keys, a batch at a time, without what the reader may see no more when the batch's turn comes."""
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        seen = set(lists.cases_in(standing, asked.scope).filter(pk__in=some).values_list("pk", flat=True))
        yield [pk for pk in some if pk in seen]
