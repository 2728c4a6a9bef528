"""What an official document is made of. Numbers before headings, 附件1 and the like are set by `drawing`; nobody types them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Fonts:
    """Names of fonts as Word lists them: 小标宋, 仿宋, 楷体, 黑体, 宋体 for page numbers; `latin` for digits and letters."""

    title: str = "方正小标宋简体"
    body: str = "仿宋_GB2312"
    kai: str = "楷体_GB2312"
    hei: str = "黑体"
    song: str = "宋体"
    latin: str = "Times New Roman"


@dataclass(frozen=True)
class Heading:
    """Level 1 一、 in 黑体, 2 （一） in 楷体, 3 1. and 4 （1） in 仿宋; numbered by where it stands. `then`: text that goes on in its line."""

    level: int
    text: str
    then: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Text with the first line two characters in; each line of `text` is a paragraph of its own."""

    text: str


@dataclass(frozen=True)
class Table:
    """Figures. `head` is repeated on every page. `widths`: shares of the columns, counted from what stands in them if not given."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    note: str = ""
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A PNG, `width` mm wide (at most the type area, 156 mm; a high one is made smaller), with its caption below."""

    png: bytes
    caption: str = ""
    width: float = 140


@dataclass(frozen=True)
class Bars:
    """A plain chart. `rows`: name, share of the whole length between 0 and 1, the number in words. Its caption stands above, as a table's."""

    rows: tuple[tuple[str, float, str], ...]
    caption: str = ""


Block = Heading | Paragraph | Table | Picture | Bars


@dataclass(frozen=True)
class Letterhead:
    """发文机关标志 in red over a red rule; above the rule the document's number, or issuer and day as minutes have it.

    `mark`: "中国联通某省分公司文件" or "会诊纪要". `number`: 党建通〔2026〕3号 (see `document_number`), or "第3期". `signer`: of a document
    that goes upwards; then the number stands on the left. `issuer` and `day` stand left and right on the line above the rule.
    """

    mark: str
    number: str = ""
    signer: str = ""
    issuer: str = ""
    day: str = ""


@dataclass(frozen=True)
class Roll:
    """Names after a label in 黑体, as minutes list them: 出席, 请假, 列席. Broken lines align with the first name."""

    label: str
    names: str


@dataclass(frozen=True)
class Signature:
    """署名 and 成文日期. `is_sealed`: a seal will be put on it, so the name stands centred over the date."""

    name: str
    day: date
    is_sealed: bool = False


@dataclass(frozen=True)
class Attachment:
    """On pages of its own, with its own title; its headings begin at 一 again."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Imprint:
    """版记: who gets copies (抄送), who printed it and when (印发).

    At the foot of the page on which the document ends; where the text leaves no room, at the foot of the next one. `is_overleaf`: alone on
    the next even page without a page number, for papers printed on both sides that end on a full even page (GB/T 9704-2012, 7.4, 7.5).
    """

    issuer: str
    day: date
    copies: tuple[str, ...] = ()
    is_overleaf: bool = False


@dataclass(frozen=True)
class Official:
    """A document in the order of the page.

    `title`: with line ends where the writer wants them broken, else broken by `titles`. `marks`: 份号, 密级和保密期限, 紧急程度, at most
    three. `to`: 主送, without colon. `attachments` follow on pages of their own; `enclosed` names files that go along. `note`: 附注, without
    brackets.
    """

    title: str
    blocks: tuple[Block, ...]
    letterhead: Letterhead | None = None
    marks: tuple[str, ...] = ()
    subtitle: str = ""
    to: str = ""
    rolls: tuple[Roll, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    enclosed: tuple[str, ...] = ()
    signature: Signature | None = None
    note: str = ""
    imprint: Imprint | None = None


def document_number(letters: str, year: int, number: int) -> str:
    """发文字号: hexagonal brackets, no 第, no leading zero (GB/T 9704-2012, 7.2.5).

    >>> document_number("党建通", 2026, 3)
    '党建通〔2026〕3号'
    """
    return f"{letters}〔{year}〕{number}号"


def day_words(day: date) -> str:
    """成文日期: Arabic figures, month and day without leading zero (7.3.5.4).

    >>> day_words(date(2026, 3, 5))
    '2026年3月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """1–99 as Chinese headings count; beyond that in Arabic figures.

    >>> [numeral(one) for one in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return ("" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (_DIGITS[ones] if ones else "")
