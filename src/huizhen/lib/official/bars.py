"""Bars inside the body: a table without lines whose cells are filled. Word draws it as crisp as its text, and needs no font and no picture."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn

from huizhen.lib.official.content import Bars
from huizhen.lib.official.pen import element, keep, paragraph, run, words
from huizhen.lib.official.styles import AREA, LINE, twips
from huizhen.lib.onepage import width_of

STEPS = 60
"""Into how many steps the whole length is divided."""
HIGH, GAP = 15.0, 5.0
"""Points of a bar, and of the room between two."""
FILL = "5B6B7A"
_SIZE = 12.0
_LONGEST = 12
"""Characters of a name; a longer one is cut."""


def bars(one: Bars) -> list[Any]:
    """Caption, then a row for each bar: name, bar, number. They stay on one page."""
    made: list[Any] = []
    if one.caption:
        made.append(paragraph("Caption", run(words(one.caption)), line=LINE))
        keep(made[0])
    rows = [(words(name)[:_LONGEST], min(1.0, max(0.0, share)), words(text)) for name, share, text in one.rows]
    if not rows:
        return []
    left = (max(width_of(name) for name, _share, _text in rows) + 1) * _SIZE
    right = (max(width_of(text) for _name, _share, text in rows) + 1.5) * _SIZE
    step = (AREA - left - right) / STEPS
    table = element("w:tbl")
    table.append(_look())
    grid = element("w:tblGrid")
    for width in (left, *[step] * STEPS, right):
        grid.append(element("w:gridCol", w=twips(width)))
    table.append(grid)
    for at, (name, share, text) in enumerate(rows):
        line = _row(name, share, text, (left, step, right))
        table.append(line)
        if at < len(rows) - 1:
            for said in line.iter(qn("w:p")):
                keep(said)
            table.append(_gap((left, step, right)))
    return [*made, table, paragraph("Normal", line=LINE / 2)]


def _look() -> Any:
    look = element("w:tblPr")
    look.append(element("w:tblW", w=twips(AREA), type="dxa"))
    look.append(element("w:jc", val="center"))
    look.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=60, type="dxa"))
    look.append(margins)
    return look


def _row(name: str, share: float, text: str, widths: tuple[float, float, float]) -> Any:
    left, step, right = widths
    full = max(1, round(share * STEPS)) if share else 0
    made = _tall(HIGH)
    made.append(_cell(name, left, side="right"))
    if full:
        made.append(_cell("", step * full, span=full, fill=FILL))
    if full < STEPS:
        made.append(_cell("", step * (STEPS - full), span=STEPS - full))
    made.append(_cell(text, right))
    return made


def _gap(widths: tuple[float, float, float]) -> Any:
    left, step, right = widths
    made = _tall(GAP)
    made.append(_cell("", left + step * STEPS + right, span=STEPS + 2, high=GAP))
    for said in made.iter(qn("w:p")):
        keep(said)
    return made


def _tall(high: float) -> Any:
    row = element("w:tr")
    look = element("w:trPr")
    look.append(element("w:cantSplit"))
    look.append(element("w:trHeight", val=twips(high), hRule="exact"))
    row.append(look)
    return row


def _cell(text: str, width: float, *, span: int = 1, fill: str = "", side: str = "left", high: float = HIGH) -> Any:
    place = element("w:tc")
    shape = element("w:tcPr")
    shape.append(element("w:tcW", w=twips(width), type="dxa"))
    if span > 1:
        shape.append(element("w:gridSpan", val=span))
    if fill:
        shape.append(element("w:shd", val="clear", color="auto", fill=fill))
    shape.append(element("w:vAlign", val="center"))
    place.append(shape)
    said = paragraph("Cell", run(text), line=high)
    said.find(qn("w:pPr")).append(element("w:jc", val=side))
    place.append(said)
    return place
