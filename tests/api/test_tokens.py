"""Tokens: the right password only, the same no for everybody else, lock-out, an end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from huizhen.accounts.models import Token, User
from huizhen.journal.queries import entries_of
from tests.api.conftest import Caller, Callers
from tests.cast import Cast

PASSWORD = "a long and dull password"
WRONG = {"title": "Not signed in", "status": 401, "code": "credentials_wrong", "args": {}, "faults": []}


def ask(username: Any, password: Any = PASSWORD, **headers: str) -> HttpResponse:
    body = json.dumps({"username": username, "password": password})
    return Client().post("/api/v1/tokens", body, content_type="application/json", headers=headers)


@pytest.fixture
def user(cast: Cast) -> User:
    cast.expert.set_password(PASSWORD)
    cast.expert.save()
    return cast.expert


def test_token_opens_the_interface(user: User) -> None:
    answer = ask("expert")
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert sorted(answer.json()) == ["expires_at", "token"]
    assert answer.json()["expires_at"] == "2026-04-01T03:00:00Z"
    assert Caller(answer.json()["token"]).get("/cases").status_code == 200
    assert [entry.verb for entry in entries_of(user)] == ["token_issued"]


@pytest.mark.parametrize(
    "username, password",
    [("expert", "wrong"), ("nobody", PASSWORD), ("mate", PASSWORD), ("expert", "\ud800"), ("expert", "x" * 10_000)],
)
def test_no_is_the_same_for_everybody(user: User, username: str, password: str) -> None:
    answer = ask(username, password)
    assert answer.status_code == 401
    told = answer.json()
    assert {name: told[name] for name in WRONG} == WRONG
    assert Token.objects.count() == 0


def test_inactive_account_is_no_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert ask("expert").json()["code"] == "credentials_wrong"


@pytest.mark.parametrize(
    "body, field, code",
    [
        ({"username": "expert"}, "password", "required"),
        ({"username": "expert", "password": ["a"]}, "password", "required"),
        ({"password": "a"}, "username", "required"),
        ({"username": {"a": 1}, "password": "a"}, "username", "not_text"),
        ({"username": "u" * 65, "password": "a"}, "username", "too_long"),
        ({"username": "expert", "password": "a", "otp": 1}, "", "unknown_input"),
    ],
)
def test_body_without_sense_is_invalid(db: None, body: Any, field: str, code: str) -> None:
    answer = Client().post("/api/v1/tokens", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["faults"]] == [(field, code)]


def test_wrong_passwords_lock_out_here_too(user: User) -> None:
    statuses = [ask("expert", "wrong").status_code for _ in range(7)]
    assert statuses[-1] == 429
    answer = ask("expert")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "locked_out", "900")
    assert answer["Content-Type"] == "application/problem+json"


def test_invisible_characters_are_no_way_around_the_lock_out(user: User) -> None:
    statuses = [ask("expert" + "\u200b" * n, "wrong").status_code for n in range(7)]
    assert statuses[-1] == 429


def test_right_password_forgets_the_wrong_ones(user: User) -> None:
    statuses = [ask("expert", word).status_code for word in 2 * ("wrong", "wrong", "wrong", "wrong", PASSWORD)]
    assert statuses == 2 * [401, 401, 401, 401, 201]


def test_token_ends_when_given_back(callers: Callers) -> None:
    first, second = callers.expert, callers.expert
    gone = Client().delete("/api/v1/tokens/current", headers={"Authorization": f"Bearer {first.token}"})
    assert gone.status_code == 204
    assert gone.content == b""
    assert first.get("/cases").status_code == 401
    assert second.get("/cases").status_code == 200
    assert [entry.verb for entry in entries_of(callers.cast.expert)] == [
        "token_issued",
        "token_issued",
        "token_revoked",
    ]


@pytest.mark.parametrize(
    "header",
    [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic ZXhwZXJ0"}, {"Authorization": "Bearer"}],
)
def test_nobody_enters_without_a_token(db: None, header: dict[str, str]) -> None:
    answer = Client().get("/api/v1/cases", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_wanted")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_cookie_of_the_pages_opens_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.expert, backend="huizhen.accounts.backends.Backend")
    assert client.get("/api/v1/cases").status_code == 401


def test_account_without_a_person_reads_nothing(db: None) -> None:
    from huizhen.accounts.actions import issue_token
    from tests.api.conftest import NOON

    stranger = Caller(issue_token(User.objects.create(username="stranger", name="x"), at=NOON))
    assert stranger.get("/cases").json()["cases"] == []
    assert stranger.get("/groups").status_code == 403
    assert stranger.get("/cases/HZ26-00001").status_code == 404
