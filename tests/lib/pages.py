"""Pages of a PDF as lines of characters, in millimetres from the upper left corner."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as raw

MM = 72 / 25.4


@dataclass(frozen=True)
class Row:
    """One line: `at` its baseline, `left` and `right` of its characters' cells, `size` of its type in points."""

    at: float
    left: float
    right: float
    size: float
    text: str


@dataclass(frozen=True)
class Page:
    """`rules`: middle heights of the horizontal lines drawn on it, with left and right."""

    width: float
    height: float
    rows: tuple[Row, ...]
    rules: tuple[tuple[float, float, float], ...]

    @property
    def body(self) -> list[Row]:
        """Lines above the page number."""
        return [row for row in self.rows if row.at < 266]

    @property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)


def pages(content: bytes) -> list[Page]:
    with pypdfium2.PdfDocument(content) as document:
        found = []
        for page in document:
            found.append(_page(page))
            page.close()
        return found


def _page(page: pypdfium2.PdfPage) -> Page:
    height = page.get_height()
    rows: dict[float, list[tuple[str, float, float, float]]] = {}
    text = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    for at in range(text.count_chars()):
        sign = chr(raw.FPDFText_GetUnicode(text.raw, at))
        if sign.isspace():
            continue
        raw.FPDFText_GetCharOrigin(text.raw, at, x, y)
        left, _bottom, right, _top = text.get_charbox(at, loose=True)
        size = raw.FPDFText_GetFontSize(text.raw, at)
        rows.setdefault(round((height - y.value) / MM, 1), []).append((sign, left / MM, right / MM, size))
    text.close()
    rules = []
    for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (value / MM for value in one.get_bounds())
        if top - bottom < 1.5 < right - left:
            rules.append((height / MM - (top + bottom) / 2, left, right))
    return Page(
        page.get_width() / MM,
        height / MM,
        tuple(
            Row(at, min(one[1] for one in row), max(one[2] for one in row), row[0][3], "".join(one[0] for one in row))
            for at, row in sorted(rows.items())
        ),
        tuple(sorted(rules)),
    )
