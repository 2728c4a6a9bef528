"""Working time: office hours on the days of the Chinese calendar, with make-up working days (调休). Pure arithmetic.

Here lives the sum; which days are holidays is data and lives in `worktime`. Every moment is turned into a position,
the working time since the year 1, by counting days instead of walking over them: a year costs what an hour costs.
Wall-clock time is what counts: in a zone with summer time a slot across the switch keeps its length on the clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

ZERO = timedelta(0)
_TICK = timedelta.resolution
Break = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendar:
    """Office hours and the days they apply to.

    `years` are the years whose holidays are published; any other year is exactly Monday to Friday, and dates of such
    a year in `holidays` or `workdays` do not count.
    """

    slots: tuple[tuple[time, time], ...]
    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]
    tz: tzinfo
    day_length: timedelta = field(init=False, repr=False, compare=False)
    # Offsets from midnight of each slot, and day numbers on which the calendar differs from Monday–Friday.
    _slots: tuple[tuple[timedelta, timedelta], ...] = field(init=False, repr=False, compare=False)
    _off: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _on: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        slots = tuple((_offset(begin), _offset(end)) for begin, end in self.slots)
        edges = [edge for slot in slots for edge in slot]
        if not slots or edges != sorted(edges) or any(begin == end for begin, end in slots):
            raise ValueError("office hours need one slot or more, each with a length, in order and without overlap")
        extra = {day for day in self.workdays if day.year in self.years}
        off = sorted(
            d.toordinal() for d in self.holidays if d.year in self.years and d.weekday() < 5 and d not in extra
        )
        on = sorted(d.toordinal() for d in extra if d.weekday() >= 5)
        for name, value in (
            ("day_length", sum((end - begin for begin, end in slots), ZERO)),
            ("_slots", slots),
            ("_off", tuple(off)),
            ("_on", tuple(on)),
        ):
            object.__setattr__(self, name, value)

    # -- days

    def is_working_day(self, day: date) -> bool:
        """Whether the office is open on that day."""
        return self._is_working(day.toordinal())

    def working_days(self, since: date, until: date) -> int:
        """How many working days there are from `since` to the day before `until`; 0 when there is none between."""
        return max(self._days_before(until.toordinal()) - self._days_before(since.toordinal()), 0)

    def add_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, before it when n is negative; `day` itself for 0, working or not.

        >>> # 2026-09-30 + 1 is 2026-10-08: the National Day holiday lies between.
        """
        if n == 0:
            return day
        number = day.toordinal()
        if n > 0:
            return date.fromordinal(self._nth_day(self._days_before(number + 1) + n, number))
        return date.fromordinal(self._nth_day(self._days_before(number) + n + 1, number))

    def last_moment(self, day: date) -> datetime:
        """End of the last slot on `day`, or on the last working day before it."""
        number = day.toordinal()
        last = self._nth_day(self._days_before(number + 1), number)
        return self._aware(date.fromordinal(last), self._slots[-1][1])

    def first_moment(self, day: date) -> datetime:
        """Beginning of the first slot on `day`, or on the first working day after it."""
        number = day.toordinal()
        first = self._nth_day(self._days_before(number) + 1, number)
        return self._aware(date.fromordinal(first), self._slots[0][0])

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself while the office is open, else the beginning of the next slot. A slot is open at its first moment, not at its last."""
        local = self._local(moment)
        number = local.toordinal()
        if self._is_working(number):
            clock = local - datetime.combine(local, time.min)
            for begin, end in self._slots:
                if clock < end:
                    return self._aware(local.date(), max(begin, clock))
        return self.first_moment(date.fromordinal(number + 1))

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at that moment."""
        return self.next_open(moment) == moment

    def is_provisional(self, start: datetime, end: datetime) -> bool:
        """Whether the span touches a year whose holidays are not known yet."""
        first, last = sorted((self._local(start).year, self._local(end).year))
        return any(year not in self.years for year in range(first, last + 1))

    # -- time

    def add(self, start: datetime, amount: timedelta, breaks: Sequence[Break] = ()) -> datetime:
        """The moment at which `amount` of working time since `start` is used up; time inside a break does not count.

        It is the earliest such moment: used up exactly at noon is due at noon. Nothing to use up is due at `start`.
        """
        if amount < ZERO:
            raise ValueError("an amount of working time is not negative")
        begin = self._local(start)
        if not amount:
            return begin.replace(tzinfo=self.tz)
        origin = self._position(begin)
        due = origin + amount
        for first, last in self._merged(breaks):
            since, until = max(self._position(first), origin), self._position(last)
            # A break that opens in the very moment the amount is used up comes too late.
            if since >= due:
                break
            due += max(until - since, ZERO)
        return self._moment(due, begin.toordinal())

    def between(self, start: datetime, end: datetime, breaks: Sequence[Break] = ()) -> timedelta:
        """Working time from `start` to `end` outside the breaks; nothing when `end` is not later."""
        first, last = self._position(self._local(start)), self._position(self._local(end))
        worked = last - first
        if worked <= ZERO:
            return ZERO
        for since, until in self._merged(breaks):
            worked -= max(min(self._position(until), last) - max(self._position(since), first), ZERO)
        return worked

    # -- the sum

    def _local(self, moment: datetime) -> datetime:
        """Wall-clock time in the zone of the office, without the zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment.astimezone(self.tz).replace(tzinfo=None)

    def _aware(self, day: date, offset: timedelta) -> datetime:
        return (datetime(day.year, day.month, day.day) + offset).replace(tzinfo=self.tz)

    def _merged(self, breaks: Sequence[Break]) -> Iterator[Break]:
        """The breaks in order, as local moments, none overlapping another; a break without length is none."""
        current: Break | None = None
        for since, until in sorted((self._local(since), self._local(until)) for since, until in breaks):
            if until <= since:
                continue
            if current is None:
                current = since, until
            elif since <= current[1]:
                current = current[0], max(current[1], until)
            else:
                yield current
                current = since, until
        if current is not None:
            yield current

    def _is_working(self, number: int) -> bool:
        """`number` is a proleptic Gregorian day number; day 1 was a Monday."""
        weekend = (number - 1) % 7 >= 5
        listed = self._on if weekend else self._off
        index = bisect_left(listed, number)
        exceptional = index < len(listed) and listed[index] == number
        return exceptional == weekend

    def _days_before(self, number: int) -> int:
        """How many working days lie before that day."""
        weeks, rest = divmod(number - 1, 7)
        return weeks * 5 + min(rest, 5) - bisect_left(self._off, number) + bisect_left(self._on, number)

    def _nth_day(self, n: int, near: int) -> int:
        """Number of the n-th working day since day 1. `near` is a day not far from it, to keep the search short."""
        away = n - self._days_before(near)
        # Wide enough: five of seven days are working days, but for the listed holidays.
        reach = 2 * abs(away) + 2 * len(self._off) + 14
        low, high = (near, near + reach) if away > 0 else (max(near - reach, 1), near)
        return low + bisect_left(range(low, high), n, key=lambda number: self._days_before(number + 1))

    def _position(self, moment: datetime) -> timedelta:
        """Working time from day 1 to that local moment."""
        number = moment.toordinal()
        position = self._days_before(number) * self.day_length
        if self._is_working(number):
            clock = moment - datetime.combine(moment, time.min)
            for begin, end in self._slots:
                if clock <= begin:
                    break
                position += min(clock, end) - begin
        return position

    def _moment(self, position: timedelta, near: int) -> datetime:
        """The earliest moment at that position; `near` as in `_nth_day`."""
        days = (position - _TICK) // self.day_length
        rest = position - days * self.day_length
        day = date.fromordinal(self._nth_day(days + 1, near))
        *earlier, (last, _end) = self._slots
        for begin, end in earlier:
            if rest <= end - begin:
                return self._aware(day, begin + rest)
            rest -= end - begin
        return self._aware(day, last + rest)


def _offset(clock: time) -> timedelta:
    """Time since midnight; 00:00 as an end is not supported, offices close before midnight."""
    return datetime.combine(datetime.min, clock) - datetime.min
