"""Who may change the directory. `by=None` is the system itself and may.

Each answers with the name of the person away for whom alone the actor has the right, for the journal; "" when it is her own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import Standing, standing
from huizhen.directory.queries.presence import may_answer_for, may_mark_left, may_record_leave, seats_of
from huizhen.lib.errors import NotAllowed


def _need(by: User | None, at: datetime, may: Callable[[Standing], bool], refusal: str) -> str:
    if by is None:
        return ""
    mine = standing(by, on=timezone.localdate(at))
    if not may(mine):
        raise NotAllowed(refusal)
    return mine.lender_name(may)


def need_coordinator(by: User | None, at: datetime) -> str:
    """Head office only. NotAllowed otherwise."""
    return _need(by, at, lambda one: one.is_coordinator, "coordinator_only")


def need_leader(by: User | None, group: Group, at: datetime) -> str:
    """The group's leader, her deputy while she is away, or head office. NotAllowed otherwise."""
    return _need(by, at, lambda one: one.is_coordinator or group.pk in one.led_group_ids, "leader_only")


def need_own(by: User | None, person: Person, at: datetime) -> str:
    """The person herself, the leader of one of her groups, or head office. NotAllowed otherwise."""
    seats = seats_of(person, on=timezone.localdate(at)) if by else ()
    return _need(by, at, lambda one: may_answer_for(one, person, seats), "own_person_only")


def need_departure(by: User | None, person: Person, at: datetime) -> str:
    """Head office, or the leader of a member who holds no post. Nobody marks herself. NotAllowed otherwise."""
    on = timezone.localdate(at)
    seats = seats_of(person, on=on) if by else ()
    return _need(by, at, lambda one: may_mark_left(one, person, seats, on=on), "own_person_only")


def need_leave(by: User | None, person: Person, at: datetime) -> str:
    """As `need_own`, but who holds a post or leads another group says herself, or head office does, who acts for her."""
    on = timezone.localdate(at)
    seats = seats_of(person, on=on) if by else ()
    return _need(by, at, lambda one: may_record_leave(one, person, seats, on=on), "own_person_only")
