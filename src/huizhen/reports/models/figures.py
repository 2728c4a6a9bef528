"""Figures: the facts of each case, the sums of facts by scope and day, and how far a first count has come.

All rows here are made from the rows of the cases and can be made again (`huizhen recount`). One writer at a time: whoever writes
holds the row of our reader of the journal meanwhile (`actions.counting.writing`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from huizhen.cases.models import Case
from huizhen.directory.models import Campaign, Domain, Group, Person, Unit
from huizhen.reports.choices import COLUMNS, SPREADS, Kind


class Counted(models.Model):
    """A case whose facts are counted, and the scopes under which they are summed. `holder`: who holds it, None once it is closed.

    The key outlives the case: of a case that was taken back the facts must still be taken out of the sums. Found by its key only,
    hence no other index.
    """

    case = models.OneToOneField(Case, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+", db_index=False)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[models.Manager[Counted]] = models.Manager()

    def __str__(self) -> str:
        return f"#{self.case_id}"


class Fact(models.Model):
    """Something countable that happened to a case `n` times on a local day; `value`: tenths of a working hour, for `SPREADS` only."""

    counted = models.ForeignKey(Counted, models.CASCADE, related_name="facts", db_index=False)
    metric = models.CharField(max_length=24, choices=[(one, one) for one in (*COLUMNS, *SPREADS)])
    day = models.DateField()
    value = models.IntegerField(default=0)
    n = models.PositiveSmallIntegerField(default=1)

    objects: ClassVar[models.Manager[Fact]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["counted", "metric", "day", "value"], name="fact_once")]
        indexes = [
            # the list of cases behind a number, latest day first (keyset)
            models.Index(fields=["metric", "day", "counted", "value"], name="fact_behind"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class Scoped(models.Model):
    """Sums of the facts of one campaign under one scope; `scope` is the key of the domain, group or unit, 0 for all and for none."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    scope = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Daily(Scoped):
    day = models.DateField()

    class Meta:
        abstract = True


_COLUMNS: dict[str, Any] = {name: models.IntegerField(default=0) for name in COLUMNS}


class Tally(Daily):
    """How much of each kind there was on a local day: one column for each of `COLUMNS`. Rows of zeros may stay behind."""

    locals().update(_COLUMNS)

    objects: ClassVar[models.Manager[Tally]] = models.Manager()

    class Meta:
        constraints = [
            # a page sums the days of one scope, or of all scopes of one kind
            models.UniqueConstraint(fields=["kind", "scope", "campaign", "day"], name="tally_once"),
        ]
        indexes = [
            # tables by group, domain, unit: one kind, a range of days
            models.Index(fields=["campaign", "kind", "day"], name="tally_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.day}"


class Spread(Daily):
    """How often a length occurred on a local day, for exact medians: `what` of `SPREADS`, `tenths` of a working hour, `n` times."""

    what = models.CharField(max_length=16, choices=[(one, one) for one in SPREADS])
    tenths = models.IntegerField()
    n = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Spread]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "campaign", "what", "day", "tenths"], name="spread_once"),
        ]
        indexes = [
            # medians of all scopes of one kind
            models.Index(fields=["campaign", "kind", "what", "day"], name="spread_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.tenths}"


class Load(Scoped):
    """How many open cases of a scope a person holds."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    n = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Load]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "campaign", "person"], name="load_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.n}"


class Fill(models.Model):
    """A count of all cases, from its beginning to its end: on an installation older than its figures, and when the calendar changed.

    `after`: key of the last case that was counted; it goes on from there after a crash. `token`: with which calendar.
    """

    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    after = models.BigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Fill]] = models.Manager()

    class Meta:
        # One at a time; also how the job finds it.
        constraints = [models.UniqueConstraint(fields=["is_open"], condition=Q(is_open=True), name="fill_one_open")]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"
