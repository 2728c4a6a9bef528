"""Work that a job does a piece at a time. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

BUDGET = 20.0
"""Seconds for which one run of a job may begin new pieces; what is left comes with the next."""
Piece = TypeVar("Piece")


def pieces(step: Callable[[], Piece | None], *, budget: float | None = BUDGET) -> Iterator[Piece]:
    """What `step` gives, again and again, until it gives None or the budget (seconds; None: no end) is spent.

    >>> left = [1, 2]
    >>> list(pieces(lambda: left.pop() if left else None))
    [2, 1]
    >>> list(pieces(lambda: 1, budget=0))
    []
    """
    begun = time.monotonic()
    while (budget is None or time.monotonic() - begun < budget) and (piece := step()) is not None:
        yield piece
