"""What happens without anybody pressing a button: the apps' jobs, each at its own pace, in one plain loop.

The loop runs in a thread of the server, or in the foreground of `huizhen worker`. Jobs are idempotent; a lock file keeps two loops
of one machine from doing the same work twice at the same time, which would be harmless but wasteful.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

JOBS: Mapping[str, int] = {  # dotted name of `job(now)` → seconds between two runs
    "huizhen.cases.jobs.sweep": 60,
    "huizhen.journal.jobs.seal_daily": 3600,
    "huizhen.accounts.jobs.forget": 3600,
}


def run(stop: threading.Event, *, jobs: Mapping[str, int] = JOBS, tick: float = 1.0) -> None:
    """Run every job when its time has come, until `stop` is set. A job that fails is logged and comes again."""
    due = dict.fromkeys(jobs, 0.0)
    while not stop.wait(tick):
        for name in [name for name, moment in due.items() if moment <= time.monotonic()]:
            if stop.is_set():
                return
            run_once(name)
            due[name] = time.monotonic() + jobs[name]


def run_once(name: str) -> bool:
    """Run one job, unless another loop of this machine is running it. Returns whether it ran to its end."""
    with (Path(settings.HUIZHEN_VAR) / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        close_old_connections()
        try:
            job: Callable[..., object] = import_string(name)
            job(timezone.now())
        except Exception:
            log.exception("Job %s failed; it will be tried again.", name)
            return False
        finally:
            close_old_connections()
    return True


def start_thread() -> threading.Event:
    """Start the loop beside the web server. Setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=run, args=(stop,), name="clockwork", daemon=True).start()
    return stop
