"""The installation under test: the cast with tokens, endpoints that lead to the stub, and the environment of its processes."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from tests.faults.processes import ROOT
from tests.stub.server import SECRET, Stub

LEASE = 5
"""Seconds of HUIZHEN_JOB_LEASE here: killed every few seconds, jobs would else wait most of the time."""


def environment(var: Path, database: str | None, *, stub: Stub, smtp_port: int) -> dict[str, str]:
    """For every process, this one too; nothing of the caller's own installation."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HUIZHEN_", "DATABASE_", "DJANGO_", "EMAIL_", "PROMETHEUS_"))
    }
    return {
        **plain,
        **({"DATABASE_URL": database} if database else {}),
        "DJANGO_SETTINGS_MODULE": "huizhen.config.settings",
        "HUIZHEN_VAR": str(var),
        "HUIZHEN_JOB_LEASE": str(LEASE),
        "HUIZHEN_ALLOW_PRIVATE_TARGETS": "1",
        "HUIZHEN_ROBOT_HOSTS": stub.host,
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "LANG": "C.UTF-8",
    }


def build(stub: Stub) -> dict[str, str]:
    """Everybody and every endpoint. Returns the tokens by account."""
    from huizhen.accounts.actions import issue_token
    from huizhen.directory.models import Campaign
    from huizhen.notifications.actions import add_endpoint
    from tests.cast import build as build_cast

    cast, now = build_cast(), timezone.now()
    today = timezone.localdate(now)
    # Everybody may be first asked about any number of cases, so that it is known who is.
    anybody = {"open_cases_per_person": 100_000}
    Campaign.objects.update(
        starts_on=today - timedelta(days=100), ends_on=today + timedelta(days=265), settings=anybody
    )
    add_endpoint(kind="webhook", name="对接系统", address=stub.webhook(), secret=SECRET, by=cast.coordinator, at=now)
    add_endpoint(
        kind="webhook", name="本团看板", address=stub.webhook("hook-net"), secret=SECRET, place=cast.group,
        by=cast.coordinator, at=now,
    )  # fmt: skip
    return {name: issue_token(user, at=now) for name, user in cast.users.items()}
