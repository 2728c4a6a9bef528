"""Writes of accounts: tokens, passwords, language, and the answers kept for repeated requests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from huizhen.accounts.models import KeptAnswer, Token, User
from huizhen.accounts.queries import opens, user_of_door
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid, NotNow, NotVisible

TOKEN_LASTS = timedelta(days=30)
ANSWER_LASTS = timedelta(days=7)


@transaction.atomic
def issue_token(user: User, *, at: datetime) -> str:
    """A fresh bearer token, told once. Side effects: forgets the user's run-out tokens; journal `token_issued`."""
    user.tokens.filter(expires_at__lte=at).delete()
    plain = Token.fresh()
    Token.objects.create(user=user, digest=Token.digest_of(plain), created_at=at, expires_at=at + TOKEN_LASTS)
    journal.record("token_issued", user, by=user, at=at, label=user.name)
    return plain


@transaction.atomic
def revoke_tokens(user: User, *, by: User | None, at: datetime) -> int:
    """Ends all bearer tokens of a user. Side effects: journal `tokens_revoked`. Returns how many there were."""
    count, _ = user.tokens.all().delete()
    journal.record("tokens_revoked", user, by=by, at=at, label=user.name, count=count)
    return count


@transaction.atomic
def revoke_token(plain: str, *, by: User, at: datetime) -> int:
    """Ends one bearer token of the user's own. Side effects: journal `token_revoked`. Returns 0 when it was gone already."""
    count, _ = by.tokens.filter(digest=Token.digest_of(plain)).delete()
    if count:
        journal.record("token_revoked", by, by=by, at=at, label=by.name)
    return count


@transaction.atomic
def change_password(user: User, *, old: str, new: str, at: datetime) -> User:
    """Sets another password. Side effects: ends the user's tokens; journal `password_changed`.

    Invalid: the old one is wrong, or the new one is too weak (codes of Django's validators). Other sessions end by themselves.
    """
    if user.is_demo:
        raise NotNow("demo_password")
    if not user.check_password(old):
        raise Invalid.one("old", "password_wrong")
    _need_strong(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    user.tokens.all().delete()
    journal.record("password_changed", user, by=user, at=at, label=user.name)
    return user


def _need_strong(new: str, user: User) -> None:
    try:
        validate_password(new, user)
    except ValidationError as weak:
        raise Invalid({"new": [Fault(fault.code or "invalid", dict(fault.params or {})) for fault in weak.error_list]})


@transaction.atomic
def choose_password(token: str, *, new: str, at: datetime) -> User:
    """The owner of a door link chooses her password; of two at once one does. Side effects: ends the user's tokens; journal
    `password_chosen`.

    NotVisible: the link is unknown, used, run out or replaced. Invalid: the password is too weak (codes of Django's validators).
    """
    found = user_of_door(token, at=at)
    user = User.objects.select_for_update().filter(pk=found.pk).first() if found else None
    if user is None or not opens(token, user, at=at):
        raise NotVisible("door_shut")
    _need_strong(new, user)
    user.set_password(new)
    user.is_demo = False  # what everybody knew of it is over
    user.save(update_fields=["password", "is_demo"])
    user.tokens.all().delete()
    journal.record("password_chosen", user, by=user, at=at, label=user.name)
    return user


@transaction.atomic
def change_language(user: User, *, language: str, at: datetime) -> User:
    """Remembers the language of the pages. Side effects: journal `language_changed`. Invalid: a language we do not speak."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid.one("language", "unknown_language")
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
        journal.record("language_changed", user, by=user, at=at, label=user.name, language=language)
    return user


@transaction.atomic
def renew_feed(user: User, *, at: datetime) -> User:
    """Gives the calendar feed a new secret address; the old one ends. Side effects: journal `feed_renewed`."""
    user.feed_salt = secrets.token_urlsafe(16)
    user.save(update_fields=["feed_salt"])
    journal.record("feed_renewed", user, by=user, at=at, label=user.name)
    return user


@dataclass(frozen=True)
class Replay:
    """The answer a request with this key already got."""

    status: int
    body: Any


def claim_answer(user: User, *, key: str, digest: str, at: datetime) -> KeptAnswer | Replay:
    """Takes an Idempotency-Key for a request, or gives back the answer it had.

    Call it inside the transaction of the effect: then a crash forgets key and effect together, and a second request with
    the same key waits for the first. Invalid: the key was used for another request. NotNow: that request is still running.
    """
    if not 1 <= len(key) <= 128:
        raise Invalid.one("Idempotency-Key", "key_length")
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(user=user, key=key, request_digest=digest, at=at)
    except IntegrityError:
        kept = KeptAnswer.objects.get(user=user, key=key)
    if kept.request_digest != digest:
        raise Invalid.one("Idempotency-Key", "key_reused")
    if kept.status is None:
        raise NotNow("key_in_progress")
    return Replay(kept.status, kept.body)


def keep_answer(claim: KeptAnswer, *, status: int, body: Any) -> KeptAnswer:
    """Stores the answer of a claimed key, so that a repetition gets the same."""
    claim.status, claim.body = status, body
    claim.save(update_fields=["status", "body"])
    return claim


def forget_answers(*, at: datetime) -> int:
    """Deletes kept answers older than a week; a job calls it."""
    count, _ = KeptAnswer.objects.filter(at__lt=at - ANSWER_LASTS).delete()
    return count
