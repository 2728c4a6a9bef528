"""病例讨论会: a domain learns from its cases once a month."""

from __future__ import annotations

import uuid

from django.db import models

from huizhen.cases.models import Case
from huizhen.directory.models import Campaign, Domain, Person
from huizhen.methods.choices import ClinicState


class Clinic(models.Model):
    """One meeting: cases picked, an agenda, who came, who taught, minutes."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
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
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["domain", "-starts_at"], name="clinic_of_domain")
        ]  # list of a domain, newest first


class ClinicCase(models.Model):
    """A case on the agenda: who presents it, what was learned."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    presenter = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    learned = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "case"], name="clinic_case_once")]


class ClinicAttendance(models.Model):
    """Who is invited, who came (None until the minutes), what she takes home."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    came = models.BooleanField(null=True)
    learned = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "person"], name="clinic_person_once")]
        indexes = [
            models.Index(fields=["person", "came"], name="clinic_attended")
        ]  # what an expert attended and taught
