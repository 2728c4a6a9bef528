"""Refusals: the ways in which the system says no. They hold names, codes and arguments; sentences are made in web and api."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class Refusal(Exception):
    """Base of every expected no. `code` names the sentence, `args_` fill it."""

    status = 400

    def __init__(self, code: str, /, **args_: Any) -> None:
        super().__init__(code, args_)
        self.code = code
        self.args_ = args_


class NotVisible(Refusal):
    """The reader may not know that the thing exists. Answered with 404."""

    status = 404


class NotAllowed(Refusal):
    """The reader sees the thing, but the act is somebody else's. Answered with 403."""

    status = 403


class NotNow(Refusal):
    """The right person at the wrong moment. Answered with 409."""

    status = 409


class StaleWrite(NotNow):
    """Someone was faster. Answered with 409."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field: a code with arguments; `row` counts from 0 inside a repeated field."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None


class Invalid(Refusal):
    """Input that cannot be taken. `faults` maps field name → faults; "" is the whole form. Answered with 422."""

    status = 422

    def __init__(self, faults: Mapping[str, Sequence[Fault]]) -> None:
        super().__init__("invalid", faults={k: [f.code for f in v] for k, v in faults.items()})
        self.faults = faults

    @classmethod
    def one(cls, name: str, code: str, /, **args: Any) -> Invalid:
        """A single fault of a single field."""
        return cls({name: [Fault(code, args)]})
