"""First screens: one frozen answer per role, from bounded and indexed queries. No figure counts over all cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huizhen.accounts.models import User
from huizhen.cases.models import Case, Draft
from huizhen.cases.policy import unhidden
from huizhen.cases.queries import agenda, todos, voices
from huizhen.cases.queries.chips import Chip, chip
from huizhen.cases.queries.desk import Desk, Todo
from huizhen.cases.queries.drafts import addressed_to
from huizhen.cases.queries.flags import NO_TALKS, Talks, talks
from huizhen.cases.queries.handing import Absent, absent_holders
from huizhen.cases.queries.lists import cases_in
from huizhen.cases.queries.overview import Overview, overview
from huizhen.cases.queries.picks import loads
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Duty, Group, Person, Posting
from huizhen.directory.queries import Drift, Standing, current_campaign, drift, members_of, monday_of, setting
from huizhen.worktime.queries import next_year_missing

BOUND = 100
"""Counters stop here and read 99+."""
ROWS = 20


@dataclass(frozen=True)
class Tally:
    """Open cases of one place, each figure at most `BOUND`."""

    open: int
    late: int
    today: int
    follow_ups: int


def tally(cases: QuerySet[Case], desk: Desk) -> Tally:
    """Figures over the first `BOUND` open cases by deadline, so late ones are always among them. One query."""
    first = cases.filter(is_open__in=(True,)).order_by("due_at", "-pk")[:BOUND]
    late, tonight = Q(due_at__lt=desk.now), Q(due_at__gte=desk.now, due_at__lt=desk.tonight)
    found = first.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=late),
        today=Count("pk", filter=tonight),
        follow_ups=Count("pk", filter=Q(situation="follow_up")),
    )
    return Tally(**found)


@dataclass(frozen=True)
class Row:
    """A case as a line of a home page."""

    case: Case
    chip: Chip | None


def _rows(cases: QuerySet[Case], desk: Desk, limit: int = ROWS) -> tuple[Row, ...]:
    found = cases.filter(is_open__in=(True,)).select_related("branch", "group", "accountable")
    found = found.defer("condition", "tried", "questions").order_by("due_at", "-pk")[:limit]
    return tuple(Row(one, chip(one, desk.now, desk.calendar)) for one in found)


# ── the group panel ──


@dataclass(frozen=True)
class Member:
    """One line of the panel: who, her open cases, how many of them are late, whether she has not yet spoken to a branch in time."""

    person: Person
    role: str
    load: int
    late: int
    is_silent: bool
    deputy: str


@dataclass(frozen=True)
class GroupPanel:
    """A group at a glance."""

    group: Group
    tally: Tally
    members: tuple[Member, ...]
    limit: int
    next_duty: Person | None

    @property
    def silent(self) -> list[str]:
        return [one.person.name for one in self.members if one.is_silent]


def group_panel(group: Group, desk: Desk) -> GroupPanel:
    """Five queries: figures, members, loads, late ones, next week's duty. Who is away is known already."""
    members = list(members_of(group, on=desk.today))
    ids = [one.pk for one in members]
    counts = loads(ids)
    late = Case.objects.filter(group=group, is_open__in=(True,), due_at__lt=desk.now)
    late_rows = list(late.order_by("due_at").values_list("accountable", "clock")[:BOUND])
    lates = Counter(person for person, _ in late_rows)
    silent = {person for person, clock in late_rows if clock == "first_contact"}
    deputies = {pk: one.deputy for pk, one in desk.standing.absences.items()}
    following = monday_of(desk.today) + timedelta(days=7)
    duty = Duty.objects.filter(group=group, week=following).select_related("person").first()
    return GroupPanel(
        group,
        tally(Case.objects.filter(unhidden(desk.standing), group=group), desk),
        tuple(
            Member(
                one,
                getattr(one, "member_role", ""),
                counts.get(one.pk, 0),
                lates[one.pk],
                one.pk in silent,
                deputies.get(one.pk, ""),
            )
            for one in members
        ),
        setting(group.campaign, "open_cases_per_person"),
        duty.person if duty else None,
    )


