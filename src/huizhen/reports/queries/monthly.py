"""Which reports there are and how they stand: of a unit, of everybody, by month. What stands in one is `monthly_contents`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Branch, Campaign, Membership, Posting, Unit
from huizhen.directory.queries import Standing, setting
from huizhen.lib.workdays import Calendar
from huizhen.reports.choices import BulletinState, ReportState
from huizhen.reports.clocks.monthly import Rule, Span, spans
from huizhen.reports.models import Bulletin, MonthlyReport, SentReport
from huizhen.reports.queries.figures import Figure, figure_of
from huizhen.reports.queries.metrics import REPORTED

OWN_MONTHS = 24
BOARD_MONTHS = 6


def rule_of(campaign: Campaign) -> Rule:
    """When reports of a campaign are due."""
    return Rule(campaign.report_day, bool(setting(campaign, "report_inclusive")))


def reporting_units(campaign: Campaign, on: date) -> QuerySet[Unit]:
    """Units that report: with a clerk, with a branch that is still there, or with the leader of one of the campaign's groups."""
    lasting = Q(until=None) | Q(until__gt=on)
    clerks = Posting.objects.filter(lasting, role=PostingRole.CLERK, since__lte=on).values("unit")
    leaders = Membership.objects.filter(lasting, role=MemberRole.LEADER, since__lte=on, group__campaign=campaign)
    branches = Branch.objects.filter(Q(until=None) | Q(until__gt=on)).values("unit")
    return Unit.objects.filter(
        Q(pk__in=clerks) | Q(pk__in=leaders.values("person__unit")) | Q(pk__in=branches)
    ).order_by("order", "pk")


def clerks_of(units: Collection[int], on: date) -> dict[int, list[int]]:
    """Unit → its clerks. One query."""
    lasting = Q(until=None) | Q(until__gt=on)
    found: dict[int, list[int]] = {}
    rows = Posting.objects.filter(lasting, role=PostingRole.CLERK, since__lte=on, unit__in=units)
    for unit, person in rows.order_by("since", "pk").values_list("unit_id", "person_id"):
        if unit is not None:
            found.setdefault(unit, []).append(person)
    return found


# ── how a report stands


@dataclass(frozen=True)
class Standings:
    """A report and how it stands: `sent_at` of the current version, None without one; `is_withdrawn`: there was one."""

    report: MonthlyReport
    state: ReportState
    sent_at: datetime | None
    version: int
    is_withdrawn: bool

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None


def with_state(reports: QuerySet[MonthlyReport]) -> QuerySet[MonthlyReport]:
    """Adds what the state is made of; index probes for each report."""
    versions = SentReport.objects.filter(report=OuterRef("pk"))
    current = versions.filter(is_current=True)
    stood = Q(withdrawn_at=None) | Q(withdrawn_at__gte=OuterRef("deadline"))
    return reports.annotate(
        sent_at=Subquery(current.values("at")[:1]),
        last_version=Subquery(versions.order_by("-version").values("version")[:1]),
        was_in_time=Exists(versions.filter(stood, at__lt=OuterRef("deadline"))),
    )


def standing_of(report: MonthlyReport, *, now: datetime) -> Standings:
    """How a report of `with_state` stands."""
    sent_at: datetime | None = report.sent_at  # type: ignore[attr-defined]
    last: int = report.last_version or 0  # type: ignore[attr-defined]
    if sent_at is not None:
        state = ReportState.ON_TIME if report.was_in_time else ReportState.LATE  # type: ignore[attr-defined]
    else:
        state = ReportState.OPEN if now < report.deadline else ReportState.MISSING
    return Standings(report, state, sent_at, last, sent_at is None and last > 0)


def own(standing: Standing, *, now: datetime, limit: int = OWN_MONTHS) -> list[Standings]:
    """Reports of her units, newest first. One query."""
    rows = with_state(MonthlyReport.objects.filter(unit__in=standing.unit_ids)).select_related("unit")
    return [standing_of(one, now=now) for one in rows.order_by("-month", "unit__order", "unit")[:limit]]


