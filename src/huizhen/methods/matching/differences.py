"""What changed between two versions, readable for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from huizhen.methods.matching.words import StepWords

_TOKEN = re.compile(r"[A-Za-z0-9.]+|\s+|.", re.S)
SAME, GONE, NEW = "same", "gone", "new"
Part = tuple[str, str]
"""What happened to some words, and the words."""


def differences(old: str, new: str) -> list[Part]:
    """Two texts as runs of same, gone and new words; a run of one or two characters that stayed between changes goes with them."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    runs: list[Part] = []
    for op, start, end, since, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            runs.append((SAME, "".join(before[start:end])))
            continue
        if end > start:
            runs.append((GONE, "".join(before[start:end])))
        if until > since:
            runs.append((NEW, "".join(after[since:until])))
    return _joined(runs)


def _joined(runs: list[Part]) -> list[Part]:
    """A change reads as one: gone words, then new ones; islands of one character between two changes belong to both."""
    found: list[Part] = []
    gone = new = ""

    def settle() -> None:
        nonlocal gone, new
        found.extend((kind, text) for kind, text in ((GONE, gone), (NEW, new)) if text)
        gone = new = ""

    for n, (kind, text) in enumerate(runs):
        is_island = kind == SAME and len(text) == 1 and 0 < n < len(runs) - 1
        if kind == SAME and not is_island:
            settle()
            found.append((SAME, text))
        elif is_island:
            gone, new = gone + text, new + text
        elif kind == GONE:
            gone += text
        else:
            new += text
    settle()
    return found


def pairs_of_steps(old: Sequence[StepWords], new: Sequence[StepWords]) -> list[tuple[int | None, int | None]]:
    """Which step of the new version stands for which of the old one, by their places: the same title first, wherever it went, then
    the same place. In the order of the new version; steps that are gone come last. None: it is new, or gone.
    """
    left = dict(enumerate(old))
    partner: dict[int, int] = {}
    for same in (lambda n, m: old[m].title == new[n].title, lambda n, m: n == m):
        for n in range(len(new)):
            found = next((m for m in left if n not in partner and same(n, m)), None)
            if found is not None:
                partner[n] = found
                del left[found]
    return [*((partner.get(n), n) for n in range(len(new))), *((m, None) for m in left)]
