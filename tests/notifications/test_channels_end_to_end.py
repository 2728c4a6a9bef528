"""Must hold 4, through real sockets: an endpoint that answers 500, hangs, drips or talks nonsense delays nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection

from huizhen.notifications import jobs
from huizhen.notifications.actions import add_endpoint
from huizhen.notifications.channels import wire
from huizhen.notifications.models import Delivery
from tests.cast import MONDAY, Cast
from tests.stub.server import SECRET, Stub

BAD = {
    "wecom-hangs": "hang",
    "ding-drips": "dribble",
    "feishu-500": "500",
    "feishu-html": "html",
    "hook-garbage": "garbage",
    "hook-hangs": "hang",
}
GOOD = ("wecom-well", "ding-well", "feishu-well", "hook-well")
KINDS = {"wecom": "wecom", "ding": "dingtalk", "feishu": "feishu", "hook": "webhook"}
HANGING = {"wecom-hangs", "ding-drips", "hook-hangs"}


@pytest.fixture
def stub(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    settings.HUIZHEN_ALLOW_PRIVATE_TARGETS = True
    monkeypatch.setattr(wire, "TOTAL", 60.0)
    with Stub() as server:
        settings.HUIZHEN_ROBOT_HOSTS = [server.host]
        for token, mode in BAD.items():
            server.behave(token, mode)
        yield server


def add(cast: Cast, stub: Stub, token: str) -> None:
    kind = KINDS[token.partition("-")[0]]
    add_endpoint(
        kind=kind,
        name=token,
        address=getattr(stub, kind)(token),
        secret="" if kind == "wecom" else SECRET,
        by=cast.coordinator,
        at=MONDAY,
    )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_bad_endpoints_delay_nobody_else(cast: Cast, stub: Stub) -> None:
    with time_machine.travel(MONDAY, tick=True):
        for token in (*BAD, *GOOD):  # the bad ones are asked first
            add(cast, stub, token)
        cast.register()
        jobs.drain(MONDAY)
        run = threading.Thread(target=_deliver)
        run.start()
        _until(lambda: _well(stub) == dict.fromkeys(GOOD, 1) and len(mail.outbox) == 1)
        _until(lambda: _under_way() == HANGING)
        # What happens while they hang leaves as well.
        cast.register()
        jobs.drain(MONDAY)
        _until(lambda: _well(stub) == dict.fromkeys(GOOD, 2) and len(mail.outbox) == 2)
        _until(lambda: _under_way() == HANGING)
        stub.closing.set()  # the hanging ones hang up
        run.join(30)
    assert not run.is_alive()

    rows = Delivery.objects.filter(endpoint__isnull=False).select_related("endpoint").order_by("pk")
    errors = {row.endpoint.name: row.last_error for row in rows if row.endpoint and row.attempts and row.last_error}
    assert errors == {
        "wecom-hangs": "connection",
        "ding-drips": "nonsense",
        "feishu-500": "status 500",
        "feishu-html": "nonsense",
        "hook-garbage": "nonsense",
        "hook-hangs": "connection",
    }
    assert {row.state for row in rows if row.endpoint and row.endpoint.name in GOOD} == {"sent"}
    assert {row.state for row in rows if row.endpoint and row.endpoint.name in BAD} == {"waiting"}
    arrived = {seen.delivery for seen in stub.seen if seen.accepted}
    assert arrived == {str(row.key) for row in rows if row.state == "sent"}


def _well(stub: Stub) -> dict[str, int]:
    found: dict[str, int] = {}
    for seen in list(stub.seen):
        if seen.accepted:
            found[seen.token] = found.get(seen.token, 0) + 1
    return found


def _deliver() -> None:
    try:
        jobs.deliver(MONDAY)
    finally:
        connection.close()


def _under_way() -> set[str]:
    """The endpoints whose answer is still waited for, once what has been answered is recorded."""
    found: set[str] = set()

    def settled() -> bool:
        found.clear()
        rows = Delivery.objects.filter(state="sending").select_related("endpoint")
        found.update(row.endpoint.name for row in rows if row.endpoint)
        return found <= HANGING

    _until(settled)
    return found


def _until(come: Callable[[], bool], seconds: float = 40) -> None:
    end = time.perf_counter() + seconds
    while not come():
        assert time.perf_counter() < end, "waited too long"
        time.sleep(0.02)
