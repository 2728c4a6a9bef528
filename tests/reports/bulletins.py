"""Bulletins of the tests: written by head office, reviewed by the executive, issued."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from huizhen.reports.actions.bulletins import (
    draft_bulletin,
    issue_bulletin,
    pass_bulletin,
    save_bulletin,
    submit_bulletin,
)
from huizhen.reports.models import Bulletin
from tests.cast import Cast

MARCH = date(2026, 3, 1)
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
"""Monday 2026-03-16 10:00 in Shanghai: the month of March, 02-15 … 03-13, is over."""
WORDS = {
    "overview": "各单位推进有力。",
    "highlights": "两个支部相互看样板。",
    "problems": "会诊不够及时。",
    "next_steps": "抓好会诊。",
}


def drafted(cast: Cast, month: date = MARCH, *, at: datetime = AT) -> Bulletin:
    made = draft_bulletin(cast.campaign, month, by=cast.coordinator, at=at)
    return save_bulletin(made, WORDS, by=cast.coordinator, at=at)


def passed(cast: Cast, month: date = MARCH, *, at: datetime = AT) -> Bulletin:
    made = submit_bulletin(drafted(cast, month, at=at), by=cast.coordinator, at=at)
    return pass_bulletin(made, by=cast.viewer, at=at + timedelta(minutes=5))


def issued(cast: Cast, month: date = MARCH, *, at: datetime = AT) -> Bulletin:
    return issue_bulletin(passed(cast, month, at=at), by=cast.coordinator, at=at + timedelta(minutes=10))
