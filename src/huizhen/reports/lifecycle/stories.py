"""States of a story and what leads from one to another, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class StoryState(StrEnum):
    """A story is written, agreed to by its branch, reviewed and published. From the asking on its words stand still."""

    DRAFT = "draft"
    ASKED = "asked"  # the branch has the very text before it
    AGREED = "agreed"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # by its branch, its authors or head office; may be written anew


@dataclass(frozen=True)
class Move:
    """What may be done with a story: from which states, where it leads, by which roles on it."""

    name: str
    sources: tuple[StoryState, ...]
    target: StoryState
    roles: frozenset[str]


AUTHOR, BRANCH, REVIEWER = "author", "branch", "reviewer"
DRAFT, ASKED, AGREED, IN_REVIEW, PUBLISHED, WITHDRAWN = StoryState
FROZEN = (ASKED, AGREED, IN_REVIEW)
"""The words stand still, and are not published."""

MOVES: Mapping[str, Move] = MappingProxyType(
    {
        move.name: move
        for move in (
            Move("write", (DRAFT,), DRAFT, frozenset({AUTHOR})),
            Move("ask_consent", (DRAFT,), ASKED, frozenset({AUTHOR})),
            Move("take_back", FROZEN, DRAFT, frozenset({AUTHOR})),
            Move("agree", (ASKED,), AGREED, frozenset({BRANCH})),
            Move("refuse", (ASKED,), DRAFT, frozenset({BRANCH})),
            Move("submit", (AGREED,), IN_REVIEW, frozenset({AUTHOR})),
            Move("publish", (IN_REVIEW,), PUBLISHED, frozenset({REVIEWER})),
            Move("return_story", (IN_REVIEW,), DRAFT, frozenset({REVIEWER})),
            Move("withdraw_consent", (AGREED, IN_REVIEW, PUBLISHED), WITHDRAWN, frozenset({BRANCH})),
            Move("withdraw_story", (DRAFT, *FROZEN, PUBLISHED), WITHDRAWN, frozenset({AUTHOR, REVIEWER})),
            Move("rewrite", (WITHDRAWN,), DRAFT, frozenset({AUTHOR})),
        )
    }
)


def moves_from(state: str, roles: frozenset[str]) -> tuple[Move, ...]:
    """What these roles may do now, in the order of the table."""
    return tuple(move for move in MOVES.values() if state in move.sources and move.roles & roles)
