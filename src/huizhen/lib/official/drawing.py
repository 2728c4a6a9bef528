"""The Word file of an official document, block after block in the order of the page."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from huizhen.lib.official.bars import bars
from huizhen.lib.official.content import (
    Attachment,
    Bars,
    Block,
    Fonts,
    Heading,
    Letterhead,
    Official,
    Paragraph,
    Picture,
    Roll,
    Signature,
    Table,
    day_words,
    numeral,
)
from huizhen.lib.official.imprint import add_folios, add_imprint
from huizhen.lib.official.pen import element, keep, lines, paragraph, rule, run, tab, words
from huizhen.lib.official.styles import AREA, LINE, RED, UNIT, prepare
from huizhen.lib.official.tables import figures, picture
from huizhen.lib.official.titles import title_lines
from huizhen.lib.onepage import width_of

_LETTERHEAD_AT = 35 * 72 / 25.4
"""From the upper edge of the type area to the upper edge of the letterhead (7.2.4)."""
_RULE_UNDER = 4 * 72 / 25.4
"""From the document number to the red rule (7.2.7)."""
_AREA_LINE = 28
_MARKS = 3
_FEW = 4
"""Names of attachments that may go with it too."""
_SHORT = 4 * _AREA_LINE
"""Characters of a paragraph that may go to the next page with the signature."""


def draw(official: Official, *, fonts: Fonts = Fonts()) -> bytes:  # noqa: B008 - frozen
    """The file (DOCX, ECMA-376)."""
    document = Document()
    prepare(document, fonts)
    add_folios(document)
    document.core_properties.title = words(official.title)[:200]
    body = document.element.body

    def append(*made: Any) -> None:
        """Before the properties of the section, which stand last."""
        for one in made:
            body.insert(len(body) - 1, one)

    append(*_head(official, fonts))
    told = _blocks(document, official.blocks, fonts)
    append(*told)
    # The first page must show some of the text, so its only paragraphs stay there.
    append(*_tail(official, fonts, before=told[-1] if len(told) > 2 and told[-1].tag == qn("w:p") else None))
    for at, one in enumerate(official.attachments, 1):
        append(*_attachment(document, one, at if len(official.attachments) + len(official.enclosed) > 1 else 0, fonts))
    if official.imprint:
        add_imprint(document, official.imprint, append)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


# ── 版头, title, 主送


def _blank(count: int = 1) -> list[Any]:
    return [paragraph("Normal") for _ in range(count)]


def _head(official: Official, fonts: Fonts) -> list[Any]:
    made: list[Any] = []
    marks = [one for one in map(words, official.marks[:_MARKS]) if one]
    if official.letterhead:
        made += _letterhead(official.letterhead, marks, fonts)
        made += _blank(2)
    else:
        made += [paragraph("Mark", run(one)) for one in marks]
        made += _blank(1)
    titles = [paragraph("DocTitle", run(one)) for one in title_lines(official.title)]
    made += titles
    if official.subtitle:
        made.append(paragraph("Subtitle", run(words(official.subtitle))))
    made += _blank(1)
    if to := words(official.to).rstrip("：:"):
        made.append(paragraph("AddressedTo", run(f"{to}：")))
    return made


def _letterhead(head: Letterhead, marks: Sequence[str], fonts: Fonts) -> list[Any]:
    mark = words(head.mark)
    size, scale = _letters(width_of(mark))
    high = size * 1.3
    above = _LETTERHEAD_AT - 0.18 * size  # the letters begin so far below the upper edge of their line
    made = [paragraph("Mark", run(one)) for one in marks]
    made.append(paragraph("Normal", line=above - LINE * len(marks)))
    made.append(paragraph("Letterhead", run(mark, size=size, scale=scale), line=high))
    number, signer = words(head.number), words(head.signer)
    if number or signer:
        made += _blank(2)
    if signer:
        said = paragraph("Number", run(f"　{number}\t签发人："), run(signer, east=fonts.kai), run("　"))
        tab(said, AREA)
        _aligned(said, "left")
        made.append(said)
    elif number:
        made.append(paragraph("Number", run(number)))
    if head.issuer or head.day:
        said = paragraph("Number", run(f"{words(head.issuer)}\t{words(head.day)}"))
        tab(said, AREA)
        _aligned(said, "left")
        made += _blank(1)
        made.append(said)
    under = paragraph("Normal", line=_RULE_UNDER - 6.2)  # so much of the line above is empty under its letters
    rule(under, "bottom", points=1.5, colour=RED)
    made.append(under)
    return made


def _letters(width: float) -> tuple[float, int]:
    """Size of the letterhead in points and its horizontal scale in per cent: as large as the type area lets it be, long names narrower."""
    room = AREA * 0.96
    scale = 100 if width <= 8 else max(60, round(100 * room / (width * 52)))
    scale = min(100, scale)
    return min(62.0, round(room / (max(width, 1) * scale / 100) * 2) / 2), scale


def _aligned(made: Any, side: str) -> None:
    made.find(qn("w:pPr")).append(element("w:jc", val=side))


# ── body


def _blocks(document: Any, blocks: Sequence[Block], fonts: Fonts) -> list[Any]:
    made: list[Any] = []
    counts = [0, 0, 0, 0]
    for one in blocks:
        if isinstance(one, Heading):
            made.append(_heading(one, counts, fonts))
        elif isinstance(one, Paragraph):
            made += [paragraph("Body", run(line)) for line in lines(one.text)]
        elif isinstance(one, Table):
            made += figures(one, fonts)
        elif isinstance(one, Picture):
            made += picture(document, one)
        elif isinstance(one, Bars):
            made += bars(one)
    return made


def _heading(one: Heading, counts: list[int], fonts: Fonts) -> Any:
    level = min(4, max(1, one.level))
    counts[level - 1] += 1
    counts[level:] = [0] * (4 - level)
    number = counts[level - 1]
    sign = (f"{numeral(number)}、", f"（{numeral(number)}）", f"{number}.", f"（{number}）")[level - 1]
    then = words(one.then)
    text = sign + words(one.text)
    if not then:
        return paragraph(f"Heading{level}", run(text))
    return paragraph(f"Heading{level}", run(text), run(then, east=fonts.body))


# ── what follows the text


def _tail(official: Official, fonts: Fonts, *, before: Any) -> list[Any]:
    made: list[Any] = []
    names = [words(one.title) for one in official.attachments] + [words(one) for one in official.enclosed]
    if names:
        made += _blank(1)
        made += _attachment_names(names)
    if official.signature:
        signed = _blank(2 if official.signature.is_sealed else 1) + _signature(official.signature)
        # No page with a signature alone: what stands before it comes along, unless it is long.
        made += signed
        coming = made[:-1] if len(names) <= _FEW else signed[:-1]
        if before is not None and len(names) <= _FEW and sum(len(one.text) for one in before.iter(qn("w:t"))) <= _SHORT:
            keep(before)
        for one in coming:
            keep(one)
    if note := words(official.note):
        made.append(paragraph("Normal", run(f"（{note}）"), left=2 * UNIT))
    if official.rolls:
        made += _blank(1)
        made += [_roll(one, fonts) for one in official.rolls]
    return made


def _attachment_names(names: Sequence[str]) -> list[Any]:
    """附件：1.… under each other; broken lines align with the name's first character (7.3.4)."""
    if len(names) == 1:
        return [paragraph("Normal", run(f"附件：{names[0]}"), left=5 * UNIT, hanging=3 * UNIT)]
    digits = 8 * len(str(len(names))) + 4.5
    made = []
    for at, name in enumerate(names, 1):
        lead = "附件：" if at == 1 else ""
        said = paragraph(
            "Normal", run(f"{lead}{at}.\t{name}"), left=5 * UNIT + digits, hanging=digits + (3 * UNIT if at == 1 else 0)
        )
        tab(said, 5 * UNIT + digits, kind="left")
        made.append(said)
    return made


