"""Pages of handing over: what is held, who takes it, what came of it; answering many at once; marking that somebody left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from huizhen.cases.models import Case, Transfer
from huizhen.directory.actions import mark_left
from huizhen.directory.models import Leave, Person
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

NOW = MONDAY + timedelta(hours=4)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def text(answer: Any) -> str:
    return str(answer.content.decode())


def follow(cast: Cast, who: str, address: str, posted: dict[str, Any]) -> str:
    answer = visit(cast.users[who]).post(address, posted, follow=True)
    assert answer.status_code == 200, text(answer)
    return text(answer)


def test_leader_hands_over_what_the_one_who_left_holds(cast: Cast) -> None:
    cases = [cast.contacted(), cast.contacted()]
    mark_left(cast.person("expert"), left_on=TODAY, deputy=cast.person("leader"), by=cast.leader, at=NOW)
    home = text(visit(cast.leader).get("/"))
    assert "要移交的病例" in home
    assert "/experts/expert/handover/" in home
    page = text(visit(cast.leader).get("/experts/expert/handover/"))
    assert "毛知南 代 沈言行（已离开）" in page
    posted = {
        "receiver": "mate", "reason": "沈言行离开，移交病例", "cases": [one.code for one in cases],
        f"to_{cases[1].code}": "leader",
    }  # fmt: skip
    for _ in range(2):
        assert "2 例已提议，等对方接受。" in follow(cast, "leader", "/experts/expert/handover/", posted)
        posted["cases"] = [one.code for one in cases]
        break
    assert set(Transfer.objects.values_list("to_person__name", flat=True)) == {"顾知微", "毛知南"}
    assert "已提议转给顾知微，等答复" in text(visit(cast.leader).get("/experts/expert/handover/"))

    answer = follow(cast, "mate", "/transfers/accept/", {"cases": [cases[0].code]})
    assert "已接 1 例。" in answer
    assert Case.objects.get(pk=cases[0].pk).accountable == cast.person("mate")


def test_what_did_not_go_is_named(cast: Cast) -> None:
    case, other = cast.contacted(), cast.contacted()
    page = {"receiver": "mate", "reason": "请假", "cases": [case.code, other.code]}
    visit(cast.leader).get("/experts/expert/handover/")
    follow(cast, "leader", "/experts/expert/handover/", page | {"cases": [case.code]})
    # what somebody proposed meanwhile is no choice any more: the page says so beside it
    answer = visit(cast.leader).post("/experts/expert/handover/", page)
    assert answer.status_code == 422
    assert "已提议转给顾知微，等答复" in text(answer)


def test_receiver_answers_all_or_singly(cast: Cast) -> None:
    cases = [cast.contacted() for _ in range(3)]
    for one in cases:
        cast.take(one, "propose_transfer", "leader", NOW, person="mate", reason="沈言行太忙")
    assert "一起答复转诊" in text(visit(cast.mate).get("/"))
    assert text(visit(cast.mate).get("/transfers/")).count("沈言行太忙") == 3
    assert "已接 2 例。" in follow(cast, "mate", "/transfers/accept/", {"cases": [one.code for one in cases[:2]]})
    refused = visit(cast.mate).post("/transfers/refuse/", {"cases": [cases[2].code], "reason": ""})
    assert refused.status_code == 422
    assert "已答复不接 1 例。" in follow(
        cast, "mate", "/transfers/refuse/", {"cases": [cases[2].code], "reason": "手上太满"}
    )
    again = follow(cast, "mate", "/transfers/accept/", {"cases": [cases[2].code]})
    assert "1 例未动" in again
    assert cases[2].code in again


def test_a_receiver_is_wanted_for_each(cast: Cast) -> None:
    case = cast.contacted()
    answer = visit(cast.leader).post("/experts/expert/handover/", {"reason": "太忙", "cases": [case.code]})
    assert answer.status_code == 422
    assert f"请选由谁接：{case.code}。" in text(answer)


def test_marking_left_warns_and_leads_to_handing_over(cast: Cast) -> None:
    cast.contacted()
    page = text(visit(cast.leader).get("/experts/expert/leaving/"))
    assert "手上还有 1 例。" in page
    answer = follow(cast, "leader", "/experts/expert/leaving/", {"left_on": TODAY.isoformat(), "deputy": "mate"})
    assert "已登记沈言行离开。" in answer
    assert "提议移交" in answer
    assert Person.objects.get(code="expert").left_on == TODAY
    assert visit(cast.leader).post(
        "/experts/expert/leaving/", {"left_on": "2026-03-03", "deputy": "mate"}
    ).status_code in (403, 409)
    assert "登记离开" not in text(visit(cast.coordinator).get("/experts/expert/"))


def test_leader_of_a_group_does_not_just_leave(cast: Cast) -> None:
    answer = visit(cast.coordinator).post("/experts/leader/leaving/", {"left_on": TODAY.isoformat(), "deputy": "mate"})
    assert answer.status_code == 409
    assert "先为这个团更换团长" in text(answer)


def test_long_leave_leads_to_handing_over(cast: Cast) -> None:
    cast.contacted()
    posted = {"since": "2026-03-03", "until": "2026-03-12", "deputy": "mate", "reason": ""}
    assert "超过 5 个工作日" in text(visit(cast.expert).get("/experts/expert/leave/"))
    assert "请假较长，手上的病例请移交。" in follow(cast, "expert", "/experts/expert/leave/", posted)


def test_pages_say_who_acts_for_whom(cast: Cast) -> None:
    case = cast.contacted()
    Leave.objects.create(person=cast.person("expert"), deputy=cast.person("mate"), since=TODAY, until=date(2026, 3, 6))
    assert "顾知微 代 沈言行，至 3月5日" in text(visit(cast.requester).get(f"/cases/{case.code}/"))
    assert "顾知微 代 沈言行" in text(visit(cast.requester).get("/cases/"))
    assert "责任人 顾知微 代 沈言行" in text(visit(cast.requester).get("/"))
    assert "顾知微 代 沈言行，至 3月5日" in text(visit(cast.requester).get(f"/cases/{case.code}/receipt/"))
    assert "顾知微 代 沈言行，至 3月5日" in text(visit(cast.requester).get("/experts/expert/"))
    deputy = parsed(visit(cast.mate).get("/"))
    assert "代 沈言行" in [one.text.strip() for one in deputy.walk()]


@pytest.mark.parametrize("count", [1, 3])
def test_handover_costs_the_same_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        cast.contacted()
    client = visit(cast.leader)
    client.get("/experts/expert/handover/")
    with django_assert_num_queries(16):
        client.get("/experts/expert/handover/")
