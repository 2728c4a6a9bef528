"""Callers of the interface: one per role, each with a token of her own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from huizhen.accounts.actions import issue_token
from huizhen.accounts.models import User
from tests.cast import MONDAY, Cast

ROOT = "/api/v1"
NOON = MONDAY + timedelta(hours=2)


@dataclass
class Caller:
    """Somebody with a token. Bodies are sent as JSON, answers read by `.json()`."""

    token: str

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **given}

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        return Client().get(ROOT + path, query or {}, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named["Idempotency-Key"] = key
        content = body if isinstance(body, (str, bytes)) else json.dumps({} if body is None else body)
        return Client().post(ROOT + path, content, content_type="application/json", headers=self._headers(named))

    def move(
        self, case: Any, name: str, *, key: str | None = None, seen: str | None = None, **values: Any
    ) -> HttpResponse:
        headers = {"If_Match": seen} if seen else {}
        return self.post(f"/cases/{case.code}/moves/{name}", values, key=key, **headers)


@dataclass
class Callers:
    cast: Cast

    def __getattr__(self, name: str) -> Caller:
        user: User = getattr(self.cast, name)
        return Caller(issue_token(user, at=NOON))


@pytest.fixture
def callers(cast: Cast) -> Callers:
    """`callers.expert.get(...)`: everybody of the cast, at noon of an ordinary Monday."""
    return Callers(cast)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield
