"""What an overview shows: the way from registration to extraction, scopes by month, the cities, who carries how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from types import MappingProxyType

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from huizhen.directory.queries import Standing
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.periods import Period
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.dashboards import Burden, Now
from huizhen.reports.queries.figures import Figure, Figures
from huizhen.reports.queries.metrics import FUNNEL
from huizhen.web.dashboards.cities import PLACES, city_of
from huizhen.web.figures.forms import Choice
from huizhen.web.figures.words import Tile, cases_url, month_words, tile, value_words

KEYS = (
    "registered",
    "cured",
    "first_contact_on_time",
    "follow_up_on_time",
    "response_median",
    "marked",
    "effective_reuses",
)
"""Figures above everything else."""
COMPARED = ("registered", "cured", "first_contact_on_time", "follow_up_on_time", "marked")
"""Those of them that are asked for the period before as well."""
HEATS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "first_contact_on_time": gettext_lazy("首次沟通及时率"),
        "follow_up_on_time": gettext_lazy("复诊及时率"),
        "registered": pgettext_lazy("figure", "挂号数"),
        "marked": gettext_lazy("显效率"),
    }
)
SHORT: Mapping[str, str | Promise] = MappingProxyType(
    {
        "first_contact_on_time": pgettext_lazy("funnel", "首次沟通"),
        "follow_up_on_time": pgettext_lazy("funnel", "复诊"),
        "registered": pgettext_lazy("funnel", "挂号"),
        "marked": gettext_lazy("显效"),
    }
)
"""The same in two to four characters, to choose by."""
BANDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"first_contact_on_time": (80, 90, 95, 98), "follow_up_on_time": (80, 90, 95, 98), "marked": (40, 55, 65, 75)}
)
"""Per cent from which the next colour begins."""
CURVES = ("first_contact_on_time", "follow_up_on_time")
_CLOCKS = {
    "reached_contact": "first_contact_on_time", "reached_session": "session_on_time",
    "reached_prescription": "prescription_on_time", "reached_follow_up": "follow_up_on_time",
}  # fmt: skip
GOAL = 90
"""Per cent in time; below it a stop is drawn as weak."""
MOST_BARS = 12


def open_url(standing: Standing, scope: Scope, **wanted: str) -> str:
    """The list of the open cases of a scope; "" for who does not see all of them."""
    given: dict[str, str]
    if standing.is_reader_of_all:
        given = {"scope": "all"} | ({scope.kind: scope.code} if scope.code else {})
    elif scope.kind == Kind.GROUP and scope.key in standing.group_ids:
        given = {"scope": "group", "group": scope.code}
    elif scope.kind == Kind.DOMAIN and scope.key in standing.domain_ids:
        given = {"scope": "domain", "domain": scope.code}
    elif scope.kind == Kind.UNIT and scope.key in standing.unit_ids:
        given = {"scope": "unit", "unit": scope.code}
    else:
        return ""
    return f"{reverse('cases:list')}?{'&'.join(f'{name}={value}' for name, value in (given | wanted).items())}"


# ── now


@dataclass(frozen=True)
class Count:
    """One number of what lies there now."""

    label: str
    n: int
    url: str = ""
    is_bad: bool = False


def counts(now: Now, choice: Choice, standing: Standing) -> list[Count]:
    """Open, late, due today, to follow up, transfers."""

    def of(label: str, n: int, is_bad: bool = False, **wanted: str) -> Count:
        return Count(label, n, open_url(standing, choice.scope, **wanted) if n else "", is_bad)

    found = [
        of(_("在诊"), now.open), of(_("超时"), now.late, bool(now.late), overdue="1"),
        of(_("今天到时"), now.today, today="1"), of(_("待复诊"), now.follow_ups, situation="follow_up"),
    ]  # fmt: skip
    if choice.scope.kind == Kind.GROUP:
        found.append(
            Count(_("转来待答复"), now.transfers, reverse("home") if now.transfers else "", bool(now.transfers))
        )
    else:
        found.append(of(_("转诊待裁定"), now.transfers, bool(now.transfers), situation="transfer"))
    return found


@dataclass(frozen=True)
class Call:
    """Something that wants to be looked at: what kind, one line, why, where to go."""

    tag: str
    icon: str
    tone: str
    title: str
    why: str
    url: str
    button: str


def calls(now: Now, choice: Choice, standing: Standing, heat: Heat | None, silent: Sequence[str]) -> list[Call]:
    """At most three, the most pressing first."""
    found = []
    if now.transfers:
        is_asked = choice.scope.kind == Kind.GROUP
        words = (
            ngettext("%(n)s 例转诊等着答复", "%(n)s 例转诊等着答复", now.transfers)
            if is_asked
            else ngettext("%(n)s 例转诊没人接", "%(n)s 例转诊没人接", now.transfers)
        )
        why = _("答复之前，原来的责任人还担着。") if is_asked else _("等接口人指定由谁承办。")
        url = reverse("home") if is_asked else open_url(standing, choice.scope, situation="transfer")
        found.append(Call(_("要定"), "scale", "po", words % {"n": now.transfers}, why, url, _("去看看")))
    if now.late:
        title = ngettext("%(n)s 例超时没办", "%(n)s 例超时没办", now.late) % {"n": now.late}
        if silent:
            why = _("还没按时联系支部：%(names)s。") % {"names": _("、").join(silent)}
        else:
            each = [_("%(name)s %(n)s 例") % {"name": group.name, "n": n} for group, n in now.late_groups]
            why = _("最多的：%(names)s。") % {"names": _("、").join(each)} if each and not _is_group(choice) else ""
        url = open_url(standing, choice.scope, overdue="1")
        found.append(Call(_("要催"), "circle-alert", "bad", title, why, url, _("看超时的")))
    if heat and heat.falling:
        found.append(heat.falling)
    return found[:3]


def _is_group(choice: Choice) -> bool:
    return choice.scope.kind == Kind.GROUP


# ── figures of the period


def keys(now: Figures, before: Figures | None, choice: Choice) -> list[Tile]:
    """The figures of `KEYS`, with their change where it is known."""
    earlier = before.rows if before else {}
    return [tile(now[code], choice.scope, choice.period, earlier.get(code)) for code in KEYS]


@dataclass(frozen=True)
class Stop:
    """One stop on the way: how many came so far, against the stop before, in time, late."""

    label: str | Promise
    n: int
    url: str
    step: str
    rate: Tile | None
    late: int
    late_url: str
    is_weak: bool


def funnel(now: Figures, choice: Choice, least: int) -> list[Stop]:
    """From registration to extraction. The last stop is counted on the day of its decision, the others of the cases registered."""
    stops, before = [], 0
    for term, label in FUNNEL:
        n = now.terms[term]
        step = f"{(Decimal(100 * n) / before).quantize(Decimal('1'))}%" if before >= max(least, 1) else ""
        stops.append(
            _stop(label, n, cases_url(term, choice.scope, choice.period) if n else "", step, term, now, choice)
        )
        before = n
    taken = now["extraction"]
    url = cases_url("extraction", choice.scope, choice.period) if taken.numerator else ""
    return [*stops, Stop(_("萃取成工作法"), taken.numerator, url, "", None, 0, "", False)]


def _stop(
    label: str | Promise, n: int, url: str, step: str, term: str, now: Figures, choice: Choice
) -> Stop:  # fmt: skip
    code = _CLOCKS.get(term)
    if code is None:
        return Stop(label, n, url, step, None, 0, "", False)
    one = now[code]
    rate = tile(one, choice.scope, choice.period)
    late = (one.denominator or 0) - one.numerator
    is_weak = one.value is not None and one.value < GOAL
    return Stop(label, n, url, step, rate, late, rate.url if late else "", is_weak)


# ── by month


@dataclass(frozen=True)
class Cell:
    """A number in a table that is also a picture: its words, the counts, its cases, its colour (0 none, 1 to 5), its plain value."""

    text: str
    of: str
    url: str
    step: str
    value: str


NOTHING = Cell("", "", "", "q0", "")


def cell(one: Figure, scope: Scope, period: Period, most: int = 0) -> Cell:
    """`most`: of counts the largest, which gets the strongest colour. Rates stand in whole per cents, the exact one behind them."""
    url = tile(one, scope, period).url
    if one.metric.kind == "count":
        if not one.numerator:
            return NOTHING
        return Cell(str(one.numerator), "", url, f"n{-(-4 * one.numerator // max(most, 1))}", str(one.numerator))
    if not one.denominator:
        return NOTHING
    of = f"{one.numerator} / {one.denominator}"
    if one.value is None:
        return Cell(f"n={one.denominator}", of, url, "q0", "")
    step = 1 + sum(one.value >= each for each in BANDS[one.metric.code])
    return Cell(str(one.value.quantize(Decimal(1), ROUND_HALF_UP)), of, url, f"q{step}", str(one.value))


@dataclass(frozen=True)
class HeatRow:
    name: str
    url: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class Heat:
    """Scopes by month under one figure; `falling`: which of them gets worse."""

    code: str
    label: str | Promise
    months: list[str]
    rows: list[HeatRow]
    legend: list[tuple[str, str]]
    falling: Call | None

    @property
    def has_rates(self) -> bool:
        return self.code in BANDS


def heat(
    code: str, grid: Mapping[int, list[Figures]], totals: Mapping[int, Figures], known: Sequence[Scope], periods: Sequence[Period],
    choice: Choice,
) -> Heat | None:  # fmt: skip
    """None where nothing happened."""
    told = [one for one in known if one.key in grid]
    if not told:
        return None
    first = next(
        (index for index in range(len(periods)) if any(_has(grid[one.key][index]) for one in told)), len(periods) - 1
    )
    months = periods[first:]
    most = max((each[code].numerator for one in told for each in grid[one.key]), default=0)
    most_total = max((totals[one.key][code].numerator for one in told if one.key in totals), default=0)
    rows = []
    for one in told:
        cells = [cell(each[code], one, each.period, most) for each in grid[one.key][first:]]
        total = cell(totals[one.key][code], one, choice.period, most_total) if one.key in totals else NOTHING
        rows.append(HeatRow(one.name, f"{reverse('overview:page')}?{choice.query(scope=one.address)}", cells, total))
    return Heat(code, HEATS[code], [month_words(one) for one in months], rows, legend(code), _falling(grid, told))


def _has(one: Figures) -> bool:
    return any(figure.numerator or figure.denominator for figure in one)


def heat_code(asked: str, first: str, found: Iterable[Figures]) -> str:
    """The figure that was asked for; else the first one, unless fewer than half of the squares would have a rate: then the plain count."""
    if asked in HEATS:
        return asked
    told = [one[first] for one in found]
    return first if 2 * sum(one.value is not None for one in told) >= len(told) else "registered"


def legend(code: str) -> list[tuple[str, str]]:
    """The colours and what they stand for."""
    if code not in BANDS:
        return [("n1", _("少")), ("n2", ""), ("n3", ""), ("n4", _("多"))]
    bands = BANDS[code]
    words = [_("低于 %(n)s%%") % {"n": bands[0]}]
    words += [f"{low}–{high}%" for low, high in pairwise(bands)]
    return [(f"q{step}", one) for step, one in enumerate([*words, _("%(n)s%% 以上") % {"n": bands[-1]}], 1)]


def _falling(grid: Mapping[int, list[Figures]], known: Sequence[Scope]) -> Call | None:
    """The scope whose rate fell twice in a row, below the goal, by the most."""
    worst: tuple[Decimal, Scope, list[Figure]] | None = None
    for one in known:
        for code in CURVES:
            last = [each[code] for each in grid[one.key] if each[code].value is not None][-3:]
            values = [each.value for each in last if each.value is not None]
            if len(values) == 3 and values[0] > values[1] > values[2] and values[2] < GOAL:
                gap = values[0] - values[2]
                if worst is None or gap > worst[0]:
                    worst = gap, one, last
    if worst is None:
        return None
    _gap, scope, last = worst
    metric = last[-1].metric
    period = next(each.period for each in reversed(grid[scope.key]) if each[metric.code] is last[-1])
    title = _("%(name)s：%(figure)s连降两月") % {"name": scope.name, "figure": metric.label}
    why = " → ".join(value_words(each) for each in last)
    return Call(
        _("要问"), "trending-down", "", title, why, cases_url(metric.code, scope, period, "whole"), _("看这些病例")
    )


# ── cities


@dataclass(frozen=True)
class City:
    """A city as a square in its place."""

    name: str
    column: int
    row: int
    cell: Cell
    url: str


def cities(code: str, found: Mapping[int, Figures], known: Sequence[Scope], choice: Choice) -> list[City]:
    """The units named after the cities, from north to south; empty where there are none."""
    placed = [(city_of(one.name), one) for one in known if city_of(one.name)]
    most = max((found[one.key][code].numerator for _name, one in placed if one.key in found), default=0)
    squares = []
    for name, one in placed:
        told = found.get(one.key)
        told_cell = cell(told[code], one, choice.period, most) if told else NOTHING
        column, row = PLACES[name]
        squares.append(
            City(name, column, row, told_cell, f"{reverse('overview:page')}?{choice.query(scope=one.address)}")
        )
    return sorted(squares, key=lambda one: (one.row, one.column))


# ── who carries how much


@dataclass(frozen=True)
class Load:
    """A bar: who, how many open cases, how many people hold them, how many the one with the most."""

    name: str
    n: int
    url: str
    name_url: str = ""
    people: int = 0
    most: int = 0
    late: int = 0
    note: str = ""
    is_heavy: bool = False


def loads(
    found: Mapping[int, Burden], known: Sequence[Scope], choice: Choice, standing: Standing, limit: int
) -> list[Load]:
    """Groups with open cases, the most first. `limit`: open cases a person should hold."""
    rows = [
        Load(
            one.name, found[one.key].open, open_url(standing, one),
            f"{reverse('overview:page')}?{choice.query(scope=one.address)}", found[one.key].people, found[one.key].most,
            is_heavy=found[one.key].most > limit,
        )
        for one in known
        if one.key in found
    ]  # fmt: skip
    return sorted(rows, key=lambda one: -one.n)
