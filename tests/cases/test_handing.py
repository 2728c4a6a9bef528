"""Handing over what somebody holds: all at once or singly, with acceptance, and nobody is without an accountable person meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huizhen.cases import jobs
from huizhen.cases.actions.handing import accept_handover, propose_handover, refuse_handover
from huizhen.cases.models import Case, Responsibility, Transfer
from huizhen.cases.queries.accountability import unaccounted
from huizhen.cases.queries.handing import absent_holders, handover, may_hand_over, offered, receivers
from huizhen.directory.actions import mark_left
from huizhen.directory.models import Leave
from huizhen.directory.queries import standing
from huizhen.journal.queries import entries_of
from tests.cases.plays import DAY, HOUR
from tests.cast import MONDAY, Cast

TODAY = date(2026, 3, 2)
LATER = MONDAY + 6 * HOUR


def gone(cast: Cast, *, deputy: str = "leader") -> None:
    mark_left(
        cast.person("expert"), left_on=TODAY, deputy=cast.person(deputy), by=cast.coordinator, at=MONDAY + 4 * HOUR
    )


def holder(case: Case) -> str:
    return Case.objects.select_related("accountable").get(pk=case.pk).accountable.name


def propose(cast: Cast, by: str, **receiver: str):  # type: ignore[no-untyped-def]
    named = {code: cast.person(name) for code, name in receiver.items()}
    return propose_handover(
        cast.person("expert"), receivers=named, reason="沈言行离开，移交病例", by=cast.users[by], at=LATER
    )


def test_handing_over_all_keeps_the_holder_until_acceptance(cast: Cast) -> None:
    cases = [cast.contacted() for _ in range(3)]
    gone(cast)
    out = propose(cast, "leader", **{one.code: "mate" for one in cases})
    assert (sorted(out.done), out.failed) == (sorted(one.code for one in cases), ())
    assert {holder(one) for one in cases} == {"沈言行"}

    taken = accept_handover([one.code for one in cases[:2]], by=cast.mate, at=LATER)
    left = refuse_handover([cases[2].code], reason="手上太满", by=cast.mate, at=LATER)
    assert (len(taken.done), len(left.done)) == (2, 1)
    assert [holder(one) for one in cases] == ["顾知微", "顾知微", "沈言行"]
    assert unaccounted() == []
    assert Responsibility.objects.filter(until=None).count() == 3


def test_double_click_proposes_and_accepts_once(cast: Cast) -> None:
    case = cast.contacted()
    gone(cast)
    for _ in range(2):
        out = propose(cast, "leader", **{case.code: "mate"})
        assert (out.done, out.failed) == ((case.code,), ())
    assert Transfer.objects.filter(case=case).count() == 1
    for _ in range(2):
        assert accept_handover([case.code], by=cast.mate, at=LATER).done == (case.code,)
    assert entries_of(case).filter(verb="accept_transfer").count() == 1


def test_one_that_cannot_go_keeps_no_other(cast: Cast) -> None:
    free, running, done = cast.contacted(), cast.contacted(), cast.resolved()
    cast.take(running, "propose_transfer", "expert", MONDAY + HOUR, group=cast.other_group.code, reason="属于财务")
    gone(cast)
    rows = {one.case.code: one.why for one in handover(standing(cast.leader, on=TODAY), cast.person("expert")).rows}
    assert rows == {free.code: "", running.code: "transfer_runs", done.code: "nothing_to_hand"}

    out = propose(cast, "leader", **{one.code: "mate" for one in (free, running, done)})
    assert out.done == (free.code,)
    assert {code: no.code for code, no in out.failed} == {running.code: "transfer_runs", done.code: "wrong_stage"}


def test_receiver_on_leave_is_stood_in_for(cast: Cast) -> None:
    case = cast.contacted()
    gone(cast)
    Leave.objects.create(
        person=cast.person("mate"), deputy=cast.person("leader"), since=TODAY, until=TODAY + timedelta(days=3)
    )
    propose(cast, "coordinator", **{case.code: "mate"})
    assert [one.case_id for one in offered(standing(cast.leader, on=TODAY))] == [case.pk]
    accept_handover([case.code], by=cast.leader, at=LATER)
    assert holder(case) == "毛知南"


def test_sensitive_cases_are_counted_and_handed_over_by_who_sees_them(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "mark_sensitive", "requester", MONDAY + HOUR, reason="涉及个人")
    gone(cast, deputy="mate")
    blind = handover(standing(cast.coordinator, on=TODAY), cast.person("expert"))
    assert ([one.case.code for one in blind.rows], blind.hidden) == ([], 1)
    assert [no.code for _, no in propose(cast, "coordinator", **{case.code: "mate"}).failed] == ["case_unknown"]

    seen = handover(standing(cast.leader, on=TODAY), cast.person("expert"))
    assert [one.case.code for one in seen.ready] == [case.code]
    propose(cast, "leader", **{case.code: "mate"})
    accept_handover([case.code], by=cast.mate, at=LATER)
    assert holder(case) == "顾知微"


def test_who_may_hand_over_and_to_whom(cast: Cast) -> None:
    cast.contacted()
    expert = cast.person("expert")
    allowed = {name for name, user in cast.users.items() if may_hand_over(standing(user, on=TODAY), expert)}
    assert allowed == {"expert", "leader", "coordinator"}
    found = handover(standing(cast.leader, on=TODAY), expert)
    assert {one.person.name for one in receivers(found, on=TODAY)} == {"毛知南", "顾知微"}


def test_somebody_who_left_is_on_the_homes_until_all_is_handed_over(cast: Cast) -> None:
    case = cast.contacted()
    assert absent_holders(standing(cast.leader, on=TODAY), on=TODAY) == ()
    gone(cast)
    for who in ("leader", "coordinator"):
        (one,) = absent_holders(standing(cast.users[who], on=TODAY), on=TODAY)
        assert (one.person, one.cases, one.last) == (cast.person("expert"), 1, None)
    assert absent_holders(standing(cast.other_leader, on=TODAY), on=TODAY) == ()

    propose(cast, "leader", **{case.code: "mate"})
    accept_handover([case.code], by=cast.mate, at=LATER)
    assert absent_holders(standing(cast.leader, on=TODAY), on=TODAY) == ()


def test_a_long_leave_is_on_the_leaders_home(cast: Cast) -> None:
    cast.contacted()
    leave = Leave.objects.create(
        person=cast.person("expert"), deputy=cast.person("mate"), since=TODAY, until=TODAY + timedelta(days=7)
    )
    assert absent_holders(standing(cast.leader, on=TODAY), on=TODAY) == ()
    Leave.objects.filter(pk=leave.pk).update(until=TODAY + timedelta(days=8))
    (one,) = absent_holders(standing(cast.leader, on=TODAY), on=TODAY)
    assert (one.cases, one.last) == (1, TODAY + timedelta(days=7))


def test_stand_in_of_who_left_ends_by_itself(cast: Cast) -> None:
    """She was first asked, so the final reply is still hers to sign 代; after that nobody acts for her any more."""
    case = cast.resolved()
    mark_left(
        cast.person("expert"),
        left_on=TODAY + timedelta(days=8),
        deputy=cast.person("mate"),
        by=None,
        at=MONDAY + 8 * DAY,
    )
    at = MONDAY + 9 * DAY
    jobs.follow_people(at)
    assert standing(cast.mate, on=at.date()).acting_for == {cast.person("expert").pk}
    cast.take(case, "sign_final_reply", "mate", at, found="容量不足", changed="负荷降了", keep="每周看报表")
    assert entries_of(case).get(verb="sign_final_reply").on_behalf_of == "沈言行"
    cast.take(case, "close_form", "requester", at, outcome="new_idea", value=5, feasibility=5)
    cast.take(case, "decide_extraction", "leader", at, decision="extract")
    cast.take(case, "archive", "mate", at)
    assert jobs.follow_people(at) == {"carried": 0, "ended": 1}
    assert standing(cast.mate, on=at.date()).acting_for == frozenset()


@pytest.mark.parametrize("first, second", [("mate", "leader"), ("leader", "mate")])
def test_of_two_who_accept_one_takes_it(cast: Cast, first: str, second: str) -> None:
    """The receiver and her leader both may; whoever comes second is told, and the case has one holder."""
    case = cast.contacted()
    gone(cast, deputy="second")
    propose(cast, "coordinator", **{case.code: "mate"})
    accept_handover([case.code], by=cast.users[first], at=LATER)
    (late,) = accept_handover([case.code], by=cast.users[second], at=LATER).failed
    assert late[1].status in (403, 409)
    assert holder(case) == "顾知微"
    assert unaccounted() == []
