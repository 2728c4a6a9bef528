"""宣传."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema

from huizhen.api.schemas.refs import Ref


class StoryLine(Schema):
    """A published story. `branch` is empty where it is not named; `before` and `after` are those of its case."""

    code: str
    title: str
    lead: str
    domain: Ref | None
    branch: Ref | None
    indicator: str
    indicator_unit: str
    before: str | None
    after: str | None
    published_at: datetime


class StoryPage(Schema):
    """`after`: the key of the next page, "" at the end."""

    stories: list[StoryLine]
    after: str


class StoryOut(StoryLine):
    """One story as it is read. Texts are Markdown; captions those of its pictures, the first one first. `case`: "" unless it may be opened."""

    problem: str
    done: str
    result: str
    voice: str
    since: date | None
    until: date | None
    captions: list[str]
    case: str
