"""履职记录: what somebody, or a group, did in a year. The cost is the same for one person and for a whole group.

A person has hundreds of rows in a year, a group some thousands; both are ranges of indexes. What is measured of clocks, measures and
verdicts are the facts of the cases (`reports.models.Fact`), each given to whoever was accountable at the end of its day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils import timezone

from huizhen.cases.choices import FlagKind, Outcome
from huizhen.cases.models import Closing, Flag, Responsibility
from huizhen.directory.models import Campaign, Group, Membership, Person
from huizhen.directory.queries import Standing, current_campaign, setting
from huizhen.methods.models import MethodVersion
from huizhen.methods.queries.contributions import PUBLISHED
from huizhen.reports.choices import CLOCKED, SPREADS, Kind
from huizhen.reports.clocks.periods import Period, year
from huizhen.reports.models import Fact
from huizhen.reports.policy.records import groups_read, reasons_shown
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.figures import Figure, figure_of, moments, reuses
from huizhen.reports.queries.metrics import METRICS, RUN_OUT, TERMS, column_of
from huizhen.reports.queries.record_items import FIGURES, ITEMS

LEAST = 5
"""Minimum n of a year without a campaign."""
LATE = tuple(f"{clock}_{how}" for clock in CLOCKED for how in ("late", "pending"))
_TENTH = Decimal("0.1")
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Feedback:
    """What branches said when it was over: how many forms, the mean of value and feasibility (1 to 5), how many got a new idea."""

    n: int = 0
    value: Decimal | None = None
    feasibility: Decimal | None = None
    new_ideas: int = 0


@dataclass(frozen=True)
class Record:
    """A year of one person or group. `counts` by `ITEMS`, `figures` by `FIGURES`; `reuses`: of her methods, that year, by others."""

    period: Period
    counts: Mapping[str, int]
    figures: Mapping[str, Figure]
    feedback: Feedback
    reuses: int
    effective_reuses: int
    late: int

    @property
    def is_empty(self) -> bool:
        """Nothing at all, not even a deadline that ran out."""
        return not (any(self.counts.values()) or any(one.denominator or one.numerator for one in self.figures.values()))


def records_of(people: Collection[int], period: Period, *, today: date) -> dict[int, Record]:
    """The records of these people (ids) by id. As many queries for one as for all."""
    counts = {code: _counted(item.persons, item.key, item.within(period), people) for code, item in ITEMS.items()}
    terms, lengths = _terms(people, period, today)
    heard = _feedback("case__accountable", people, period)
    used = _reused(people, period)
    campaign = current_campaign()
    least = setting(campaign, "minimum_n") if campaign else LEAST
    return {
        one: Record(
            period,
            {code: found[one] for code, found in counts.items()},
            {code: figure_of(METRICS[code], terms[one], lengths[one], least) for code in FIGURES},
            heard.get(one, Feedback()), *used[one], sum(terms[one][term] for term in LATE),
        )
        for one in people
    }  # fmt: skip


def record_of_group(group: Group, period: Period, *, today: date) -> Record:
    """The record of a group, under whichever campaign its cases are now: its figures are made of the facts of all of them."""
    family = family_of(group)
    owners = list(family.values_list("pk", flat=True))
    counts = {
        code: sum(_counted((item.group,), item.key, item.within(period), owners).values())
        for code, item in ITEMS.items()
        if item.group
    }
    terms: Counter[str] = Counter(dict.fromkeys(TERMS, 0))
    lengths: dict[str, Counter[int]] = defaultdict(Counter)
    for fact in group_facts(group, period, KINDS, today=today):
        _add(fact, terms, lengths)
    least = setting(group.campaign, "minimum_n")
    cited, tried = reuses(Q(method__group__in=family), period)
    told = [helped > 0 for helped in cited.values_list("helped", flat=True)]
    told += list(tried.values_list("is_effective", flat=True))
    return Record(
        period, counts, {code: figure_of(METRICS[code], terms, lengths, least) for code in FIGURES},
        _feedback("case__group__code", [group.code], period).get(group.code, Feedback()), len(told), sum(told),
        sum(terms[term] for term in LATE),
    )  # fmt: skip


def family_of(group: Group) -> QuerySet[Group]:
    """The group in every campaign: it keeps its code, and cases that were carried over are under the next one."""
    return Group.objects.filter(code=group.code)


def group_facts(group: Group, period: Period, metrics: Collection[str], *, today: date) -> list[Fact]:
    """Facts of these kinds of the cases a group has now, on days of the period. One query."""
    rows = Fact.objects.filter(
        counted__group__in=family_of(group), metric__in=metrics, day__gte=period.since, day__lte=period.until
    )
    return [one for one in rows if one.metric not in RUN_OUT or one.day < today]


def _add(fact: Fact, terms: dict[str, int], lengths: dict[str, Counter[int]]) -> None:
    if fact.metric in SPREADS:
        lengths[fact.metric][fact.value] += fact.n
    else:
        terms[fact.metric] += fact.n


def scope_of(group: Group) -> Scope:
    """The scope whose figures are those of the group while it is under one campaign."""
    return Scope(Kind.GROUP.value, group.code, group.name, int(group.pk))


def _counted(paths: Iterable[str], key: str, rows: QuerySet[Any, Any], owners: Collection[int]) -> Counter[int]:
    """How many by owner; a row of several hands counts once for each of them. One query for each path."""
    told: dict[int, set[int]] = defaultdict(set)
    plain: Counter[int] = Counter()
    paths = tuple(paths)
    for path in paths:
        held = rows.filter(**{f"{path}__in": owners}).order_by().values_list(path)
        if len(paths) == 1:
            plain.update(dict(held.annotate(n=Count(key, distinct=True))))
        else:
            for owner, thing in held.values_list(path, key):
                told[owner].add(thing)
    return plain if len(paths) == 1 else Counter({owner: len(things) for owner, things in told.items()})


# ── facts of whoever was accountable


@dataclass(frozen=True)
class Held:
    """A fact with whoever was accountable at the end of its day, or last before."""

    person: int
    fact: Fact


def held_facts(people: Collection[int], period: Period, metrics: Collection[str], *, today: date) -> list[Held]:
    """Facts of these kinds on days of the period that fall to these people. What runs out counts from the day after. Two queries."""
    _since, until = moments(period)
    theirs = Responsibility.objects.filter(person__in=people, since__lt=until)
    rows = Responsibility.objects.filter(case__in=theirs.values("case")).order_by("since", "pk")
    holders: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for case, person, begin in rows.values_list("case", "person", "since"):
        holders[case].append((timezone.localdate(begin), person))
    facts = Fact.objects.filter(
        counted__case__in=theirs.values("case"), metric__in=metrics, day__gte=period.since, day__lte=period.until
    )
    found = []
    for fact in facts:
        if fact.metric in RUN_OUT and fact.day >= today:
            continue
        holder = next((who for begin, who in reversed(holders[fact.counted_id]) if begin <= fact.day), 0)
        if holder in people:
            found.append(Held(holder, fact))
    return found


KINDS = frozenset(
    column_of(term) for code in FIGURES for term in (*METRICS[code].numerator, *METRICS[code].denominator)
) | frozenset(METRICS[code].spread for code in FIGURES if METRICS[code].spread)
"""Kinds of facts a record is made of."""


def _terms(
    people: Collection[int], period: Period, today: date
) -> tuple[dict[int, dict[str, int]], dict[int, dict[str, Counter[int]]]]:
    terms: dict[int, dict[str, int]] = {one: dict.fromkeys(TERMS, 0) for one in people}
    lengths: dict[int, dict[str, Counter[int]]] = {one: defaultdict(Counter) for one in people}
    for held in held_facts(people, period, KINDS, today=today):
        _add(held.fact, terms[held.person], lengths[held.person])
    return terms, lengths


# ── what others said and used


def _feedback(path: str, owners: Collection[Any], period: Period) -> dict[Any, Feedback]:
    since, until = moments(period)
    rows = Closing.objects.filter(
        is_silent=False, formed_at__gte=since, formed_at__lt=until, **{f"{path}__in": owners}
    ).order_by()
    told = rows.values(owner=F(path)).annotate(
        n=Count("pk"), worth=Avg("value"), ease=Avg("feasibility"),
        ideas=Count("pk", filter=Q(outcome=Outcome.NEW_IDEA)),
    )  # fmt: skip
    return {one["owner"]: Feedback(one["n"], _mean(one["worth"]), _mean(one["ease"]), one["ideas"]) for one in told}


def _mean(value: float | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(_TENTH, ROUND_HALF_UP)


def _reused(people: Collection[int], period: Period) -> dict[int, tuple[int, int]]:
    """Reuses, and effective ones, of methods she wrote or guided, whenever they came out. Five queries."""
    versions = MethodVersion.objects.filter(state__in=PUBLISHED)
    authors: dict[int, set[int]] = defaultdict(set)
    for path in ("by", "writers", "experts"):
        for method, person in versions.filter(**{f"{path}__in": people}).values_list("method", path):
            authors[method].add(person)
    cited, tried = reuses(Q(method__in=list(authors)), period)
    every: Counter[int] = Counter()
    good: Counter[int] = Counter()
    told = [(method, helped > 0) for method, helped in cited.values_list("method", "helped")]
    told += list(tried.values_list("method", "is_effective"))
    for method, is_good in told:
        every.update(authors[method])
        good.update(authors[method] if is_good else ())
    return {one: (every[one], good[one]) for one in people}


# ── around the numbers


@dataclass(frozen=True)
class Career:
    """Seats of somebody in a year, and the years for which there may be a record, latest first."""

    seats: tuple[Membership, ...]
    years: tuple[int, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(one.group for one in self.seats)

    @property
    def shown(self) -> tuple[Membership, ...]:
        """A group that went on in the next campaign is one group."""
        return tuple({one.group.code: one for one in reversed(self.seats)}.values())[::-1]


def career_of(person: Person, number: int, *, today: date) -> Career:
    """One query over all her seats."""
    rows = list(
        Membership.objects.filter(person=person)
        .select_related("group__campaign", "group__domain")
        .order_by("-since", "pk")
    )
    asked = year(date(number, 1, 1))
    seats = [one for one in rows if one.since <= asked.until and (one.until is None or one.until > asked.since)]
    first = max(FIRST_YEAR, min((one.since.year for one in rows), default=today.year))
    return Career(tuple(seats), tuple(range(today.year, first - 1, -1)))


def overdue_talks(standing: Standing, person: Person, period: Period) -> list[Flag]:
    """Clocks that were late by a day and more, with the reasons she gave, for who may know (`policy.records`). One query."""
    since, until = moments(period)
    rows = Flag.objects.filter(person=person, kind=FlagKind.OVERDUE, at__gte=since, at__lt=until)
    return reasons_shown(standing, person, list(rows.select_related("case").order_by("at", "pk")))


def group_in_year(code: str, number: int) -> Group | None:
    """The group of this code in the campaign that ran in a year, the latest first; else in any campaign. One query."""
    rows = list(
        Group.objects.filter(code=code)
        .select_related("campaign", "domain")
        .order_by("-campaign__starts_on", "-pk")[:20]
    )
    there = [one for one in rows if one.campaign.starts_on.year <= number <= one.campaign.ends_on.year]
    return next(iter(there or rows), None)


def seats_in(group: Group, period: Period) -> list[Membership]:
    """Who sat in a group at some time of a period: the leader first, then by name; somebody who left and came back once. One query."""
    rows = (
        Membership.objects.filter(
            Q(until=None) | Q(until__gt=period.since), group__in=family_of(group), since__lte=period.until
        )
        .select_related("person__unit", "group")
        .order_by("-since", "pk")
    )
    found = {one.person_id: one for one in reversed(rows)}
    return sorted(found.values(), key=lambda one: (_RANKS.get(one.role, 2), one.person.sort_key, one.pk))


_RANKS = {"leader": 0, "deputy": 1}


def groups_to_read(standing: Standing, campaign: Campaign | None) -> list[Group]:
    """Groups of a campaign whose record she may read, by domain. One query."""
    rows = Group.objects.filter(groups_read(standing), campaign=campaign).select_related("domain")
    return list(rows.order_by("domain__order", "order", "code")) if campaign else []
