"""The course of a case: rounds, transfers, invitations, pauses, questions asked on, proposals and the closing sheet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from huizhen.cases.choices import (
    AskKind,
    InvitationState,
    Outcome,
    ProposalKind,
    RoundWhy,
    SupportTopic,
    TransferState,
)
from huizhen.cases.models.case import Case
from huizhen.directory.models import Group, Person, Unit


class Round(models.Model):
    """One run through the consultation: at registration, after 复开, after 加重. Its exemption is the leader's from 集体会诊."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    why = models.CharField(max_length=12, choices=RoundWhy)
    reason = models.TextField(blank=True)
    exempted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    exempted_at = models.DateTimeField(null=True)
    exemption = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="round_number")]


class Transfer(models.Model):
    """转诊: proposed, answered, or ruled on. Responsibility moves only with acceptance or ruling."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="transfers")
    from_group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    to_group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=TransferState, default=TransferState.OPEN)
    disputed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    is_refused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["open", "disputed"]), name="one_open_transfer"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="transfer_due"),  # job: answers run out
            models.Index(
                fields=["to_group", "due_at"], condition=Q(state__in=["open", "disputed"]), name="transfer_inbox"
            ),  # home
            models.Index(
                fields=["from_group", "at"], condition=Q(state="disputed"), name="transfer_ruling"
            ),  # home of the liaison
        ]


class Invitation(models.Model):
    """联合会诊: a group asked to take part, with its own state and clock."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="invitations")
    round = models.PositiveSmallIntegerField()
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ask = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.INVITED)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round", "group"], name="invitation_once")]
        indexes = [
            models.Index(
                fields=["group", "at"], condition=Q(state__in=["invited", "accepted"]), name="invitation_inbox"
            ),  # home
            # cases worth a clinic: joint consultations of two months
            models.Index(
                fields=["answered_at"], condition=Q(state__in=["accepted", "signed"]), name="invitation_joined"
            ),
        ]


class Pause(models.Model):
    """The clocks stand while the branch gathers what is missing: the complete list, once (一次性告知)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.TextField()
    missing = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="one_open_pause")]


class Ask(models.Model):
    """Somebody asks, somebody answers: 续问 of the branch, 投诉 of the branch, 支撑 asked of a unit.

    `handler`: the independent person a complaint was given to; None is head office. `topic`, `unit`, `is_granted`: of support only.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="asks")
    kind = models.CharField(max_length=10, choices=AskKind, default=AskKind.ASK)
    topic = models.CharField(max_length=8, choices=SupportTopic, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ask_support_names_its_unit",
                condition=Q(kind="support", unit__isnull=False) & ~Q(topic="")
                | ~Q(kind="support") & Q(unit=None, topic=""),
            ),
        ]
        indexes = [
            # home of whoever handles complaints
            models.Index(fields=["kind", "at"], condition=Q(answered_at=None), name="ask_waiting"),
            # home of the clerk
            models.Index(fields=["unit", "at"], condition=Q(kind="support", answered_at=None), name="ask_support"),
        ]


class Proposal(models.Model):
    """An end that needs two hands: 不予受理 (accountable, then leader) and 未破题结案 (leader, then liaison)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=10, choices=ProposalKind)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    basis = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=120, blank=True)
    reason = models.TextField()
    is_open = models.BooleanField(default=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="one_open_proposal")]


class Closing(models.Model):
    """结案单 of one round: final reply, closing form, extraction decision. A reopened case starts another round."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    round = models.OneToOneField(Round, models.PROTECT, related_name="closing")
    resolved_at = models.DateTimeField()
    resolved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    waiver = models.TextField(blank=True)
    verdict = models.CharField(max_length=10)
    found = models.TextField(blank=True)
    changed = models.TextField(blank=True)
    keep = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    value = models.PositiveSmallIntegerField(null=True)
    feasibility = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=200, blank=True)
    formed_at = models.DateTimeField(null=True)
    is_silent = models.BooleanField(default=False)
    silent_at = models.DateTimeField(help_text="When no answer counts as one")
    extraction = models.CharField(max_length=8, blank=True)
    extraction_reason = models.TextField(blank=True)
    extraction_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    extraction_at = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(is_current=True), name="one_current_closing")
        ]
        indexes = [
            models.Index(
                fields=["silent_at"], condition=Q(is_current=True, formed_at=None), name="closing_silent"
            ),  # job
            models.Index(
                fields=["extraction_at"], condition=Q(verdict="marked", extraction=""), name="closing_extract"
            ),  # leader
        ]
