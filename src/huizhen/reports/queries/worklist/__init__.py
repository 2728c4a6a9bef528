"""工作清单: what of it somebody asks for, its columns, the facts behind them; columns and exports of one's own."""

from huizhen.reports.queries.worklist.asked import Asked, asked_of, keys, page, still_visible
from huizhen.reports.queries.worklist.columns import COLUMNS, FIXED, SETS, WORDS, Column, Row, known, rows
from huizhen.reports.queries.worklist.own import column_set, column_sets, export, exports, filled_list

__all__ = [
    "COLUMNS",
    "FIXED",
    "SETS",
    "WORDS",
    "Asked",
    "Column",
    "Row",
    "asked_of",
    "column_set",
    "column_sets",
    "export",
    "exports",
    "filled_list",
    "keys",
    "known",
    "page",
    "rows",
    "still_visible",
]
