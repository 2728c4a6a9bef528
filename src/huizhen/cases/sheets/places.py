"""Who and what the names of a list mean: branches, groups and persons, looked up by what is written, else by what is nearest to it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Branch, Campaign, Domain, Group, Membership, Person, Posting

T = TypeVar("T")
NEAR, NEAREST = 0.34, 5
"""How alike (Dice coefficient of the bigrams) a name must be to be offered, and how many are."""

_NOISE = re.compile(
    r"中国共产党|中共|中国移动|省公司|分公司|有限公司|公司|委员会|党总支|党支部|支部|破题攻坚|专家团|[\s()（）\-—、·]"
)


def plain(text: str) -> str:
    """A name without what people leave away or add: 佛山分公司网络部党支部 and 佛山网络部支部 are alike."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def exact(text: str) -> str:
    """A name in its normal form."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def grams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a name, with its ends."""
    word = f"^{plain(text)}$"
    return frozenset(word[at : at + 2] for at in range(len(word) - 1))


class Names(Generic[T]):
    """Things by their names: exactly, without noise when that leaves one, and the nearest."""

    def __init__(self) -> None:
        self.exactly: dict[str, T] = {}
        self._plainly: dict[str, dict[int, T]] = defaultdict(dict)
        self._grams: dict[str, set[int]] = defaultdict(set)
        self._things: dict[int, tuple[frozenset[str], T]] = {}

    def add(self, key: int, thing: T, *names: str) -> None:
        """`key` tells things apart; a name given first wins."""
        for name in filter(None, names):
            self.exactly.setdefault(exact(name), thing)
            if plain(name):
                self._plainly[plain(name)][key] = thing
        found = frozenset[str]().union(*(grams(name) for name in names[:1]))
        self._things[key] = (found, thing)
        for gram in found:
            self._grams[gram].add(key)

    def plainly(self, text: str) -> T | None:
        """The only thing whose name is this one but for noise."""
        found = self._plainly.get(plain(text), {})
        return next(iter(found.values())) if len(found) == 1 else None

    def nearest(self, text: str) -> list[T]:
        """What is called most alike, the nearest first."""
        mine = grams(text)
        shared: dict[int, int] = defaultdict(int)
        for gram in mine:
            for key in self._grams.get(gram, ()):
                shared[key] += 1
        alike = {key: 2 * count / (len(mine) + len(self._things[key][0])) for key, count in shared.items()}
        best = sorted((key for key, score in alike.items() if score >= NEAR), key=lambda key: (-alike[key], key))
        return [self._things[key][1] for key in best[:NEAREST]]


@dataclass
class Places:
    """Everything a plan looks names up in. Eight queries, whatever the size of the file."""

    campaigns: tuple[Campaign, ...]
    branches: Names[Branch] = field(default_factory=Names)
    former: dict[str, Branch] = field(default_factory=dict)
    groups: Mapping[int, Names[Group]] = field(default_factory=dict)
    groups_by_code: dict[tuple[int, str], Group] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    persons: dict[int, Person] = field(default_factory=dict)
    by_name: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # group → persons, past ones too
    experts: set[int] = field(default_factory=set)
    leaders: dict[int, Person] = field(default_factory=dict)
    contacts: dict[int, list[Person]] = field(
        default_factory=lambda: defaultdict(list)
    )  # branch → contacts, newest first

    def campaign_on(self, day: date) -> Campaign:
        """The campaign of a day; the present one for days of none."""
        held = [one for one in self.campaigns if one.starts_on <= day <= one.ends_on]
        return next(iter(held), self.campaigns[0])


def places_of(campaigns: Iterable[Campaign]) -> Places:
    """Reads it all. `campaigns`: the present one first."""
    places = Places(tuple(campaigns))
    _read_branches(places)
    groups: dict[int, Names[Group]] = {one.pk: Names() for one in places.campaigns}
    for group in Group.objects.select_related("domain", "campaign").order_by("pk"):
        groups[group.campaign_id].add(group.pk, group, group.name, group.code)
        places.groups_by_code[group.campaign_id, exact(group.code)] = group
    places.groups = groups
    for domain in Domain.objects.all():
        places.domains |= {exact(domain.name): domain, exact(domain.code): domain, exact(domain.name + "领域"): domain}
    for person in Person.objects.select_related("unit").order_by("pk"):
        places.persons[person.pk] = person
        places.by_name[exact(person.name)].append(person)
    for group_id, person_id, role, until in Membership.objects.values_list("group_id", "person_id", "role", "until"):
        places.seats[group_id].add(person_id)
        places.experts.add(person_id)
        if role == MemberRole.LEADER and until is None:
            places.leaders[group_id] = places.persons[person_id]
    posts = Posting.objects.filter(role=PostingRole.REQUESTER).order_by("until", "-since", "pk")
    for branch_id, person_id, until in posts.values_list("branch_id", "person_id", "until"):
        if branch_id is not None:
            held = places.contacts[branch_id]
            held.insert(0 if until is None else len(held), places.persons[person_id])
    return places


def _read_branches(places: Places) -> None:
    """Branches by their names and their units'; a former name belongs to who bore it last."""
    rows = {one.pk: one for one in Branch.objects.select_related("unit").order_by("until", "pk")}
    for branch in rows.values():
        end, seen = branch, {branch.pk}
        while end.successor_id is not None and end.successor_id not in seen:  # what the branch became
            seen.add(end.successor_id)
            end = rows[end.successor_id]
        places.branches.add(branch.pk, end, branch.name, branch.code)
        for name in (*filter(None, branch.former_names.split("、")), *([branch.name] if end is not branch else [])):
            places.former.setdefault(exact(name), end)
