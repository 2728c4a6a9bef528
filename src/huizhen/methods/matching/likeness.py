"""How alike two names are, and a name to begin with."""

from __future__ import annotations

import re

from huizhen.methods.matching.words import NAME_LONGEST

_FORM = re.compile(r"工作法|[一二两三四五六七八九十\d]+(?:步法|字诀|招|环|步)|法$|[^\w\u4e00-\u9fff]|[的与和及之在]")


def grams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, without what every name has."""
    bare = _FORM.sub("", text.lower())
    return frozenset(bare[n : n + 2] for n in range(len(bare) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of two sets of pairs: 0 nothing in common, 1 the same."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def shared_words(one: str, other: str, *, least: int = 2, most: int = 4) -> list[str]:
    """The longest pieces of two or more characters that both texts hold, without overlap: why they are alike.

    >>> shared_words("校园宿舍负荷过高", "宿舍小区负荷均衡三步法")
    ['宿舍', '负荷']
    """
    kept = re.sub(r"[^\w]", " ", one)
    found: list[str] = []
    for size in range(min(len(kept), 8), least - 1, -1):
        for n in range(len(kept) - size + 1):
            piece = kept[n : n + size]
            if " " not in piece and piece in other and not any(piece in longer for longer in found):
                found.append(piece)
    return found[:most]


_TROUBLE = re.compile(
    r"(?:严重|持续|长期|明显)?(?:过高|偏高|过低|偏低|过长|过慢|太慢|不足|不高|不畅|不准|不全|不够|不及时|积压|缓慢|频发|多发|下降|上升)$"
)
_NUMBERS = "零一两三四五六"


def name_for(title: str, steps: int) -> str:
    """A name that keeps the rules, from the title of a case and the number of its steps.

    >>> name_for("校园宿舍晚高峰5G小区负荷过高", 3)
    '校园宿舍晚高峰5G小区负荷三步法'
    """
    form = f"{_NUMBERS[steps]}步法"
    bare = _TROUBLE.sub("", re.split(r"[，,。；;：:（(]", title.strip())[0]) or title
    return bare[: NAME_LONGEST - len(form)] + form
