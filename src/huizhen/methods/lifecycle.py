"""States of a method by evidence, and of a version on its way to readers, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Evidence(StrEnum):
    """How far a method can be trusted: what stands behind it, not how often somebody praised it."""

    DRAFT = "draft"  # 草稿: nobody but its authors and reviewers sees it
    REVIEWED = "reviewed"  # 已评审: a domain reviewer found it sound; published
    VERIFIED = "verified"  # 已验证: another branch reused it with measured effect
    PROMOTED = "promoted"  # 推广: enough effective reuses, and headquarters recommends it
    RETIRED = "retired"  # 退役: kept readable, offered to nobody


PUBLISHED = (Evidence.REVIEWED, Evidence.VERIFIED, Evidence.PROMOTED)


class VersionState(StrEnum):
    """A version is written, reviewed, published; the next published one replaces it. Published words are never edited."""

    WRITING = "writing"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Move:
    """What may be done with a method: from which evidence and which state of its newest version, by which roles on it."""

    name: str
    evidence: tuple[Evidence, ...]
    version: tuple[VersionState, ...]
    roles: frozenset[str]


AUTHOR, REVIEWER, COORDINATOR = "author", "reviewer", "coordinator"
_ANY = tuple(Evidence)
"""A version at work outlives the retirement of its method: it may be written and discarded, and goes on its way once that is revived."""
_LIVE = (Evidence.DRAFT, *PUBLISHED)

MOVES: Mapping[str, Move] = MappingProxyType(
    {
        move.name: move
        for move in (
            Move("write", _ANY, (VersionState.WRITING,), frozenset({AUTHOR})),
            Move("submit", _LIVE, (VersionState.WRITING,), frozenset({AUTHOR})),
            Move("take_back", _ANY, (VersionState.IN_REVIEW,), frozenset({AUTHOR})),
            Move("return_version", _ANY, (VersionState.IN_REVIEW,), frozenset({REVIEWER})),
            Move("publish", _LIVE, (VersionState.IN_REVIEW,), frozenset({REVIEWER})),
            Move("revise", PUBLISHED, (VersionState.PUBLISHED,), frozenset({AUTHOR, REVIEWER})),
            Move("promote", (Evidence.VERIFIED,), (VersionState.PUBLISHED,), frozenset({COORDINATOR})),
            Move("confirm", PUBLISHED, (VersionState.PUBLISHED,), frozenset({REVIEWER, COORDINATOR})),
            Move("retire", PUBLISHED, (VersionState.PUBLISHED,), frozenset({REVIEWER, COORDINATOR})),
            Move("revive", (Evidence.RETIRED,), (VersionState.PUBLISHED,), frozenset({REVIEWER, COORDINATOR})),
        )
    }
)


def moves_from(evidence: str, version: str, roles: frozenset[str]) -> tuple[Move, ...]:
    """What these roles may do now, in the order of the table."""
    return tuple(
        move for move in MOVES.values() if evidence in move.evidence and version in move.version and move.roles & roles
    )
