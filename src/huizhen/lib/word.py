"""A sheet of one page as a Word file. Fonts are named, never carried along; text is text, never a field. Pure.

The columns stand in a table row of an exact height, so the page cannot grow to two, whatever the fonts of the reader's machine are.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from huizhen.lib.onepage import MARK, POINTS_PER_MM, Box, Head, Plate, Sheet, head_of, subtitle_size
from huizhen.lib.text import clean

LATIN, BODY, HEAD = "Times New Roman", "宋体", "黑体"
"""Fonts that every Chinese Office has; elsewhere the nearest is taken."""
_LINE = "98A2B3"
_SHADE = "EEF1F5"


def draw(sheet: Sheet) -> bytes:
    """The file (DOCX, ECMA-376), one section of the sheet's format."""
    document = Document()
    _page(document, sheet)
    _headline(document, sheet)
    if sheet.plate:
        _plate(document, sheet.plate)
    _columns(document, sheet)
    _last(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def table_height(sheet: Sheet) -> float:
    """Points that the columns take: the page without margins, head and the last, empty paragraph, and a little for borders."""
    paper = sheet.paper
    above = _head(sheet).points + (sheet.plate.points if sheet.plate else 0)
    return (paper.height - 2 * paper.margin) * POINTS_PER_MM - above - 8


def _head(sheet: Sheet) -> Head:
    return head_of(sheet.paper, sheet.title, sheet.subtitle, sheet.facts)


def _page(document: Any, sheet: Sheet) -> None:
    paper, section = sheet.paper, document.sections[0]
    section.page_width, section.page_height = Mm(paper.width), Mm(paper.height)
    section.orientation = WD_ORIENT.LANDSCAPE if paper.width > paper.height else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(paper.margin)
    section.header_distance = section.footer_distance = Mm(4)
    document.core_properties.author = ""
    document.core_properties.title = sheet.title
    style = document.styles["Normal"]
    style.font.size = Pt(paper.type_size)
    _fonts(style, BODY)
    foot = section.footer.paragraphs[0]
    size = max(7.5, paper.type_size * 2 / 3)
    _set(foot, "　　".join(sheet.foot), size=size, leading=size * 1.2, colour="5F6B7E")


def _fonts(owner: Any, east: str) -> None:
    owner.font.name = LATIN
    fonts = owner.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east)
    fonts.set(qn("w:hAnsi"), LATIN)


def _set(
    paragraph: Any, text: str, *, size: float, leading: float, bold: bool = False, colour: str = "", before: float = 0
) -> Any:
    """One run of plain text; python-docx makes it text, so braces, = and field codes stay what they are. XML holds no control characters."""
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(leading)
    run = paragraph.add_run(clean(text))
    run.font.size, run.font.bold = Pt(size), bold
    _fonts(run, HEAD if bold else BODY)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def _headline(document: Any, sheet: Sheet) -> None:
    """No higher than the head is counted: a line more would push the columns to a second page."""
    head, size = _head(sheet), sheet.paper.type_size
    title, subtitle, facts = head.lines
    _set(document.add_paragraph(), head.title, size=sheet.paper.title_size, leading=title, bold=True, colour="182230")
    if head.subtitle:
        _set(document.add_paragraph(), head.subtitle, size=subtitle_size(sheet.paper), leading=subtitle)
    told = "　　".join(f"{label}：{value}" for label, value in head.facts)
    _set(document.add_paragraph(), told, size=size, leading=facts, colour="465063")


def _plate(document: Any, plate: Plate) -> None:
    """The figure, then the picture in a line of its own height."""
    if plate.figure:
        size, leading = Plate.FIGURE
        _set(document.add_paragraph(), plate.label, size=15, leading=Plate.LABEL, colour="465063")
        _set(document.add_paragraph(), plate.figure, size=size, leading=leading, bold=True, colour="17693F")
    if plate.picture:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run().add_picture(BytesIO(plate.picture), Mm(plate.width), Mm(plate.height))
        if plate.caption:
            below = document.add_paragraph()
            below.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _set(below, plate.caption, size=11, leading=Plate.CAPTION, colour="5F6B7E")


def _columns(document: Any, sheet: Sheet) -> None:
    table = document.add_table(rows=1, cols=len(sheet.columns))
    table.autofit = False
    row = table.rows[0]
    row.height_rule, row.height = WD_ROW_HEIGHT_RULE.EXACTLY, Pt(table_height(sheet))
    width = (sheet.paper.width - 2 * sheet.paper.margin) / len(sheet.columns)
    for cell, boxes in zip(row.cells, sheet.columns, strict=True):
        cell.width = Mm(width)
        _borders(cell, _LINE)
        first = cell.paragraphs[0]
        for at, box in enumerate(boxes):
            _box(cell, first if at == 0 else cell.add_paragraph(), box, sheet)


def _box(cell: Any, title: Any, box: Box, sheet: Sheet) -> None:
    paper = sheet.paper
    _set(title, box.title, size=paper.type_size + 1, leading=paper.leading * 1.4, bold=True, before=paper.leading * 0.4)
    _shade(title)
    for line in box.lines:
        _set(cell.add_paragraph(), line, size=paper.type_size, leading=paper.leading)
    if box.rows:
        _table(cell, box, sheet)


def _table(cell: Any, box: Box, sheet: Sheet) -> None:
    paper = sheet.paper
    unit = paper.type_size / POINTS_PER_MM
    table = cell.add_table(rows=0, cols=len(box.widths))
    table.autofit = False
    for at, row in enumerate((box.head, *box.rows)):
        for n, (place, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            place.width = Mm(box.widths[n] * unit)
            _margins(place)
            _borders(place, "CBD2DC")
            _set(place.paragraphs[0], text, size=paper.type_size, leading=paper.leading, bold=at == 0)
    # A cell ends with a paragraph; after a table it is one of no height, or says how much was left out.
    if box.left_out:
        _set(cell.add_paragraph(), f"{MARK} +{box.left_out}", size=paper.type_size, leading=paper.leading)
    else:
        _set(cell.add_paragraph(), "", size=1, leading=1)


def _element(parent: Any, tag: str, **attributes: str) -> Any:
    found = OxmlElement(tag)
    for name, value in attributes.items():
        found.set(qn(f"w:{name}"), value)
    parent.append(found)
    return found


def _borders(cell: Any, colour: str) -> None:
    borders = _element(cell._tc.get_or_add_tcPr(), "w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        _element(borders, f"w:{side}", val="single", sz="4", space="0", color=colour)


def _margins(cell: Any) -> None:
    margins = _element(cell._tc.get_or_add_tcPr(), "w:tcMar")
    for side in ("left", "right"):
        _element(margins, f"w:{side}", w="40", type="dxa")


def _shade(paragraph: Any) -> None:
    _element(paragraph._p.get_or_add_pPr(), "w:shd", val="clear", color="auto", fill=_SHADE)


def _last(document: Any) -> None:
    """A document ends with a paragraph; after the table it must not open a page of its own."""
    _set(document.add_paragraph(), "", size=1, leading=2)
