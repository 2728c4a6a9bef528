"""What a change among people and places would touch, for its preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from huizhen.cases.models import Case, Draft, Invitation, Transfer
from huizhen.cases.policy import visible
from huizhen.directory.models import Branch, Group
from huizhen.directory.queries import Standing


@dataclass(frozen=True)
class GroupLoad:
    """Open cases of a group, and what others asked of it."""

    cases: int
    transfers: int
    invitations: int


def load_of_group(group: Group) -> GroupLoad:
    """Three counts over the open cases of one group."""
    return GroupLoad(
        cases=Case.objects.filter(group=group, is_open=True).count(),
        transfers=Transfer.objects.filter(to_group=group, state__in=["open", "disputed"]).count(),
        invitations=Invitation.objects.filter(
            Q(state="invited") | Q(state="accepted"), group=group, case__is_open=True
        ).count(),
    )


def open_cases_of_group(standing: Standing, group: Group) -> Sequence[Case]:
    """The open cases of a group that the reader sees, by code."""
    found = visible(standing).filter(group=group, is_open=True).select_related("accountable", "branch")
    return list(found.order_by("code")[:200])


@dataclass(frozen=True)
class BranchLoad:
    """Open cases and unsent drafts of a branch."""

    cases: int
    drafts: int


def load_of_branch(branch: Branch) -> BranchLoad:
    """Two counts over one branch."""
    return BranchLoad(
        cases=Case.objects.filter(branch=branch, is_open=True).count(),
        drafts=Draft.objects.filter(branch=branch, case=None).count(),
    )
