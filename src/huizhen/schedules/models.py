"""The timetable, the runs, the workers. What a job does is not here: it belongs to the app that registered it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Outcome(models.TextChoices):
    """How a run ended. `LOST`: its process ended, or did not say for a whole lease that it was still at it."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


class Run(models.Model):
    """One run of one job, kept for the jobs page.

    Runs in a row that found nothing to do share one row: `times` counts them, `since` is the start of the first. Otherwise a job
    that looks every other second would bury the runs that matter.
    """

    name = models.CharField(max_length=60)
    due = models.DateTimeField()
    since = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=120)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.RUNNING)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=200, blank=True, help_text="Kind and place of a fault, never its text")
    times = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Run]] = models.Manager()

    class Meta:
        indexes = [
            # the newest run of a job; what its page lists
            models.Index(fields=["name", "-id"], name="schedules_run_newest"),
            # the job that forgets old runs
            models.Index(fields=["ended_at"], name="schedules_run_ended"),
            # what failed lately, for the jobs page
            models.Index(fields=["-id"], condition=Q(outcome__in=["failed", "lost"]), name="schedules_run_bad"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M:%S}"


class Schedule(models.Model):
    """One job's place in the timetable. `run` is the run that holds it, until it ends or `lease_until` passes.

    A handful of rows, read whole: no index. `failing` counts failures in a row, `failures` and `runs` count for good.
    """

    name = models.CharField(max_length=60, unique=True)
    every = models.PositiveIntegerField(help_text="Seconds from one run to the next")
    next_run = models.DateTimeField()
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    failing = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Schedule]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="schedules_lease_with_run",
                condition=Q(run=None) | Q(lease_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that takes jobs: a web server's, or one of `huizhen worker`. Its row goes when it ends in order."""

    class Kind(models.TextChoices):
        WEB = "web"
        WORKER = "worker"

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Worker]] = models.Manager()

    def __str__(self) -> str:
        return self.name
