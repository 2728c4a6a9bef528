"""需要谈一谈: something a leader should talk about with an expert of the group."""

from __future__ import annotations

import uuid

from django.db import models

from huizhen.cases.choices import FlagKind
from huizhen.cases.models.case import Case
from huizhen.directory.models import Group, Person


class Flag(models.Model):
    """A reason for a talk, never a punishment: seen by the expert herself and by whoever leads her group, and by nobody else.

    `group`: the group whose leader has the talk. `occurrence` names what happened, so that it is raised once. `facts`: what was
    found, by kind (`actions.flags`). The expert may state her reasons until the talk is noted.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="flags")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=FlagKind)
    occurrence = models.CharField(max_length=80)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    reasons = models.TextField(blank=True)
    reasons_at = models.DateTimeField(null=True)
    talked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    talked_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "case", "occurrence"], name="flag_once"),
        ]
        indexes = [
            # home of the leader: talks not had yet
            models.Index(fields=["group", "at"], condition=models.Q(talked_at=None), name="flag_of_group"),
            # home of the expert: what she may give her reasons for
            models.Index(fields=["person", "at"], condition=models.Q(talked_at=None), name="flag_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case.code}"
