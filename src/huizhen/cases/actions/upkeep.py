"""What nobody presses: recomputing clocks after the calendar changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huizhen.cases.actions.moving import _turn, lock
from huizhen.cases.models import Case, Transfer
from huizhen.cases.queries.file import file_of
from huizhen.worktime.queries import calendar


def recompute(case: Case, *, at: datetime) -> Case:
    """Turn the clocks of one case again: the calendar changed under it. The day on which a transfer's answer runs out moves along."""
    with transaction.atomic():
        locked = lock(case.pk)
        _turn(locked, at=at)
        transfer = locked.transfers.filter(state="open").first()
        if transfer is not None:
            answer = next(one for one in file_of(locked).clocks(calendar()) if one.key == str(transfer.pk))
            Transfer.objects.filter(pk=transfer.pk).update(due_at=answer.due)
    return locked
