"""Bulletins: the numbers of one — live while it is written, frozen once it is issued — and the list of them.

Numbers come from `queries.figures`, so they are those of every page; which of them a bulletin tells is said here, what is said about them
in `papers.bulletin`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation

from huizhen.directory.models import Campaign, Domain, Group
from huizhen.directory.queries import Standing, setting
from huizhen.journal.models import Outbox
from huizhen.lib.errors import NotVisible
from huizhen.methods.models import Method
from huizhen.reports.choices import READER, Kind, ReportState
from huizhen.reports.clocks.monthly import Span, spans
from huizhen.reports.clocks.periods import DAY, Period
from huizhen.reports.lifecycle.bulletins import NUMBERED, UNISSUED
from huizhen.reports.models import Bulletin
from huizhen.reports.policy.bulletins import visible
from huizhen.reports.policy.scopes import ALL
from huizhen.reports.queries.figures import Figure, by_scope, figures
from huizhen.reports.queries.metrics import FUNNEL, METRICS
from huizhen.reports.queries.monthly import compliance, rule_of
from huizhen.reports.queries.state import open_fill
from huizhen.worktime.queries import calendar

OVERALL = tuple(code for code, one in METRICS.items() if one.kind != "load")
"""Load is of the moment, not of a month."""
COLUMNS = (
    "registered", "cured", "first_contact_on_time", "session_rate", "execution", "follow_up_rate", "marked",
)  # fmt: skip
"""Of each domain and group; with the methods published, which are no figure of cases."""
ON_TIME, LATE, MISSING = (one.value for one in (ReportState.ON_TIME, ReportState.LATE, ReportState.MISSING))
LANGUAGE = "zh-hans"
PAGE = 30


@dataclass(frozen=True)
class Number:
    """One figure as a bulletin keeps it: `value` rounded, or None where there are counts only. Label and kind as they were."""

    code: str
    label: str
    kind: str
    numerator: int
    denominator: int | None
    value: str | None
    is_small: bool


@dataclass(frozen=True)
class Row:
    """A domain or group with its numbers; `published`: methods made public in these days."""

    kind: str
    code: str
    name: str
    numbers: tuple[Number, ...]
    published: int

    def __getitem__(self, code: str) -> Number:
        return next(one for one in self.numbers if one.code == code)


@dataclass(frozen=True)
class Made:
    """A method that was published in these days."""

    code: str
    name: str
    by: str


@dataclass(frozen=True)
class Sent:
    """The monthly report of a unit: ON_TIME, LATE or MISSING, and the day it was sent."""

    code: str
    name: str
    state: str
    day: date | None


@dataclass(frozen=True)
class Told:
    """Every number of a bulletin. `on`: the day of asking. `before`: the month before. `funnel`: how far the registered cases came."""

    on: date
    since: date
    until: date
    least: int
    overall: tuple[Number, ...]
    before: tuple[Number, ...]
    funnel: tuple[tuple[str, str, int], ...]
    domains: tuple[Row, ...]
    groups: tuple[Row, ...]
    silent_groups: int
    methods: tuple[Made, ...]
    units: tuple[Sent, ...]

    def __getitem__(self, code: str) -> Number:
        return next(one for one in self.overall if one.code == code)

    def was(self, code: str) -> Number | None:
        """The same of the month before; None where there is none."""
        return next((one for one in self.before if one.code == code), None)


# ── months


def months(campaign: Campaign) -> list[Span]:
    """The months of a campaign, as its units report them: first to last."""
    return list(spans(campaign.starts_on, campaign.ends_on, rule_of(campaign), calendar()))


def span_of(campaign: Campaign, month: date) -> Span:
    """The days of the month with this first day. NotVisible: the campaign has none such."""
    for one in months(campaign):
        if one.month == month:
            return one
    raise NotVisible("month_unknown")


def unwritten(campaign: Campaign, today: date) -> list[Span]:
    """Months that have begun and have no bulletin: those that are over, latest first, then the one that runs."""
    begun = [one for one in months(campaign) if one.since <= today]
    begun.sort(key=lambda one: (one.until < today, one.month))
    taken = set(Bulletin.objects.filter(campaign=campaign).exclude(state="voided").values_list("month", flat=True))
    return [one for one in reversed(begun) if one.month not in taken]


# ── numbers


def told(bulletin: Bulletin, *, now: datetime) -> Told:
    """The numbers of a bulletin: frozen ones as they were frozen, else as they are now."""
    return thawed(bulletin.figures) if bulletin.figures else counted(bulletin, now=now)


def counted(bulletin: Bulletin, *, now: datetime) -> Told:
    """The numbers as they are now, a day's clocks as on every page. Seventeen queries, however many cases."""
    with translation.override(LANGUAGE):
        return _counted(bulletin, now)


