"""宣传: the story of a solved case, what its branch was asked and answered, its pictures."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from huizhen.cases.models import Case
from huizhen.directory.models import Domain, Person
from huizhen.reports.choices import Consent
from huizhen.reports.lifecycle.stories import StoryState


class StoryCounter(models.Model):
    """Last story number of a year. Numbers may have gaps, never twins."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)


class Story(models.Model):
    """One 宣传稿: how a case was solved, told for everybody in the house. A case has one.

    The texts are Markdown of the safe subset. `indicator` to `until` are taken from the case and never typed. `version` grows with every
    change; who acts says which one she saw. `note`: what was last said against it, by the branch, the reviewer or whoever withdrew it.
    """

    code = models.CharField(max_length=16, unique=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, default=StoryState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=60, blank=True)
    lead = models.CharField(max_length=200, blank=True, help_text="One sentence for who reads only one")
    problem = models.TextField(blank=True)
    done = models.TextField(blank=True)
    result = models.TextField(blank=True)
    voice = models.CharField(max_length=300, blank=True, help_text="What the branch says in its own words")
    names_branch = models.BooleanField(default=True, help_text="Whether the branch is named")
    consent = models.TextField(blank=True, help_text="Who agreed to be named, when a personal name stands in it")
    indicator = models.CharField(max_length=40, blank=True)
    indicator_unit = models.CharField(max_length=12, blank=True)
    before = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", help_text="Who began it")
    writers = models.ManyToManyField(Person, related_name="+", help_text="Whoever wrote in it: none of them reviews it")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    note_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="story_known_state", condition=Q(state__in=[one.value for one in StoryState])),
            models.CheckConstraint(
                name="story_published_at", condition=~Q(state=StoryState.PUBLISHED) | Q(published_at__isnull=False)
            ),
        ]
        indexes = [
            # the board, newest first; of one domain
            models.Index(F("published_at").desc(), F("id").desc(), condition=Q(state="published"), name="story_board"),
            models.Index(
                F("domain"),
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(state="published"),
                name="story_domain",
            ),
            # the desk, and what waits on a first screen
            models.Index(F("state"), F("id").desc(), name="story_state"),
        ]

    def __str__(self) -> str:
        return self.code


class StoryConsent(models.Model):
    """What a branch was asked, with the very words, and what it answered.

    `words`: text, figures and captions as they stood; `digest`: SHA-256 of them. The row stays whatever becomes of the story.
    """

    story = models.ForeignKey(Story, models.PROTECT, related_name="consents")
    words = models.JSONField()
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Consent, default=Consent.WAITING)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story"], condition=Q(state__in=["waiting", "agreed"]), name="story_one_consent"
            ),
            models.CheckConstraint(
                name="story_refused_with_reason", condition=~Q(state=Consent.REFUSED) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} {self.state}"


class StoryPicture(models.Model):
    """A picture of a story: re-encoded, served as an image only, named by a random key. The first by `place` stands above the text."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    story = models.ForeignKey(Story, models.CASCADE, related_name="pictures")
    place = models.PositiveSmallIntegerField(default=0)
    caption = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10)
    content = models.BinaryField()
    small = models.BinaryField(help_text="JPEG for lists, its longer side at most 720 pixels")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_removed = models.BooleanField(
        default=False, help_text="No longer shown; kept because a branch was asked with it"
    )
