"""From when to when: report months, calendar months, years, the whole campaign, any two days. Pure; days are local, both ends belong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LONGEST = 1100
"""Days: three years; nobody asks for more at once."""
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
"""Days somebody chooses lie between; so the periods around them are days of the calendar, too."""
KINDS = ("report", "month", "year", "campaign", "custom")


@dataclass(frozen=True)
class Period:
    """`since` to `until`, both included. `kind` of KINDS; `cutoff`: the report day, of report months only."""

    kind: str
    since: date
    until: date
    cutoff: int = 0

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self) -> Period | None:
        """The period it is compared with; None for a whole campaign."""
        last = self.since - DAY
        if self.kind == "report":
            return report_month(last, self.cutoff)
        if self.kind == "month":
            return month(last)
        if self.kind == "year":
            return year(last)
        if self.kind == "custom":
            return Period("custom", self.since - timedelta(days=self.days), last)
        return None

    def compared(self, today: date) -> Period | None:
        """What its figures are held against: the period before; while it still runs, as many days of that one as have begun of this."""
        earlier = self.before()
        if earlier is None or not self.since <= today < self.until:
            return earlier
        return Period("custom", earlier.since, min(earlier.until, earlier.since + (today - self.since)))


def _shift(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def report_month(day: date, cutoff: int) -> Period:
    """The report month a day belongs to: from the day after the report day of one month to the report day of the next."""
    month_of_end = day.replace(day=1) if day.day <= cutoff else _shift(day, 1)
    return Period("report", _shift(month_of_end, -1) + cutoff * DAY, month_of_end + (cutoff - 1) * DAY, cutoff)


def month(day: date) -> Period:
    """The calendar month of a day."""
    return Period("month", day.replace(day=1), _shift(day, 1) - DAY)


def year(day: date) -> Period:
    """The calendar year of a day."""
    return Period("year", date(day.year, 1, 1), date(day.year, 12, 31))


def custom(since: date, until: date) -> Period:
    """Any days. ValueError: the wrong way round, longer than LONGEST, or not between FIRST and LAST."""
    if until < since or (until - since).days >= LONGEST or since < FIRST or until > LAST:
        raise ValueError("period")
    return Period("custom", since, until)


def months_to(until: Period, count: int) -> list[Period]:
    """So many months up to the one in which a period ends, oldest first: report months for a report month, else calendar months."""
    last = report_month(until.until, until.cutoff) if until.kind == "report" else month(until.until)
    found = [last]
    while len(found) < count and (earlier := found[-1].before()):
        found.append(earlier)
    return found[::-1]
