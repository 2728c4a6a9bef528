"""When a saved view goes out: every week or every month on a day of the Chinese calendar, later when nobody works that day. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from huizhen.lib.workdays import Calendar

LAST_DAY = 28
"""The last day of a month that every month has."""
_AHEAD = 70
"""Days in which a monthly day comes, and the longest holidays end."""


def is_meant(rhythm: str, number: int, day: date) -> bool:
    """Whether it is the day: `number` is 1 (Monday) to 7 of a week, 1 to 28 of a month."""
    return day.isoweekday() == number if rhythm == "weekly" else day.day == number


def next_moment(rhythm: str, number: int, hour: time, *, after: datetime, calendar: Calendar) -> datetime:
    """The first moment after `after`: on the day that is meant, or on the first working day after it. Days that meet are one."""
    first = after.astimezone(calendar.tz).date() - timedelta(days=20)
    found = []
    for offset in range(_AHEAD):
        day = first + timedelta(days=offset)
        if is_meant(rhythm, number, day):
            while not calendar.is_working_day(day):
                day += timedelta(days=1)
            moment = datetime.combine(day, hour, calendar.tz)
            if moment > after:
                found.append(moment)
    return min(found)
