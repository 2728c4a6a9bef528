"""What is found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema


class PieceOut(Schema):
    """A stretch of text; marked where it is what was asked for."""

    text: str
    is_marked: bool


class HitOut(Schema):
    """One thing. `level` is `full`, or `summary` for a solved case of which the reader may read the summary only."""

    kind: str
    code: str
    level: str
    at: datetime
    title: list[PieceOut]
    snippet: list[PieceOut]
    facets: dict[str, str]


class FaultOut(Schema):
    """Something of the question that was not understood and was left out."""

    code: str
    args: dict[str, Any]


class SearchPage(Schema):
    """`relaxed`: nothing met the whole question, these meet part of it. `is_many`: more than 200 things, nobody
    counts them; in the best order, those that were weighed come first, the others follow newest first."""

    hits: list[HitOut]
    order: str
    relaxed: bool
    is_many: bool
    suggestion: str
    faults: list[FaultOut]
    after: str = ""
