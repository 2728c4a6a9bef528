"""Figures as a page shows them: values with their units, changes, links to the cases, the curve by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext, pgettext_lazy

from huizhen.reports.choices import CLOCKED
from huizhen.reports.clocks.periods import Period
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.behind import Event
from huizhen.reports.queries.figures import Figure, Figures
from huizhen.reports.queries.metrics import FUNNEL, METRICS, SECTIONS
from huizhen.web.figures.forms import PERIODS, Choice

COLUMNS = (
    "registered", "cured", "first_contact_on_time", "session_rate", "prescription_on_time", "execution", "follow_up_on_time",
    "marked",
)  # fmt: skip
"""Figures of the table of domains, groups and units."""
CURVES = ("first_contact_on_time", "follow_up_on_time")
MONTHLY = ("registered", "first_contact_on_time", "session_rate", "prescription_on_time", "follow_up_on_time", "marked")
MONTHS = 12
FACTS: Mapping[str, tuple[str | Promise, str]] = {
    **{f"{clock}_met": (gettext_lazy("按时"), "zhu") for clock in CLOCKED},
    **{f"{clock}_late": (gettext_lazy("超时"), "red") for clock in CLOCKED},
    **{f"{clock}_pending": (gettext_lazy("到期未办"), "red") for clock in CLOCKED},
    "measure_done": (gettext_lazy("已完成"), "zhu"),
    "measure_open": (gettext_lazy("未完成"), ""),
    "measure_dropped": (gettext_lazy("未采纳"), ""),
    "verdict_marked": (gettext_lazy("显效"), "zhu"),
    "verdict_effective": (gettext_lazy("有效"), "dai"),
    "verdict_none": (gettext_lazy("无效"), "po"),
    "verdict_worse": (gettext_lazy("加重"), "red"),
    "cured": (pgettext_lazy("figure", "已破题"), "zhu"),
    "unresolved": (pgettext_lazy("figure", "未破题结案"), ""),
    "reopened": (gettext_lazy("后来复开"), "po"),
    "extracted": (gettext_lazy("决定萃取"), "zhu"),
    "not_extracted": (gettext_lazy("不萃取"), ""),
}
"""What a fact is called in the list of cases, and the colour of its state."""


def value_words(one: Figure) -> str:
    """87.5%, 0.5 小时, 12; what is small or has nothing to divide by shows its counts."""
    if one.metric.kind in ("count", "reuse"):
        return str(one.numerator)
    if one.value is None:
        if one.metric.kind == "rate" and one.denominator:
            return f"{one.numerator} / {one.denominator}"
        if one.metric.spread and one.denominator:
            return npgettext("figure", "%(n)s 次", "%(n)s 次", one.denominator) % {"n": one.denominator}
        return "—"
    if one.metric.kind == "rate":
        return f"{one.value}%"
    if one.metric.spread:
        return _("%(n)s 小时") % {"n": one.value}
    return str(one.value)


def of_words(one: Figure) -> str:
    """The counts behind the value, or why there is no value."""
    if one.is_small and one.denominator:
        return _("数量少，不算比率") if one.metric.kind == "rate" else _("数量少，不作统计")
    if one.value is None or one.denominator is None:
        return ""
    if one.metric.kind == "rate":
        return f"{one.numerator} / {one.denominator}"
    if one.metric.kind == "load":
        return ngettext("%(people)s 人，最多 %(n)s 例", "%(people)s 人，最多 %(n)s 例", one.denominator) % {
            "people": one.denominator,
            "n": one.numerator,
        }
    return npgettext("figure", "%(n)s 次", "%(n)s 次", one.denominator) % {"n": one.denominator}


@dataclass(frozen=True)
class Change:
    """Against the period before. `tone`: good, bad or empty."""

    text: str
    tone: str
    icon: str


def change_of(now: Figure, before: Figure | None) -> Change | None:
    """None where there is nothing to compare."""
    if before is None or now.value is None or before.value is None or now.metric.kind == "load":
        return None
    gap = now.value - before.value
    if not gap:
        return Change(_("持平"), "", "minus")
    size = f"{abs(gap).normalize():f}"
    unit = {"rate": _("%(n)s 个百分点"), "median": _("%(n)s 小时"), "p90": _("%(n)s 小时")}.get(
        now.metric.kind, "%(n)s"
    )
    tone = "" if now.metric.grows is None else "good" if (gap > 0) == now.metric.grows else "bad"
    return Change(unit % {"n": size}, tone, "arrow-up" if gap > 0 else "arrow-down")


@dataclass(frozen=True)
class Tile:
    """One figure with its value, the counts behind it, its change, and the address of its cases ("" when there are none)."""

    code: str
    label: str | Promise
    value: str
    of: str
    change: Change | None
    url: str
    is_small: bool


@lru_cache(maxsize=500)
def _where(address: str, since: date, until: date) -> str:
    """A page has hundreds of these addresses, but one for each row of its tables."""
    return urlencode({"scope": address, "from": since.isoformat(), "to": until.isoformat()})


@cache
def _list_path() -> str:
    return reverse("figures:cases")


def cases_url(code: str, scope: Scope, period: Period, part: str = "") -> str:
    """The list behind a number: dates in full, so that the address means the same tomorrow."""
    where = _where(scope.address, period.since, period.until)
    return f"{_list_path()}?metric={code}&{where}{f'&part={part}' if part else ''}"


def tile(one: Figure, scope: Scope, period: Period, before: Figure | None = None) -> Tile:
    has_cases = one.metric.has_list and bool(one.numerator or one.denominator)
    # Of a rate its whole is listed; the page of the list narrows it to what is counted on top.
    url = cases_url(one.metric.code, scope, period, "whole" if one.metric.denominator else "") if has_cases else ""
    return Tile(
        one.metric.code, one.metric.label, value_words(one), of_words(one), change_of(one, before), url, one.is_small
    )


def sections(now: Figures, before: Figures | None, choice: Choice) -> list[tuple[Any, list[Tile]]]:
    """Tiles under their headings."""
    found: dict[str, list[Tile]] = {}
    for one in now:
        last = before[one.metric.code] if before else None
        found.setdefault(one.metric.section, []).append(tile(one, choice.scope, choice.period, last))
    return [(SECTIONS[name], tiles) for name, tiles in found.items()]


@dataclass(frozen=True)
class Stop:
    """One stop on the way of the cases registered in the period."""

    label: str | Promise
    n: int
    percent: str
    url: str


def funnel(now: Figures, choice: Choice) -> list[Stop]:
    """How far they came, each stop against registration."""
    whole = now.terms["registered"]
    stops = []
    for term, label in FUNNEL:
        n = now.terms[term]
        percent = f"{(Decimal(100 * n) / whole).quantize(Decimal('1'))}%" if whole and term != "registered" else ""
        stops.append(Stop(label, n, percent, cases_url(term, choice.scope, choice.period) if n else ""))
    return stops


# ── by month


@dataclass(frozen=True)
class Curve:
    """A line of the chart: a rate by month; months without one leave a gap. `runs`: points of each unbroken stretch."""

    label: str | Promise
    css: str
    runs: tuple[str, ...]
    dots: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Chart:
    """The drawing: lines, heights of the grid with their per cents, places of the months."""

    curves: tuple[Curve, ...]
    grid: tuple[tuple[int, int], ...]
    ticks: tuple[tuple[int, str], ...]


LEFT, RIGHT, TOP, BOTTOM = 36, 624, 12, 172


def month_words(one: Period) -> str:
    """3月, as a month is named that ends then."""
    # Translators: how Django's date filter writes a month on an axis; "M" is Mar.
    return date_format(one.until, pgettext("format of a month", "n月"))


def chart(months: Sequence[Figures]) -> Chart | None:
    """Curves of `CURVES`; None when no month has a rate."""
    step = (RIGHT - LEFT) / max(1, len(months) - 1)
    places = [round(LEFT + step * index) for index in range(len(months))]
    values = {code: [one[code].value for one in months] for code in CURVES}
    known = [value for row in values.values() for value in row if value is not None]
    if not known:
        return None
    low = min(90, int(min(known)) // 10 * 10)
    heights = [(low + (100 - low) * part // 2, BOTTOM - (BOTTOM - TOP) * part // 2) for part in range(3)]

    def height(value: Decimal) -> int:
        return round(BOTTOM - float(value - low) / (100 - low) * (BOTTOM - TOP))

    curves = []
    for number, (code, row) in enumerate(values.items(), 1):
        dots = [(x, height(value)) if value is not None else None for x, value in zip(places, row, strict=True)]
        curves.append(Curve(METRICS[code].label, str(number), tuple(_runs(dots)), tuple(dot for dot in dots if dot)))
    ticks = tuple((x, month_words(one.period)) for x, one in zip(places, months, strict=True))
    return Chart(tuple(curves), tuple((y, percent) for percent, y in heights), ticks)


def _runs(dots: Iterable[tuple[int, int] | None]) -> list[str]:
    runs: list[list[str]] = [[]]
    for dot in dots:
        if dot is None:
            runs.append([])
        else:
            runs[-1].append(f"{dot[0]},{dot[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def since_first(months: Sequence[Figures]) -> list[Figures]:
    """Without the months before anything happened."""
    first = next(
        (index for index, one in enumerate(months) if any(figure.numerator or figure.denominator for figure in one)),
        len(months),
    )
    return list(months[first:])


def month_rows(months: Sequence[Figures], scope: Scope) -> list[tuple[str, list[Tile]]]:
    """The table under the chart, latest first."""
    return [
        (month_words(one.period), [tile(one[code], scope, one.period) for code in MONTHLY]) for one in reversed(months)
    ]


# ── tables


@dataclass(frozen=True)
class Row:
    """One domain, group or unit. `url`: its own figures."""

    name: str
    url: str
    cells: list[Tile]


def rows(found: Mapping[int, Figures], known: Sequence[Scope], choice: Choice, sort: str) -> list[Row]:
    """Every scope that has figures, and those without at the end. `sort`: a figure's code, worst or most first; else their own order."""
    code = sort.removeprefix("-")
    told = [one for one in known if one.key in found]
    if code in COLUMNS:
        told.sort(key=lambda one: _weight(found[one.key][code], sort.startswith("-")))
    return [
        Row(
            one.name, f"{reverse('figures:page')}?{choice.query(scope=one.address)}",
            [tile(found[one.key][each], one, choice.period) for each in COLUMNS],
        )
        for one in told
    ]  # fmt: skip


def _weight(one: Figure, is_down: bool) -> tuple[bool, Decimal]:
    value = one.value if one.value is not None else None
    return value is None, Decimal(0) if value is None else -value if is_down else value


def headings(choice: Choice, by: str, sort: str) -> list[dict[str, Any]]:
    """Column heads with the address that sorts by each."""
    found = []
    for code in COLUMNS:
        state = "descending" if sort == f"-{code}" else "ascending" if sort == code else ""
        turned = code if sort == f"-{code}" else f"-{code}"
        found.append({"label": METRICS[code].label, "sort": state, "url": f"?{choice.query(by=by, sort=turned)}#table"})
    return found


def period_words(choice: Choice) -> str:
    """本报送月, 2月16日至3月15日."""
    return str(dict(PERIODS)[choice.given["period"]])


# ── the list behind a number


def fact_words(one: Event) -> tuple[str, str]:
    """What a row counts for, and its tone."""
    if one.hours is not None:
        return _("%(n)s 小时") % {"n": one.hours}, ""
    label, tone = FACTS.get(one.metric, ("", ""))
    times = npgettext("figure", "%(n)s 次", "%(n)s 次", one.n) % {"n": one.n} if one.n > 1 else ""
    return " ".join(filter(None, (str(label), times))), tone