def _groups(ids: frozenset[int]) -> list[Group]:
    found = Group.objects.filter(pk__in=ids, campaign__is_current=True, closed_on=None).select_related(
        "campaign", "domain"
    )
    return list(found.order_by("order", "code"))


# ── what each role sees ──


@dataclass(frozen=True)
class Home:
    """A first screen. Parts that a role has not are empty."""

    desk: Desk
    todos: tuple[Todo, ...] = ()
    waiting: tuple[Todo, ...] = ()
    rows: tuple[Row, ...] = ()
    drafts: tuple[Draft, ...] = ()
    panels: tuple[GroupPanel, ...] = ()
    tally: Tally | None = None
    late_groups: tuple[tuple[Group, int], ...] = ()
    today: tuple[agenda.Item, ...] = ()
    on_duty: bool = False
    drift: Drift | None = None
    missing_year: int | None = None
    absent: tuple[Absent, ...] = ()  # who holds cases though she left or is long away
    overview: Overview | None = None
    talks: Talks = NO_TALKS

    @property
    def role(self) -> str:
        return str(self.desk.standing.home)

    @cached_property
    def lead(self) -> Todo | None:
        """The first thing to do."""
        return next((one for one in self.todos if one.move), None)

    @cached_property
    def rest(self) -> tuple[Todo, ...]:
        return tuple(one for one in self.todos if one is not self.lead)

    @cached_property
    def late(self) -> int:
        """Things past their moment."""
        return sum(1 for one in self.todos if one.due_at < self.desk.now)

    @cached_property
    def due_today(self) -> int:
        """Things whose moment comes today; what is late already is counted apart."""
        return sum(1 for one in self.todos if self.desk.now <= one.due_at < self.desk.tonight)


def home(standing: Standing, user: User, *, now: datetime) -> Home:
    """The first screen of a reader. Constant queries for each role."""
    return _HOMES[standing.home](Desk(standing, now), user)


def _drafts(scope: Q) -> tuple[Draft, ...]:
    found = Draft.objects.filter(scope, case=None).select_related("branch", "owner").order_by("-saved_at")
    return tuple(found[:ROWS])


def _of_expert(desk: Desk) -> list[list[Todo]]:
    """What comes with a seat in a group, with leading one, and with having been asked first."""
    sources = [todos.asks_to_answer(desk), todos.measures_to_do(desk), todos.replies_to_sign(desk)]
    if desk.standing.group_ids:
        sources += [todos.transfers_to_answer(desk), todos.invitations_to_answer(desk)]
    if desk.standing.led_group_ids:
        sources.append(todos.decisions_of_leader(desk))
    if desk.standing.branch_ids:
        sources.append(todos.of_branch(desk))
    return sources


def _expert(desk: Desk, user: User) -> Home:
    mine, waiting = todos.held(desk)
    person_ids = desk.standing.person_ids
    on_duty = Duty.objects.filter(
        person__in=person_ids, group__in=desk.standing.group_ids, week=monday_of(desk.today)
    ).exists()
    shown = desk.standing.led_group_ids or desk.standing.group_ids
    return Home(
        desk,
        todos=tuple(todos.in_order(*_of_expert(desk), mine)),
        waiting=tuple(waiting),
        panels=tuple(group_panel(one, desk) for one in _groups(shown)[:3]),
        drafts=_drafts(Q(owner=user)),
        today=_today(desk),
        on_duty=on_duty,
        absent=absent_holders(desk.standing, on=desk.today),
        talks=talks(desk.standing),
    )


def _today(desk: Desk) -> tuple[agenda.Item, ...]:
    found = agenda.items(desk.standing, since=desk.today, until=desk.today)
    return tuple(one for one in found if one.session and one.session.state == "planned")


