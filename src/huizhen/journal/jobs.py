"""What the clock does with the journal: one seal per local day."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from huizhen.journal.actions import seal
from huizhen.journal.models import Seal
from huizhen.lib.errors import StaleWrite


def seal_daily(now: datetime) -> dict[str, int]:
    """Seal once per local day, however often it is called and from however many processes."""
    if Seal.objects.filter(day=timezone.localdate(now)).exists():
        return {"sealed": 0}
    try:
        seal(at=now)
    except StaleWrite:
        return {"sealed": 0}
    return {"sealed": 1}
