"""What the clock does with methods: learn from cases, remind of trials, ask for another look, let confidence fade."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from huizhen.journal.actions import claim, done, worker
from huizhen.journal.models import Outbox
from huizhen.lib.budget import pieces
from huizhen.methods.actions.pictures import sweep_pictures
from huizhen.methods.actions.reuse import remind
from huizhen.methods.actions.weighing import READER, TOLD, learn, mark_stale, weigh_all
from huizhen.methods.choices import Use
from huizhen.methods.models import Adoption
from huizhen.methods.queries.reuse import published_after, stale

log = logging.getLogger(__name__)
CASE = "cases.case"
BATCH = 100
UNUSED = timedelta(days=548)
"""18 months."""


def drain(now: datetime) -> Mapping[str, int]:
    """Bring methods up to date with what the journal has recorded of cases. Safe in any number of workers, and again after a crash."""
    counts = dict.fromkeys(("cases", "cited", "weighed", "failed"), 0)
    me = worker()
    for rows in pieces(lambda: claim(READER, by=me, at=now, limit=BATCH) or None):
        wanted = {row.entry.target_id for row in rows if row.entry.target_type == CASE and row.entry.verb in TOLD}
        if not wanted or _learn(wanted, now, counts):
            done(rows, by=me, at=now)
            continue
        # One case's trouble must not stop the others. What fails is left to its lease and comes again.
        good = {pk for pk in wanted if _learn({pk}, now, counts)}
        done([row for row in rows if _is_settled(row, good)], by=me, at=now)
        counts["failed"] += len(wanted - good)
    return counts


def _is_settled(row: Outbox, good: set[int]) -> bool:
    return row.entry.target_type != CASE or row.entry.verb not in TOLD or row.entry.target_id in good


def _learn(case_ids: set[int], now: datetime, counts: dict[str, int]) -> bool:
    try:
        learned = learn(case_ids, at=now)
    except Exception:
        log.exception("Methods learned nothing from cases %s; they come again.", sorted(case_ids)[:5])
        return False
    counts["cases"] += len(case_ids)
    counts["cited"] += learned.cited
    counts["weighed"] += learned.weighed
    return True


def remind_trials(now: datetime) -> Mapping[str, int]:
    """Tell branches whose trial has no result after its working days."""
    due = Adoption.objects.filter(remind_at__lte=now, use=Use.WAITING).select_related("method").order_by("remind_at")
    return {"reminded": sum(remind(one, at=now) for one in due[:500])}


def look_again(now: datetime) -> Mapping[str, int]:
    """Methods nobody used or looked at for 18 months go to their reviewers."""
    before = now - UNUSED
    return {"stale": sum(mark_stale(one, at=now, before=before) for one in stale(before)[:500])}


def fade(now: datetime) -> Mapping[str, int]:
    """Recompute the confidence of every published method: what it rests on grows older."""
    last, changed, seen = 0, 0, 0
    while batch := published_after(last, BATCH):
        changed += weigh_all(batch, at=now)
        last, seen = batch[-1].pk, seen + len(batch)
    return {"methods": seen, "changed": changed}


def tidy_pictures(now: datetime) -> Mapping[str, int]:
    """Throw away pictures that no text shows any more."""
    return {"pictures": sweep_pictures(at=now)}