def _requester(desk: Desk, user: User) -> Home:
    branches = desk.standing.branch_ids
    return Home(
        desk,
        todos=tuple(todos.in_order(todos.of_branch(desk), todos.measures_to_do(desk))),
        rows=_rows(cases_in(desk.standing, "branch"), desk),
        drafts=_drafts(addressed_to(branches) | Q(owner=user)),
        today=_today(desk),
    )


def _liaison(desk: Desk, user: User) -> Home:
    domains = desk.standing.domain_ids
    scope = Q(case__domain__in=domains, kind__in=["unresolved", "decline"])
    mine, waiting = todos.held(desk)
    hers = cases_in(desk.standing, "domain")
    sources = [todos.rulings(desk), todos.proposals(desk, scope), voices.complaints_to_answer(desk), *_of_expert(desk)]
    return Home(
        desk,
        todos=tuple(todos.in_order(*sources, mine)),
        waiting=tuple(waiting),
        tally=tally(hers, desk),
        rows=_rows(hers, desk),
        late_groups=_late_groups(hers, desk),
        talks=talks(desk.standing),
    )


def _late_groups(cases: QuerySet[Case], desk: Desk) -> tuple[tuple[Group, int], ...]:
    """Groups with late cases, the most first, over the first hundred late cases. One query."""
    late = cases.filter(is_open__in=(True,), due_at__lt=desk.now, group__isnull=False).select_related("group")
    found = [one.group for one in late.only("group", "due_at").order_by("due_at")[:BOUND] if one.group]
    counts = Counter(one.pk for one in found)
    groups = {one.pk: one for one in found}
    return tuple((groups[pk], n) for pk, n in counts.most_common(12))


def _clerk(desk: Desk, user: User) -> Home:
    hers = cases_in(desk.standing, "unit")
    return Home(
        desk,
        todos=tuple(todos.in_order(voices.support_to_answer(desk))),
        tally=tally(hers, desk),
        rows=_rows(hers, desk),
        drafts=_drafts(Q(owner=user)),
        late_groups=_late_groups(hers, desk),
    )


def _coordinator(desk: Desk, user: User) -> Home:
    campaign = current_campaign()
    liaisons = Posting.objects.filter(role=PostingRole.LIAISON, domain=OuterRef("case__domain"), until=None)
    scope = Q(~Exists(liaisons)) | Q(case__domain__in=desk.standing.domain_ids)
    every = cases_in(desk.standing, "all")
    mine, waiting = todos.held(desk)
    mine = [one for one in mine if one.case.group_id is not None]  # those of the desk are listed to be routed
    sources = [
        todos.cases_to_route(desk),
        todos.rulings(desk),
        todos.proposals(desk, scope),
        voices.complaints_to_answer(desk),
        voices.support_to_answer(desk),
        *_of_expert(desk),
    ]
    return Home(
        desk,
        todos=tuple(todos.in_order(*sources, mine)),
        waiting=tuple(waiting),
        rows=_rows(every.filter(due_at__lt=desk.now), desk, 12),
        late_groups=_late_groups(every, desk),
        drift=drift(campaign, on=desk.today) if campaign else None,
        missing_year=next_year_missing(desk.today),
        absent=absent_holders(desk.standing, on=desk.today),
        overview=overview(desk),
        talks=talks(desk.standing),
    )


def _viewer(desk: Desk, user: User) -> Home:
    return Home(desk, overview=overview(desk), late_groups=_late_groups(cases_in(desk.standing, "all"), desk))


def _nothing(desk: Desk, user: User) -> Home:
    return Home(desk)


_HOMES: dict[str, Callable[[Desk, User], Home]] = {
    "requester": _requester,
    "expert": _expert,
    "leader": _expert,
    "liaison": _liaison,
    "clerk": _clerk,
    "coordinator": _coordinator,
    "viewer": _viewer,
    "auditor": _nothing,
    "none": _nothing,
}
