"""Periodic work of the directory."""

from __future__ import annotations

from datetime import datetime

from huizhen.directory.actions.accounts import close_accounts_of_gone


def close_gone(now: datetime) -> dict[str, int]:
    """Who has left by today cannot sign in any more."""
    return {"closed": close_accounts_of_gone(at=now)}
