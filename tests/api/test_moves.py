"""Moves: offered = taken, stale writes, the table, and that documentation and action read the same inputs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone, translation

from huizhen.cases.lifecycle import MOVES
from huizhen.cases.models import Case
from huizhen.cases.policy import get_visible
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.options import options
from huizhen.cases.verbs import MOVES as LABELS
from huizhen.directory.queries import standing
from tests.api.conftest import Callers
from tests.cast import Cast

ROLES = ("requester", "expert", "mate", "leader", "liaison", "clerk", "coordinator", "viewer", "auditor")
VERBS = [name for name, move in MOVES.items() if not move.file]


def offered(cast: Cast, role: str, case: Case) -> dict[str, str | None]:
    """What the buttons of the page are made of: name → why not."""
    who = standing(getattr(cast, role), on=timezone.localdate())
    found = options(file_of(get_visible(who, case.code)), who, at=timezone.now())
    return {one.name: one.why.code if one.why else None for one in found}


@pytest.mark.parametrize("stage", ["registered", "diagnosed", "treated", "resolved"])
def test_available_moves_are_the_buttons(callers: Callers, stage: str) -> None:
    cast = callers.cast
    case = cast.register() if stage == "registered" else getattr(cast, stage)()
    for role in ROLES:
        told = getattr(callers, role).get(f"/cases/{case.code}/available_moves").json()["moves"]
        assert {one["name"]: one["why"]["code"] if one["why"] else None for one in told} == offered(cast, role, case)
        assert [one["name"] for one in told if one["allowed"] != (one["why"] is None)] == []


@pytest.mark.parametrize(
    "stage, role", [("registered", "expert"), ("registered", "viewer"), ("treated", "requester"), ("treated", "leader")]
)
def test_every_move_is_answered_as_offered(callers: Callers, stage: str, role: str) -> None:
    """An empty body: what is offered gets as far as its inputs, what waits says the same why, the rest is somebody else's or another day's."""
    cast = callers.cast
    case = cast.register() if stage == "registered" else cast.treated()
    caller, found, wrong = getattr(callers, role), offered(cast, role, case), []
    for name in VERBS:
        with transaction.atomic():
            answer = caller.move(case, name)
            transaction.set_rollback(True)
        if name not in found:
            good = answer.status_code == 403 or answer.json()["code"] == "wrong_stage"
        elif found[name] is None:
            good = answer.status_code in (200, 422)
        else:
            good = (answer.status_code, answer.json()["code"]) == (409, found[name])
        if not good:
            wrong.append((name, answer.status_code, answer.content.decode()[:200]))
    assert wrong == []


def test_move_is_taken_and_answers_with_the_case(callers: Callers) -> None:
    case = callers.cast.register()
    answer = callers.expert.move(case, "log_contact", channel="phone", learned="已问清楚情况")
    assert answer.status_code == 200
    assert (answer.json()["stage"], answer.json()["situation"]) == ("in_consultation", "session")
    assert answer["ETag"] == f'W/"{answer.json()["version"]}"'
    assert Case.objects.get().stage == "in_consultation"


def test_whole_road_by_the_interface(callers: Callers) -> None:
    requester, expert, mate, leader = callers.requester, callers.expert, callers.mate, callers.leader
    cast = callers.cast
    made = requester.post("/cases", {"branch": "B1", **cast.values()}).json()
    case = Case.objects.get(code=made["code"])
    causes = [{"text": "小区容量不足", "chain": ["city"]}, {"text": "未做负荷均衡"}]
    now = timezone.now()
    steps: list[tuple[Any, str, dict[str, Any]]] = [
        (expert, "log_contact", {"channel": "phone", "learned": "已问清楚情况"}),
        (expert, "inform_group", {"note": "已告知全团"}),
        (mate, "sign_opinion", {"text": "先看小区参数"}),
        (expert, "diagnose", {"findings": "容量与均衡两方面的问题", "causes": causes}),
        (expert, "prescribe", cast.prescription(now)),
        (requester, "accept_prescription", {}),
        (expert, "follow_up", {"mode": "online", "verdict": "marked", "value": 68, "evidence": "周报三期"}),
        (requester, "give_verdict", {"verdict": "marked"}),
        (expert, "resolve", {"waiver": "其余措施转日常"}),
        (expert, "sign_final_reply", {"found": "容量不足", "changed": "负荷下降", "keep": "每周看报表"}),
        (requester, "close_form", {"outcome": "new_idea", "value": 5, "feasibility": "4"}),
        (leader, "decide_extraction", {"decision": "extract"}),
        (expert, "archive", {}),
    ]
    answers = [(name, caller.move(case, name, **values).status_code) for caller, name, values in steps]
    assert [one for one in answers if one[1] != 200] == []
    assert Case.objects.get().stage == "archived"


@pytest.mark.parametrize(
    "seen, status", [('W/"1"', 409), ('"2"', 200), ("2", 200), ("*", 200), ("two", 422), ('W/"99"', 409)]
)
def test_exclusive_move_wants_the_newest_version(callers: Callers, seen: str, status: int) -> None:
    case = callers.cast.register()
    Case.objects.update(version=2)
    answer = callers.expert.move(case, "accept", seen=seen)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "someone_was_faster_named"
        assert answer.json()["title"] == "Someone was faster"


def test_faults_name_row_and_column(callers: Callers) -> None:
    case = callers.cast.contacted()
    answer = callers.expert.move(case, "diagnose", findings="够长的发现", causes=[{"text": "好的病因"}, {"text": "短"}])
    assert answer.status_code == 422
    assert answer.json()["faults"] == [
        {"field": "causes", "row": 1, "column": "text", "code": "too_short", "args": {"min": 2, "length": 1}}
    ]


@pytest.mark.parametrize("reserved", ["case", "by", "at", "seen", "values"])
def test_body_cannot_reach_the_action_itself(callers: Callers, reserved: str) -> None:
    answer = callers.expert.post(f"/cases/{callers.cast.register().code}/moves/accept", {reserved: "1"})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "unknown_input")


def test_unknown_move_has_no_address(callers: Callers) -> None:
    case = callers.cast.register()
    for name in ("conquer", "attach", "register", "../accept"):
        answer = callers.expert.move(case, name)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_table_lists_every_move(callers: Callers) -> None:
    told = callers.viewer.get("/moves").json()
    assert [one["name"] for one in told["moves"]] == list(MOVES)
    assert told["moves"][2] == {
        "name": "accept", "label": "接诊", "targets": {"registered": ["in_consultation"]}, "roles": ["accountable"],
        "needs": ["no_transfer"], "starts": [], "stops": [], "exclusive": True, "grave": False,
        "inputs": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    }  # fmt: skip
    assert [one["name"] for one in told["stages"] if one["is_open"]] == [
        "registered",
        "in_consultation",
        "in_treatment",
        "resolved",
    ]


def test_label_speaks_the_language_of_the_caller(callers: Callers) -> None:
    case, caller = callers.cast.register(), callers.expert
    for language in ("zh-hans", "en"):
        told = caller.get(f"/cases/{case.code}/available_moves", **{"Accept-Language": language}).json()["moves"]
        with translation.override(language):
            assert [one["label"] for one in told] == [str(LABELS[one["name"]]) for one in told]
