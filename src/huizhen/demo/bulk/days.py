"""Moving moments by whole working days: what lay so many working minutes apart does so afterwards."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

from huizhen.lib.workdays import Calendar

_EVENING = timedelta(hours=18)
_REST = timedelta(hours=5, minutes=50)
_LONGEST = timedelta(days=14)
"""No stretch without a working day is longer; what lies in one is told as of the evening before it."""


class Days:
    """The working days from `first` to `last`, numbered from 0."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self.tz = calendar.tz
        span = (first + timedelta(days=number) for number in range((last - first).days + 1))
        self.dates = [day for day in span if calendar.is_working_day(day)]
        midnights = (datetime.combine(day, time.min, self.tz) for day in self.dates)
        self.starts = [midnight.astimezone(UTC).replace(tzinfo=None) for midnight in midnights]

    def number(self, day: date) -> int:
        """The number of that working day, or of the last one before it."""
        return max(bisect_right(self.dates, day) - 1, 0)

    def place(self, moment: datetime) -> tuple[int, timedelta]:
        """Number of the working day and the time since its midnight. Order is kept; no working time is lost or won."""
        number = self.number(moment.astimezone(self.tz).date())
        since = moment.astimezone(UTC).replace(tzinfo=None) - self.starts[number]
        if since <= _EVENING:
            return number, since
        return number, _EVENING + _REST * min((since - _EVENING) / _LONGEST, 1.0)

    def moment(self, number: int, since: timedelta) -> datetime:
        """The moment so long after the midnight with which a working day begins: in UTC, without its zone."""
        return self.starts[number] + since
