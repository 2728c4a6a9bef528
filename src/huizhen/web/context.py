"""What every page knows: who reads, where they can go, which campaign and theme. Anonymous readers cost no query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from huizhen.directory import queries as directory
from huizhen.directory.queries import Standing
from huizhen.notifications.queries.bell import bell
from huizhen.web import nav

_PLACES = {
    "find": "search:page",
    "profile": "profile",
    "sign_in": "sign_in",
    "sign_out": "sign_out",
    "language": "language",
    "theme": "theme",
    "inbox": "inbox:page",
    "ring": "inbox:ring",
    "preview": "texts:preview",
}
THEMES = ("auto", "light", "dark")


def standing_of(request: HttpRequest) -> Standing:
    """Who the reader is today; asked once per request."""
    if not hasattr(request, "_standing"):
        request._standing = directory.standing(request.user, on=timezone.localdate())
    return request._standing


def theme_of(request: HttpRequest) -> str:
    theme = request.COOKIES.get("hz-theme", "auto")
    return theme if theme in THEMES else "auto"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Lazy: a part that shows no frame asks nothing."""
    context: dict[str, Any] = {
        "theme": theme_of(request),
        "language": get_language() or settings.LANGUAGE_CODE,
        "csp_nonce": getattr(request, "csp_nonce", ""),
        # Shared parts know no route of a room; the frame's own places are named here.
        "places": {name: reverse(route) for name, route in _PLACES.items()},
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context

    def found() -> list[nav.Link]:
        return nav.links(standing_of(request).home, request.path)

    links = SimpleLazyObject(found)
    return context | {
        "role_label": SimpleLazyObject(lambda: str(nav.ROLES.get(standing_of(request).home, ""))),
        "on_profile": request.path.startswith("/me/"),
        "on_inbox": request.path.startswith("/inbox/"),
        "bell": SimpleLazyObject(lambda: bell(user)),
        "standing": SimpleLazyObject(lambda: standing_of(request)),
        "campaign": SimpleLazyObject(directory.current_campaign),
        "nav_sections": SimpleLazyObject(lambda: nav.sections(links)),
        "nav_tabs": SimpleLazyObject(lambda: nav.tabs(standing_of(request).home, links)),
        "nav_more": SimpleLazyObject(lambda: nav.more(standing_of(request).home, links)),
    }
