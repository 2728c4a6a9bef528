"""The first act of a real installation: the organisation and its first coordinator. Possible once, while nobody is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.campaigns import create_campaign, make_current
from huizhen.directory.choices import PostingRole, UnitKind
from huizhen.directory.models import Branch, Domain, Person, Posting, Unit
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid, NotNow
from huizhen.lib.text import clean
from huizhen.lib.zh import sort_key

_PLACE = {"requester": "branch", "liaison": "domain", "clerk": "unit"}


@dataclass(frozen=True)
class Organisation:
    """What the installation starts with: rows as they stand in the file, see docs/organisation.example.yaml."""

    campaign: Mapping[str, Any]
    units: Sequence[Mapping[str, Any]]
    domains: Sequence[Mapping[str, Any]]
    branches: Sequence[Mapping[str, Any]]
    people: Sequence[Mapping[str, Any]]


@transaction.atomic
def found(organisation: Organisation, *, username: str, password: str, at: datetime) -> User:
    """Units, domains, branches, people with their posts, the current campaign, and the account of the first coordinator.

    All or nothing; journal `founded`. NotNow: somebody is here already. Invalid names the part and the row (from 1) at fault.
    """
    if Person.objects.exists() or User.objects.exists():
        raise NotNow("already_founded")
    day = timezone.localdate(at)
    units = {row["name"]: row for row in _units(organisation.units)}
    domains = _domains(organisation.domains, units)
    branches = _branches(organisation.branches, units)
    places = {"unit": {name: row["made"] for name, row in units.items()}, "domain": domains, "branch": branches}
    first = _people(organisation.people, places, day)
    user = User.objects.create_user(username=clean(username), password=password, name=first.name)
    first.user = user
    first.save(update_fields=["user"])
    campaign = create_campaign(
        name=_text(organisation.campaign, "name", "campaign", 0),
        short_name=str(organisation.campaign.get("short_name") or organisation.campaign["name"])[:20],
        basis=str(organisation.campaign.get("basis") or ""),
        starts_on=_day(organisation.campaign, "starts_on"),
        ends_on=_day(organisation.campaign, "ends_on"),
        by=user,
        at=at,
    )
    make_current(campaign, by=user, at=at)
    journal.record(
        "founded", campaign, by=user, at=at, label=campaign.name,
        units=len(units), domains=len(domains), branches=len(branches), people=len(organisation.people),
    )  # fmt: skip
    return user


@transaction.atomic
def open_account(person: Person, *, username: str, password: str, at: datetime) -> User:
    """An account for somebody of the roster. Journal `account_opened`. NotNow: she has one. Invalid: the name is taken."""
    if person.user_id is not None:
        raise NotNow("has_account", name=person.name)
    if not clean(username) or User.objects.filter(username=clean(username)).exists():
        raise Invalid.one("username", "username_taken", name=clean(username))
    user = User.objects.create_user(username=clean(username)[:64], password=password, name=person.name)
    person.user = user
    person.save(update_fields=["user"])
    journal.record("account_opened", person, by=None, at=at, label=person.name)
    return user


def _fault(part: str, row: int, code: str, **args: Any) -> Invalid:
    return Invalid({part: [Fault(code, args, row=row)]})


def _text(row: Mapping[str, Any], name: str, part: str, number: int, longest: int = 60) -> str:
    value = clean(str(row.get(name) or ""))
    if not value:
        raise _fault(part, number, "founding_needs", column=name)
    return value[:longest]


def _day(row: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(row.get(name)))
    except ValueError:
        raise _fault("campaign", 0, "founding_needs", column=name) from None


def _units(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for number, row in enumerate(rows, 1):
        name, kind = _text(row, "name", "units", number), str(row.get("kind"))
        if kind not in UnitKind.values:
            raise _fault("units", number, "founding_kind", given=kind, kinds="、".join(UnitKind.values))
        code = _text(row, "code", "units", number, 8)
        if Unit.objects.filter(name=name).exists() or Unit.objects.filter(code=code).exists():
            raise _fault("units", number, "founding_twice", name=name)
        found.append(
            {
                "name": name,
                "made": Unit.objects.create(code=code, name=name, kind=kind, order=number, sort_key=sort_key(name)),
            }
        )
    return found


def _domains(rows: Sequence[Mapping[str, Any]], units: Mapping[str, Any]) -> dict[str, Domain]:
    found: dict[str, Domain] = {}
    for number, row in enumerate(rows, 1):
        name = _text(row, "name", "domains", number, 40)
        lead = str(row.get("lead_unit"))
        if lead not in units:
            raise _fault("domains", number, "founding_unknown", name=lead)
        if name in found:
            raise _fault("domains", number, "founding_twice", name=name)
        code = _text(row, "code", "domains", number, 8)
        found[name] = Domain.objects.create(code=code, name=name, lead_unit=units[lead]["made"], order=number)
    return found


def _branches(rows: Sequence[Mapping[str, Any]], units: Mapping[str, Any]) -> dict[str, Branch]:
    found: dict[str, Branch] = {}
    for number, row in enumerate(rows, 1):
        name, unit = _text(row, "name", "branches", number, 120), str(row.get("unit"))
        if unit not in units:
            raise _fault("branches", number, "founding_unknown", name=unit)
        if name in found:
            raise _fault("branches", number, "founding_twice", name=name)
        found[name] = Branch.objects.create(
            code=f"B{number:04d}", name=name, unit=units[unit]["made"], sort_key=sort_key(name)
        )
    return found


def _people(rows: Sequence[Mapping[str, Any]], places: Mapping[str, Mapping[str, Any]], day: date) -> Person:
    """People with their posts; gives back the first coordinator."""
    first: Person | None = None
    for number, row in enumerate(rows, 1):
        name, role = _text(row, "name", "people", number, 40), str(row.get("role"))
        if role not in PostingRole.values:
            raise _fault("people", number, "founding_kind", given=role, kinds="、".join(PostingRole.values))
        kind = _PLACE.get(role)
        where = places[kind].get(str(row.get(kind))) if kind else None
        if kind and where is None:
            raise _fault("people", number, "founding_unknown", name=str(row.get(kind)))
        unit = (
            where
            if kind == "unit"
            else where.unit
            if kind == "branch" and where
            else places["unit"].get(str(row.get("unit")))
        )
        person = Person.objects.create(
            code=f"P{number:04d}",
            name=name,
            sort_key=sort_key(name, person=True),
            unit=unit,
            post=str(row.get("post") or "")[:60],
            phone=str(row.get("phone") or "")[:32],
            email=str(row.get("email") or "")[:120],
        )
        place = {kind: where} if kind else {}
        Posting.objects.create(person=person, role=role, title=str(row.get("title") or "")[:40], since=day, **place)
        if role == PostingRole.COORDINATOR and first is None:
            first = person
    if first is None:
        raise _fault("people", 0, "founding_coordinator")
    return first
