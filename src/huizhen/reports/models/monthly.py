"""月报: one report for each unit and month, its sent versions, who was reminded, what was mailed by hand."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from huizhen.directory.models import Campaign, Domain, Person, Unit


class MonthlyReport(models.Model):
    """What a unit has to send for a month: about `since` to `until`, due before `deadline`, the midnight after `due_on`.

    Here are only words, as they are being written: `words` by section, `lines` by code of the group. Numbers are drawn from the figures
    when somebody looks, and stand in the sent versions. `revision` grows with every save.
    """

    code = models.CharField(max_length=32, unique=True, help_text="Human code in addresses, e.g. YB2603-FS")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField(help_text="Its first day")
    since = models.DateField()
    until = models.DateField()
    due_on = models.DateField()
    deadline = models.DateTimeField()
    opened_at = models.DateTimeField()
    words = models.JSONField(default=dict)
    lines = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "month", "unit"], name="monthly_report_once"),
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="monthly_report_has_days"),
        ]
        indexes = [
            models.Index(fields=["unit", "-month"], name="monthly_report_of_unit"),  # reports of a unit, newest first
        ]

    def __str__(self) -> str:
        return self.code


class SentReport(models.Model):
    """A version that was sent: numbers and words as they were then. At most one of a report is current; a withdrawn one stays.

    `key` makes a double click one version. `figures`: see `queries.monthly_contents`. `domains`: whose liaisons it concerns.
    `lender`: for whom the sender acted 代.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    lender = models.CharField(max_length=40, blank=True)
    figures = models.JSONField()
    words = models.JSONField()
    lines = models.JSONField()
    domains = models.ManyToManyField(Domain, related_name="+")
    is_current = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "version"], name="sent_report_version"),
            models.UniqueConstraint(fields=["report"], condition=Q(is_current=True), name="sent_report_current"),
            models.CheckConstraint(
                condition=Q(is_current=True, withdrawn_at=None) | Q(is_current=False, withdrawn_at__isnull=False),
                name="sent_report_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} v{self.version}"


class ReportReminder(models.Model):
    """The clerks of a report's unit were reminded: once for each step, and once a day when head office asks."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="+")
    step = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "step"], name="report_reminder_once")]


class HandMail(models.Model):
    """A version was taken as a mail file to be sent by hand: for whom (`headquarters` or the code of a domain), by whom and when."""

    sent = models.ForeignKey(SentReport, models.CASCADE, related_name="hand_mails")
    audience = models.CharField(max_length=16)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sent_id} → {self.audience}"
