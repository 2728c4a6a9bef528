"""The end of a case: resolved, silent, archived; declined, unresolved, withdrawn; and begun again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huizhen.cases import jobs
from huizhen.cases.models import Case, Closing, Measure, Responsibility
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Duty, Leave, Membership
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import NotAllowed
from huizhen.worktime.queries import calendar
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable", "group").get(pk=case.pk)


def holds(case: Case) -> int:
    return Responsibility.objects.filter(case=case, until=None).count()


def test_open_measures_are_waived_with_the_reason(cast: Cast) -> None:
    case = cast.resolved()

    assert set(Measure.objects.values_list("state", "note")) == {("dropped", "其余措施转日常")}
    assert (fresh(case).stage, fresh(case).clock, holds(case)) == ("resolved", "final_reply", 1)


def test_resolution_voids_what_nobody_could_answer_any_more(cast: Cast) -> None:
    case = cast.followed("effective")
    at = MONDAY + 9 * DAY
    cast.take(case, "propose_unresolved", "leader", at, reason="等不及")
    cast.take(case, "resolve", "expert", at, waiver="转日常")

    assert not case.proposals.filter(is_open=True).exists()
    cast.take(case, "reopen", "requester", at + DAY, reason="又坏了")
    cast.take(case, "propose_unresolved", "leader", at + DAY, reason="真的不行")


def test_first_responder_signs_the_reply_although_another_holds_the_case(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    at = MONDAY + 2 * HOUR
    cast.take(case, "accept_transfer", "other_expert", at)
    cast.take(case, "log_contact", "other_expert", at, channel="phone", learned="问过")
    cast.take(case, "diagnose", "other_expert", at, findings="口径不对", causes=[{"text": "口径"}, {"text": "流程"}])
    cast.take(case, "sign_opinion", "other_leader", at, text="同意")
    cast.take(case, "prescribe", "other_expert", at, **cast.prescription(at))
    cast.take(case, "accept_prescription", "requester", at)
    visit = at + 8 * DAY
    cast.take(case, "follow_up", "other_expert", visit, mode="online", verdict="effective", value="75", evidence="好了")
    cast.take(case, "give_verdict", "requester", visit, verdict="effective")
    cast.take(case, "resolve", "other_expert", visit, waiver="转日常")
    reply = {"found": "口径", "changed": "流程", "keep": "每月核对"}

    with pytest.raises(NotAllowed):
        cast.take(case, "sign_final_reply", "other_expert", visit, **reply)
    cast.take(case, "sign_final_reply", "expert", visit, **reply)
    assert Closing.objects.get(case=case).replied_by == cast.person("expert")


def test_deputy_of_the_first_responder_signs_the_reply(cast: Cast) -> None:
    case = cast.resolved()
    Leave.objects.create(
        person=cast.person("expert"), deputy=cast.person("mate"), since=date(2026, 3, 9), until=date(2026, 3, 20)
    )
    at = MONDAY + 8 * DAY + 2 * HOUR
    cast.take(case, "sign_final_reply", "mate", at, found="容量", changed="负荷", keep="报表")

    assert entries_of(case).last().on_behalf_of == "沈言行"  # type: ignore[union-attr]


def test_silence_counts_as_an_answer_and_the_job_archives(cast: Cast) -> None:
    case = PLAYS["replied"](cast)
    sheet = Closing.objects.get(case=case)
    resolved_on = date(2026, 3, 10)

    assert sheet.silent_at == calendar().last_moment(calendar().add_days(resolved_on, 10))
    assert jobs.sweep(sheet.silent_at - timedelta(minutes=1))["forms"] == 0
    assert jobs.sweep(sheet.silent_at)["forms"] == 1
    sheet.refresh_from_db()
    assert (sheet.is_silent, sheet.formed_at, fresh(case).stage) == (True, sheet.silent_at, "resolved")
    assert entries_of(case).filter(verb="form_lapsed").count() == 1
    cast.take(case, "decide_extraction", "leader", sheet.silent_at, decision="no", reason="太特殊")
    assert jobs.sweep(sheet.silent_at + HOUR)["archived"] == 1
    assert (fresh(case).stage, holds(case), entries_of(case).last().actor_id) == ("archived", 0, None)  # type: ignore[union-attr]
    assert jobs.sweep(sheet.silent_at + 2 * HOUR) == dict.fromkeys(
        ("transfers", "forms", "archived", "clocks", "steps"), 0
    )


def test_effective_case_is_archived_without_an_extraction_decision(cast: Cast) -> None:
    case = cast.resolved("effective")
    at = MONDAY + 9 * DAY
    cast.take(case, "sign_final_reply", "expert", at, found="容量", changed="负荷", keep="报表")
    cast.take(case, "close_form", "requester", at, outcome="little", value=2, feasibility=3)

    assert jobs.sweep(at)["archived"] == 1
    assert fresh(case).closed_at == at


def test_trouble_of_one_case_does_not_stop_the_sweep(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = PLAYS["formed"](cast), PLAYS["formed"](cast)
    archive = jobs.archive

    def broken(case: Case, **words: object) -> Case:
        if case.pk == one.pk:
            raise RuntimeError("disk full")
        return archive(case, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "archive", broken)
    assert jobs.sweep(MONDAY + 10 * DAY)["archived"] == 1
    assert (fresh(one).stage, fresh(other).stage) == ("resolved", "archived")


def test_decline_needs_two_hands(cast: Cast) -> None:
    case = PLAYS["decline_proposed"](cast)

    assert (fresh(case).stage, holds(case)) == ("registered", 1)
    with pytest.raises(NotAllowed):
        cast.take(case, "decline", "expert", MONDAY + 2 * HOUR)
    cast.take(case, "decline", "leader", MONDAY + 2 * HOUR)
    row = case.proposals.get()
    assert (fresh(case).stage, holds(case), row.is_agreed, row.basis) == ("declined", 0, True, "secret")


def test_leader_who_holds_the_case_is_agreed_with_by_the_liaison(cast: Cast) -> None:
    case = cast.register(group="", person="leader")
    cast.take(case, "propose_decline", "leader", MONDAY, basis="secret", address="保密办", reason="涉密")
    cast.take(case, "decline", "liaison", MONDAY + HOUR)

    assert fresh(case).stage == "declined"


def test_contact_voids_a_proposed_decline(cast: Cast) -> None:
    case = PLAYS["decline_proposed"](cast)
    cast.take(case, "log_contact", "expert", MONDAY + 2 * HOUR, channel="phone", learned="原来不涉密")

    assert file_of(fresh(case)).proposal is None
    cast.take(case, "propose_transfer", "expert", MONDAY + 2 * HOUR, group="FIN-01", reason="属于财务")


def test_refused_proposal_lets_the_case_go_on(cast: Cast) -> None:
    case = PLAYS["unresolved_proposed"](cast)
    cast.take(case, "refuse_proposal", "liaison", MONDAY + 5 * HOUR, reason="再试一次")
    row = case.proposals.get()

    assert (fresh(case).stage, row.is_agreed, row.answer) == ("in_treatment", False, "再试一次")


def test_unresolved_needs_leader_and_liaison(cast: Cast) -> None:
    case = PLAYS["unresolved_proposed"](cast)

    with pytest.raises(NotAllowed):
        cast.take(case, "close_unresolved", "leader", MONDAY + 5 * HOUR, reason="同意")
    cast.take(case, "close_unresolved", "liaison", MONDAY + 5 * HOUR, reason="同意")
    assert (fresh(case).stage, fresh(case).situation, holds(case)) == ("unresolved", "closed", 0)


def test_withdrawal_ends_pause_transfer_and_session(cast: Cast) -> None:
    case = PLAYS["planned"](cast)
    at = MONDAY + 2 * HOUR
    cast.take(case, "pause", "expert", at, missing=[{"text": "报表"}], reason="缺数据")
    cast.take(case, "propose_transfer", "expert", at, group="FIN-01", reason="属于财务")
    cast.take(case, "withdraw", "requester", at + HOUR, reason="自己解决了")

    assert (fresh(case).stage, holds(case), fresh(case).due_at.year) == ("withdrawn", 0, 2999)
    assert case.pauses.get().until == at + HOUR
    assert (case.transfers.get().state, case.sessions.get().state) == ("taken_back", "cancelled")


@pytest.mark.parametrize("play", ["resolved", "archived", "unresolved"])
def test_reopened_case_is_a_new_round_of_the_same_case(cast: Cast, play: str) -> None:
    case = PLAYS[play](cast)
    at = MONDAY + 20 * DAY
    cast.take(case, "reopen", "requester", at, reason="又坏了")
    case = fresh(case)

    assert (case.stage, case.round, case.closed_at, case.last_verdict, holds(case)) == (
        "in_consultation",
        2,
        None,
        "",
        1,
    )
    assert (case.clock, case.clock_since, case.situation) == ("first_contact", at, "contact")
    assert file_of(case).closing is None


def test_reopened_case_of_somebody_who_left_is_held_by_the_groups_pick(cast: Cast) -> None:
    case = cast.archived()
    person = cast.person("expert")
    person.left_on = date(2026, 3, 12)
    person.save(update_fields=["left_on"])
    Membership.objects.filter(person=person).update(until=date(2026, 3, 12))
    Duty.objects.filter(person=person).delete()
    cast.take(case, "reopen", "requester", MONDAY + 20 * DAY, reason="又坏了")

    assert fresh(case).accountable in (cast.person("mate"), cast.person("leader"))
    assert fresh(case).first_responder == person


def test_reopened_case_walks_to_the_end_again(cast: Cast) -> None:
    case = PLAYS["reopened"](cast)
    at = MONDAY + 21 * DAY
    cast.take(case, "log_contact", "expert", at, channel="phone", learned="又超限了")
    cast.take(case, "diagnose", "expert", at, findings="新建小区入住", causes=[{"text": "人多了"}, {"text": "没调整"}])
    cast.take(case, "sign_opinion", "mate", at, text="同意")
    cast.take(case, "prescribe", "expert", at, **cast.prescription(at))
    cast.take(case, "accept_prescription", "requester", at)
    visit = at + 8 * DAY
    cast.take(case, "follow_up", "expert", visit, mode="online", verdict="effective", value="75", evidence="好了")
    cast.take(case, "give_verdict", "requester", visit, verdict="effective")
    cast.take(case, "resolve", "expert", visit, waiver="转日常")
    cast.take(case, "sign_final_reply", "expert", visit, found="人多", changed="调整", keep="报表")
    cast.take(case, "close_form", "requester", visit, outcome="confirmed", value=4, feasibility=4)
    cast.take(case, "archive", "expert", visit)

    assert (fresh(case).stage, Closing.objects.filter(case=case).count()) == ("archived", 2)
