"""The XLSX of a view that is sent, for one reader: figures of a scope with the table beside it, or a work list."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils import timezone, translation

from huizhen.directory.models import Campaign
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.reports.choices import MailedView
from huizhen.reports.policy.scopes import scopes
from huizhen.reports.queries.figures import TABLE, Figure, by_scope, figures, period_of
from huizhen.reports.queries.mailings import BYS, asked_for, scope_in
from huizhen.reports.queries.metrics import METRICS
from huizhen.reports.queries.worklist import keys
from huizhen.reports.sheets import worklist

LANGUAGE = "zh-hans"
MOST_ROWS = 5000
"""A longer list goes out as a link only: it would not fit through a mail server."""


def file_of(
    standing: Standing, kind: str, params: Mapping[str, str], campaign: Campaign | None, *, at: datetime
) -> bytes | None:
    """The file as this reader may see it, phones masked; None: too long for a mail. NotVisible: not hers."""
    if kind == MailedView.FIGURES:
        return _figures(standing, params, campaign, at=at)
    asked = asked_for(params)
    if len(keys(standing, asked, now=at, limit=MOST_ROWS + 1)) > MOST_ROWS:
        return None
    file = io.BytesIO()
    worklist.write(standing, asked, file, at=at)
    return file.getvalue()


def _figures(standing: Standing, params: Mapping[str, str], campaign: Campaign | None, *, at: datetime) -> bytes:
    scope = scope_in(standing, params, campaign) if campaign else None
    if scope is None or campaign is None:
        raise NotVisible("scope_unknown", scope=params.get("scope", "")[:40])
    today = timezone.localdate(at)
    period = period_of(campaign, params, today=today)
    file = io.BytesIO()
    with translation.override(LANGUAGE):
        book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
        head, rate = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet("统计")
        days = f"{period.since.isoformat()} 至 {period.until.isoformat()}"
        sheet.write_string(0, 0, f"{scope.name or '全部'}，{days}")
        for column, word in enumerate(("指标", "数值", "分子", "分母")):
            sheet.write_string(2, column, word, head)
        for row, one in enumerate(figures(campaign, scope, period, today=today), start=3):
            sheet.write_string(row, 0, str(one.metric.label))
            _value(sheet, row, 1, one, rate)
            sheet.write_number(row, 2, one.numerator)
            if one.denominator is not None:
                sheet.write_number(row, 3, one.denominator)
        sheet.set_column(0, 0, 18)
        by = params.get("by", "")
        if not scope.code and by in BYS:
            known = {one.key: one.name for one in scopes(standing, campaign) if one.kind == by}
            found = by_scope(campaign, by, period, today=today, codes=TABLE)
            table = book.add_worksheet({"domain": "各领域", "group": "各专家团", "unit": "各单位"}[by])
            for column, code in enumerate(("", *TABLE)):
                table.write_string(0, column, str(METRICS[code].label) if code else "名称", head)
            for row, (key, name) in enumerate(((key, name) for key, name in known.items() if key in found), start=1):
                table.write_string(row, 0, name)
                for column, code in enumerate(TABLE, start=1):
                    _value(table, row, column, found[key][code], rate)
            table.set_column(0, 0, 24)
            table.freeze_panes(1, 1)
        book.close()
    return file.getvalue()


def _value(sheet: Any, row: int, column: int, one: Figure, rate: Any) -> None:
    """A rate as a share, small ones as their counts; counts and hours as numbers."""
    if one.metric.kind in ("count", "reuse"):
        sheet.write_number(row, column, one.numerator)
    elif one.value is None:
        sheet.write_string(row, column, f"{one.numerator}/{one.denominator}" if one.denominator else "—")
    elif one.metric.kind == "rate":
        sheet.write_number(row, column, float(one.value) / 100, rate)
    else:
        sheet.write_number(row, column, float(one.value))
