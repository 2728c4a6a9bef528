"""Whom a branch may ask: every group with its scope, this week's duty expert and her load; every expert by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huizhen.cases.queries.picks import first_loads, loads
from huizhen.directory.models import Campaign, Domain, Duty, Group, Membership, Person
from huizhen.directory.queries import groups_by_domain, monday_of, setting
from huizhen.directory.queries.standings import deputies_on


@dataclass(frozen=True)
class Expert:
    """An expert as she is offered: open cases in her hands, and whether somebody stands in for her today."""

    person: Person
    load: int
    is_away: bool


@dataclass(frozen=True)
class Offer:
    """A group as it is offered. `duty` is None where nobody is rostered this week; when she `is_full` the case goes to another."""

    group: Group
    size: int
    duty: Expert | None
    experts: tuple[Expert, ...]
    is_full: bool
    limit: int


@dataclass(frozen=True)
class DomainOffers:
    """The groups of one domain."""

    domain: Domain
    offers: tuple[Offer, ...]


def offers(campaign: Campaign, *, on: date) -> list[DomainOffers]:
    """All groups and experts of a campaign, in the order of the notice; seven queries whatever their number."""
    domains = groups_by_domain(campaign, on=on)
    seats = _seats(campaign, on)
    duties = _duties(campaign, on)
    away = deputies_on(on)
    everybody = {one.pk for people in seats.values() for one in people} | {one.pk for one in duties.values()}
    held = loads(sorted(everybody))
    asked = first_loads(sorted({one.pk for one in duties.values()}))
    limit = setting(campaign, "open_cases_per_person")

    def expert(person: Person) -> Expert:
        return Expert(person, held.get(person.pk, 0), person.pk in away)

    def offer(group: Group, size: int) -> Offer:
        duty = duties.get(group.pk)
        is_full = duty is not None and asked.get(duty.pk, 0) >= limit
        experts = tuple(map(expert, seats[group.pk]))
        return Offer(group, size, expert(duty) if duty else None, experts, is_full, limit)

    return [
        DomainOffers(one.domain, tuple(offer(row.group, row.size) for row in one.groups if row.size)) for one in domains
    ]


def _seats(campaign: Campaign, on: date) -> dict[int, list[Person]]:
    """Members by group, by name. Somebody with a second group is named under her primary one, whose case it becomes."""
    found: dict[int, list[Person]] = defaultdict(list)
    rows = Membership.objects.filter(group__campaign=campaign, since__lte=on, until=None, is_primary=True)
    for row in rows.filter(person__left_on=None).select_related("person__unit").order_by("person__sort_key", "pk"):
        found[row.group_id].append(row.person)
    return found


def _duties(campaign: Campaign, on: date) -> dict[int, Person]:
    """Who is rostered for the week, by group."""
    rows = Duty.objects.filter(group__campaign=campaign, week=monday_of(on)).select_related("person__unit")
    return {row.group_id: row.person for row in rows if row.group_id is not None}


@dataclass(frozen=True)
class Asked:
    """Whom a draft names: a group, an expert with her group, or nobody (the triage desk)."""

    group: Group | None
    person: Person | None


def named(campaign: Campaign | None, values: Mapping[str, Any]) -> Asked:
    """The group and person behind the codes of a draft; what does not exist is nobody."""
    group, person = str(values.get("group") or ""), str(values.get("person") or "")
    return Asked(
        Group.objects.select_related("domain").filter(campaign=campaign, code=group).first() if group else None,
        Person.objects.select_related("unit").filter(code=person).first() if person else None,
    )
