"""What an overview tells in words and numbers: what lies there now, the way from registration to extraction, who carries how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huizhen.directory.choices import UnitKind
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.reports.choices import Kind, ReportState
from huizhen.reports.clocks.periods import month
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.cities import brief
from huizhen.reports.queries.dashboards import Burden, Now
from huizhen.reports.queries.figures import Figures
from huizhen.reports.queries.metrics import FUNNEL
from huizhen.reports.queries.monthly import Compliance
from huizhen.reports.queries.record_items import ITEMS
from huizhen.reports.queries.records import Record
from huizhen.web.dashboards.squares import page_url
from huizhen.web.figures.forms import Choice
from huizhen.web.figures.words import Tile, cases_url, month_words, of_words, tile, value_words

KEYS = (
    "registered", "cured", "first_contact_on_time", "follow_up_on_time", "response_median", "marked", "effective_reuses",
)  # fmt: skip
"""Figures above everything else."""
COMPARED = ("registered", "cured", "first_contact_on_time", "follow_up_on_time", "marked")
"""Those of them that are asked for the period before as well."""
CURVES = ("first_contact_on_time", "follow_up_on_time")
_CLOCKS = {
    "reached_contact": "first_contact_on_time", "reached_session": "session_on_time",
    "reached_prescription": "prescription_on_time", "reached_follow_up": "follow_up_on_time",
}  # fmt: skip
GOAL = 90
"""Per cent in time; below it a stop is drawn as weak."""


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
        of(_("今天到时"), now.today, today="1"),
    ]  # fmt: skip
    if now.follow_ups is not None:
        found.append(of(_("待复诊"), now.follow_ups, situation="follow_up"))
    if choice.scope.kind == Kind.GROUP:
        found.append(
            Count(_("转来待答复"), now.transfers, reverse("home") if now.transfers else "", bool(now.transfers))
        )
    else:
        found.append(of(_("转诊待裁定"), now.transfers, bool(now.transfers), situation="transfer"))
    return found


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
            page_url(choice, one), found[one.key].people, found[one.key].most,
            is_heavy=found[one.key].most > limit,
        )
        for one in known
        if one.key in found
    ]  # fmt: skip
    return sorted(rows, key=lambda one: -one.n)


# ── how the units report


@dataclass(frozen=True)
class Reports:
    """The monthly reports of one month: its name and sentence, and the units by kind, each with its state."""

    month: str
    said: str
    kinds: list[tuple[str | Promise, list[tuple[str, str, str]]]]
    missing: list[str]


MARKS = {ReportState.OPEN: "", ReportState.ON_TIME: "ok", ReportState.LATE: "late", ReportState.MISSING: "miss"}


def reports(found: Compliance) -> Reports:
    """按时, 迟报, 未报 and 待报 of the newest month."""
    counts = {state: found.counts[state] for state in ReportState}
    said = [_("%(state)s %(n)s") % {"state": state.label, "n": n} for state, n in counts.items() if n]
    kinds: dict[str, list[tuple[str, str, str]]] = {}
    for one in found.rows:
        unit, word = one.report.unit, "" if one.state in (ReportState.ON_TIME, ReportState.OPEN) else one.state.label
        kinds.setdefault(unit.kind, []).append((brief(unit.name), str(word), MARKS[one.state]))
    labels = dict(UnitKind.choices)
    return Reports(
        month_words(month(found.month)), _("、").join(said), [(labels[kind], units) for kind, units in kinds.items()],
        [brief(one.name) for one in found.of(ReportState.MISSING)],
    )  # fmt: skip


# ── one's own


MINE = (
    "first_asked", "answered", "first_contact_on_time", "follow_up_on_time", "marked", "cured", "followed_up", "authored",
    "taught",
)  # fmt: skip


def mine(person: Person, record: Record) -> list[Tile]:
    """An expert's own numbers of the year, each with its list, as on her record."""
    base, tiles = reverse("records:expert_list", args=[person.code]), []
    for code in MINE:
        url = f"{base}?{urlencode({'of': code, 'year': record.period.since.year})}"
        if code in ITEMS:
            n = record.counts[code]
            tiles.append(Tile(code, ITEMS[code].label, str(n), "", None, url if n else "", False))
        else:
            one = record.figures[code]
            url = url if one.numerator or one.denominator else ""
            tiles.append(Tile(code, one.metric.label, value_words(one), of_words(one), None, url, one.is_small))
    return tiles
