"""States of a challenge and the steps between them, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CHOSEN, APPROVED, ACTIVE, CONCLUDED, STOPPED = "chosen", "approved", "active", "concluded", "stopped"
OPEN = (CHOSEN, APPROVED, ACTIVE)


@dataclass(frozen=True)
class Step:
    """Into `target` from one of `sources`, by one of `roles`; `needs_result`: nothing ends without words about it."""

    target: str
    sources: tuple[str, ...]
    roles: frozenset[str]
    needs_result: bool = False


BRANCH, COORDINATOR = "branch", "coordinator"

STEPS: Mapping[str, Step] = MappingProxyType(
    {
        step.target: step
        for step in (
            Step(APPROVED, (CHOSEN,), frozenset({BRANCH})),
            Step(ACTIVE, (APPROVED,), frozenset({BRANCH})),
            Step(CONCLUDED, (ACTIVE,), frozenset({BRANCH}), needs_result=True),
            Step(STOPPED, OPEN, frozenset({BRANCH, COORDINATOR}), needs_result=True),
        )
    }
)


def steps_from(state: str, roles: frozenset[str]) -> tuple[Step, ...]:
    """What these roles may do next, in the order of the table."""
    return tuple(step for step in STEPS.values() if state in step.sources and step.roles & roles)
