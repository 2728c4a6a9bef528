"""病例讨论会: a domain learns from its cases once a month."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F

from huizhen.cases.models import Case
from huizhen.directory.models import Campaign, Domain, Person
from huizhen.methods.choices import ClinicState


class Clinic(models.Model):
    """One meeting: cases picked, an agenda, who came, who taught, minutes.

    `key` is its calendar entry's UID, given by the form that plans it: the same form sent twice plans once. `sequence` grows with
    every change of time or place and with the cancellation (RFC 5545). `version` grows with every write; who acts says which she saw.
    Invited are `attendances`; which cases somebody sees is asked anew for each reader: an invitation grants no case.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.CharField(
        max_length=20, unique=True, help_text="Domain, year and month, e.g. MKT-2611; the second MKT-2611-2"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")
    month = models.DateField(help_text="The first of its month")
    title = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    link = models.CharField(max_length=300, blank=True)
    agenda = models.TextField(blank=True)
    minutes = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ClinicState, default=ClinicState.PLANNED)
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was put off last, or cancelled")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # list of a domain, newest first (keyset)
            models.Index(F("domain"), F("starts_at").desc(), F("id").desc(), name="clinic_of_domain"),
            # list of who sees those of all domains
            models.Index(F("starts_at").desc(), F("id").desc(), name="clinic_newest"),
        ]

    def __str__(self) -> str:
        return self.code


class ClinicCase(models.Model):
    """A case on the agenda: who presents it, what was learned."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    presenter = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    learned = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "case"], name="clinic_case_once")]
        indexes = [models.Index(fields=["presenter", "clinic"], name="clinic_taught")]  # what an expert presented


class ClinicAttendance(models.Model):
    """Who is invited, who came (None until the minutes), what she takes home."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    came = models.BooleanField(null=True)
    learned = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "person"], name="clinic_person_once")]
        indexes = [
            # what an expert attended; her invitations on the agenda
            models.Index(fields=["person", "came"], name="clinic_attended")
        ]
