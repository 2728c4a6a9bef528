"""Pieces of a text with what was found marked, cut to a length that can be read at a glance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from huizhen.lib.zh import keeps_places, normal

Piece = tuple[str, bool]
"""Some text, and whether it is marked."""
SHOWN = 120
"""Characters of a snippet."""
LEAD = 24
_ENDS = re.compile(r"[。！？；\n]")


@lru_cache(maxsize=1 << 12)
def _plain(character: str) -> str:
    return normal(character)


def _mapped(text: str) -> tuple[str, Sequence[int]]:
    """The normal form character by character, and for each of its characters the place in the text it comes from."""
    if keeps_places(text):
        return normal(text), range(len(text))
    parts = [_plain(character) for character in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


def _places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, as (first, after last), in order and joined where they touch."""
    plain, origin = _mapped(text)
    spans: list[tuple[int, int]] = []
    for word in sorted(filter(None, set(words)), key=len, reverse=True):
        at = plain.find(word)
        while at >= 0 and len(spans) < 200:
            spans.append((origin[at], origin[at + len(word) - 1] + 1))
            at = plain.find(word, at + len(word))
    joined: list[tuple[int, int]] = []
    for first, after in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(after, joined[-1][1]))
        else:
            joined.append((first, after))
    return joined


def marked(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """The whole text with the words marked. `words` are in normal form.

    >>> marked("新建5G基站", ["5g"])
    (('新建', False), ('5G', True), ('基站', False))
    """
    pieces: list[Piece] = []
    done = 0
    for first, after in _places(text, words):
        pieces += [(text[done:first], False), (text[first:after], True)]
        done = after
    return tuple(piece for piece in (*pieces, (text[done:], False)) if piece[0])


def snippet(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """At most SHOWN characters around the place where most different words stand together; the beginning when none does."""
    once = list(words)
    places = _places(text[:20_000], once)
    first = 0
    if places:
        first = max(places, key=lambda place: (_worth(places, text, place[0]), -place[0]))[0]
    begin = max(0, first - LEAD)
    if ends := [hit.end() for hit in _ENDS.finditer(text, begin, first)]:
        begin = ends[-1]
    if len(text) - begin < SHOWN:
        begin = max(0, min(begin, len(text) - SHOWN))
    part = re.sub(r"\s+", " ", text[begin : begin + SHOWN]).strip()
    pieces = marked(part, once)
    head: tuple[Piece, ...] = (("…", False),) if begin > 0 and part else ()
    tail: tuple[Piece, ...] = (("…", False),) if begin + SHOWN < len(text) else ()
    return (*head, *pieces, *tail)


def _worth(places: list[tuple[int, int]], text: str, begin: int) -> tuple[int, int]:
    """How many different words, and how many characters of them, a snippet from here would show."""
    shown = [text[first:after] for first, after in places if begin <= first and after <= begin + SHOWN - LEAD]
    return len(set(shown)), min(sum(map(len, shown)), SHOWN)
