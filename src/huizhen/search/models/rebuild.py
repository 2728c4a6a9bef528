"""How far a rebuild of the index has come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Rebuild(models.Model):
    """One rebuild, from being asked for to its end. Its place (`kind`, `after`) is stored with every batch: it goes on after a crash.

    `total`: things to look at, counted when it begins; `done` of them were looked at; `written` and `removed` count entries.
    """

    asked_at = models.DateTimeField()
    asked_by = models.CharField(
        max_length=64, blank=True, help_text="Name of who asked; empty: the index was found empty"
    )
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    kind = models.CharField(max_length=16, blank=True)
    after = models.BigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)
    removed = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[models.Manager[Rebuild]] = models.Manager()

    class Meta:
        # One at a time; also how the job finds it.
        constraints = [
            models.UniqueConstraint(fields=["is_open"], condition=Q(is_open=True), name="search_rebuild_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"
