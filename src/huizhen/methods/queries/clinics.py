"""Reads of clinics: the list, one clinic as its reader may see it, cases worth talking about, who can be invited, the agenda."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import Case, FollowUp, Invitation, Prescription
from huizhen.cases.policy import summarised, visible
from huizhen.directory.models import Domain, Group, Membership, Person
from huizhen.directory.queries import Standing
from huizhen.methods.choices import ClinicReason
from huizhen.methods.models import Clinic, ClinicAttendance, ClinicCase
from huizhen.methods.policy import clinics_visible

PAGE = 30
LOOKS_BACK = timedelta(days=61)
"""Cases of the last two months are worth a clinic."""
MOST_SUGGESTED = 30
_TOLD = {"marked": ClinicReason.MARKED, "none": ClinicReason.NONE, "worse": ClinicReason.WORSE}
FULL, SUMMARY, HIDDEN = "full", "summary", ""


# ── the list ──


@dataclass(frozen=True)
class Page:
    """A slice of clinics, latest first; `after` leads to the next one, "" at the end."""

    clinics: Sequence[Clinic]
    after: str


def clinics(
    standing: Standing, *, domain: str = "", state: str = "", q: str = "", after: str = "", limit: int = PAGE
) -> Page:
    """Clinics the reader may see, latest start first; one query. A cursor that cannot be read starts at the beginning."""
    found = clinics_visible(standing).select_related("domain", "by")
    if domain:
        found = found.filter(domain__code=domain)
    if state:
        found = found.filter(state=state)
    for word in q.split()[:3]:
        found = found.filter(Q(title__icontains=word) | Q(code__icontains=word))
    head, _, tail = after.partition(".")
    if head.isdecimal() and tail.isdecimal() and len(head) <= 11 and len(tail) <= 18:
        moment = datetime.fromtimestamp(min(int(head), 32503680000), tz=timezone.get_current_timezone())
        found = found.filter(Q(starts_at__lt=moment) | Q(pk__lt=int(tail)), starts_at__lte=moment)
    rows = list(found.order_by("-starts_at", "-pk")[: limit + 1])
    more = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], f"{int(more.starts_at.timestamp())}.{more.pk}" if more else "")


# ── one clinic ──


@dataclass(frozen=True)
class Item:
    """A case of the agenda as this reader may see it. `case` and `learned` are empty when `level` is "": attending grants nothing."""

    number: int
    level: str
    case: Case | None
    presenter: Person | None
    learned: str


@dataclass(frozen=True)
class Seat:
    """Somebody invited; `came` is None until it was held."""

    person: Person
    came: bool | None
    learned: str
    presents: bool


@dataclass(frozen=True)
class Sheet:
    """A clinic with its cases and its people, under the names of their groups ("" for whoever sits in none of the domain)."""

    clinic: Clinic
    items: tuple[Item, ...]
    groups: tuple[tuple[str, tuple[Seat, ...]], ...]
    is_invited: bool

    @property
    def seats(self) -> list[Seat]:
        return [seat for _name, seats in self.groups for seat in seats]

    @property
    def came(self) -> int:
        return sum(seat.came is True for seat in self.seats)

    @property
    def takes(self) -> list[Seat]:
        """Who said what she takes home."""
        return [seat for seat in self.seats if seat.learned]


def sheet(standing: Standing, clinic: Clinic) -> Sheet:
    """Five queries: cases, those seen in full, those seen as a summary, people, their groups."""
    rows = list(clinic.cases.select_related("case__group", "case__branch", "presenter__unit").order_by("order", "pk"))
    levels = _levels(standing, [row.case_id for row in rows])
    invited = list(clinic.attendances.select_related("person__unit").order_by("person__sort_key", "person_id"))
    presenters = {row.presenter_id for row in rows}
    names = _groups_of(clinic.domain_id, [one.person_id for one in invited], timezone.localdate(clinic.starts_at))
    grouped: dict[str, list[Seat]] = defaultdict(list)
    for one in invited:
        seat = Seat(one.person, one.came, one.learned, one.person_id in presenters)
        grouped[names.get(one.person_id, "")].append(seat)
    ordered = sorted(
        grouped.items(), key=lambda pair: (not pair[0], list(names.values()).index(pair[0]) if pair[0] else 0)
    )
    return Sheet(
        clinic,
        tuple(_item(number, row, levels) for number, row in enumerate(rows, 1)),
        tuple((name, tuple(seats)) for name, seats in ordered),
        any(one.person_id in standing.person_ids for one in invited),
    )


def _item(number: int, row: ClinicCase, levels: Mapping[int, str]) -> Item:
    level = levels.get(row.case_id, HIDDEN)
    return Item(number, level, row.case if level else None, row.presenter, row.learned if level else "")


def _levels(standing: Standing, ids: Collection[int]) -> dict[int, str]:
    """How far the reader sees each of these cases, by the one predicate."""
    levels = dict.fromkeys(summarised(standing).filter(pk__in=ids).values_list("pk", flat=True), SUMMARY)
    return levels | dict.fromkeys(visible(standing).filter(pk__in=ids).values_list("pk", flat=True), FULL)


def _groups_of(domain_id: int, people: Collection[int], on: date) -> dict[int, str]:
    """Person → her group of the domain on that day, in the order of the groups."""
    lasting = Q(until=None) | Q(until__gt=on)
    seats = Membership.objects.filter(lasting, group__domain=domain_id, person__in=people, since__lte=on)
    rows = seats.order_by("group__order", "group__code", "-pk").values_list("person_id", "group__name")
    found: dict[int, str] = {}
    for person, name in rows:
        found.setdefault(person, name)
    return found


# ── planning ──


@dataclass(frozen=True)
class Suggestion:
    """A case worth talking about, and why: codes of `choices.ClinicReason`, the strongest first."""

    case: Case
    reasons: tuple[str, ...]
    at: datetime


def suggestions(standing: Standing, domain: Domain, *, at: datetime) -> list[Suggestion]:
    """Cases of a domain of the last two months that the planner sees in full and that are not 敏感, the most telling first.

    With a verdict 显效, 无效 or 加重; sent back by the branch or judged differently by the two sides; treated with another group.
    Four queries: three over two months by the index of each moment, one for the cases.
    """
    since, cases = at - LOOKS_BACK, visible(standing).filter(is_sensitive=False)
    own = Q(case__domain=domain)
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    visits = FollowUp.objects.filter(own, settled_at__gte=since, settled_at__lte=at, case__in=cases)
    told = visits.order_by("settled_at").values_list(
        "case_id", "verdict", "expert_verdict", "branch_verdict", "settled_at"
    )
    for case, verdict, expert, branch, moment in told:
        if verdict in _TOLD and moment:
            found[case] = {name: when for name, when in found[case].items() if name not in _TOLD.values()}
            found[case][_TOLD[verdict]] = moment
        if branch and expert != branch and moment:
            found[case][ClinicReason.DISPUTED] = moment
    returned = Prescription.objects.filter(
        own, ~Q(return_reason=""), answered_at__gte=since, answered_at__lte=at, case__in=cases
    )
    for case, moment in returned.values_list("case_id", "answered_at"):
        if moment:
            found[case][ClinicReason.DISPUTED] = moment
    joint = Invitation.objects.filter(
        own | Q(group__domain=domain),
        state__in=["accepted", "signed"],
        answered_at__gte=since,
        answered_at__lte=at,
        case__in=cases,
    )
    for case, moment in joint.values_list("case_id", "answered_at"):
        if moment:
            found[case][ClinicReason.JOINT] = moment
    order = list(ClinicReason.values)
    rows = Case.objects.select_related("group", "branch", "accountable").in_bulk(found)
    made = [
        Suggestion(rows[pk], tuple(sorted(why, key=order.index)), max(why.values())) for pk, why in found.items() if why
    ]
    made.sort(key=lambda one: (-len(one.reasons), order.index(one.reasons[0]), -one.at.timestamp()))
    return made[:MOST_SUGGESTED]


def picked(standing: Standing, codes: Iterable[str]) -> list[Case]:
    """The cases with these codes that may stand on an agenda she plans, in the order given. One query."""
    wanted = list(dict.fromkeys(code[:20].replace("\x00", "") for code in codes))
    found = (
        visible(standing).filter(code__in=wanted, is_sensitive=False).select_related("group", "branch", "accountable")
    )
    rows = {case.code: case for case in found}
    return [rows[code] for code in wanted if code in rows]


def presenters(cases: Sequence[Case], *, on: date) -> dict[int, list[Person]]:
    """Case → who can present it: who holds it, the members of its group. One query."""
    lasting = Q(until=None) | Q(until__gt=on)
    groups = {case.group_id for case in cases if case.group_id}
    seats = Membership.objects.filter(lasting, group__in=groups, since__lte=on).select_related("person__unit")
    members: dict[int, list[Person]] = defaultdict(list)
    for seat in seats.order_by("person__sort_key", "pk"):
        members[seat.group_id].append(seat.person)
    return {
        case.pk: [
            case.accountable, *(one for one in members.get(case.group_id or 0, ()) if one.pk != case.accountable_id)
        ]
        for case in cases
    }  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A group whose members can be invited."""

    group: Group
    people: tuple[Person, ...]


