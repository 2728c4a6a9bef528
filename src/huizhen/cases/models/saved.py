"""保存的筛选: a view of the list of cases that somebody wants to come back to."""

from __future__ import annotations

import uuid

from django.db import models

from huizhen.directory.models import Person


class SavedFilter(models.Model):
    """Scope and filters of the list under a name of one's own; `query` is the query of the list's address."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=800)
    saved_at = models.DateTimeField()

    class Meta:
        # its index also serves the chips above the list
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
