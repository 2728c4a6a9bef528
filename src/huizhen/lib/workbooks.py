"""Looking at an uploaded XLSX before any library opens it: is it one, how large does it really get, what is in its cells.

ECMA-376 part 2 (packages) and part 1, 18.3 (worksheets). Nothing here knows what stands in the sheet: `directory.sheets` reads
rosters from it, `cases.sheets` earlier work lists.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from huizhen.lib.errors import Invalid

UPLOAD_MOST = 20 * 2**20
UNPACKED_MOST = 100 * 2**20
PARTS_MOST = 1000
ROWS_MOST = 20_000
COLUMNS_MOST = 256
CHUNK = 2**16
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LOCAL_HEADER = struct.Struct("<4s22xHH")


def bad_file(code: str, **args: object) -> Invalid:
    """The refusal of a whole file."""
    return Invalid.one("file", code, **args)


def open_package(content: bytes) -> zipfile.ZipFile:
    """The package of a file that is small enough, honest about its size and not encrypted. Invalid otherwise."""
    if not content:
        raise bad_file("roster_empty")
    if len(content) > UPLOAD_MOST:
        raise bad_file("roster_too_large", megabytes=UPLOAD_MOST // 2**20)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise bad_file("file_old_or_locked")
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise bad_file("file_not_xlsx" if not content.startswith(b"PK") else "file_damaged")
    if len(parts) > PARTS_MOST or sum(part.file_size for part in parts) > UNPACKED_MOST:
        raise bad_file("file_unpacks_too_large", megabytes=UNPACKED_MOST // 2**20)
    for part in parts:
        _check_size(content, part)
    if "xl/workbook.xml" not in package.namelist():
        raise bad_file("file_not_xlsx")
    return package


def _check_size(content: bytes, part: zipfile.ZipInfo) -> None:
    """Unpacks a part without keeping it: what comes out must be as long as the package says."""
    header = content[part.header_offset : part.header_offset + 30]
    if part.flag_bits & 0x1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise bad_file("file_old_or_locked")
    if len(header) < 30:
        raise bad_file("file_damaged")
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    start = part.header_offset + 30 + name_length + extra_length
    packed = memoryview(content)[start : start + part.compress_size]
    if magic != b"PK\x03\x04" or len(packed) < part.compress_size:
        raise bad_file("file_damaged")
    if part.compress_type == zipfile.ZIP_STORED:
        if part.compress_size != part.file_size:
            raise bad_file("file_damaged")
        return
    length, inflate = 0, zlib.decompressobj(-15)
    try:
        for offset in range(0, len(packed), CHUNK):
            rest = bytes(packed[offset : offset + CHUNK])
            while rest and not inflate.eof:
                length += len(inflate.decompress(rest, CHUNK))
                rest = inflate.unconsumed_tail
                if length > part.file_size:
                    raise bad_file("file_unpacks_too_large", megabytes=UNPACKED_MOST // 2**20)
    except zlib.error:
        raise bad_file("file_damaged")
    if length != part.file_size or (not inflate.eof and part.file_size):
        raise bad_file("file_damaged")


Handler = Callable[[str, dict[str, str]], None]


def _walk(package: zipfile.ZipFile, name: str, on_start: Handler) -> None:
    """Streams a part through the parser. Documents with a DTD are refused: no spreadsheet program writes one."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: on_start(tag.rpartition(":")[2], attributes)

    def refuse(*_: object) -> None:
        raise bad_file("file_damaged")

    parser.StartDoctypeDeclHandler = refuse
    try:
        with package.open(name) as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError):
        raise bad_file("file_damaged")


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Name of each worksheet, in order, and the part that holds it."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = path

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            reference = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            if reference in targets:
                sheets[attributes.get("name", "")] = targets[reference]

    _walk(package, "xl/_rels/workbook.xml.rels", relation)
    _walk(package, "xl/workbook.xml", sheet)
    if not sheets:
        raise bad_file("file_not_xlsx")
    return sheets


Cell = tuple[int, int]
Grid = list[list[object]]


@dataclass
class Scan:
    """What a worksheet's XML says about its cells; rows and columns count from 0."""

    formulas: set[Cell] = field(default_factory=set)
    merges: list[tuple[Cell, Cell]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


def cell_of(reference: str) -> Cell:
    """Row and column of a reference such as B3.

    >>> cell_of("AB12")
    (11, 27)
    """
    hit = _REFERENCE.fullmatch(reference)
    if hit is None:
        raise bad_file("file_damaged")
    column = 0
    for letter in hit.group(1):
        column = column * 26 + ord(letter) - 64
    return int(hit.group(2)) - 1, column - 1


def scan_sheet(package: zipfile.ZipFile, part: str) -> Scan:
    """Formula cells, merged ranges and the extent of the cells that hold something.

    The extent is checked here because the reader lays out a dense grid: one cell at XFD1048576 would ask for 17 billion.
    """
    scan = Scan()
    row, column = -1, -1

    def element(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        if tag == "c":
            row, column = cell_of(attributes["r"]) if "r" in attributes else (row, column + 1)
        elif tag in ("v", "is"):
            scan.rows, scan.columns = max(scan.rows, row + 1), max(scan.columns, column + 1)
            if scan.rows > ROWS_MOST + 1:
                raise bad_file("file_too_many_rows", rows=ROWS_MOST)
            if scan.columns > COLUMNS_MOST:
                raise bad_file("file_too_many_columns", columns=COLUMNS_MOST)
        elif tag == "f":
            scan.formulas.add((row, column))
        elif tag == "row":
            number = attributes.get("r", "")
            row, column = (int(number) - 1 if number.isdecimal() and len(number) < 8 else row + 1), -1
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            scan.merges.append((cell_of(first), cell_of(last or first)))

    _walk(package, part, element)
    return scan


def cells_of(content: bytes, title: str) -> Grid:
    """All cells of a worksheet from A1 on. Scan it first: the grid is dense."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [list(row) for row in workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)]
    except (CalamineError, ValueError, KeyError, OSError):
        raise bad_file("file_damaged")
    except BaseException as panic:
        # A panic of the Rust library arrives as a BaseException of its own; everything else is not ours to catch.
        if type(panic).__name__ != "PanicException":
            raise
        raise bad_file("file_damaged")


def text_of(value: object) -> str:
    """What a person sees in a cell: 15400000001.0 is 15400000001, a date its ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def header_of(value: object) -> str:
    """A header cell in its normal form: full-width letters, blanks and a trailing star or colon do not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text_of(value))).rstrip("*:")
