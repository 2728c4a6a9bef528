"""Reads of accounts: whose token is this, whose door, which answer was kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.utils.http import base36_to_int, int_to_base36

from huizhen.accounts.models import Token, User


def user_of_token(plain: str, *, at: datetime) -> User | None:
    """The active owner of a bearer token that has not run out."""
    if not plain or len(plain) > 200:
        return None
    token = Token.objects.select_related("user").filter(digest=Token.digest_of(plain), expires_at__gt=at).first()
    return token.user if token and token.user.is_active else None


def _signer(user: User) -> signing.Signer:
    return signing.Signer(salt=f"huizhen.feed.{user.feed_salt}", sep=".")


def feed_token(user: User) -> str:
    """What names the user's calendar feed to programs that cannot sign in; "" before she asked for one."""
    return _signer(user).sign(str(user.pk)) if user.feed_salt else ""


def user_of_feed(token: str) -> User | None:
    """The active owner of a feed address that was not renewed since."""
    number = token.partition(".")[0]
    if len(token) > 100 or not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    user = User.objects.filter(pk=int(number), is_active=True).exclude(feed_salt="").first()
    if user is None:
        return None
    try:
        _signer(user).unsign(token)
    except signing.BadSignature:
        return None
    return user


def demo_users() -> list[User]:
    """Accounts the demo made and everybody knows the password of. A real installation has none."""
    found = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    return [user for user in found if user.has_usable_password()]


DOOR_LASTS = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
"""How long a door link opens."""


class _Doors(PasswordResetTokenGenerator):
    """Django's one-time tokens, at a moment that is given instead of asked for."""

    key_salt = "huizhen.accounts.door"

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def _now(self) -> datetime:
        return self._at.astimezone(UTC).replace(tzinfo=None)


def door_of(user: User, *, at: datetime) -> str:
    """What opens the door for a user without a password from this moment on for a week, once; "" when nothing is to be opened.

    Nothing is stored: the token is signed over the user's unusable password, so it ends when that one is replaced, by herself or by head
    office. The same moment gives the same token.
    """
    return f"{int_to_base36(user.pk)}-{_Doors(at).make_token(user)}" if is_awaited(user) else ""


def is_awaited(user: User) -> bool:
    """The account is open and its owner has not chosen a password yet."""
    return bool(user.is_active and not user.has_usable_password())


def opens(token: str, user: User, *, at: datetime) -> bool:
    """Whether a token is the key of this user's door now."""
    return is_awaited(user) and _Doors(at).check_token(user, token.partition("-")[2])


def user_of_door(token: str, *, at: datetime) -> User | None:
    """Who may choose a password with this token; None for one that is unknown, used, run out or replaced: nobody learns which."""
    try:
        number = base36_to_int(token.partition("-")[0]) if len(token) <= 100 else 0
    except ValueError:
        return None
    user = User.objects.filter(pk=number, is_active=True).first() if 0 < number < 2**63 else None
    return user if user is not None and opens(token, user, at=at) else None
