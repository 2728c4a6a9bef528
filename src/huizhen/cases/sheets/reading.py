"""From the bytes of an upload to the rows of a work list. No database; every bad file is one Invalid with a code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from huizhen.cases.sheets.columns import CHECKED, EXAMPLE, HEADERS, MOMENTS, NEEDED, field_of
from huizhen.cases.sheets.moments import likely_year, year_in
from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.text import clean
from huizhen.lib.workbooks import (
    Grid,
    Scan,
    bad_file,
    cells_of,
    header_of,
    open_package,
    scan_sheet,
    sheet_parts,
    text_of,
)

HEADER_WITHIN = 20  # titles and notes may stand above the headings
HEADER_HIGH = 3  # rows that headings may take, merged or not
SHEETS_LOOKED_AT = 8
ROWS_MOST = 5000
_FILLED = 200_000


@dataclass(frozen=True)
class Line:
    """One row. `number` as the spreadsheet program counts it; `cells`: field → raw value; `rest`: heading → text of unknown columns."""

    number: int
    cells: dict[str, object]
    rest: tuple[tuple[str, str], ...] = ()
    formulas: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """What stands in a cell, cleaned, with its line breaks."""
        return self._texts.get(name, "")

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {name: clean(text_of(value), lines=True) for name, value in self.cells.items()}


@dataclass(frozen=True)
class Sheet:
    """A list as read: its rows, the column of each field, the year its dates are of when they name none, what was ignored or filled."""

    title: str
    grid: Grid
    top: int  # the first row below the headings, from 0
    columns: dict[str, int]
    lines: tuple[Line, ...]
    year: int | None
    notices: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Found:
    hits: int
    title: str
    grid: Grid
    scan: Scan
    head: int  # the first row of the headings
    top: int
    columns: dict[str, int]


def read(content: bytes, *, name: str = "") -> Sheet:
    """Reads the worksheet that has most of the headings of 附件2. Invalid: the file cannot be taken at all."""
    package = open_package(content)
    best: _Found | None = None
    for title, part in list(sheet_parts(package).items())[:SHEETS_LOOKED_AT]:
        scan = scan_sheet(package, part)
        grid = cells_of(content, title) if scan.rows else []
        head = _fill(grid, scan.merges, below=0, above=HEADER_WITHIN + HEADER_HIGH, across=True)
        line, top, columns = _headings(head)
        if best is None or len(columns) > best.hits:
            best = _Found(len(columns), title, grid, scan, line, top, columns)
    if best is None or not best.grid:
        raise bad_file("file_no_rows")
    return _sheet(best, name)


def _headings(head: Grid) -> tuple[int, int, dict[str, int]]:
    """Where the rows begin and which column is which: the place and height that name most fields; of equals the lowest height."""
    best: tuple[int, int, dict[str, int]] = (0, 0, {})
    for high in range(1, HEADER_HIGH + 1):
        for line in range(min(len(head), HEADER_WITHIN) - high + 1):
            columns = _named(head[line : line + high])
            if len(columns) > len(best[2]):
                best = (line, line + high, columns)
    return best


def _named(rows: Grid) -> dict[str, int]:
    """Field → column. A heading of several rows is read together, else from its lowest row up."""
    found: dict[str, int] = {}
    for column in range(max(map(len, rows), default=0)):
        words = list(
            dict.fromkeys(text_of(row[column]) for row in rows if column < len(row) and text_of(row[column]).strip())
        )
        for word in ("".join(words), *reversed(words)):
            if (name := field_of(word)) and name not in found:
                found[name] = column
                break
    return found


def _fill(
    grid: Grid, merges: list[tuple[tuple[int, int], tuple[int, int]]], *, below: int, above: int, across: bool
) -> Grid:
    """A copy of the rows from `below` to `above` in which a merged cell speaks for all it covers; sideways only in headings."""
    filled = [list(row) for row in grid[below:above]]
    budget = _FILLED
    for (top, left), (bottom, right) in merges:
        if top < below or top >= above or (left != right and not across):
            continue
        bottom, right = min(bottom, above - 1, len(grid) - 1), min(right, 255)
        budget -= max(bottom - top + 1, 0) * (right - left + 1)
        if budget < 0:
            raise bad_file("file_damaged")
        if top >= len(grid) or left >= len(grid[top]):
            continue
        for row in range(top, bottom + 1):
            for column in range(left, min(right + 1, len(filled[row - below]))):
                filled[row - below][column] = grid[top][left]
    return filled


def _sheet(found: _Found, name: str) -> Sheet:
    columns = found.columns
    missing = [HEADERS[field] for field in NEEDED if field not in columns]
    if not set(MOMENTS) & set(columns):
        missing.append(HEADERS["registered"])
    if missing:
        raise Invalid({"file": [Fault("list_missing_header", {"headers": "、".join(missing)})]})
    body = _fill(found.grid, found.scan.merges, below=found.top, above=len(found.grid), across=False)
    lines = list(_lines(body, found))
    if not lines:
        raise bad_file("file_no_rows")
    if len(lines) > ROWS_MOST:
        raise bad_file("file_too_many_rows", rows=ROWS_MOST)
    above = [text_of(cell) for row in found.grid[: found.head] for cell in row if cell]
    stated = year_in(*above[:40], found.title, name)
    year = stated or likely_year(line.cells[field] for line in lines for field in MOMENTS if field in line.cells)
    return Sheet(found.title[:100], found.grid, found.top, columns, tuple(lines), year, tuple(_notices(found)))


def _lines(body: Grid, found: _Found) -> Iterator[Line]:
    names = {at: name for name, at in found.columns.items()}
    heads = _words(found)
    for index, row in enumerate(body, start=found.top):
        cells = {name: row[at] if at < len(row) else "" for at, name in names.items()}
        shown = {name: value for name, value in cells.items() if name != "serial" and text_of(value).strip()}
        formulas = frozenset(name for at, name in names.items() if (index, at) in found.scan.formulas)
        if not shown and not formulas:
            continue
        if text_of(cells.get("serial")).strip() == EXAMPLE or _is_heading(shown):
            continue
        rest = [
            (heads[at], clean(text_of(value), lines=True))
            for at, value in enumerate(row)
            if at not in names and at in heads
        ]
        kept = tuple((head, text) for head, text in rest if text and head != header_of(CHECKED))
        yield Line(index + 1, cells, kept, formulas)


def _is_heading(shown: dict[str, object]) -> bool:
    """The headings once more, as they stand on each printed page."""
    return len(shown) > 1 and all(field_of(value) == name for name, value in shown.items())


def _words(found: _Found) -> dict[int, str]:
    """The lowest heading of each column."""
    words: dict[int, str] = {}
    for row in found.grid[found.head : found.top]:
        words |= {at: header_of(cell)[:40] for at, cell in enumerate(row) if header_of(cell)}
    return words


def _notices(found: _Found) -> Iterator[Fault]:
    known = set(found.columns.values())
    for at, word in _words(found).items():
        if at not in known and word != header_of(CHECKED):
            yield Fault("list_column_kept", {"header": word}, column=word)
    twice = Counter(field_of(word) for at, word in _words(found).items() if field_of(word))
    for name, count in twice.items():
        if count > 1:
            yield Fault("list_column_twice", {"header": HEADERS[name]}, column=HEADERS[name])
