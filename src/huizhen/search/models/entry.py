"""One document as it was last read, under a key that orders all of them by their moment."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from huizhen.search.choices import LEVEL_NUMBERS, kind_number

LAST_SECOND = 2**33 - 1
"""The key has 63 bits: 33 of seconds (until 2242), 4 of the kind, 25 of the object (33,554,431 of each kind), 1 of the level."""
OBJECTS = 2**25


def first_id(at: datetime) -> int:
    """The least key of this second; what happened before 1970 counts as 1970."""
    return max(0, min(int(at.timestamp()), LAST_SECOND)) << 30


def entry_id(at: datetime, kind: str, object_id: int, level: str) -> int:
    """The key of an entry. ValueError: an object beyond 25 bits."""
    if not 0 <= object_id < OBJECTS:
        raise ValueError(f"{kind} {object_id}: the key of an entry has 25 bits for the object")
    return first_id(at) | kind_number(kind) << 26 | object_id << 1 | LEVEL_NUMBERS[level]


def thing_of(key: int) -> int:
    """Kind and object of a key, without their moment and level: of both documents of a thing the same."""
    return key >> 1 & (1 << 29) - 1


class Entry(models.Model):
    """One document. Its lexemes lie beside it, in a place of the engine (`models.engines`) that Django does not see.

    `digest` covers all of the document and the version of our tokens: what is unchanged is not written again. `keys` and `scopes`
    are joined by newlines. Deleting a row takes its lexemes along, on both databases.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=16)
    object_id = models.BigIntegerField()
    level = models.CharField(max_length=8)
    code = models.CharField(max_length=64)
    at = models.DateTimeField()
    title = models.TextField()
    keys = models.TextField(blank=True)
    body = models.TextField(blank=True)
    scopes = models.TextField(blank=True)
    facets = models.JSONField(default=dict)
    digest = models.CharField(max_length=32)

    objects: ClassVar[models.Manager[Entry]] = models.Manager()

    class Meta:
        # put and drop look for the entries of a thing; a rebuild walks the things of a kind. What is found, is found by the lexemes.
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "level"], name="search_entry_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} ({self.level})"
