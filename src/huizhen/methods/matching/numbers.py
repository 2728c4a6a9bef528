"""The number in a name: those of the notice's own examples are 一网四通, 三查三改, 五步法, 1234工作法, "1+3+N"."""

from __future__ import annotations

import re

_DIGITS = {one: n for n, one in enumerate("零一二三四五六七八九十")} | {"两": 2}
_CHINESE = "[一二两三四五六七八九十]"
# What holds a numeral and counts nothing.
_NO_NUMBER = re.compile(
    r"[A-Za-z]+[\d.]+|[\d.]+[A-Za-z]+|\d+(?:\.\d+)?(?:%|小时|分钟|秒|天|日|月|年|周|元|户|人|米|公里|兆|号|×|x)\S?|7[×x*]24|\d{5,}"
    r"|第[一二三四五六七八九十]|一(?:体|站|线|键|次|张|起|致|刻|码|流|点通|户|人|单|口|屏|图|本账)|[统单唯同逐万归专]一"
    r"|三(?:方|农|维)|四季|十分|十足|两(?:端|级|侧|化|难|网)|三网|七乘二十四"
)
_COUNTED = re.compile(rf"({_CHINESE}{{1,3}}|\d{{1,2}})(?:字|步|招|式|环|阶|段|关|要|诀|法|策)")
_SUM = re.compile(r"\d+(?:[+\uff0b](?:\d+|[NnXx]))+")
_ARABIC = re.compile(r"\d+")
_NUMERAL = re.compile(rf"{_CHINESE}+")


def number_of(text: str) -> int:
    """A Chinese or Arabic numeral below a hundred; 0 for what is none.

    >>> number_of("三"), number_of("十二"), number_of("二十"), number_of("5"), number_of("很")
    (3, 12, 20, 5, 0)
    """
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_DIGITS.get(tens, 0) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
    return _DIGITS.get(text, 0)


def is_counted(name: str) -> bool:
    """Whether a name says plainly how many steps there are: N步法, N字诀, N工作法, 1+3+N. Other numbers may mean something else."""
    bare = _NO_NUMBER.sub("　", name)
    return bool(_SUM.search(name) or _COUNTED.search(bare) or re.search(rf"(?:\d+|{_CHINESE})(?:工作)?法", bare))


def counts_in(name: str) -> frozenset[int]:
    """How many steps a name says there are: any of these. Empty: it says nothing.

    "五步法" says five. A play on numbers may be read in more ways than one: "三查三改" as two or six, "一网四通" as four or five,
    "1+3+N" as three parts or as one and three.

    >>> sorted(counts_in("装维预约三步法")), sorted(counts_in("三查三改")), sorted(counts_in("5G一站式")), sorted(counts_in("1234工作法"))
    ([3], [2, 3, 6], [], [4])
    """
    if found := _SUM.search(name):
        parts = re.split(r"[+\uff0b]", found.group())
        numbers = [int(one) for one in parts if one.isdecimal()]
        return frozenset({len(parts), sum(numbers), sum(numbers) + len(parts) - len(numbers)})
    name = _NO_NUMBER.sub("　", name)
    if counted := _COUNTED.findall(name):
        return frozenset({number_of(counted[-1])})
    if arabic := _ARABIC.search(name):
        return _of_digits(arabic.group())
    values = [number_of(one) for one in _NUMERAL.findall(name)]
    several = {len(values), sum(values), max(values)} if len(values) > 1 else set(values)
    return frozenset(several - {0, 1})


def _of_digits(run: str) -> frozenset[int]:
    digits = [int(one) for one in run]
    if len(digits) > 2 and digits == list(range(1, len(digits) + 1)):
        return frozenset({len(digits)})
    return frozenset({int(run)} if len(digits) == 1 else {int(run), len(digits), sum(digits)})
