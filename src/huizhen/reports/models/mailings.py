"""定时发送: a view that is sent to some people again and again, and to whom it went."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from huizhen.directory.models import Person
from huizhen.reports.choices import MailedState, MailedView, Rhythm


class Mailing(models.Model):
    """A saved view: `kind` of page and the `query` of its address. `number`: of the weekday or of the day of the month.

    `next_at`: when it goes out next; whoever sends it sets the one after. A removed one keeps its row: what was sent stays known.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    kind = models.CharField(max_length=8, choices=MailedView)
    query = models.CharField(max_length=1600)
    rhythm = models.CharField(max_length=8, choices=Rhythm)
    number = models.PositiveSmallIntegerField()
    hour = models.TimeField()
    has_file = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False)
    next_at = models.DateTimeField()
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    recipients = models.ManyToManyField(Person, related_name="+")

    objects: ClassVar[models.Manager[Mailing]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mailing_has_its_day",
                condition=Q(rhythm=Rhythm.WEEKLY, number__range=(1, 7))
                | Q(rhythm=Rhythm.MONTHLY, number__range=(1, 28)),
            ),
        ]
        indexes = [
            # the job: what is due
            models.Index(fields=["next_at"], condition=Q(is_paused=False, removed_at=None), name="mailing_due"),
        ]

    def __str__(self) -> str:
        return self.name


class Mailed(models.Model):
    """One person and one moment of a mailing: sent, or refused because she may not see it. Once, however often the job runs."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="sent")
    moment = models.DateTimeField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=MailedState)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Mailed]] = models.Manager()

    class Meta:
        # also the way to the last of each recipient
        constraints = [models.UniqueConstraint(fields=["mailing", "person", "moment"], name="mailed_once")]

    def __str__(self) -> str:
        return f"{self.mailing} {self.moment:%Y-%m-%d}"
