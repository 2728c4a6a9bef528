"""A work list that comes back filled in: reading it, deciding what each row would change. Only the three columns of words are taken.

A row is known by 挂号编号 and by the hidden column of checks: which version of the words went out, and what stood in each cell. What
nobody touched is no change, though the situation went on meanwhile. Every bad file is one Invalid with a code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from huizhen.cases.policy import visible
from huizhen.cases.sheets import HEADERS
from huizhen.cases.sheets import Sheet as Given
from huizhen.cases.sheets.columns import field_of
from huizhen.directory.queries import Standing
from huizhen.lib.errors import Fault
from huizhen.lib.text import clean
from huizhen.lib.workbooks import Grid, bad_file, cells_of, header_of, open_package, scan_sheet, sheet_parts, text_of
from huizhen.lib.zh import mask_personal
from huizhen.reports.policy.worklist import writes
from huizhen.reports.queries.worklist import COLUMNS, WORDS, Row, rows
from huizhen.reports.queries.worklist.facts import BATCH
from huizhen.reports.sheets.worklist import CHECK, digest

ROWS_MOST = 2000
HEAD_WITHIN = 5
SHEETS_LOOKED_AT = 4
LONGEST = 4000
"""Characters of one cell of words."""
_NOT_COMPARED = ("serial", "number", "requester", *WORDS)


@dataclass(frozen=True)
class Filled:
    """The sheet as read. `columns`: field → column; `check`: column of checks; `formulas`: row and column of cells with a formula."""

    grid: Grid
    top: int
    columns: dict[str, int]
    check: int
    formulas: frozenset[tuple[int, int]]

    def lines(self) -> Iterator[tuple[int, dict[str, str], str]]:
        """Row as the spreadsheet program counts it, field → text, check; empty rows are passed over."""
        for at, row in enumerate(self.grid[self.top :], start=self.top):
            texts = {name: _text(row, column) for name, column in self.columns.items()}
            if any(text for name, text in texts.items() if name != "serial"):
                yield at + 1, texts, _text(row, self.check)


def _text(row: Sequence[object], at: int) -> str:
    return clean(text_of(row[at]), lines=True) if at < len(row) else ""


def read(content: bytes) -> Filled:
    """The first worksheet that has 挂号编号, the checks and a column of words. Invalid: there is none, or too many rows."""
    package = open_package(content)
    for title, part in list(sheet_parts(package).items())[:SHEETS_LOOKED_AT]:
        scan = scan_sheet(package, part)
        grid = cells_of(content, title) if scan.rows else []
        for line, row in enumerate(grid[:HEAD_WITHIN]):
            columns: dict[str, int] = {}
            for at, value in enumerate(row):
                if name := field_of(value):
                    columns.setdefault(name, at)
            check = next((at for at, value in enumerate(row) if header_of(value) == header_of(CHECK)), -1)
            if check >= 0 and "number" in columns and set(WORDS) & set(columns):
                found = Filled(grid, line + 1, columns, check, frozenset(scan.formulas))
                if sum(1 for _ in found.lines()) > ROWS_MOST:
                    raise bad_file("file_too_many_rows", rows=ROWS_MOST)
                return found
    raise bad_file("filled_no_check")


def given(content: bytes) -> Given:
    """The same sheet as the sheet of faults wants it."""
    found = read(content)
    return Given("", found.grid, found.top, found.columns, (), None)


@dataclass
class Told:
    """One row: what it would change (column → text now, text then), what differs and is not taken, what is wrong."""

    row: int
    code: str
    title: str = ""
    case: int = 0
    version: int = 0
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    faults: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def wrong(self, code: str, column: str, **args: Any) -> None:
        self.faults.append((code, HEADERS[column], args))

    def found(self) -> list[Fault]:
        """What is wrong, for the sentences."""
        return [Fault(code, args, column=column) for code, column, args in self.faults]

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def decide(filled: Filled, standing: Standing) -> list[Told]:
    """What each row would do, for this reader, now. A constant number of queries for each 500 rows. Invalid: no row."""
    lines = list(filled.lines())
    if not lines:
        raise bad_file("file_no_rows")
    told: list[Told] = []
    seen: dict[str, int] = {}
    for start in range(0, len(lines), BATCH):
        some = lines[start : start + BATCH]
        codes = [texts["number"] for _, texts, _ in some]
        ids = list(visible(standing).filter(code__in=codes).values_list("pk", flat=True))
        now = {row.case.code: row for row in rows(ids, tuple(COLUMNS), standing=standing)}
        for number, texts, check in some:
            one = Told(number, texts["number"][:20])
            told.append(one)
            if twin := seen.setdefault(one.code, number) != number:
                one.wrong("filled_twice", "number", row=seen[one.code])
            elif one.code not in now:
                one.wrong("filled_unknown", "number", value=one.code)
            if not twin and one.code in now:
                _compare(one, filled, texts, check, now[one.code], standing)
    return told


def _compare(one: Told, filled: Filled, texts: dict[str, str], check: str, row: Row, standing: Standing) -> None:
    """What the row would change of the case as it is now."""
    now = dict(zip(COLUMNS, row.texts, strict=True))
    one.title, one.case, one.version = row.case.title, row.case.pk, row.version
    version, *was = check.split(".")
    if not version.isdecimal() or len(version) > 9 or len(was) != len(WORDS):
        return one.wrong("filled_check_gone", "number")
    kept = dict(zip(WORDS, row.words, strict=True))
    for name, before in zip(WORDS, was, strict=True):
        if name not in filled.columns:
            continue
        is_formula = (one.row - 1, filled.columns[name]) in filled.formulas
        if is_formula and not texts[name]:  # not worked out: it must not pass for a cell that nobody filled in
            one.wrong("filled_formula", name)
            continue
        if digest(texts[name]) == before:
            continue
        words = mask_personal(texts[name])[0]
        if words in (kept[name], now[name]):
            continue
        if is_formula:
            one.wrong("filled_formula", name)
        elif len(words) > LONGEST:
            one.wrong("too_long", name, max=LONGEST, length=len(words))
        else:
            one.changes[name] = (now[name], words)
    if one.changes and not writes(standing, row.case):
        one.changes.clear()
        one.wrong("worklist_words_of", "number")
    if one.changes and int(version) != row.version:
        one.wrong("filled_stale", next(iter(one.changes)))
    others = [name for name in filled.columns if name not in _NOT_COMPARED]
    one.ignored = [HEADERS[name] for name in others if digest(texts[name]) != digest(now[name])]


def check_one(told: dict[str, Any]) -> Told:
    """A row as it was kept."""
    found = Told(**told)
    found.changes = {name: (pair[0], pair[1]) for name, pair in found.changes.items()}
    found.faults = [(code, column, args) for code, column, args in found.faults]
    return found
