"""版记 at the foot of the last page, and page numbers.

The imprint is a table in a box that hangs at the lower edge of the type area and touches no text. Its anchor is a last, empty paragraph
exactly as high as the imprint: where that paragraph fits below the text, the imprint fits too and stands at the foot of that page; where it
does not, paragraph and imprint go to the next page together. Nothing has to know how many pages there are, in Word or elsewhere.
"""

from __future__ import annotations

import math
from typing import Any

from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from huizhen.lib.official.content import Imprint, day_words
from huizhen.lib.official.pen import element, paragraph, run, tab, words
from huizhen.lib.official.styles import AREA, BOTTOM, SMALL, twips
from huizhen.lib.onepage import width_of

LEADING, ROOM = 22.0, 6.0
"""Points of a line, and of the room that a row has beside its lines."""
INNER = AREA - 2 * SMALL
"""Both sides are one character in (7.4.2, 7.4.3)."""
THICK, THIN = 8, 6
"""Eighths of a point: 0.35 mm and 0.25 mm (7.4.1)."""
MOST = 18
"""Lines; a longer imprint stands in the flow of the text, there is no page that it could be the foot of."""
_EMU = 12700
_SPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def add_imprint(document: Any, imprint: Imprint, append: Any) -> None:
    """The last paragraph of the document, with the imprint hanging from it."""
    if imprint.is_overleaf:
        _turn_over(document)
    copies = "，".join(one for one in map(words, imprint.copies) if one)
    issuer, day = words(imprint.issuer), f"{day_words(imprint.day)}印发"
    heights = [_lines(width_of(copies) + 1, INNER / SMALL - 3)] if copies else []
    heights.append(_lines(width_of(issuer) + width_of(day) + 1, INNER / SMALL))
    table = _table(copies, issuer, day, heights)
    if sum(heights) > MOST:
        append(table)
        append(paragraph("Imprint", line=1))
        return
    height = sum(one * LEADING + ROOM for one in heights)
    anchor = paragraph("Imprint", line=height + 4)
    anchor.append(_box(table, height))
    append(anchor)


def _turn_over(document: Any) -> None:
    """The next even page, in a section of its own without page numbers; the paragraph that ends the text's section takes no room."""
    section = document.add_section(WD_SECTION.EVEN_PAGE)
    # The empty foot ends where the type area begins: LibreOffice would let the area grow down to it.
    section.footer_distance = Mm(BOTTOM) - Pt(16)
    for foot in (section.footer, section.even_page_footer):
        foot.is_linked_to_previous = False
        for old in list(foot._element):
            foot._element.remove(old)
        foot._element.append(paragraph("Folio"))
    last = document.element.body[-2]
    shape = last.find(qn("w:pPr"))
    for at, one in enumerate(paragraph("Normal", line=0.05).find(qn("w:pPr"))):
        shape.insert(at, one)


def _lines(width: float, room: float) -> int:
    return max(1, math.ceil(width / (room - 0.5)))


def _table(copies: str, issuer: str, day: str, heights: list[int]) -> Any:
    made = element("w:tbl")
    look = element("w:tblPr")
    look.append(element("w:tblW", w=twips(AREA), type="dxa"))
    look.append(element("w:tblInd", w=0, type="dxa"))
    borders = element("w:tblBorders")
    for side, size in (("top", THICK), ("bottom", THICK), ("insideH", THIN)):
        borders.append(element(f"w:{side}", val="single", sz=size, space=0, color="000000"))
    look.append(borders)
    look.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=twips(SMALL), type="dxa"))
    look.append(margins)
    made.append(look)
    columns = element("w:tblGrid")
    columns.append(element("w:gridCol", w=twips(AREA)))
    made.append(columns)
    rows = [paragraph("Imprint", run(f"抄送：{copies}。"), left=3 * SMALL, hanging=3 * SMALL)] if copies else []
    last = paragraph("Imprint", run(f"{issuer}\t{day}"))
    tab(last, INNER)
    for said, height in zip([*rows, last], heights, strict=True):
        made.append(_row(said, height * LEADING + ROOM))
    return made


def _row(said: Any, height: float) -> Any:
    made = element("w:tr")
    look = element("w:trPr")
    look.append(element("w:cantSplit"))
    look.append(element("w:trHeight", val=twips(height), hRule="exact"))
    made.append(look)
    cell = element("w:tc")
    shape = element("w:tcPr")
    shape.append(element("w:tcW", w=twips(AREA), type="dxa"))
    shape.append(element("w:vAlign", val="center"))
    cell.append(shape)
    cell.append(said)
    made.append(cell)
    return made


def _box(table: Any, height: float) -> Any:
    """A box without lines at the foot of the type area, before the text, wrapping nothing."""
    wide, high = round(AREA * _EMU), round(height * _EMU)
    made = parse_xml(
        f'<w:r {nsdecls("w")} {_SPACES}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="251660288" behindDoc="0" locked="0" layoutInCell="1" '
        'allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>'
        '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
        f'<wp:extent cx="{wide}" cy="{high}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/><wp:docPr id="9704" name="版记"/>'
        '<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        "<wps:txbx><w:txbxContent/></wps:txbx>"
        '<wps:bodyPr rot="0" vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="b" anchorCtr="0"><a:noAutofit/></wps:bodyPr>'
        "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback/></mc:AlternateContent></w:r>"
    )
    content = next(made.iter(qn("w:txbxContent")))
    content.append(table)
    content.append(paragraph("Imprint", line=0.05))
    return made


def add_folios(document: Any) -> None:
    """“— 1 —” outside: right on odd pages, left on even ones, one character in (7.5)."""
    section = document.sections[0]
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        foot.is_linked_to_previous = False
        for old in list(foot._element):
            foot._element.remove(old)
        made = paragraph("Folio", *_folio(), **{side: SMALL})
        made.find(qn("w:pPr")).append(element("w:jc", val=side))
        foot._element.append(made)


def _folio() -> list[Any]:
    number = [run("") for _ in range(3)]
    number[0].append(element("w:fldChar", fldCharType="begin"))
    told = element("w:instrText")
    told.text = "PAGE"
    number[1].append(told)
    number[2].append(element("w:fldChar", fldCharType="end"))
    return [run("— "), *number, run(" —")]
