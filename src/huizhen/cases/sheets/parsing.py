"""What the words of a cell mean: verdicts, urgency, lists of people, measures with their owners and days, effect before and after."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from huizhen.cases.sheets.moments import written

Words = Sequence[tuple[str, tuple[str, ...]]]

# The first that occurs decides: what denies stands before what it denies.
VERDICTS: Words = (
    ("worse", ("加重", "恶化")),
    ("none", ("无效", "未见", "无明显", "未改善", "没有效果", "不明显", "未破题", "未解决", "未达标", "未见好转")),
    ("marked", ("显效", "显著", "明显", "治愈", "痊愈", "超额")),
    ("effective", ("有效", "好转", "改善", "已解决", "已破题", "达标", "达成", "完成", "见效", "解决", "破题")),
)
UNRESOLVED = ("未破题", "未解决", "终止", "中止", "无法解决", "放弃")
URGENCIES: Words = (
    ("critical", ("特急",)),
    ("urgent", ("加急", "紧急", "急")),
    ("normal", ("普通", "一般", "常规", "不急")),
)
MODES: Words = (
    ("online", ("线上", "在线", "视频", "电话", "腾讯会议", "网络会议")),
    ("on_site", ("现场", "线下", "实地", "上门", "面对面")),
)
INNOVATIONS: Words = (
    ("technology", ("技术",)), ("product", ("产品",)), ("management", ("管理",)), ("mechanism", ("机制",)), ("service", ("服务",)),
)  # fmt: skip
STATES: Words = (
    ("dropped", ("未采纳", "不采纳", "取消")),
    ("doing", ("未完成", "进行中", "推进中", "正在")),
    ("done", ("完成", "落实", "落地", "已实施", "100%", "闭环")),
)
MEASURES_MOST, MEASURE_LONG, NAME_LONG = 20, 120, 40

_ITEM = re.compile(
    r"(?:^|(?<=[\s;；。,，]))(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）]|\d{1,2}\s*[.\uff0e、](?!\d)|[一二三四五六七八九十]{1,2}\s*[、.\uff0e]"
    r"|[①②③④⑤⑥⑦⑧⑨⑩])\s*"
)
_NAMES = re.compile(r"[、，,;；/|\n]+|\s{2,}|(?<=[\u3400-\u9fff])(?:和|及|与)(?=[\u3400-\u9fff]{2})")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_TITLES = ("同志", "专家", "团长", "书记", "经理", "主任", "老师")
_NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?"
_EFFECT = re.compile(
    rf"(?P<name>[^\d→]*?)\s*(?P<before>{_NUMBER})\s*(?P<unit>[^\d\s→,，;；。]{{0,6}}?)\s*"
    rf"(?:→|->|=>|—+|~|～|降(?:低|至|到|为)+|升(?:高|至|到|为)+|提(?:升|高)(?:至|到|为)|至|到)\s*(?P<after>{_NUMBER})\s*(?P<unit2>%|[^\d\s,，;；。()（）]{{0,6}})"
)
_DUE = re.compile(r"\d{1,4}\s*[-/.年月][\d\s\-/.年月日号]*(?:[日号月]|\d)(?:前|底|止|之前)?")


def meant(text: str, words: Words) -> str:
    """The value whose word occurs first in the table, "" when none does."""
    return next((value for value, found in words if any(one in text for one in found)), "")


def parts_of(text: str) -> list[str]:
    """The points of a text: numbered ones, else its lines, else what semicolons part.

    >>> parts_of("1.做均衡；2.扩容"), parts_of("先看参数"), parts_of("负荷1.5倍；扩容")
    (['做均衡', '扩容'], ['先看参数'], ['负荷1.5倍', '扩容'])
    """
    found = _ITEM.split(text)
    if len(found) < 3 or found[0].strip():
        found = text.split("\n") if "\n" in text.strip() else re.split(r"[;；]", text)
    return [part for one in found if (part := one.strip(" \t\n;；。,，"))]


def names_of(text: str) -> list[str]:
    """The people of a cell, without what stands in brackets, phones and titles."""
    plain = _BRACKETS.sub("", re.sub(r"[+\d][\d\s-]{5,}", "、", text))
    return list(dict.fromkeys(name for one in _NAMES.split(plain) if (name := name_of(one))))


def name_of(text: str) -> str:
    """One name: blanks between its characters and a title behind it go; "" when it is no name."""
    name = re.sub(r"[\s:：]+", "" if re.search(r"[\u3400-\u9fff]", text) else " ", text).strip(" 等")
    for title in _TITLES:
        if len(name) > len(title) + 1:
            name = name.removesuffix(title)
    return name if 1 < len(name) <= NAME_LONG and not re.search(r"\d", name) else ""


@dataclass(frozen=True)
class Step:
    """One measure: what, whose (as written), by when."""

    what: str
    owner: str
    due_on: date | None


def steps_of(measures: str, owners: str, *, year: int | None) -> tuple[Step, ...]:
    """The measures of a row. As many owners as measures go one to one, otherwise the whole cell is everybody's."""
    whats = parts_of(measures)
    told = parts_of(owners)
    fits = len(told) == len(whats)
    return tuple(
        Step(what, *_owner(told[at] if fits else owners, year=year)) for at, what in enumerate(whats[:MEASURES_MOST])
    )


def _owner(text: str, *, year: int | None) -> tuple[str, date | None]:
    plain = unicodedata.normalize("NFKC", text)
    hit = _DUE.search(plain)
    due = written(hit.group(0), year=year) if hit else None
    names = names_of(plain[: hit.start()] + "、" + plain[hit.end() :] if hit else plain)
    names = [one for one in names if one not in ("前", "前完成", "完成", "底前")]
    return "、".join(names)[:NAME_LONG], due.day if due else None


@dataclass(frozen=True)
class Effect:
    """An indicator before and after."""

    name: str
    unit: str
    before: Decimal
    after: Decimal


def effect_of(text: str) -> Effect | None:
    """The first pair of numbers of a text such as 晚高峰负荷 92%→68%.

    >>> effect_of("投诉由40件降至12件")
    Effect(name='投诉', unit='件', before=Decimal('40'), after=Decimal('12'))
    """
    hit = _EFFECT.search(unicodedata.normalize("NFKC", text)[:500])
    if hit is None:
        return None
    before, after = _decimal(hit["before"]), _decimal(hit["after"])
    if before is None or after is None:
        return None
    name = re.sub(r"[\s:,;。]+|[从由]$", "", hit["name"].strip().split("\n")[-1].strip(" :,;。从由"))
    return Effect(name[:40], (hit["unit"] or hit["unit2"] or "").strip()[:12], before, after)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    fits = abs(value) < 10**12 and isinstance(exponent, int) and exponent >= -4
    return value if fits else None
