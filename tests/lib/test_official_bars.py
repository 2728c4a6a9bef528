"""Bars of an official document: cells as long as their share, text that stays text."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from huizhen.lib.official import Bars, Heading, Official, Paragraph, Signature, draw
from huizhen.lib.official.bars import FILL, STEPS


def _rows(table: Any) -> list[list[tuple[str, int, bool]]]:
    """Text, steps and whether it is filled, of every cell of the rows that are bars."""
    found = []
    for row in table._tbl.findall(qn("w:tr"))[::2]:
        cells = []
        for cell in row.findall(qn("w:tc")):
            span = cell.find(qn("w:tcPr")).find(qn("w:gridSpan"))
            shade = cell.find(qn("w:tcPr")).find(qn("w:shd"))
            text = "".join(one.text or "" for one in cell.iter(qn("w:t")))
            steps = int(span.get(qn("w:val"))) if span is not None else 1
            cells.append((text, steps, shade is not None and shade.get(qn("w:fill")) == FILL))
        found.append(cells)
    return found


def test_bars_are_as_long_as_their_shares() -> None:
    rows = (
        ("挂号", 1.0, "9例"),
        ("会诊", 0.0, "0例"),
        ("=1+1\x00" + "长" * 30, 0.5, "87.5%"),
        ("超出", 7.0, "x"),
        ("一点", 0.001, "1例"),
    )
    blocks = (Heading(1, "总体情况"), Bars(rows, caption="走到哪一步"), Paragraph("后文"), Bars((), caption="没有"))
    content = draw(Official("通报", blocks, signature=Signature("党建工作部", date(2026, 3, 16))))
    document = Document(BytesIO(content))
    (table,) = document.tables
    assert _rows(table) == [
        [("挂号", 1, False), ("", STEPS, True), ("9例", 1, False)],
        [("会诊", 1, False), ("", STEPS, False), ("0例", 1, False)],
        [("=1+1" + "长" * 8, 1, False), ("", 30, True), ("", 30, False), ("87.5%", 1, False)],
        [("超出", 1, False), ("", STEPS, True), ("x", 1, False)],
        [("一点", 1, False), ("", 1, True), ("", STEPS - 1, False), ("1例", 1, False)],
    ]
    assert [one.text for one in document.paragraphs if one.style.style_id == "Caption"] == ["走到哪一步"]
    assert sum(int(one.get(qn("w:w"))) for one in table._tbl.iter(qn("w:gridCol"))) in range(8800, 8890), (
        "the type area"
    )
