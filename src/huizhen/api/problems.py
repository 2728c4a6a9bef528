"""Every no in the shape of RFC 9457 (application/problem+json). Codes with their arguments are the contract; nothing here is translated."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite

logger = logging.getLogger(__name__)

_TITLES = {
    400: ("Not a request we can read", "The body or a header is not what its type says it is."),
    401: ("Not signed in", "Send `Authorization: Bearer` with a token of POST /api/v1/tokens."),
    403: ("Not yours to do", "You see the thing, but the act belongs to somebody else. Nothing was changed."),
    404: ("No such thing", "There is nothing at this address, or it is not for you."),
    405: ("Not that method", "The address exists; it does not answer this method."),
    409: ("Not now", "The act is yours, but not at this moment. Nothing was changed."),
    413: ("Too large", "The body is larger than this address takes. Nothing was changed."),
    415: ("Not that kind of body", "The address takes another content type."),
    422: ("Not valid", "Each entry of `faults` names a field and what is wrong with it. Nothing was changed."),
    429: ("Locked out", "Too many wrong passwords for this account from this address. Wait and try again."),
    500: ("Our mistake", "Something broke on our side. Nothing was changed; the same request may be sent again."),
}


class Unreadable(Refusal):
    """A body or header that is not what it says it is. Answered with 400."""


class WrongKind(Refusal):
    """A body of a content type nobody reads here. Answered with 415."""

    status = 415


class TooLarge(Refusal):
    """A body larger than the address takes. Answered with 413."""

    status = 413


class KeyReused(Refusal):
    """An Idempotency-Key that was used for another request. Answered with 422."""

    status = 422


class WrongCredentials(Refusal):
    """The same whether the account is unknown, inactive or the password wrong. Answered with 401."""

    status = 401


class LockedOut(Refusal):
    """Too many wrong passwords. Answered with 429."""

    status = 429


_KEY_REUSED = (
    "This Idempotency-Key came with another request before. Send this one with a new key. Nothing was changed."
)
_BY_CLASS: list[tuple[type[Refusal], tuple[str, str]]] = [
    (StaleWrite, ("Someone was faster", "The thing changed since you read it. Nothing was changed by you; read it again.")),
    (NotVisible, _TITLES[404]),
    (NotAllowed, _TITLES[403]),
    (NotNow, _TITLES[409]),
    (KeyReused, ("Key of another request", _KEY_REUSED)),
]  # fmt: skip


def plain(args: Any) -> Any:
    """Arguments of a code as JSON: moments in ISO 8601, anything unknown as its text."""

    class Encoder(DjangoJSONEncoder):
        def default(self, o: Any) -> Any:
            try:
                return super().default(o)
            except TypeError:
                return str(o)

    return json.loads(json.dumps(args, cls=Encoder))


def problem(
    status: int,
    code: str,
    *,
    words: tuple[str, str] | None = None,
    args: Any = None,
    faults: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """The answer for one no."""
    title, detail = words or _TITLES.get(status, ("No", "Nothing was changed."))
    told = {
        "type": f"urn:huizhen:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "args": plain(args or {}),
        "faults": faults or [],
    }
    answer = HttpResponse(json.dumps(told), status=status, content_type="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def faults_of(invalid: Invalid) -> list[dict[str, Any]]:
    """Flat: one entry for each thing wrong. `row` counts from 0 inside a repeated field; field "" is the whole body."""
    return [
        {"field": name, "row": one.row, "column": one.column, "code": one.code, "args": plain(dict(one.args))}
        for name, found in invalid.faults.items()
        for one in found
    ]


def of_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal of any floor."""
    if isinstance(refusal, Invalid):
        return problem(422, "invalid", faults=faults_of(refusal))
    words = next((words for kind, words in _BY_CLASS if isinstance(refusal, kind)), None)
    answer = problem(refusal.status, refusal.code, words=words, args=refusal.args_)
    if isinstance(refusal, LockedOut):
        answer["Retry-After"] = str(refusal.args_["seconds"])
    return answer


def _unauthenticated(request: HttpRequest, exc: Exception) -> HttpResponse:
    answer = problem(401, "token_wanted")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _misshapen(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    """Parameters that the routes declare themselves; everything else is cleaned by the table's inputs."""
    faults = [
        {"field": ".".join(str(part) for part in one["loc"][1:]), "row": None, "column": None, "code": "invalid", "args": {}}
        for one in exc.errors
    ]  # fmt: skip
    return problem(422, "invalid", faults=faults)


def _broken(request: HttpRequest, exc: Exception) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.path, exc_info=exc)
    return problem(500, "broken")


def install(api: NinjaAPI) -> None:
    """Answer whatever can be raised below a route."""
    answers: list[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]]] = [
        (Exception, _broken),
        (Refusal, of_refusal),
        (AuthenticationError, _unauthenticated),
        (ValidationError, _misshapen),
        (HttpError, lambda request, exc: problem(exc.status_code, "refused")),
        (Http404, lambda request, exc: problem(404, "no_such_address")),
        (RequestDataTooBig, lambda request, exc: problem(413, "body_too_large")),
        (TooManyFieldsSent, lambda request, exc: problem(413, "too_many_fields")),
        (TooManyFilesSent, lambda request, exc: problem(413, "too_many_files")),
        (SuspiciousOperation, lambda request, exc: problem(400, "unreadable")),
        (BadRequest, lambda request, exc: problem(400, "unreadable")),
        (MultiPartParserError, lambda request, exc: problem(400, "unreadable")),
        (UnreadablePostError, lambda request, exc: problem(400, "unreadable")),
    ]
    for kind, answer in answers:
        api.add_exception_handler(kind, answer)
