"""Every write of the timetable: claiming by compare-and-set, running, renewing, recording, and the workers' heartbeat.

A run is claimed in one short transaction and ended in another; between them nothing is locked, and the job does as it likes.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.journal.actions import record
from huizhen.journal.actions.recording import Actor
from huizhen.lib.errors import NotVisible, Refusal
from huizhen.schedules import registry
from huizhen.schedules.models import Outcome, Run, Schedule, Worker
from huizhen.schedules.queries import due, lease

log = logging.getLogger(__name__)
SOON = timedelta(minutes=1)
KEPT = timedelta(days=30)
GONE = timedelta(days=1)
PAGE = 1000
PACKAGE = Path(__file__).resolve().parents[1]


def enter_jobs(*, at: datetime) -> None:
    """Put every registered job into the timetable, due at once, and give those that are there their present pace."""
    known = {row.name: row.every for row in Schedule.objects.all()}
    for job in registry.jobs().values():
        seconds = round(job.every.total_seconds())
        if job.name not in known:
            # Two processes may start at once: the second adds nothing.
            row = Schedule(name=job.name, every=seconds, next_run=at)
            Schedule.objects.bulk_create([row], ignore_conflicts=True)
        elif known[job.name] != seconds:
            # Due at once: else a job that came daily would come hourly only after a day.
            Schedule.objects.filter(name=job.name).update(every=seconds, next_run=at)


def tick(now: datetime, by: str, *, start: Callable[[Run], object] | None = None, most: int | None = None) -> list[Run]:
    """Claim up to `most` jobs that are due, and run each at once unless `start` takes it from here. Returns the claimed runs.

    Safe in any number of processes. After a downtime a job is due once, however many of its times went by.
    """
    claimed: list[Run] = []
    for seen in due(now):
        if most is not None and len(claimed) >= most:
            break
        run = claim(seen, now, by)
        if run is not None:
            claimed.append(run)
            (start or perform)(run)
    return claimed


@transaction.atomic
def claim(seen: Schedule, now: datetime, by: str) -> Run | None:
    """Take a job that was seen to be due; None when somebody was faster.

    Ends as LOST the run whose lease ran out, if there is one; opens the run; sets the next time and the lease.
    """
    step = timedelta(seconds=seen.every)
    missed = max(0, (now - seen.next_run) // step)
    as_seen: dict[str, Any] = {"run_id": seen.run_id, "lease_until": seen.lease_until, "next_run": seen.next_run}
    following = seen.next_run + step * (missed + 1) if seen.next_run <= now else seen.next_run
    # First of all the compare-and-set: it is also the lock on the row until this transaction ends.
    if not Schedule.objects.filter(pk=seen.pk, **as_seen).update(next_run=following, lease_until=now + lease()):
        return None
    if seen.run_id is not None:
        _lose(seen, seen.run_id, now)
    run = _open(seen, now, by)
    Schedule.objects.filter(pk=seen.pk).update(run=run)
    return run


def _lose(seen: Schedule, key: int, now: datetime) -> None:
    lost = Run.objects.filter(pk=key, ended_at=None)
    if lost.update(outcome=Outcome.LOST, ended_at=now):
        Schedule.objects.filter(pk=seen.pk).update(failures=F("failures") + 1, failing=F("failing") + 1)
        _stand_alone(key)
        log.warning("Run %s of %s broke off: its process did not answer for a whole lease.", key, seen.name)


def _open(seen: Schedule, now: datetime, by: str) -> Run:
    """A new run, or once more the row of the one before, if that found nothing to do."""
    facts = {"due": min(seen.next_run, now), "started_at": now, "by": by}
    before = Run.objects.filter(name=seen.name).order_by("-id").first()
    if before is None or not is_idle(before):
        return Run.objects.create(name=seen.name, since=now, **facts)
    Run.objects.filter(pk=before.pk).update(
        **facts, ended_at=None, outcome=Outcome.RUNNING, counts={}, times=F("times") + 1
    )
    before.refresh_from_db()
    return before


def _stand_alone(key: int) -> None:
    """The run turned out to matter: those before it that shared its row, and found nothing, are no longer told of."""
    Run.objects.filter(pk=key, times__gt=1).update(times=1, since=F("started_at"))


def is_idle(run: Run) -> bool:
    """Whether it ended well and did nothing."""
    return run.outcome == Outcome.DONE and not any(run.counts.values())


def perform(run: Run, *, clock: Callable[[], datetime] = timezone.now) -> Run:
    """Do the work of a claimed run, and record how it ended."""
    counts, error = attempt(run, clock=clock)
    return end(run, at=clock(), counts=counts, error=error)


def attempt(run: Run, *, clock: Callable[[], datetime] = timezone.now) -> tuple[Mapping[str, int], str]:
    """Do the work of a claimed run: what it counted, and its fault in short. No fault of a job goes further than this."""
    try:
        return registry.jobs()[run.name].work(clock()) or {}, ""
    except Exception as fault:
        log.exception("Job %s failed; it will be tried again.", run.name)
        return {}, where(fault)


def where(fault: BaseException) -> str:
    """Kind of a fault, and the last place of ours on its way. Its text stays out: a database quotes the row that it refuses."""
    kind = f"{type(fault).__name__} {fault.code}" if isinstance(fault, Refusal) else type(fault).__name__
    own = [one for one in traceback.extract_tb(fault.__traceback__) if Path(one.filename).is_relative_to(PACKAGE)]
    if not own:
        return kind
    place = Path(own[-1].filename).relative_to(PACKAGE).as_posix()
    return f"{kind} · {place}:{own[-1].lineno} {own[-1].name}"[:200]


@transaction.atomic
def end(run: Run, *, at: datetime, counts: Mapping[str, int], error: str = "") -> Run:
    """Record how a run ended and free its job; a failed job comes again after a minute, then two, four … at most its own pace.

    A run that was taken for dead meanwhile stays LOST: another one has its place.
    """
    held = Schedule.objects.select_for_update().filter(name=run.name, run_id=run.pk).first()
    if held is None:
        log.warning("Run %s of %s ended after its lease had run out.", run.pk, run.name)
        return Run.objects.get(pk=run.pk)
    outcome = Outcome.FAILED if error else Outcome.DONE
    told = {str(name): int(number) for name, number in counts.items()}
    Run.objects.filter(pk=run.pk).update(ended_at=at, outcome=outcome, counts=told, error=error)
    if error or any(told.values()):
        _stand_alone(run.pk)
    held.run, held.lease_until, held.runs = None, None, held.runs + 1
    if error:
        held.failures, held.failing = held.failures + 1, held.failing + 1
        held.next_run = min(held.next_run, at + SOON * 2 ** min(held.failing - 1, 12))
    else:
        held.succeeded_at, held.failing = at, 0
    held.save(update_fields=["run", "lease_until", "runs", "failures", "failing", "next_run", "succeeded_at"])
    return Run.objects.get(pk=run.pk)


def renew(runs: Collection[int], *, now: datetime) -> int:
    """Say that these runs are still at it. Counts those whose place is still theirs."""
    return Schedule.objects.filter(run_id__in=runs).update(lease_until=now + lease()) if runs else 0


@transaction.atomic
def hurry(name: str, *, by: Actor | None, at: datetime) -> Schedule:
    """Make a job due now; one that is running runs once more when it ends. Journals `job_hurried`.

    NotVisible for a job nobody registered. Who may is decided by the caller: posts are known on an upper floor.
    """
    if name not in registry.jobs():
        raise NotVisible("no_such_job")
    enter_jobs(at=at)
    schedule = Schedule.objects.select_for_update().get(name=name)
    Schedule.objects.filter(pk=schedule.pk).update(next_run=at)
    record("job_hurried", schedule, by=by, at=at, label=name)
    schedule.refresh_from_db()
    return schedule


def beat(name: str, kind: str, *, at: datetime) -> None:
    """Say that this process is alive."""
    if not Worker.objects.filter(name=name).update(seen_at=at):
        Worker.objects.bulk_create([Worker(name=name, kind=kind, started_at=at, seen_at=at)], ignore_conflicts=True)


def leave(name: str) -> None:
    """This process ends in order."""
    Worker.objects.filter(name=name).delete()


def forget(*, at: datetime) -> dict[str, int]:
    """Forget runs that ended a month ago, and workers that were not seen for a day. At most PAGE runs at a time."""
    old = list(Run.objects.filter(ended_at__lt=at - KEPT).order_by("ended_at").values_list("pk", flat=True)[:PAGE])
    runs, _each = Run.objects.filter(pk__in=old).delete()
    workers, _each = Worker.objects.filter(seen_at__lt=at - GONE).delete()
    return {"runs": runs, "workers": workers}
