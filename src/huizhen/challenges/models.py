"""领题: the challenge a branch takes on in a campaign."""

from __future__ import annotations

from django.db import models

from huizhen.challenges.choices import ChallengeState, InnovationKind
from huizhen.directory.models import Branch, Campaign, Person


class ChallengeCounter(models.Model):
    """Last challenge number of a year. Numbers may have gaps, never twins."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)


class Challenge(models.Model):
    """What a branch takes on this year: a target with an indicator, a lead and milestones.

    `version` grows with every change; who edits says which one she had before her.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=60)
    background = models.TextField(blank=True)
    indicator = models.CharField(max_length=40, blank=True)
    indicator_unit = models.CharField(max_length=12, blank=True)
    baseline = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    goal = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    lead = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=InnovationKind, blank=True)
    state = models.CharField(max_length=10, choices=ChallengeState, default=ChallengeState.CHOSEN)
    milestones = models.JSONField(default=list, help_text='[{"on": "2026-06-30", "what": "…", "done": false}]')
    result = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["branch", "-id"], name="challenge_branch"
            ),  # challenges of a branch, and of her own form
            models.Index(fields=["campaign", "-id"], name="challenge_newest"),  # the whole list, newest first
            models.Index(fields=["campaign", "state", "-id"], name="challenge_list"),  # list by state, newest first
        ]

    def __str__(self) -> str:
        return self.code
