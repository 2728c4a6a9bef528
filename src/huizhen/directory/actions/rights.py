"""Who may change the directory. `by=None` is the system itself and may."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Group, Membership, Person
from huizhen.directory.queries import standing
from huizhen.lib.errors import NotAllowed


def need_coordinator(by: User | None, at: datetime) -> None:
    """Head office only. NotAllowed otherwise."""
    if by is not None and not standing(by, on=timezone.localdate(at)).is_coordinator:
        raise NotAllowed("coordinator_only")


def need_leader(by: User | None, group: Group, at: datetime) -> None:
    """The group's leader, her deputy while she is away, or head office. NotAllowed otherwise."""
    if by is None:
        return
    on = timezone.localdate(at)
    mine = standing(by, on=on)
    led = Membership.objects.filter(
        Q(until=None) | Q(until__gt=on), group=group, role=MemberRole.LEADER, person__in=mine.person_ids, since__lte=on
    )
    if not (mine.is_coordinator or led.exists()):
        raise NotAllowed("leader_only")


def need_own(by: User | None, person: Person, at: datetime) -> None:
    """The person herself, the leader of one of her groups, or head office. NotAllowed otherwise."""
    if by is None:
        return
    on = timezone.localdate(at)
    mine = standing(by, on=on)
    if mine.is_coordinator or (mine.person and mine.person.pk == person.pk):
        return
    hers = Membership.objects.filter(Q(until=None) | Q(until__gt=on), person=person, since__lte=on)
    if not hers.filter(group__in=mine.led_group_ids).exists():
        raise NotAllowed("own_person_only")
