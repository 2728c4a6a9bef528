"""月报: how units report, and what stands in a report."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema

from huizhen.api.schemas.refs import Ref


class ReportLine(Schema):
    """A report. `state`: open, on_time, late, missing. `version` 0: never sent; `sent_at` is that of the current version."""

    code: str
    unit: Ref
    month: date
    since: date
    until: date
    due_on: date
    state: str
    version: int
    sent_at: datetime | None = None
    is_withdrawn: bool


class ReportList(Schema):
    """The reports of a month that the caller may see; `month` is its first day, null where none was ever opened."""

    month: date | None = None
    reports: list[ReportLine]


class ReportFigure(Schema):
    """A figure as it was sent; see `GET /figures` for its definition."""

    code: str
    label: str
    numerator: int
    denominator: int | None = None
    value: str | None = None
    is_small: bool


class ReportGroup(Schema):
    """A group led from the unit: its leader's name, the line written about it, its figures."""

    group: Ref
    domain: str
    leader: str
    line: str
    figures: list[ReportFigure]


class ReportOut(Schema):
    """The current version. An extract (`domain` is not empty) has no figures of the unit, and of the words only what needs coordination.

    `hidden`: sensitive cases, which are counted and not listed. `words`: by section.
    """

    report: ReportLine
    as_of: date
    domain: str
    figures: list[ReportFigure]
    groups: list[ReportGroup]
    words: dict[str, str]
    cases: list[str]
    hidden: int