def one_of(report: MonthlyReport, *, now: datetime) -> Standings:
    """How this one stands. One query."""
    return standing_of(with_state(MonthlyReport.objects.select_related("unit")).get(pk=report.pk), now=now)


def is_in_bulletin(report: MonthlyReport, sent: SentReport) -> bool:
    """Whether the issued bulletin of the month knew this version; what was sent after it was issued is not in it. One query."""
    issued = Bulletin.objects.filter(campaign=report.campaign_id, month=report.month, state=BulletinState.ISSUED)
    return issued.filter(issued_at__gte=sent.at).exists()


# ── everybody's, for bulletin and board


def of_months(campaign: Campaign, since: date, until: date, *, now: datetime) -> list[Standings]:
    """All reports of the months from `since` to `until` (their first days), by month and unit. One query."""
    rows = with_state(MonthlyReport.objects.filter(campaign=campaign, month__gte=since, month__lte=until))
    found = rows.select_related("unit").order_by("month", "unit__order", "unit")
    return [standing_of(one, now=now) for one in found]


@dataclass(frozen=True)
class Compliance:
    """How the units reported for one month. `rows` by unit; `counts` by state; `due_on` and `until` are those of the month's reports."""

    month: date
    since: date
    until: date
    due_on: date
    rows: tuple[Standings, ...]
    counts: Mapping[ReportState, int]

    @property
    def due(self) -> int:
        """Reports whose due day is over."""
        return sum(n for state, n in self.counts.items() if state != ReportState.OPEN)

    def of(self, state: ReportState) -> tuple[Unit, ...]:
        return tuple(one.report.unit for one in self.rows if one.state == state)


def compliance(campaign: Campaign, month: date, *, now: datetime) -> Compliance | None:
    """按时, 迟报, 未报 of the units in a month (its first day); None where no report was opened. One query."""
    rows = of_months(campaign, month, month, now=now)
    return _compliance(rows) if rows else None


def _compliance(rows: Iterable[Standings]) -> Compliance:
    found = tuple(rows)
    one, counts = found[0].report, Counter(row.state for row in found)
    return Compliance(
        one.month, one.since, one.until, one.due_on, found, {state: counts.get(state, 0) for state in ReportState}
    )


# ── which are to be opened


def newest_month(campaign: Campaign) -> MonthlyReport | None:
    """A report of the newest month that was opened."""
    return MonthlyReport.objects.filter(campaign=campaign).order_by("-month", "pk").first()


def to_open(campaign: Campaign, today: date, calendar: Calendar) -> list[Span]:
    """The months whose reports are to be there today, oldest first: the newest opened one, if it is not due yet (units may have joined),
    and what came since. The first of all is the one that is open today; it begins with the campaign."""
    every = [
        one for one in spans(campaign.starts_on, campaign.ends_on, rule_of(campaign), calendar) if one.opens <= today
    ]
    last = newest_month(campaign)
    if last is None:
        now = [one for one in every if today <= one.due]
        return [Span(one.month, campaign.starts_on, one.until, one.due) for one in now[:1]]
    found = [Span(last.month, last.since, last.until, last.due_on)] if today <= last.due_on else []
    since = last.until
    for one in every:
        if one.month > last.month and one.until > since:
            # From the day after what was really reported: the calendar or the report day may have changed meanwhile.
            found.append(Span(one.month, since.fromordinal(since.toordinal() + 1), one.until, one.due))
            since = one.until
    return found


def to_remind(today: date) -> list[MonthlyReport]:
    """Reports of running months that nobody has sent: due in two weeks, or due not long ago. One query."""
    near = (today.fromordinal(today.toordinal() - 30), today.fromordinal(today.toordinal() + 14))
    current = SentReport.objects.filter(report=OuterRef("pk"), is_current=True)
    rows = MonthlyReport.objects.filter(~Exists(current), due_on__range=near).select_related("unit")
    return list(rows.order_by("pk"))


