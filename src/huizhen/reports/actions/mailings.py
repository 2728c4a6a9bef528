"""定时发送: making, pausing and removing a mailing, and sending what is due.

What goes out is a journal entry for the people who may see the view; `notifications` makes messages and mails of it, and asks
`files_of_mailing` for the file when a mail leaves, as its receiver may see it then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, current_campaign, standing
from huizhen.directory.queries.standings import standings_of
from huizhen.journal.actions import record
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotVisible
from huizhen.lib.text import clean
from huizhen.reports.choices import MailedState, Rhythm
from huizhen.reports.clocks.mailings import LAST_DAY, next_moment
from huizhen.reports.models import Mailed, Mailing
from huizhen.reports.queries.mailings import get_mailing, is_sound, may_see, params_of, people_called
from huizhen.reports.sheets.mailings import file_of
from huizhen.worktime.queries import calendar

LONGEST_NAME = 30
MOST = 20
"""Mailings of one person."""
MOST_PEOPLE = 50
_SEPARATORS = re.compile(r"[、,，;；\n]+")


def make_mailing(
    *,
    name: str,
    kind: str,
    query: str,
    rhythm: str,
    number: int,
    hour: time,
    to: str,
    has_file: bool,
    by: User,
    at: datetime,
) -> Mailing:
    """Keep a view that is sent. `query`: of the address of the page; `to`: names or human codes, separated by 、.

    The same to the same people again is the one that is there; to others it is another.
    Side effects: journal `mailing_made`. NotVisible: she has no person. Invalid: name, kind (no view of ours, or not hers), number,
    to (unknown, of several, may not see it, too many), too many mailings.
    """
    today = timezone.localdate(at)
    who = standing(by, on=today)
    if who.person is None:
        raise NotVisible("mailing_unknown")
    called, faults = clean(name).strip(), dict[str, list[Fault]]()
    if not called or len(called) > LONGEST_NAME:
        faults["name"] = [
            Fault("too_long", {"max": LONGEST_NAME, "length": len(called)}) if called else Fault("required")
        ]
    if rhythm not in Rhythm.values or not 1 <= number <= (7 if rhythm == Rhythm.WEEKLY else LAST_DAY):
        faults["number"] = [Fault("out_of_bounds", {"least": 1, "most": 7 if rhythm == Rhythm.WEEKLY else LAST_DAY})]
    campaign = current_campaign()
    try:
        params = params_of(kind, query)
    except ValueError:
        raise Invalid.one("name", "mailing_no_view") from None
    if (
        campaign is None
        or not may_see(who, kind, params, campaign)
        or not is_sound(kind, params, campaign, today=today)
    ):
        raise Invalid.one("name", "mailing_no_view")
    if faults:
        raise Invalid(faults)
    people = _recipients(to, kind, params, at=at)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=who.person.pk)  # two clicks at once
        mine = Mailing.objects.filter(owner=who.person, removed_at=None)
        text = urlencode(params)
        told: dict[str, Any] = {
            "name": called,
            "kind": kind,
            "query": text,
            "rhythm": rhythm,
            "number": number,
            "hour": hour,
        }
        meant = {one.pk for one in people}
        for same in mine.filter(**told, has_file=has_file).prefetch_related("recipients"):
            if {one.pk for one in same.recipients.all()} == meant:
                return same
        if mine.count() >= MOST:
            raise Invalid.one("name", "too_many", max=MOST)
        made = Mailing.objects.create(
            **told,
            owner=who.person,
            has_file=has_file,
            next_at=next_moment(rhythm, number, hour, after=at, calendar=calendar()),
            made_at=at,
        )
        made.recipients.set(people)
        record(
            "mailing_made", made, by=by, at=at, label=called, kind=kind, rhythm=rhythm, number=number,
            persons=[one.pk for one in people],
        )  # fmt: skip
        return made


def _recipients(to: str, kind: str, params: dict[str, str], *, at: datetime) -> Sequence[Person]:
    today = timezone.localdate(at)
    names = list(dict.fromkeys(filter(None, map(str.strip, _SEPARATORS.split(clean(to, lines=True))))))
    if not names:
        raise Invalid.one("to", "required")
    if len(names) > MOST_PEOPLE:
        raise Invalid.one("to", "too_many", max=MOST_PEOPLE)
    found, unknown, several = people_called(names, on=today)
    if unknown:
        raise Invalid.one("to", "unknown", value=unknown[0][:40])
    if several:
        raise Invalid.one("to", "name_of_several", value=several[0][:40])
    people = list({one.pk: one for one in found.values()}.values())
    standings = standings_of(people, on=today)
    campaign = current_campaign()
    for one in people:
        if not may_see(standings[one.pk], kind, params, campaign):
            raise Invalid.one("to", "recipient_may_not", name=one.name)
    return people


def pause_mailing(mailing: Mailing, *, by: User, at: datetime) -> Mailing:
    """It goes out no more until it is resumed. Side effects: journal `mailing_paused`, unless it was. NotVisible, NotAllowed: not hers."""
    return _turn(mailing, "mailing_paused", is_paused=True, by=by, at=at)


def resume_mailing(mailing: Mailing, *, by: User, at: datetime) -> Mailing:
    """It goes out again, from the next day that is meant. Side effects: journal `mailing_resumed`, unless it was not paused."""
    return _turn(mailing, "mailing_resumed", is_paused=False, by=by, at=at)


def remove_mailing(mailing: Mailing, *, by: User, at: datetime) -> Mailing:
    """It is gone from all lists. Side effects: journal `mailing_removed`, once. NotVisible, NotAllowed: not hers."""
    with transaction.atomic():
        row = _own(mailing, by, at)
        if row.removed_at is None:
            row.removed_at = at
            row.save(update_fields=["removed_at"])
            record("mailing_removed", row, by=by, at=at, label=row.name)
        return row


def _turn(mailing: Mailing, verb: str, *, is_paused: bool, by: User, at: datetime) -> Mailing:
    with transaction.atomic():
        row = _own(mailing, by, at)
        if row.is_paused != is_paused:
            row.is_paused = is_paused
            row.next_at = next_moment(row.rhythm, row.number, row.hour, after=at, calendar=calendar())
            row.save(update_fields=["is_paused", "next_at"])
            record(verb, row, by=by, at=at, label=row.name)
        return row


def _own(mailing: Mailing, by: User, at: datetime) -> Mailing:
    """The row, locked, of its owner."""
    who = standing(by, on=timezone.localdate(at))
    Mailing.objects.select_for_update().filter(pk=mailing.pk).values_list("pk").first()
    row = get_mailing(who.person, mailing.key)
    if who.person is None or row.owner_id != who.person.pk:
        raise NotAllowed("mailing_of_others")
    return row


def send_me_one(mailing: Mailing, *, by: User, at: datetime) -> bool:
    """One for the asker herself, now; False: she got one within this minute. NotVisible: none of hers, or the view is hers no more."""
    who = standing(by, on=timezone.localdate(at))
    if who.person is None or not may_see(who, mailing.kind, params_of(mailing.kind, mailing.query), current_campaign()):
        raise NotVisible("mailing_unknown")
    with transaction.atomic():
        row = Mailing.objects.select_for_update().get(pk=mailing.pk)
        get_mailing(who.person, row.key)
        moment = at.replace(second=0, microsecond=0)
        _made, is_new = Mailed.objects.get_or_create(
            mailing=row, moment=moment, person=who.person, defaults={"state": MailedState.SENT, "at": at}
        )
        if is_new:
            record("mailing_sent", row, by=None, at=at, label=row.name, persons=[who.person.pk])
        return is_new


def send_due(mailing: Mailing, *, at: datetime) -> int:
    """Send what is due, once for each recipient and moment; what a worker that was down missed is one sending. How many it went to.

    Side effects: rows, the next moment; journal `mailing_sent` for those who may see the view, `mailing_refused` for the owner about each
    who may not. Who left is passed over; when the owner left, it pauses.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        row = Mailing.objects.select_for_update(of=("self",)).select_related("owner").get(pk=mailing.pk)
        if row.is_paused or row.removed_at is not None or row.next_at > at:
            return 0
        moment = row.next_at
        row.next_at = next_moment(row.rhythm, row.number, row.hour, after=at, calendar=calendar())
        is_orphan = row.owner.left_on is not None and row.owner.left_on <= today
        row.is_paused = is_orphan
        row.save(update_fields=["next_at", "is_paused"])
        if is_orphan:
            record("mailing_paused", row, by=None, at=at, label=row.name)
            return 0
        people = [one for one in row.recipients.select_related("unit") if one.left_on is None or one.left_on > today]
        standings, params, campaign = standings_of(people, on=today), params_of(row.kind, row.query), current_campaign()
        seen = {one.pk: may_see(standings[one.pk], row.kind, params, campaign) for one in people}
        there = set(Mailed.objects.filter(mailing=row, moment=moment).values_list("person_id", flat=True))
        fresh = [one for one in people if one.pk not in there]
        Mailed.objects.bulk_create(
            Mailed(
                mailing=row, moment=moment, person=one, at=at,
                state=MailedState.SENT if seen[one.pk] else MailedState.REFUSED,
            )
            for one in fresh
        )  # fmt: skip
        told = [one.pk for one in fresh if seen[one.pk]]
        if told:
            record("mailing_sent", row, by=None, at=at, label=row.name, persons=told)
        for one in fresh:
            if not seen[one.pk]:
                record("mailing_refused", row, by=None, at=at, label=row.name, persons=[row.owner_id], person=one.pk)
        return len(told)


def files_of_mailing(pk: int, reader: Standing, *, at: datetime) -> tuple[tuple[str, bytes], ...]:
    """Name and content of what goes along with a mail of this mailing, as the reader may see it now. Nothing: no file was wanted, it is too
    long, or the view is not hers any more."""
    row = Mailing.objects.filter(pk=pk, has_file=True, removed_at=None).first()
    if row is None:
        return ()
    params, campaign = params_of(row.kind, row.query), current_campaign()
    if not may_see(reader, row.kind, params, campaign):
        return ()
    content = file_of(reader, row.kind, params, campaign, at=at)
    return ((f"{row.name}-{timezone.localdate(at):%Y%m%d}.xlsx", content),) if content else ()
