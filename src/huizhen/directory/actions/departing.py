"""Somebody leaves for good: her seats, posts and duties end, and who acts for her holds what is still hers until it is handed over."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.accounts import shut
from huizhen.directory.actions.rights import need_departure
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import GONE, Duty, Leave, Membership, Person, Posting
from huizhen.directory.queries.accounts import working_coordinators
from huizhen.directory.queries.presence import makes_circle
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid, NotNow


@transaction.atomic
def mark_left(person: Person, *, left_on: date, deputy: Person, by: User | None, at: datetime) -> Person:
    """From `left_on` on she is gone: seats, posts and duties end, leaves after it are struck, and the deputy acts for what she still holds.

    From that day on she cannot sign in: today at once, a later day by the job. Her open cases stay hers, for nobody is ever without: the
    deputy acts 代 until each is handed over with acceptance. Side effects: journal `person_left`. NotAllowed: neither head office nor the
    leader of a plain member. Invalid: a day before today, an unfit deputy. NotNow: she has left, leads a group (name another leader first),
    or is the last one of head office, or the last there who can sign in.
    """
    lender = need_departure(by, person, at)
    today = timezone.localdate(at)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if locked.left_on is not None:
        raise NotNow("has_left_already", name=locked.name)
    faults: dict[str, list[Fault]] = {}
    if left_on < today:
        faults["left_on"] = [Fault("day_is_past")]
    if deputy.pk == locked.pk:
        faults["deputy"] = [Fault("deputy_is_self")]
    elif deputy.left_on is not None:
        faults["deputy"] = [Fault("deputy_left")]
    elif makes_circle(locked, deputy, since=left_on, until=GONE):
        faults["deputy"] = [Fault("deputy_circle")]
    if faults:
        raise Invalid(faults)
    lasting = Q(until=None) | Q(until__gt=left_on)
    seats = list(Membership.objects.filter(lasting, person=locked).select_related("group"))
    if led := next((seat.group for seat in seats if seat.role == MemberRole.LEADER), None):
        raise NotNow("leader_leaves", name=locked.name, group=led.name)
    posts = Posting.objects.filter(lasting, person=locked)
    others = Posting.objects.filter(lasting, role=PostingRole.COORDINATOR).exclude(person=locked)
    is_head_office = posts.filter(role=PostingRole.COORDINATOR).exists()
    if is_head_office and (not others.exists() or working_coordinators(on=today) == {locked.pk}):
        raise NotNow("last_coordinator")
    for seat in seats:
        Membership.objects.filter(pk=seat.pk).update(until=max(left_on, seat.since))
    for post in posts:
        Posting.objects.filter(pk=post.pk).update(until=max(left_on, post.since))
    Duty.objects.filter(person=locked, week__gte=left_on).delete()
    Leave.objects.filter(person=locked, since__gte=left_on).delete()
    Leave.objects.filter(person=locked, until__gt=left_on).update(until=left_on)
    Leave.objects.create(person=locked, deputy=deputy, since=left_on, until=GONE)
    locked.left_on = left_on
    locked.save(update_fields=["left_on"])
    if left_on <= today and locked.user_id is not None:
        shut(User.objects.select_for_update().get(pk=locked.user_id))
    journal.record(
        "person_left", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, deputy=deputy.pk,
        left_on=left_on.isoformat(), groups=sorted({seat.group_id for seat in seats}), posts=[post.pk for post in posts],
    )  # fmt: skip
    person.left_on = left_on
    return locked


@transaction.atomic
def end_stand_in(person: Person, *, at: datetime) -> bool:
    """Nothing is left to do for somebody who left: nobody acts for her any more. Journal `stand_in_ended`. True if it was so."""
    today = timezone.localdate(at)
    ended = Leave.objects.filter(person=person, until=GONE, since__lt=today).update(until=today)
    if ended:
        journal.record("stand_in_ended", person, by=None, at=at, label=person.name)
    return bool(ended)
