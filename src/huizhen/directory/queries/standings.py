"""The standing of a reader: which posts, groups, branches, domains and units are hers today. Rights are derived from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from huizhen.accounts.models import User
from huizhen.directory.choices import Home, MemberRole, PostingRole
from huizhen.directory.models import Leave, Membership, Person, Posting


@dataclass(frozen=True)
class Standing:
    """What somebody is on one day. Empty for a user without a person, and for nobody."""

    person: Person | None = None
    branch_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    led_group_ids: frozenset[int] = frozenset()
    domain_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    is_coordinator: bool = False
    is_viewer: bool = False
    is_auditor: bool = False
    acting_for: frozenset[int] = frozenset()

    @property
    def person_ids(self) -> frozenset[int]:
        """Her own id and those of the people on leave for whom she acts 代."""
        return self.acting_for | {self.person.pk} if self.person else frozenset()

    @property
    def is_reader_of_all(self) -> bool:
        """Sees every case that is not 敏感: head office, leaders, audit."""
        return self.is_coordinator or self.is_viewer or self.is_auditor

    @property
    def home(self) -> Home:
        """Whose first screen she gets."""
        held = {
            Home.COORDINATOR: self.is_coordinator,
            Home.LIAISON: bool(self.domain_ids),
            Home.LEADER: bool(self.led_group_ids),
            Home.EXPERT: bool(self.group_ids),
            Home.REQUESTER: bool(self.branch_ids),
            Home.CLERK: bool(self.unit_ids),
            Home.VIEWER: self.is_viewer,
            Home.AUDITOR: self.is_auditor,
        }
        return next((home for home, is_held in held.items() if is_held), Home.NONE)


def deputies_on(on: date) -> dict[int, int]:
    """Who is away on a day, and the deputy each named: person id → person id. The newest leave wins."""
    rows = (
        Leave.objects.filter(since__lte=on, until__gt=on).order_by("since", "pk").values_list("person_id", "deputy_id")
    )
    return dict(rows)


def chain_end(person_id: int, deputies: dict[int, int]) -> int | None:
    """The one who acts in the end when deputies are away too; None when the chain runs in a circle."""
    seen = {person_id}
    current = person_id
    while current in deputies:
        current = deputies[current]
        if current in seen:
            return None
        seen.add(current)
    return current


def _acted_for(person_id: int, deputies: dict[int, int]) -> frozenset[int]:
    if person_id not in deputies.values():
        return frozenset()
    return frozenset(away for away in deputies if chain_end(away, deputies) == person_id)


def _ids(values: Iterable[int | None]) -> frozenset[int]:
    return frozenset(value for value in values if value is not None)


def standing(user: User | AnonymousUser, *, on: date) -> Standing:
    """The standing of a user on a day, in at most four queries: person, memberships, postings, leaves."""
    if not user.pk or not user.is_active:
        return Standing()
    person = Person.objects.select_related("unit").filter(user_id=user.pk).first()
    return standing_of_person(person, on=on) if person else Standing()


def standing_of_person(person: Person, *, on: date) -> Standing:
    """The standing a person has, with or without an account; three queries."""
    return standings_of([person], on=on)[person.pk]


def standings_of(persons: Iterable[Person], *, on: date) -> dict[int, Standing]:
    """The standing of each of these people by her id, in three queries however many they are."""
    people = {person.pk: person for person in persons}
    lasting = Q(until=None) | Q(until__gt=on)
    seats: dict[int, list[tuple[int, str]]] = {pk: [] for pk in people}
    posts: dict[int, list[tuple[str, int | None, int | None, int | None]]] = {pk: [] for pk in people}
    held = Membership.objects.filter(lasting, person__in=people, since__lte=on)
    for pk, group, role in held.values_list("person_id", "group_id", "role"):
        seats[pk].append((group, role))
    for post in Posting.objects.filter(lasting, person__in=people, since__lte=on):
        posts[post.person_id].append((post.role, post.branch_id, post.domain_id, post.unit_id))
    deputies = deputies_on(on)
    return {pk: _standing(one, seats[pk], posts[pk], _acted_for(pk, deputies)) for pk, one in people.items()}


def _standing(
    person: Person,
    memberships: Sequence[tuple[int, str]],
    postings: Sequence[tuple[str, int | None, int | None, int | None]],
    acting_for: frozenset[int],
) -> Standing:
    roles = {role for role, *_ in postings}
    return Standing(
        person=person,
        branch_ids=_ids(branch for role, branch, _, _ in postings if role == PostingRole.REQUESTER),
        group_ids=frozenset(group for group, _ in memberships),
        led_group_ids=frozenset(group for group, role in memberships if role == MemberRole.LEADER),
        domain_ids=_ids(domain for role, _, domain, _ in postings if role == PostingRole.LIAISON),
        unit_ids=_ids(unit for role, _, _, unit in postings if role == PostingRole.CLERK),
        is_coordinator=PostingRole.COORDINATOR in roles,
        is_viewer=PostingRole.VIEWER in roles,
        is_auditor=PostingRole.AUDITOR in roles,
        acting_for=acting_for,
    )
