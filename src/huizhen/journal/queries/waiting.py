"""How far the readers of the outbox are behind, for those who watch the installation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from huizhen.journal import registry
from huizhen.journal.models import Outbox

MOST = 10_000


def waiting(now: datetime) -> dict[str, float]:
    """Entries that each reader has not read yet, counted up to MOST. One range of an index for each reader."""
    return {reader: float(_open(reader)[:MOST].count()) for reader in registry.readers()}


def oldest_waiting(now: datetime) -> dict[str, float]:
    """Seconds since the oldest unread entry of each reader was written down; 0 when everything is read."""
    found = {
        reader: _open(reader).order_by("id").values_list("entry__recorded_at", flat=True).first()
        for reader in registry.readers()
    }
    return {reader: max(0.0, (now - at).total_seconds()) if at else 0.0 for reader, at in found.items()}


def _open(reader: str) -> QuerySet[Outbox]:
    return Outbox.objects.filter(reader=reader, done_at__isnull=True)
