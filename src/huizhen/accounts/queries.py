"""Reads of accounts: whose token is this, which answer was kept."""

from __future__ import annotations

from datetime import datetime

from django.core import signing

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
