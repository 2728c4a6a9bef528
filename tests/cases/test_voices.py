"""Being heard: complaints with an independent handler, support asked of a unit, contacts the branch denies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huizhen.cases import actions
from huizhen.cases.clocks import Clock
from huizhen.cases.jobs import sweep
from huizhen.cases.models import Access, Ask, Case, Contact, LadderStep
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.home import home
from huizhen.cases.queries.options import options
from huizhen.directory.models import Leave, Membership, Person, Posting
from huizhen.directory.queries import standing
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from huizhen.worktime.queries import calendar
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast


def fresh(case: Case) -> Case:
    return Case.objects.select_related("campaign").get(pk=case.pk)


def clock(case: Case, name: str) -> Clock:
    return next(one for one in file_of(fresh(case)).clocks(calendar()) if one.name == name)


def offered(case: Case, cast: Cast, who: str, at: Any) -> set[str]:
    """Moves somebody may take now."""
    reader = standing(cast.users[who], on=timezone.localdate(at))
    return {one.name for one in options(file_of(fresh(case)), reader, at=at) if one.is_open}


def waiting(cast: Cast, who: str, at: Any) -> set[tuple[str, str]]:
    reader = standing(cast.users[who], on=timezone.localdate(at))
    return {(one.kind, one.move) for one in home(reader, cast.users[who], now=at).todos}


# ── complaints


def test_complaint_goes_to_the_liaison_and_its_answer_back(cast: Cast) -> None:
    case = PLAYS["complained"](cast)
    ask = case.asks.get()

    assert (ask.kind, ask.handler, ask.by) == ("complaint", cast.person("liaison"), cast.person("requester"))
    assert Access.objects.filter(case=case, person=cast.person("liaison"), why="complaint_handler").exists()
    assert ("complaint", "answer_complaint") in waiting(cast, "liaison", MONDAY + 2 * HOUR)
    assert clock(case, "complaint_answer").amount == timedelta(hours=14)

    cast.take(case, "answer_complaint", "liaison", MONDAY + 3 * HOUR, ask=str(ask.key), text="已约明天上午")
    ask.refresh_from_db()
    assert (ask.answer, ask.answered_by) == ("已约明天上午", cast.person("liaison"))
    assert clock(case, "complaint_answer").is_met
    assert ("complaint", "answer_complaint") not in waiting(cast, "liaison", MONDAY + 4 * HOUR)
    told = entries_of(case).get(verb="answer_complaint").data
    assert told["person"] == cast.person("requester").pk


@pytest.mark.parametrize("party", ["accountable", "member", "deputy of the accountable", "deputy of the leader"])
def test_liaison_who_had_a_hand_in_the_case_does_not_answer(cast: Cast, party: str) -> None:
    liaison, today = cast.person("liaison"), timezone.localdate(MONDAY)
    if party == "accountable":
        Membership.objects.create(group=cast.other_group, person=liaison, role="member", since=today)
        case = cast.register(person="liaison", group="")
    else:
        case = cast.contacted()
    if party == "member":
        Membership.objects.create(group=cast.group, person=liaison, role="member", since=today)
    elif party.startswith("deputy"):
        away = cast.person("expert" if party.endswith("accountable") else "leader")
        Leave.objects.create(person=away, deputy=liaison, since=today, until=today + timedelta(days=3))
    cast.take(case, "complain", "requester", MONDAY + HOUR, text="说好今天来，没有来")
    ask = case.asks.get()

    assert ask.handler == cast.person("other_liaison" if party == "accountable" else "coordinator")
    with pytest.raises(NotAllowed):
        cast.take(case, "answer_complaint", "liaison", MONDAY + 2 * HOUR, ask=str(ask.key), text="我来答复")


def test_nobody_independent_is_admitted_by_name_and_the_complaint_waits(cast: Cast) -> None:
    case = cast.register(group="", unknown=True)  # the only coordinator holds it
    cast.take(case, "complain", "requester", MONDAY + HOUR, text="还没有人联系我们")
    ask = case.asks.get()

    assert (ask.handler, case.accountable) == (None, cast.person("coordinator"))
    assert "answer_complaint" not in offered(case, cast, "coordinator", MONDAY + 2 * HOUR)
    cast.take(case, "route", "coordinator", MONDAY + 2 * HOUR, group="NET-01", reason="属于网络")
    assert "answer_complaint" in offered(case, cast, "liaison", MONDAY + 3 * HOUR)


def test_head_office_answers_when_the_liaison_did_not(cast: Cast) -> None:
    case = PLAYS["complained"](cast)
    key = str(case.asks.get().key)

    with pytest.raises(NotNow, match="handler_answers_first"):
        cast.take(case, "answer_complaint", "coordinator", MONDAY + DAY, ask=key, text="党建工作部来答复")
    assert ("complaint", "answer_complaint") not in waiting(cast, "coordinator", MONDAY + DAY)
    later = MONDAY + 3 * DAY
    assert ("complaint", "answer_complaint") in waiting(cast, "coordinator", later)
    cast.take(case, "answer_complaint", "coordinator", later, ask=key, text="党建工作部来答复")
    with pytest.raises(NotNow, match="no_complaint_waiting"):
        cast.take(fresh(case), "answer_complaint", "coordinator", later, ask=key, text="再答一次")


def test_deputy_of_the_handler_answers_for_her(cast: Cast) -> None:
    case = PLAYS["complained"](cast)
    today = timezone.localdate(MONDAY)
    Leave.objects.create(person=cast.person("liaison"), deputy=cast.person("outsider"), since=today, until=today + DAY)

    assert ("complaint", "answer_complaint") in waiting(cast, "outsider", MONDAY + 2 * HOUR)
    key = str(case.asks.get().key)
    cast.take(case, "answer_complaint", "outsider", MONDAY + 2 * HOUR, ask=key, text="已约明天上午")
    assert entries_of(case).get(verb="answer_complaint").on_behalf_of == cast.person("liaison").name


def test_complaint_outlives_its_case_and_its_ladder_climbs(cast: Cast) -> None:
    case = PLAYS["complained_after_the_end"](cast)

    assert (case.stage, clock(case, "complaint_answer").is_running) == ("declined", True)
    assert fresh(case).clock == ""  # lists show the clocks of the case's own people only
    sweep(MONDAY + 8 * DAY)
    steps = LadderStep.objects.filter(case=case, clock="complaint_answer").values_list("step", flat=True)
    assert set(steps) == {"half", "late", "late_1", "late_3"}
    cast.take(case, "answer_complaint", "liaison", MONDAY + 9 * DAY, ask=str(case.asks.get().key), text="已经复核")
    assert not clock(case, "complaint_answer").is_open


def test_complaint_is_heard_as_long_as_the_case_could_be_reopened(cast: Cast) -> None:
    case = cast.archived()

    assert "complain" in offered(case, cast, "requester", MONDAY + 90 * DAY)
    with pytest.raises(NotNow, match="too_late_to_complain"):
        cast.take(case, "complain", "requester", MONDAY + 120 * DAY, text="现在才发现没有用")


def test_complaint_about_a_hidden_case_admits_its_handler_alone(cast: Cast) -> None:
    case = PLAYS["sensitive"](cast)
    Posting.objects.filter(person=cast.person("liaison")).update(until=timezone.localdate(MONDAY))
    cast.take(case, "complain", "requester", MONDAY + 2 * HOUR, text="泄露了我们的情况")

    assert case.asks.get().handler == cast.person("coordinator")
    assert "answer_complaint" in offered(case, cast, "coordinator", MONDAY + 3 * HOUR)


# ── support


def test_unit_is_asked_sees_the_case_and_grants(cast: Cast) -> None:
    far = cast.person("outsider")
    Posting.objects.create(person=far, role="clerk", unit=cast.other_branch.unit, since=timezone.localdate(MONDAY))
    case = cast.contacted()
    with pytest.raises(NotVisible):
        cast.take(case, "ask_on", "outsider", MONDAY + HOUR, text="这是什么病例？")
    cast.take(case, "ask_support", "mate", MONDAY + HOUR, topic="data", asked_unit="ZJ", text="三个月的话务数据")
    ask = case.asks.get()

    assert (ask.kind, ask.topic, ask.unit.code, ask.is_granted) == ("support", "data", "ZJ", None)
    assert "answer_support" in offered(case, cast, "outsider", MONDAY + HOUR)
    assert fresh(case).situation == "session"
    cast.take(
        case, "answer_support", "outsider", MONDAY + 2 * HOUR, ask=str(ask.key), decision="refuse", text="下月才有"
    )
    ask.refresh_from_db()
    assert (ask.is_granted, ask.answer) == (False, "下月才有")
    assert clock(case, "support_answer").is_met


def test_support_is_asked_of_the_own_unit_by_default(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "ask_support", "requester", MONDAY + HOUR, topic="time", text="三个人各半天")

    assert case.asks.get().unit == cast.branch.unit
    assert ("support", "answer_support") in waiting(cast, "clerk", MONDAY + 2 * HOUR)
    with pytest.raises(NotAllowed):
        cast.take(case, "answer_support", "viewer", MONDAY + 2 * HOUR, ask="x", decision="grant", text="好的")


def test_unit_nobody_answers_for_is_not_asked(cast: Cast) -> None:
    case = cast.contacted()
    for code in ("ZJ", ""):  # the expert's own unit has no clerk either
        with pytest.raises(Invalid) as no:
            cast.take(case, "ask_support", "expert", MONDAY + HOUR, topic="travel", asked_unit=code, text="去湛江两天")
        assert no.value.faults["asked_unit"][0].code == "unit_without_clerk"
    with pytest.raises(Invalid) as no:
        cast.take(case, "ask_support", "expert", MONDAY + HOUR, topic="travel", asked_unit="??", text="去湛江两天")
    assert no.value.faults["asked_unit"][0].code == "not_found"


def test_head_office_answers_support_when_the_unit_did_not(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "ask_support", "requester", MONDAY + HOUR, topic="time", text="三个人各半天")
    values = {"ask": str(case.asks.get().key), "decision": "grant", "text": "由省公司协调"}

    with pytest.raises(NotNow, match="unit_answers_first"):
        cast.take(case, "answer_support", "coordinator", MONDAY + 2 * HOUR, **values)
    assert ("support", "answer_support") in waiting(cast, "coordinator", MONDAY + 3 * DAY)
    cast.take(case, "answer_support", "coordinator", MONDAY + 3 * DAY, **values)
    assert case.asks.get().is_granted is True


def test_overdue_support_hides_no_clock_of_the_case(cast: Cast) -> None:
    case = cast.contacted()
    before = fresh(case).clock
    cast.take(case, "ask_support", "requester", MONDAY + HOUR, topic="time", text="三个人各半天")

    assert (fresh(case).clock, before) == ("group_informed", "group_informed")


def test_question_complaint_and_support_do_not_answer_each_other(cast: Cast) -> None:
    case = PLAYS["complained"](cast)
    cast.take(case, "ask_on", "requester", MONDAY + HOUR, text="什么时候有结论？")
    complaint = str(case.asks.get(kind="complaint").key)

    with pytest.raises(Invalid):
        cast.take(case, "answer_ask", "expert", MONDAY + 2 * HOUR, ask=complaint, text="我自己来答复")
    assert Ask.objects.filter(answered_at=None).count() == 2


# ── a contact that never was


def test_denied_contact_counts_for_nothing_and_stays_on_record(cast: Cast) -> None:
    case = cast.contacted()
    met = clock(case, "first_contact")
    assert (met.is_met, fresh(case).situation) == (True, "session")
    row = case.contacts.get()
    cast.take(case, "deny_contact", "second", MONDAY + 2 * HOUR, contact=str(row.key), text="没有人打过电话")
    row.refresh_from_db()

    again = clock(case, "first_contact")
    assert (again.is_running, again.start, again.due) == (True, met.start, met.due)
    assert (fresh(case).situation, fresh(case).clock) == ("contact", "first_contact")
    assert (row.learned, row.denial, row.denied_by) == ("已问清楚情况", "没有人打过电话", cast.person("second"))
    assert not any(one.name == "group_informed" for one in file_of(fresh(case)).clocks(calendar()))
    assert entries_of(case).get(verb="deny_contact").data["person"] == cast.person("expert").pk

    cast.take(case, "log_contact", "expert", MONDAY + 3 * HOUR, channel="visit", learned="当面谈过")
    assert clock(case, "first_contact").is_met


def test_late_ladder_of_a_reopened_clock_is_told(cast: Cast) -> None:
    case = PLAYS["denied"](cast)
    sweep(MONDAY + 2 * DAY)

    steps = LadderStep.objects.filter(case=case, clock="first_contact").values_list("step", flat=True)
    assert {"half", "late", "late_1"} <= set(steps)


def test_contact_is_denied_once_and_in_time(cast: Cast) -> None:
    case = cast.contacted()
    key = str(case.contacts.get().key)

    assert "deny_contact" in offered(case, cast, "requester", MONDAY + 10 * DAY)
    with pytest.raises(NotNow, match="no_contact_to_deny"):
        cast.take(case, "deny_contact", "requester", MONDAY + 11 * DAY, contact=key, text="没有人打过电话")
    cast.take(case, "deny_contact", "requester", MONDAY + DAY, contact=key, text="没有人打过电话")
    with pytest.raises(NotNow, match="no_contact_to_deny"):
        cast.take(case, "deny_contact", "requester", MONDAY + DAY, contact=key, text="没有人打过电话")
    cast.take(case, "log_contact", "expert", MONDAY + DAY, channel="phone", learned="这次真的打了")
    with pytest.raises(NotNow, match="contact_is_denied"):
        cast.take(case, "deny_contact", "requester", MONDAY + DAY, contact=key, text="没有人打过电话")


@pytest.mark.parametrize("what", ["a note to the group", "an earlier round", "nothing"])
def test_what_is_no_contact_of_this_round_is_not_denied(cast: Cast, what: str) -> None:
    case = cast.contacted()
    key, at = "x", MONDAY + DAY
    if what == "a note to the group":
        cast.take(case, "inform_group", "expert", MONDAY + HOUR, note="已告知全团")
        key = str(case.contacts.get(party="group").key)
    elif what == "an earlier round":
        key = str(case.contacts.get().key)
        case = cast.take(
            cast.followed("worse"), "log_contact", "expert", MONDAY + 8 * DAY, channel="phone", learned="再谈"
        )
        at = MONDAY + 9 * DAY
        key = str(case.contacts.earliest("pk").key)
    with pytest.raises((Invalid, NotNow)):
        cast.take(case, "deny_contact", "requester", at, contact=key, text="没有人打过电话")
    assert not Contact.objects.exclude(denied_at=None).exists()


def test_same_form_twice_is_one_denial(cast: Cast) -> None:
    case = cast.contacted()
    values = {"contact": str(case.contacts.get().key), "text": "没有人打过电话"}
    page = fresh(case)
    actions.take(page, "deny_contact", by=cast.requester, at=MONDAY + HOUR, values=values)
    with pytest.raises(NotNow):
        actions.take(page, "deny_contact", by=cast.requester, at=MONDAY + HOUR, values=values)
    assert entries_of(case).filter(verb="deny_contact").count() == 1
    assert Person.objects.get(pk=case.contacts.get().denied_by_id) == cast.person("requester")
