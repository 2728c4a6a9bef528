"""Who may read phones in a work list, who writes its words, who reads what a leader signed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Group, Membership
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible


def shares(standing: Standing, case: Any) -> bool:
    """Whether she shares the case: of its branch, its group, its domain, accountable, asked first, or head office.

    Narrower than `cases.policy.roles_on`, which reads rows for each case: who was only invited shows numbers one by one. `case` is a
    `Case`, or a row with its keys.
    """
    if standing.person is None:
        return False
    return (
        standing.is_coordinator
        or case.branch_id in standing.branch_ids
        or case.group_id in standing.group_ids
        or case.domain_id in standing.domain_ids
        or case.accountable_id in standing.person_ids
        or case.first_responder_id in standing.person_ids
    )


def writes(standing: Standing, case: Any) -> bool:
    """Who writes 当前进展, 存在问题 and 备注 of a case: whoever is accountable, the leader of its group, its branch."""
    if standing.person is None:
        return False
    return (
        case.accountable_id in standing.person_ids
        or case.group_id in standing.led_group_ids
        or case.branch_id in standing.branch_ids
    )


def signed_groups(standing: Standing) -> QuerySet[Group]:
    """Groups of the current campaign whose signed work lists she may read: readers of all, liaisons those of their domains, the group itself,
    and the clerk of the unit in which its leader works. A group merged into another is left out."""
    groups = Group.objects.filter(campaign__is_current=True, closed_on=None)
    if standing.person is None:
        return groups.none()
    if standing.is_reader_of_all:
        return groups
    led = Membership.objects.filter(role=MemberRole.LEADER, until=None, person__unit__in=standing.unit_ids)
    hers = Q(pk__in=standing.group_ids) | Q(domain__in=standing.domain_ids) | Q(pk__in=led.values("group"))
    return groups.filter(hers)


def get_signed_group(standing: Standing, code: str) -> Group:
    """The group with this code among them; NotVisible otherwise, whether it exists or not."""
    found = signed_groups(standing).select_related("domain", "campaign").filter(code=code).first()
    if found is None:
        raise NotVisible("group_unknown", code=code[:20])
    return found
