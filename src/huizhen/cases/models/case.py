"""The case, who holds it, who may see it, and the draft before it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from huizhen.cases.choices import Innovation, Mode, Source, Urgency
from huizhen.cases.lifecycle import OPEN, STAGES, Stage
from huizhen.challenges.models import Challenge
from huizhen.directory.models import Branch, Campaign, Domain, Group, Person, Unit

FAR = datetime(2999, 1, 1, tzinfo=UTC)
"""`due_at` of a case on which no clock runs, `next_due_at` of one that waits for no step: sorts last, no NULL handling needed."""


class CodeCounter(models.Model):
    """Last case number of a year. Numbers may have gaps, never twins."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)


class Case(models.Model):
    """One problem of one branch, from 挂号 to 归档.

    `version` grows with every exclusive move. `clock`, `clock_since`, `due_at` and `situation` are derived by `actions._turn`
    from the rows of the case, for lists; the rows are the truth. So is `next_due_at`: when the case must be looked at again though
    nobody moved it, because a step of its ladder or its 复诊 has come, or because it can be archived.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    stage = models.CharField(max_length=16, choices=[(s.value, s.value) for s in STAGES], default=Stage.REGISTERED)
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    requester = models.ForeignKey(Person, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+")
    first_responder = models.ForeignKey(Person, models.PROTECT, related_name="+")
    accountable = models.ForeignKey(Person, models.PROTECT, related_name="+")

    title = models.CharField(max_length=60)
    condition = models.TextField()
    tried = models.TextField(blank=True)
    questions = models.JSONField(default=list)
    indicator = models.CharField(max_length=40, blank=True)
    indicator_unit = models.CharField(max_length=12, blank=True)
    baseline = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    target = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    urgency_reason = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.EITHER)
    source = models.CharField(max_length=8, choices=Source, default=Source.BRANCH)
    innovation = models.CharField(max_length=12, choices=Innovation, blank=True)
    challenge = models.ForeignKey(Challenge, models.PROTECT, null=True, related_name="+")
    is_sensitive = models.BooleanField(default=False)
    is_hard = models.BooleanField(default=False, help_text="疑难会诊: three follow-ups without effect")
    last_verdict = models.CharField(max_length=10, blank=True)
    carried_from = models.ForeignKey(
        Campaign, models.PROTECT, null=True, related_name="+", help_text="The campaign that ended while it was open"
    )

    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    situation = models.CharField(max_length=12, default="contact")
    clock = models.CharField(max_length=20, blank=True)
    clock_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=FAR)
    next_due_at = models.DateTimeField(default=FAR)
    is_provisional = models.BooleanField(default=False, help_text="The due moment crosses a year without a calendar")
    calendar_version = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_open_as_its_stage",
                condition=Q(is_open=True, stage__in=sorted(s.value for s in OPEN))
                | Q(is_open=False) & ~Q(stage__in=sorted(s.value for s in OPEN)),
            ),
            models.CheckConstraint(name="case_known_stage", condition=Q(stage__in=[s.value for s in STAGES])),
        ]
        indexes = [
            # each list: one scope, open or closed, next deadline first, newest first among equals (keyset)
            models.Index(F("accountable"), F("is_open"), F("due_at"), F("id").desc(), name="case_mine"),
            models.Index(F("branch"), F("is_open"), F("due_at"), F("id").desc(), name="case_branch"),
            models.Index(F("group"), F("is_open"), F("due_at"), F("id").desc(), name="case_group"),
            models.Index(F("domain"), F("is_open"), F("due_at"), F("id").desc(), name="case_domain"),
            models.Index(F("unit"), F("is_open"), F("due_at"), F("id").desc(), name="case_unit"),
            models.Index(F("is_open"), F("due_at"), F("id").desc(), name="case_all"),
            # load of a person when the next responder is picked, and 首问 of a person on the person's page
            models.Index(fields=["first_responder", "is_open"], name="case_first"),
            # open cases of a challenge
            models.Index(fields=["challenge", "id"], name="case_challenge"),
            # job: cases whose clocks were computed with an older calendar or another ladder
            models.Index(fields=["calendar_version"], condition=Q(is_open=True), name="case_calendar"),
            # job: cases whose moment has come, oldest first; those that wait for none, nearly all closed ones, lie at the far end
            models.Index(fields=["next_due_at"], name="case_next_due"),
        ]

    def __str__(self) -> str:
        return self.code


class Draft(models.Model):
    """A registration being written. It stays until registered; the same draft registers once, however often it is sent."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="+")
    source = models.CharField(max_length=8, choices=Source, default=Source.BRANCH)
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)  # 代挂号: the branch sees it from then on
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="draft")

    class Meta:
        indexes = [
            models.Index(
                fields=["branch", "-saved_at"], condition=Q(case=None), name="draft_of_branch"
            ),  # home of the branch
            models.Index(fields=["owner", "-saved_at"], condition=Q(case=None), name="draft_of_owner"),  # my drafts
        ]


class Responsibility(models.Model):
    """Who was accountable from when to when. Exactly one open row per open case; written only by `actions._hand_over`."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="responsibilities")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="one_accountable_person"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="responsibility_order"),
        ]
        indexes = [
            models.Index(fields=["person", "since"], name="responsibility_person")
        ]  # contributions of a person in a campaign


class Access(models.Model):
    """A right to see one case in full, given by an action: to a person, a group or a unit, until it ends."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="accesses")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    why = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_to_one",
                condition=Q(person__isnull=False, group=None, unit=None)
                | Q(person=None, group__isnull=False, unit=None)
                | Q(person=None, group=None, unit__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until=None, person__isnull=False), name="access_person_once"
            ),
            models.UniqueConstraint(
                fields=["case", "group"], condition=Q(until=None, group__isnull=False), name="access_group_once"
            ),
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(until=None, unit__isnull=False), name="access_unit_once"
            ),
        ]
        indexes = [
            # policy.visible: cases to which the reader, one of her groups or units was admitted
            models.Index(
                fields=["person", "case"], condition=Q(until=None, person__isnull=False), name="access_person"
            ),
            models.Index(fields=["group", "case"], condition=Q(until=None, group__isnull=False), name="access_group"),
            models.Index(fields=["unit", "case"], condition=Q(until=None, unit__isnull=False), name="access_unit"),
        ]


class Following(models.Model):
    """关注: somebody wants to keep an eye on a case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="followings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="following_once")]


class Attachment(models.Model):
    """A file of a case. Served only as a download, never as HTML; the name is text, not a path."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "digest"], name="attachment_once")]
