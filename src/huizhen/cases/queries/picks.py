"""Who takes a new case: the named expert, the duty expert of the week, the least-loaded fitting one, the leader; the desk when nobody was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from huizhen.cases.models import Case
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import deputy_of, desk_person, duty_person, leader_of, members_of, setting
from huizhen.directory.queries.standings import deputies_on
from huizhen.lib.errors import Invalid


@dataclass(frozen=True)
class Pick:
    """Who becomes first responder, why, and whom she stands in for."""

    person: Person
    why: str
    for_person: Person | None = None


def loads(person_ids: list[int]) -> dict[int, int]:
    """Open cases each person is accountable for."""
    rows = (
        Case.objects.filter(accountable__in=person_ids, is_open=True).values_list("accountable").annotate(n=Count("id"))
    )
    return dict(rows)


def first_loads(person_ids: list[int]) -> dict[int, int]:
    """Open cases each person was first asked about; the limit of product.md section 7 counts these."""
    rows = (
        Case.objects.filter(first_responder__in=person_ids, is_open=True)
        .values_list("first_responder")
        .annotate(n=Count("id"))
    )
    return dict(rows)


def pick_named(person: Person, *, on: date) -> Pick:
    """指名号: the named expert, or on leave her deputy."""
    if person.left_on is not None and person.left_on <= on:
        raise Invalid.one("person", "has_left", name=person.name)
    deputy = deputy_of(person, on=on)
    return Pick(deputy, "deputy", person) if deputy else Pick(person, "named")


def pick_asked(person: Person, group: Group, text: str, *, on: date) -> Pick:
    """指名号: the named expert or her deputy; when she was first asked about as many open cases as allowed, whom her group would pick."""
    pick = pick_named(person, on=on)
    if first_loads([pick.person.pk]).get(pick.person.pk, 0) < setting(group.campaign, "open_cases_per_person"):
        return pick
    other = pick_in_group(group, text, on=on)
    return pick if other.person.pk == pick.person.pk else Pick(other.person, "named_full", person)


def pick_in_group(group: Group, text: str, *, on: date) -> Pick:
    """团队号: duty of the week; else the least-loaded present member whose speciality occurs in `text`; else least-loaded; else the leader."""
    members = list(members_of(group, on=on))
    if not members:
        raise Invalid.one("group", "group_empty", name=group.name)
    away = deputies_on(on)
    counts = first_loads([one.pk for one in members])
    limit = setting(group.campaign, "open_cases_per_person")
    duty = duty_person(group, on=on)
    if duty is not None and counts.get(duty.pk, 0) < limit:
        deputy = deputy_of(duty, on=on)
        if duty.pk not in away:
            return Pick(duty, "duty")
        if deputy is not None:
            return Pick(deputy, "deputy", duty)
    present = [one for one in members if one.pk not in away and counts.get(one.pk, 0) < limit]
    fitting = [one for one in present if any(word and word in text for word in one.specialities.split("、"))]
    for pool, why in ((fitting, "speciality"), (present, "least_loaded")):
        if pool:
            return Pick(min(pool, key=lambda one: (counts.get(one.pk, 0), one.pk)), why)
    leader = leader_of(group, on=on) or members[0]
    deputy = deputy_of(leader, on=on)
    return Pick(deputy, "deputy", leader) if deputy else Pick(leader, "leader")


def pick_at_desk(*, on: date) -> Pick:
    """Nobody chosen: the duty officer of the triage desk holds the case until it is routed."""
    person = desk_person(on=on)
    if person is None:
        raise Invalid.one("unknown", "desk_empty")
    deputy = deputy_of(person, on=on)
    return Pick(deputy, "deputy", person) if deputy else Pick(person, "desk")
