"""Reading a request: JSON bodies that may be hostile, query strings, headers. What the values may be is the business of the inputs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn
from uuid import UUID

from django.http import HttpRequest

from huizhen.api.problems import TooLarge, Unreadable, WrongKind
from huizhen.cases.lifecycle import Input, clean
from huizhen.lib.errors import Invalid, NotVisible

DEEPEST = 8
"""The deepest body we know of has four levels: an object, rows, a row, choices."""
_CASE_CODE = re.compile(r"[A-Z]{2}[0-9]{2}-[0-9]{5,10}")
_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def json_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; no body is an empty one. 400: not JSON, not an object, too deep; 413; 415."""
    raw = request.body
    if not raw.strip():
        return {}
    kind = request.content_type or ""
    if kind not in ("application/json", ""):
        raise WrongKind("json_wanted", given=kind[:60])
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("not_json") from None
    if not isinstance(value, dict):
        raise Unreadable("not_an_object")
    level: list[Any] = [value]
    for _depth in range(DEEPEST):
        level = [
            child
            for one in level
            if isinstance(one, (dict, list))
            for child in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise Unreadable("too_deep", most=DEEPEST)
    return value


def query_of(request: HttpRequest, inputs: Sequence[Input]) -> dict[str, Any]:
    """Typed values of the query string. Invalid: unknown names, values that are not offered."""
    return clean(inputs, request.GET.dict())


def seen_of(request: HttpRequest) -> int | None:
    """The version of the case the caller has seen: If-Match, or ?seen=. Invalid: neither empty nor a version."""
    given = request.headers.get("If-Match") or request.GET.get("seen") or ""
    if given in ("", "*"):
        return None
    found = _VERSION.fullmatch(given)
    if found is None:
        raise Invalid.one("If-Match", "not_a_version")
    return int(found.group(1))


def case_code(given: str) -> str:
    """A code that can be one; anything else does not reach the database. NotVisible."""
    if not _CASE_CODE.fullmatch(given):
        raise NotVisible("case_unknown")
    return given


def uuid_of(given: str) -> UUID:
    """A key. NotVisible: it cannot be one."""
    try:
        return UUID(given)
    except ValueError:
        raise NotVisible("file_unknown") from None


def refuse_large(request: HttpRequest, most: int) -> None:
    """Say no by the announced length, before a byte is read. TooLarge."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    if not given.isdecimal() or int(given[:15]) > most:
        raise TooLarge("body_too_large", most=most)


def digest_of(request: HttpRequest, content: bytes) -> str:
    """What makes two requests the same: method, address with query, version seen, body."""
    seen = request.headers.get("If-Match", "")
    head = f"{request.method} {request.get_full_path()}\n{seen}\n".encode("utf-8", "replace")
    return hashlib.sha256(head + content).hexdigest()
