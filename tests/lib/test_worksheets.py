"""Rows streamed into an XLSX come out as they went in, read by another library."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from huizhen.lib.worksheets import letters, stream


def shell(columns: int) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("清单")
    for at in range(columns):
        sheet.set_column(at, at, 10 + at, text)
        sheet.write_string(0, at, f"第{at}列")
    book.close()
    return file.getvalue()


def streamed(rows: list[list[str]], columns: int) -> tuple[bytes, list[list[object]]]:
    out = io.BytesIO()
    assert stream(shell(columns), iter(rows), out, bound=len(rows)) == len(rows)
    found = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_name("清单").to_python()
    return out.getvalue(), found


def test_texts_come_out_as_they_went_in() -> None:
    odd = [
        "=1+1",
        "+a",
        "-b",
        "@c",
        " <b>&amp; ",
        "x_x0041_y",
        "一\n二\t三",
        "👩‍💻",
        "",
        "\x00\x0b\ud800\uffff坏",
        "007",
    ]
    content, (head, first, second) = streamed([odd, odd[::-1]], len(odd))
    clean = [text if "坏" not in text else "坏" for text in odd]
    assert head == [f"第{at}列" for at in range(len(odd))]
    assert (first, second) == (clean, clean[::-1])
    with ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '<dimension ref="A1:K3"/>' in sheet
    assert "x_x005F_x0041_y" in sheet


def test_many_columns_and_no_rows() -> None:
    _, found = streamed([], 40)
    assert found == [[f"第{at}列" for at in range(40)]]
    _, found = streamed([[letters(at) for at in range(40)]] * 1200, 40)
    assert (len(found), found[-1][-1], found[700][26]) == (1201, "AN", "AA")
    with pytest.raises(ValueError):
        streamed([["zu wenig"]], 2)
