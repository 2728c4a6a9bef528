"""查房 and suggestions."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema

from huizhen.api.schemas.refs import Ref


class RoundOut(Schema):
    """A leader has looked at a case. Stamps of one act share their `batch`."""

    batch: str
    case: str
    group: Ref
    by: Ref
    at: datetime
    comment: str


class RoundLine(Schema):
    """An open case on the leader's board; `days` since it was visited last, or since it was registered."""

    case: str
    title: str
    situation: str
    accountable: Ref
    days: int
    is_visited: bool
    unanswered: int
    last: RoundOut | None


class RoundPage(Schema):
    """Longest not visited first. `visited` of `open` cases were visited from `since` to `until`, both included."""

    since: date
    until: date
    visited: int
    open: int
    cases: list[RoundLine]
    after: str


class SuggestionOut(Schema):
    """`to`: requester, group, headquarters. `state`: open, adopted, not_adopted, withdrawn. `case` is empty for a group's work."""

    key: str
    case: str
    group: Ref
    by: Ref
    at: datetime
    to: str
    text: str
    state: str
    answer: str
    answered_by: Ref | None
    answered_at: datetime | None


class SuggestionPage(Schema):
    """Newest first."""

    suggestions: list[SuggestionOut]
    after: str