def _counted(bulletin: Bulletin, at: datetime) -> Told:
    campaign, today = bulletin.campaign, timezone.localdate(at)
    period = Period("custom", bulletin.since, bulletin.until)
    now = figures(campaign, ALL, period, today=today)
    spans_ = [one for one in months(campaign) if one.month < bulletin.month]
    before: tuple[Number, ...] = ()
    if spans_:
        earlier = figures(campaign, ALL, Period("custom", spans_[-1].since, spans_[-1].until), today=today)
        before = tuple(_number(earlier[code]) for code in OVERALL)
    made = _published(campaign, period)
    domains, _silent = _rows(Domain.objects.order_by("order", "pk"), Kind.DOMAIN, campaign, period, today, made)
    groups, silent = _rows(
        Group.objects.filter(campaign=campaign, closed_on=None).order_by("domain__order", "order", "code"),
        Kind.GROUP, campaign, period, today, made,
    )  # fmt: skip
    return Told(
        on=today, since=period.since, until=period.until, least=setting(campaign, "minimum_n"),
        overall=tuple(_number(now[code]) for code in OVERALL), before=before,
        funnel=tuple((code, str(label), now.terms[code]) for code, label in FUNNEL),
        domains=domains, groups=groups, silent_groups=silent,
        methods=tuple(
            Made(one.code, one.name, one.group.name if one.group else one.domain.name) for one in made
        ),
        units=reports_of(campaign, bulletin.month, now=at),
    )  # fmt: skip


def _number(one: Figure) -> Number:
    value = None if one.value is None else str(one.value)
    metric = one.metric
    return Number(
        metric.code, str(metric.label), metric.kind, one.numerator, one.denominator, value, one.is_small
    )  # fmt: skip


def _published(campaign: Campaign, period: Period) -> list[Method]:
    """Methods that were published in these days, first to last."""
    begin, end = (datetime.combine(day, time.min) for day in (period.since, period.until + DAY))
    rows = Method.objects.filter(
        published_at__gte=timezone.make_aware(begin), published_at__lt=timezone.make_aware(end)
    )
    return list(rows.select_related("group", "domain").order_by("published_at", "pk")[:200])


def _rows(
    places: Iterable[Domain | Group],
    kind: Kind,
    campaign: Campaign,
    period: Period,
    today: date,
    made: Sequence[Method],
) -> tuple[tuple[Row, ...], int]:
    """Every place that has numbers or a method, in its own order; and how many have neither."""
    found = by_scope(campaign, kind, period, today=today, codes=COLUMNS)
    rows, silent = [], 0
    for place in places:
        here = sum(1 for one in made if place.pk == (one.group_id if kind == Kind.GROUP else one.domain_id))
        if place.pk not in found and not here:
            silent += 1
            continue
        told = found.get(place.pk)
        numbers = tuple(_number(told[code]) if told else _nothing(code) for code in COLUMNS)
        rows.append(Row(kind.value, place.code, place.name, numbers, here))
    return tuple(rows), silent


def _nothing(code: str) -> Number:
    metric = METRICS[code]
    is_rate = metric.kind == "rate"
    return Number(code, str(metric.label), metric.kind, 0, 0 if is_rate else None, None if is_rate else "0", is_rate)


def reports_of(campaign: Campaign, month: date, *, now: datetime) -> tuple[Sent, ...]:
    """Which units reported that month, on time or late, and which did not. Empty where nothing was due yet. One query."""
    found = compliance(campaign, month, now=now)
    return tuple(
        Sent(
            one.report.unit.code, one.report.unit.name, one.state.value,
            timezone.localdate(one.sent_at) if one.sent_at else None,
        )
        for one in (found.rows if found else ())
        if one.state != ReportState.OPEN
    )  # fmt: skip


