"""What other apps make known from their `apps.ready()`: jobs with their pace, and gauges that `/metrics` reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

Counts = Mapping[str, int] | None
Work = Callable[[datetime], Counts]
Reading = float | Mapping[str, float]

_JOB = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_GAUGE = re.compile(r"huizhen_[a-z0-9_]+")


@dataclass(frozen=True)
class Job:
    """Work that comes again: `work(now)` answers with what it did, as numbers. It must bear being broken off and run again."""

    name: str
    work: Work
    every: timedelta


@dataclass(frozen=True)
class Gauge:
    """A number somebody watches; with `label`, a number for each value of the label. `read(now)` must cost the same on any day."""

    name: str
    help: str
    read: Callable[[datetime], Reading]
    label: str


_jobs: dict[str, Job] = {}
_gauges: dict[str, Gauge] = {}


def register_job(name: str, job: Work, *, every: timedelta) -> None:
    """Run `job` at this pace, in whichever process is free. `name` is app.job; a name twice or a pace below 1 s is a ValueError."""
    if not _JOB.fullmatch(name) or len(name) > 60:
        raise ValueError(f"job {name!r} is not called app.job")
    if name in _jobs:
        raise ValueError(f"job {name!r} is already registered")
    if every < timedelta(seconds=1):
        raise ValueError(f"job {name!r}: no pace below one second")
    _jobs[name] = Job(name, job, every)


def jobs() -> Mapping[str, Job]:
    """Every job by its name."""
    return _jobs


def register_gauge(name: str, help: str, read: Callable[[datetime], Reading], *, label: str = "") -> None:
    """Show a number at `/metrics`. A name twice is a ValueError."""
    if not _GAUGE.fullmatch(name):
        raise ValueError(f"gauge {name!r} is not called huizhen_…")
    if name in _gauges:
        raise ValueError(f"gauge {name!r} is already registered")
    _gauges[name] = Gauge(name, help, read, label)


def gauges() -> tuple[Gauge, ...]:
    """Every gauge, in the order of registration."""
    return tuple(_gauges.values())
