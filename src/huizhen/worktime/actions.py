"""Every write to the working calendar. Who may is decided by the caller: posts are known on an upper floor."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.db import transaction

from huizhen.journal.actions import record
from huizhen.journal.actions.recording import Actor
from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.text import clean
from huizhen.worktime.choices import DayKind
from huizhen.worktime.models import CalendarDay, CalendarVersion, CalendarYear, OfficeHours
from huizhen.worktime.queries import days_of

_YEARS = range(2000, 2200)


@transaction.atomic
def load_year(
    year: int,
    *,
    holidays: Iterable[date],
    workdays: Iterable[date],
    source: str,
    by: Actor | None,
    at: datetime,
    names: Mapping[date, str] | None = None,
) -> CalendarYear:
    """Enter the holiday arrangement of a year, in place of what was entered before.

    Renews the version, replaces the days of that year, dates the year, journals `calendar_loaded`.
    Refuses with `Invalid`: a date of another year, a day on both lists, a make-up day that is no weekend, a year
    without holidays.
    """
    off, on = frozenset(holidays), frozenset(workdays)
    source = clean(source)
    if faults := _faults(year, off, on, source):
        raise Invalid(faults)
    _renew()
    row, _created = CalendarYear.objects.update_or_create(year=year, defaults={"source": source, "entered_at": at})
    days_of(year).delete()
    named = names or {}
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, kind=kind, name=clean(named.get(day, ""))[:40], source=source)
        for kind, days in ((DayKind.HOLIDAY, off), (DayKind.WORKDAY, on))
        for day in sorted(days)
    )
    record(
        "calendar_loaded",
        row,
        by=by,
        at=at,
        label=str(year),
        holidays=[day.isoformat() for day in sorted(off)],
        workdays=[day.isoformat() for day in sorted(on)],
    )
    return row


@transaction.atomic
def set_office_hours(slots: Sequence[tuple[time, time]], *, since: date, by: Actor | None, at: datetime) -> OfficeHours:
    """Set the office hours from a day on; once more for the same day replaces them.

    Renews the version, writes the row, journals `office_hours_set`. Refuses with `Invalid` slots that are missing,
    overlap or are out of order.
    """
    edges = [edge for slot in slots for edge in slot]
    if not edges:
        raise Invalid.one("slots", "required")
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise Invalid.one("slots", "slots_out_of_order")
    _renew()
    written = [[f"{begin:%H:%M}", f"{end:%H:%M}"] for begin, end in slots]
    row, _created = OfficeHours.objects.update_or_create(since=since, defaults={"slots": written})
    record("office_hours_set", row, by=by, at=at, label=since.isoformat(), slots=written)
    return row


def _renew() -> None:
    """Give the calendar a new version. First in every write: the row is the lock between two writers."""
    CalendarVersion.objects.update_or_create(pk=1, defaults={"token": secrets.token_hex(16)})


def _faults(year: int, off: frozenset[date], on: frozenset[date], source: str) -> dict[str, list[Fault]]:
    faults: dict[str, list[Fault]] = {}

    def add(name: str, code: str, **args: Any) -> None:
        faults.setdefault(name, []).append(Fault(code, args))

    if year not in _YEARS:
        add("year", "bad_year", year=year)
    if not off:
        add("holidays", "required")
    for name, days in (("holidays", off), ("workdays", on)):
        for day in sorted(days):
            if day.year != year:
                add(name, "outside_year", date=day.isoformat(), year=year)
    for day in sorted(off & on):
        add("workdays", "on_both_lists", date=day.isoformat())
    for day in sorted(on - off):
        if day.year == year and day.weekday() < 5:
            add("workdays", "not_a_weekend", date=day.isoformat())
    if len(source) > 200:
        add("source", "too_long", most=200)
    return faults
