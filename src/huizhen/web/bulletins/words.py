"""A bulletin as its page shows it: the sections of the paper, with every number leading to its cases for who may look there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huizhen.directory.queries import Standing
from huizhen.reports.clocks.periods import Period
from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import (
    Cell,
    Grid,
    Line,
    Section,
    frame_of,
    number_words,
    opening,
    sections,
    signed_on,
)
from huizhen.reports.policy.scopes import Scope, scopes
from huizhen.reports.queries.bulletins import Told
from huizhen.reports.queries.metrics import METRICS
from huizhen.web.figures.words import cases_url

PART = "whole"


@dataclass(frozen=True)
class Shown:
    """A number with the address of its cases, "" where there is none for this reader."""

    text: str
    of: str
    url: str
    is_small: bool


def sheet(bulletin: Bulletin, told: Told, standing: Standing) -> dict[str, Any]:
    """Everything the paper shows. Four queries at most: whose figures the reader may look at."""
    allowed = {one.address: one for one in scopes(standing, bulletin.campaign)}
    period = Period("custom", told.since, told.until)
    parts = [one for one in sections(bulletin, told) if one.facts or one.text or one.grid]
    frame = frame_of(bulletin, parts, on=signed_on(bulletin, today=told.on))
    shown = [(_table(one.grid, allowed, period), _bars(one)) for one in parts]
    over = [_table(one.overleaf, allowed, period) for one in parts if one.overleaf]
    return {
        "bulletin": bulletin, "told": told, "number": number_words(bulletin), "opening": opening(bulletin, told), "frame": frame,
        "sections": [
            (heading, one, charts, table) for heading, one, (table, charts) in zip(frame.headings, parts, shown, strict=True)
        ],
        "attachments": list(zip(frame.attachments, over, strict=True)),
    }  # fmt: skip


def facts(bulletin: Bulletin, told: Told) -> dict[str, Section]:
    """The sections that have words of the writers, by the name of the text."""
    return {one.field: one for one in sections(bulletin, told) if one.field}


def _bars(one: Section) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """Charts in thousandths of their length."""
    return [
        (chart.title, [(name, round(share * 1000), text) for name, share, text in chart.bars]) for chart in one.charts
    ]


def _table(grid: Grid | None, allowed: dict[str, Scope], period: Period) -> dict[str, Any] | None:
    if grid is None:
        return None
    rows = [(line.name, _cells(line, allowed, period)) for line in grid.lines]
    return {"title": grid.title, "head": grid.head, "rows": rows, "note": grid.note, "is_wide": len(grid.head) > 5}


def _cells(line: Line, allowed: dict[str, Scope], period: Period) -> Sequence[Shown]:
    scope = allowed.get(line.scope)
    return [Shown(one.text, one.of, _url(one, scope, period), one.is_small) for one in line.cells]


def _url(one: Cell, scope: Scope | None, period: Period) -> str:
    metric = METRICS.get(one.code)
    if scope is None or metric is None or not metric.has_list:
        return ""
    return cases_url(one.code, scope, period, PART if metric.denominator else "")
