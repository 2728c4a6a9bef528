"""Periodic work of accounts."""

from __future__ import annotations

from datetime import datetime

from huizhen.accounts.actions import forget_answers


def forget(now: datetime) -> int:
    """Kept answers older than a week go. Returns how many."""
    return forget_answers(at=now)
