"""Open cases follow changes among people and places; responsibility does not move by reorganisation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huizhen.cases import jobs
from huizhen.cases.actions import register, start_draft
from huizhen.cases.actions.following import carry_cases, change_leader, dissolve_branch, merge_group, split_group
from huizhen.cases.models import Case, Draft
from huizhen.cases.policy import visible
from huizhen.cases.queries.accountability import unaccounted
from huizhen.directory import actions as directory
from huizhen.directory.queries import standing
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast

TODAY = date(2026, 3, 2)
NOW = MONDAY + 4 * HOUR


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable", "group", "domain", "branch", "requester").get(pk=case.pk)


def sees(cast: Cast, who: str, case: Case) -> bool:
    return visible(standing(cast.users[who], on=TODAY)).filter(pk=case.pk).exists()


# ── leaders


def test_proposals_follow_the_role(cast: Cast) -> None:
    """The old leader proposed the end; the new one leads from her day on, and the old one no more."""
    case = cast.resolved("marked")
    at = MONDAY + 9 * DAY
    change_leader(cast.group, person=cast.person("mate"), since=at.date(), by=cast.coordinator, at=at)
    with pytest.raises(NotAllowed):
        cast.take(case, "decide_extraction", "leader", at, decision="extract")
    cast.take(case, "decide_extraction", "mate", at, decision="extract")


def test_a_disputed_prescription_waits_for_the_new_leader(cast: Cast) -> None:
    case = PLAYS["twice_returned"](cast)
    change_leader(cast.group, person=cast.person("mate"), since=TODAY, by=cast.coordinator, at=NOW)
    with pytest.raises(NotAllowed):
        cast.take(case, "rule_prescription", "leader", NOW + HOUR, decision="uphold", reason="可行")
    cast.take(case, "rule_prescription", "mate", NOW + HOUR, decision="uphold", reason="可行")
    prescription = case.prescriptions.latest("version")
    assert (prescription.state, prescription.ruling) == ("accepted", "可行")


def test_new_heads_see_sensitive_cases(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "mark_sensitive", "requester", MONDAY + HOUR, reason="涉及个人")
    assert not sees(cast, "mate", case)
    change_leader(cast.group, person=cast.person("mate"), since=TODAY, by=cast.coordinator, at=NOW)
    assert sees(cast, "mate", case)


# ── groups


def test_split_moves_listed_cases_and_nobodys_responsibility(cast: Cast) -> None:
    going, staying = cast.contacted(), cast.contacted()
    made, carried = split_group(
        cast.group, code="NET-02", name="网络优化二团", leader=cast.person("mate"), members=[cast.person("mate")],
        cases=[going.code], by=cast.coordinator, at=NOW,
    )  # fmt: skip
    assert carried.cases == 1
    assert (fresh(going).group, fresh(staying).group) == (made, cast.group)
    assert {fresh(one).accountable for one in (going, staying)} == {cast.person("expert")}
    assert unaccounted() == []
    # the old group reads on, the new one takes part, its leader leads
    assert sees(cast, "leader", going)
    cast.take(going, "sign_opinion", "mate", NOW, text="先看参数")
    cast.take(going, "exempt", "mate", NOW, reason="人少")
    assert entries_of(going).get(verb="group_moved").data["former"] == cast.group.pk


def test_split_is_all_or_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid):
        split_group(
            cast.group, code="NET-02", name="网络优化二团", leader=cast.person("mate"), members=[cast.person("mate")],
            cases=["HZ26-99999"], by=cast.coordinator, at=NOW,
        )  # fmt: skip
    assert not cast.campaign.groups.filter(code="NET-02").exists()
    assert cast.person("mate").memberships.get(until=None).group == cast.group


def test_merged_groups_cases_go_along_with_what_was_asked_of_it(cast: Cast) -> None:
    """Its open cases, the transfer proposed to it and the invitation it got are the successor's now."""
    own = cast.register(group=cast.other_group.code)
    offered = PLAYS["transferring"](cast)
    solved = cast.archived(at=MONDAY - 20 * DAY)
    ended, carried = merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=NOW)

    assert carried.cases == 1
    assert (fresh(own).group, fresh(own).domain) == (cast.group, cast.group.domain)
    assert fresh(own).accountable == cast.person("other_expert")
    assert fresh(solved).group == cast.group
    cast.take(offered, "accept_transfer", "leader", NOW)
    assert unaccounted() == []
    with pytest.raises(Invalid) as no:
        cast.register(group=ended.code, at=NOW)
    assert no.value.faults["group"][0].code == "group_closed_field"


