"""From the bytes of an upload to the rows of a roster. No database; every bad file is one Invalid with a code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from huizhen.directory.sheets.fields import HEADERS, OPTIONAL, Entry, entry_of
from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.workbooks import (
    ROWS_MOST,
    Grid,
    Scan,
    bad_file,
    cells_of,
    header_of,
    open_package,
    scan_sheet,
    sheet_parts,
)

HEADER_WITHIN = 20  # titles and notes may stand above the header
SHEETS_LOOKED_AT = 8


@dataclass(frozen=True)
class Sheet:
    """A roster file as read: its rows, which columns it has, and what was ignored or filled."""

    title: str
    entries: tuple[Entry, ...]
    columns: frozenset[str]
    notices: tuple[Fault, ...] = ()


def read(content: bytes) -> Sheet:
    """Reads the first worksheet that carries the headers of a roster. Invalid: the file cannot be taken at all."""
    package = open_package(content)
    parts = sheet_parts(package)
    best: tuple[int, str, Grid, Scan, int] | None = None
    for title, part in list(parts.items())[:SHEETS_LOOKED_AT]:
        scan = scan_sheet(package, part)
        grid = cells_of(content, title) if scan.rows else []
        line, hits = _header_line(grid)
        if best is None or hits > best[0]:
            best = (hits, title, grid, scan, line)
        if hits >= len(HEADERS) - len(OPTIONAL):
            break
    if best is None or not best[2]:
        raise bad_file("file_no_rows")
    _, title, grid, scan, line = best
    return _sheet(title, grid, scan, line)


def _header_line(grid: Grid) -> tuple[int, int]:
    """The row among the first twenty that has most of the headers, and how many."""
    known = set(HEADERS.values())
    counts = [len(known & {header_of(cell) for cell in row}) for row in grid[:HEADER_WITHIN]]
    most = max(counts, default=0)
    return (counts.index(most) if counts else 0), most


def _columns(header: list[object]) -> tuple[dict[str, int], list[Fault]]:
    """Field → column index, and notices of columns nobody asked for. Invalid: missing or duplicate headers."""
    names = {word: name for name, word in HEADERS.items()}
    words = [header_of(cell) for cell in header]
    twice = [word for word, count in Counter(words).items() if word in names and count > 1]
    if twice:
        raise Invalid({"file": [Fault("file_duplicate_header", {"header": word}) for word in twice]})
    missing = [word for name, word in HEADERS.items() if word not in words and name not in OPTIONAL]
    if missing:
        raise Invalid({"file": [Fault("file_missing_header", {"headers": "、".join(missing)})]})
    extra = [
        Fault("column_ignored", {"header": word[:40]}, column=word[:40]) for word in words if word and word not in names
    ]
    return {names[word]: index for index, word in enumerate(words) if word in names}, extra


def _sheet(title: str, grid: Grid, scan: Scan, line: int) -> Sheet:
    places, notices = _columns(grid[line])
    notices += _fill_merges(grid, scan, line, places)
    entries = []
    for index in range(line + 1, len(grid)):
        row = grid[index]
        cells: dict[str, object] = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        faults = [
            Fault("formula", row=index + 1, column=HEADERS[name])
            for name, at in places.items()
            if (index, at) in scan.formulas
        ]
        if faults or any(str(value).strip() for value in cells.values() if value is not None):
            entry = entry_of(cells, index + 1, faults)
            if entry.faults or any(getattr(entry, name) for name in places):
                entries.append(entry)
    if not entries:
        raise bad_file("file_no_rows")
    if len(entries) > ROWS_MOST:
        raise bad_file("file_too_many_rows", rows=ROWS_MOST)
    return Sheet(title[:100], tuple(entries), frozenset(places), tuple(notices))


def _fill_merges(grid: Grid, scan: Scan, line: int, places: dict[str, int]) -> list[Fault]:
    """A cell merged downwards speaks for each of its rows, as the reader of the sheet sees it (领域 and 专家团 mostly)."""
    filled: list[Fault] = []
    budget = ROWS_MOST * len(HEADERS)
    words = {at: HEADERS[name] for name, at in places.items()}
    for (top, left), (bottom, right) in scan.merges:
        if left != right or left not in words or bottom <= line or top <= line:
            continue
        bottom = min(bottom, len(grid) - 1)
        if bottom <= top or left >= len(grid[top]):
            continue
        budget -= bottom - top
        if budget < 0:
            raise bad_file("file_damaged")
        for index in range(top + 1, bottom + 1):
            grid[index][left] = grid[top][left]
        filled.append(Fault("merged_filled", {"rows": f"{top + 1}–{bottom + 1}"}, top + 1, words[left]))
    return filled
