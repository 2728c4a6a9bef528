"""What nobody presses: steps of the ladder whose moment has come, and clocks after the calendar or the ladder changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.cases.actions.flags import flag_overdue
from huizhen.cases.actions.moving import Look, _look, lock, next_look
from huizhen.cases.clocks import MEASURE, Step
from huizhen.cases.models import Case, LadderStep, Transfer
from huizhen.journal.actions import record

POSTPONED = timedelta(minutes=15)
"""After this a case comes again that failed or was refused: the others go first."""


def climb(case: Case, *, at: datetime) -> int:
    """Tell every step of the case's ladder whose moment has come, each once; how many were told.

    Locks the case; 0 when another process was faster. Turns the clocks; writes one LadderStep and one journal row for each step,
    in order of moment and all in this transaction; sets when to look again. The day of 复诊 comes the same way.
    """
    with transaction.atomic():
        locked = lock(case.pk)
        if locked.next_due_at > at:
            return 0
        look = _look(locked, at=at)
        come = [one for one in look.waiting if one.at <= at]
        if not come:
            return 0
        LadderStep.objects.bulk_create(
            LadderStep(case=locked, clock=one.clock, key=one.key, start=one.start, step=one.name, due_at=one.at, at=at)
            for one in come
        )
        for one in come:
            _tell(locked, look, one, at=at)
            flag_overdue(look.file, one, at=at)
        rest = Look(look.file, look.clocks, look.waiting[len(come) :])
        Case.objects.filter(pk=locked.pk).update(next_due_at=next_look(rest, at=at))
    return len(come)


def _tell(case: Case, look: Look, step: Step, *, at: datetime) -> None:
    """One verb for one step. `amount` is the percent or the number of working days the campaign had set."""
    more: dict[str, Any] = {"amount": step.amount} if step.amount else {}
    if step.clock == MEASURE:
        row = next(one for one in look.file.standing_measures if str(one.key) == step.key)
        record(
            f"measure_{step.name}", case, by=None, at=at, label=case.code,
            measure=step.key, number=row.number, due_on=row.due_on, **more,
        )  # fmt: skip
    else:
        record(
            f"clock_{step.name}", case, by=None, at=at, label=case.code, clock=step.clock, key=step.key,
            start=timezone.localtime(step.start), due=timezone.localtime(step.due), urgency=case.urgency, **more,
        )  # fmt: skip


def postpone(case: Case, *, at: datetime) -> None:
    """Look later at a case that could not be settled, unless somebody moved it meanwhile and so set its next look."""
    Case.objects.filter(pk=case.pk, next_due_at__lte=at).update(next_due_at=at + POSTPONED)


def recompute(case: Case, *, at: datetime) -> Case:
    """Turn the clocks of one case again: the calendar or the ladder changed under it. The day on which a transfer's answer runs out moves along."""
    with transaction.atomic():
        locked = lock(case.pk)
        look = _look(locked, at=at)
        transfer = look.file.transfer
        if transfer is not None and transfer.state == "open":
            answer = next(one for one in look.clocks if one.key == str(transfer.pk))
            Transfer.objects.filter(pk=transfer.pk).update(due_at=answer.due)
    return locked
