"""Data of people and customers in a text, beside names of the directory: numbers, addresses, names one can only guess. Pure.

Numbers of people are sure; a name after 业主, a surname with a title and a name in the name of a method are guesses, to be confirmed.
Full-width digits and letters are read as half-width ones; addresses of pictures are no numbers of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from huizhen.lib.zh import half_width, personal_in

_PICTURE = re.compile(r"\]\(/[^)\s]{1,200}\)|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_MAIL = re.compile(
    r"(?<![\w.+*-])([A-Za-z0-9_][\w.+-]{0,63})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})", re.ASCII
)
_LANDLINE = re.compile(r"(?<!\d)([(（]?0(?:10|2\d|[3-9]\d{2})[)）]?[-\s—]?)\d{3,4}[-\s]?(\d{4})(?!\d)")
_QQ = re.compile(r"(QQ\s*(?:号码?|群号?)?\s*[:：是为]?\s*[1-9])\d{4,11}(?!\d)", re.IGNORECASE)
_CHAT = re.compile(
    r"((?:微信(?:号码?|账号)?|wechat|wx号?)\s*[:：是为]?\s*[A-Za-z])[-\w]{5,19}(?![-\w])", re.ASCII | re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"((?:账号|帐号|账户|用户名|客户编号|用户编号)\s*[:：是为]?\s*[A-Za-z0-9])(?=[\w@.-]*\d{4})[\w@.-]{4,30}", re.ASCII
)
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z])[·.\s-]?(?=[A-HJ-NP-Z]{0,4}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_PLACE = "路街巷道弄村苑园城府湾庭里轩区"
_ADDRESS = re.compile(
    rf"[\u4e00-\u9fff]{{1,8}}[{_PLACE}](?:[\u4e00-\u9fff]{{0,4}}[\dA-Za-z一二三四五六七八九十甲乙丙]{{1,4}}(?:号楼?|栋|座|幢|单元|楼|层|梯)){{1,4}}"
    r"[\dA-Za-z一二三四五六七八九十]{1,5}(?:室|房|户)"
)
_LEAD = re.compile(
    r".*(?:[为在对与和向给由从的到将把至让请等是及或了因经跟同被帮替]|业主|用户|客户|居民|住户|地址|家住|走访|上门)"
)
SOMEWHERE = "某地址"


@dataclass(frozen=True)
class Place:
    """Where something stands, what is found there and what one click puts in its place."""

    start: int
    end: int
    word: str
    instead: str


def readable(text: str) -> str:
    """The text to look in: half width, addresses of pictures blanked out. Every character stays in its place."""
    return _PICTURE.sub(lambda hit: " " * len(hit.group()), half_width(text))


def numbers_in(text: str) -> list[Place]:
    """Numbers and addresses of people and customers, in order, none twice. `text` as of `readable`. What is shown of them is masked."""
    taken = bytearray(len(text))
    found = []
    for one in (*(Place(start, end, masked, masked) for start, end, masked in personal_in(text)), *_others(text)):
        if not any(taken[one.start : one.end]):
            found.append(one)
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
    return sorted(found, key=lambda one: one.start)


def _others(text: str) -> Iterator[Place]:
    for hit in _MAIL.finditer(text):
        masked = f"{hit[1][0]}***@{hit[2]}"
        yield Place(hit.start(), hit.end(), masked, masked)
    for hit in _LANDLINE.finditer(text):
        masked = f"{hit[1]}****{hit[2]}"
        yield Place(hit.start(), hit.end(), masked, masked)
    for pattern in (_QQ, _CHAT, _ACCOUNT, _PLATE):
        for hit in pattern.finditer(text):
            yield Place(hit.start(), hit.end(), f"{hit[1]}****", f"{hit[1]}****")
    for hit in _ADDRESS.finditer(text):
        lead = _LEAD.match(hit.group()[:-4])
        start = hit.start() + (lead.end() if lead else 0)
        yield Place(start, hit.end(), text[start : hit.end()], SOMEWHERE)


# ── names that nobody in the directory bears

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范廖贾夏韦邹孟熊秦邱江尹薛闫"
    "侯龙陶黎贺顾毛郝龚邵钱覃武戴莫孔汤康施樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝尚符舒阮柯纪梅童凌毕裴霍高金石方万"
)
"""The surnames of most people; those that are mostly other words (和 于 时 全 单 包) are left out: a guess must be a good one."""
_PLAIN = re.sub("[高金石方万许程钟范何余周田安易武江林关左甘尚龙施夏]", "", SURNAMES)
"""Of these the ones that hardly end or begin an ordinary word."""
_SAID = "说|讲|反映|反馈|投诉|表示|来电|提出|称|家|先生|女士|告诉|认可|报修|确认|签|[，。、；：）)（(的]|$"
_OF_ROLE = re.compile(
    rf"(?:业主|客户|用户|居民|住户|机主|房东|租户|联系人|当事人|投诉人|村民|商户|老板)[:：“\s]?(?![^，。]?(?:关系|方面|高度|高峰|满意|单位|项目|申请|关注|安装|方案))([{SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?={_SAID})"
)
_TITLED = re.compile(
    rf"([{_PLAIN}])(?:(?:书记|支书|总监|总经理|经理|主任|科长|处长|部长|局长|院长|班长|队长|所长|厂长|董事长|老师|师傅|先生|女士|小姐|阿姨|大姐|教授|警官)(?!室|期|制)"
    r"|总(?![结量体数部是要计和共会额之理线分装值裁局站公务需])|工(?![单作程具序时艺厂地人业资期种商会区信位]))"
)
_NAMED = re.compile(
    rf"^([{_PLAIN}][\u4e00-\u9fff]{{2}})(?=(?:[一二两三四五六七八九十\d]+(?:步|字|招|环|查|看)?)?(?:工作)?[法诀])"
)


def names_in(name: str, text: str) -> Iterator[Place]:
    """What may be the name of somebody who is not in the directory. `name`: of the field; in the name of a method also its bearer."""
    for hit in _OF_ROLE.finditer(text):
        yield Place(hit.start(1), hit.end(1), hit[1], "某人")
    for hit in _TITLED.finditer(text):
        yield Place(hit.start(), hit.end(), hit[0], "某同事")
    if name == "name":
        for hit in _NAMED.finditer(text):
            yield Place(hit.start(1), hit.end(1), hit[1], "")
