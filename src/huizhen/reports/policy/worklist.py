"""Who may read phones in a work list, and who writes its words."""

from __future__ import annotations

from typing import Any

from huizhen.directory.queries import Standing


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
