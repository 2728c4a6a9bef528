"""附件 2 as an XLSX, written row by row: flat memory, no row cap but Excel's, every cell text.

ECMA-376 part 1, 18.3.1.73: at most 1,048,576 rows; 32,767 characters in a cell, counted as UTF-16. Files are Chinese whatever the
reader's language: they go to Chinese offices.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO

import xlsxwriter
from django.utils import translation

from huizhen.directory.queries import Standing
from huizhen.lib.worksheets import stream
from huizhen.reports.queries.worklist import COLUMNS, FIXED, WORDS, Asked, Row, keys, known, rows, still_visible
from huizhen.reports.queries.worklist.facts import BATCH

TITLE = "工作清单"
CELL = 32_767
CUT = "……（过长，已截断）"
CHECK = "核对码（请勿改动）"
"""Heading of the hidden last column: version and digests of the words, by which a filled-in list is known again."""
ROWS_MOST = 1_048_575


def fitted(text: str) -> str:
    """The text as a cell holds it: at most 32,767 UTF-16 units, a longer one cut with a mark.

    >>> len(fitted("长" * 40_000)), fitted("=1+1")
    (32767, '=1+1')
    """
    if len(text) * 2 <= CELL:
        return text
    raw = text.encode("utf-16-le", "replace")
    if len(raw) // 2 <= CELL:
        return text
    kept = raw[: (CELL - len(CUT)) * 2].decode("utf-16-le", "ignore")  # half a pair at the cut is dropped
    return kept + CUT


def digest(text: str) -> str:
    """By which a cell is known to be as it was written. Ends of lines and blanks around it do not matter: spreadsheet programs touch them."""
    return hashlib.blake2s("\n".join(text.split()).encode(), digest_size=5).hexdigest()


def check_of(version: int, texts: Sequence[str]) -> str:
    """What the hidden column holds: 3.ab….cd….ef…, version of the words and digests of the three cells."""
    return ".".join((str(version), *map(digest, texts)))


def write(
    standing: Standing,
    asked: Asked,
    out: IO[bytes],
    *,
    at: datetime,
    contacts: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> int:
    """Write the work list that `asked` asks for to `out`, as its reader may see it now; the number of rows.

    Open for whoever needs the file of a saved view: a page, a job, a scheduled mail. `contacts`: phones in full where she has a part
    in the case. `progress` hears of done and total after each batch. NotVisible: a scope she does not have.
    """
    found = keys(standing, asked, now=at)[:ROWS_MOST]
    names = known((*asked.columns, *FIXED))
    read = known((*names, *WORDS))  # their digests go along though nobody asked for them

    def lines() -> Iterable[Row]:
        done = 0
        for start, some in enumerate(still_visible(standing, asked, found)):
            with translation.override("zh-hans"):
                made = rows(some, read, standing=standing, contacts=contacts, first=done + 1)
            yield from made
            done += len(made)
            if progress is not None:
                progress(min((start + 1) * BATCH, len(found)), len(found))

    return draw(names, read, lines(), out, bound=len(found))


def draw(names: Sequence[str], read: Sequence[str], lines: Iterable[Row], out: IO[bytes], *, bound: int) -> int:
    """The file of these rows, whose texts are those of the columns `read`; `names` of them are shown. The number of rows, at most `bound`."""
    shown = [read.index(name) for name in names]
    noted = [read.index(name) for name in WORDS]

    def texts() -> Iterator[list[str]]:
        for row in lines:
            check = check_of(row.version, [fitted(row.texts[place]) for place in noted])
            yield [*(fitted(row.texts[place]) for place in shown), check]

    return stream(_shell(names, bound), texts(), out, bound=bound)


def _shell(names: Sequence[str], bound: int) -> bytes:
    """The headings of these columns, with everything that is not a row."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})  # strings stand in their cells
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"})
    long = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@", "valign": "top"})
    words = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FFF8E5"})
    sheet = book.add_worksheet(TITLE)
    for at, name in enumerate(names):
        column = COLUMNS[name]
        sheet.set_column(at, at, column.width, words if name in WORDS else long if column.is_long else text)
    sheet.set_column(len(names), len(names), 20, text, {"hidden": True})
    sheet.freeze_panes(1, names.index("number") + 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 32)
    for at, heading in enumerate([*(COLUMNS[name].heading for name in names), CHECK]):
        sheet.write_string(0, at, heading, head)
    sheet.autofilter(0, 0, bound, len(names) - 1)
    book.close()
    return file.getvalue()
