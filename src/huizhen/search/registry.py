"""What other apps make known to search from their `apps.ready()`: what of theirs can be found, and by whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import override

from huizhen.lib.zh import normal

FULL, SUMMARY = "full", "summary"
LEVELS = (FULL, SUMMARY)
EVERYBODY = "all"
"""The scope of every signed-in person."""

_KIND = re.compile(r"[a-z]{2,16}")


@dataclass(frozen=True)
class Document:
    """What can be found of one thing at one level. A thing seen in full by some and as a summary by others is two documents.

    `scopes`: who may find it, any one of them suffices ("b12" a branch, "g3" a group, "all"). `keys`: codes and names that are to be
    found whole. `facets`: the values that operators and filters ask for, e.g. {"state": "archived", "domain": "MKT", "unit": "GZ"}.
    `at` orders newest first.
    """

    kind: str
    object_id: int
    level: str
    code: str
    at: datetime
    title: str
    body: str
    scopes: tuple[str, ...]
    keys: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One kind of thing that can be found.

    `touched(entries)`: the ids of things that these journal entries may have changed. `documents(ids)`: their documents now; an id
    without one is taken out of the index. `after(id, count)`: the next ids in order, for a rebuild. `scopes(reader)`: the scopes of
    a reader (a `directory` Standing; search does not look inside). `readable(reader, pairs)`: which of these (id, level) the one
    predicate of the owning app still lets her see; asked for every page of hits, whatever the index says.
    """

    kind: str
    touched: Callable[[Iterable[Any]], set[int]]
    documents: Callable[[Sequence[int]], Iterable[Document]]
    after: Callable[[int, int], Sequence[int]]
    scopes: Callable[[Any], frozenset[str]]
    readable: Callable[[Any, Sequence[tuple[int, str]]], set[tuple[int, str]]]


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Let things of this kind be found. A kind twice, or one that is no lower-case word, is a ValueError."""
    if not _KIND.fullmatch(source.kind):
        raise ValueError(f"kind {source.kind!r} is not a lower-case word of at most 16 letters")
    if source.kind in _sources:
        raise ValueError(f"kind {source.kind!r} is already registered")
    _sources[source.kind] = source


def sources() -> Mapping[str, Source]:
    """Every source by its kind, in the order of registration."""
    return _sources


Words = Callable[[], Mapping[str, str]]
"""What people write for the values of a facet, in `lib.zh.normal` form, and the value: {"市场": "MKT", "mkt": "MKT"}."""
_words: dict[str, list[Words]] = {}


def register_words(facet: str, words: Words) -> None:
    """Let people write these words after the operator of a facet. Several sources may add to one; asked for at every question."""
    _words.setdefault(facet, []).append(words)


def spoken(labels: Mapping[str, Any]) -> Words:
    """The words for an enumeration: its values, and what they are called in each language. Found out once, when first asked for."""

    @cache
    def words() -> Mapping[str, str]:
        found = {normal(value): value for value in labels}
        for language, _name in settings.LANGUAGES:
            with override(language):
                found |= {normal(str(label)): value for value, label in labels.items()}
        return MappingProxyType(found)

    return words


_worths: dict[str, Mapping[str, float]] = {}


def register_worth(kind: str, worth: Mapping[str, float]) -> None:
    """What a hit of this kind counts in each state, where that is not 1: {"retired": 0.1} comes after nearly everything."""
    _worths[kind] = MappingProxyType(dict(worth))


def worths() -> Mapping[str, Mapping[str, float]]:
    """What states are worth, by kind; kinds without a word on it are left out."""
    return _worths


def words_of(facet: str) -> dict[str, str]:
    """All that people may write for a facet, with the values."""
    found: dict[str, str] = {}
    for words in _words.get(facet, ()):
        found.update(words())
    return found
