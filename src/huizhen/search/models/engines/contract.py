"""What an engine can do. Another one can stand behind these three methods; nothing else knows which it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from huizhen.search.matching.lexemes import Expression
from huizhen.search.models.entry import Entry


@dataclass(frozen=True)
class Row:
    """What the engine is given: an entry that is not in the table yet, and the lexemes under which it is to be found."""

    entry: Entry
    lexemes: frozenset[str]


@dataclass(frozen=True)
class Ask:
    """What the engine is asked: an expression over lexemes, keys in [since, before), the newest `most` of them."""

    wanted: Expression
    most: int
    since: int = 0
    before: int = 2**63 - 1


class Engine(Protocol):
    """Entries with their lexemes in, keys out. `put` and `drop` belong to the caller's transaction."""

    def put(self, rows: Sequence[Row]) -> None:
        """Write these entries and their lexemes."""

    def drop(self, ids: Collection[int]) -> None:
        """Forget these entries and their lexemes. Keys that are not there are no fault."""

    def find(self, ask: Ask) -> list[int]:
        """The keys of what is found, newest first, each once."""
