"""Words that somebody may have meant: the same sound with other characters, or one slip of the fingers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from huizhen.lib.zh import query_terms, syllable

LONGEST, SHORTEST = 4, 2
"""Characters of Chinese that are compared: every piece of two to four."""
# What ears and input methods of the south confuse.
_ALIKE = ((re.compile("^([zcs])h"), r"\1"), (re.compile("([aei]n)g$"), r"\1"), (re.compile("^n(?=[aeiou])"), "l"))
LEAST_LATIN = 4


def sound(text: str) -> str:
    """How Chinese sounds, without tones; zh and z, ang and an, n and l are one.

    >>> sound("携转") == sound("携专")
    True
    """
    return "'".join(map(_sound_of, text))


@lru_cache(maxsize=1 << 13)
def _sound_of(character: str) -> str:
    part = syllable(character)
    for pattern, plain in _ALIKE:
        part = pattern.sub(plain, part)
    return part


@dataclass(frozen=True)
class Vocabulary:
    """Known pieces of Chinese by their sound, and known Latin words; each with how often it was met."""

    by_sound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chinese: frozenset[str] = frozenset()
    latin: Mapping[str, int] = field(default_factory=dict)

    def meant(self, run: str) -> str:
        """What may have been meant by one run, "" when nothing comes to mind or the run is known as it is."""
        if run.isascii():
            return self._latin(run)
        return self._chinese(run)

    def _chinese(self, run: str) -> str:
        for size in range(min(LONGEST, len(run)), SHORTEST - 1, -1):
            for start in range(len(run) - size + 1):
                piece = run[start : start + size]
                if piece in self.chinese:
                    continue
                others = [one for one in self.by_sound.get(sound(piece), ()) if one != piece]
                if others:
                    best = max(others, key=lambda one: sum(map(str.__eq__, one, piece)))
                    return run[:start] + best + run[start + size :]
        return ""

    def _latin(self, run: str) -> str:
        if len(run) < LEAST_LATIN or run in self.latin or run.isdigit():
            return ""
        near = [one for one in self.latin if is_near(run, one)]
        return max(near, key=lambda one: (self.latin[one], one), default="")


def vocabulary(texts: Iterable[str]) -> Vocabulary:
    """What these texts know: every piece of their Chinese, commoner ones first, and their Latin words."""
    pieces: Counter[str] = Counter()
    latin: Counter[str] = Counter()
    for text in texts:
        for term in query_terms(text):
            if term.text.isascii():
                latin[term.text] += 1
            else:
                for size in range(SHORTEST, LONGEST + 1):
                    pieces.update(term.text[i : i + size] for i in range(len(term.text) - size + 1))
    by_sound: defaultdict[str, list[str]] = defaultdict(list)
    for piece, _ in pieces.most_common():
        by_sound[sound(piece)].append(piece)
    latin_known = {word: count for word, count in latin.items() if len(word) >= LEAST_LATIN - 1 and not word.isdigit()}
    return Vocabulary({key: tuple(some[:5]) for key, some in by_sound.items()}, frozenset(pieces), latin_known)


def is_near(one: str, other: str) -> bool:
    """One letter more, less, other, or two neighbours changed about; the first letter is never the slip.

    >>> is_near("ftrr", "fttr"), is_near("voltte", "volte"), is_near("idc", "iptv")
    (True, True, False)
    """
    if one == other or one[:1] != other[:1] or abs(len(one) - len(other)) > 1:
        return False
    head = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[head:], other[head:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]