def is_behind() -> bool:
    """Whether figures are not to be frozen now: a count of all cases is under way, or something of a case waits to be counted."""
    waiting = Outbox.objects.filter(reader=READER, done_at__isnull=True, entry__target_type="cases.case")
    return open_fill() is not None or waiting.exists()


# ── frozen


def frozen(one: Told) -> dict[str, Any]:
    """As JSON keeps it."""

    def numbers(ones: Iterable[Number]) -> list[list[Any]]:
        return [[one.code, one.numerator, one.denominator, one.value, one.is_small] for one in ones]

    def rows(ones: Iterable[Row]) -> list[list[Any]]:
        return [[one.kind, one.code, one.name, numbers(one.numbers), one.published] for one in ones]

    known = (*one.overall, *one.before, *(number for row in (*one.domains, *one.groups) for number in row.numbers))
    return {
        "on": one.on.isoformat(), "since": one.since.isoformat(), "until": one.until.isoformat(), "least": one.least,
        "metrics": {number.code: [number.label, number.kind] for number in known},
        "overall": numbers(one.overall), "before": numbers(one.before), "funnel": [list(stop) for stop in one.funnel],
        "domains": rows(one.domains), "groups": rows(one.groups), "silent_groups": one.silent_groups,
        "methods": [[made.code, made.name, made.by] for made in one.methods],
        "units": [[unit.code, unit.name, unit.state, unit.day.isoformat() if unit.day else None] for unit in one.units],
    }  # fmt: skip


def thawed(kept: Mapping[str, Any]) -> Told:
    """What `frozen` kept."""
    metrics = kept["metrics"]

    def numbers(ones: Iterable[Sequence[Any]]) -> tuple[Number, ...]:
        return tuple(Number(code, *metrics[code], *rest) for code, *rest in ones)

    def rows(ones: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
        return tuple(Row(kind, code, name, numbers(told), made) for kind, code, name, told, made in ones)

    return Told(
        on=date.fromisoformat(kept["on"]), since=date.fromisoformat(kept["since"]),
        until=date.fromisoformat(kept["until"]), least=kept["least"], overall=numbers(kept["overall"]),
        before=numbers(kept["before"]), funnel=tuple((code, label, n) for code, label, n in kept["funnel"]),
        domains=rows(kept["domains"]), groups=rows(kept["groups"]), silent_groups=kept["silent_groups"],
        methods=tuple(Made(*one) for one in kept["methods"]),
        units=tuple(
            Sent(code, name, state, date.fromisoformat(day) if day else None) for code, name, state, day in kept["units"]
        ),
    )  # fmt: skip


# ── lists


@dataclass(frozen=True)
class Listed:
    """A page of bulletins with a number, latest first; `after` leads on, "" at the end."""

    bulletins: tuple[Bulletin, ...]
    after: str


def numbered(standing: Standing, *, after: str = "", limit: int = PAGE) -> Listed:
    """Issued and voided ones, latest number first. One query."""
    rows = visible(standing).filter(state__in=NUMBERED).defer("word", "figures")
    year, _dash, number = after.partition("-")
    if year.isdecimal() and number.isdecimal() and len(after) < 16:
        rows = _below(rows, int(year), int(number))
    found = list(rows.select_related("campaign", "issued_by").order_by("-year", "-number")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Listed(tuple(found[:limit]), f"{last.year}-{last.number}" if last else "")


def _below(rows: QuerySet[Bulletin], year: int, number: int) -> QuerySet[Bulletin]:
    return rows.filter(year__lte=year).exclude(year=year, number__gte=number)


def in_work(standing: Standing) -> list[Bulletin]:
    """What is being written, reviewed or waits to be issued, for who may see it. One query; there is one for a month at most."""
    rows = visible(standing).filter(state__in=UNISSUED).defer("word", "figures")
    return list(rows.select_related("campaign", "author").order_by("-month", "-id")[:PAGE])
