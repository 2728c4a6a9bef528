"""Every read of 查房: the period, the leader's board, who has not been round, the rounds of a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from huizhen.cases.choices import RoundWhy
from huizhen.cases.models import Case, Round
from huizhen.cases.policy import unhidden, visible
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Campaign, Group, Membership, Person, Posting
from huizhen.directory.queries import Standing, setting
from huizhen.lib.workdays import Calendar
from huizhen.reports.choices import Addressee, SuggestionState
from huizhen.reports.models import RoundReminder, Suggestion, WardRound
from huizhen.reports.policy.rounds import overseen

PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


@dataclass(frozen=True)
class Period:
    """A time in which every open case is to be visited once: from `since` to the day before `until`."""

    since: date
    until: date

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)

    @property
    def length(self) -> int:
        """Calendar days."""
        return (self.until - self.since).days

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.since, time.min))

    def days_left(self, on: date, calendar: Calendar) -> int:
        """Working days from `on`, which counts, to its end."""
        return calendar.working_days(on, self.until)


def period_of(campaign: Campaign, on: date) -> Period:
    """The period a day lies in. They follow each other from the Monday of the week in which the campaign began."""
    days = setting(campaign, "round_days")
    first = campaign.starts_on - timedelta(days=campaign.starts_on.weekday())
    since = first + timedelta(days=(on - first).days // days * days)
    return Period(since, since + timedelta(days=days))


def standing_rounds() -> QuerySet[WardRound]:
    """Stamps that were not taken back. `None` spelled out: so the partial indexes serve."""
    return WardRound.objects.filter(taken_back_at=None)


def _visited(period: Period) -> Exists:
    return Exists(standing_rounds().filter(case=OuterRef("pk"), at__gte=period.start))


# ── the board ──


@dataclass(frozen=True)
class Progress:
    """How many of the open cases were visited in the period."""

    visited: int
    open: int

    @property
    def left(self) -> int:
        return self.open - self.visited


@dataclass(frozen=True)
class Line:
    """A case on the board: when and by whom it was visited last, None if never; days since then, or since it was registered."""

    case: Case
    last: WardRound | None
    days: int
    is_visited: bool
    waiting: int  # suggestions without an answer


@dataclass(frozen=True)
class Board:
    """A page of the board; `after` leads on, "" at the end."""

    lines: tuple[Line, ...]
    progress: Progress
    groups: tuple[Group, ...]
    after: str = ""


def _of_hers(standing: Standing) -> QuerySet[Case]:
    """Open cases of the groups she leads that she sees."""
    return Case.objects.filter(unhidden(standing), group__in=standing.led_group_ids, is_open__in=(True,))


def progress(standing: Standing, period: Period) -> Progress:
    """Of all groups she leads; one query over their open cases."""
    found = _of_hers(standing).aggregate(open=Count("pk"), visited=Count("pk", filter=Q(_visited(period))))
    return Progress(found["visited"], found["open"])


def board(
    standing: Standing,
    period: Period,
    *,
    now: datetime,
    group: str = "",
    only_due: bool = True,
    after: str = "",
    limit: int = PAGE,
) -> Board:
    """Open cases of her groups, longest not visited first; what was never visited stands since its registration.

    The order is made over the open cases of the groups, which are few, by the index of each. Five queries.
    """
    groups = tuple(
        Group.objects.filter(pk__in=standing.led_group_ids, campaign__is_current=True, closed_on=None).order_by(
            "order", "code"
        )
    )
    newest = standing_rounds().filter(case=OuterRef("pk")).order_by("-at")
    cases = _of_hers(standing).annotate(
        last_at=Subquery(newest.values("at")[:1]),
        last_round=Subquery(newest.values("pk")[:1]),
        since=Coalesce("last_at", "registered_at"),
    )
    if group:
        cases = cases.filter(group__in=[one.pk for one in groups if one.code == group])
    if only_due:
        cases = cases.filter(~Q(_visited(period)))
    if place := _place(after):
        cases = cases.filter(Q(since__gt=place[0]) | Q(since=place[0], pk__gt=place[1]))
    wanted = cases.select_related("group", "branch", "accountable").defer("condition", "tried", "questions")
    found = list(wanted.order_by("since", "pk")[: limit + 1])
    rows = found[:limit]
    rounds = WardRound.objects.select_related("by", "group").in_bulk([one.last_round or 0 for one in rows])
    waiting = _waiting([one.pk for one in rows])
    today = timezone.localdate(now)
    lines = tuple(
        Line(
            one,
            rounds.get(one.last_round),
            (today - timezone.localdate(one.since)).days,
            one.last_at is not None and one.last_at >= period.start,
            waiting.get(one.pk, 0),
        )
        for one in rows
    )
    return Board(lines, progress(standing, period), groups, _cursor(rows[-1]) if len(found) > limit else "")


def _waiting(cases: Sequence[int]) -> dict[int, int]:
    open_ones = Suggestion.objects.filter(case__in=cases, state=SuggestionState.OPEN)
    return {row["case"]: row["n"] for row in open_ones.values("case").annotate(n=Count("pk")).order_by()}


def _cursor(case: Case) -> str:
    return f"{(case.since - _EPOCH) // _US}.{case.pk}"  # type: ignore[attr-defined]


def _place(given: str) -> tuple[datetime, int] | None:
    micros, _, pk = given.partition(".")
    if not (given.isascii() and micros.isdecimal() and pk.isdecimal() and len(micros) <= 17 and len(pk) <= 18):
        return None
    return _EPOCH + int(micros) * _US, int(pk)


def cases_named(standing: Standing, codes: Iterable[str]) -> list[Case]:
    """The cases with these codes that she sees in full. One query."""
    return list(visible(standing).filter(code__in={code[:20].replace("\x00", "") for code in codes}))


# ── who has not been round ──


@dataclass(frozen=True)
class GroupLine:
    """How a group's rounds stand. `last`: the newest stamp on any of its cases.

    `is_silent`: for the length of a period nobody has been round, though a case has been open for as long.
    """

    group: Group
    leader: Person | None
    deputy: str
    open: int
    visited: int
    last: datetime | None
    is_silent: bool


@dataclass(frozen=True)
class Overview:
    """A page of groups; `after` is the key of the next."""

    lines: tuple[GroupLine, ...]
    silent: int
    after: str = ""


def _silent(period: Period, now: datetime) -> Q:
    """Condition on groups; a few index probes for each. A case that was reopened meanwhile has not waited for so long."""
    since = now - timedelta(days=period.length)
    reopened = Round.objects.filter(case=OuterRef("pk"), why=RoundWhy.REOPENED, since__gte=since)
    waited = Case.objects.filter(
        ~Q(Exists(reopened)), group=OuterRef("pk"), is_open__in=(True,), registered_at__lt=since
    )
    been = standing_rounds().filter(group=OuterRef("pk"), at__gte=since)
    return Q(Exists(waited)) & ~Q(Exists(been))


def silent_groups(standing: Standing, period: Period, *, now: datetime) -> int:
    """How many of the groups she oversees are silent. One query."""
    return overseen(standing).filter(_silent(period, now)).count()


def overview(
    standing: Standing,
    period: Period,
    *,
    now: datetime,
    domain: str = "",
    only_silent: bool = False,
    after: str = "",
    limit: int = PAGE,
) -> Overview:
    """The groups she oversees by code, 50 on a page. Four queries.

    敏感 cases are counted and nowhere named.
    """
    groups = overseen(standing).select_related("domain")
    if domain:
        groups = groups.filter(domain__code=domain)
    if only_silent:
        groups = groups.filter(_silent(period, now))
    if after:
        groups = groups.filter(code__gt=after)
    marked = groups.annotate(
        is_silent=Exists(Group.objects.filter(_silent(period, now), pk=OuterRef("pk"))),
        last=Subquery(standing_rounds().filter(group=OuterRef("pk")).order_by("-at").values("at")[:1]),
    )
    found = list(marked.order_by("code")[: limit + 1])
    rows = found[:limit]
    keys = [one.pk for one in rows]
    counts = _counts(keys, period)
    leaders = _leaders(keys, timezone.localdate(now))
    lines = tuple(
        GroupLine(
            one,
            leader := leaders.get(one.pk),
            standing.absences[leader.pk].deputy if leader and leader.pk in standing.absences else "",
            *counts.get(one.pk, (0, 0)),
            one.last,
            one.is_silent,
        )
        for one in rows
    )
    return Overview(lines, silent_groups(standing, period, now=now), rows[-1].code if len(found) > limit else "")


def _counts(groups: Sequence[int], period: Period) -> dict[int, tuple[int, int]]:
    """Group → its open cases, and those visited in the period. One query over the open cases of these groups."""
    cases = Case.objects.filter(group__in=groups, is_open__in=(True,)).values("group")
    rows = cases.annotate(open=Count("pk"), visited=Count("pk", filter=Q(_visited(period)))).order_by()
    return {row["group"]: (row["open"], row["visited"]) for row in rows}


def unvisited(groups: Sequence[int], period: Period) -> dict[int, int]:
    """Group → open cases that were not visited in the period; groups with none are left out."""
    return {pk: open_ - seen for pk, (open_, seen) in _counts(groups, period).items() if open_ > seen}


def to_remind(campaign: Campaign, period: Period) -> list[Group]:
    """Groups with cases unvisited whose leader was not reminded in this period. One query."""
    reminded = Exists(RoundReminder.objects.filter(group=OuterRef("pk"), since=period.since))
    left = Exists(Case.objects.filter(~Q(_visited(period)), group=OuterRef("pk"), is_open__in=(True,)))
    return list(Group.objects.filter(left, ~Q(reminded), campaign=campaign, closed_on=None).order_by("pk"))


def _leaders(groups: Collection[int], on: date) -> dict[int, Person]:
    lasting = Q(until=None) | Q(until__gt=on)
    seats = Membership.objects.filter(lasting, since__lte=on, role=MemberRole.LEADER, group__in=groups)
    return {seat.group_id: seat.person for seat in seats.select_related("person").order_by("since", "pk")}


def leader_ids(groups: Collection[int], *, on: date) -> dict[int, int]:
    """Group → who leads it on that day. One query."""
    return {group: person.pk for group, person in _leaders(groups, on).items()}


# ── what the case page shows ──


@dataclass(frozen=True)
class OfCase:
    """Rounds and suggestions of a case, newest first."""

    rounds: tuple[WardRound, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def last(self) -> WardRound | None:
        return next((one for one in self.rounds if one.taken_back_at is None), None)


def of_case(case: Case) -> OfCase:
    """For who sees the case in full. Two queries; stamps taken back are among them, for the story."""
    rounds = WardRound.objects.filter(case=case).select_related("by").order_by("-at", "-pk")
    rows = Suggestion.objects.filter(case=case).select_related("by", "answered_by", "group").order_by("-pk")
    return OfCase(tuple(rounds[:200]), tuple(rows[:100]))


def addressees(suggestion: Suggestion, *, on: date) -> list[int]:
    """Who hears of a suggestion: the contacts of the branch; who is accountable for the case, without a case all members of the group;
    head office. Never who made it. One query at most."""
    if suggestion.to == Addressee.GROUP and suggestion.case is not None:
        return [pk for pk in (suggestion.case.accountable_id,) if pk != suggestion.by_id]
    lasting = Q(until=None) | Q(until__gt=on)
    if suggestion.to == Addressee.GROUP:
        seats = Membership.objects.filter(lasting, since__lte=on, group=suggestion.group_id)
        found = list(seats.values_list("person_id", flat=True))
    else:
        branch = suggestion.case.branch_id if suggestion.case and suggestion.to == Addressee.REQUESTER else None
        meant = Q(role=PostingRole.REQUESTER, branch=branch) if branch else Q(role=PostingRole.COORDINATOR)
        found = list(Posting.objects.filter(lasting, meant, since__lte=on).values_list("person_id", flat=True))
    return sorted({pk for pk in found if pk != suggestion.by_id})
