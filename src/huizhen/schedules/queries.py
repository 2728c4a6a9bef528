"""Reading the timetable: what is due, how each job fares, who works. Every query here reads a bounded number of rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, OuterRef, Q, Subquery

from huizhen.schedules import registry
from huizhen.schedules.models import Outcome, Run, Schedule, Worker

BEAT = timedelta(seconds=10)
FRESH = 3 * BEAT
"""A worker that was not seen for this long is taken for dead by pages and probes."""
KEEPS_FAILING = 3


def lease() -> timedelta:
    """How long a job may be silent before another process takes it for dead."""
    return timedelta(seconds=settings.HUIZHEN_JOB_LEASE)


def due(now: datetime) -> list[Schedule]:
    """What can be claimed, longest overdue first: its time has come and nobody holds it, or its holder's lease ran out.

    A job that broke off KEEPS_FAILING times in a row waits for its next time: it may be what ends the process.
    """
    its_time = Q(next_run__lte=now)
    abandoned = Q(run__isnull=False, lease_until__lte=now) & (its_time | Q(failing__lt=KEEPS_FAILING))
    found = Schedule.objects.filter(Q(run=None) & its_time | abandoned, name__in=registry.jobs())
    return list(found.order_by("next_run"))


@dataclass(frozen=True)
class JobState:
    """A registered job as its page shows it. `schedule` is None until the first process has put it into the timetable."""

    name: str
    every: timedelta
    schedule: Schedule | None
    last: Run | None

    @property
    def keeps_failing(self) -> bool:
        return self.schedule is not None and self.schedule.failing >= KEEPS_FAILING


def job_states() -> list[JobState]:
    """Every registered job with its newest run, in two queries."""
    newest = Run.objects.filter(name=OuterRef("name")).order_by("-id").values("pk")[:1]
    schedules = {
        row.name: row for row in Schedule.objects.filter(name__in=registry.jobs()).annotate(last=Subquery(newest))
    }
    last = {name: getattr(row, "last", None) for name, row in schedules.items()}
    runs = Run.objects.in_bulk([key for key in last.values() if key is not None])
    return [
        JobState(name, job.every, schedules.get(name), runs.get(last.get(name) or 0))
        for name, job in sorted(registry.jobs().items())
    ]


def failing_jobs() -> list[tuple[str, int, str]]:
    """Jobs that keep failing: name, failures in a row, the last fault."""
    return [
        (one.name, one.schedule.failing, one.last.error if one.last else "")
        for one in job_states()
        if one.schedule and one.keeps_failing
    ]


def newest_runs(*, name: str = "", only_bad: bool = False, before: int | None = None) -> list[Run]:
    """Up to 51 runs, newest first: of one job, or those of all jobs that went wrong."""
    runs = Run.objects.order_by("-id")
    if name:
        runs = runs.filter(name=name)
    if only_bad:
        runs = runs.filter(outcome__in=[Outcome.FAILED, Outcome.LOST])
    if before is not None:
        runs = runs.filter(pk__lt=before)
    return list(runs[:51])


def live_workers(now: datetime) -> list[Worker]:
    """Processes with a fresh heartbeat, oldest first."""
    return list(Worker.objects.filter(seen_at__gte=now - FRESH).order_by("started_at")[:200])


def last_seen() -> datetime | None:
    """When any worker was last seen; None when there was never one, or the last ended in order."""
    return Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()


def live_by_kind(now: datetime) -> dict[str, float]:
    found = Counter(one.kind for one in live_workers(now))
    return {kind: float(found[kind]) for kind in Worker.Kind.values}


def last_success(now: datetime) -> dict[str, float]:
    rows = Schedule.objects.filter(name__in=registry.jobs(), succeeded_at__isnull=False)
    return {name: at.timestamp() for name, at in rows.values_list("name", "succeeded_at") if at}


def _numbers(column: str) -> dict[str, float]:
    rows = Schedule.objects.filter(name__in=registry.jobs()).annotate(number=F(column))
    return {name: float(number) for name, number in rows.values_list("name", "number")}


def runs_by_job(now: datetime) -> dict[str, float]:
    return _numbers("runs")


def failures_by_job(now: datetime) -> dict[str, float]:
    return _numbers("failures")


def failing_by_job(now: datetime) -> dict[str, float]:
    return _numbers("failing")
