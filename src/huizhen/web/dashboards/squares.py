"""Squares in the colour of their number: scopes by month, and the cities where they lie. Both are tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huizhen.reports.clocks.periods import Period
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.cities import PLACES, city_of
from huizhen.reports.queries.figures import Figure, Figures
from huizhen.web.figures.forms import Choice
from huizhen.web.figures.words import month_words, tile

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
        "marked": pgettext_lazy("funnel", "显效"),
    }
)
"""The same in two to four characters, to choose by."""
BANDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"first_contact_on_time": (80, 90, 95, 98), "follow_up_on_time": (80, 90, 95, 98), "marked": (60, 70, 80, 90)}
)
"""Per cent from which the next colour begins."""

# ── by month


@cache
def _path() -> str:
    return reverse("overview:page")


def page_url(choice: Choice, scope: Scope) -> str:
    """The overview of another scope, for the same period."""
    return f"{_path()}?{choice.query(scope=scope.address)}"


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
    """Scopes by month under one figure."""

    code: str
    label: str | Promise
    months: list[str]
    rows: list[HeatRow]
    legend: list[tuple[str, str]]

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
        rows.append(HeatRow(one.name, page_url(choice, one), cells, total))
    return Heat(code, HEATS[code], [month_words(one) for one in months], rows, legend(code))


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
        squares.append(City(name, column, row, told_cell, page_url(choice, one)))
    return sorted(squares, key=lambda one: (one.row, one.column))
