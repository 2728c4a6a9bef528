"""工作清单: the words that people write beside a case, the columns a person keeps, what was taken out of the house."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from huizhen.cases.models import Case
from huizhen.directory.models import Group, Person
from huizhen.reports.choices import ExportState


class Note(models.Model):
    """当前进展, 存在问题及需协调事项, 备注 of one case. `version` grows with every change; who writes says which one she had before her."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    progress = models.TextField(blank=True)
    trouble = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Note]] = models.Manager()

    def __str__(self) -> str:
        return f"v{self.version}"


class ColumnSet(models.Model):
    """Columns of the work list under a name of one's own, in their order; names of `queries.worklist.COLUMNS`."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    columns = models.JSONField(default=list)
    saved_at = models.DateTimeField()

    objects: ClassVar[models.Manager[ColumnSet]] = models.Manager()

    class Meta:
        # its index also serves the segments above the list
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="column_set_name_once")]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A work list that somebody asked for as an XLSX: what of it, for what purpose, how far it is, where the file lies.

    `asked`: `queries.worklist.Asked` as parameters. `file`: name in the storage, empty until it is written and for a short list, which
    goes out with the answer. The row and its file are forgotten after some days; the journal keeps that it was taken out.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked = models.JSONField(default=dict)
    purpose = models.CharField(max_length=100)
    has_contacts = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    file = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Export]] = models.Manager()

    class Meta:
        indexes = [
            # page of exports: hers, newest first
            models.Index(fields=["by", "-id"], name="export_of_user"),
            # job: what waits to be written
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "writing"]), name="export_waiting"),
            # job: what is to be forgotten
            models.Index(fields=["at"], name="export_at"),
        ]

    def __str__(self) -> str:
        return str(self.key)[:8]


class FilledList(models.Model):
    """A work list that came back filled in: the file until it is confirmed, and what it would change, row by row.

    `told`: rows as `sheets.filled.Told`; texts of people stand in it, so it goes with the file: when it is confirmed, dropped, or a day old.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    told = models.JSONField(default=list)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[FilledList]] = models.Manager()

    class Meta:
        indexes = [
            # job: what nobody confirmed within a day
            models.Index(fields=["at"], name="filled_list_at"),
        ]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """The work list of a group as its leader signed it for a report month: `month` is the first of the month in which it is due.

    `since` … `until`: the days it tells of; open cases, and those that ended in them. Signing again makes another version; the last one
    is current. `rows`: `queries.snapshots.SnapshotRow` as values, no 敏感 case among them; `digest` of them goes into the journal.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField()
    signed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on_behalf_of = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    rows = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Snapshot]] = models.Manager()

    class Meta:
        constraints = [
            # also the pages: versions of a month, months of a group
            models.UniqueConstraint(fields=["group", "month", "version"], name="snapshot_version"),
            models.UniqueConstraint(
                fields=["group", "month"], condition=Q(is_current=True), name="snapshot_current_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"
