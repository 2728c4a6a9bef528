"""The shape of a template: slots, what stays, rows that pick from both, and the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from huizhen.demo.bulk.numbers import Figures
from huizhen.demo.bulk.world import Parts

if TYPE_CHECKING:
    from huizhen.demo.bulk.finding import Story
    from huizhen.demo.bulk.making import Telling

Make = Callable[["Telling"], Any]
Pick = Callable[[Sequence[Any]], Sequence[Any]]
Piece = int | str
"""A slot of the template, or words that stay."""


@dataclass(frozen=True)
class Happening:
    """One journal row, by slots. `target`: number of the table and of the row in it. `told`: its data as canonical JSON, in pieces."""

    target: tuple[int, int]
    target_id: int
    at: int
    stamp: int
    txn: int
    actor: int | None
    verb: str
    told: tuple[Piece, ...]


@dataclass
class Template:
    """A whole case: what has to be made once for it (`slots`), what stays (`kept`), and the rows, each of which picks from both.

    `begins` numbers the working day of its registration, `spans` the working days until its last act.
    """

    stage: str
    is_open: bool
    parts: Parts
    begins: int
    spans: int
    sizes: list[int]
    figures: Figures
    story: Story | None = None
    slots: list[Make] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    rows: list[tuple[int, Pick]] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    keys: int = 0
    txns: int = 0


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbouring words made one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and isinstance(piece, str) and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)
