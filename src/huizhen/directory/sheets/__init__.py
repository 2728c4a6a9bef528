"""附件1, the roster as an XLSX: looking at an upload, reading it, planning what it would change, writing it."""

from huizhen.directory.sheets.fields import HEADERS, SECOND_GROUP, Entry, phone_text
from huizhen.directory.sheets.planning import (
    ADDED,
    CHANGED,
    REJECTED,
    UNCHANGED,
    Change,
    Missing,
    Newcomer,
    Plan,
    Row,
    plan,
)
from huizhen.directory.sheets.reading import Sheet, read
from huizhen.directory.sheets.writing import write_roster, write_rows
from huizhen.lib.workbooks import ROWS_MOST, UPLOAD_MOST

__all__ = [
    "ADDED",
    "CHANGED",
    "HEADERS",
    "REJECTED",
    "ROWS_MOST",
    "SECOND_GROUP",
    "UNCHANGED",
    "UPLOAD_MOST",
    "Change",
    "Entry",
    "Missing",
    "Newcomer",
    "Plan",
    "Row",
    "Sheet",
    "phone_text",
    "plan",
    "read",
    "write_roster",
    "write_rows",
]
