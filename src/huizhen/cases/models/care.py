"""Examining and treating: contacts, sessions, opinions, diagnosis, prescription, measures, follow-ups."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from huizhen.cases.choices import (
    Channel,
    Innovation,
    MeasureState,
    Mode,
    Party,
    PrescriptionState,
    SessionState,
    Verdict,
)
from huizhen.cases.models.case import Case
from huizhen.directory.models import Group, Person


class Contact(models.Model):
    """A conversation: with the branch (沟通), or with the own group (团内反馈).

    `at`: when it took place; `logged_at`: when it was written down (补记 if much later). `denied_at`: the branch answered that
    there was none (没有联系过); it stays on record and counts for nothing.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)

    case = models.ForeignKey(Case, models.PROTECT, related_name="contacts")
    round = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=8, choices=Party)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel, blank=True)
    at = models.DateTimeField()
    logged_at = models.DateTimeField()
    learned = models.TextField()
    denied_at = models.DateTimeField(null=True)
    denied_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    denial = models.TextField(blank=True)


class Session(models.Model):
    """A consultation session; a case has many. `uid` and `sequence` are those of its calendar entry (RFC 5545)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="sessions")
    round = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8, choices=Mode)
    place = models.CharField(max_length=120, blank=True)
    link = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    sequence = models.PositiveSmallIntegerField(default=0)
    record = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()
    cancel_reason = models.TextField(blank=True)


class Attendance(models.Model):
    """One person at one session: invited, and whether she came."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_expert = models.BooleanField(help_text="Member of some group that day; the others came for the branch")
    came = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="attendance_once")]
        indexes = [models.Index(fields=["person", "session"], name="attendance_of_person")]  # 日程 of a person


class Opinion(models.Model):
    """A signed opinion of one expert; `is_dissent` marks 保留意见. Never edited: a later one stands beside it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    is_dissent = models.BooleanField(default=False)
    at = models.DateTimeField()


class Diagnosis(models.Model):
    """What was found. A later diagnosis of the same case replaces the earlier one on the page."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="diagnoses")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    findings = models.TextField()


class Cause(models.Model):
    """A root cause with its evidence and its place in the chain; `is_upward` when it is beyond the branch (上行建议)."""

    diagnosis = models.ForeignKey(Diagnosis, models.PROTECT, related_name="causes")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    evidence = models.CharField(max_length=300, blank=True)
    chain = models.JSONField(default=list)
    is_upward = models.BooleanField(default=False)
    department = models.CharField(max_length=60, blank=True)
    suggestion = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["diagnosis", "number"], name="cause_number")]
        indexes = [
            models.Index(fields=["id"], condition=Q(is_upward=True), name="cause_upward")
        ]  # list of upward suggestions


class Prescription(models.Model):
    """One signed version; never edited, a new version replaces it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="prescriptions")
    round = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    diagnosis = models.ForeignKey(Diagnosis, models.PROTECT, related_name="+")
    thinking = models.TextField()
    innovation = models.CharField(max_length=12, choices=Innovation)
    follow_up_on = models.DateField()
    signed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PrescriptionState, default=PrescriptionState.SIGNED)
    answered_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    ruling = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="prescription_version")]
        indexes = [
            # cases worth a clinic: what branches sent back in two months
            models.Index(fields=["answered_at"], condition=~Q(return_reason=""), name="prescription_returned")
        ]


class PrescriptionDraft(models.Model):
    """The prescription being written, shared by the case's experts; saved while typing with a version check."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="prescription_draft")
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()


class Measure(models.Model):
    """One thing to be done. `treats` maps cause number → "main" (主治) or "aid" (辅治). Owner: a person, or a written name and unit."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="measures")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=120)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    owner_name = models.CharField(max_length=40, blank=True)
    owner_unit = models.CharField(max_length=60, blank=True)
    due_on = models.DateField()
    expected = models.CharField(max_length=120)
    criterion = models.CharField(max_length=120)
    treats = models.JSONField(default=dict)
    source_code = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=MeasureState, default=MeasureState.TODO)
    note = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prescription", "number"], name="measure_number"),
            models.CheckConstraint(condition=Q(owner__isnull=False) | ~Q(owner_name=""), name="measure_has_owner"),
        ]
        indexes = [models.Index(fields=["owner", "due_on"], name="measure_of_owner")]  # 日程 and home of the owner


class FollowUp(models.Model):
    """复诊: was each measure done, did it help. Expert and branch each give a verdict; if they differ the leader decides."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups")
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    mode = models.CharField(max_length=8, choices=Mode)
    expert_verdict = models.CharField(max_length=10, choices=Verdict)
    branch_verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    branch_note = models.TextField(blank=True)
    branch_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    branch_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ruling = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    evidence = models.TextField()
    next_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="follow_up_number"),
            models.UniqueConstraint(fields=["case"], condition=Q(verdict=""), name="one_open_follow_up"),
        ]
        indexes = [
            models.Index(
                fields=["settled_at"], name="follow_up_settled"
            ),  # cases worth a clinic: verdicts of two months
            models.Index(fields=["by", "at"], name="follow_up_by"),  # contributions of a person in a campaign
        ]
