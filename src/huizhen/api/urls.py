"""The addresses below /api/v1/. What is not one of them is answered in the same language as everything else here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from huizhen.api.interface import api
from huizhen.api.problems import problem


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """No such address."""
    return problem(404, "no_such_address")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", unknown, name="api-unknown"),  # the root of the routes exists only to be reversed
    path("", api.urls),
    re_path(r"^", unknown, name="api-unknown"),
]
