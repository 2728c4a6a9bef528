"""The ladder: what was said, and when, about a clock or a measure that nobody answered."""

from __future__ import annotations

from django.db import models

from huizhen.cases.models.case import Case


class LadderStep(models.Model):
    """One step of the ladder that was taken: written with its journal row, so that each step is told exactly once.

    `clock`, `key` and `start` name the clock as `clocks.Clock` does (`clock` is "measure" for a measure, `key` then its own,
    `start` the moment its prescription was signed): a clock with another start climbs a ladder of its own. `step`: half,
    late, late_1, late_3 of a clock; soon, due, late_1, late_3 of a measure. `due_at`: when the step's moment came; `at`: when it
    was written, later if nobody swept.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="ladder")
    clock = models.CharField(max_length=20)
    key = models.CharField(max_length=40, blank=True)
    start = models.DateTimeField()
    step = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "clock", "key", "start", "step"], name="ladder_step_once"),
        ]
