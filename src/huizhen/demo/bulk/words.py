"""Words of a trade, common ones often and rare ones seldom, for sentences that make one case differ from the next."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huizhen.demo.reading import data


@dataclass
class Wording:
    """What one case is said to be about. The first words of each list come often, the last ones hardly ever."""

    city: str
    town: str
    gear: str
    other: str
    sign: str
    cause: str
    act: str
    count: int
    days: int
    ticket: str

    def in_title(self, title: str) -> str:
        return f"{self.town}{title}"[:60]

    def tail(self, field: str) -> str:
        """A sentence for the end of a text of that field; empty for fields that stay as they are."""
        return _TAILORED[field](self) if field in _TAILORED else ""


class Unchanged(Wording):
    """Leaves every text as it is."""

    def __init__(self) -> None:
        super().__init__("", "", "", "", "", "", "", 0, 0, "")

    def in_title(self, title: str) -> str:
        return title

    def tail(self, field: str) -> str:
        return ""


_TAILORED: dict[str, Callable[[Wording], str]] = {
    "condition": lambda w: (
        f"本次涉及{w.city}{w.town}的{w.gear}{w.count}处，主要表现为{w.sign}，已持续{w.days}天，单号{w.ticket}。"
    ),
    "tried": lambda w: f"也试过{w.act}，{w.sign}没有好转。",
    "learned": lambda w: f"电话里又核了{w.town}的{w.gear}，{w.sign}属实。",
    "record": lambda w: f"会上同看了{w.other}的{w.count}条记录，认为与{w.cause}有关。",
    "findings": lambda w: f"{w.town}一带{w.gear}的{w.sign}，根子在{w.cause}。",
    "text": lambda w: f"建议{w.act}，并留意{w.other}。",
    "thinking": lambda w: f"{w.town}先{w.act}。",
    "found": lambda w: f"{w.gear}的{w.sign}由{w.cause}引起。",
    "changed": lambda w: f"{w.count}处已全部处理，单号{w.ticket}闭环。",
    "evidence": lambda w: f"复测{w.gear}{w.count}处。",
    "aside": lambda w: f"；{w.other}亦有{w.cause}",
}


def _pick(rng: random.Random, words: Sequence[str]) -> str:
    """Skewed: the tenth part of the words takes a third of the draws."""
    return words[int(rng.random() ** 2 * len(words))]


def wording(rng: random.Random, city: str) -> Wording:
    """Words for one case."""
    words = data("bulk")
    town = _pick(rng, words["heads"]) + _pick(rng, words["tails"]) + _pick(rng, words["places"])
    return Wording(
        city=city,
        town=town,
        gear=_pick(rng, words["gear"]),
        other=_pick(rng, words["gear"]),
        sign=_pick(rng, words["signs"]),
        cause=_pick(rng, words["causes"]),
        act=_pick(rng, words["acts"]),
        count=1 + int(rng.random() * 60),
        days=1 + int(rng.random() * 45),
        ticket=f"GD{int(rng.random() * 1_000_000):06d}",
    )
