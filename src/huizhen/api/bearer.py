"""Who asks: the owner of the bearer token, and nobody else. A session cookie opens nothing here, so no request can be forged by a page."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from huizhen.accounts.models import User
from huizhen.accounts.queries import user_of_token
from huizhen.directory import queries as directory
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotAllowed


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        request.token = token
        return user_of_token(token, at=now_of(request))


def now_of(request: HttpRequest) -> datetime:
    """The moment of the request: the clock is asked once."""
    if not hasattr(request, "_now"):
        request._now = timezone.now()
    return request._now


def user_of(request: HttpRequest) -> User:
    """The signed-in user. `request.user` would be the one of the cookie."""
    return request.auth


def standing_of(request: HttpRequest) -> Standing:
    """Who the reader is today; asked once per request."""
    if not hasattr(request, "_standing"):
        request._standing = directory.standing(user_of(request), on=timezone.localdate(now_of(request)))
    return request._standing


def placed(request: HttpRequest) -> Standing:
    """The standing of somebody the directory knows. NotAllowed: an account without a person."""
    standing = standing_of(request)
    if standing.person is None:
        raise NotAllowed("no_person")
    return standing
