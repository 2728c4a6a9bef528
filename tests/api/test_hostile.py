"""Whatever is sent, the answer is a problem that says so, never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from huizhen.cases.models import Case
from tests.api.conftest import Callers

DEEP = '{"a":' * 200 + "1" + "}" * 200


@pytest.mark.parametrize(
    "body, status, code",
    [
        ("{", 400, "not_json"), ("[1]", 400, "not_an_object"), ("null", 400, "not_an_object"), ('"text"', 400, "not_an_object"),
        (b"\xff\xfe", 400, "not_json"), ('{"a": NaN}', 400, "not_json"), (DEEP, 400, "too_deep"), ("[" * 200_000, 400, "not_json"),
        ('{"a": ' + "9" * 5000 + "}", 400, "not_json"), ("{}" + " " * 3 * 2**20, 413, "body_too_large"),
    ],
    ids=["cut", "list", "null", "text", "bytes", "nan", "deep", "deeper", "long number", "large"],
)  # fmt: skip
def test_body_that_is_no_object(callers: Callers, body: str | bytes, status: int, code: str) -> None:
    case = callers.cast.register()
    for path in ("/cases", f"/cases/{case.code}/moves/accept"):
        answer = callers.expert.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer["Content-Type"] == "application/problem+json"
        assert sorted(answer.json()) == ["args", "code", "detail", "faults", "status", "title", "type"]


def test_body_of_another_kind_is_said_so(callers: Callers) -> None:
    headers = {"Authorization": f"Bearer {callers.requester.token}"}
    answer = Client().post("/api/v1/cases", {"branch": "B1"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "json_wanted")


VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 1e300, 10**400, "", " ", "\x00", "\ud800", "a\u202eb", "0" * 70_000, [], [[]], {}, {"a": []}, [{"text": {"x": 1}}],
    [None], [1, 2], "<script>alert(1)</script>", "2026-13-45", "NaN", "-Infinity", "\uff11\uff12", "👩‍🔬", "'; DROP TABLE x; --", "%s%n",
]  # fmt: skip


@pytest.mark.parametrize(
    "field",
    [
        "title",
        "condition",
        "questions",
        "baseline",
        "urgency",
        "challenge",
        "group",
        "person",
        "unknown",
        "branch",
        "\x00",
    ],
)
def test_every_value_in_every_field_is_answered(callers: Callers, field: str) -> None:
    requester, good = callers.requester, {"branch": "B1", **callers.cast.values()}
    wrong = []
    for value in VALUES:
        answer = requester.post("/cases", json.dumps({**good, field: value}))
        if answer.status_code not in (201, 403, 422):
            wrong.append((value, answer.status_code, answer.content[:200]))
    assert wrong == []


@pytest.mark.parametrize(
    "move, field",
    [("diagnose", "causes"), ("plan_session", "starts_at"), ("plan_session", "people"), ("log_contact", "spoken_at")],
)
def test_every_value_in_the_inputs_of_a_move_is_answered(callers: Callers, move: str, field: str) -> None:
    case, expert = callers.cast.contacted(), callers.expert
    good = {
        "diagnose": {"findings": "够长的发现", "causes": [{"text": "好的病因"}]},
        "plan_session": {"mode": "online", "starts_at": "2026-03-04T10:00", "minutes": 60, "people": ["expert"]},
        "log_contact": {"channel": "phone", "learned": "够长"},
    }[move]
    found = {
        expert.post(f"/cases/{case.code}/moves/{move}", json.dumps({**good, field: value})).status_code
        for value in VALUES
    }
    assert found <= {200, 422}


def test_text_is_kept_as_text(callers: Callers) -> None:
    values = callers.cast.values(title="<script>负荷\u202e\x00超限</script>")
    code = callers.requester.post("/cases", {"branch": "B1", **values}).json()["code"]
    assert callers.requester.get(f"/cases/{code}").json()["title"] == "<script>负荷超限</script>"
    assert Case.objects.get().title == "<script>负荷超限</script>"


PATHS = [
    "/cases/{}", "/cases/{}/summary", "/cases/{}/available_moves", "/cases/{}/files/x", "/groups/{}", "/nowhere", "/cases/{}/", "/{}",
]  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "%00",
        "%F0%9F%92%A9",
        "hz26-00001",
        "HZ26-00001%20",
        "HZ26-" + "9" * 300,
        "..%2F..",
        "%ff",
        "HZ26-\u0660\u0660\u0660\u0660\u0661",
    ],
)
def test_strange_address_is_not_there(callers: Callers, code: str) -> None:
    expert = callers.expert
    answers = [expert.get(path.format(code)) for path in PATHS]
    assert [(one.status_code, one["Content-Type"]) for one in answers] == len(PATHS) * [
        (404, "application/problem+json")
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "x" * 9000},
        {"after": "\x00|1"},
        {"after": "9" * 50 + ".1"},
        {"group": "\x00"},
        {"\x00": "1"},
        {"limit": "\u0663"},
    ],
)
def test_strange_query_is_answered(callers: Callers, query: dict[str, str]) -> None:
    expert = callers.expert
    found = {
        path: expert.get(path, query).status_code
        for path in ("/cases", "/experts", "/branches", "/challenges", "/groups")
    }
    assert [path for path, status in found.items() if status not in (200, 404, 422)] == []


def test_root_and_its_surroundings_are_problems_too(db: None) -> None:
    answers = [Client().get(f"/api/v1/{path}") for path in ("", "x", "cases/x/y/z", "docs")]
    assert [(one.status_code, one.json()["code"]) for one in answers] == 4 * [(404, "no_such_address")]


def test_method_that_is_not_answered(callers: Callers) -> None:
    answer = Client().put("/api/v1/cases", headers={"Authorization": f"Bearer {callers.expert.token}"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_answered")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Allow"].split(", ") == answer.json()["args"]["allowed"] == ["GET", "POST"]


def test_broken_code_is_our_mistake_and_says_so(
    callers: Callers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("huizhen.api.cases.calendar", lambda: 1 / 0)
    answer = callers.expert.get("/cases")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert "division" not in answer.content.decode()
    assert "ZeroDivisionError" in caplog.text
