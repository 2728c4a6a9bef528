"""The standing of a reader: which posts, groups, branches, domains and units are hers today. Rights are derived from it.

Who acts 代 for somebody away has all her rights besides her own (product.md 3.4); whose right it is can always be told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from huizhen.accounts.models import User
from huizhen.directory.choices import Home, MemberRole, PostingRole
from huizhen.directory.models import Leave, Membership, Person, Posting
from huizhen.directory.queries.prepared import Prepared


@dataclass(frozen=True)
class Absence:
    """Somebody away on a day and who acts for her in the end; `deputy` is "" when every deputy of the chain is away as well."""

    person_id: int
    name: str
    deputy_id: int | None
    deputy: str
    deputy_code: str
    last: date | None  # the last day; None once she has left

    @property
    def has_left(self) -> bool:
        return self.last is None


NOBODY_AWAY: Mapping[int, Absence] = MappingProxyType({})


@dataclass(frozen=True)
class Standing:
    """What somebody is on one day, with what she is 代 somebody away. Empty for a user without a person, and for nobody.

    `own` is what she is by herself, and `lent` what each person is for whom she acts, when she acts for any; of the person of a
    lent standing only key, code and name are known. `absences`: everybody away that day, by her id.
    """

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
    own: Standing | None = None
    lent: tuple[Standing, ...] = ()
    absences: Mapping[int, Absence] = field(default_factory=lambda: NOBODY_AWAY, compare=False, repr=False)

    def lender(self, holds: Callable[[Standing], bool]) -> Person | None:
        """Whose right it is: None when it is her own, else the person away through whom alone she has it."""
        if self.own is None or holds(self.own):
            return None
        return next((one.person for one in self.lent if holds(one)), None)

    def lender_name(self, holds: Callable[[Standing], bool]) -> str:
        """The lender's name for the journal and for pages; "" when the right is her own."""
        lender = self.lender(holds)
        return lender.name if lender else ""

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


_AWAY = (
    "person_id",
    "deputy_id",
    "until",
    "person__name",
    "person__code",
    "person__left_on",
    "deputy__name",
    "deputy__code",
)


def _held(model: Any, people: Collection[int], on: date) -> QuerySet[Any, Any]:
    held: QuerySet[Any, Any] = model.objects.filter(Q(until=None) | Q(until__gt=on), person__in=people, since__lte=on)
    return held


def _seats(people: Collection[int], on: date) -> QuerySet[Any, Any]:
    return _held(Membership, people, on).values_list("person_id", "group_id", "role", "group__predecessors")


def _posts(people: Collection[int], on: date) -> QuerySet[Any, Any]:
    return _held(Posting, people, on).values_list("person_id", "role", "branch_id", "domain_id", "unit_id")


# Asked at every page and every move.
_PERSON = Prepared(lambda user: Person.objects.select_related("unit").filter(user_id=user))
_LEAVES: Prepared[Any] = Prepared(
    lambda on: Leave.objects.filter(since__lte=on, until__gt=on).order_by("since", "pk").values_list(*_AWAY)
)
_SEATS: Prepared[Any] = Prepared(lambda person, on: _seats([person], on))
_POSTS: Prepared[Any] = Prepared(lambda person, on: _posts([person], on))


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


def absences_on(on: date) -> dict[int, Absence]:
    """Everybody away on a day with who acts in the end; one query."""
    absences, _ = _absences(on)
    return absences


def _absences(on: date) -> tuple[dict[int, Absence], dict[int, Person]]:
    """Everybody away, and the people away as far as the query knows them."""
    newest = {row[0]: row for row in _LEAVES(on)}
    deputies = {person: row[1] for person, row in newest.items()}
    names = {row[1]: row[6:] for row in newest.values()}
    found: dict[int, Absence] = {}
    people: dict[int, Person] = {}
    for pk, (_person, _deputy, until, name, code, left_on, *_named) in newest.items():
        end = chain_end(pk, deputies)
        deputy, deputy_code = names[end] if end else ("", "")
        is_gone = left_on is not None and left_on <= on
        found[pk] = Absence(pk, name, end, deputy, deputy_code, None if is_gone else until - timedelta(1))
        people[pk] = Person(pk=pk, code=code, name=name)
    return found, people


def _ids(values: Iterable[int | None]) -> frozenset[int]:
    return frozenset(value for value in values if value is not None)


def standing(user: User | AnonymousUser, *, on: date) -> Standing:
    """The standing of a user on a day, in at most four queries: person, leaves, memberships, postings. Empty once she has left."""
    if not user.pk or not user.is_active:
        return Standing()
    person = next(iter(_PERSON(user.pk)), None)
    if person is None or (person.left_on is not None and person.left_on <= on):
        return Standing()
    return standing_of_person(person, on=on)


def standing_of_person(person: Person, *, on: date) -> Standing:
    """The standing a person has, with or without an account; three queries."""
    return standings_of([person], on=on)[person.pk]


def standings_of(persons: Iterable[Person], *, on: date) -> dict[int, Standing]:
    """The standing of each of these people by her id, in three queries however many they are."""
    people = {person.pk: person for person in persons}
    absences, away = _absences(on)
    acted: dict[int, list[int]] = {pk: [] for pk in people}
    for one in absences.values():
        if one.deputy_id in acted:
            acted[one.deputy_id].append(one.person_id)
    wanted = {*people, *(pk for held in acted.values() for pk in held)}
    seats: dict[int, list[tuple[int, str]]] = {pk: [] for pk in wanted}
    posts: dict[int, list[tuple[str, int | None, int | None, int | None]]] = {pk: [] for pk in wanted}
    for pk, group, role, before in _SEATS(*wanted, on) if len(wanted) == 1 else _seats(wanted, on):
        seats[pk] += [(one, role) for one in (group, before) if one is not None]
    for pk, *post in _POSTS(*wanted, on) if len(wanted) == 1 else _posts(wanted, on):
        posts[pk].append(tuple(post))
    frozen = MappingProxyType(absences)

    def own(pk: int, person: Person) -> Standing:
        return _standing(person, seats[pk], posts[pk], frozen)

    return {
        pk: _with(own(pk, one), tuple(own(lender, away[lender]) for lender in acted[pk])) for pk, one in people.items()
    }


def _standing(
    person: Person,
    memberships: Sequence[tuple[int, str]],
    postings: Sequence[tuple[str, int | None, int | None, int | None]],
    absences: Mapping[int, Absence],
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
        absences=absences,
    )


def _with(own: Standing, lent: tuple[Standing, ...]) -> Standing:
    """Her own standing, and that of everybody for whom she acts."""
    if not lent:
        return own
    every = (own, *lent)
    return Standing(
        person=own.person,
        branch_ids=frozenset().union(*(one.branch_ids for one in every)),
        group_ids=frozenset().union(*(one.group_ids for one in every)),
        led_group_ids=frozenset().union(*(one.led_group_ids for one in every)),
        domain_ids=frozenset().union(*(one.domain_ids for one in every)),
        unit_ids=frozenset().union(*(one.unit_ids for one in every)),
        is_coordinator=any(one.is_coordinator for one in every),
        is_viewer=any(one.is_viewer for one in every),
        is_auditor=any(one.is_auditor for one in every),
        acting_for=_ids(one.person.pk for one in lent if one.person),
        own=own,
        lent=lent,
        absences=own.absences,
    )
