"""What a page shows of a clock: how much is used, how much is left, in which state. The words are made in `web`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise

from huizhen.cases.clocks import Clock
from huizhen.cases.models import FAR, Case
from huizhen.cases.verbs import CLOCKS, DEADLINES
from huizhen.lib.workdays import Calendar


@dataclass(frozen=True)
class Chip:
    """One clock as it is drawn.

    `state`: running, half (50 % used), over, met, pause. `left` is working time: what remains (running, half), by how much it
    is late (over), what was to spare (met; negative when it was met late), how long it has stood (pause). `percent` is 0–100.
    """

    clock: str
    name: str | Promise
    state: str
    left: timedelta | None
    due: datetime | None
    percent: int
    provisional: bool = False

    @property
    def is_late(self) -> bool:
        """Running late now, or met late."""
        return self.state == "over" or (self.state == "met" and self.left is not None and self.left < timedelta(0))


def chip(case: Case, now: datetime, calendar: Calendar) -> Chip | None:
    """The clock a list shows, from the derived columns of the row alone; None when none runs.

    The bar counts finished pauses as used time on both sides, because the row does not know them; what is left is exact.
    """
    if case.clock == "" or case.clock_since is None or case.due_at >= FAR:
        return Chip("", "", "pause", None, None, 0) if case.situation == "paused" else None
    span = calendar.between(case.clock_since, case.due_at)
    used = calendar.between(case.clock_since, now)
    return running(case.clock, used, span, case.due_at, now, calendar, is_provisional=case.is_provisional)


def chip_of_clock(clock: Clock, now: datetime, calendar: Calendar) -> Chip:
    """One clock of the case page, pauses taken out."""
    used = clock.elapsed(now, calendar)
    if clock.stop is not None:
        left = clock.left(now, calendar)
        return Chip(
            clock.name,
            CLOCKS[clock.name],
            "met",
            left,
            clock.due,
            _percent(used, clock.amount),
            clock.is_provisional,
        )
    if clock.paused_since is not None or clock.due is None:
        stood = calendar.between(clock.paused_since or now, now)
        return Chip(clock.name, CLOCKS[clock.name], "pause", stood, None, _percent(used, clock.amount))
    return running(clock.name, used, clock.amount, clock.due, now, calendar, is_provisional=clock.is_provisional)


def running(
    name: str,
    used: timedelta,
    span: timedelta,
    due: datetime,
    now: datetime,
    calendar: Calendar,
    *,
    is_provisional: bool = False,
) -> Chip:
    """Something that runs towards `due`: `used` of `span` working time is gone. `name` is a clock or a deadline."""
    words = CLOCKS.get(name) or DEADLINES[name]
    if now > due:
        return Chip(name, words, "over", calendar.between(due, now), due, 100, is_provisional)
    state = "half" if used * 2 >= span else "running"
    return Chip(name, words, state, calendar.between(now, due), due, min(_percent(used, span), 99), is_provisional)


def _percent(used: timedelta, span: timedelta) -> int:
    return min(100, int(100 * (used / span))) if span else 100
