"""Refusals raised in views become pages: 404, 403, 409, 422 with a plain sentence, the same for a part asked for by htmx."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from huizhen.lib.errors import NotVisible, Refusal
from huizhen.web.views import refused


class RefusalPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No code of ours holds a NUL, and PostgreSQL would not even compare one.
        if "\x00" in request.path_info and not request.path.startswith("/api/"):
            return refused(request, NotVisible("no_such_page"))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The API answers refusals itself, as JSON."""
        if isinstance(exception, Refusal) and not request.path.startswith("/api/"):
            return refused(request, exception)
        return None