# ── the board


@dataclass(frozen=True)
class BoardRow:
    """A unit with its report of each month of the board, None where it had none, and how many of those that are due were in time."""

    unit: Unit
    cells: tuple[Standings | None, ...]
    on_time: int
    due: int
    has_clerk: bool


@dataclass(frozen=True)
class Board:
    """Units by months, newest month last. `earlier`, `later`: months to which the board can be moved. `rate`: 报送及时率 of what it shows."""

    months: tuple[Compliance, ...]
    rows: tuple[BoardRow, ...]
    earlier: date | None
    later: date | None
    rate: Figure | None = None


def board(
    campaign: Campaign,
    *,
    now: datetime,
    today: date,
    last: date | None = None,
    kind: str = "",
    state: str = "",
    months: int = BOARD_MONTHS,
) -> Board:
    """The months up to `last` (its first day; the newest without). `state`: units with such a report in the newest month shown.

    Four queries, over some dozens of units and at most `months` months.
    """
    known = list(
        MonthlyReport.objects.filter(campaign=campaign).order_by("month").values_list("month", flat=True).distinct()
    )
    upto = [one for one in known if last is None or one <= last] or known[:1]
    shown = upto[-months:]
    if not shown:
        return Board((), (), None, None)
    found = of_months(campaign, shown[0], shown[-1], now=now)
    if kind:
        found = [one for one in found if one.report.unit.kind == kind]
    by_month = {month: [one for one in found if one.report.month == month] for month in shown}
    columns = tuple(_compliance(rows) for rows in by_month.values() if rows)
    by_unit: dict[int, dict[date, Standings]] = {}
    for one in found:
        by_unit.setdefault(one.report.unit_id, {})[one.report.month] = one
    clerks = clerks_of(by_unit, today)
    rows = []
    for pk, cells in by_unit.items():
        newest = cells.get(shown[-1])
        if state and (newest is None or newest.state != state):
            continue
        due = [one for one in cells.values() if one.state != ReportState.OPEN]
        unit = next(iter(cells.values())).report.unit
        rows.append(
            BoardRow(
                unit,
                tuple(cells.get(one.month) for one in columns),
                sum(one.state == ReportState.ON_TIME for one in due),
                len(due),
                pk in clerks,
            )
        )
    rows.sort(key=lambda row: (row.unit.order, row.unit.pk))
    later = [one for one in known if one > shown[-1]]
    return Board(
        columns,
        tuple(rows),
        known[known.index(shown[0]) - 1] if shown[0] != known[0] else None,
        later[0] if later else None,
        _rate(campaign, sum(one.counts[ReportState.ON_TIME] for one in columns), sum(one.due for one in columns)),
    )


def on_time(campaign: Campaign, since: date, until: date, *, now: datetime, unit: int = 0) -> Figure:
    """报送及时率 of all units or of one over the due days of a period. One query."""
    return _rate(campaign, *in_time(campaign, since, until, now=now, unit=unit))


def _rate(campaign: Campaign, top: int, whole: int) -> Figure:
    """As a figure: under the campaign's minimum n there are counts, no rate."""
    one = figure_of(
        replace(REPORTED, numerator=("top",), denominator=("whole",)),
        {"top": top, "whole": whole},
        {},
        setting(campaign, "minimum_n"),
    )
    return replace(one, metric=REPORTED)


def in_time(campaign: Campaign, since: date, until: date, *, now: datetime, unit: int = 0) -> tuple[int, int]:
    """报送及时率: how many reports with a due day in a period were in time, and how many were due. One query."""
    rows = with_state(MonthlyReport.objects.filter(campaign=campaign, due_on__range=(since, until), deadline__lte=now))
    if unit:
        rows = rows.filter(unit=unit)
    states = [standing_of(one, now=now).state for one in rows]
    return states.count(ReportState.ON_TIME), len(states)
