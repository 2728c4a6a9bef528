"""What every answer is made of: references, problems, tokens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema


class Fault(Schema):
    """One thing wrong with one field; `row` counts from 0 inside a repeated field, field "" is the whole body."""

    field: str
    row: int | None = None
    column: str | None = None
    code: str
    args: dict[str, Any] = {}


class Problem(Schema):
    """RFC 9457. `code` and `args` say why; `faults` is filled for 422."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    args: dict[str, Any] = {}
    faults: list[Fault] = []


class Ref(Schema):
    code: str
    name: str


class ActingOut(Ref):
    """Who acts for somebody away, and the last day of it; no day once she has left for good."""

    until: date | None = None


class TokenOut(Schema):
    """The token is told once; only its digest is kept."""

    token: str
    expires_at: datetime


class PersonOut(Ref):
    unit: str = ""
    post: str = ""
    phone: str = ""
