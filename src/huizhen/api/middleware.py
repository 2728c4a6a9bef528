"""A method that an address does not answer is a problem like every other no."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from huizhen.api.problems import problem


class MethodProblems:
    """The routes answer 405 before any of their own handlers could put it into words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if not isinstance(answer, HttpResponseNotAllowed) or not request.path.startswith("/api/"):
            return answer
        allowed = sorted(answer.headers["Allow"].split(", "))
        told = problem(405, "method_not_answered", args={"allowed": allowed})
        told.headers["Allow"] = ", ".join(allowed)
        return told
