"""What an engine can do: put, drop, find. Another one can stand behind these; nothing else knows which it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from huizhen.search.matching.lexemes import Expression

COLUMNS = "id, kind, object_id, level, code, at, title, keys, body, scopes, facets, digest"
"""Of the table of entries, in the order of a `Row`."""


class Row(NamedTuple):
    """What the engine is given: the columns of an entry that is not in the table yet, and the lexemes under which it is found."""

    id: int
    kind: str
    object_id: int
    level: str
    code: str
    at: datetime
    title: str
    keys: str
    body: str
    scopes: str
    facets: str
    digest: str
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

    def pack(self, rows: Sequence[Row]) -> Any:
        """These entries and their lexemes as `put` takes them. Asks nothing of the database; can be sent to another process."""

    def put(self, packed: Any) -> None:
        """Write what was packed. IntegrityError: one of the entries is there already."""

    def drop(self, ids: Collection[int]) -> None:
        """Forget these entries and their lexemes. Keys that are not there are no fault."""

    def find(self, ask: Ask) -> list[int]:
        """The keys of what is found, newest first, each once."""

    # Care of what lies below. An engine that keeps itself in order does nothing here.

    def is_whole(self) -> bool:
        """Whether what makes finding fast is there."""

    def mend(self) -> None:
        """Make it, if it is not."""

    def unmake(self) -> None:
        """Take it away, before very many entries are put."""
