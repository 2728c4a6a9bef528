"""What machines ask: alive, ready, numbers; who may have the numbers; what doctor says of jobs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from huizhen.config import doctor, metrics, probes
from huizhen.schedules import actions, registry
from huizhen.schedules.models import Schedule
from tests.cast import Cast


def asked(path: str, **headers: Any) -> tuple[int, str]:
    answer = Client().get(path, **headers)
    return answer.status_code, answer.content.decode()


@pytest.mark.django_db
def test_ready_when_database_is_migrated_and_somebody_works() -> None:
    actions.beat("w1", "worker", at=timezone.now())
    status, told = asked("/readyz")
    checks = {"database": "ok", "migrations": "ok", "worker": "ok"}
    assert (status, json.loads(told)) == (200, {"ready": True, "checks": checks})


@pytest.mark.django_db
def test_not_ready_without_a_worker_or_with_a_silent_one() -> None:
    status, told = asked("/readyz")
    assert (status, json.loads(told)["checks"]["worker"]) == (503, "none running")
    actions.beat("w1", "worker", at=timezone.now() - timedelta(seconds=95))
    status, told = asked("/readyz")
    assert (status, json.loads(told)["checks"]["worker"][:16]) == (503, "silent for 95 s")


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_migrated", False)
    monkeypatch.setattr(probes.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    status, told = asked("/readyz")
    assert (status, json.loads(told)["checks"]["migrations"]) == (503, "1 waiting")


def test_database_that_is_away_is_said_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("could not connect to db.internal as huizhen")

    monkeypatch.setattr(probes.connection, "cursor", away)
    status, told = asked("/readyz")
    assert (status, json.loads(told)["checks"]["database"]) == (503, "unreachable: OperationalError")
    assert "internal" not in told
    assert asked("/healthz") == (200, "ok")


@pytest.mark.django_db
def test_probes_open_no_session_and_take_no_post() -> None:
    assert not Client().get("/readyz").cookies
    assert Client().post("/readyz").status_code == 405


@pytest.mark.django_db
def test_numbers_are_for_this_machine_unless_a_proxy_stands_between(settings: Any) -> None:
    assert asked("/metrics")[0] == 200
    assert asked("/metrics", REMOTE_ADDR="192.0.2.7") == (403, "forbidden\n")
    assert asked("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1")[0] == 403
    settings.HTTPS = True
    assert asked("/metrics")[0] == 403


@pytest.mark.django_db
def test_numbers_with_a_token_are_for_whoever_has_it(settings: Any) -> None:
    settings.HUIZHEN_METRICS_TOKEN = "t" * 40
    assert asked("/metrics")[0] == 403
    assert asked("/metrics", HTTP_AUTHORIZATION="Bearer 汉字")[0] == 403
    given = {"HTTP_AUTHORIZATION": "Bearer " + "t" * 40, "REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "x"}
    assert asked("/metrics", **given)[0] == 200


@pytest.mark.django_db
def test_requests_are_counted_by_route_not_by_path(cast: Cast) -> None:
    case = cast.register()
    Client().get(f"/cases/{case.code}/")
    Client().generic("BREW", "/nowhere/secret/")
    told = asked("/metrics")[1]
    assert 'huizhen_requests_total{method="GET",route="case:page",status="302"}' in told
    assert 'huizhen_request_seconds_bucket{le="0.5",method="GET",route="case:page"}' in told
    assert 'method="OTHER",route="none"' in told
    assert case.code not in told
    assert "secret" not in told


@pytest.mark.django_db
def test_gauges_show_outbox_jobs_and_overdue_cases(cast: Cast) -> None:
    now = timezone.now()
    actions.enter_jobs(at=now)
    actions.beat("w1", "web", at=now)
    cast.register()
    told = asked("/metrics")[1]
    lines = told.splitlines()
    assert "huizhen_cases_overdue 1.0" in lines
    assert 'huizhen_workers{kind="web"} 1.0' in lines
    assert 'huizhen_job_failures{job="cases.sweep"} 0.0' in lines
    assert "huizhen_gauges_unread 0.0" in lines


@pytest.fixture
def _no_gauges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_gauges", {})


@pytest.mark.usefixtures("_no_gauges")
@pytest.mark.django_db
def test_gauge_that_fails_takes_no_other_with_it() -> None:
    def bad(now: Any) -> float:
        raise OperationalError("gone")

    registry.register_gauge("huizhen_bad", "x", bad)
    registry.register_gauge("huizhen_good", "x", lambda now: {"a": 2}, label="kind")
    lines = metrics.exposition(timezone.now()).decode().splitlines()
    assert 'huizhen_good{kind="a"} 2.0' in lines
    assert "huizhen_gauges_unread 1.0" in lines


@pytest.mark.django_db
def test_doctor_misses_the_worker_and_names_a_job_that_keeps_failing() -> None:
    now = timezone.now()
    actions.enter_jobs(at=now)
    found = list(doctor.findings())
    assert any("Nobody does the background jobs:" in one.en and not one.error for one in found)

    actions.beat("w1", "worker", at=now)
    Schedule.objects.filter(name="cases.sweep").update(failing=3)
    found = list(doctor.findings())
    assert not any("Nobody does" in one.en for one in found)
    assert any("cases.sweep did not succeed 3 times" in one.en and one.error for one in found)
