"""How far the figures are behind the journal, and how far a count of all cases has come."""

from __future__ import annotations

from datetime import datetime

from huizhen.journal.queries import oldest_waiting
from huizhen.reports.choices import READER
from huizhen.reports.models import Fill


def behind(now: datetime) -> float:
    """Seconds since the oldest happening that was not counted; 0 when all were."""
    return oldest_waiting(now).get(READER, 0.0)


def open_fill() -> Fill | None:
    """The count of all cases under way, None when there is none."""
    return Fill.objects.filter(is_open=True).first()
