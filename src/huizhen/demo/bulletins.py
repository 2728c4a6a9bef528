"""通报 of the demo: three issued, one voided number, one draft, written by head office and reviewed by an executive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.demo.reading import data
from huizhen.demo.stage import Stage
from huizhen.directory.queries import current_campaign
from huizhen.reports.actions.bulletins import (
    KEPT,
    draft_bulletin,
    issue_bulletin,
    pass_bulletin,
    save_bulletin,
    submit_bulletin,
    void_bulletin,
)
from huizhen.reports.clocks.monthly import Span
from huizhen.reports.jobs import drain
from huizhen.reports.queries.bulletins import months

COPIES = "公司党委领导"
WRITTEN = 2
"""Working days after the end of a month on which its bulletin is written; a working day later it is issued."""


BEGUN = 90.0
"""Working minutes before now in which the draft of the month that runs is begun."""


def load_bulletins(stage: Stage) -> None:
    """The months that are over by now; where there are fewer than the story wants, fewer are told of. Everything is counted first."""
    campaign = current_campaign()
    if campaign is None:
        return
    drain(stage.at)
    begun = [one for one in months(campaign) if one.since < stage.on]
    runs = len(begun) - 1 if begun and begun[-1].until >= stage.on else len(begun)
    for row in data("bulletins")["bulletins"]:
        if 0 <= runs - 1 - row["back"] < len(begun):
            _tell(stage, begun[runs - 1 - row["back"]], row)


def _tell(stage: Stage, span: Span, row: Mapping[str, Any]) -> None:
    office, executive = (_user(stage, name) for name in ("coordinator", "viewer"))
    is_draft = row["back"] < 0
    day = WRITTEN + row.get("later", 0)
    written = stage.before(BEGUN) if is_draft else _morning(stage, span, day)
    issued = _morning(stage, span, day + 1)
    campaign = current_campaign()
    if written > stage.at or campaign is None:
        return
    words = {name: row[name] for name in KEPT if name in row}
    draft = draft_bulletin(campaign, span.month, by=office, at=written)
    draft = save_bulletin(
        draft, {**words, "copies": COPIES}, by=office, at=min(stage.at, written + timedelta(minutes=50))
    )
    if is_draft or issued > stage.at:
        return
    submit_bulletin(draft, by=office, at=written + timedelta(hours=1))
    pass_bulletin(draft, by=executive, at=written + timedelta(hours=5))
    issue_bulletin(draft, by=office, at=issued)
    if "voided" in row:
        void_bulletin(draft, by=office, at=issued + timedelta(minutes=20), reason=row["voided"])


def _morning(stage: Stage, span: Span, working_days: int) -> datetime:
    """Half past nine so many working days after the end of the month."""
    day = stage.calendar.add_days(span.until, working_days)
    return timezone.make_aware(datetime.combine(day, time(9, 30)), stage.calendar.tz)


def _user(stage: Stage, name: str) -> User:
    person = stage.named(name)
    if person.user is None:
        raise LookupError(name)
    return person.user
