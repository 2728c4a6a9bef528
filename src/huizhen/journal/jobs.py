"""What the clock does with the journal: one seal per local day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from huizhen.journal.actions import seal
from huizhen.journal.models import Seal
from huizhen.lib.errors import StaleWrite


def seal_daily(now: datetime) -> Path | None:
    """Seal once per local day, however often it is called and from however many processes. None when today has its seal."""
    if Seal.objects.filter(day=timezone.localdate(now)).exists():
        return None
    try:
        return seal(at=now)
    except StaleWrite:
        return None
