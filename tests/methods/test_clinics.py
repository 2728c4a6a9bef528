"""病例讨论会: who plans it, which cases may stand on it, what its invited see of them, and what is written when it was held."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huizhen.cases.models import Case
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.methods import policy
from huizhen.methods.actions.clinics import (
    Pick,
    amend_minutes,
    cancel_clinic,
    edit_clinic,
    hold_clinic,
    plan_clinic,
    postpone_clinic,
)
from huizhen.methods.models import Clinic, ClinicAttendance
from huizhen.methods.queries import clinics as queries
from huizhen.notifications.jobs import drain
from huizhen.notifications.models import Message
from tests.cast import MONDAY, Cast

DAY = timedelta(days=1)
LATER = MONDAY + 9 * DAY
WRITTEN: dict[str, Any] = {"minutes": "先均衡，后扩容。", "learned": {}, "takes": {}}


def planned(cast: Cast, *cases: Case, by: str = "leader", at: datetime = LATER, **changes: Any) -> Clinic:
    values: dict[str, Any] = {
        "key": uuid4(), "starts_at": at + 2 * DAY, "minutes": 90, "picks": [Pick(case.code) for case in cases],
        "people": [cast.person("leader"), cast.person("mate")], "title": "三月病例讨论会", "place": "三楼会议室",
    } | changes  # fmt: skip
    return plan_clinic(cast.group.domain, by=cast.users[by], at=at, **values)


def edited(cast: Cast, clinic: Clinic, *codes: str, by: str = "leader", **changes: Any) -> Clinic:
    values: dict[str, Any] = {
        "picks": [Pick(code) for code in codes], "people": [cast.person("mate")], "title": clinic.title, "place": clinic.place,
    } | changes  # fmt: skip
    return edit_clinic(clinic, by=cast.users[by], at=LATER, **values)


def who(cast: Cast, name: str) -> Standing:
    return standing(cast.users[name], on=LATER.date())


def faults_of(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, list[str]]:
    return {name: [fault.code for fault in faults] for name, faults in refused.value.faults.items()}


def invited(clinic: Clinic) -> set[str]:
    return set(clinic.attendances.values_list("person__code", flat=True))


def told(verb: str) -> dict[str, str]:
    drain(LATER)
    return dict(Message.objects.filter(verb=verb).values_list("person__code", "event"))


def test_clinic_is_planned_once_however_often_its_form_is_sent(cast: Cast) -> None:
    case, key = cast.resolved(), uuid4()
    first, again = (planned(cast, case, key=key) for _ in range(2))

    assert (first.pk, first.code, first.month.isoformat()) == (again.pk, "NET-2603", "2026-03-01")
    assert (first.cases.get().presenter, invited(first)) == (cast.person("expert"), {"leader", "mate", "expert"})
    assert planned(cast, case, by="liaison").code == "NET-2603-2"
    with pytest.raises(NotNow):
        planned(cast, case, key=key, by="liaison")
    entry = Entry.objects.filter(verb="clinic_planned").earliest("pk")
    assert (entry.target_label, entry.data["presenters"]) == ("NET-2603 三月病例讨论会", [cast.person("expert").pk])
    assert Entry.objects.filter(verb="clinic_planned").count() == 2
    # The planner hears nothing of her own act; of the second one everybody does.
    assert told("clinic_planned") == {"mate": "assigned", "expert": "awaited", "leader": "assigned"}


def test_only_hosts_of_the_domain_plan_and_change(cast: Cast) -> None:
    case = cast.resolved()
    for name in ("requester", "expert", "other_leader", "other_liaison", "clerk", "viewer", "auditor", "outsider"):
        with pytest.raises(NotAllowed):
            planned(cast, case, by=name)
    clinic = planned(cast, case)
    for name, refusal in (("mate", NotAllowed), ("viewer", NotAllowed), ("outsider", NotVisible)):
        with pytest.raises(refusal):
            cancel_clinic(clinic, by=cast.users[name], at=LATER, reason="不开了")
    for name in ("liaison", "coordinator"):
        assert planned(cast, case, by=name).domain == cast.group.domain
    assert [one.code for one in policy.hosted_domains(who(cast, "leader"))] == ["NET"]
    assert policy.hosted_domains(who(cast, "coordinator")).count() == 2


def test_what_cannot_be_planned_is_said_field_by_field(cast: Cast) -> None:
    case, hushed = cast.resolved(), cast.contacted(title="另一个涉及个人的难题")
    cast.take(hushed, "mark_sensitive", "requester", LATER, reason="涉及个人")
    assert policy.clinics_visible(Standing()).count() == 0
    with pytest.raises(Invalid) as refused:
        planned(cast, starts_at=MONDAY, minutes=5, people=[], title="", place="", link="javascript:alert(1)")
    assert faults_of(refused) == {
        "title": ["required"], "link": ["clinic_link"], "starts_at": ["in_the_past"], "minutes": ["clinic_length"],
        "picks": ["clinic_no_case"], "people": ["clinic_nobody"],
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        planned(cast, case, hushed, place="", picks=[Pick(hushed.code), Pick("HZ26-99999"), Pick("x' OR 1=1\x00")])
    assert faults_of(refused) == {
        "picks": ["clinic_case_sensitive", "clinic_case_unknown", "clinic_case_unknown"],
        "place": ["place_or_link"],
    }
    with pytest.raises(Invalid) as refused:
        planned(cast, case, picks=[Pick(case.code, cast.person("other_expert"))])
    assert faults_of(refused) == {"picks": ["presenter_sees_not"]}
    assert Clinic.objects.count() == 0


def test_being_invited_grants_no_case(cast: Cast) -> None:
    """The invited of another group sees the meeting, a solved case as its summary, and of an open one nothing but its number."""
    solved, open_ = cast.archived(), cast.contacted(at=MONDAY + DAY, title="还没有破题的难题")
    clinic = planned(cast, solved, open_, people=[cast.person("other_expert"), cast.person("mate")])
    hold_clinic(
        clinic, by=cast.leader, at=LATER + 3 * DAY, minutes="先均衡", came={"mate"}, takes={"mate": "回去先查参数 15400012345"},
        learned={solved.code: "先查参数", open_.code: "先问清楚"},
    )  # fmt: skip

    levels = {}
    for name in ("mate", "other_expert", "viewer"):
        found = policy.get_clinic(who(cast, name), clinic.code)
        levels[name] = [(one.level, bool(one.case), one.learned) for one in queries.sheet(who(cast, name), found).items]
    full = [("full", True, "先查参数"), ("full", True, "先问清楚")]
    assert levels == {"mate": full, "viewer": full, "other_expert": [("summary", True, "先查参数"), ("", False, "")]}
    for name in ("requester", "outsider", "other_leader", "clerk"):
        with pytest.raises(NotVisible):
            policy.get_clinic(who(cast, name), clinic.code)
    cast.take(open_, "mark_sensitive", "requester", LATER, reason="涉及个人")
    assert queries.sheet(who(cast, "viewer"), clinic).items[1] == queries.Item(2, "", None, cast.person("expert"), "")
    seats = queries.sheet(who(cast, "mate"), clinic)
    assert [(seat.person.code, seat.came, seat.presents) for seat in seats.seats] == [
        ("mate", True, False), ("expert", False, True), ("other_expert", False, False),
    ]  # fmt: skip
    assert (seats.came, [one.learned for one in seats.takes]) == (1, ["回去先查参数 154****2345"])


def test_change_of_place_is_told_and_counted_for_calendars(cast: Cast) -> None:
    case, other = cast.resolved(), cast.contacted(at=MONDAY + DAY, title="宿舍区另一个难题")
    clinic = planned(cast, case)
    drain(LATER)
    Message.objects.all().delete()

    same = edited(cast, clinic, case.code, people=[cast.person("mate"), cast.person("leader")], seen=1)
    assert (same.sequence, same.version) == (0, 2)
    moved = edited(
        cast, same, case.code, other.code, place="五楼", people=[cast.person("mate"), cast.person("liaison")]
    )
    assert (moved.sequence, moved.place, [row.case_id for row in moved.cases.order_by("order")]) == (
        1,
        "五楼",
        [case.pk, other.pk],
    )
    assert invited(moved) == {"mate", "liaison", "expert"}
    assert told("clinic_edited") == {"mate": "progress", "liaison": "assigned", "expert": "progress"}
    with pytest.raises(StaleWrite):
        edited(cast, clinic, case.code, seen=1)
    # Who does not see a case cannot take it off the agenda either.
    fin = plan_clinic(
        cast.other_group.domain, by=cast.coordinator, at=LATER, key=uuid4(), starts_at=LATER + DAY, minutes=60,
        picks=[Pick(other.code)], people=[cast.person("other_expert")], title="财务讨论会", link="https://example.com/1",
    )  # fmt: skip
    kept = edit_clinic(
        fin,
        by=cast.other_leader,
        at=LATER,
        picks=[],
        people=[cast.person("other_leader")],
        title="财务讨论会",
        place="二楼",
    )
    assert [row.case_id for row in kept.cases.all()] == [other.pk]


def test_clinic_is_put_off_or_called_off_with_a_reason(cast: Cast) -> None:
    clinic = planned(cast, cast.resolved())
    later = clinic.starts_at + 7 * DAY
    with pytest.raises(Invalid) as refused:
        postpone_clinic(clinic, by=cast.leader, at=LATER, starts_at=clinic.starts_at, minutes=90, reason="")
    assert faults_of(refused) == {"reason": ["required"]}
    with pytest.raises(Invalid) as refused:
        postpone_clinic(clinic, by=cast.leader, at=LATER, starts_at=clinic.starts_at, minutes=90, reason="没变")
    assert faults_of(refused) == {"starts_at": ["same_time"]}

    put_off = postpone_clinic(clinic, by=cast.liaison, at=LATER, starts_at=later, minutes=60, reason="撞上防汛", seen=1)
    assert (put_off.starts_at, put_off.sequence, put_off.reason, put_off.version) == (later, 1, "撞上防汛", 2)
    with pytest.raises(StaleWrite):
        cancel_clinic(clinic, by=cast.leader, at=LATER, reason="不开了", seen=1)
    off = cancel_clinic(clinic, by=cast.leader, at=LATER, reason="并到下月", seen=2)
    assert (off.state, off.sequence) == ("cancelled", 2)
    assert set(told("clinic_postponed")) == {"leader", "mate", "expert"}
    assert set(told("clinic_cancelled")) == {"mate", "expert"}
    for act in (
        lambda: edited(cast, clinic),
        lambda: hold_clinic(clinic, by=cast.leader, at=later, came={"mate"}, **WRITTEN),
    ):
        with pytest.raises(NotNow):
            act()


def test_minutes_and_attendance_are_written_once_it_began(cast: Cast) -> None:
    case = cast.resolved()
    clinic = planned(cast, case)
    after = clinic.starts_at + timedelta(hours=2)
    with pytest.raises(NotNow):
        hold_clinic(clinic, by=cast.leader, at=LATER, came={"mate"}, **WRITTEN)
    with pytest.raises(Invalid) as refused:
        hold_clinic(clinic, by=cast.leader, at=after, came={"nobody"}, **(WRITTEN | {"minutes": ""}))
    assert faults_of(refused) == {"minutes": ["required"], "came": ["unknown"]}
    with pytest.raises(Invalid) as refused:
        hold_clinic(clinic, by=cast.leader, at=after, came=set(), **WRITTEN)
    assert faults_of(refused) == {"came": ["clinic_nobody_came"]}

    held = hold_clinic(clinic, by=cast.leader, at=after, came={"mate", "expert"}, seen=1, **WRITTEN)
    assert (held.state, held.held_at, held.minutes) == ("held", after, "先均衡，后扩容。")
    entry = Entry.objects.get(verb="clinic_held")
    assert entry.data["came"] == sorted(cast.person(name).pk for name in ("mate", "expert"))
    assert "均衡" not in str(entry.data)
    with pytest.raises(NotNow):
        hold_clinic(clinic, by=cast.leader, at=after, came={"mate"}, **WRITTEN)
    with pytest.raises(StaleWrite):
        amend_minutes(clinic, by=cast.leader, at=after, came={"mate"}, seen=1, **WRITTEN)
    amend_minutes(
        clinic, by=cast.liaison, at=after, came={"mate"}, seen=2, **(WRITTEN | {"learned": {case.code: "先查参数"}})
    )
    assert (clinic.cases.get().learned, clinic.attendances.filter(came=True).count()) == ("先查参数", 1)
    assert set(told("clinic_held")) == {"mate", "expert"}
    assert Entry.objects.filter(verb="clinic_amended").count() == 1


def test_cases_worth_talking_about_come_with_their_reasons(cast: Cast) -> None:
    marked, worse = cast.resolved(), cast.followed("worse", at=MONDAY + DAY, title="越治越重的难题")
    returned = cast.prescribed(at=MONDAY, title="处方被退回的难题")
    cast.take(returned, "return_prescription", "requester", MONDAY + DAY, reason="做不到")
    cast.take(cast.contacted(title="请别的团一起看"), "invite", "expert", MONDAY + DAY, group="FIN-01", ask="算一算账")
    joint = Case.objects.get(title="请别的团一起看")
    cast.take(joint, "accept_invitation", "other_leader", MONDAY + DAY)
    hushed = cast.followed("none", at=MONDAY, title="敏感的难题")
    cast.take(hushed, "mark_sensitive", "requester", LATER, reason="涉及个人")

    def found(name: str, at: datetime = LATER + DAY) -> list[tuple[str, tuple[str, ...]]]:
        rows = queries.suggestions(who(cast, name), cast.group.domain, at=at)
        return [(one.case.code, one.reasons) for one in rows]

    expected = [
        (worse.code, ("worse",)),
        (returned.code, ("disputed",)),
        (marked.code, ("marked",)),
        (joint.code, ("joint",)),
    ]
    assert found("leader") == expected
    assert found("liaison") == expected
    assert found("other_leader") == [(joint.code, ("joint",))], "only what she sees in full"
    assert found("leader", LATER + 90 * DAY) == []
    assert [case.code for case in queries.picked(who(cast, "leader"), [hushed.code, marked.code, "x"])] == [marked.code]


def test_reading_clinics_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any) -> None:
    cases = [cast.resolved(), cast.contacted(at=MONDAY + DAY), cast.contacted(at=MONDAY + 2 * DAY)]
    reader = who(cast, "leader")
    for several in (cases[:1], cases):
        clinic = planned(cast, *several, people=list(Person.objects.all()))
        with django_assert_num_queries(5):
            queries.sheet(reader, clinic)
        with django_assert_num_queries(4):
            queries.suggestions(reader, cast.group.domain, at=LATER)
        with django_assert_num_queries(1):
            queries.companies(cast.group.domain, on=LATER.date())
        with django_assert_num_queries(1):
            queries.clinics(reader)
        with django_assert_num_queries(1):
            assert clinic in queries.invited_between(reader, since=LATER.date(), until=LATER.date() + 5 * DAY)
    with CaptureQueriesContext(connection) as asked:
        page = queries.clinics(reader, limit=1)
        rest = queries.clinics(reader, limit=1, after=page.after)
    assert len(asked) == 2
    assert [one.code for one in (*page.clinics, *rest.clinics)] == ["NET-2603-2", "NET-2603"]
    assert rest.after == ""
    assert len(queries.clinics(reader, after="nonsense.1").clinics) == 2
    assert ClinicAttendance.objects.filter(person=cast.person("leader")).count() == 2
