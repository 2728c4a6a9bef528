"""通报, their numbers, and PDFs of papers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from huizhen.accounts.models import User
from huizhen.directory.models import Campaign, Person
from huizhen.reports.choices import BulletinState, PdfState


class Bulletin(models.Model):
    """通报: what head office tells everybody about a report month.

    `month`: first day of the month that names it; `since` to `until`: its days, both included. Words are the writers'; numbers are made
    from the figures whenever it is looked at, until `figures` and `word` (the DOCX as issued) hold them for good. `revision` grows with
    every write. `writers`: who wrote in it and therefore does not review it. `review_note`: of the last review, passed or returned.
    """

    code = models.CharField(max_length=20, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=BulletinState, default=BulletinState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    addressees = models.CharField(max_length=200)
    overview = models.TextField(blank=True)
    highlights = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    copies = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    writers = models.ManyToManyField(Person, related_name="+")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    issuer = models.CharField(max_length=60, blank=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)
    figures = models.JSONField(null=True)
    word = models.BinaryField(null=True)
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            # two who begin the bulletin of a month write the same one
            models.UniqueConstraint(
                fields=["campaign", "month"], condition=~Q(state="voided"), name="bulletin_of_month"
            ),
            # a number is given once; also the order of the list
            models.UniqueConstraint(fields=["year", "number"], name="bulletin_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "voided"], number__isnull=False, figures__isnull=False)
                | (~Q(state__in=["issued", "voided"]) & Q(number=None)),
                name="bulletin_numbered_when_issued",
            ),
        ]
        indexes = [
            # the list, newest month first
            models.Index(F("month").desc(), F("id").desc(), name="bulletin_list"),
        ]

    def __str__(self) -> str:
        return self.code


class BulletinCounter(models.Model):
    """The last number given in a year. Its row is locked by whoever issues, so that numbers follow each other without a gap."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class PaperPdf(models.Model):
    """The PDF of a Word file of ours: asked for, made by a job, kept for some weeks.

    `digest`: of what the Word file says, not of its bytes, which carry the time of packing; the same file is converted once, however many
    people ask. `askers`: who was given the Word file and asked for its PDF, and so may fetch it. `begun_at`: since when a job is at it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=120)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=PdfState, default=PdfState.WAITING)
    word = models.BinaryField()
    content = models.BinaryField(null=True)
    askers = models.ManyToManyField(User, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            # the job takes the one that waits longest
            models.Index(fields=["id"], condition=Q(state="waiting"), name="pdf_waiting"),
            # what is old is thrown away
            models.Index(fields=["asked_at"], name="pdf_old"),
        ]

    def __str__(self) -> str:
        return self.name
