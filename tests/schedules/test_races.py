"""Several processes at once, here as threads with connections of their own: no double firing, no overlap, nobody waits for a slow job."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from huizhen.config import clockwork
from huizhen.schedules import actions, registry
from huizhen.schedules.models import Outcome, Run, Schedule, Worker
from tests.racing import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_jobs", {})


def test_due_job_is_claimed_by_one_of_many(at: datetime, settings: Any) -> None:
    # The clocks of these four run apart by many minutes.
    settings.HUIZHEN_JOB_LEASE = 3600
    fired: Counter[datetime] = Counter()
    registry.register_job("a.one", lambda now: None, every=timedelta(minutes=1))
    actions.enter_jobs(at=at)

    def worker(name: str) -> Callable[[], None]:
        def work() -> None:
            for turn in range(20):
                moment = at + turn * timedelta(minutes=1)
                for run in actions.tick(moment, name, start=lambda run: None):
                    fired[run.due] += 1
                    actions.end(run, at=moment, counts={"done": 1})

        return work

    together(*[worker(name) for name in "abcd"])
    assert set(fired.values()) == {1}
    assert Run.objects.filter(outcome=Outcome.DONE).count() == sum(fired.values())


def test_installations_first_start_twice_at_once_enters_each_job_once(at: datetime) -> None:
    for name in ("a.one", "a.two"):
        registry.register_job(name, lambda now: None, every=timedelta(minutes=1))
    together(*[lambda: actions.enter_jobs(at=at)] * 4)
    assert Schedule.objects.count() == 2


def wait_until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_slow_job_delays_nobody_and_never_meets_itself(settings: Any) -> None:
    settings.HUIZHEN_JOB_LEASE = 1
    quick: list[datetime] = []
    inside, most, gate = [0], [0], threading.Event()

    def slow(now: datetime) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        gate.wait(20)
        inside[0] -= 1

    registry.register_job("a.slow", slow, every=timedelta(seconds=1))
    registry.register_job("b.quick", lambda now: quick.append(now), every=timedelta(seconds=1))
    stop = threading.Event()
    loops = [clockwork.Loop(stop, kind="worker", tick=0.05) for _ in range(2)]
    threads = [threading.Thread(target=loop.run) for loop in loops]
    for thread in threads:
        thread.start()
    # Longer than the lease: it is renewed, or the other loop would take the slow job for dead.
    wait_until(lambda: len(quick) >= 4)
    assert most[0] == 1
    assert Worker.objects.count() == 2

    stop.set()
    gate.set()
    for thread in threads:
        thread.join(20)
    assert not Run.objects.exclude(outcome=Outcome.DONE).exists()
    assert not Worker.objects.exists()
    assert not Schedule.objects.filter(run__isnull=False).exists()


def test_loop_goes_on_after_a_fault_and_records_it() -> None:
    ran: list[datetime] = []

    def bad(now: datetime) -> None:
        raise LookupError("broken")

    registry.register_job("a.bad", bad, every=timedelta(seconds=60))
    registry.register_job("b.good", lambda now: ran.append(now), every=timedelta(seconds=60))
    stop = threading.Event()
    thread = threading.Thread(target=clockwork.run, args=(stop,), kwargs={"tick": 0.02})
    thread.start()
    wait_until(lambda: Run.objects.filter(ended_at__isnull=False).count() == 2)
    stop.set()
    thread.join(20)
    assert len(ran) == 1
    assert ran[0].tzinfo is not None
    assert Run.objects.get(name="a.bad").error.startswith("LookupError")


def test_process_that_is_told_to_end_waits_no_longer_than_its_patience() -> None:
    gate = threading.Event()
    registry.register_job("a.stuck", lambda now: gate.wait(20) and None, every=timedelta(seconds=60))
    stop = threading.Event()
    loop = clockwork.Loop(stop, kind="web", tick=0.02, patience=0.3)
    thread = threading.Thread(target=loop.run)
    thread.start()
    wait_until(lambda: Run.objects.filter(outcome=Outcome.RUNNING).exists())
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    # Nobody renews it any more: another process takes it up when the lease ends.
    gone = timezone.now() + timedelta(seconds=31)
    assert len(actions.tick(gone, "w2", start=lambda run: None)) == 1
    gate.set()
    for _run, stuck in loop.held.values():
        stuck.join(10)
    assert list(Run.objects.order_by("id").values_list("outcome", flat=True)) == [Outcome.LOST, Outcome.RUNNING]
