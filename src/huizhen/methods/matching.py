"""What may stand in a method, how alike two names are, what changed between two versions: pure calculation on words.

Rules of naming are those of the notice's own examples (一网四通, 三查三改, 五步法, 1234工作法, "1+3+N"): short, the number in the
name is that of its steps, no praise of oneself, no names of people or customers. A finding that blocks must be mended; another one is
confirmed by who submits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from huizhen.lib.zh import personal_in

NAME_LONGEST = 24
STEPS_LEAST, STEPS_MOST = 2, 6
STEP_TITLE_LONGEST = 24
LONGEST: Mapping[str, int] = {
    "name": NAME_LONGEST, "meaning": 120, "problem": 1000, "applies": 1000, "applies_not": 1000, "tools": 1000, "effect": 1000,
    "indicator": 40, "indicator_unit": 12, "sample": 60, "period": 60, "consent": 200, "change": 200,
}  # fmt: skip
"""Longest texts of a version that is submitted, in characters."""
STEP_LONGEST = 1000
REQUIRED = ("name", "meaning", "problem", "applies", "applies_not")
TEXTS = ("name", "meaning", "problem", "applies", "applies_not", "tools", "effect", "sample", "period")
"""Fields whose words are read by everybody."""


@dataclass(frozen=True)
class StepWords:
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Words:
    """The words of a version. Numbers are whether they are given; of `texts` a field that is missing is empty."""

    texts: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[StepWords] = ()
    has_before: bool = False
    has_after: bool = False
    is_first: bool = True

    def of(self, name: str) -> str:
        return self.texts.get(name, "")

    def fields(self) -> Iterator[tuple[str, str]]:
        """Every text that readers see, by the name of its control: `steps-0-title` for the title of the first step."""
        for name in TEXTS:
            yield name, self.of(name)
        for n, step in enumerate(self.steps):
            yield f"steps-{n}-title", step.title
            yield f"steps-{n}-text", step.text


@dataclass(frozen=True)
class Finding:
    """Something to be mended or confirmed. `start`, `end`: its place in the text of the field `name`, both 0 when it is about the whole.

    `instead`: what one click puts in its place; "" when somebody has to find better words.
    """

    code: str
    name: str
    blocks: bool = True
    args: Mapping[str, Any] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    instead: str = ""

    @property
    def key(self) -> str:
        """The same for the same words in the same field, wherever they stand."""
        return f"{self.code}:{self.name}:{self.args.get('word', '')}"


# ── numbers in a name

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


# ── words that do not belong into a method

_PRAISE = re.compile(
    r"最(?!后|近|终|晚|迟|早|小化|大化|短路径|低要求)[\u4e00-\u9fff]|第一(?!步|次|时间|个|响应|书记|条|轮|批|现场|周|天|月|责任)|首创|首家|首个|独创|唯一(?!标识|码|性)"
    r"|遥遥领先|领先|完美|顶级|顶尖|极致|一流|史上|世界级|国际级|绝对|万能|包治|百分之百|独一无二|无与伦比|史无前例"
)
_STOPS = re.compile(r"[为在对与和向给由从的到将把至让请等是及或了因经跟同被帮替如例、]")
_COMPANY = re.compile(
    r"[\u4e00-\u9fff]{2,14}?(?:股份有限公司|有限责任公司|有限公司|集团公司|集团|公司|银行|医院|酒店|工厂|大学(?!生|城)|学院(?!派)|中学|小学)"
)
_OURS = re.compile(
    r"移动|分公司|省公司|市公司|县公司|区公司|本公司|公司$(?<=我公司)|总公司|子公司|各公司|铁塔|该(?:医院|公司|集团|银行|酒店|大学)"
)
_GENERIC = re.compile(
    r"^(?:某|各|本|该|这家|一家|多家|大型|中小|其他|校园|部分|重点|政企|客户)?(?:集团|公司|银行|医院|酒店|工厂|大学|学院|中学|小学)$"
)
SOMEBODY, CUSTOMER = "某同事", "某客户"


def findings(words: Words, *, parties: Collection[str] = (), people: Collection[str] = ()) -> list[Finding]:
    """All that is to be mended or confirmed before a version is submitted, in the order of the fields.

    `parties`: names of the people of the source cases; `people`: names of the directory. A name of two characters that is nobody's in
    the case may be an ordinary word, so it is only asked about.
    """
    found = [*_missing(words), *_of_name(words)]
    allowed = bool(words.of("consent").strip())
    for name, text in words.fields():
        found += _too_long(name, text)
        found += _praise(name, text)
        found += _personal(name, text)
        found += _people(name, text, parties, people, allowed=allowed)
        found += _customers(name, text)
    return found


def _missing(words: Words) -> Iterator[Finding]:
    for name in REQUIRED:
        if not words.of(name).strip():
            yield Finding("field_missing", name)
    if not (words.of("effect").strip() or (words.has_before and words.has_after)):
        yield Finding("effect_missing", "effect")
    if words.has_before != words.has_after:
        yield Finding("effect_half", "after" if words.has_before else "before")
    if (words.has_before or words.has_after) and not words.of("indicator").strip():
        yield Finding("indicator_missing", "indicator")
    if not words.is_first and not words.of("change").strip():
        yield Finding("field_missing", "change")
    if not STEPS_LEAST <= len(words.steps) <= STEPS_MOST:
        yield Finding(
            "steps_count", "steps", args={"least": STEPS_LEAST, "most": STEPS_MOST, "steps": len(words.steps)}
        )
    for n, step in enumerate(words.steps):
        if not step.title.strip():
            yield Finding("step_untitled", f"steps-{n}-title", args={"number": n + 1})


def _of_name(words: Words) -> Iterator[Finding]:
    said = counts_in(words.of("name"))
    if said and len(words.steps) not in said:
        shown = "、".join(str(one) for one in sorted(said))
        told = {"said": shown, "steps": len(words.steps)}
        yield Finding("name_number", "name", blocks=is_counted(words.of("name")), args=told)


def _too_long(name: str, text: str) -> Iterator[Finding]:
    longest = LONGEST.get(name) or (STEP_TITLE_LONGEST if name.endswith("-title") else STEP_LONGEST)
    if len(text) > longest:
        yield Finding("too_long", name, args={"max": longest, "length": len(text)})


def _praise(name: str, text: str) -> Iterator[Finding]:
    """Of the method, that is: how bad a problem is may be said with any word."""
    if name in ("problem", "applies", "applies_not"):
        return
    for hit in _PRAISE.finditer(text):
        yield Finding(
            "superlative", name, blocks=name == "name", args={"word": hit.group()}, start=hit.start(), end=hit.end()
        )


def _personal(name: str, text: str) -> Iterator[Finding]:
    """Numbers of people: mobile phones, identity cards, bank cards."""
    for start, end, masked in personal_in(text):
        yield Finding("personal_data", name, args={"word": masked}, start=start, end=end, instead=masked)


_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包"
    "宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费"
    "卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储芮"
)
_TWO = frozenset({"欧阳", "司徒", "上官", "诸葛", "尉迟", "长孙", "司马", "夏侯", "皇甫", "东方", "令狐", "慕容"})


def possible_names(text: str) -> set[str]:
    """Pieces of a text that may be the name of somebody: a surname and one or two characters, two or more after a double one."""
    found: set[str] = set()
    for n, one in enumerate(text):
        longest = 4 if text[n : n + 2] in _TWO else 3 if one in _SURNAMES else 0
        for size in range(longest - 1, longest + 1):
            piece = text[n : n + size]
            if len(piece) == size > 1 and all("\u4e00" <= letter <= "\u9fff" for letter in piece):
                found.add(piece)
    return found


def _people(
    name: str, text: str, parties: Collection[str], people: Collection[str], *, allowed: bool
) -> Iterator[Finding]:
    for one in sorted({*parties, *people}, key=len, reverse=True):
        if len(one) < 2 or one not in text:
            continue
        sure = one in parties or len(one) > 2
        code = "person_consented" if allowed else "person_named" if sure else "person_perhaps"
        for hit in re.finditer(re.escape(one), text):
            yield Finding(
                code, name, blocks=sure and not allowed, args={"word": one}, start=hit.start(), end=hit.end(),
                instead=SOMEBODY,
            )  # fmt: skip


def _customers(name: str, text: str) -> Iterator[Finding]:
    for hit in _COMPANY.finditer(text):
        word = hit.group()
        start = hit.start() + max((stop.end() for stop in _STOPS.finditer(word[:-2])), default=0)
        word = text[start : hit.end()]
        if len(word) > 3 and not _OURS.search(word) and not _GENERIC.match(word) and not word.startswith("某"):
            yield Finding(
                "customer_named", name, blocks=False, args={"word": word}, start=start, end=hit.end(), instead=CUSTOMER
            )


def replaced(text: str, found: Iterable[Finding]) -> str:
    """The text with every finding of it that has something to stand in its place put right; of two that overlap the first."""
    last = len(text) + 1
    for one in sorted((one for one in found if one.instead), key=lambda one: one.start, reverse=True):
        if one.end <= last:
            text, last = text[: one.start] + one.instead + text[one.end :], one.start
    return text


# ── likeness of names

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


# ── differences

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


# ── a name to begin with

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
