"""The stage of the plays: who may act for a role, and which moments lie how much working time before now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Branch, Leave, Membership, Person, Posting
from huizhen.lib.workdays import Calendar
from huizhen.methods.models import Method
from huizhen.worktime.queries import calendar

EARLIEST = 135
"""Working days before now on which nothing has happened yet."""


@dataclass
class Stage:
    """Everybody and every group, read once; the calendar; now."""

    at: datetime
    calendar: Calendar
    begin: datetime
    worked: timedelta
    persons: dict[int, Person]
    branches: dict[str, Branch]
    askers: dict[int, list[Person]]
    members: dict[int, list[Person]]
    leaders: dict[int, Person]
    liaisons: dict[int, Person]
    clerks: dict[int, Person]
    groups: dict[str, int]
    domains: dict[int, int]
    methods: dict[str, Method] = field(default_factory=dict)
    """By the key of the problem each was extracted from; filled as they are drafted."""

    @property
    def on(self) -> date:
        return timezone.localdate(self.at)

    def before(self, minutes: float) -> datetime:
        """The moment so many working minutes before now; outside working time, before the last working moment."""
        return self.calendar.add(self.begin, self.worked - timedelta(minutes=minutes))

    def day(self, working_days: int) -> date:
        """The n-th working day from today, before it when negative."""
        return self.calendar.add_days(self.on, working_days)

    def named(self, username: str) -> Person:
        """The person of a demo account."""
        return next(one for one in self.persons.values() if one.user.username == username)

    def coded(self, code: str) -> Person:
        return next(one for one in self.persons.values() if one.code == code)

    def mates(self, case: Case) -> list[Person]:
        """Members of the case's group who neither lead it nor hold the case, rotated so that not always the same help."""
        if case.group_id is None:
            return []
        leader = self.leaders[case.group_id]
        rest = [one for one in self.members[case.group_id] if one.pk not in (leader.pk, case.accountable_id)]
        shift = case.pk % len(rest)
        return rest[shift:] + rest[:shift]

    def guest(self, case: Case, group: str) -> Person:
        """The member who answers for an invited group."""
        seats = self.members[self.groups[group]]
        return seats[1 + case.pk % (len(seats) - 1)]


def open_stage(*, at: datetime) -> Stage:
    """Reads the directory in a handful of queries."""
    cal = calendar()
    begin = timezone.make_aware(
        datetime.combine(cal.add_days(timezone.localdate(at), -EARLIEST), cal.slots[0][0]), cal.tz
    )
    persons = {one.pk: one for one in Person.objects.select_related("user", "unit")}
    away = set(Leave.objects.filter(until__gt=timezone.localdate(at)).values_list("person_id", flat=True))
    members: dict[int, list[Person]] = {}
    leaders: dict[int, Person] = {}
    seats = Membership.objects.filter(until=None).select_related("group").order_by("group_id", "pk")
    groups, domains = {}, {}
    for seat in seats:
        groups[seat.group.code] = seat.group_id
        domains[seat.group_id] = seat.group.domain_id
        if seat.role == MemberRole.LEADER:
            leaders[seat.group_id] = persons[seat.person_id]
        if seat.person_id not in away:
            members.setdefault(seat.group_id, []).append(persons[seat.person_id])
    askers: dict[int, list[Person]] = {}
    for post in _posts(PostingRole.REQUESTER):
        askers.setdefault(post.branch_id, []).append(persons[post.person_id])
    liaisons = {post.domain_id: persons[post.person_id] for post in _posts(PostingRole.LIAISON)}
    clerks = {post.unit_id: persons[post.person_id] for post in _posts(PostingRole.CLERK)}
    branches = {one.name: one for one in Branch.objects.select_related("unit")}
    worked = cal.between(begin, at)
    return Stage(at, cal, begin, worked, persons, branches, askers, members, leaders, liaisons, clerks, groups, domains)


def _posts(role: str) -> Iterable[Any]:
    return Posting.objects.filter(role=role, until=None).order_by("pk")
