"""转诊, rulings, invitations: responsibility moves with acceptance or ruling, never before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from huizhen.cases import jobs
from huizhen.cases.models import Access, Case, Transfer
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Leave, Posting
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import NotAllowed, NotNow, NotVisible
from huizhen.worktime.actions import load_year
from huizhen.worktime.queries import calendar, days_of
from tests.cases.plays import HOUR, PLAYS
from tests.cast import MONDAY, Cast

LATER = MONDAY + 6 * HOUR  # the disputed case of the plays is disputed at the fourth hour


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable", "group", "domain").get(pk=case.pk)


def clock(case: Case, name: str) -> datetime | None:
    found = [one for one in file_of(fresh(case)).clocks(calendar()) if one.name == name and one.is_open]
    return found[-1].due if found else None


def test_proposal_moves_nothing_and_acceptance_everything(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    before = fresh(case)
    session = clock(case, "session")

    assert (before.accountable, before.situation) == (cast.person("expert"), "transfer")
    cast.take(case, "accept_transfer", "other_expert", MONDAY + 2 * HOUR)
    after = fresh(case)
    assert (after.accountable, after.group, after.domain) == (
        cast.person("other_expert"), cast.other_group, cast.other_group.domain,
    )  # fmt: skip
    assert after.first_responder == cast.person("expert")
    # 11:00 + 4 h of a fresh first contact; the session's clock keeps running
    assert (clock(case, "first_contact"), clock(case, "session")) == (
        calendar().add(MONDAY + 2 * HOUR, timedelta(hours=4)),
        session,
    )
    assert Access.objects.filter(case=case, group=cast.group, why="former_group", until=None).exists()


def test_leader_who_accepts_names_one_of_the_group(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)

    with pytest.raises(NotAllowed) as no:
        cast.take(case, "accept_transfer", "other_expert", MONDAY + 2 * HOUR, person="other_leader")
    assert no.value.code == "leader_names"
    cast.take(case, "accept_transfer", "other_leader", MONDAY + 2 * HOUR, person="other_leader")
    assert fresh(case).accountable == cast.person("other_leader")


def test_receiver_on_leave_is_answered_for_and_stood_in_for(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    Leave.objects.create(
        person=cast.person("other_expert"), deputy=cast.person("mate"), since=date(2026, 3, 2), until=date(2026, 3, 9)
    )
    cast.take(case, "accept_transfer", "mate", MONDAY + 2 * HOUR)

    assert fresh(case).accountable == cast.person("mate")


def test_transfer_inside_the_group_keeps_group_and_domain(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "propose_transfer", "leader", MONDAY + HOUR, person="mate", reason="沈言行太忙")
    cast.take(case, "accept_transfer", "mate", MONDAY + 2 * HOUR)

    assert (fresh(case).accountable, fresh(case).group) == (cast.person("mate"), cast.group)


def test_first_refusal_ends_the_proposal_and_the_case_stays(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    cast.take(case, "refuse_transfer", "other_leader", MONDAY + 2 * HOUR, reason="不属于财务")

    assert Transfer.objects.get(case=case).state == "refused"
    assert (fresh(case).accountable, fresh(case).situation) == (cast.person("expert"), "session")
    assert clock(case, "transfer_answer") is None


def test_second_refusal_is_for_the_liaison_of_the_proposing_domain(cast: Cast) -> None:
    case = PLAYS["disputed"](cast)

    assert [one.state for one in case.transfers.order_by("pk")] == ["refused", "disputed"]
    assert clock(case, "ruling") is not None
    with pytest.raises(NotVisible):
        cast.take(case, "rule_transfer", "other_liaison", LATER, group="FIN-01", reason="财务办")
    cast.take(case, "rule_transfer", "liaison", LATER, group="FIN-01", reason="财务办")
    assert (fresh(case).accountable, fresh(case).group) == (cast.person("other_expert"), cast.other_group)
    assert [one.why for one in case.responsibilities.order_by("since")] == ["registered", "ruled"]


def test_ruling_that_it_stays_moves_nothing(cast: Cast) -> None:
    case = PLAYS["disputed"](cast)
    contact = clock(case, "first_contact")
    cast.take(case, "rule_transfer", "liaison", LATER, group="NET-01", reason="就是无线问题")

    assert (fresh(case).accountable, fresh(case).situation) == (cast.person("expert"), "session")
    assert case.responsibilities.count() == 1
    assert clock(case, "first_contact") == contact


def test_head_office_rules_only_after_the_liaison_had_a_day(cast: Cast) -> None:
    case = PLAYS["disputed"](cast)
    until = clock(case, "ruling")
    assert until is not None

    with pytest.raises(NotNow) as no:
        cast.take(case, "rule_transfer", "coordinator", until - HOUR / 60, group="FIN-01", reason="财务办")
    assert (no.value.code, no.value.args_["until"]) == ("liaison_rules_first", until)
    cast.take(case, "rule_transfer", "coordinator", until, group="FIN-01", reason="财务办")
    assert fresh(case).group == cast.other_group


def test_head_office_rules_at_once_where_a_domain_has_no_liaison(cast: Cast) -> None:
    Posting.objects.filter(role="liaison", domain=cast.group.domain).delete()
    case = PLAYS["disputed"](cast)
    cast.take(case, "rule_transfer", "coordinator", LATER, group="FIN-01", reason="财务办")

    assert fresh(case).group == cast.other_group


def test_answer_that_runs_out_is_for_the_liaison_and_may_still_come(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    due = Transfer.objects.get(case=case).due_at

    assert jobs.sweep(due - HOUR / 60)["transfers"] == 0
    assert jobs.sweep(due)["transfers"] == 1
    assert jobs.sweep(due)["transfers"] == 0
    assert Transfer.objects.get(case=case).state == "disputed"
    assert entries_of(case).filter(verb="transfer_lapsed").count() == 1
    assert clock(case, "ruling") == calendar().add(due, timedelta(hours=7))
    cast.take(case, "accept_transfer", "other_expert", due + HOUR)
    assert fresh(case).accountable == cast.person("other_expert")


def test_refusal_after_the_answer_ran_out_leaves_the_ruling(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    due = Transfer.objects.get(case=case).due_at
    jobs.sweep(due)
    ruling = clock(case, "ruling")
    cast.take(case, "refuse_transfer", "other_leader", due + HOUR, reason="不接")

    assert (Transfer.objects.get(case=case).state, clock(case, "ruling")) == ("disputed", ruling)


def test_refusals_are_counted_anew_after_somebody_took_it(cast: Cast) -> None:
    case = PLAYS["disputed"](cast)
    cast.take(case, "rule_transfer", "liaison", LATER, group="FIN-01", reason="财务办")
    cast.take(case, "propose_transfer", "other_expert", LATER + HOUR, group="NET-01", reason="还是无线")
    cast.take(case, "refuse_transfer", "leader", LATER + HOUR, reason="不接")

    assert case.transfers.order_by("-pk")[0].state == "refused"


def test_taken_back_transfer_is_over(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    cast.take(case, "take_back_transfer", "leader", MONDAY + 2 * HOUR)

    assert Transfer.objects.get(case=case).state == "taken_back"
    with pytest.raises(NotAllowed):
        cast.take(case, "accept_transfer", "other_expert", MONDAY + 3 * HOUR)


def test_calendar_change_moves_the_day_an_answer_runs_out(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    before = Transfer.objects.get(case=case).due_at
    holidays = [one.date for one in days_of(2026).filter(kind="holiday")]
    workdays = [one.date for one in days_of(2026).filter(kind="workday")]
    load_year(2026, holidays=[*holidays, date(2026, 3, 3)], workdays=workdays, source="改", by=None, at=MONDAY + HOUR)

    assert jobs.sweep(MONDAY + 2 * HOUR)["clocks"] == 1
    assert Transfer.objects.get(case=case).due_at == before + timedelta(days=1)


# ── joint consultation


def test_invited_group_accepts_and_signs_its_opinion(cast: Cast) -> None:
    case = PLAYS["invited"](cast)
    cast.take(case, "accept_invitation", "other_expert", MONDAY + 2 * HOUR)
    assert clock(case, "opinion") is not None
    cast.take(case, "sign_opinion", "other_leader", MONDAY + 3 * HOUR, text="成本太高", dissent=True)
    opinion = case.opinions.get()

    assert (case.invitations.get().state, clock(case, "opinion")) == ("signed", None)
    assert (opinion.group, opinion.is_dissent) == (cast.other_group, True)
    assert cast.person("other_leader").pk in file_of(fresh(case)).contributors


def test_group_is_invited_once_per_round_and_may_decline(cast: Cast) -> None:
    case = PLAYS["invited"](cast)

    with pytest.raises(NotNow) as no:
        cast.take(case, "invite", "expert", MONDAY + 2 * HOUR, group="FIN-01", ask="再看看")
    assert no.value.code == "invited_already"
    cast.take(case, "decline_invitation", "other_leader", MONDAY + 2 * HOUR, reason="没有时间")
    assert (case.invitations.get().state, clock(case, "invitation_answer")) == ("declined", None)


def test_invitation_nobody_answered_ends_with_the_case(cast: Cast) -> None:
    case = cast.diagnosed()
    cast.take(case, "invite", "expert", MONDAY + 2 * HOUR, group="FIN-01", ask="看成本")
    at = MONDAY + 3 * HOUR
    cast.take(case, "prescribe", "expert", at, **cast.prescription(at))
    cast.take(case, "accept_prescription", "requester", at)
    visit = MONDAY + timedelta(days=8)
    cast.take(case, "follow_up", "expert", visit, mode="online", verdict="effective", value="75", evidence="好了")
    cast.take(case, "give_verdict", "requester", visit, verdict="effective")
    cast.take(case, "resolve", "expert", visit, waiver="转日常")

    assert fresh(case).clock == "final_reply"


def test_second_member_who_answers_an_invitation_is_told_it_was_answered(cast: Cast) -> None:
    """Not now, rather than not hers: she was asked, but another of her group was faster."""
    case = PLAYS["invited"](cast)
    cast.take(case, "accept_invitation", "other_expert", LATER)
    for move in ("accept_invitation", "decline_invitation"):
        with pytest.raises(NotNow) as no:
            cast.take(case, move, "other_leader", LATER, **({"reason": "没有空"} if "decline" in move else {}))
        assert no.value.code == "no_invitation_open"
