"""工作法: the line of the shelf, one method, a trial."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from huizhen.api.schemas.refs import Ref


class MethodLine(Schema):
    """A method as the shelf shows it. `confidence` is 0 to 100; `trust` its word: very, reliable, fair, early, doubtful.

    `reuses` stand in a prescription or have a result, `trying` are trials without one; `effective_reuses` are branches other than the
    first that it helped. `first_branch` is empty once the source case is 敏感.
    """

    code: str
    name: str
    meaning: str
    domain: Ref
    evidence: str
    confidence: int
    trust: str
    reuses: int
    effective_reuses: int
    trying: int
    first_branch: Ref | None = None
    published_at: datetime | None = None


class MethodPage(Schema):
    """A page of the shelf; `after` leads on, "" at the end."""

    methods: list[MethodLine]
    after: str = ""


class StepOut(Schema):
    title: str
    text: str


class ReasonOut(Schema):
    """Points that one thing brings or costs: source, measured, reviews, proofs, reuses, no_use, age, reopened, worsened, unresolved."""

    name: str
    points: int
    count: int


class ReuseOut(Schema):
    """One reuse: a case that cited the method, or a trial. `outcome`: solved, partly, no_use, or "" while nothing is known.

    `trial` is the key of a trial of the reader's own branch.
    """

    at: datetime
    branch: Ref
    number: int
    outcome: str
    is_said: bool
    case: str = ""
    trial: str = ""
    before: str | None = None
    after: str | None = None
    indicator: str = ""
    indicator_unit: str = ""


class SpreadOut(Schema):
    unit: Ref
    uses: int
    effective: int


class MethodOut(MethodLine):
    """A method as it is read. Texts are Markdown of a small subset. `cite` is what a measure's `source_code` may hold.

    `source_case` is empty for who may not see it; `hidden_reuses` are cases that cited the method and are not the reader's to see.
    """

    cite: str
    number: int
    problem: str
    applies: str
    applies_not: str
    steps: list[StepOut]
    tools: str
    effect: str
    indicator: str
    indicator_unit: str
    before: str | None = None
    after: str | None = None
    sample: str
    period: str
    experts: list[Ref]
    source_case: str = ""
    wavers_since: datetime | None = None
    reasons: list[ReasonOut]
    uses: list[ReuseOut]
    hidden_reuses: int
    spread: list[SpreadOut]


class TrialOut(Schema):
    """A trial of a branch. `use`: waiting until its result is told."""

    key: str
    method: str
    number: int
    branch: Ref
    at: datetime
    use: str
    is_effective: bool
    told_at: datetime | None = None
