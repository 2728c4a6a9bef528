"""Moves: what the reader may do with a case, and the table itself."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class Why(Schema):
    code: str
    args: dict[str, Any] = {}


class OptionOut(Schema):
    """A move of the reader's roles at this stage. `inputs` is the JSON Schema of its body; `grave` cannot be undone by the same person."""

    name: str
    label: str
    allowed: bool
    why: Why | None = None
    href: str
    exclusive: bool
    grave: bool
    inputs: dict[str, Any]


class OptionsOut(Schema):
    code: str
    version: int
    stage: str
    moves: list[OptionOut]


class StageOut(Schema):
    name: str
    label: str
    is_open: bool


class MoveOut(Schema):
    """A row of the table. `targets` maps a stage to those the case may be in afterwards, the ordinary one first."""

    name: str
    label: str
    targets: dict[str, list[str]]
    roles: list[str]
    needs: list[str]
    starts: list[str]
    stops: list[str]
    exclusive: bool
    grave: bool
    inputs: dict[str, Any]


class TableOut(Schema):
    stages: list[StageOut]
    situations: dict[str, str]
    clocks: dict[str, str]
    registration: dict[str, Any]
    moves: list[MoveOut]
