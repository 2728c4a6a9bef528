"""Importing and exporting the roster. An import is planned, shown, and then done as planned, all or nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.newcomers import person_codes
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.choices import MemberRole
from huizhen.directory.models import GONE, Campaign, Group, Leave, Membership, Person, RosterUpload
from huizhen.directory.queries.people import UPLOAD_LASTS
from huizhen.directory.sheets import CHANGED, REJECTED, UNCHANGED, Plan, Row, plan, read, write_roster
from huizhen.directory.sheets.places import PERSON_TEXTS
from huizhen.journal import actions as journal
from huizhen.lib.errors import NotNow, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import sort_key

BATCH = 200


@transaction.atomic
def keep_upload(campaign: Campaign, *, content: bytes, name: str, by: User, at: datetime) -> RosterUpload:
    """Keeps a readable file until it is confirmed. Side effects: forgets uploads older than a day. Invalid: it cannot be read."""
    need_coordinator(by, at)
    read(content)
    RosterUpload.objects.filter(at__lte=at - UPLOAD_LASTS).delete()
    return RosterUpload.objects.create(
        token=secrets.token_urlsafe(32), campaign=campaign, by=by, name=clean(name)[:200], content=content, at=at
    )


@dataclass(frozen=True)
class Applied:
    """What an import did."""

    added: int
    changed: int
    removed: int
    groups: int


@transaction.atomic
def apply_roster(
    campaign: Campaign, *, content: bytes, digest: str, remove: Collection[str] = (), by: User | None, at: datetime
) -> Applied:
    """Does what the dry run with this digest showed; ends the seats of the missing people whose codes are in `remove`.

    Side effects, in order: new groups; new and changed persons; seats ended, then opened, from today on; uploads of this
    campaign forgotten; journal `roster_imported`. NotAllowed: not head office. NotNow: rows were rejected.
    StaleWrite: the file or the roster is not what the dry run saw.
    """
    lender = need_coordinator(by, at)
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    today = timezone.localdate(at)
    planned = plan(read(content), campaign, on=today)
    if planned.digest != digest or not set(remove) <= {item.person.code for item in planned.missing}:
        raise StaleWrite("roster_stale")
    if planned.counts[REJECTED]:
        raise NotNow("roster_has_rejected", count=planned.counts[REJECTED])
    groups = _add_groups(campaign, planned)
    persons = _write_persons(planned, today)
    removed = _write_seats(planned, groups, persons, set(remove), today)
    RosterUpload.objects.filter(campaign=campaign).delete()
    # A deposed leader who is ticked goes; she is counted there.
    changed = planned.counts[CHANGED] - sum(item.person.code in remove for item in planned.demoted)
    done = Applied(planned.counts["added"], changed, removed, len(planned.groups))
    if done != Applied(0, 0, 0, 0):
        _record(campaign, planned, persons, done, content, sorted(remove), by, at, lender)
    return done


def _record(
    campaign: Campaign,
    planned: Plan,
    persons: dict[int, Person],
    done: Applied,
    content: bytes,
    remove: list[str],
    by: User | None,
    at: datetime,
    lender: str,
) -> None:
    """One row for the whole import: counts, the file's digest, and the codes of everybody it touched."""
    touched = [persons[row.identity].code for row in planned.rows if row.outcome != UNCHANGED]
    touched += [item.person.code for item in planned.demoted if item.person.code not in remove]
    journal.record(
        "roster_imported",
        campaign,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=campaign.name,
        added=done.added,
        changed=done.changed,
        removed=remove,
        groups=[group.code for group in planned.groups],
        persons=touched,
        file=hashlib.sha256(content).hexdigest(),
    )


def _add_groups(campaign: Campaign, planned: Plan) -> dict[str, Group]:
    """Code → group, with the groups that the file brings."""
    existing = Group.objects.filter(campaign=campaign).count()
    Group.objects.bulk_create(
        Group(campaign=campaign, code=new.code, domain=new.domain, name=new.name, order=existing + index)
        for index, new in enumerate(planned.groups, start=1)
    )
    return {group.code: group for group in Group.objects.filter(campaign=campaign)}


