"""Lists, one case, its summary, registering, files: the same finds and actions as the pages."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from huizhen.cases.models import Attachment, Case
from huizhen.directory.models import Leave
from tests.api.conftest import NOON, ROOT, Caller, Callers
from tests.cast import MONDAY, Cast

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def attach(caller: Caller, case: Case, name: str = "a.png", content: bytes = PNG, **headers: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content)
    named = {"Authorization": f"Bearer {caller.token}", **headers}
    return Client().post(f"{ROOT}/cases/{case.code}/files", {"file": file}, headers=named)


def test_list_shows_the_cases_of_the_scope(callers: Callers) -> None:
    case = callers.cast.register()
    answer = callers.expert.get("/cases")
    assert answer.status_code == 200
    told = answer.json()
    assert told["scope"] == "mine"
    assert told["scopes"] == ["mine", "group", "joined", "following"]
    assert (told["after"], told["before"]) == ("", "")
    assert told["cases"] == [
        {
            "code": case.code, "version": 1, "title": "宿舍晚高峰小区负荷超限", "stage": "registered", "situation": "contact",
            "urgency": "normal", "is_open": True, "is_hard": False, "is_sensitive": False, "last_verdict": "",
            "branch": {"code": "B1", "name": "佛山分公司网络部党支部"}, "unit": {"code": "FS", "name": "佛山分公司"},
            "group": {"code": "NET-01", "name": "无线网络优化专家团"}, "accountable": {"code": "expert", "name": "沈言行"},
            "acting": None,
            "registered_at": "2026-03-02T01:00:00Z",
            "clock": {
                "name": "first_contact", "label": "首次沟通", "state": "half", "since": "2026-03-02T01:00:00Z",
                "due": "2026-03-02T07:00:00Z", "stopped": None, "left": 120, "percent": 50, "is_provisional": False,
            },
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query, found",
    [
        ({"situation": "contact"}, 1), ({"situation": "session"}, 0), ({"stage": "registered"}, 1), ({"urgency": "urgent"}, 0),
        ({"open": "false"}, 0), ({"group": "NET-01"}, 1), ({"group": "FIN-01"}, 0), ({"unit": "FS"}, 1), ({"unit": "ZJ"}, 0),
        ({"q": "负荷"}, 1), ({"q": "报销"}, 0), ({"overdue": "true"}, 0), ({"scope": "group"}, 1), ({"scope": "following"}, 0),
    ],
)  # fmt: skip
def test_list_is_narrowed(callers: Callers, query: dict[str, str], found: int) -> None:
    callers.cast.register()
    assert len(callers.expert.get("/cases", query).json()["cases"]) == found


@pytest.mark.parametrize(
    "query, status",
    [
        ({"situation": "sleeping"}, 422),
        ({"limit": "0"}, 422),
        ({"limit": "x"}, 422),
        ({"page": "2"}, 422),
        ({"scope": "all"}, 404),
    ],
)
def test_list_refuses_what_it_does_not_know(callers: Callers, query: dict[str, str], status: int) -> None:
    assert callers.expert.get("/cases", query).status_code == status


def test_list_leads_on_by_keyset(callers: Callers) -> None:
    codes = [callers.cast.register(at=MONDAY + timedelta(minutes=n)).code for n in range(3)]
    first = callers.requester.get("/cases", {"limit": 2}).json()
    second = callers.requester.get("/cases", {"limit": 2, "after": first["after"]}).json()
    assert [one["code"] for one in first["cases"] + second["cases"]] == codes
    assert second["after"] == ""
    back = callers.requester.get("/cases", {"limit": 2, "before": second["before"]}).json()
    assert [one["code"] for one in back["cases"]] == codes[:2]


def test_list_costs_the_same_for_one_and_three(callers: Callers, django_assert_num_queries: Any) -> None:
    expert = callers.expert
    callers.cast.register()
    expert.get("/cases")
    with django_assert_num_queries(7):
        assert len(expert.get("/cases").json()["cases"]) == 1
    callers.cast.register()
    callers.cast.register()
    with django_assert_num_queries(7):
        assert len(expert.get("/cases").json()["cases"]) == 3


def test_case_is_told_in_full(callers: Callers) -> None:
    case = callers.cast.archived()
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        answer = callers.expert.get(f"/cases/{case.code}")
    assert answer.status_code == 200
    told = answer.json()
    version = Case.objects.get(pk=case.pk).version
    assert answer["ETag"] == f'W/"{version}"'
    assert told["accountable"] == {
        "code": "expert",
        "name": "沈言行",
        "unit": "网络部",
        "post": "",
        "phone": told["accountable"]["phone"],
    }
    assert told["accountable"]["phone"][3:7] == "****"
    assert (told["stage"], told["situation"], told["is_open"]) == ("archived", "closed", False)
    assert [one["number"] for one in told["measures"]] == [1, 2]
    assert told["measures"][0]["treats"] == {"2": "main"}
    assert [
        (one["expert_verdict"], one["branch_verdict"], one["verdict"], one["value"]) for one in told["follow_ups"]
    ] == [("marked", "marked", "marked", "68")]
    assert [one["text"] for one in told["diagnosis"]["causes"]] == ["小区容量不足", "未做负荷均衡"]
    assert told["closing"]["changed"] == "负荷降到六成八"
    assert [one["verb"] for one in told["timeline"]] == [
        "register", "log_contact", "inform_group", "sign_opinion", "diagnose", "prescribe", "accept_prescription", "follow_up",
        "give_verdict", "resolve", "sign_final_reply", "close_form", "decide_extraction", "archive",
    ]  # fmt: skip
    assert {"name": "first_contact", "state": "met"}.items() <= told["clocks"][0].items()
    assert (told["clocks"][0]["left"], told["clocks"][0]["stopped"]) == (210, "2026-03-02T01:30:00Z")


def test_case_costs_the_same_whatever_happened(callers: Callers, django_assert_max_num_queries: Any) -> None:
    expert = callers.expert
    case = callers.cast.archived()
    with django_assert_max_num_queries(27):
        expert.get(f"/cases/{case.code}")


def test_phone_numbers_stay_in_the_house(callers: Callers) -> None:
    case = callers.cast.archived()
    told = callers.coordinator.get(f"/cases/{case.code}").content.decode()
    people = [callers.cast.person(name) for name in ("requester", "expert", "leader")]
    assert [one.name for one in people if one.phone in told or one.email in told] == []


def test_summary_names_nobody(callers: Callers) -> None:
    case = callers.cast.archived()
    answer = callers.outsider.get(f"/cases/{case.code}/summary")
    assert answer.status_code == 200
    told = answer.json()
    assert {name: told[name] for name in ("verdict", "reached", "changed", "baseline", "target")} == {
        "verdict": "marked", "reached": "68", "changed": "负荷降到六成八", "baseline": "92", "target": "70",
    }  # fmt: skip
    assert [one["what"] for one in told["measures"]] == ["做负荷均衡", "扩容两个小区"]
    text = answer.content.decode()
    names = [person.name for person in callers.cast.people.values()] + ["梁思远", "佛山"]
    assert [name for name in names if name in text] == []


def test_summary_of_an_open_case_is_not_there(callers: Callers) -> None:
    case = callers.cast.treated()
    assert callers.outsider.get(f"/cases/{case.code}/summary").status_code == 404


def test_registering_makes_a_case(callers: Callers) -> None:
    answer = callers.requester.post("/cases", {"branch": "B1", **callers.cast.values()})
    assert answer.status_code == 201
    case = Case.objects.get()
    told = answer.json()
    assert (told["code"], told["accountable"]["code"], told["situation"]) == (case.code, "expert", "contact")
    assert answer["Location"] == f"{ROOT}/cases/{case.code}"
    assert answer["ETag"] == 'W/"1"'
    assert case.requester == callers.cast.person("requester")


@pytest.mark.parametrize(
    "role, changes, status, found",
    [
        ("requester", {"title": "短"}, 422, [("title", "too_short")]),
        ("requester", {"title": "短", "condition": "少"}, 422, [("title", "too_short"), ("condition", "too_short")]),
        ("requester", {"questions": [{"text": ""}, {"text": "好吗"}]}, 422, [("questions", "too_short")]),
        ("requester", {"group": "NET-99"}, 422, [("group", "not_found")]),
        ("requester", {"branch": "B9"}, 422, [("branch", "not_found")]),
        ("requester", {"branch": None}, 422, [("branch", "required")]),
        ("requester", {"price": 3}, 422, [("", "unknown_input")]),
        ("requester", {"branch": "B2"}, 403, []),
        ("expert", {}, 403, []),
        ("auditor", {}, 403, []),
    ],
)  # fmt: skip
def test_registering_says_what_is_wrong(
    callers: Callers, role: str, changes: dict[str, Any], status: int, found: Any
) -> None:
    answer = getattr(callers, role).post("/cases", {"branch": "B1", **callers.cast.values(), **changes})
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert [(one["field"], one["code"]) for one in answer.json()["faults"]] == found
    assert Case.objects.count() == 0


def test_file_goes_in_and_comes_out(callers: Callers) -> None:
    case = callers.cast.register()
    answer = attach(callers.requester, case, "负荷 曲线.png")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["name"], told["kind"], told["size"], told["by"]["code"]) == ("负荷 曲线.png", "png", 48, "requester")
    assert callers.expert.get(f"/cases/{case.code}").json()["files"] == [told]
    sent = Client().get(told["href"], headers={"Authorization": f"Bearer {callers.expert.token}"})
    assert b"".join(sent.streaming_content) == PNG
    assert sent["Content-Type"] == "application/octet-stream"
    assert sent["Content-Disposition"].startswith("attachment;")
    assert sent["X-Content-Type-Options"] == "nosniff"


def test_file_twice_with_one_key_is_one_file(callers: Callers) -> None:
    case, caller = callers.cast.register(), callers.requester
    first = attach(caller, case, **{"Idempotency-Key": "f1"})
    second = attach(caller, case, **{"Idempotency-Key": "f1"})
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert (
        attach(caller, case, content=PNG + b"1", **{"Idempotency-Key": "f1"}).json()["code"] == "idempotency_conflict"
    )
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("a.html", b"<script>", "kind_not_taken"),
        ("a.png", b"<script>", "content_not_kind"),
        ("a.txt", b"", "file_empty"),
        ("a", b"x", "kind_not_taken"),
    ],
)
def test_file_that_is_not_taken(callers: Callers, name: str, content: bytes, code: str) -> None:
    answer = attach(callers.requester, callers.cast.register(), name, content)
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, code)


def test_file_too_large_is_refused_unread(callers: Callers) -> None:
    case = callers.cast.register()
    body = BytesIO(b"x")
    answer = Client().post(
        f"{ROOT}/cases/{case.code}/files", body.read(), content_type="multipart/form-data; boundary=b",
        headers={"Authorization": f"Bearer {callers.requester.token}", "Content-Length": str(10**9)},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_file_missing_is_a_fault(callers: Callers) -> None:
    case = callers.cast.register()
    answer = Client().post(
        f"{ROOT}/cases/{case.code}/files", {}, headers={"Authorization": f"Bearer {callers.requester.token}"}
    )
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "required")


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-0000-0000-000000000000", "%00"])
def test_file_of_another_key_is_not_there(callers: Callers, key: str) -> None:
    case = callers.cast.register()
    assert callers.requester.get(f"/cases/{case.code}/files/{key}").status_code == 404


def test_outsider_does_not_learn_that_a_case_exists(callers: Callers, cast: Cast) -> None:
    case = cast.register()
    seen, unseen = (callers.outsider.get(f"/cases/{code}") for code in (case.code, "HZ26-99999"))
    assert (seen.status_code, unseen.status_code) == (404, 404)
    assert {**seen.json(), "args": 0} == {**unseen.json(), "args": 0}
    assert NOON > MONDAY


def test_case_says_who_acts_for_whom(callers: Callers) -> None:
    cast = callers.cast
    case = cast.register()
    Leave.objects.create(
        person=cast.person("expert"), deputy=cast.person("mate"), since=date(2026, 3, 1), until=date(2026, 3, 4)
    )
    told = callers.requester.get(f"/cases/{case.code}").json()
    assert told["acting"] == {"code": "mate", "name": "顾知微", "until": "2026-03-03"}
    assert callers.requester.get("/cases").json()["cases"][0]["acting"] == told["acting"]
