"""Reads of accounts: whose token is this, which answer was kept."""

from __future__ import annotations

from datetime import datetime

from huizhen.accounts.models import Token, User


def user_of_token(plain: str, *, at: datetime) -> User | None:
    """The active owner of a bearer token that has not run out."""
    if not plain or len(plain) > 200:
        return None
    token = Token.objects.select_related("user").filter(digest=Token.digest_of(plain), expires_at__gt=at).first()
    return token.user if token and token.user.is_active else None


def demo_users() -> list[User]:
    """Accounts the demo made and everybody knows the password of. A real installation has none."""
    found = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    return [user for user in found if user.has_usable_password()]