def _write_persons(planned: Plan, today: date) -> dict[int, Person]:
    """Identity → person, after all newcomers are made and all changes written."""
    persons: dict[int, Person] = {}
    fresh: dict[int, Person] = {}
    touched: dict[int, Person] = {}
    codes = person_codes()
    for row in planned.rows:
        if row.person is None and row.identity not in fresh:
            fresh[row.identity] = _fill(Person(code=next(codes)), row)
        elif row.person is not None:
            persons[row.identity] = row.person
            if row.changes or row.person.left_on:
                touched[row.identity] = _fill(row.person, row)
    back = Leave.objects.filter(person__in=[one.pk for one in touched.values()], until=GONE)  # she stands in no more
    back.filter(since__gte=today).delete()
    back.update(until=today)
    Person.objects.bulk_create(fresh.values(), batch_size=BATCH)
    fields = [*PERSON_TEXTS, "sort_key", "unit", "staff_no", "left_on"]
    Person.objects.bulk_update(touched.values(), fields, batch_size=BATCH)
    return {**persons, **fresh}


def _fill(person: Person, row: Row) -> Person:
    for name in PERSON_TEXTS:
        setattr(person, name, getattr(row.entry, name))
    person.staff_no = row.entry.staff_no or person.staff_no
    person.sort_key = sort_key(person.name, person=True)
    person.unit, person.left_on = row.unit, None
    return person


def _write_seats(
    planned: Plan, groups: dict[str, Group], persons: dict[int, Person], remove: set[str], today: date
) -> int:
    """Ends seats first and opens seats after, so that a group never has two leaders. Returns how many people were removed."""
    ending: list[Membership] = []
    opening: list[Membership] = []
    for row in planned.rows:
        role = row.entry.member_role or MemberRole.MEMBER
        here = (row.group_code, str(role), row.entry.is_primary)
        if row.seat and (row.seat.group.code, row.seat.role, row.seat.is_primary) == here:
            continue
        if row.seat:
            ending.append(row.seat)
        opening.append(
            Membership(
                group=groups[row.group_code],
                person=persons[row.identity],
                role=role,
                is_primary=row.entry.is_primary,
                since=today,
            )
        )
    removed = {item.person.code for item in planned.missing if item.person.code in remove}
    for item in planned.missing:
        if item.person.code in removed:
            ending.append(item.seat)
        elif item.demoted:
            ending.append(item.seat)
            opening.append(_member_again(item.seat, today))
    _end(ending, today)
    Membership.objects.bulk_create(opening, batch_size=BATCH)
    return len(removed)


def _member_again(seat: Membership, today: date) -> Membership:
    """The seat of a leader whom the file replaces without naming her: she stays, as a member."""
    return Membership(
        group_id=seat.group_id,
        person_id=seat.person_id,
        role=MemberRole.MEMBER,
        is_primary=seat.is_primary,
        since=today,
    )


def _end(seats: Iterable[Membership], today: date) -> None:
    """Seats of an earlier day get an end; those of today never were."""
    seats = list(seats)
    started_today = [seat.pk for seat in seats if seat.since >= today]
    earlier = [seat.pk for seat in seats if seat.since < today]
    for offset in range(0, len(earlier), BATCH):
        Membership.objects.filter(pk__in=earlier[offset : offset + BATCH]).update(until=today)
    for offset in range(0, len(started_today), BATCH):
        Membership.objects.filter(pk__in=started_today[offset : offset + BATCH]).delete()


@transaction.atomic
def export_roster(campaign: Campaign, *, by: User | None, at: datetime) -> bytes:
    """附件1 of today with all phones. Side effects: journal `roster_exported`. NotAllowed: not head office."""
    lender = need_coordinator(by, at)
    today = timezone.localdate(at)
    content = write_roster(campaign, on=today)
    journal.record(
        "roster_exported", campaign, by=by, at=at, on_behalf_of=lender, label=campaign.name, on=today.isoformat()
    )
    return content
