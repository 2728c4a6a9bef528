"""Nobody reads a page without having signed in.

Exempt are views marked `login_not_required` (sign-in, language, health, calendar feeds with a secret address) and the API,
which asks for its own bearer token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

_OPEN = ("/api/", settings.STATIC_URL)


class SignInFirst(HttpResponseRedirect):
    """Nobody is signed in: the way to the sign-in page."""


class SignInRequired:
    """Send anonymous readers to the sign-in page and remember where they wanted to go."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.path.startswith(_OPEN) or not getattr(view, "login_required", True):
            return None
        if request.user.is_authenticated:
            return None
        if request.headers.get("HX-Request") == "true":
            # The page behind the part is the one to come back to, not the address of the part.
            behind = urlsplit(request.headers.get("HX-Current-URL", "/")).path or "/"
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = redirect_to_login(behind).url
            return answer
        return SignInFirst(redirect_to_login(_page_of(request)).url)


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: of a POST the one that held the form, as not every address of a form can be read."""
    behind = urlsplit(request.headers.get("Referer", ""))
    if request.method in ("GET", "HEAD") or behind.netloc != request.get_host():
        return request.get_full_path()
    return behind.path or "/"
