"""The desk of a reader and the things on it: whose they are, when they are due. What lies on it is found in `todos`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from huizhen.cases.clocks import Policy
from huizhen.cases.models import FAR, Case
from huizhen.cases.queries.chips import Chip, running
from huizhen.cases.queries.lists import day_after
from huizhen.cases.queries.policies import policies_of
from huizhen.directory.models import Campaign
from huizhen.directory.queries import Standing
from huizhen.lib.workdays import Calendar
from huizhen.worktime.queries import calendar


@dataclass(frozen=True)
class Todo:
    """One thing. `kind` says why it waits, `move` what settles it ("": look at the case). `who` and `text` quote who asked.

    `version` is of the prescription that waits to be read before it is accepted. `whose` names the person away for whom alone the
    reader has it; "" when it is her own.
    """

    kind: str
    move: str
    case: Case
    since: datetime
    due_at: datetime = FAR
    chip: Chip | None = None
    who: str = ""
    text: str = ""
    version: int = 0
    whose: str = ""


_HOLDS: dict[str, Callable[[Standing], frozenset[int]]] = {
    "person": lambda one: one.person_ids,
    "group": lambda one: one.group_ids,
    "led": lambda one: one.led_group_ids,
    "domain": lambda one: one.domain_ids,
    "branch": lambda one: one.branch_ids,
    "unit": lambda one: one.unit_ids,
}


@dataclass
class Desk:
    """Whose things, when, and what the sums need: asked once per page."""

    standing: Standing
    now: datetime
    calendar: Calendar = field(default_factory=calendar)
    policies: dict[int, tuple[Policy, ...]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def whose(self, **ids: int | None) -> str:
        """Whose thing it is, by any of `person`, `group`, `led`, `domain`, `branch` or `unit` that makes it somebody's; "" when her own."""
        return self.standing.lender_name(lambda one: any(ids[name] in _HOLDS[name](one) for name in ids))

    @property
    def tonight(self) -> datetime:
        """The end of today."""
        return day_after(self.now)

    def promise(self, name: str, since: datetime, case: Case) -> Chip:
        """The clock of an answer that is awaited since a moment, under the policy of that moment."""
        if case.campaign_id not in self.policies:
            self.policies[case.campaign_id] = policies_of(Campaign(pk=case.campaign_id))
        table = self.policies[case.campaign_id]
        policy = next((one for one in reversed(table) if one.at <= since), table[0])
        span = timedelta(minutes=policy.table[name][case.urgency])
        return self.until(name, since, self.calendar.add(since, span), span=span)

    def until(self, name: str, since: datetime, due: datetime, *, span: timedelta | None = None) -> Chip:
        """A deadline drawn like a clock."""
        used = self.calendar.between(since, self.now)
        whole = self.calendar.between(since, due) if span is None else span
        return running(name, used, whole, due, self.now, self.calendar)


def make_todo(
    kind: str,
    move: str,
    case: Case,
    since: datetime,
    drawn: Chip | None = None,
    *,
    who: str = "",
    text: str = "",
    whose: str = "",
) -> Todo:
    due = drawn.due if drawn and drawn.due else FAR
    return Todo(kind, move, case, since, due, drawn, who, text, whose=whose)
