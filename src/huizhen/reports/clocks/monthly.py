"""When monthly reports are due, and which days each of them is about. Pure; days are local, both ends of a span belong.

A report's cut-off is its due day. Spans follow each other without a gap from the first day of the campaign to its last: the first ends
at the first due day on or after the beginning, the last one with the campaign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from huizhen.lib.workdays import Calendar

DAY = timedelta(days=1)
FIVE, ONE, TODAY, OVER = "five", "one", "today", "over"
STEPS = (FIVE, ONE, TODAY, OVER)
"""Reminders: five working days before, one, on the day itself, the day after."""


@dataclass(frozen=True)
class Rule:
    """On which day of the month reports are due, and whether that day is in time (“15 日前”)."""

    report_day: int
    is_inclusive: bool = True


@dataclass(frozen=True)
class Span:
    """The report of a month (its first day): about `since` to `until`, due at the end of `due`, open from `opens` on."""

    month: date
    since: date
    until: date
    due: date

    @property
    def opens(self) -> date:
        return min(self.month, self.due)


def month_after(month: date) -> date:
    """The first day of the next month.

    >>> month_after(date(2026, 12, 1)).isoformat()
    '2027-01-01'
    """
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def due_day(month: date, rule: Rule, calendar: Calendar) -> date:
    """The report day of that month, or the last working day before it. In a shorter month the last day stands for what it lacks."""
    last = month_after(month) - DAY
    nominal = min(month.replace(day=1) + (rule.report_day - 1) * DAY, last)
    if not rule.is_inclusive:
        nominal -= DAY
    return calendar.add_days(nominal + DAY, -1)


def spans(starts_on: date, ends_on: date, rule: Rule, calendar: Calendar) -> Iterator[Span]:
    """Every report of a campaign, the first one first."""
    month, since = starts_on.replace(day=1), starts_on
    while since <= ends_on:
        due = due_day(month, rule, calendar)
        if due >= since:
            until = min(due, ends_on)
            yield Span(month, since, until, due)
            since = until + DAY
        month = month_after(month)


def step_of(today: date, due: date, calendar: Calendar) -> str:
    """Which reminder is called for today, "" for none. Of steps that were missed only the latest counts."""
    if today > due:
        return OVER
    left = calendar.working_days(today + DAY, due + DAY)
    if left > 5:
        return ""
    return TODAY if left == 0 else ONE if left == 1 else FIVE
