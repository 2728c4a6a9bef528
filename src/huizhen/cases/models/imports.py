"""Earlier work lists: a file that was handed in, and what became of each of its rows."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from huizhen.cases.choices import CheckedAs, ImportState
from huizhen.cases.models.case import Case


class Import(models.Model):
    """One list of earlier cases, from upload to the end. `by` is None when somebody sat at the server.

    `content` is the file itself until its rows are written, then empty: it may hold phones. `digest` of it stays. `lines`: rows of
    the list. `choices`: what the writer decided about names that fit nobody exactly, kind → written text → human code ("" is nobody).
    `report`: what the check found about the list as a whole (`queries.imports.Report`); its rows are `Checked`. `promise`: digest of
    the plan that was confirmed; what no longer comes out the same is not written. `done` of `total`: rows checked of all while it is
    checked, cases written of those to be written, cases taken back of those that were; in the end `total` are the cases written.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    lines = models.PositiveIntegerField(default=0)
    choices = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.CHECKING)
    promise = models.CharField(max_length=64, blank=True)
    trouble = models.CharField(max_length=40, blank=True, help_text="Code of the refusal that stopped it")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # page of imports: hers, newest first
            models.Index(fields=["by", "-id"], name="import_of_user"),
            # job: what waits to be checked, written or taken back, and uploads nobody confirmed
            models.Index(
                fields=["state", "at"],
                condition=Q(state__in=["checking", "kept", "queued", "undoing"]),
                name="import_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Checked(models.Model):
    """One row of a list as it was checked, until the list is confirmed or forgotten.

    `told`: what its page shows — `sheets.planning.told_of`. Personal data are masked.
    """

    batch = models.ForeignKey(Import, models.CASCADE, related_name="checked")
    kind = models.PositiveSmallIntegerField(choices=CheckedAs)
    row = models.PositiveIntegerField()
    told = models.JSONField()

    class Meta:
        constraints = [
            # page of the check: what is wrong first, then in the order of the list, from a key on
            models.UniqueConstraint(fields=["batch", "kind", "row"], name="checked_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.row}"


class Imported(models.Model):
    """A case that came from a list: which row, under which number it was known, and the row as it was written.

    `identity` is the same for the same row whenever it is handed in: of its number and branch, else of branch, title and day.
    `cells`: pairs of heading and text, personal data masked; empty ones left out.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="imported")
    batch = models.ForeignKey(Import, models.PROTECT, related_name="rows", db_index=False)
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=40, blank=True)
    identity = models.CharField(max_length=64, unique=True)
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [
            # page of a list that is written: its cases in its order, from a row on
            models.Index(fields=["batch", "row"], name="imported_rows"),
            # found by its old number
            models.Index(fields=["number"], condition=~Q(number=""), name="imported_number"),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.row}"
