"""Periodic work of accounts."""

from __future__ import annotations

from datetime import datetime

from huizhen.accounts.actions import forget_answers


def forget(now: datetime) -> dict[str, int]:
    """Kept answers older than a week go."""
    return {"answers": forget_answers(at=now)}
