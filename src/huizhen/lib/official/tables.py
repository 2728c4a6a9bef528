"""Tables of figures and pictures inside the body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as Wrapped

from huizhen.lib.official.content import Fonts, Picture, Table
from huizhen.lib.official.pen import element, keep, paragraph, run, words
from huizhen.lib.official.styles import AREA, LINE, twips
from huizhen.lib.official.titles import title_lines
from huizhen.lib.onepage import width_of

HIGHEST = 17 * LINE
"""Points that a picture may be high, so that its caption and a heading stand beside it."""
_LOOK = 400
"""Rows that are looked at for the widths."""
_SEAM = re.compile(r"(?<=[0-9A-Za-z])[^\x00-\x7f]|(?<=[^\x00-\x7f])[0-9A-Za-z]")
_CLOSE = 0.25
"""Characters that LibreOffice leaves between Chinese and figures."""
_SHORT = 10
"""Characters up to which a column is as wide as it wants to be."""
_TALL = 200
"""Characters in a cell beyond which a row may break across pages."""


def figures(table: Table, fonts: Fonts) -> list[Any]:
    """Caption, table, note. Short columns are centred, texts stand left."""
    made: list[Any] = []
    if table.caption:
        made.append(paragraph("Caption", run(words(table.caption)), line=LINE))
        keep(made[0])
    made.append(grid(table, fonts))
    if table.note:
        made.append(paragraph("Cell", run(words(table.note))))
    made.append(paragraph("Normal", line=LINE / 2))
    return made


def grid(table: Table, fonts: Fonts) -> Any:
    count = len(table.head)
    rows = [tuple(words(cell) for cell in (*row, *[""] * count)[:count]) for row in table.rows]
    head = tuple(words(cell) for cell in table.head)
    size = 12 if count <= 8 else 10.5 if count <= 10 else 9
    shares = _shares(table.widths[:count] if len(table.widths) >= count else _wants(head, rows), size)
    room = [share / size - 1 for share in shares]
    texts = {at for at in range(count) if any(width_of(row[at]) > max(room[at], 6) for row in rows)}
    made = element("w:tbl")
    made.append(_look())
    columns = element("w:tblGrid")
    for share in shares:
        columns.append(element("w:gridCol", w=twips(share)))
    made.append(columns)
    made.append(_row(head, shares, set(), size, is_head=True, font=fonts.hei))
    for row in rows:
        made.append(_row(row, shares, texts, size, is_head=False, font=""))
    return made


def _wants(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[float]:
    """Characters each column would like: its longest cell, texts held to 18; a head of up to four characters whole, a longer one in two lines."""
    found = []
    for at, name in enumerate(head):
        wide = width_of(name)
        cells = max((width_of(row[at]) + _CLOSE * len(_SEAM.findall(row[at])) for row in rows[:_LOOK]), default=0.0)
        found.append(max(min(cells, 18.0), wide if wide <= 4 else min(6.0, wide / 2 + 1), 2.4) + 1)
    return found


def _shares(wants: Sequence[float], size: float) -> list[float]:
    """Widths in points. Short columns get what they want, the others share what is left; where all are short, all grow alike."""
    asked = [max(float(one), 0.1) * size for one in wants]
    short = sum(one for one in asked if one <= _SHORT * size)
    long = sum(asked) - short
    left = AREA - short
    if sum(asked) <= AREA or not long or left < long / 3:
        return [AREA * one / sum(asked) for one in asked]
    return [one if one <= _SHORT * size else left * one / long for one in asked]


def _look() -> Any:
    look = element("w:tblPr")
    look.append(element("w:tblW", w=twips(AREA), type="dxa"))
    look.append(element("w:jc", val="center"))
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        heavy = side in ("top", "left", "bottom", "right")
        borders.append(element(f"w:{side}", val="single", sz=8 if heavy else 4, space=0, color="000000"))
    look.append(borders)
    look.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=80, type="dxa"))
    look.append(margins)
    return look


def _row(row: tuple[str, ...], shares: list[float], texts: set[int], size: float, *, is_head: bool, font: str) -> Any:
    made = element("w:tr")
    look = element("w:trPr")
    if max(map(len, row), default=0) < _TALL:
        look.append(element("w:cantSplit"))
    if is_head:
        look.append(element("w:tblHeader"))
    made.append(look)
    for at, cell in enumerate(row):
        place = element("w:tc")
        shape = element("w:tcPr")
        shape.append(element("w:tcW", w=twips(shares[at]), type="dxa"))
        shape.append(element("w:vAlign", val="center"))
        place.append(shape)
        for line in title_lines(cell, max(2.0, shares[at] / size - 0.9)) if is_head and cell else (cell,):
            said = paragraph("Cell", run(line, east=font, size=0 if size == 12 else size))
            if at not in texts:
                said.find(qn("w:pPr")).append(element("w:jc", val="center"))
            if is_head:
                keep(said)
            place.append(said)
        made.append(place)
    return made


def picture(document: Any, one: Picture) -> list[Any]:
    """The picture in a line of its own, its caption below; wider than the type area or too high it is made smaller."""
    made = paragraph("Figure")
    place = Wrapped(made, document._body).add_run()
    shape = place.add_picture(BytesIO(one.png))
    width = min(AREA, one.width * 72 / 25.4)
    height = width * shape.height / shape.width
    if height > HIGHEST:
        width, height = width * HIGHEST / height, HIGHEST
    shape.width, shape.height = Pt(width), Pt(height)
    caption = words(one.caption)
    named = shape._inline.docPr
    named.set("descr", caption)
    named.set("name", caption[:60] or "图")
    return [made, paragraph("Caption", run(caption), line=LINE)] if caption else [made]
