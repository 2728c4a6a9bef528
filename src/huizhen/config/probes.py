"""What machines ask: is the process alive, is the installation ready, what are its numbers. No secrets, nobody's names."""

from __future__ import annotations

import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_FORWARDED_PROTO")

_migrated = False


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Says that the process answers; touches no database, so that a slow one does not get the process killed."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether people can be sent here: the database answers, is migrated, and somebody does the jobs. 503 otherwise."""
    checks = {"database": _database(), "migrations": "unknown", "worker": "unknown"}
    if checks["database"] == "ok":
        checks |= {"migrations": _migrations(), "worker": _worker()}
    is_ready = set(checks.values()) == {"ok"}
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as fault:
        # The text of the fault would name hosts and accounts.
        return f"unreachable: {type(fault).__name__}"
    return "ok"


def _migrations() -> str:
    """Asked until the answer is yes: a process never runs on a database that lost a migration."""
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        except DatabaseError as fault:
            return f"unreadable: {type(fault).__name__}"
        if waiting:
            return f"{waiting} waiting"
        _migrated = True
    return "ok"


def _worker() -> str:
    from huizhen.schedules.queries import FRESH, last_seen

    try:
        seen = last_seen()
    except DatabaseError as fault:
        return f"unreadable: {type(fault).__name__}"
    if seen is None:
        return "none running"
    silent = timezone.now() - seen
    return "ok" if silent < FRESH else f"silent for {round(silent.total_seconds())} s"


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of this installation for Prometheus; 403 for whoever has not the token, or is not this machine."""
    if not _may_read(request.META):
        return HttpResponse("forbidden\n", content_type="text/plain", status=403)
    from huizhen.config import metrics as numbers

    return HttpResponse(numbers.exposition(timezone.now()), content_type=numbers.CONTENT_TYPE)


def _may_read(meta: dict[str, Any]) -> bool:
    """With a token: whoever sends it. Without one: this machine only, unless a proxy stands in between, whose every request is local."""
    token = settings.HUIZHEN_METRICS_TOKEN
    if token:
        return hmac.compare_digest(str(meta.get("HTTP_AUTHORIZATION", "")).encode(), f"Bearer {token}".encode())
    is_proxied = settings.HTTPS or any(name in meta for name in FORWARDED)
    return meta.get("REMOTE_ADDR") in LOOPBACK and not is_proxied
