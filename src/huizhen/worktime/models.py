"""Nouns of the working calendar. They change only through `actions`, which renews the version that readers compare."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from huizhen.worktime.choices import DayKind


class CalendarYear(models.Model):
    """A year whose holiday arrangement has been entered. A year without a row is exactly Monday to Friday."""

    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=200, blank=True, help_text="The notice the days are taken from")
    entered_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day of an entered year that is off (holiday), or worked although it is a weekend (workday)."""

    date = models.DateField(unique=True)  # also serves the days of one year, in order
    kind = models.CharField(max_length=8, choices=DayKind)
    name = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="calendar_day_kind")]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class OfficeHours(models.Model):
    """Office hours from a day on; the latest row that has begun is in force.

    `slots` is [["08:30", "12:00"], …] in local time.
    """

    since = models.DateField(unique=True)
    slots = models.JSONField()

    def __str__(self) -> str:
        return f"{self.since} {self.slots}"


class CalendarVersion(models.Model):
    """One row, renewed by every write to the calendar, so that each process knows when what it has kept is old.

    The token is random and not counted: a number taken by a transaction that was rolled back would be given out twice.
    """

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
