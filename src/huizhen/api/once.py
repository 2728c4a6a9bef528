"""Idempotency-Key: the same request twice is one effect and one answer (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema, Status

from huizhen.accounts.actions import Replay, claim_answer, keep_answer
from huizhen.api.bearer import now_of, user_of
from huizhen.api.problems import KeyReused
from huizhen.api.reading import digest_of
from huizhen.lib.errors import Invalid

HEADER = "Idempotency-Key"
LONGEST = 100
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")


def once(
    request: HttpRequest, response: HttpResponse, *, status: int, content: bytes, effect: Callable[[], Schema]
) -> Status:
    """Do the effect, or give the answer it had. Without a key every request is an effect of its own.

    Key and effect are one transaction: a refusal or a crash forgets both, and a twin that comes meanwhile waits for the first.
    KeyReused: the key belongs to another request. NotNow: that request is still running.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return Status(status, effect())
    if not _KEY.fullmatch(key):
        raise Invalid.one(HEADER, "key_length", most=LONGEST)
    with transaction.atomic():
        claim = _claimed(request, key, digest_of(request, content))
        if isinstance(claim, Replay):
            response.headers["Idempotency-Replayed"] = "true"
            return Status(claim.status, claim.body)
        body = effect()
        keep_answer(claim, status=status, body=body.model_dump(mode="json"))
        return Status(status, body)


def _claimed(request: HttpRequest, key: str, digest: str):
    try:
        # pages keep their own keys in the same table, under another prefix
        return claim_answer(user_of(request), key=f"api:{key}", digest=digest, at=now_of(request))
    except Invalid:
        raise KeyReused("idempotency_conflict", key=key) from None
