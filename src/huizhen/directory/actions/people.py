"""Writes on people: duty, leave, posts, seats in groups, contact data."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.rights import need_coordinator, need_leader, need_leave, need_own
from huizhen.directory.choices import EARLIEST, MemberRole, PostingRole
from huizhen.directory.models import Branch, Domain, Duty, Group, Leave, Membership, Person, Posting, Unit
from huizhen.directory.queries import monday_of
from huizhen.directory.queries.accounts import working_coordinators
from huizhen.directory.queries.presence import is_long_leave, makes_circle, seats_of
from huizhen.directory.sheets.fields import EMAIL, PHONE, code_text, phone_text
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid, NotNow, StaleWrite
from huizhen.lib.text import clean
from huizhen.worktime.queries import calendar


@transaction.atomic
def set_duty(group: Group | None, *, week: date, person: Person, by: User | None, at: datetime) -> Duty:
    """Rosters a person for a week (its Monday counts), in a group or (None) at the triage desk; replaces who was rostered.

    Side effects: journal `duty_set`. NotAllowed: not the leader, not head office. Invalid: not of this group. NotNow: the week is over.
    """
    lender = need_leader(by, group, at) if group else need_coordinator(by, at)
    monday, today = monday_of(week), timezone.localdate(at)
    if monday < monday_of(today):
        raise NotNow("week_over")
    on = max(monday, today)
    lasting = Q(until=None) | Q(until__gt=on)
    if group:
        fits = Membership.objects.filter(lasting, group=group, person=person, since__lte=on).exists()
    else:
        fits = Posting.objects.filter(lasting, role=PostingRole.COORDINATOR, person=person, since__lte=on).exists()
    if not fits:
        raise Invalid.one("person", "not_of_this_group" if group else "not_of_the_desk")
    duty, _ = Duty.objects.update_or_create(group=group, week=monday, defaults={"person": person})
    journal.record(
        "duty_set",
        group or person,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=str(group or person),
        person=person.pk,
        week=monday.isoformat(),
    )
    return duty


@transaction.atomic
def record_leave(
    person: Person, *, since: date, until: date, deputy: Person, reason: str = "", by: User | None, at: datetime
) -> Leave:
    """Somebody is away from `since` to the day before `until`, and the deputy acts 代. Side effects: journal `leave_recorded`,
    and `leave_is_long` when her cases should be handed over (product.md 3.4).

    NotAllowed: neither herself, her leader nor head office. Invalid: wrong order, over already, overlapping, deputy unfit.
    """
    lender = need_leave(by, person, at)
    Person.objects.select_for_update().get(pk=person.pk)
    faults: dict[str, list[Fault]] = {}
    if until <= since:
        faults["until"] = [Fault("ends_before_start")]
    elif until <= timezone.localdate(at):
        faults["until"] = [Fault("leave_over")]
    elif Leave.objects.filter(person=person, since__lt=until, until__gt=since).exists():
        faults["since"] = [Fault("leave_overlaps")]
    if deputy.pk == person.pk:
        faults["deputy"] = [Fault("deputy_is_self")]
    elif deputy.left_on:
        faults["deputy"] = [Fault("deputy_left")]
    elif not faults and makes_circle(person, deputy, since=since, until=until):
        faults["deputy"] = [Fault("deputy_circle")]
    if faults:
        raise Invalid(faults)
    leave = Leave.objects.create(person=person, deputy=deputy, since=since, until=until, reason=clean(reason)[:100])
    journal.record(
        "leave_recorded",
        person,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=person.name,
        deputy=deputy.pk,
        since=since.isoformat(),
        until=until.isoformat(),
    )
    if is_long_leave(since, until):
        journal.record(
            "leave_is_long", person, by=by, at=at, on_behalf_of=lender, label=person.name, deputy=deputy.pk,
            days=calendar().working_days(since, until), groups=[seat.group_id for seat in seats_of(person, on=since)],
        )  # fmt: skip
    return leave


@transaction.atomic
def end_leave(leave: Leave, *, by: User | None, at: datetime) -> None:
    """Back early: from today on she acts herself; a leave that has not begun is struck. Side effects: journal `leave_ended`.

    NotAllowed as for recording. NotNow: it is over already.
    """
    lender = need_leave(by, leave.person, at)
    today = timezone.localdate(at)
    locked = Leave.objects.select_for_update().filter(pk=leave.pk, until__gt=today).first()
    if locked is None:
        raise NotNow("leave_over")
    if locked.since < today:
        locked.until = today
        locked.save(update_fields=["until"])
    else:
        locked.delete()
    journal.record(
        "leave_ended",
        leave.person,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=leave.person.name,
        since=leave.since.isoformat(),
        until=today.isoformat(),
    )


@transaction.atomic
def post(
    person: Person,
    *,
    role: PostingRole,
    since: date,
    title: str = "",
    branch: Branch | None = None,
    unit: Unit | None = None,
    domain: Domain | None = None,
    by: User | None,
    at: datetime,
) -> Posting:
    """Gives a post: requester of a branch, clerk of a unit, liaison of a domain, or one at head office.

    Side effects: journal `posted`. NotAllowed: not head office. Invalid: the post's place is missing, she holds it already, or it
    would begin before EARLIEST or more than a year ahead.
    """
    lender = need_coordinator(by, at)
    latest = timezone.localdate(at) + timedelta(days=366)
    if not EARLIEST <= since <= latest:
        raise Invalid.one("since", "too_late" if since > latest else "too_early", since=EARLIEST, until=latest)
    Person.objects.select_for_update().get(pk=person.pk)
    places = {
        PostingRole.REQUESTER: ("branch", branch),
        PostingRole.CLERK: ("unit", unit),
        PostingRole.LIAISON: ("domain", domain),
    }
    name, place = places.get(role, ("", None))
    if name and place is None:
        raise Invalid.one(name, "required")
    held = Posting.objects.filter(Q(until=None) | Q(until__gt=since), person=person, role=role)
    if held.filter(**{name: place} if name else {}).exists():
        raise Invalid.one("person", "post_held")
    posting = Posting.objects.create(
        person=person, role=role, title=clean(title)[:40], since=since, **({name: place} if name else {})
    )
    journal.record(
        "posted",
        person,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=person.name,
        role=str(role),
        place=str(place or ""),
        posting=posting.pk,
    )
    return posting


@transaction.atomic
def end_posting(posting: Posting, *, by: User | None, at: datetime) -> Posting:
    """Takes a post back from today on. Side effects: journal `posting_ended`. StaleWrite: it has ended.

    NotNow: the last post of head office, or of the last there who can sign in: nobody could give posts any more.
    """
    lender = need_coordinator(by, at)
    today = timezone.localdate(at)
    lasting = Posting.objects.select_for_update().filter(Q(until=None) | Q(until__gt=today))
    if posting.role == PostingRole.COORDINATOR:
        held = list(lasting.filter(role=PostingRole.COORDINATOR))
        if [other.pk for other in held] == [posting.pk] or working_coordinators(on=today) == {posting.person_id}:
            raise NotNow("last_coordinator")
    ended = lasting.filter(pk=posting.pk).update(until=max(today, posting.since))
    if not ended:
        raise StaleWrite("posting_over")
    posting.refresh_from_db()
    journal.record(
        "posting_ended",
        posting.person,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=posting.person.name,
        role=posting.role,
        place=str(posting.branch or posting.unit or posting.domain or ""),
        posting=posting.pk,
    )
    return posting


@transaction.atomic
def join_group(
    group: Group, *, person: Person, role: MemberRole = MemberRole.MEMBER, by: User | None, at: datetime
) -> Membership:
    """Seats a person in a group from today on; a second group in the campaign is marked as the exception it is.

    Side effects: journal `member_joined` on the group. NotAllowed: not head office. Invalid: she sits there, or it has a leader.
    """
    lender = need_coordinator(by, at)
    today = timezone.localdate(at)
    Person.objects.select_for_update().get(pk=person.pk)
    seats = Membership.objects.filter(
        Q(until=None) | Q(until__gt=today), person=person, group__campaign=group.campaign_id
    )
    if seats.filter(group=group).exists():
        raise Invalid.one("person", "seat_held")
    seat = Membership(
        group=group, person=person, role=role, since=today, is_primary=not seats.filter(is_primary=True).exists()
    )
    _save_seat(seat)
    journal.record(
        "member_joined",
        group,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=group.name,
        person=person.pk,
        role=str(role),
        seat=seat.pk,
    )
    return seat


@transaction.atomic
def move_member(seat: Membership, *, group: Group, role: MemberRole, by: User | None, at: datetime) -> Membership:
    """Changes group or role from today on; the old seat keeps its dates, so that each past day can still be told.

    Side effects: journal `member_moved` on the new group. NotAllowed: not head office. Invalid: she sits there, or it has a leader.
    StaleWrite: the seat has ended.
    """
    lender = need_coordinator(by, at)
    today = timezone.localdate(at)
    old_group, is_primary = seat.group, seat.is_primary
    if Membership.objects.filter(group=group, person=seat.person_id, until=None).exclude(pk=seat.pk).exists():
        raise Invalid.one("person", "seat_held")
    _end_seat(seat, today)
    fresh = Membership(group=group, person_id=seat.person_id, role=role, since=today, is_primary=is_primary)
    _save_seat(fresh)
    journal.record(
        "member_moved",
        group,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=group.name,
        person=seat.person_id,
        role=str(role),
        origin=old_group.code,
    )
    return fresh


@transaction.atomic
def leave_group(seat: Membership, *, by: User | None, at: datetime) -> None:
    """Ends a seat today. Side effects: journal `member_left` on the group. NotAllowed: not head office. StaleWrite: ended already."""
    lender = need_coordinator(by, at)
    _end_seat(seat, timezone.localdate(at))
    journal.record(
        "member_left",
        seat.group,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=seat.group.name,
        person=seat.person_id,
        role=seat.role,
    )


def _save_seat(seat: Membership) -> None:
    try:
        with transaction.atomic():
            seat.save()
    except IntegrityError:
        raise Invalid.one("role", "leader_exists")


def _end_seat(seat: Membership, today: date) -> None:
    lasting = Membership.objects.filter(Q(until=None) | Q(until__gt=today), pk=seat.pk)
    if not lasting.update(until=max(today, seat.since)):
        raise StaleWrite("seat_over")


@transaction.atomic
def change_contact(person: Person, *, phone: str, email: str, by: User | None, at: datetime) -> Person:
    """New phone and e-mail. Side effects: journal `contact_changed`, naming the fields and never the numbers.

    NotAllowed: neither herself, her leader nor head office. Invalid: not a phone, not an address.
    """
    lender = need_own(by, person, at)
    fresh = {"phone": phone_text(phone), "email": code_text(email)}
    faults = {}
    if fresh["phone"] and not PHONE.fullmatch(fresh["phone"]):
        faults["phone"] = [Fault("bad_phone")]
    if fresh["email"] and not (len(fresh["email"]) <= 120 and EMAIL.fullmatch(fresh["email"])):
        faults["email"] = [Fault("bad_email")]
    if faults:
        raise Invalid(faults)
    changed = [name for name, value in fresh.items() if getattr(person, name) != value]
    if changed:
        person.phone, person.email = fresh["phone"], fresh["email"]
        person.save(update_fields=changed)
        journal.record("contact_changed", person, by=by, at=at, on_behalf_of=lender, label=person.name, fields=changed)
    return person
