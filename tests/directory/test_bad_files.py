"""Files that cannot be taken: each gives one Invalid with a code, whatever is in it, and none an exception or a full memory."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.directory.sheets import HEADERS, read
from huizhen.lib.errors import Invalid
from huizhen.lib.workbooks import cell_of
from tests.books import workbook
from tests.directory.files import ALL, ZHANG, part_of, roster, with_part

GOOD = roster(ALL)
SHEET = "xl/worksheets/sheet1.xml"


def _codes(content: bytes) -> list[str]:
    with pytest.raises(Invalid) as told:
        read(content)
    return [fault.code for fault in told.value.faults["file"]]


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "roster_empty"),
        (b"\xe5\xa7\x93\xe5\x90\x8d,\xe5\x8d\x95\xe4\xbd\x8d\n", "file_not_xlsx"),
        (b"%PDF-1.7 ...", "file_not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_old_or_locked"),
        (GOOD[: len(GOOD) // 2], "file_damaged"),
        (GOOD[:-10], "file_damaged"),
        (_zip(**{"word/document.xml": b"<x/>"}), "file_not_xlsx"),
        (_zip(**{"xl/workbook.xml": b"<x/>"}), "file_damaged"),
        (b"PK\x05\x06" + b"\0" * 18, "file_not_xlsx"),
        (b"x" * (20 * 2**20 + 1), "roster_too_large"),
    ],
)
def test_file_that_is_no_workbook_is_refused(content: bytes, code: str) -> None:
    assert _codes(content) == [code]


def test_file_without_rows_or_headers_is_refused() -> None:
    assert _codes(workbook(lambda book, sheet: None)) == ["file_no_rows"]
    assert _codes(roster([])) == ["file_no_rows"]
    assert _codes(workbook(lambda book, sheet: sheet.write_string(0, 0, "你好"))) == ["file_missing_header"]


def test_file_with_missing_or_duplicate_headers_is_refused() -> None:
    words = list(HEADERS.values())
    with pytest.raises(Invalid) as told:
        read(roster(ALL, [word for word in words if word not in ("姓名", "手机")]))
    assert told.value.faults["file"][0].args["headers"] == "姓名、手机"
    assert _codes(roster(ALL, [*words, "姓名"])) == ["file_duplicate_header"]


def test_file_that_unpacks_to_hundreds_of_megabytes_is_refused_quickly() -> None:
    bomb = with_part(GOOD, "xl/styles.xml", b" " * (300 * 2**20))
    assert len(bomb) < 2**20
    start = time.perf_counter()
    assert _codes(bomb) == ["file_unpacks_too_large"]
    assert time.perf_counter() - start < 1


def test_file_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(with_part(GOOD, "xl/styles.xml", b" " * (150 * 2**20)))
    at = bomb.rindex(b"xl/styles.xml") - 46
    struct.pack_into("<I", bomb, at + 24, 1000)  # uncompressed size in the central directory
    assert _codes(bytes(bomb)) == ["file_unpacks_too_large"]


def test_file_with_a_cell_at_the_end_of_the_world_is_refused() -> None:
    assert _codes(workbook(lambda book, sheet: sheet.write_string(1_048_575, 16_383, "x"))) == ["file_too_many_rows"]
    assert _codes(workbook(lambda book, sheet: sheet.write_string(3, 300, "x"))) == ["file_too_many_columns"]


def test_file_with_formats_down_to_the_last_row_is_read() -> None:
    def fill(book: Any, sheet: Any) -> None:
        for column, word in enumerate(HEADERS.values()):
            sheet.write_string(0, column, word)
            sheet.write_string(1, column, str(ZHANG.get(word, "")))
        sheet.write_blank(1_048_575, 0, None, book.add_format({"bold": True}))

    assert [entry.name for entry in read(workbook(fill)).entries] == ["张三"]


def test_file_with_too_many_rows_is_refused() -> None:
    assert _codes(roster([ZHANG] * 20_001)) == ["file_too_many_rows"]


def test_file_with_a_document_type_is_refused() -> None:
    text = part_of(GOOD, SHEET)
    laughs = b'<!DOCTYPE w [<!ENTITY a "ha">]>' + text.split(b"?>", 1)[1]
    assert _codes(with_part(GOOD, SHEET, laughs)) == ["file_damaged"]


def test_file_with_broken_references_is_refused() -> None:
    text = part_of(GOOD, SHEET)
    assert _codes(with_part(GOOD, SHEET, text.replace(b'r="B2"', b'r="2B"'))) == ["file_damaged"]
    assert _codes(with_part(GOOD, SHEET, text[:300])) == ["file_damaged"]
    strings = part_of(GOOD, "xl/sharedStrings.xml")
    assert _codes(with_part(GOOD, "xl/sharedStrings.xml", strings[: len(strings) // 2])) == ["file_damaged"]


def test_file_with_endless_merges_is_refused() -> None:
    text = part_of(roster([ZHANG] * 3000), SHEET)
    merges = b"<mergeCells>" + b'<mergeCell ref="A2:A3000"/>' * 3000 + b"</mergeCells></worksheet>"
    content = with_part(roster([ZHANG] * 3000), SHEET, text.replace(b"</worksheet>", merges))
    assert _codes(content) == ["file_damaged"]


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_file_with_flipped_bytes_is_read_or_refused(at: int, noise: bytes) -> None:
    content = GOOD[:at] + noise + GOOD[at + len(noise) :]
    try:
        outcome: list[object] = list(read(content).entries)
    except Invalid as told:
        outcome = list(told.faults["file"])
    assert outcome


def test_references_are_read() -> None:
    assert [cell_of(text) for text in ("A1", "Z9", "AA10", "XFD1048576")] == [
        (0, 0),
        (8, 25),
        (9, 26),
        (1_048_575, 16_383),
    ]
