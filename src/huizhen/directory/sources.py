"""What can be found of groups and experts: everybody in the directory may know them. Never a phone, never an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Domain, Group, Membership, Person, Unit
from huizhen.directory.queries import Standing
from huizhen.lib.zh import normal, sort_key
from huizhen.search.registry import EVERYBODY, FULL, Document, Source

EXPERT, GROUP = "expert", "group"
EVERYTHING = frozenset({"directory_loaded", "campaign_created", "campaign_made_current", "roster_imported", "founded"})
"""Happenings after which any group and any expert may be another one."""
SEATS = frozenset({
    "leader_changed", "group_split", "group_merged", "member_joined", "member_moved", "member_left", "person_left",
})  # fmt: skip
NAMED = ("person", "persons", "former")


def _numbers(value: Any) -> set[int]:
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)}


def pinyin_keys(name: str) -> tuple[str, ...]:
    """How a name is typed in Latin letters: whole, by initials, the given name alone, each syllable.

    >>> pinyin_keys("曾维舟")
    ('zengweizhou', 'zwz', 'weizhou', 'zeng', 'wei', 'zhou')
    """
    syllables = [one for one in sort_key(name, person=True).removesuffix(name).split() if one.isascii()]
    typed = ["".join(syllables), "".join(one[:1] for one in syllables), "".join(syllables[1:]), *syllables]
    return tuple(one for one in dict.fromkeys(typed) if len(one) > 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# ── groups ──


def _groups() -> QuerySet[Group]:
    """Groups that have a page: those of the current campaign, closed ones too."""
    return Group.objects.filter(campaign__is_current=True)


def _groups_touched(entries: Iterable[Any]) -> set[int]:
    """Groups written to; the new half of a split one, the successor; those of people who left."""
    found: set[int] = set()
    for one in entries:
        if one.verb in EVERYTHING:
            return set(Group.objects.values_list("pk", flat=True))
        if one.target_type == "directory.group" and one.verb != "duty_set":
            found |= {one.target_id} | _numbers(one.data.get("group"))
        if one.verb == "member_moved":
            found |= set(Group.objects.filter(code=one.data.get("origin")).values_list("pk", flat=True))
        if one.verb == "person_left":
            found |= _numbers(one.data.get("groups"))
    return found


def _group_documents(ids: Sequence[int]) -> Iterator[Document]:
    """Two queries: groups and their leaders."""
    groups = list(_groups().filter(pk__in=ids).select_related("domain", "campaign").order_by("pk"))
    led = Membership.objects.filter(group__in=groups, role=MemberRole.LEADER, until=None)
    leaders = dict(led.values_list("group_id", "person__name"))
    for group in groups:
        leader = leaders.get(group.pk, "")
        yield Document(
            kind=GROUP,
            object_id=group.pk,
            level=FULL,
            code=group.code,
            at=_midnight(group.campaign.starts_on),
            title=group.name,
            body="\n".join(filter(None, (group.scope, group.specialities, group.keywords, group.domain.name))),
            scopes=(EVERYBODY,),
            keys=(group.code, *((leader, *pinyin_keys(leader)) if leader else ())),
            facets={"domain": group.domain.code, "group": group.code},
        )


def _groups_after(pk: int, count: int) -> Sequence[int]:
    return list(_groups().filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:count])


# ── experts ──


def _seats() -> QuerySet[Membership]:
    """Seats in groups of the current campaign that last or begin later."""
    today = timezone.localdate()
    return Membership.objects.filter(Q(until=None) | Q(until__gt=today), group__campaign__is_current=True)


def _experts() -> QuerySet[Person]:
    return Person.objects.filter(Exists(_seats().filter(person=OuterRef("pk"))))


def _experts_touched(entries: Iterable[Any]) -> set[int]:
    """People written to, and whoever is named where seats change."""
    found: set[int] = set()
    for one in entries:
        if one.verb in EVERYTHING:
            return set(Membership.objects.values_list("person", flat=True).distinct())
        if one.target_type == "directory.person" and one.verb in SEATS:
            found.add(one.target_id)
        if one.target_type == "directory.group" and one.verb in SEATS:
            for name in NAMED:
                found |= _numbers(one.data.get(name))
    return found


def _expert_documents(ids: Sequence[int]) -> Iterator[Document]:
    """Two queries: people and their seats."""
    seats: dict[int, list[Membership]] = defaultdict(list)
    held = _seats().filter(person__in=ids).select_related("group__domain").order_by("-is_primary", "since", "pk")
    for seat in held:
        seats[seat.person_id].append(seat)
    for one in Person.objects.filter(pk__in=list(seats)).select_related("unit").order_by("pk"):
        first = seats[one.pk][0]
        places = [one.unit.name if one.unit else "", *(seat.group.name for seat in seats[one.pk])]
        facets = {"domain": first.group.domain.code, "group": first.group.code}
        yield Document(
            kind=EXPERT,
            object_id=one.pk,
            level=FULL,
            code=one.code,
            at=_midnight(first.since),
            title=one.name,
            body="\n".join(filter(None, (one.specialities, one.focus, one.post, *places))),
            scopes=(EVERYBODY,),
            keys=(one.code, *pinyin_keys(one.name)),
            facets=facets | ({"unit": one.unit.code} if one.unit else {}),
        )


def _experts_after(pk: int, count: int) -> Sequence[int]:
    return list(_experts().filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:count])


# ── words of the operators ──


def _named(rows: Iterable[tuple[str, str]], *endings: str) -> dict[str, str]:
    """Names and codes, and names without the ending that all of them have."""
    found: dict[str, str] = {}
    for code, name in rows:
        short = next((name.removesuffix(one) for one in endings if name.endswith(one)), name)
        found |= {normal(one): code for one in (short, name, code) if one}
    return found


def kind_words() -> dict[str, str]:
    return dict.fromkeys(("专家团", "团", "group", "groups"), GROUP) | dict.fromkeys(
        ("专家", "expert", "experts"), EXPERT
    )


def domain_words() -> dict[str, str]:
    return _named(Domain.objects.values_list("code", "name"))


def unit_words() -> dict[str, str]:
    return _named(Unit.objects.values_list("code", "name"), "分公司")


def group_words() -> dict[str, str]:
    return _named(_groups().values_list("code", "name"), "专家团")


# ── readers ──


def _scopes(reader: Standing) -> frozenset[str]:
    return frozenset({EVERYBODY} if reader.person else ())


def _known(found: QuerySet[Any], reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    if reader.person is None:
        return set()
    known = found.filter(pk__in=[pk for pk, level in pairs if level == FULL]).values_list("pk", flat=True)
    return {(pk, FULL) for pk in known}


def _groups_readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    return _known(_groups(), reader, pairs)


def _experts_readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    return _known(_experts(), reader, pairs)


GROUPS = Source(GROUP, _groups_touched, _group_documents, _groups_after, _scopes, _groups_readable)
EXPERTS = Source(EXPERT, _experts_touched, _expert_documents, _experts_after, _scopes, _experts_readable)
