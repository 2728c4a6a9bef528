"""Things to be found in tests: a registry of their own, so that no source of the product has a say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from huizhen.search import registry
from huizhen.search.registry import FULL, Document, Source

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def document(number: int, title: str = "", body: str = "", **facts: Any) -> Document:
    """A document of a thing; the higher its number, the newer it is, by a minute."""
    given = {
        "kind": "case", "level": FULL, "code": f"HZ26-{number:05d}", "at": NOW - timedelta(days=30) + timedelta(minutes=number),
        "scopes": ("all",), **facts,
    }  # fmt: skip
    return Document(object_id=number, title=title, body=body, **given)


@dataclass
class Shelf:
    """A source of things that a test lays down and takes away. A reader is the set of scopes she has."""

    kind: str = "case"
    things: dict[tuple[int, str], Document] = field(default_factory=dict)
    hidden: set[tuple[int, str]] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)

    def lay(self, *documents: Document) -> None:
        self.things.update({(one.object_id, one.level): one for one in documents})

    def documents(self, ids: Sequence[int]) -> Iterable[Document]:
        if self.broken & set(ids):
            raise RuntimeError("this thing cannot be read")
        return [one for (number, _), one in self.things.items() if number in set(ids)]

    def after(self, number: int, count: int) -> Sequence[int]:
        return sorted({one for one, _ in self.things if one > number})[:count]

    def touched(self, entries: Iterable[Any]) -> set[int]:
        return {one.target_id for one in entries if one.verb.startswith("synonym")}

    def readable(self, reader: Any, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
        return set(pairs) - self.hidden

    def source(self) -> Source:
        return Source(
            kind=self.kind,
            touched=self.touched,
            documents=self.documents,
            after=self.after,
            scopes=lambda reader: frozenset(reader),
            readable=self.readable,
        )


@contextmanager
def shelves(*kinds: str) -> Iterator[list[Shelf]]:
    """Only these kinds are registered meanwhile."""
    before, words = dict(registry._sources), {name: list(some) for name, some in registry._words.items()}
    registry._sources.clear()
    registry._words.clear()
    made = [Shelf(kind) for kind in kinds]
    try:
        for one in made:
            registry.register_source(one.source())
        yield made
    finally:
        registry._sources.clear()
        registry._sources.update(before)
        registry._words.clear()
        registry._words.update(words)


def moved(one: Document, **facts: Any) -> Document:
    """The same document with other facts."""
    return replace(one, **facts)
