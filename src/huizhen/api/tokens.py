"""Tokens: issued for a user name and a password, given back when no longer needed. Lock-out counts here as on the sign-in page."""

from __future__ import annotations

from datetime import timedelta

from axes.helpers import get_client_ip_address
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from ninja import Router, Status

from huizhen.accounts import actions
from huizhen.accounts.backends import LONGEST_PASSWORD
from huizhen.api.bearer import now_of, user_of
from huizhen.api.inputs import object_of
from huizhen.api.problems import LockedOut, WrongCredentials
from huizhen.api.reading import json_of
from huizhen.api.schemas.refs import Problem, TokenOut
from huizhen.cases.lifecycle import Input, clean
from huizhen.lib.errors import Invalid

router = Router(tags=["tokens"])
_NAME = (Input("username", "line", least=1, most=64),)


@router.post(
    "/tokens",
    auth=None,
    response={201: TokenOut, 400: Problem, 401: Problem, 422: Problem, 429: Problem},
    url_name="tokens",
    operation_id="issue_token",
    summary="Sign in",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {
        **object_of(_NAME),
        "properties": {"username": {"type": "string", "maxLength": 64}, "password": {"type": "string", "maxLength": LONGEST_PASSWORD}},
        "required": ["username", "password"],
    }}}}},
)  # fmt: skip
def issue_token(request: HttpRequest):
    """A bearer token for thirty days. The answer is the same whether the account is unknown or the password wrong."""
    given = json_of(request)
    password = given.pop("password", None)
    values = clean(_NAME, given)
    if not isinstance(password, str) or not password:
        raise Invalid.one("password", "required")
    user = _authenticated(request, values["username"], password)
    at = now_of(request)
    return Status(201, TokenOut(token=actions.issue_token(user, at=at), expires_at=at + actions.TOKEN_LASTS))


def _authenticated(request: HttpRequest, username: str, password: str):
    # a lone surrogate has no bytes to hash, so it is nobody's password
    user = authenticate(request, username=username, password=password.encode("utf-8", "replace").decode())
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # else its middleware would answer with the page of the sign-in form
        raise LockedOut("locked_out", seconds=int(timedelta(hours=settings.AXES_COOLOFF_TIME).total_seconds()))
    if user is None:
        raise WrongCredentials("credentials_wrong")
    reset(ip=get_client_ip_address(request), username=username)
    return user


@router.delete(
    "/tokens/current",
    response={204: None, 401: Problem},
    url_name="token",
    operation_id="revoke_token",
    summary="Sign out",
)
def revoke_token(request: HttpRequest):
    """Ends the token of this request; others of the same account go on."""
    actions.revoke_token(request.token, by=user_of(request), at=now_of(request))
    return Status(204, None)
