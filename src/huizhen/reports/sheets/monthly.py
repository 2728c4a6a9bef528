"""XLSX of a monthly report and of the board. Figures are numbers in cells, with their counts beside them; texts never become formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone, translation

from huizhen.reports.choices import REPORT_SECTIONS
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.metrics import METRICS, SECTIONS
from huizhen.reports.queries.monthly import Board
from huizhen.reports.queries.monthly_contents import LANGUAGE, OF_GROUP, Told, progress_of, urgency_of

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
Cell = str | int | Decimal | date | None
MOST_TEXT = 32_767
"""Characters of a cell (ECMA-376: Excel's limit)."""


class _Book:
    """One workbook, written sheet by sheet, row by row."""

    def __init__(self) -> None:
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, SAFE)
        self.head = self.book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"}
        )
        self.text = self.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.number = self.book.add_format({"valign": "top"})

    def sheet(self, name: str, head: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self.book.add_worksheet(name)
        for column, (word, wide) in enumerate(zip(head, widths, strict=True)):
            sheet.set_column(column, column, wide)
            sheet.write_string(0, column, word, self.head)
        for line, cells in enumerate(rows, 1):
            for column, value in enumerate(cells):
                self._write(sheet, line, column, value)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet: Any, line: int, column: int, value: Cell) -> None:
        if isinstance(value, date):
            sheet.write_datetime(line, column, value, self.day)
        elif isinstance(value, int | Decimal):
            sheet.write_number(line, column, float(value) if isinstance(value, Decimal) else value, self.number)
        elif value:
            sheet.write_string(line, column, value[:MOST_TEXT], self.text)

    def done(self) -> bytes:
        self.book.close()
        return self.file.getvalue()


def _counts(one: Figure) -> tuple[Cell, Cell, Cell]:
    """Value, numerator, denominator; what has too few for a value leaves it empty."""
    return one.value, one.numerator, one.denominator


def xlsx_of(told: Told) -> bytes:
    """A report or extract: figures of the unit, of the groups, the list of cases, the words."""
    numbers, book = told.numbers, _Book()
    with translation.override(LANGUAGE):
        kinds = {"rate": "%", "median": "小时", "p90": "小时"}
        if numbers.figures:
            book.sheet(
                "指标", ("类别", "指标", "值", "分子", "分母", "单位", "怎么算的"), (8, 18, 10, 10, 10, 8, 80),
                (
                    (str(SECTIONS[one.metric.section]), str(one.metric.label), *_counts(one), kinds.get(one.metric.kind, ""),
                     str(one.metric.definition))
                    for one in numbers.figures.values()
                ),
            )  # fmt: skip
        if numbers.changes:
            book.sheet(
                "上期变化", ("指标", "报送时的值", "分子", "分母", "现在的值", "分子", "分母"), (18, 12, 10, 10, 12, 10, 10),
                ((str(one.now.metric.label), *_counts(one.was), *_counts(one.now)) for one in numbers.changes),
            )  # fmt: skip
        if numbers.groups:
            book.sheet(
                "专家团", ("专家团", "领域", "团长", "指标", "值", "分子", "分母", "单位", "说明"), (26, 12, 10, 16, 10, 10, 10, 8, 40),
                (
                    (part.name, part.domain_name, part.leader, str(METRICS[code].label), *_counts(part.figures[code]),
                     kinds.get(METRICS[code].kind, ""), told.lines.get(part.code, "") if code == OF_GROUP[0] else "")
                    for part in numbers.groups for code in OF_GROUP if code in part.figures
                ),
            )  # fmt: skip
        book.sheet(
            "病例清单", ("序号", "挂号编号", "党支部", "破题项目", "专家团", "紧急程度", "挂号日期", "进展", "结束日期"),
            (6, 14, 30, 40, 26, 10, 12, 12, 12),
            (
                (n, one.code, one.branch, one.title, one.group or "导诊台", urgency_of(one), one.registered, progress_of(one), one.closed)
                for n, one in enumerate(numbers.cases, 1)
            ),
        )  # fmt: skip
        about = [
            ("单位", numbers.unit), ("月份", f"{told.report.month:%Y-%m}"), ("本期", f"{numbers.since.isoformat()} — {numbers.until.isoformat()}"),
            ("数字截至", numbers.as_of.isoformat()), ("领域摘要", numbers.domain_name),
            ("不列清单的敏感病例", str(numbers.hidden) if numbers.hidden else ""),
            ("没有列出的病例", str(numbers.left_out) if numbers.left_out else ""),
        ]  # fmt: skip
        words = [(str(REPORT_SECTIONS[name]), text) for name, text in told.words_told.items()]
        book.sheet("文字", ("项目", "内容"), (18, 100), [row for row in (*about, *words) if row[1]])
    return book.done()


def board_xlsx(found: Board, states: dict[str, str], kinds: dict[str, str]) -> bytes:
    """The board: units by months with the words of the states, the moment of sending on a sheet of its own."""
    book = _Book()
    months = [f"{one.month:%Y-%m}" for one in found.months]
    book.sheet(
        "报送情况", ("单位", "类别", *months, "按时", "应报"), (24, 12, *([10] * len(months)), 8, 8),
        (
            (row.unit.name, kinds.get(row.unit.kind, ""), *(states[one.state] if one else "" for one in row.cells), row.on_time, row.due)
            for row in found.rows
        ),
    )  # fmt: skip
    book.sheet(
        "明细", ("单位", "月份", "情况", "应报日期", "报送时间", "第几次"), (24, 10, 10, 12, 18, 8),
        (
            (row.unit.name, f"{one.report.month:%Y-%m}", states[one.state], one.report.due_on,
             f"{timezone.localtime(one.sent_at):%Y-%m-%d %H:%M}" if one.sent_at else "", one.version or None)
            for row in found.rows for one in row.cells if one
        ),
    )  # fmt: skip
    return book.done()
