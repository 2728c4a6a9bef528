"""Where a method was used again, and what came of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from huizhen.cases.models import Case, Measure
from huizhen.directory.models import Branch, Person, Unit
from huizhen.methods.choices import Better, DecisionKind, Use
from huizhen.methods.models.method import Method


class Citation(models.Model):
    """A measure of a signed prescription that was taken from a method. Written from the outbox of the journal, once per measure.

    `use` is the word of the case's branch; until it gave one, the verdict of the last 复诊 is read in its place (`case_verdict`).
    """

    method = models.ForeignKey(Method, models.PROTECT, related_name="citations")
    number = models.PositiveSmallIntegerField(help_text="The version that was cited")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    measure = models.OneToOneField(Measure, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True, help_text="False once a later prescription of the case left it out")
    case_verdict = models.CharField(max_length=10, blank=True)
    use = models.CharField(max_length=8, choices=Use, default=Use.WAITING)
    note = models.CharField(max_length=200, blank=True)
    used_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["method", "-at"], name="citation_of_method"),  # reuse list and spread map of a method
            models.Index(fields=["case"], name="citation_of_case"),  # what a case cites, and verdicts that come later
        ]


class Adoption(models.Model):
    """A branch tries a method without a case, and says what came of it.

    Effective only with an indicator that went the better way, and evidence. One open trial per method and branch.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    method = models.ForeignKey(Method, models.PROTECT, related_name="adoptions")
    number = models.PositiveSmallIntegerField(help_text="The version that was adopted")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    remind_at = models.DateTimeField(null=True, help_text="30 working days after, while no result is recorded")
    use = models.CharField(max_length=8, choices=Use, default=Use.WAITING)
    indicator = models.CharField(max_length=40, blank=True)
    indicator_unit = models.CharField(max_length=12, blank=True)
    before = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    better = models.CharField(max_length=6, choices=Better, blank=True, help_text="Which way the indicator is to go")
    period = models.CharField(
        max_length=60, blank=True, help_text="When it was tried and measured, in the branch's words"
    )
    result = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    is_effective = models.BooleanField(default=False)
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["method", "branch"], condition=Q(use=Use.WAITING), name="adoption_one_open_trial"
            )
        ]
        indexes = [
            models.Index(fields=["method", "-at"], name="adoption_of_method"),
            models.Index(fields=["branch", "-at"], name="adoption_of_branch"),  # what our branch tries
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="adoption_remind"),  # job
        ]


class Decision(models.Model):
    """推广, 退役, 恢复, 仍然有效: what was decided about a published method, by whom and why. `before`: its evidence until then."""

    method = models.ForeignKey(Method, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=DecisionKind)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    before = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["method", "-at"], name="decision_of_method")]  # what was decided, on its page
