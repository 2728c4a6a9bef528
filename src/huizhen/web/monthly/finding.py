"""Finding a sent version."""

from __future__ import annotations

from django.http import HttpRequest

from huizhen.lib.errors import NotVisible
from huizhen.reports.models import MonthlyReport, SentReport
from huizhen.reports.policy.monthly import get_report
from huizhen.web.context import standing_of


def sent_of(request: HttpRequest, code: str, version: int) -> tuple[MonthlyReport, SentReport]:
    """A version of a report she sees. NotVisible: none."""
    report = get_report(standing_of(request), code)
    sent = report.versions.select_related("by", "withdrawn_by").filter(version=min(version, 2**15 - 1)).first()
    if sent is None:
        raise NotVisible("report_unknown")
    sent.report = report
    return report, sent
