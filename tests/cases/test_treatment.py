"""把脉, 处方, 复诊: who contributes, who disagrees, and who decides then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huizhen.cases import actions, jobs
from huizhen.cases.models import Case, Measure, PrescriptionDraft
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Leave
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.worktime.queries import calendar
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable", "group").get(pk=case.pk)


def prescribe(cast: Cast, case: Case, at: object = MONDAY + 2 * HOUR) -> Case:
    return cast.take(case, "prescribe", "expert", at, **cast.prescription(at))  # type: ignore[arg-type]


def test_contact_counts_at_its_stated_time_and_shows_when_it_was_written_down(cast: Cast) -> None:
    case = cast.register()
    cast.take(
        case, "log_contact", "expert", MONDAY + DAY, channel="phone", learned="问清楚了", spoken_at="2026-03-02T10:00"
    )
    row = case.contacts.get()

    assert (row.at, row.logged_at) == (MONDAY + HOUR, MONDAY + DAY)
    assert fresh(case).stage == "in_consultation"
    clocks = {one.name: one for one in file_of(fresh(case)).clocks(calendar())}
    assert clocks["first_contact"].is_met


def test_acceptance_alone_stops_no_clock(cast: Cast) -> None:
    case = cast.register()
    due = case.due_at
    cast.take(case, "accept", "expert", MONDAY + HOUR)

    assert (fresh(case).stage, fresh(case).clock, fresh(case).due_at) == ("in_consultation", "first_contact", due)


def test_one_expert_needs_the_leaders_exemption(cast: Cast) -> None:
    case = cast.contacted()
    causes = [{"text": "一号"}, {"text": "二号"}]
    cast.take(case, "diagnose", "expert", MONDAY + HOUR, findings="容量不足", causes=causes)

    with pytest.raises(NotNow) as no:
        prescribe(cast, case)
    assert no.value.args_ == {"move": "prescribe", "wanted": 2, "found": 1}
    cast.take(case, "exempt", "leader", MONDAY + HOUR, reason="只有一人懂")
    assert prescribe(cast, case).stage == "in_treatment"


def test_attendance_of_a_held_session_makes_it_collective_but_the_branch_does_not(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(
        case, "diagnose", "expert", MONDAY + HOUR, findings="容量不足", causes=[{"text": "一号"}, {"text": "二号"}]
    )
    session = {"mode": "online", "record": "议定", "held_at": ""}
    cast.take(case, "hold_session", "expert", MONDAY + HOUR, people=["expert", "requester"], **session)
    with pytest.raises(NotNow):
        prescribe(cast, case)
    cast.take(case, "hold_session", "expert", MONDAY + 2 * HOUR, people=["expert", "leader"], **session)

    assert prescribe(cast, case).stage == "in_treatment"


def test_planned_session_is_not_held_before_its_time(cast: Cast) -> None:
    case = PLAYS["planned"](cast)
    session = case.sessions.get()

    with pytest.raises(Invalid) as no:
        cast.take(
            case, "hold_session", "expert", session.starts_at - 3 * HOUR,
            session=str(session.key), mode="online", people=["leader"], record="议定",
        )  # fmt: skip
    assert no.value.faults["session"][0].code == "session_not_begun"


def test_planned_session_is_held_with_those_who_came(cast: Cast) -> None:
    case = PLAYS["planned"](cast)
    key = str(case.sessions.get().key)
    cast.take(
        case, "hold_session", "expert", MONDAY + DAY, session=key, mode="online", people=["leader"], record="议定"
    )
    session = case.sessions.get()

    assert (session.state, session.sequence) == ("held", 1)
    assert {one.person.code: one.came for one in session.attendances.select_related("person")} == {
        "mate": False,
        "leader": True,
    }
    cast.take(case, "plan_session", "mate", MONDAY + DAY, mode="online", starts_at=(MONDAY + 2 * DAY).isoformat(),
              minutes=30, people=["mate"])  # fmt: skip
    with pytest.raises(NotNow) as no:
        cast.take(case, "cancel_session", "expert", MONDAY + DAY, session=key, reason="不开了")
    assert no.value.code == "session_is_over"


def test_upward_cause_is_kept_for_its_department(cast: Cast) -> None:
    case = cast.diagnosed()
    at = MONDAY + 2 * HOUR
    values = cast.prescription(at)
    values["measures"] = values["measures"][:1]
    values["upward"] = [{"cause": "1", "department": "计划建设部", "suggestion": "列入扩容计划"}]
    cast.take(case, "prescribe", "expert", at, **values)
    cause = file_of(fresh(case)).standing_causes[0]

    assert (cause.is_upward, cause.department) == (True, "计划建设部")


def test_first_return_goes_back_and_the_second_to_the_leader(cast: Cast) -> None:
    case = cast.prescribed()
    cast.take(case, "return_prescription", "requester", MONDAY + 3 * HOUR, reason="做不到")
    assert (fresh(case).stage, fresh(case).clock) == ("in_consultation", "prescription")
    prescribe(cast, case, MONDAY + 4 * HOUR)
    cast.take(case, "return_prescription", "second", MONDAY + 5 * HOUR, reason="还是做不到")

    assert fresh(case).stage == "in_treatment"
    assert [one.state for one in case.prescriptions.order_by("version")] == ["returned", "disputed"]


@pytest.mark.parametrize(
    ("decision", "stage", "state"),
    [("uphold", "in_treatment", "accepted"), ("send_back", "in_consultation", "returned")],
)
def test_leader_rules_a_second_return(cast: Cast, decision: str, stage: str, state: str) -> None:
    case = PLAYS["twice_returned"](cast)
    cast.take(case, "rule_prescription", "leader", MONDAY + 6 * HOUR, decision=decision, reason="理由在此")

    assert (fresh(case).stage, case.prescriptions.latest("version").state) == (stage, state)
    running = {one.name for one in file_of(fresh(case)).clocks(calendar()) if one.is_running}
    assert ("prescription" in running) == (decision == "send_back")


def test_new_version_replaces_the_one_before(cast: Cast) -> None:
    case = cast.treated()
    prescribe(cast, case, MONDAY + 4 * HOUR)

    assert [one.state for one in case.prescriptions.order_by("version")] == ["replaced", "signed"]
    assert fresh(case).situation == "acceptance"


def test_measures_are_reported_by_those_they_concern(cast: Cast) -> None:
    case = cast.treated()
    first, second = (str(one.key) for one in Measure.objects.order_by("number"))
    at = MONDAY + 4 * HOUR
    cast.take(case, "update_measure", "requester", at, measure=first, state="done")
    with pytest.raises(NotAllowed):
        cast.take(case, "update_measure", "mate", at, measure=second, state="done")
    cast.take(case, "update_measure", "expert", at, measure=second, state="dropped", note="没有条件")

    assert fresh(case).situation == "follow_up"


def test_owner_changes_only_her_own_measure(cast: Cast) -> None:
    case = cast.diagnosed()
    at = MONDAY + 2 * HOUR
    values = cast.prescription(at)
    values["measures"][0] |= {"owner": "clerk"}
    cast.take(case, "prescribe", "expert", at, **values)
    hers, other = (str(one.key) for one in Measure.objects.order_by("number"))

    cast.take(case, "update_measure", "clerk", at, measure=hers, state="doing")
    with pytest.raises(NotAllowed) as no:
        cast.take(case, "update_measure", "clerk", at, measure=other, state="doing")
    assert no.value.code == "not_your_measure"


def test_shared_prescription_draft_is_not_overwritten(cast: Cast) -> None:
    case = fresh(cast.diagnosed())
    draft = actions.save_prescription_draft(case, {"thinking": "先均衡", "evil": "x"}, by=cast.expert, at=MONDAY)
    actions.save_prescription_draft(case, {"thinking": "先扩容"}, by=cast.mate, at=MONDAY, seen=draft.version)

    with pytest.raises(StaleWrite) as no:
        actions.save_prescription_draft(case, {"thinking": "别的"}, by=cast.expert, at=MONDAY, seen=draft.version)
    assert no.value.args_["name"] == "顾知微"
    with pytest.raises(NotAllowed):
        actions.save_prescription_draft(case, {}, by=cast.requester, at=MONDAY)
    assert PrescriptionDraft.objects.get(case=case).values == {"thinking": "先扩容"}
    prescribe(cast, case)
    assert not PrescriptionDraft.objects.exists()


@pytest.mark.parametrize(
    ("expert", "branch", "ruled", "verdict", "stage"),
    [
        ("marked", "marked", "", "marked", "in_treatment"),
        ("effective", "none", "none", "none", "in_treatment"),
        ("marked", "worse", "worse", "worse", "in_consultation"),
        ("worse", "worse", "", "worse", "in_consultation"),
    ],
)
def test_two_verdicts_make_one(cast: Cast, expert: str, branch: str, ruled: str, verdict: str, stage: str) -> None:
    case = cast.followed(expert, branch_verdict=branch)
    if ruled:
        assert fresh(case).last_verdict == ""
        cast.take(case, "rule_verdict", "leader", MONDAY + 8 * DAY, verdict=ruled, reason="看了周报")

    assert (fresh(case).last_verdict, fresh(case).stage) == (verdict, stage)
    assert case.follow_ups.get().verdict == verdict


def test_no_effect_ruled_without_a_date_sets_one(cast: Cast) -> None:
    case = cast.followed("effective", branch_verdict="none")
    cast.take(case, "rule_verdict", "leader", MONDAY + 8 * DAY, verdict="none", reason="看不出来")

    assert case.follow_ups.get().next_on == date(2026, 3, 17)  # five working days after Tuesday 03-10
    assert (fresh(case).clock, fresh(case).situation) == ("follow_up", "measures")


def test_third_visit_without_effect_makes_it_a_hard_case(cast: Cast) -> None:
    case = cast.followed("none")
    for visit in (1, 2):
        assert not fresh(case).is_hard
        at = MONDAY + (8 + 5 * visit) * DAY
        more = {"next_on": (at + 5 * DAY).date().isoformat()}
        cast.take(
            case, "follow_up", "expert", at, mode="online", verdict="none", value="92", evidence="没有变化", **more
        )
        cast.take(case, "give_verdict", "requester", at, verdict="none")

    assert fresh(case).is_hard
    assert entries_of(case).last().data["hard"] is True  # type: ignore[union-attr]


def test_worsening_opens_a_round_that_needs_no_new_first_contact(cast: Cast) -> None:
    case = fresh(PLAYS["worsened"](cast))

    assert (case.round, case.situation, case.clock) == (2, "session", "session")
    assert case.rounds.get(number=2).why == "worsened"
    cast.take(case, "inform_group", "expert", MONDAY + 9 * DAY, note="加重了，请大家一起看")
    with pytest.raises(NotNow) as no:
        prescribe(cast, case, MONDAY + 9 * DAY)
    assert no.value.code == "not_diagnosed"


def test_deputy_acts_for_somebody_on_leave_and_the_journal_says_so(cast: Cast) -> None:
    case = cast.contacted()
    Leave.objects.create(
        person=cast.person("expert"), deputy=cast.person("other_expert"), since=date(2026, 3, 2), until=date(2026, 3, 6)
    )
    cast.take(case, "diagnose", "other_expert", MONDAY + HOUR, findings="容量不足", causes=[{"text": "容量"}])
    entry = entries_of(case).last()

    assert entry is not None
    assert (entry.actor_name, entry.on_behalf_of) == ("石知和", "沈言行")
    assert fresh(case).accountable == cast.person("expert")


def test_follow_up_day_comes_by_itself(cast: Cast) -> None:
    case = cast.treated()
    assert fresh(case).situation == "measures"
    jobs.sweep(fresh(case).due_at - timedelta(minutes=1))
    assert fresh(case).situation == "measures"
    jobs.sweep(fresh(case).due_at)
    assert fresh(case).situation == "follow_up"


def test_overdue_questions_do_not_keep_follow_ups_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, case = PLAYS["asked"](cast), cast.treated()
    due = fresh(case).due_at
    monkeypatch.setattr(jobs, "BATCH", 1)
    jobs.sweep(due)
    jobs.sweep(due)

    assert (fresh(asked).clock, fresh(case).situation) == ("ask_answer", "follow_up")
