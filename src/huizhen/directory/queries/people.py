"""Persons: who is on duty, who stands in for whom, the list of the directory page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q

from huizhen.accounts.models import User
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import (
    Campaign,
    Domain,
    Duty,
    Group,
    Leave,
    Membership,
    Person,
    Posting,
    RosterUpload,
    Unit,
)
from huizhen.directory.queries.standings import chain_end, deputies_on
from huizhen.lib.errors import NotVisible
from huizhen.lib.text import clean

UPLOAD_LASTS = timedelta(days=1)


def monday_of(on: date) -> date:
    """The Monday of a day's week; duty is rostered by it."""
    return on - timedelta(days=on.weekday())


def person_of(user: User) -> Person | None:
    """The person behind an account."""
    return Person.objects.select_related("unit").filter(user_id=user.pk).first()


def leave_of(person: Person, *, on: date) -> Leave | None:
    """The leave a person is on."""
    away = Leave.objects.filter(person=person, since__lte=on, until__gt=on)
    return away.select_related("deputy").order_by("-since", "-pk").first()


def deputy_of(person: Person, *, on: date) -> Person | None:
    """Who acts for a person on a day. None: she is there, or every deputy of the chain is away as well."""
    deputies = deputies_on(on)
    if person.pk not in deputies:
        return None
    end = chain_end(person.pk, deputies)
    here = Person.objects.select_related("unit").filter(Q(left_on=None) | Q(left_on__gt=on))
    return here.filter(pk=end).first() if end else None


def desk_person(*, on: date) -> Person | None:
    """Who holds the triage desk 导诊台: the duty officer of the week, else the longest-serving coordinator."""
    duty = Duty.objects.filter(group=None, week=monday_of(on)).select_related("person", "person__unit").first()
    if duty:
        return duty.person
    post = (
        Posting.objects.filter(Q(until=None) | Q(until__gt=on), role=PostingRole.COORDINATOR, since__lte=on)
        .select_related("person", "person__unit")
        .order_by("since", "pk")
        .first()
    )
    return post.person if post else None


def duty_person(group: Group | None, *, on: date) -> Person | None:
    """Who is rostered for the week of a day, in a group or (None) at the triage desk. Leave is not looked at here."""
    if group is None:
        return desk_person(on=on)
    duty = Duty.objects.filter(group=group, week=monday_of(on)).select_related("person", "person__unit").first()
    return duty.person if duty else None


@dataclass(frozen=True)
class Page:
    """A slice of people and the key of the next one; "" at the end."""

    persons: Sequence[Person]
    after: str


def persons(
    campaign: Campaign,
    *,
    on: date,
    text: str = "",
    domain: Domain | None = None,
    group: Group | None = None,
    unit: Unit | None = None,
    after: str = "",
    limit: int = 50,
) -> Page:
    """Experts of a campaign by pinyin of their names, with their groups of the day in `seats`; two queries."""
    seats = Membership.objects.filter(Q(until=None) | Q(until__gt=on), group__campaign=campaign, since__lte=on)
    mine = seats.filter(person=OuterRef("pk"))
    if domain:
        mine = mine.filter(group__domain=domain)
    if group:
        mine = mine.filter(group=group)
    found = Person.objects.filter(Exists(mine)).select_related("unit")
    if unit:
        found = found.filter(unit=unit)
    for word in clean(text)[:60].split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(sort_key__startswith=word.lower())
            | Q(code__iexact=word)
            | Q(specialities__icontains=word)
            | Q(focus__icontains=word)
            | Q(post__icontains=word)
        )
    key, _, last = clean(after).rpartition("|")
    if key and last.isdecimal() and len(last) < 19:
        found = found.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=int(last)))
    held = Prefetch(
        "memberships", seats.select_related("group", "group__domain").order_by("-is_primary"), to_attr="seats"
    )
    rows = list(found.order_by("sort_key", "pk").prefetch_related(held)[: limit + 1])
    more = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], f"{more.sort_key}|{more.pk}" if more else "")


def upload(token: str, *, by: User, at: datetime) -> RosterUpload:
    """A roster file its uploader may still confirm. NotVisible: somebody else's, applied, or older than a day."""
    kept = (
        RosterUpload.objects.select_related("campaign")
        .filter(token=token[:43], by=by, at__gt=at - UPLOAD_LASTS)
        .first()
    )
    if kept is None:
        raise NotVisible("upload_gone")
    return kept
