"""What nobody presses: recomputing clocks after the calendar changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huizhen.cases.actions.moving import _turn
from huizhen.cases.models import Case


def recompute(case: Case, *, at: datetime) -> None:
    """Turn the clocks of one case again: the calendar or the policy changed under it."""
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).select_related("campaign", "group").get(pk=case.pk)
        _turn(locked, at=at)
