"""Door links as an XLSX, one person per row, for whoever hands them out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

HEADERS = (("姓名", 10), ("单位", 18), ("登录名", 14), ("启用链接", 70), ("有效期至", 18))


def write_doors(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of name, unit, user name, address and end. All cells are text: nothing becomes a formula or opens by a click."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    sheet = book.add_worksheet("启用链接")
    head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    for column, (word, width) in enumerate(HEADERS):
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, word, head)
    for line, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells):
            sheet.write_string(line, column, value, text)
    sheet.freeze_panes(1, 1)
    book.close()
    return file.getvalue()
