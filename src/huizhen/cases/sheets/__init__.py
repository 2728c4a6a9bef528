"""附件2, lists of earlier cases as an XLSX: reading one, deciding what each row would become, giving back what is wrong, the form."""

from huizhen.cases.sheets.columns import EXAMPLE, HEADERS
from huizhen.cases.sheets.deciding import plan
from huizhen.cases.sheets.planning import (
    KINDS,
    KNOWN,
    NEW,
    NOBODY,
    REJECTED,
    REPEATED,
    Past,
    Plan,
    Row,
    report_told,
    told_of,
)
from huizhen.cases.sheets.reading import ROWS_MOST, Sheet, read
from huizhen.cases.sheets.writing import write_faults, write_form

__all__ = [
    "EXAMPLE",
    "HEADERS",
    "KINDS",
    "KNOWN",
    "NEW",
    "NOBODY",
    "REJECTED",
    "REPEATED",
    "ROWS_MOST",
    "Past",
    "Plan",
    "Row",
    "Sheet",
    "plan",
    "read",
    "report_told",
    "told_of",
    "write_faults",
    "write_form",
]
