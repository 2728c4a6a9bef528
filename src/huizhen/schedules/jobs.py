"""Periodic work of the timetable itself."""

from __future__ import annotations

from datetime import datetime

from huizhen.schedules.actions import forget


def prune(now: datetime) -> dict[str, int]:
    """Old runs and dead workers go."""
    return forget(at=now)
