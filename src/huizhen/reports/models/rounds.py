"""查房: what a leader has looked at, and what she suggests."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from huizhen.cases.models import Case
from huizhen.directory.models import Group, Person
from huizhen.reports.choices import Addressee, SuggestionState


class WardRound(models.Model):
    """查房: the leader of a group has looked at one of its open cases, with a comment or without.

    `by`: whoever pressed, the deputy herself when she acts 代. `batch`: all stamps of one act; it is taken back under this key.
    A stamp taken back stays as a row and counts for nothing.
    """

    batch = models.UUIDField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.TextField(blank=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "case"], name="ward_round_once")]
        indexes = [
            # the last round of a case, and all of them on its page
            models.Index(F("case"), F("at").desc(), condition=Q(taken_back_at=None), name="ward_round_of_case"),
            # the last round of a group: who has not been round
            models.Index(F("group"), F("at").desc(), condition=Q(taken_back_at=None), name="ward_round_of_group"),
        ]


class Suggestion(models.Model):
    """团长建议: a leader suggests something to the branch of a case, to her group, or to head office, and is owed an answer.

    Without a case it is about the work of the group. Adopted, or not and why; her own to withdraw until then.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    to = models.CharField(max_length=12, choices=Addressee)
    text = models.TextField()
    state = models.CharField(max_length=12, choices=SuggestionState, default=SuggestionState.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suggestion_to_branch_has_case", condition=~Q(to=Addressee.REQUESTER) | Q(case__isnull=False)
            ),
            models.CheckConstraint(
                name="suggestion_refused_with_reason", condition=~Q(state=SuggestionState.NOT_ADOPTED) | ~Q(answer="")
            ),
        ]
        indexes = [
            # those of a group, and those that wait for an answer of it
            models.Index(fields=["group", "state", "-id"], name="suggestion_of_group"),
            # those that wait for head office, newest first
            models.Index(fields=["to", "state", "-id"], name="suggestion_to"),
        ]

    def __str__(self) -> str:
        return f"{self.group.name} {self.get_to_display()}"


class RoundReminder(models.Model):
    """The leader of a group was reminded that a period ends with cases unvisited: once for each period."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    since = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "since"], name="round_reminder_once")]