def companies(domain: Domain, *, on: date) -> list[Company]:
    """The open groups of a domain in the current campaign with their members, leader first. One query."""
    lasting = Q(until=None) | Q(until__gt=on)
    seats = Membership.objects.filter(
        lasting, since__lte=on, group__domain=domain, group__campaign__is_current=True, group__closed_on=None
    ).select_related("person__unit", "group")
    found: dict[int, tuple[Group, list[tuple[int, str, Person]]]] = {}
    order = {"leader": 0, "deputy": 1}
    for seat in seats.order_by("group__order", "group__code", "person__sort_key"):
        found.setdefault(seat.group_id, (seat.group, []))[1].append(
            (order.get(seat.role, 2), seat.person.sort_key, seat.person)
        )
    return [
        Company(group, tuple(person for _, _, person in sorted(people, key=lambda row: row[:2])))
        for group, people in found.values()
    ]


def outsiders(clinic: Clinic, known: Collection[int]) -> list[Person]:
    """Invited people who are in none of the groups offered: presenters from elsewhere, people who moved since. One query."""
    return list(
        Person.objects.filter(pk__in=clinic.attendances.exclude(person__in=known).values("person"))
        .select_related("unit")
        .order_by("sort_key", "pk")
    )


# ── the agenda ──


def invited_between(standing: Standing, *, since: date, until: date) -> list[Clinic]:
    """Clinics she, or somebody for whom she acts, is invited to, from `since` to `until` inclusive; cancelled ones too, so that
    calendars learn of them. One query."""
    if standing.person is None:
        return []
    start = timezone.make_aware(datetime.combine(since, time.min))
    end = timezone.make_aware(datetime.combine(until, time.min)) + timedelta(days=1)
    rows: QuerySet[Clinic] = Clinic.objects.filter(
        pk__in=ClinicAttendance.objects.filter(person__in=standing.person_ids).values("clinic"),
        starts_at__gte=start,
        starts_at__lt=end,
    )
    return list(rows.select_related("domain", "by").order_by("starts_at", "pk"))
