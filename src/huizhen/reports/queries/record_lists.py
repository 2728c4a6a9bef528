"""The list behind one number of a record: as far as the reader may see it; the others are only counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import Standing
from huizhen.methods.policy import clinics_visible
from huizhen.methods.policy import visible as methods_visible
from huizhen.methods.queries.contributions import Deed, levels_of, seen_through
from huizhen.reports.choices import SPREADS
from huizhen.reports.clocks.periods import Period
from huizhen.reports.queries.behind import WHOLE, Event, terms_of
from huizhen.reports.queries.metrics import Metric, column_of
from huizhen.reports.queries.record_items import Item
from huizhen.reports.queries.records import family_of, group_facts, held_facts

PAGE = 30


@dataclass(frozen=True)
class Page:
    """A slice, latest first. `total`: all there are; `hidden`: how many of them the reader may not see; `after` leads on, "" at the end."""

    deeds: tuple[Deed, ...]
    total: int
    hidden: int
    after: str


@dataclass(frozen=True)
class Events:
    """The same of facts."""

    events: tuple[Event, ...]
    total: int
    hidden: int
    after: str


def _owned(item: Item, owner: Person | Group) -> Q:
    if isinstance(owner, Group):
        return Q(**{f"{item.group}__in": family_of(owner)})
    found = Q()
    for path in item.persons:
        found |= Q(**{path: owner.pk})
    return found


def _allowed(item: Item, standing: Standing) -> Q:
    if item.of == "case":
        return seen_through(standing, item.path or "pk")
    seen: QuerySet[Any, Any] = methods_visible(standing) if item.of == "method" else clinics_visible(standing)
    return Q(**{f"{item.path}__in": seen.values("pk")})


def deeds(
    standing: Standing, item: Item, owner: Person | Group, period: Period, *, after: str = "", limit: int = PAGE
) -> Page:
    """What stands behind one count. Each thing once where it is counted once. At most four queries. ValueError: a group has none such."""
    if isinstance(owner, Group) and not item.group:
        raise ValueError(item.code)
    rows = item.within(period).filter(_owned(item, owner)).order_by()
    keys = set(rows.values_list(item.key, flat=True))
    shown: dict[int, int] = {}
    for key, row in rows.filter(_allowed(item, standing)).values_list(item.key, "pk"):
        shown[key] = max(row, shown.get(key, 0))
    order = sorted(shown.values(), reverse=True)
    start = int(after) if after.isascii() and after.isdecimal() and len(after) <= 12 else 0
    there = [one for one in order if not start or one < start]
    cut = there[:limit]
    told = _told(standing, item, cut)
    return Page(tuple(told), len(keys), len(keys) - len(shown), str(cut[-1]) if len(there) > limit else "")


def _told(standing: Standing, item: Item, keys: list[int]) -> list[Deed]:
    rows = item.rows().filter(pk__in=keys).order_by("-pk").distinct()
    if item.path:
        rows = rows.select_related(item.path)
    found = list(rows)
    things = [_through(one, item.path) for one in found]
    levels = levels_of(standing, {one.pk for one in things}) if item.of == "case" else {}
    deeds = []
    for row, thing in zip(found, things, strict=True):
        name = thing.name if item.of == "method" else thing.title
        verdict = thing.last_verdict if isinstance(thing, Case) else ""
        at = _through(row, item.moment)
        deeds.append(Deed(item.of, thing.code, name, at, levels.get(thing.pk, ""), verdict))
    return deeds


def _through(row: Any, path: str) -> Any:
    for name in filter(None, path.split("__")):
        row = getattr(row, name)
    return row


def events(
    standing: Standing, metric: Metric, owner: Person | Group, period: Period, *, today: date, after: str = "",
    limit: int = PAGE,
) -> Events:  # fmt: skip
    """The facts behind one figure, those of the denominator where there is one. Five queries."""
    kinds = {column_of(term) for term in terms_of(metric, WHOLE)}
    if isinstance(owner, Group):
        held = group_facts(owner, period, kinds, today=today)
    else:
        held = [one.fact for one in held_facts([owner.pk], period, kinds, today=today)]
    ids = {one.counted_id for one in held}
    cases = visible(standing).select_related("group", "unit", "branch").in_bulk(list(ids))
    shown = sorted(
        (one for one in held if one.counted_id in cases),
        key=lambda one: (one.day, one.counted_id, one.pk),
        reverse=True,
    )
    start = int(after) if after.isascii() and after.isdecimal() and len(after) <= 6 else 0
    cut = shown[start : start + limit]
    told = tuple(
        Event(cases[one.counted_id], one.metric, one.day, one.n, one.value / 10 if one.metric in SPREADS else None)
        for one in cut
    )
    total = sum(one.n for one in held)
    more = str(start + limit) if len(shown) > start + limit else ""
    return Events(told, total, total - sum(one.n for one in shown), more)
