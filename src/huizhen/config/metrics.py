"""Numbers in Prometheus' format: requests as they are answered, gauges of the apps as they are asked for.

Several processes of one server share the files of a folder (prometheus_client's multiprocess mode), so it does not matter which one
is asked. `prepare` must come before the library is imported for the first time: it reads the folder's name then.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from huizhen.schedules import registry

log = logging.getLogger(__name__)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def prepare(host: str, port: int) -> None:
    """An empty folder for the counters of this server; what it counted before it stopped is gone, as Prometheus expects."""
    name = re.sub(r"[^0-9A-Za-z.]", "_", host)
    folder = Path(settings.HUIZHEN_VAR) / "metrics" / f"{name}-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[FOLDER] = str(folder)


class RequestMetrics:
    """The outermost middleware: counts and times every answer by the name of its route, never by its path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        from prometheus_client import Counter, Histogram

        self.get_response = get_response
        if "requests" not in _METERS:
            _METERS["requests"] = Counter("huizhen_requests", "Requests answered", ["route", "method", "status"])
            _METERS["seconds"] = Histogram(
                "huizhen_request_seconds", "Seconds to the answer", ["route", "method"], buckets=BUCKETS
            )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        answer = self.get_response(request)
        took = time.perf_counter() - began
        method = request.method if request.method in METHODS else "OTHER"
        route = _route(request)
        _METERS["requests"].labels(route, method, str(answer.status_code)).inc()
        _METERS["seconds"].labels(route, method).observe(took)
        return answer


_METERS: dict[str, Any] = {}


def _route(request: HttpRequest) -> str:
    found = request.resolver_match
    if found is not None:
        return found.view_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def exposition(now: datetime) -> bytes:
    """Everything, in Prometheus' text format."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    shared = os.environ.get(FOLDER)
    requests = CollectorRegistry() if shared else REGISTRY
    if shared:
        MultiProcessCollector(requests, path=shared)
    asked = CollectorRegistry()
    asked.register(Asked(now))
    return bytes(generate_latest(requests) + generate_latest(asked))


class Asked:
    """The registered gauges, read at this moment. One that cannot be read is left out and counted: the others still count."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> list[Any]:
        """Nothing is read when the collector is registered."""
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        unread = 0
        for gauge in registry.gauges():
            try:
                reading = gauge.read(self.now)
            except Exception:
                log.warning("The gauge %s cannot be read.", gauge.name, exc_info=True)
                unread += 1
                continue
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label] if gauge.label else [])
            for label, number in reading.items() if isinstance(reading, Mapping) else [("", reading)]:
                family.add_metric([label] if gauge.label else [], float(number))
            yield family
        yield GaugeMetricFamily("huizhen_gauges_unread", "Gauges that could not be read just now", value=unread)
