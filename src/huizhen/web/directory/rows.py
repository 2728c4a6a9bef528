"""Lines of the directory's pages, put together from what the queries found. Nothing here asks the database but through them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huizhen.directory.choices import MemberRole, UnitKind
from huizhen.directory.models import Group, Leave, Membership, Person, Posting, Unit
from huizhen.directory.queries import Contact, DomainGroups, GroupRow, Page, members_of
from huizhen.lib.zh import sort_key

NOBODY = Page([], "")
Away = dict[int, Person | None]


# ── groups ──


@functools.lru_cache(maxsize=1024)
def _pinyin(text: str) -> str:
    """The text, its pinyin with and without gaps, and the first letters: wuxian, wu xian, wxwlyh all find 无线网络优化."""
    key = sort_key(text).lower()
    sounds = key.split(" ")
    return f"{key} {''.join(sounds[:-1])} {''.join(sound[:1] for sound in sounds[:-1])}"


def _haystack(row: GroupRow) -> str:
    group = row.group
    leader = _pinyin(row.leader.name) if row.leader else ""
    plain = f"{group.code} {group.scope} {group.specialities} {group.keywords} {group.domain.name}".lower()
    return f"{plain} {_pinyin(group.name)} {_pinyin(group.domain.name)} {leader}"


def matching(domains: Iterable[DomainGroups], text: str) -> list[DomainGroups]:
    """The groups that contain every word, under their domains. A campaign has some dozens of groups: no need to ask again."""
    words = text.lower().replace("，", " ").replace("、", " ").split()
    if not words:
        return list(domains)
    found = []
    for one in domains:
        kept = tuple(row for row in one.groups if all(word in _haystack(row) for word in words))
        if kept:
            found.append(DomainGroups(one.domain, kept))
    return found


@dataclass(frozen=True)
class Member:
    """A member of a group with what she carries."""

    person: Person
    role: str | Promise
    is_lead: bool
    load: int
    is_full: bool
    is_away: bool
    deputy: Person | None


def members(people: Iterable[Person], *, loads: dict[int, int], away: Away, limit: int) -> list[Member]:
    """Leader first, as they come; `loads` are open cases by person."""
    return [
        Member(
            person=one,
            role=MemberRole(one.member_role).label if one.member_role != MemberRole.MEMBER else "",
            is_lead=one.member_role == MemberRole.LEADER,
            load=loads.get(one.pk, 0),
            is_full=loads.get(one.pk, 0) >= limit,
            is_away=one.pk in away,
            deputy=away.get(one.pk),
        )
        for one in people
    ]


def competences(group: Group, people: Iterable[Person]) -> list[tuple[str, list[Person]]]:
    """Each speciality the group claims with who covers it; nobody is a gap."""
    people = list(people)
    claimed = [word for word in group.specialities.split("、") if word]
    return [(word, [one for one in people if word in one.specialities.split("、")]) for word in claimed]


# ── people ──


def experts(people: Iterable[Person], away: Away) -> list[tuple[Person, list[Membership], bool, Person | None]]:
    """Person, her seats, whether she is away, who acts."""
    return [(one, one.seats, one.pk in away, away.get(one.pk)) for one in people]


def posts(person: Person, today: date) -> QuerySet[Posting]:
    """What else somebody is today: contact of a branch, liaison of a domain, clerk of a unit, head office."""
    lasting = Q(until=None) | Q(until__gt=today)
    held = person.postings.filter(lasting, since__lte=today).select_related("branch", "unit", "domain")
    return held.order_by("since", "pk")


def leaves(found: Iterable[Leave], today: date) -> list[tuple[Leave, date, bool]]:
    """Leave, its last day, whether it has begun."""
    return [(one, one.until - timedelta(days=1), one.since <= today) for one in found]


def deputies(person: Person, seats: Sequence[Membership], today: date) -> dict[str, list[Person]]:
    """Who may act for somebody, under the name of the place: the other members of her groups, else the people of her unit."""
    found: dict[str, list[Person]] = {}
    for seat in seats:
        found[seat.group.name] = [one for one in members_of(seat.group, on=today) if one.pk != person.pk]
    if person.unit_id:
        mates = Person.objects.filter(unit=person.unit_id, left_on=None).exclude(pk=person.pk)
        known = {one.pk for people in found.values() for one in people}
        own = [one for one in mates.select_related("unit").order_by("sort_key", "pk")[:200] if one.pk not in known]
        if own:
            found[_("本单位其他人")] = own
    return {name: people for name, people in found.items() if people}


# ── places ──


def by_kind(units: Iterable[Unit]) -> list[tuple[str | Promise, list[Unit]]]:
    """Units under city companies, departments, direct units."""
    units = list(units)
    named = [(kind.label, [unit for unit in units if unit.kind == kind]) for kind in UnitKind]
    return [(label, found) for label, found in named if found]


def contacts(found: Iterable[Contact], away: Away) -> list[tuple[Contact, list[tuple[Person, bool, Person | None]]]]:
    """Domain with its liaisons, who is away, who acts."""
    return [(one, [(person, person.pk in away, away.get(person.pk)) for person in one.persons]) for one in found]
