"""Words that mean the same."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models


def new_code() -> str:
    """Eight random characters, for addresses."""
    return secrets.token_hex(4)


class Synonym(models.Model):
    """A handful of words that mean the same: who asks for one is shown the others too. Some hundred rows, read whole and cached.

    `words`: the list, as people wrote them. A removed one stays, so that the removal can be undone.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code)
    words = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Synonym]] = models.Manager()

    def __str__(self) -> str:
        return " = ".join(self.words)
