"""What the database knows when a roster is planned: domains, units, groups, persons and their seats, read once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from huizhen.directory.models import Campaign, Domain, Group, Membership, Person, Unit
from huizhen.directory.sheets.fields import NORMAL, code_text, name_text

PERSON_TEXTS = ("name", "post", "level", "specialities", "focus", "phone", "email")


@dataclass
class Places:
    """Lookups by the normal forms of what a file may say. Six queries, whatever the size of the file."""

    domains: dict[str, Domain] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    groups_by_name: dict[str, Group] = field(default_factory=dict)
    persons: dict[int, Person] = field(default_factory=dict)
    by_staff_no: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_phone: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[tuple[str, int | None], list[int]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[int, list[Membership]] = field(default_factory=lambda: defaultdict(list))


def unit_names(unit: Unit) -> set[str]:
    """The ways in which rosters write a unit: 省公司网络部 and 网络部, 佛山分公司 and 佛山."""
    name = name_text(unit.name)
    return {name, "省公司" + name.removeprefix("省公司"), name.removeprefix("省公司"), name.removesuffix("分公司")}


def places_of(campaign: Campaign, on: date) -> Places:
    """Reads everything a plan looks things up in."""
    places = Places()
    places.domains = {code_text(domain.name).casefold(): domain for domain in Domain.objects.all()}
    for unit in Unit.objects.all():
        places.units.update(dict.fromkeys(unit_names(unit), unit))
    for group in Group.objects.filter(campaign=campaign).select_related("domain", "successor"):
        places.groups[code_text(group.code)] = group
        places.groups_by_name[name_text(group.name)] = group
    for person in Person.objects.select_related("unit").order_by("pk"):
        places.persons[person.pk] = person
        if person.staff_no:
            places.by_staff_no[code_text(person.staff_no)].append(person.pk)
        if person.phone:
            places.by_phone[NORMAL["phone"](person.phone)].append(person.pk)
        places.by_name[name_text(person.name), person.unit_id].append(person.pk)
    seats = Membership.objects.filter(Q(until=None) | Q(until__gt=on), group__campaign=campaign, since__lte=on)
    for seat in seats.select_related("group").order_by("-is_primary", "pk"):
        places.seats[seat.person_id].append(seat)
    return places
