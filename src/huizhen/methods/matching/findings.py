"""What may stand in a method, how alike two names are, what changed between two versions: pure calculation on words.

Rules of naming are those of the notice's own examples (一网四通, 三查三改, 五步法, 1234工作法, "1+3+N"): short, the number in the
name is that of its steps, no praise of oneself, no names of people or customers. A finding that blocks must be mended; another one is
confirmed by who submits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from huizhen.methods.matching.likeness import grams
from huizhen.methods.matching.numbers import counts_in, is_counted
from huizhen.methods.matching.personal import names_in, numbers_in, readable
from huizhen.methods.matching.words import (
    LONGEST,
    REQUIRED,
    STEP_LONGEST,
    STEP_TITLE_LONGEST,
    STEPS_LEAST,
    STEPS_MOST,
    Words,
)


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


_PRAISE = re.compile(
    r"最(?!后|近|终|晚|迟|早|小化|大化|短路径|低要求)[\u4e00-\u9fff]|第一(?!步|次|时间|个|响应|书记|条|轮|批|现场|周|天|月|责任)|首创|首家|首个|独创|唯一(?!标识|码|性)"
    r"|遥遥领先|领先|完美|顶级|顶尖|极致|一流|史上|世界级|国际级|绝对|万能|包治|百分之百|独一无二|无与伦比|史无前例"
)
_STOPS = re.compile(r"[为在对与和向给由从的到将把至让请等是及或了因经跟同被帮替如例、]")
_NO_STOP = r"(?![为在对与和向给由从的到将把至让请等是及或了因经跟同被帮替如例])[\u4e00-\u9fff]"
_LIMITED = "股份有限公司|有限责任公司|有限公司"
_BRAND = "万科|碧桂园|保利|恒大|金地|华润|龙湖|中海|绿地|融创|雅居乐|富力|绿城|招商|世茂|越秀|珠江|美的|敏捷"
_COMPANY = re.compile(
    r"([\u4e00-\u9fff]{2,18}?(?:[（(][\u4e00-\u9fff]{2,8}[）)][\u4e00-\u9fff]{0,8}?)?"
    rf"(?:{_LIMITED}|集团公司|集团|公司|银行|医院|酒店|工厂|大学(?!生|城)|学院(?!派)|中学|小学)(?:(?:{_NO_STOP}){{0,8}}?(?:{_LIMITED}))?)"
    rf"(?:(?:{_NO_STOP}){{1,8}}?(?:分公司|支公司|分行|支行|营业部|营业厅|分院|校区|分校|分店|门店))?"
)
_ESTATE = re.compile(
    rf"(?:{_BRAND})(?:{_NO_STOP}){{0,6}}?(?:物业|小区|花园|广场|新城|公馆|府|湾)|(?:{_NO_STOP}){{1,5}}(?<!校)(?<!业)(?<!公)(?<!技)(?:园|苑|轩|邸|墅|豪庭|花城)小区"
)
_CALLED = re.compile(
    r"^.*(?:客户|用户|业主|单位|企业|联系|协助|帮助|走访|拜访|支撑|服务|开通|我们|团队)(?=[\u4e00-\u9fff（(]{4})"
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
    consent = words.of("consent")
    for name, written in words.fields():
        found += _too_long(name, written)
        found += findings_of_text(name, written, parties=parties, people=people, consent=consent)
    return found


def findings_of_text(
    name: str, written: str, *, parties: Collection[str], people: Collection[str], consent: str
) -> Iterator[Finding]:
    """Praise, numbers of people, names of people and of customers in one text, whatever it belongs to. `consent`: who agreed to be named."""
    text = readable(written)
    yield from _praise(name, text)
    yield from _personal(name, text)
    yield from _people(name, text, parties, people, consent)
    yield from _customers(name, text)


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
    if is_counted(words.of("name")) and not grams(words.of("name")):
        yield Finding("name_bare", "name")
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
    """Numbers of people: phones, identity and bank cards, mail, chat, accounts, plates, where they live."""
    for one in numbers_in(text):
        code = "address_named" if one.word != one.instead else "personal_data"
        yield Finding(code, name, args={"word": one.word}, start=one.start, end=one.end, instead=one.instead)


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


def _people(name: str, text: str, parties: Collection[str], people: Collection[str], consent: str) -> Iterator[Finding]:
    """Names of the case and of the directory, then what may be a name. Who is to be named must be named in the consent."""
    taken: list[tuple[int, int]] = []
    for one in sorted({*parties, *people}, key=len, reverse=True):
        if len(one) < 2 or one not in text:
            continue
        sure, allowed = one in parties or len(one) > 2, one in consent
        code = "person_consented" if allowed else "person_named" if sure else "person_perhaps"
        for hit in re.finditer(re.escape(one), text):
            taken.append((hit.start(), hit.end()))
            yield Finding(
                code, name, blocks=sure and not allowed, args={"word": one}, start=hit.start(), end=hit.end(),
                instead=SOMEBODY,
            )  # fmt: skip
    for guess in names_in(name, text):
        if all(guess.end <= start or guess.start >= end for start, end in taken):
            code = "person_consented" if guess.word in consent else "person_guessed"
            yield Finding(
                code, name, blocks=False, args={"word": guess.word}, start=guess.start, end=guess.end,
                instead=guess.instead,
            )  # fmt: skip


def _customers(name: str, text: str) -> Iterator[Finding]:
    """Companies with their branch offices, and housing estates. Only the head says whose it is: our own company has 分公司 too."""
    for hit in _COMPANY.finditer(text):
        head = hit.group(1)
        skip = max((stop.end() for stop in _STOPS.finditer(head[:-2])), default=0)
        if called := _CALLED.match(head[skip:]):
            skip += called.end()
        head = head[skip:]
        if len(head) > 3 and not _OURS.search(head) and not _GENERIC.match(head) and not head.startswith("某"):
            yield _customer(name, text, hit.start() + skip, hit.end())
    for hit in _ESTATE.finditer(text):
        yield _customer(name, text, hit.start(), hit.end())


def _customer(name: str, text: str, start: int, end: int) -> Finding:
    word = text[start:end]
    return Finding("customer_named", name, blocks=False, args={"word": word}, start=start, end=end, instead=CUSTOMER)


def replaced(text: str, found: Iterable[Finding]) -> str:
    """The text with every finding of it that has something to stand in its place put right; of two that overlap the first."""
    last = len(text) + 1
    for one in sorted((one for one in found if one.instead), key=lambda one: one.start, reverse=True):
        if one.end <= last:
            text, last = text[: one.start] + one.instead + text[one.end :], one.start
    return text
