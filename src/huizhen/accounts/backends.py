"""Signing in by user name and password. Lock-out is django-axes' business, rights are the directory's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http.request import HttpRequest  # noqa: TID251 - the signature Django asks of a backend

from huizhen.accounts.models import User
from huizhen.lib.text import clean

LONGEST_PASSWORD = 512  # argon2 reads all of it: an upper bound keeps a sign-in from being a load


class Backend(BaseBackend):
    """Accounts of this installation. An unknown name costs as much time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        name = clean(username)
        user = User.objects.filter(username=name).first() if len(name) <= 64 else None
        if user is None:
            User().set_password(password[:LONGEST_PASSWORD])
            return None
        is_right = user.check_password(password[:LONGEST_PASSWORD]) and len(password) <= LONGEST_PASSWORD
        return user if is_right and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
