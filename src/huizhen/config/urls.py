"""Every address of the house: pages, interface, health."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def health(request: HttpRequest) -> HttpResponse:
    """Says that the process answers; touches no database, so that a slow one does not get the process killed."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("api/v1/", include("huizhen.api.urls")),
    path("", include("huizhen.web.urls")),
]

handler400 = "huizhen.web.views.bad_request"
handler403 = "huizhen.web.views.permission_denied"
handler404 = "huizhen.web.views.not_found"
handler500 = "huizhen.web.views.server_error"
