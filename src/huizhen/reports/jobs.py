"""Keeping figures in step with the journal, and counting everything where figures are younger than the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from huizhen.directory.queries import current_campaign, setting
from huizhen.journal.actions import worker
from huizhen.lib.budget import BUDGET, pieces
from huizhen.reports.actions import fill_step, read_news
from huizhen.reports.actions.rounds import remind_leader
from huizhen.reports.models import Fill
from huizhen.reports.queries.rounds import period_of, to_remind
from huizhen.worktime.queries import calendar


def drain(now: datetime) -> dict[str, int]:
    """Bring the figures up to what the journal has recorded. Safe in any number of workers at once."""
    told: Counter[str] = Counter()
    me = worker()
    for read in pieces(lambda: read_news(by=me, at=now)):
        told.update(read)
    return {name: told[name] for name in ("entries", "cases", "changed", "failed")}


def fill(now: datetime) -> dict[str, int]:
    """Go on with the count of all cases, begun where there never was one or the calendar changed."""
    return walk(now, budget=BUDGET)


def walk(now: datetime, *, budget: float | None = None, told: Callable[[Fill], object] | None = None) -> dict[str, int]:
    """Steps of the fill, until its end or the end of the budget (seconds); `told` hears of each."""
    steps = 0
    for step in pieces(lambda: fill_step(at=now), budget=budget):
        steps += 1
        if told:
            told(step)
        if not step.is_open:
            break
    return {"steps": steps}


def remind_rounds(now: datetime) -> Mapping[str, int]:
    """查房: when a period is about to end, remind the leaders who have cases unvisited. Again and again is once for each."""
    campaign, today = current_campaign(), timezone.localdate(now)
    if campaign is None or not campaign.starts_on <= today <= campaign.ends_on:
        return {"reminded": 0}
    period = period_of(campaign, today)
    if period.days_left(today, calendar()) > setting(campaign, "round_remind_days"):
        return {"reminded": 0}
    return {"reminded": sum(remind_leader(one, period, at=now) for one in to_remind(campaign, period))}
