"""通报."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema


class BulletinNumber(Schema):
    """`value` is per cent or working hours; null where there are counts only."""

    code: str
    label: str
    kind: str
    numerator: int
    denominator: int | None
    value: str | None
    is_small: bool


class BulletinRow(Schema):
    """A domain or group; `methods`: working methods published in these days."""

    kind: str
    code: str
    name: str
    numbers: list[BulletinNumber]
    methods: int


class BulletinUnit(Schema):
    """How a unit reported that month: on_time, late, missing."""

    code: str
    name: str
    state: str
    sent_on: date | None


class BulletinBrief(Schema):
    """`state`: draft, in_review, passed, issued, voided. `number` is empty before it is issued; a voided number stays, with the reason."""

    code: str
    number: str
    state: str
    title: str
    month: date
    since: date
    until: date
    issuer: str
    issued_at: datetime | None
    void_reason: str


class BulletinPage(Schema):
    """Latest number first."""

    bulletins: list[BulletinBrief]
    after: str


class BulletinOut(BulletinBrief):
    """Numbers are frozen once it is issued; `counted_on` is the day of counting."""

    counted_on: date
    overview: str
    highlights: str
    problems: str
    next_steps: str
    overall: list[BulletinNumber]
    domains: list[BulletinRow]
    groups: list[BulletinRow]
    units: list[BulletinUnit]
