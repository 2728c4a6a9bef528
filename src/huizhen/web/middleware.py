"""Refusals raised in views become pages: 404, 403, 405, 409, 422 with a plain sentence, the same for a part asked for by htmx."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from huizhen.accounts.middleware import SignInFirst
from huizhen.lib.errors import NotVisible, Refusal
from huizhen.web.accounts.views import sign_in_first
from huizhen.web.views import not_this_way, refused


class RefusalPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No code of ours holds a NUL, and PostgreSQL would not even compare one.
        if "\x00" in request.path_info and not request.path.startswith("/api/"):
            return refused(request, NotVisible("no_such_page"))
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and not request.path.startswith("/api/"):
            return not_this_way(request, answer)
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The API answers refusals itself, as JSON."""
        if isinstance(exception, Refusal) and not request.path.startswith("/api/"):
            return refused(request, exception)
        return None


class UnsentForms:
    """A form posted after the session ended: the sign-in page carries it along instead of dropping it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        # An autosave asks for JSON; its page keeps the text and says that it is not stored.
        if isinstance(answer, SignInFirst) and request.method == "POST" and "X-Autosave" not in request.headers:
            return sign_in_first(request) or answer
        return answer
