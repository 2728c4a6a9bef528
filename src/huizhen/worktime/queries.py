"""Reads of the working calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.db.models import QuerySet
from django.utils import timezone

from huizhen.lib.workdays import Calendar
from huizhen.worktime.choices import DayKind
from huizhen.worktime.models import CalendarDay, CalendarVersion, CalendarYear, OfficeHours

Slots = tuple[tuple[time, time], ...]
# In force until an administrator sets others: a working day is 7 h.
DEFAULT_SLOTS: Slots = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))
_FIRST_MONTH_TO_ASK = 11  # the arrangement of the next year is published in autumn


@dataclass(frozen=True)
class _Kept:
    """What one version of the calendar says, kept by this process. `hours` is newest first."""

    token: str
    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]
    hours: tuple[tuple[date, Slots], ...]
    made: dict[Slots, Calendar]


_kept: _Kept | None = None


def version() -> str:
    """Changes with every write to the calendar; "" before the first. For those who keep something computed from it."""
    return CalendarVersion.objects.values_list("token", flat=True).filter(pk=1).first() or ""


def calendar(*, on: date | None = None) -> Calendar:
    """The calendar with the office hours in force on that day, today unless said.

    One query by primary key, more only after a change. Ask once per act or page and hand it on; do not ask per row.
    The version is compared every time instead of trusted for some seconds: a due moment from an old calendar would be
    written down and stay, and a query that comes and goes with the second would make query counts of pages unsteady.
    """
    global _kept
    token = version()
    kept = _kept
    if kept is None or not token or kept.token != token:
        # The version is read before the days. If somebody writes in between, new days are kept under the old token,
        # and the next call reads them again; the other way round old days would be kept as new.
        kept = _kept = _read(token)
    slots = next((slots for since, slots in kept.hours if since <= (on or timezone.localdate())), DEFAULT_SLOTS)
    if slots not in kept.made:
        kept.made[slots] = Calendar(slots, kept.holidays, kept.workdays, kept.years, timezone.get_default_timezone())
    return kept.made[slots]


def _read(token: str) -> _Kept:
    days: dict[str, set[date]] = {kind: set() for kind in DayKind.values}
    for day, kind in CalendarDay.objects.values_list("date", "kind"):
        days[kind].add(day)
    return _Kept(
        token,
        frozenset(days[DayKind.HOLIDAY]),
        frozenset(days[DayKind.WORKDAY]),
        frozenset(CalendarYear.objects.values_list("year", flat=True)),
        tuple((row.since, slots_of(row)) for row in OfficeHours.objects.order_by("-since")),
        {},
    )


def slots_of(hours: OfficeHours) -> Slots:
    """The stored office hours as times."""
    return tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in hours.slots)


def days_of(year: int) -> QuerySet[CalendarDay]:
    """Holidays and make-up working days of a year, in order."""
    return CalendarDay.objects.filter(date__range=(date(year, 1, 1), date(year, 12, 31))).order_by("date")


def years() -> QuerySet[CalendarYear]:
    """The years that have been entered, newest first."""
    return CalendarYear.objects.order_by("-year")


def next_year_missing(today: date) -> int | None:
    """The year an administrator must be asked for, if any: this year when missing, from 1 November on the next one."""
    wanted = [today.year, *([today.year + 1] if today.month >= _FIRST_MONTH_TO_ASK else [])]
    entered = set(CalendarYear.objects.filter(year__in=wanted).values_list("year", flat=True))
    return next((year for year in wanted if year not in entered), None)
