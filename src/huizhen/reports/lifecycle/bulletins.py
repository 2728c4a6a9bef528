"""States of a bulletin on its way to its readers, and what leads from one to the next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """A bulletin is written, reviewed by somebody else, issued under a number. An issued one is never edited; a number may be voided."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PASSED = "passed"
    ISSUED = "issued"
    VOIDED = "voided"


UNISSUED = (State.DRAFT, State.IN_REVIEW, State.PASSED)
NUMBERED = (State.ISSUED, State.VOIDED)

EDITOR, REVIEWER = "editor", "reviewer"
"""Who writes at head office; who may review: anybody at head office and the executives, but nobody who wrote in it."""


@dataclass(frozen=True)
class Move:
    """What may be done with a bulletin: from which states, to which (None: it is gone or stays), by which roles on it."""

    name: str
    sources: tuple[State, ...]
    target: State | None
    roles: frozenset[str]


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        move.name: move
        for move in (
            Move("write", (State.DRAFT,), None, frozenset({EDITOR})),
            Move("submit", (State.DRAFT,), State.IN_REVIEW, frozenset({EDITOR})),
            Move("take_back", (State.IN_REVIEW, State.PASSED), State.DRAFT, frozenset({EDITOR})),
            Move("return_bulletin", (State.IN_REVIEW,), State.DRAFT, frozenset({REVIEWER})),
            Move("pass_bulletin", (State.IN_REVIEW,), State.PASSED, frozenset({REVIEWER})),
            Move("issue", (State.PASSED,), State.ISSUED, frozenset({EDITOR})),
            Move("void", (State.ISSUED,), State.VOIDED, frozenset({EDITOR})),
            Move("discard", (State.DRAFT,), None, frozenset({EDITOR})),
        )
    }
)


def moves_from(state: str, roles: frozenset[str]) -> tuple[str, ...]:
    """Names of what these roles may do now, in the order of the table."""
    return tuple(move.name for move in MOVES.values() if state in move.sources and move.roles & roles)
