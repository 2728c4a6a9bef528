"""The values of the figures, for one scope or for every scope of a kind; each table of scopes costs a constant number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from huizhen.directory.models import Campaign
from huizhen.directory.queries import setting
from huizhen.methods.choices import Use
from huizhen.methods.models import Adoption, Citation
from huizhen.reports.choices import COLUMNS, Kind
from huizhen.reports.clocks.periods import DAY, Period, custom, month, report_month, year
from huizhen.reports.models import Load, Spread, Tally
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.metrics import METRICS, OPEN_MEASURES, RUN_OUT, TERMS, Metric

_TENTH = Decimal("0.1")
_USED = (Use.SOLVED, Use.PARTLY)


TABLE = tuple(code for code, one in METRICS.items() if one.kind in ("count", "rate"))
"""What can be told of many scopes at once."""


@dataclass(frozen=True)
class Figure:
    """The value of one metric: per cent, working hours or a quotient, rounded half up to a tenth; of counts the count.

    `numerator` and `denominator` are counts of events; of lengths the denominator counts them. `value` is None where there is nothing
    to divide by, and where `is_small`: under the campaign's minimum n there are counts, no rate.
    """

    metric: Metric
    numerator: int
    denominator: int | None = None
    value: Decimal | None = None
    is_small: bool = False


@dataclass(frozen=True)
class Figures:
    """All figures of one scope and period, as they are on `today`. `terms`: the counts they are made of."""

    scope: Scope | None
    period: Period
    today: date
    rows: Mapping[str, Figure]
    terms: Mapping[str, int]

    def __getitem__(self, code: str) -> Figure:
        return self.rows[code]

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.rows.values())


Terms = Mapping[str, int]
Lengths = Mapping[str, Counter[int]]


def _rounded(numerator: int | Decimal, denominator: int) -> Decimal:
    return (Decimal(numerator) / denominator).quantize(_TENTH, ROUND_HALF_UP)


def percentile(lengths: Mapping[int, int], percent: int) -> int | None:
    """The length (tenths) that so many per cent do not exceed: nearest rank, so it did occur. None of nothing."""
    total = sum(lengths.values())
    if not total:
        return None
    rank, seen = -(-percent * total // 100), 0
    for tenths in sorted(lengths):
        seen += lengths[tenths]
        if seen >= rank:
            return tenths
    return None


def figure_of(
    metric: Metric, terms: Terms, lengths: Lengths, least: int, more: Mapping[str, Any] | None = None
) -> Figure:
    """The value of a metric from counts. `more`: what is not counted of cases — loads, reuses."""
    if metric.kind == "count":
        n = sum(terms.get(one, 0) for one in metric.numerator)
        return Figure(metric, n, None, Decimal(n))
    if metric.kind == "rate":
        top = sum(terms.get(one, 0) for one in metric.numerator)
        whole = sum(terms.get(one, 0) for one in metric.denominator)
        is_small = whole < least
        return Figure(metric, top, whole, None if is_small or not whole else _rounded(100 * top, whole), is_small)
    if metric.spread:
        found = lengths.get(metric.spread, Counter())
        n = sum(found.values())
        tenths = percentile(found, 90 if metric.kind == "p90" else 50)
        is_small = n < least
        return Figure(metric, n, n, None if is_small or tenths is None else Decimal(tenths) / 10, is_small)
    if metric.kind == "load":
        loads: Mapping[int, int] = (more or {}).get("loads", {})
        people, most, middle = sum(loads.values()), max(loads, default=0), percentile(loads, 50)
        is_small = people < least
        return Figure(metric, most, people, None if is_small or not middle else _rounded(most, middle), is_small)
    n = int((more or {}).get(metric.code, 0))
    return Figure(metric, n, None, Decimal(n))


# ── counts


def sums(today: date) -> dict[str, Sum]:
    """Every term as a sum over days of `Tally`; what runs out counts on days before today only."""
    found = {f"sum_{one}": Sum(one, filter=Q(day__lt=today)) if one in RUN_OUT else Sum(one) for one in COLUMNS}
    return found | {f"sum_{OPEN_MEASURES}": Sum("measure_open")}


def _terms(row: Mapping[str, Any]) -> dict[str, int]:
    return {one: int(row[f"sum_{one}"] or 0) for one in TERMS}


def _days(model: Any, campaign: Campaign, kind: str, period: Period) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = model.objects.filter(
        campaign=campaign, kind=kind, day__gte=period.since, day__lte=period.until
    )
    return found


def figures(campaign: Campaign, scope: Scope, period: Period, *, today: date) -> Figures:
    """All figures of one scope: five queries, over at most so many rows as the period has days."""
    terms = _terms(_days(Tally, campaign, scope.kind, period).filter(scope=scope.key).aggregate(**sums(today)))
    lengths: dict[str, Counter[int]] = defaultdict(Counter)
    spread = _days(Spread, campaign, scope.kind, period).filter(scope=scope.key).order_by()
    for what, tenths, n in spread.values_list("what", "tenths").annotate(total=Sum("n")):
        lengths[what][tenths] += n
    loads = Load.objects.filter(campaign=campaign, kind=scope.kind, scope=scope.key, n__gt=0).order_by()
    more = {"loads": dict(loads.values_list("n").annotate(total=Count("pk"))), **_reuses(scope, period)}
    least = setting(campaign, "minimum_n")
    rows = {code: figure_of(metric, terms, lengths, least, more) for code, metric in METRICS.items()}
    return Figures(scope, period, today, rows, terms)


def period_of(campaign: Campaign, values: Mapping[str, Any], *, today: date) -> Period:
    """The period of these parameters. ValueError: days that make none."""
    kind = values.get("period", "")
    current = report_month(today, campaign.report_day)
    if kind == "custom":
        return custom(date.fromisoformat(values.get("from", "")), date.fromisoformat(values.get("to", "")))
    if kind == "campaign":
        return Period("campaign", campaign.starts_on, campaign.ends_on)
    if kind == "year":
        return year(today)
    if kind in ("month", "last_month"):
        this = month(today)
        return this if kind == "month" else month(this.since - DAY)
    return current if kind != "last_report" else report_month(current.since - DAY, campaign.report_day)


def moments(period: Period) -> tuple[datetime, datetime]:
    """From the first moment of a period to the first one after it."""
    begin, end = (datetime.combine(day, time.min) for day in (period.since, period.until + timedelta(days=1)))
    return timezone.make_aware(begin), timezone.make_aware(end)


def _reuses(scope: Scope, period: Period) -> dict[str, int]:
    """Reuses of methods under a scope. Two queries."""
    path = {Kind.ALL: None, Kind.DOMAIN: "method__domain", Kind.GROUP: "method__group", Kind.UNIT: "unit"}[
        Kind(scope.kind)
    ]
    cited, tried = reuses(Q(**{path: scope.key}) if path else Q(), period)
    told = cited.aggregate(n=Count("method"), good=Count("method", filter=Q(helped__gt=0)))
    trials = tried.aggregate(n=Count("pk"), good=Count("pk", filter=Q(is_effective=True)))
    return {
        "reuses": told["n"] + trials["n"],
        "effective_reuses": told["good"] + trials["good"],
    }


def reuses(here: Q, period: Period) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """Reuses of methods, as `methods` counts them: cases that cite a method, each once, of which those with `helped` count as
    effective; and trials with a result. `here` narrows both."""
    since, until = moments(period)
    rows = here & Q(at__gte=since, at__lt=until)
    said = Q(use__in=_USED) | Q(use=Use.WAITING, case_verdict__in=["marked", "effective"])
    cited = Citation.objects.filter(rows, is_current=True).order_by().values("method", "case")
    return cited.annotate(helped=Count("pk", filter=said)), Adoption.objects.filter(rows).exclude(use=Use.WAITING)


# ── tables


def by_scope(
    campaign: Campaign, kind: str, period: Period, *, today: date, codes: Iterable[str] = TABLE
) -> dict[int, Figures]:
    """Counts and rates of every scope of a kind by its key (0: cases without one). One query.

    No lengths: their spreads of fifty scopes and a year are half a million rows, which a page cannot read.
    """
    metrics = [METRICS[code] for code in codes]
    terms = {one for metric in metrics for one in (*metric.numerator, *metric.denominator)}
    wanted = {name: total for name, total in sums(today).items() if name.removeprefix("sum_") in terms}
    rows = _days(Tally, campaign, kind, period).order_by().values("scope").annotate(**wanted)
    least = setting(campaign, "minimum_n")
    found: dict[int, Figures] = {}
    for row in rows:
        told = {one: int(row[f"sum_{one}"] or 0) for one in terms}
        if any(told.values()):
            values = {one.code: figure_of(one, told, {}, least) for one in metrics}
            found[row["scope"]] = Figures(None, period, today, values, told)
    return found


def by_period(
    campaign: Campaign, scope: Scope, periods: Sequence[Period], codes: Iterable[str], *, today: date
) -> list[Figures]:
    """The figures with these codes (counts and rates) for each of some periods that do not overlap. One query over their days."""
    metrics = [METRICS[code] for code in codes]
    terms = sorted({one for metric in metrics for one in (*metric.numerator, *metric.denominator)})
    columns = sorted({"measure_open" if one == OPEN_MEASURES else one for one in terms})
    span = Period("custom", min(one.since for one in periods), max(one.until for one in periods))
    found: list[Counter[str]] = [Counter() for _ in periods]
    days = _days(Tally, campaign, scope.kind, span).filter(scope=scope.key).order_by()
    for row in days.values("day", *columns):
        for sums_of, period in zip(found, periods, strict=True):
            if period.since <= row["day"] <= period.until:
                for one in terms:
                    if one not in RUN_OUT or row["day"] < today:
                        sums_of[one] += row["measure_open" if one == OPEN_MEASURES else one]
    least = setting(campaign, "minimum_n")
    return [
        Figures(scope, period, today, {one.code: figure_of(one, terms, {}, least) for one in metrics}, terms)
        for period, terms in zip(periods, found, strict=True)
    ]
