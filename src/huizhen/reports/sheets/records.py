"""The records of a group's experts as a table, for the evaluation: one row for each, counts and rates as numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils import translation

from huizhen.directory.models import Membership
from huizhen.reports.queries.metrics import METRICS
from huizhen.reports.queries.record_items import FIGURES, ITEMS
from huizhen.reports.queries.records import Record

LANGUAGE = "zh-hans"
_FIRST = ("姓名", "单位", "岗位", "团内")
_LAST = ("超时次数", "支部反馈价值均分", "可操作性均分", "工作法被复用", "有效复用")


def write_records(title: str, rows: Iterable[tuple[Membership, Record]]) -> bytes:
    """A workbook of text and numbers only: what people typed never becomes a formula or a link. Rates are shares with their counts."""
    file = io.BytesIO()
    with translation.override(LANGUAGE):
        book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        bold = book.add_format({"bold": True, "font_size": 14})
        rate = book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet("履职记录")
        sheet.write_string(0, 0, title, bold)
        heads = [*_FIRST, *(str(one.label) for one in ITEMS.values())]
        for code in FIGURES:
            heads += _heads(code)
        for column, word in enumerate([*heads, *_LAST]):
            sheet.write_string(1, column, word, head)
        last = 1
        for last, (seat, record) in enumerate(rows, start=2):
            for column, (value, is_rate) in enumerate(_cells(seat, record)):
                if isinstance(value, str):
                    sheet.write_string(last, column, value)
                elif value is not None:
                    sheet.write_number(last, column, float(value), rate if is_rate else None)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 20)
        sheet.set_column(2, len(heads) + len(_LAST) - 1, 11)
        sheet.set_row(1, 32)
        sheet.freeze_panes(2, 1)
        sheet.autofilter(1, 0, last, len(heads) + len(_LAST) - 1)
        book.close()
    return file.getvalue()


def _heads(code: str) -> list[str]:
    one = METRICS[code]
    if one.kind == "count":
        return [str(one.label)]
    if one.spread:
        return [f"{one.label}（小时）", f"{one.label}·次数"]
    return [str(one.label), f"{one.label}·分子", f"{one.label}·分母"]


def _cells(seat: Membership, record: Record) -> Iterable[tuple[Any, bool]]:
    person = seat.person
    for text in (person.name, person.unit.name if person.unit else "", person.post, str(seat.get_role_display())):
        yield text, False
    for code in ITEMS:
        yield record.counts[code], False
    for code in FIGURES:
        one = record.figures[code]
        if one.metric.kind == "count":
            yield one.numerator, False
        elif one.metric.spread:
            yield one.value, False
            yield one.denominator, False
        else:
            yield None if one.value is None else one.value / 100, True
            yield one.numerator, False
            yield one.denominator, False
    said = record.feedback
    for number in (record.late, said.value, said.feasibility, record.reuses, record.effective_reuses):
        yield number, False
