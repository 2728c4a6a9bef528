"""How alike two texts are: by what both say and others do not. Pure.

Rarity is estimated from a sample of other texts: a token in every fourth of them says nothing, one in none of them says most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

from huizhen.lib.zh import normal, tokens
from huizhen.search.matching.wording import Groups, other_words

COMMON = 0.25
"""Of the sample: a token in more of it than this is left out."""
FEW = 8
"""A token in no more texts than this is not common, however small the sample."""
STRONG = 2.5
"""A token of the strong text (title, causes) weighs so many times one of the weak text."""
TITLE = 1.5
"""A token found in the other's title against one found elsewhere in it."""
LEAST = 0.5
"""Likeness below which two texts are not alike."""
HALF = 25.0
"""Common weight at which likeness is one half: about three rare words of a title."""
RARE = 0.01
"""Of the sample: a token in less of it is rare."""
SYNONYM = 0.85
"""Another word for the same weighs so much of what a token of the text would: all of its tokens together."""
EMPTY = frozenset("的了和与是有在没也还把被就都而及各不无又只个这那其或从到对为以用能可已于等我他她它们")
"""Characters that carry grammar rather than matter: a pair with one of them says nothing, a quotation does not begin or end with one."""
_PLAIN = re.compile(r"[\d.\-%]+")
_GRAMMAR = "".join(EMPTY)
LEAST_QUOTED, MOST_QUOTED = 3, 12
"""Characters of what is quoted; words of two are quoted if they are known as terms."""
_HAN = re.compile(r"[㐀-鿿]")
_HAN_RUNS = re.compile(r"[㐀-鿿]+|[a-z0-9][a-z0-9.\-]*[a-z0-9]")


def weighed(strong: str, weak: str, sample: Sequence[str], *, most: int = 120, groups: Groups = ()) -> dict[str, float]:
    """Tokens of a text with their weights, the heaviest `most` of them. `sample`: other texts in normal form.

    `groups`: words that mean the same; the others of a group that the text names come in with a little less weight.
    """
    place: dict[str, float] = {}
    for text, factor in ((weak, 1.0), (strong, STRONG)):
        for token in _telling(text):
            place[token] = max(place.get(token, 0.0), factor)
        for other in other_words(text, groups):
            parts = _telling(other)
            for token in parts:
                place[token] = max(place.get(token, 0.0), factor * SYNONYM / len(parts))
    found: dict[str, float] = {}
    for token, factor in place.items():
        seen = sum(token in one for one in sample)
        if seen <= max(COMMON * len(sample), FEW):
            found[token] = factor * math.log((len(sample) + 2) / (seen + 0.5))
    heaviest = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:most]
    return dict(heaviest)


def _telling(text: str) -> list[str]:
    return [
        token
        for token in tokens(text)
        if len(token) > 1 and not EMPTY.intersection(token) and not _PLAIN.fullmatch(token)
    ]


def likeness(weights: Mapping[str, float], title: str, body: str) -> float:
    """From 0 to 1: what another text (in normal form) says of it, by weight. At least two tokens, or nothing."""
    there = [(token, weight) for token, weight in weights.items() if token in title or token in body]
    if len(there) < 2:
        return 0.0
    got = sum(weight * (TITLE if token in title else 1.0) for token, weight in there)
    return got / (got + HALF)


def shared(
    text: str,
    other: str,
    weights: Mapping[str, float],
    *,
    sample: str = "",
    terms: Collection[str] = (),
    most: int = 3,
) -> tuple[str, ...]:
    """What both texts say, as people would quote it: common runs that hold a weighed token and are words, heaviest first.

    A run that ends inside a word of either text loses that end; what ends a word is told by `sample`, other texts in one: the pair of
    neighbours that is commoner there holds together. Of what is left, pieces of four characters and more, of three where words end on
    both sides, and `terms` (words known as such, in normal form) are quoted.
    """
    other = normal(other)
    count = cache(sample.count)
    found: dict[str, float] = {}
    for run in _HAN_RUNS.findall(normal(text)):
        begin = 0
        while begin < len(run) - 1:
            end = begin + 2
            if run[begin:end] not in other:
                begin += 1
                continue
            while end < len(run) and run[begin : end + 1] in other:
                end += 1
            piece = run[begin:end]
            beside = [_beside(piece, run), _beside(piece, other)]
            if not piece.isascii():
                piece = _trimmed(piece, beside, count)
            is_apart = all("" in side for side in zip(*beside, strict=True))
            for quoted in _quotable(piece, terms, LEAST_QUOTED if is_apart else LEAST_QUOTED + 1):
                if held := {token for token in tokens(quoted) if token in weights}:
                    found[quoted] = sum(weights[token] for token in held)
            begin = end
    chosen: list[str] = []
    for piece in sorted(found, key=lambda one: (-found[one], one)):
        if not any(piece in one or one in piece for one in chosen):
            chosen.append(piece)
        if len(chosen) == most:
            break
    return tuple(chosen)


def _beside(piece: str, text: str) -> tuple[str, str]:
    """The characters before and after a piece, "" where a word ends there anyway."""
    at = text.index(piece)
    sides = (text[at - 1 : at] if at else "", text[at + len(piece) : at + len(piece) + 1])
    before, after = ("" if one in EMPTY or not _HAN.match(one) else one for one in sides)
    return before, after


def _trimmed(piece: str, beside: Sequence[tuple[str, str]], count: Callable[[str], int]) -> str:
    """The piece without the ends that belong to words beginning before it or ending after it."""
    piece = piece.strip(_GRAMMAR)
    if len(piece) > 1 and any(before and count(before + piece[0]) > count(piece[:2]) for before, _ in beside):
        piece = piece[1:]
    if len(piece) > 1 and any(after and count(piece[-1] + after) > count(piece[-2:]) for _, after in beside):
        piece = piece[:-1]
    return piece.strip(_GRAMMAR)


def _quotable(piece: str, terms: Collection[str], least: int) -> list[str]:
    """The piece if it is a term, short enough to be read at a glance or Latin; else the terms in it."""
    if piece in terms or least <= len(piece) <= MOST_QUOTED or (piece.isascii() and len(piece) > 1):
        return [piece]
    return [term for term in terms if 1 < len(term) < len(piece) and term in piece]


def is_same_matter(one: str, other: str, *, share: float = 0.5) -> bool:
    """Whether two short texts say much the same: this share of the tokens of the shorter, and at least two, are in the longer."""
    first, second = ({token for token in tokens(text) if len(token) > 1} for text in (one, other))
    fewer, both = min(len(first), len(second)), len(first & second)
    return fewer > 0 and both >= min(2, fewer) and both >= share * fewer
