"""Address × role. Not visible 404, not allowed 403, not now 409, wrong input 422."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from huizhen.cases.lifecycle import MOVES
from tests.api.conftest import ROOT, Callers

ROLES = ("requester", "expert", "leader", "liaison", "clerk", "coordinator", "viewer", "auditor", "outsider")
CONTACT = {"channel": "phone", "learned": "已问清楚情况"}
# A case of NET-01 just registered by B1. Rows: method, path, body, then the statuses in the order of ROLES.
TABLE = [
    ("GET", "/cases", None, "200 200 200 200 200 200 200 200 200"),
    ("GET", "/cases?scope=all", None, "404 404 404 404 404 200 200 200 404"),
    ("GET", "/cases/{code}", None, "200 200 200 200 200 200 200 200 404"),
    ("GET", "/cases/{code}/summary", None, "404 404 404 404 404 404 404 404 404"),
    ("GET", "/cases/{code}/available_moves", None, "200 200 200 200 200 200 200 200 404"),
    ("GET", "/cases/{code}/files/00000000-0000-0000-0000-000000000000", None, "404 404 404 404 404 404 404 404 404"),
    ("POST", "/cases", {"branch": "B1"}, "422 403 403 403 403 403 403 403 403"),
    ("POST", "/cases/{code}/files", {}, "422 422 422 403 403 403 403 403 404"),
    ("POST", "/cases/{code}/moves/log_contact", {}, "403 422 422 403 403 403 403 403 404"),
    ("POST", "/cases/{code}/moves/accept", {"x": 1}, "403 422 403 403 403 403 403 403 404"),
    ("POST", "/cases/{code}/moves/withdraw", {}, "422 403 403 403 403 403 403 403 404"),
    ("POST", "/cases/{code}/moves/diagnose", {}, "403 409 409 403 403 403 403 403 404"),
    ("POST", "/cases/{code}/moves/decline", {}, "403 403 409 409 403 403 403 403 404"),
    ("POST", "/cases/{code}/moves/follow", {"x": 1}, "422 422 422 422 422 422 422 422 404"),
    ("POST", "/cases/{code}/moves/mark_sensitive", {}, "422 422 422 403 403 422 403 403 404"),
    ("GET", "/groups", None, "200 200 200 200 200 200 200 200 200"),
    ("GET", "/groups/NET-01", None, "200 200 200 200 200 200 200 200 200"),
    ("GET", "/experts", None, "200 200 200 200 200 200 200 200 200"),
    ("GET", "/branches", None, "200 200 200 200 200 200 200 200 200"),
    ("GET", "/challenges", None, "200 200 200 200 200 200 200 200 200"),
    ("GET", "/moves", None, "200 200 200 200 200 200 200 200 200"),
]


@pytest.mark.parametrize("role", ROLES)
def test_roles_are_answered_as_the_table_says(callers: Callers, role: str) -> None:
    case = callers.cast.register()
    caller, place = getattr(callers, role), ROLES.index(role)
    found = []
    for method, path, body, statuses in TABLE:
        path = path.format(code=case.code)
        answer = caller.get(path) if method == "GET" else caller.post(path, body)
        if answer.status_code != int(statuses.split()[place]):
            found.append((method, path, answer.status_code, answer.content[:200]))
    assert found == []


def _open_paths() -> set[str]:
    return {"/api/v1/tokens", "/api/v1/openapi.json"}


def test_nobody_gets_anything_without_a_token(db: None) -> None:
    document = Client().get(f"{ROOT}/openapi.json").json()
    wrong = []
    for path, operations in document["paths"].items():
        for method in operations:
            address = path.replace("{code}", "HZ26-00001").replace("{key}", "00000000-0000-0000-0000-000000000000")
            answer = (
                getattr(Client(), method)(address, json.dumps({}), content_type="application/json")
                if method != "get"
                else Client().get(address)
            )
            if path not in _open_paths() and answer.status_code != 401:
                wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_document_has_one_operation_for_each_move(db: None) -> None:
    document = Client().get(f"{ROOT}/openapi.json").json()
    named = {path.rpartition("/")[2] for path in document["paths"] if "/moves/" in path}
    assert named == {name for name, move in MOVES.items() if not move.file}
    assert "/api/v1/cases/{code}/files" in document["paths"]


def test_document_tells_the_inputs_of_the_table(db: None) -> None:
    document = Client().get(f"{ROOT}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    for name, move in MOVES.items():
        if move.file:
            continue
        operation = document["paths"][f"/api/v1/cases/{{code}}/moves/{name}"]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert (name, list(schema["properties"])) == (name, [item.name for item in move.inputs])
        assert (name, schema["required"]) == (name, [item.name for item in move.inputs if item.required])
        assert list(operation["responses"]["409"]["content"]) == ["application/problem+json"]
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
