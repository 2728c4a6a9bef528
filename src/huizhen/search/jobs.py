"""Keeping the index in step with the journal, and rebuilding it."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from huizhen.search.actions import ask_rebuild, read_news, rebuild_step
from huizhen.search.models import Rebuild
from huizhen.search.queries.state import is_unfilled

BUDGET = 20.0
"""Seconds for which one run may begin new work; what is left comes with the next."""


def worker() -> str:
    """A name for this thread of this process, for leases."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{threading.get_ident() % 10**9}"


def drain(now: datetime) -> dict[str, int]:
    """Bring the index up to what the journal has recorded. Safe in any number of workers at once."""
    counts: Counter[str] = Counter()
    begun, me = time.monotonic(), worker()
    while time.monotonic() - begun < BUDGET and (read := read_news(by=me, at=now)) is not None:
        counts.update(read)
    return {name: counts[name] for name in ("entries", "written", "removed", "failed")}


def rebuild(now: datetime) -> dict[str, int]:
    """Go on with the rebuild that was asked for; ask for one when nothing is in the index though there are things to find."""
    if not Rebuild.objects.filter(is_open=True).exists():
        if not is_unfilled():
            return {}
        ask_rebuild(by=None, at=now)
    return walk(now, budget=BUDGET)


def walk(
    now: datetime, *, budget: float | None = None, told: Callable[[Rebuild], object] | None = None
) -> dict[str, int]:
    """Steps of the open rebuild, until its end or the end of the budget (seconds); `told` hears of each."""
    begun, steps = time.monotonic(), 0
    while budget is None or time.monotonic() - begun < budget:
        step = rebuild_step(at=now)
        if step is None:
            break
        steps += 1
        if told:
            told(step)
        if not step.is_open:
            break
    return {"steps": steps}
