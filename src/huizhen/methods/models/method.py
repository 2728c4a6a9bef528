"""The method, its versions, where each field came from, its reviews and pictures."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from huizhen.cases.models import Case
from huizhen.directory.models import Branch, Domain, Group, Person
from huizhen.methods.choices import PieceKind, ReviewVerdict
from huizhen.methods.lifecycle import Evidence, VersionState


class MethodCounter(models.Model):
    """Last method number of a year. Numbers may have gaps, never twins."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)


class Method(models.Model):
    """One 工作法. It lasts beyond campaigns and beyond its source case: what happens to the case lowers its confidence, not its life.

    `version` grows with every move; who acts says which one she saw. `confidence` (0 to 100) and the counters are kept by
    `actions.weigh` from the rows of reuse, for lists; the rows are the truth. `looked_at`: when somebody last reviewed, confirmed
    or reused it; after 18 months without any it is for review again.
    """

    code = models.CharField(max_length=16, unique=True)
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", help_text="Who is told when it wavers")
    first_branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    source_case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(max_length=10, default=Evidence.DRAFT)
    name = models.CharField(
        max_length=24, help_text="Of the version readers see; of the newest while nothing is published"
    )
    meaning = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)
    confidence = models.PositiveSmallIntegerField(default=0)
    reuses = models.PositiveIntegerField(default=0)
    effective_reuses = models.PositiveIntegerField(default=0, help_text="Branches but the first that it helped")
    trying = models.PositiveIntegerField(default=0, help_text="Trials under way, without a result")
    hushed_since = models.DateTimeField(null=True, help_text="Its source is 敏感: its branch and numbers are hidden")
    wavers_since = models.DateTimeField(null=True, help_text="Its source was reopened or turned out badly")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()
    needs_review_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="method_known_evidence", condition=Q(evidence__in=[one.value for one in Evidence])
            ),
            # a case is being extracted once, however often the button is pressed
            models.UniqueConstraint(
                fields=["source_case"], condition=Q(evidence="draft"), name="method_one_draft_per_case"
            ),
        ]
        indexes = [
            # the shelf: published methods, most trusted first; of one domain
            models.Index(F("evidence"), F("confidence").desc(), F("id").desc(), name="method_shelf"),
            models.Index(F("domain"), F("evidence"), F("confidence").desc(), F("id").desc(), name="method_domain"),
            # digest of new methods, newest first
            models.Index(F("published_at").desc(), name="method_newest"),
            # job: published methods nobody looked at for 18 months, oldest first
            models.Index(
                fields=["looked_at"],
                condition=Q(evidence__in=["reviewed", "verified", "promoted"]),
                name="method_stale",
            ),
            # queue of the domain's reviewer: what is for review again
            models.Index(
                fields=["domain", "needs_review_since"],
                condition=Q(needs_review_since__isnull=False),
                name="method_again",
            ),
            # who was told of a case: methods from it
            models.Index(fields=["source_case"], name="method_source"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def shown_branch(self) -> Branch | None:
        """The first branch, for lists: not once its source is 敏感."""
        return None if self.hushed_since else self.first_branch


class MethodVersion(models.Model):
    """The words of a method. A published version is never edited; the next one replaces it.

    `steps`: 2 to 6 of {"title": ≤ 24 characters, "text": Markdown}. Long texts are Markdown of the safe subset, kept as typed.
    While it is being written anything may stand in it: limits of names and steps are asked when it is submitted. `revision`
    grows with every save; who saves says which one she saw.
    """

    method = models.ForeignKey(Method, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=VersionState.WRITING)
    revision = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=60, blank=True)
    meaning = models.CharField(max_length=400, blank=True)
    problem = models.TextField(blank=True)
    applies = models.TextField(blank=True)
    applies_not = models.TextField(blank=True)
    steps = models.JSONField(default=list)
    tools = models.TextField(blank=True)
    effect = models.TextField(blank=True)
    indicator = models.CharField(max_length=40, blank=True)
    indicator_unit = models.CharField(max_length=12, blank=True)
    before = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    sample = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=60, blank=True)
    experts = models.ManyToManyField(Person, related_name="+")
    consent = models.TextField(blank=True, help_text="Who agreed to be named, when a personal name stands in it")
    change = models.CharField(
        max_length=200, blank=True, help_text="What is different from the version before, and why"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", help_text="Who began it")
    writers = models.ManyToManyField(Person, related_name="+", help_text="Whoever wrote in it: none of them reviews it")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "number"], name="method_version_number"),
            models.UniqueConstraint(
                fields=["method"], condition=Q(state__in=["writing", "in_review"]), name="method_one_version_at_work"
            ),
            models.UniqueConstraint(fields=["method"], condition=Q(state="published"), name="method_one_published"),
        ]
        indexes = [
            # review queue, oldest first
            models.Index(fields=["submitted_at"], condition=Q(state="in_review"), name="method_review_queue")
        ]

    def __str__(self) -> str:
        return f"{self.method_id}#{self.number}"


class Piece(models.Model):
    """Where words of a version came from: one piece of a case that its author put into one field."""

    version = models.ForeignKey(MethodVersion, models.CASCADE, related_name="pieces")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=PieceKind)
    source_id = models.BigIntegerField(
        help_text="Key of the cause, measure, follow-up or session; of the case for its 病情"
    )
    field = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "source_id", "field"], name="method_piece_once")
        ]


class Proof(models.Model):
    """A case that showed again what a method says: joined to it instead of being made into a second method."""

    method = models.ForeignKey(Method, models.CASCADE, related_name="proofs")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["method", "case"], name="method_proof_once")]


class MethodReview(models.Model):
    """What a reviewer said about a version."""

    version = models.ForeignKey(MethodVersion, models.PROTECT, related_name="reviews")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=ReviewVerdict)
    note = models.TextField(blank=True)


class Picture(models.Model):
    """An image pasted into a method: re-encoded, served as an image only, named by a random key."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    method = models.ForeignKey(Method, models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10)
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
