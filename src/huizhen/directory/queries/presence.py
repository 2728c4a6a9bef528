"""Who is there: duty of the coming weeks, leaves, and whom the reader may answer for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from huizhen.accounts.models import User
from huizhen.directory.choices import SETTINGS, MemberRole
from huizhen.directory.models import Campaign, Duty, Group, Leave, Membership, Person, Posting
from huizhen.directory.queries.campaigns import current_campaign, setting
from huizhen.directory.queries.people import monday_of
from huizhen.directory.queries.standings import Standing, chain_end, deputies_on
from huizhen.lib.errors import NotVisible
from huizhen.worktime.queries import calendar


@dataclass(frozen=True)
class Week:
    """One week of the duty roster; nobody is rostered while `person` is None."""

    monday: date
    person: Person | None
    is_current: bool

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


def duty_weeks(group: Group, *, on: date, count: int = 6) -> list[Week]:
    """This week and the coming ones; one query."""
    mondays = [monday_of(on) + timedelta(weeks=index) for index in range(count)]
    rows = Duty.objects.filter(group=group, week__in=mondays).select_related("person")
    rostered = {duty.week: duty.person for duty in rows}
    return [Week(monday, rostered.get(monday), index == 0) for index, monday in enumerate(mondays)]


def stand_ins(person_ids: Iterable[int], *, on: date) -> dict[int, Person | None]:
    """Those of these people who are away, each with who acts for them in the end; two queries."""
    deputies = deputies_on(on)
    away = {person_id: chain_end(person_id, deputies) for person_id in person_ids if person_id in deputies}
    acting = Person.objects.in_bulk([end for end in away.values() if end])
    return {person_id: acting.get(end) if end else None for person_id, end in away.items()}


def coming_leaves(person: Person, *, on: date) -> QuerySet[Leave]:
    """Leaves that are not over, the next one first."""
    return Leave.objects.filter(person=person, until__gt=on).select_related("deputy__unit").order_by("since", "pk")


def makes_circle(person: Person, deputy: Person, *, since: date, until: date) -> bool:
    """On some day of a leave nobody would act: the deputy is away then, and whoever acts for her in the end is the person herself."""
    overlapping = Leave.objects.filter(since__lt=until, until__gt=since).exclude(person=person).order_by("since", "pk")
    rows = list(overlapping.values_list("since", "until", "person_id", "deputy_id"))
    for day in {since, *(max(first, since) for first, *_ in rows)}:
        deputies = {one: other for first, end, one, other in rows if first <= day < end} | {person.pk: deputy.pk}
        if chain_end(person.pk, deputies) is None:
            return True
    return False


def is_long_leave(since: date, until: date) -> bool:
    """A leave from `since` to the day before `until` is long enough for cases to be handed over."""
    campaign = current_campaign()
    most = setting(campaign, "leave_handover_days") if campaign else SETTINGS["leave_handover_days"].default
    return calendar().working_days(since, until) > most


def group_of(campaign: Campaign | None, code: str) -> Group:
    """The group with this code in a campaign. NotVisible: none."""
    groups = Group.objects.filter(campaign=campaign, code=code[:20])
    found = groups.select_related("domain__lead_unit", "campaign", "successor").first() if campaign else None
    if found is None:
        raise NotVisible("group_unknown", code=code[:20])
    return found


def person_by_code(code: str) -> Person:
    """The person with this code. NotVisible: none."""
    found = Person.objects.select_related("unit").filter(code=code[:20]).first()
    if found is None:
        raise NotVisible("person_unknown", code=code[:20])
    return found


def seats_of(person: Person, *, on: date) -> list[Membership]:
    """The groups of a person on a day, the primary one first."""
    lasting = Q(until=None) | Q(until__gt=on)
    held = person.memberships.filter(lasting, since__lte=on).select_related("group__domain", "group__campaign")
    return list(held.order_by("-is_primary", "pk"))


def may_answer_for(standing: Standing, person: Person, seats: Iterable[Membership]) -> bool:
    """May correct somebody's data: herself, the leader of one of her groups, head office. Nobody may for whom she acts herself."""
    if standing.is_coordinator or (standing.person is not None and standing.person.pk == person.pk):
        return True
    if person.pk in standing.acting_for:
        return False
    return any(seat.group_id in standing.led_group_ids for seat in seats)


def may_record_leave(standing: Standing, person: Person, seats: Sequence[Membership], *, on: date) -> bool:
    """May say who acts for somebody. A leader says it of her members, not of who has rights the leader has not. One query at most."""
    if not may_answer_for(standing, person, seats):
        return False
    if standing.is_coordinator or (standing.person is not None and standing.person.pk == person.pk):
        return True
    if any(seat.role == MemberRole.LEADER and seat.group_id not in standing.led_group_ids for seat in seats):
        return False
    return not Posting.objects.filter(Q(until=None) | Q(until__gt=on), person=person).exists()


def may_mark_left(standing: Standing, person: Person, seats: Sequence[Membership], *, on: date) -> bool:
    """May say that somebody has left: head office, or the leader of a member who holds no post. Nobody says it of herself."""
    is_self = standing.person is not None and standing.person.pk == person.pk
    return not is_self and may_record_leave(standing, person, seats, on=on)


def may_roster(standing: Standing, group: Group, leader: Person | None) -> bool:
    """May set the duty of a group: its leader, who acts for her, head office. Twin of `actions.rights.need_leader`."""
    return standing.is_coordinator or (leader is not None and leader.pk in standing.person_ids)


def accounts_of(text: str, *, limit: int = 50) -> list[int]:
    """Ids of the accounts of the people with this name, and of the account with this user name; both by their indexes."""
    people = (
        Person.objects.filter(name=text, user__isnull=False).order_by("pk").values_list("user_id", flat=True)[:limit]
    )
    accounts = User.objects.filter(username=text).values_list("pk", flat=True)
    return sorted({pk for pk in (*people, *accounts) if pk is not None})
