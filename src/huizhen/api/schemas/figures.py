"""统计: figures of a scope and a period."""

from __future__ import annotations

from datetime import date

from ninja import Schema


class FigureOut(Schema):
    """One figure. `kind`: count, rate (per cent), median and p90 (working hours), load (a quotient), reuse.

    `value` is a decimal as text; null where there is nothing to divide by, and where `is_small`: under the campaign's minimum n
    there are counts only.
    """

    code: str
    label: str
    kind: str
    definition: str
    numerator: int
    denominator: int | None = None
    value: str | None = None
    is_small: bool = False


class ScopeOut(Schema):
    """`address` is what `scope` takes: all, domain:NET, group:NET-01, unit:GZ."""

    address: str
    kind: str
    name: str = ""


class FiguresOut(Schema):
    """`since` and `until` belong to the period; what runs out counts as late on days before `today`."""

    scope: ScopeOut
    since: date
    until: date
    today: date
    minimum_n: int
    figures: list[FigureOut]
    scopes: list[ScopeOut]