def _signature(one: Signature) -> list[Any]:
    """Name and date, placed in characters from the edges (7.3.5). LibreOffice sets dates wider, so what may end at the edge is set from there."""
    name, day = words(one.name), day_words(one.day)
    wide, long = width_of(name), _digits_half(day)
    if one.is_sealed:
        middle = min(_AREA_LINE - 4 - long / 2, _AREA_LINE - 1 - wide / 2)
        return [_from_left(name, middle - wide / 2), _from_right(day, _AREA_LINE - middle - long / 2)]
    if long > wide:
        return [_from_left(name, _AREA_LINE - 2 - long - 2), _from_right(day, 2)]
    return [_from_right(name, 2), _from_left(day, _AREA_LINE - 2 - wide + 2)]


def _from_left(text: str, at: float) -> Any:
    return paragraph("Signature", run(text), left=max(0.0, at) * UNIT, right=-UNIT)


def _from_right(text: str, room: float) -> Any:
    made = paragraph("Signature", run(text), right=room * UNIT)
    _aligned(made, "right")
    return made


def _digits_half(text: str) -> float:
    return sum(0.5 if one.isascii() else 1.0 for one in text)


def _roll(one: Roll, fonts: Fonts) -> Any:
    label = words(one.label)
    wide = width_of(label) + 1
    return paragraph(
        "Normal",
        run(label, east=fonts.hei),
        run(f"：{words(one.names)}"),
        left=(2 + wide) * UNIT,
        hanging=wide * UNIT,
    )


def _attachment(document: Any, one: Attachment, number: int, fonts: Fonts) -> list[Any]:
    """附件1 in the first line, the title in the third (7.3.6)."""
    mark = paragraph("AttachmentMark", run(f"附件{number or ''}"))
    mark.find(qn("w:pPr")).insert(1, element("w:pageBreakBefore"))
    titles = [paragraph("DocTitle", run(line)) for line in title_lines(one.title)]
    return [mark, *_blank(1), *titles, *_blank(1), *_blocks(document, one.blocks, fonts)]
