"""What is alike."""

from __future__ import annotations

from ninja import Schema


class ReasonOut(Schema):
    """Why: `cause`, `indicator`, `words`, `group` or `domain`; the words that belong to it."""

    sort: str
    words: list[str]


class SimilarOut(Schema):
    """One thing alike. `kind` is `case` or `method`, `state` a stage or how far a method is proved, `level` `full` or `summary`."""

    kind: str
    code: str
    level: str
    title: str
    state: str
    reasons: list[ReasonOut]


class SimilarPage(Schema):
    """Most alike first."""

    cases: list[SimilarOut]
    methods: list[SimilarOut]
