"""Makes the workbooks that tests hand in: rosters, earlier work lists."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter


def workbook(fill: Callable[[Any, Any], None], title: str = "名册") -> bytes:
    """An XLSX whose only sheet `fill(book, sheet)` has written."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"})
    fill(book, book.add_worksheet(title))
    book.close()
    return file.getvalue()


def table(rows: Sequence[Mapping[str, Any]], headings: Sequence[str], above: Sequence[str], title: str) -> bytes:
    """Lines of title, headings, and rows: heading → value. A text that begins with =F is a formula."""

    def fill(_: Any, sheet: Any) -> None:
        for line, words in enumerate(above):
            sheet.write_string(line, 0, words)
        top = len(above)
        for column, word in enumerate(headings):
            sheet.write_string(top, column, word)
        for index, cells in enumerate(rows, start=top + 1):
            for column, word in enumerate(headings):
                value = cells.get(word, "")
                if isinstance(value, str) and value.startswith("=F"):
                    sheet.write_formula(index, column, value, None, "x")
                elif isinstance(value, str):
                    sheet.write_string(index, column, value)
                else:
                    sheet.write(index, column, value)

    return workbook(fill, title)
