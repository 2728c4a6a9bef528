"""Who may stand for whom: members of a group of the same domain for its members, the people of one branch for those of another."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Branch, Group, Membership, Person, Posting, Unit


@dataclass(frozen=True)
class Parts:
    """Whose case the template is: its branch, its group, every group and person named in it."""

    branch: int
    group: int | None
    groups: frozenset[int]
    persons: frozenset[int]


@dataclass
class Cast:
    """For keys of the template those of the case that is made from it; who is missing stands for herself."""

    people: dict[int, int] = field(default_factory=dict)
    groups: dict[int, int] = field(default_factory=dict)
    branches: dict[int, int] = field(default_factory=dict)
    units: dict[int, int] = field(default_factory=dict)
    city: str = ""


def _gathered(pairs: Iterable[tuple[int | None, int]], names: dict[int, str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for place, person in pairs:
        found.setdefault(place or 0, set()).add(names[person])
    return found


class World:
    """Everybody and every group as of now, read once."""

    def __init__(self) -> None:
        self.members: dict[int, list[int]] = {}
        domains: dict[int, int] = {}
        seats = Membership.objects.filter(until=None, group__closed_on=None).select_related("group")
        for seat in seats.order_by("group_id", "pk"):
            people = self.members.setdefault(seat.group_id, [])
            people.insert(0 if seat.role == MemberRole.LEADER else len(people), seat.person_id)
            domains[seat.group_id] = seat.group.domain_id
        self.alike = {one: [other for other in domains if domains[other] == domains[one]] for one in domains}
        self.askers: dict[int, list[int]] = {}
        posts = Posting.objects.filter(until=None).order_by("pk")
        for branch, person in posts.filter(role=PostingRole.REQUESTER, branch__until=None).values_list(
            "branch_id", "person_id"
        ):
            self.askers.setdefault(branch or 0, []).append(person)
        self.clerks = {
            unit: person
            for unit, person in posts.filter(role=PostingRole.CLERK).values_list("unit_id", "person_id")
            if unit
        }
        self.units = dict(Branch.objects.values_list("pk", "unit_id"))
        self.cities = {pk: name.removesuffix("分公司") for pk, name in Unit.objects.values_list("pk", "name")}
        self.users = {
            person: (user, name)
            for person, user, name in Person.objects.exclude(user=None).values_list("pk", "user_id", "user__name")
            if user
        }
        self.persons_of_users = {user: person for person, (user, _) in self.users.items()}
        self.named = {name: person for person, (_, name) in self.users.items()}
        self.open_branches = sorted(self.askers)
        self.groups, self.branches, self.offices = (
            Group.objects.in_bulk(),
            Branch.objects.in_bulk(),
            Unit.objects.in_bulk(),
        )
        self.names = dict(Person.objects.values_list("pk", "name"))
        self.seated = _gathered(Membership.objects.values_list("group_id", "person_id"), self.names)
        self.posted = _gathered(Posting.objects.exclude(branch=None).values_list("branch_id", "person_id"), self.names)

    def city_of(self, branch: int) -> str:
        return self.cities[self.units[branch]]

    def cast(self, parts: Parts, rng: random.Random) -> Cast:
        """Another branch, another group of the domain where one is large enough, other members. Nobody stands for two."""
        found = Cast()
        branch = self.open_branches[int(rng.random() * len(self.open_branches))]
        found.branches[parts.branch] = branch
        old, new = self.units[parts.branch], self.units[branch]
        found.units[old] = new
        found.city = self.cities[new]
        asked = self.askers.get(parts.branch, [])
        people = {
            one: self.askers[branch][min(number, len(self.askers[branch]) - 1)]
            for number, one in enumerate(asked)
            if one in parts.persons
        }
        if old in self.clerks and new in self.clerks and self.clerks[old] in parts.persons:
            people[self.clerks[old]] = self.clerks[new]
        if parts.group in self.alike:
            choice = [one for one in self.alike[parts.group] if one == parts.group or one not in parts.groups]
            found.groups[parts.group] = choice[int(rng.random() * len(choice))]
        for group in sorted(parts.groups & self.members.keys()):
            if not self._seat(people, group, found.groups.get(group, group), parts.persons, rng):
                found.groups.pop(group, None)
                self._seat(people, group, group, parts.persons, rng)
        named = [people.get(one, one) for one in parts.persons]
        if len(set(named)) == len(named):
            found.people = people
        else:
            # somebody sits in two of the groups: the people of the case stay as they are
            found = Cast(city=self.city_of(parts.branch))
        return found

    def _seat(
        self, people: dict[int, int], group: int, other: int, persons: Collection[int], rng: random.Random
    ) -> bool:
        """Members of `other` for those of `group`: the leader for the leader, the rest in turn. False: there are too few."""
        leader, *rest = self.members[group]
        head, *seats = self.members[other]
        if len(seats) < len(rest):
            return False
        turn = int(rng.random() * len(seats)) if seats else 0
        if leader in persons:
            people.setdefault(leader, head)
        for number, one in enumerate(rest):
            if one in persons:
                people.setdefault(one, seats[(number + turn) % len(seats)])
        return True
