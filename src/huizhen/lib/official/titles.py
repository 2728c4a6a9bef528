"""Titles broken where the meaning allows it, the lines of nearly the same length (GB/T 9704-2012, 7.3.1). Pure."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import budoux

from huizhen.lib.onepage import width_of
from huizhen.lib.text import clean

LINE = 19.0
"""Characters of 二号 type that a line of a title takes; 20 would touch both edges."""

_LONGEST = 200
"""Characters up to which lines are looked for."""
_ONE_MORE = 60.0
"""What a line more than needed costs: less than a broken word."""
_NOT_FIRST = set("的和与及、，。：；？！）》”’〕】%·—…了")
_NOT_LAST = set("《“‘（〔【和与及在对向于以将第各为")
_GOOD_AFTER = (
    "关于",
    "的",
    "》",
    "”",
    "）",
    "、",
    "公司",
    "工作部",
    "中心",
    "委员会",
    "专家团",
    "支部",
    "月份",
    "年度",
    "季度",
)
_GOOD_BEFORE = ("关于", "《", "“", "开展", "加强", "做好", "推进", "印发", "召开")
# Words of the house and of documents, longest first, which a general model of Chinese does not know.
_WORDS = re.compile(
    "专家把脉会诊活动|专家把脉会诊|专家把脉活动|党建工作部|专家把脉|把脉会诊|专家会诊|会诊活动|工作清单|首问负责制|首次沟通|及时率|分公司|专家团|党支部|工作法|专家|把脉|会诊|复诊|寻诊|"
    "萃取|支撑|通报|通知|报告|纪要|月报|问诊|中国|联通|党建|党委|领题|破题|宽带|装机|积压|基站|光缆|省分|市分|显效率|处方|执行率|接诊|"
    r"[A-Za-z0-9.%〔〕+\-]+[年月日号次期季个名例件项]?"
)


def title_lines(title: str, most: float = LINE) -> tuple[str, ...]:
    """The lines of a title; where the writer broke it, it stays broken. `most`: characters of a line.

    >>> title_lines("关于2026年10月专家把脉会诊活动开展情况的通报")
    ('关于2026年10月专家把脉会诊', '活动开展情况的通报')
    """
    found: list[str] = []
    for part in clean(title, lines=True).split("\n"):
        if part.strip():
            found += _broken(part.strip(), most)
    return tuple(found)


@cache
def _segments() -> Any:
    """A model of where Chinese may be broken (BudouX), shipped with its package."""
    return budoux.load_default_simplified_chinese_parser()


def _broken(text: str, most: float) -> list[str]:
    total = width_of(text)
    fewest = max(1, math.ceil(total / most))
    if fewest == 1:
        return [text]
    if len(text) > _LONGEST:  # nobody's title
        step = int(most)
        return [text[at : at + step] for at in range(0, len(text), step)]
    for count in range(fewest, len(text) + 1):
        found = [one for one in (_best(text, more, most, total / more) for more in (count, count + 1)) if one]
        if found:
            return min(found, key=lambda one: one[0] + _ONE_MORE * (len(one[1]) - fewest))[1]
    return [text]


def _best(text: str, count: int, most: float, target: float) -> tuple[float, list[str]] | None:
    """The cheapest way to part `text` into `count` lines, none wider than `most`, and its cost; None if there is none."""
    costs = _costs(text)
    # best[n][at]: cost and last break of the first `at` characters in n lines
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(count):
        row: dict[int, tuple[float, int]] = {}
        for start, (cost, _last) in best[-1].items():
            width = 0.0
            for end in range(start + 1, len(text) + 1):
                width += width_of(text[end - 1])
                if width > most:
                    break
                said = cost + (width - target) ** 2 + costs[end]
                if end not in row or said < row[end][0]:
                    row[end] = (said, start)
        best.append(row)
    if len(text) not in best[count]:
        return None
    lines, end = [], len(text)
    for row in reversed(best[1:]):
        start = row[end][1]
        lines.append(text[start:end].strip())
        end = start
    return best[count][len(text)][0], lines[::-1]


def _costs(text: str) -> list[float]:
    """What a break before each character costs, in squares of characters: little between words, much inside them."""
    costs = [80.0] * (len(text) + 1)
    at = 0
    for part in _segments().parse(text):
        costs[at] = 0
        at += len(part)
    starts = {word.start() for word in _WORDS.finditer(text)}
    for word in _WORDS.finditer(text):
        costs[word.start()] = costs[word.end()] = 0
        for inner in range(word.start() + 1, word.end()):
            costs[inner] = 200
    for place in range(1, len(text)):
        costs[place] += _manners(text[:place], text[place:], is_word=place in starts)
    costs[-1] = 0
    return costs


def _manners(before: str, after: str, *, is_word: bool) -> float:
    """What one does not do: 的 and closing signs at the beginning of a line, opening ones at its end, a break inside 《》."""
    cost = 400.0 if (after[0] in _NOT_FIRST and not is_word) or before[-1] in _NOT_LAST else 0.0
    cost += sum(40 for opens, ends in ("《》", "“”", "（）") if before.count(opens) > before.count(ends))
    return cost - (4 if before.endswith(_GOOD_AFTER) or after.startswith(_GOOD_BEFORE) else 0)
