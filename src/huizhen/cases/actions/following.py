"""What happens to cases when people and places change: open cases go along, and nobody's responsibility moves by reorganisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import _admit_heads, _grant, _turn, lock
from huizhen.cases.models import Case, Draft
from huizhen.directory import actions as directory
from huizhen.directory.models import Branch, Group, Membership, Person
from huizhen.directory.queries.branches import contact_of
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid


@dataclass(frozen=True)
class Carried:
    """How many open cases went along."""

    cases: int


def change_leader(group: Group, *, person: Person, since: date, by: User | None, at: datetime) -> Membership:
    """Another leader. Proposals, disputes and verdicts follow the role by themselves; of 敏感 cases the new leader is admitted by name."""
    seat = directory.change_leader(group, person=person, since=since, by=by, at=at)
    admit_heads(group, at=at)
    return seat


def admit_heads(group: Group | None = None, *, at: datetime) -> int:
    """Leader and liaison of today see the open 敏感 cases of their group: nobody is left alone with one. Twice is once."""
    cases = Case.objects.filter(is_sensitive=True, is_open=True, group__isnull=False)
    if group is not None:
        cases = cases.filter(group=group)
    for case in cases.select_related("group", "domain").order_by("pk"):
        with transaction.atomic():
            _admit_heads(case, on=timezone.localdate(at), at=at)
    return cases.count()


@transaction.atomic
def split_group(
    group: Group,
    *,
    code: str,
    name: str,
    leader: Person,
    members: Iterable[Person],
    cases: Iterable[str],
    by: User | None,
    at: datetime,
) -> tuple[Group, Carried]:
    """A new group takes some members and some open cases, all or nothing. Whoever is accountable stays so, wherever she sits.

    Refusals of `directory.actions.split_group`; Invalid: a case that is not open in this group.
    """
    fresh = directory.split_group(group, code=code, name=name, leader=leader, members=members, by=by, at=at)
    wanted = set(cases)
    found = list(Case.objects.filter(code__in=wanted, group=group, is_open=True).order_by("pk"))
    if missing := sorted(wanted - {one.code for one in found}):
        raise Invalid.one("cases", "case_elsewhere", code=missing[0][:20])
    for case in found:
        _to_group(case, fresh, by=by, at=at, keep=True)
    return fresh, Carried(len(found))


def merge_group(group: Group, *, into: Group, by: User | None, at: datetime) -> tuple[Group, Carried]:
    """A group goes into another with its people and all its open cases. Closed cases keep the name they were closed under."""
    ended = directory.merge_group(group, into=into, by=by, at=at)
    return ended, carry_cases(by=by, at=at)


@transaction.atomic
def dissolve_branch(
    branch: Branch, *, successor: Branch | None, by: User | None, at: datetime
) -> tuple[Branch, Carried]:
    """A branch ends; its successor asks in its place in every open case and unsent draft.

    Refusals of `directory.actions.dissolve_branch`; Invalid: cases are open and no successor was named.
    """
    open_cases = Case.objects.filter(branch=branch, is_open=True).count()
    if open_cases and successor is None:
        raise Invalid.one("successor", "branch_has_open_cases", name=branch.name, n=open_cases)
    ended = directory.dissolve_branch(branch, successor=successor, by=by, at=at)
    if successor is not None:
        Draft.objects.filter(branch=branch, case=None).update(branch=successor)
    return ended, carry_cases(by=by, at=at)


def carry_cases(*, by: User | None = None, at: datetime) -> Carried:
    """Open cases of closed groups and dissolved branches go to the successor, each in its own transaction. Twice is once.

    Called after the change itself, and by the job, should a process have ended in between.
    """
    carried = 0
    groups = Case.objects.filter(is_open=True, group__closed_on__isnull=False).select_related(
        "group__successor__domain"
    )
    for case in groups.order_by("pk"):
        if case.group is not None and case.group.successor is not None:
            carried += _to_group(case, case.group.successor, by=by, at=at)
    today = timezone.localdate(at)
    branches = Case.objects.filter(is_open=True, branch__successor__isnull=False, branch__until__lte=today)
    for case in branches.select_related("branch__successor__unit").order_by("pk"):
        if case.branch.successor is not None:
            carried += _to_branch(case, case.branch.successor, by=by, at=at)
    return Carried(carried)


@transaction.atomic
def _to_group(case: Case, group: Group, *, by: User | None, at: datetime, keep: bool = False) -> bool:
    """Put an open case under another group. `keep`: the old group may still read it (that of a merged one may by succession)."""
    locked = lock(case.pk)
    if locked.group_id != case.group_id or not locked.is_open:
        return False
    former = locked.group
    Case.objects.filter(pk=locked.pk).update(group=group, domain=group.domain_id, version=F("version") + 1)
    locked.group, locked.domain = group, group.domain
    if keep and former is not None and not locked.is_sensitive:
        _grant(locked, at=at, why="former_group", group=former)
    if locked.is_sensitive:
        _admit_heads(locked, on=timezone.localdate(at), at=at)
    _turn(locked, at=at)
    record(
        "group_moved", locked, by=by, at=at, label=locked.code, group=group.pk, former=former.pk if former else None,
        person=locked.accountable_id,
    )  # fmt: skip
    return True


@transaction.atomic
def _to_branch(case: Case, branch: Branch, *, by: User | None, at: datetime) -> bool:
    """Let another branch ask in a case. Its requester stays if she is a contact there, else the longest-serving contact takes over."""
    locked = lock(case.pk)
    if locked.branch_id != case.branch_id or not locked.is_open:
        return False
    day = timezone.localdate(at)
    stays = branch.postings.filter(person=locked.requester_id, role="requester", until=None).exists()
    requester = locked.requester if stays else contact_of(branch, on=day)
    if requester is None:
        return False
    Case.objects.filter(pk=locked.pk).update(
        branch=branch, unit=branch.unit_id, requester=requester, version=F("version") + 1
    )
    _grant(locked, at=at, why="requester", person=requester)
    locked.branch, locked.unit, locked.requester = branch, branch.unit, requester
    _turn(locked, at=at)
    record(
        "branch_moved",
        locked,
        by=by,
        at=at,
        label=locked.code,
        branch=branch.pk,
        former=case.branch_id,
        person=requester.pk,
    )
    return True
