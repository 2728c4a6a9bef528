"""Every address of the house: pages, interface, health."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from huizhen.config import probes

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", probes.health, name="health"),
    path("readyz", probes.ready, name="ready"),
    path("metrics", probes.metrics, name="metrics"),
    path("api/v1/", include("huizhen.api.urls")),
    path("", include("huizhen.web.urls")),
]

handler400 = "huizhen.web.views.bad_request"
handler403 = "huizhen.web.views.permission_denied"
handler404 = "huizhen.web.views.not_found"
handler500 = "huizhen.web.views.server_error"
