"""Keeping the index in step with the journal, and rebuilding it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from huizhen.journal.actions import worker
from huizhen.lib.budget import BUDGET, pieces
from huizhen.search.actions import ask_rebuild, read_news, rebuild_step
from huizhen.search.models import Rebuild
from huizhen.search.queries.state import is_unfilled


def drain(now: datetime) -> dict[str, int]:
    """Bring the index up to what the journal has recorded. Safe in any number of workers at once."""
    counts: Counter[str] = Counter()
    me = worker()
    for read in pieces(lambda: read_news(by=me, at=now)):
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
    steps = 0
    for step in pieces(lambda: rebuild_step(at=now), budget=budget):
        steps += 1
        if told:
            told(step)
        if not step.is_open:
            break
    return {"steps": steps}