def test_invitation_of_a_merged_group_is_answered_by_its_successor(cast: Cast) -> None:
    case = cast.contacted()
    third = directory.split_group(
        cast.group, code="NET-02", name="网络优化二团", leader=cast.person("mate"), members=[cast.person("mate")],
        by=None, at=NOW,
    )  # fmt: skip
    cast.take(case, "invite", "expert", NOW, group=cast.other_group.code, ask="请看成本")
    merge_group(cast.other_group, into=third, by=cast.coordinator, at=NOW)
    cast.take(case, "accept_invitation", "mate", NOW + HOUR)
    invitation = case.invitations.get()
    assert (invitation.group, invitation.state, invitation.answered_by) == (
        cast.other_group,
        "accepted",
        cast.person("mate"),
    )
    cast.take(case, "sign_opinion", "other_expert", NOW + HOUR, text="成本可控")
    assert (case.opinions.get().group, case.invitations.get().state) == (cast.other_group, "signed"), (
        "the answer to whom was asked"
    )


def test_a_merger_that_ended_halfway_is_carried_on_by_the_job(cast: Cast) -> None:
    case = cast.register(group=cast.other_group.code)
    directory.merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=NOW)
    assert fresh(case).group == cast.other_group
    assert sees(cast, "mate", case)
    assert jobs.follow_people(NOW)["carried"] == 1
    assert jobs.follow_people(NOW)["carried"] == 0
    assert fresh(case).group == cast.group


# ── branches


def test_branch_with_open_cases_needs_a_successor(cast: Cast) -> None:
    cast.register()
    with pytest.raises(Invalid) as no:
        dissolve_branch(cast.branch, successor=None, by=cast.coordinator, at=NOW)
    (fault,) = no.value.faults["successor"]
    assert (fault.code, fault.args["n"]) == ("branch_has_open_cases", 1)
    cast.branch.refresh_from_db()
    assert cast.branch.until is None


def test_successor_asks_in_the_place_of_a_dissolved_branch(cast: Cast) -> None:
    case, solved = cast.prescribed(), cast.archived(at=MONDAY - 20 * DAY)
    draft = start_draft(cast.branch, by=cast.requester, at=MONDAY)
    _, carried = dissolve_branch(cast.branch, successor=cast.other_branch, by=cast.coordinator, at=NOW)

    assert carried.cases == 1
    moved = fresh(case)
    assert (moved.branch, moved.unit, moved.requester) == (
        cast.other_branch, cast.other_branch.unit, cast.person("outsider"),
    )  # fmt: skip
    assert moved.accountable == cast.person("expert")
    assert fresh(solved).branch == cast.branch
    assert Draft.objects.get(pk=draft.pk).branch == cast.other_branch
    cast.take(case, "accept_prescription", "outsider", NOW + HOUR)
    with pytest.raises(NotAllowed):
        cast.take(case, "ask_on", "requester", NOW + HOUR, text="怎么样了？")
    assert entries_of(case).get(verb="branch_moved").data["person"] == cast.person("outsider").pk


def test_contact_of_both_branches_stays_the_requester(cast: Cast) -> None:
    case = cast.register()
    directory.post(
        cast.person("requester"),
        role="requester",
        since=TODAY,
        branch=cast.other_branch,
        by=None,
        at=NOW,  # type: ignore[arg-type]
    )
    dissolve_branch(cast.branch, successor=cast.other_branch, by=cast.coordinator, at=NOW)
    assert fresh(case).requester == cast.person("requester")


def test_nobody_registers_for_a_dissolved_branch(cast: Cast) -> None:
    draft = start_draft(cast.branch, by=cast.requester, at=MONDAY, values=cast.values())
    directory.dissolve_branch(cast.branch, successor=None, by=None, at=NOW)
    cast.branch.refresh_from_db()
    with pytest.raises((NotAllowed, NotNow)):
        register(draft, by=cast.requester, at=NOW)
    with pytest.raises((NotAllowed, NotNow)):
        start_draft(cast.branch, by=cast.clerk, at=NOW, values=cast.values())


def test_carrying_twice_is_carrying_once(cast: Cast) -> None:
    case: Any = cast.register()
    dissolve_branch(cast.branch, successor=cast.other_branch, by=cast.coordinator, at=NOW)
    version = fresh(case).version
    assert carry_cases(at=NOW + timedelta(hours=1)).cases == 0
    assert fresh(case).version == version
