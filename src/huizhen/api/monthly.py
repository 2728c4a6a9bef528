"""月报: how units report, and a report as it was sent. Written and sent on the pages only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest
from ninja import Router

from huizhen.api.bearer import now_of, standing_of
from huizhen.api.inputs import parameters_of
from huizhen.api.reading import query_of
from huizhen.api.refs import ref
from huizhen.api.schemas.monthly import ReportFigure, ReportGroup, ReportLine, ReportList, ReportOut
from huizhen.api.schemas.refs import Problem, Ref
from huizhen.cases.lifecycle import Input
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import NotNow
from huizhen.reports.policy.monthly import get_report, reports_visible
from huizhen.reports.queries import monthly as queries
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.monthly_contents import told_for

router = Router(tags=["reports"])
_READ = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
_LIST = (Input("month", "day", required=False),)


def _line(one: queries.Standings) -> ReportLine:
    report = one.report
    return ReportLine(
        code=report.code, unit=ref(report.unit), month=report.month, since=report.since, until=report.until, due_on=report.due_on,
        state=one.state.value, version=one.version, sent_at=one.sent_at, is_withdrawn=one.is_withdrawn,
    )  # fmt: skip


def _figures(found: Mapping[str, Figure]) -> list[ReportFigure]:
    return [
        ReportFigure(
            code=code, label=str(one.metric.label), numerator=one.numerator, denominator=one.denominator,
            value=None if one.value is None else str(one.value), is_small=one.is_small,
        )
        for code, one in found.items()
    ]  # fmt: skip


@router.get(
    "/reports",
    response={200: ReportList, **_READ},
    url_name="reports",
    operation_id="list_reports",
    summary="How the units report for a month",
    openapi_extra={"parameters": parameters_of(_LIST)},
)
def list_reports(request: HttpRequest):
    """Any day of the month; without one the newest month. Readers of all see every unit, liaisons and clerks the reports they may read."""
    campaign = current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    asked: date | None = query_of(request, _LIST)["month"]
    newest = queries.newest_month(campaign)
    month = asked.replace(day=1) if asked else newest.month if newest else None
    if month is None:
        return ReportList(month=None, reports=[])
    rows = reports_visible(standing_of(request)).filter(campaign=campaign, month=month)
    found = queries.with_state(rows).select_related("unit").order_by("unit__order", "unit")
    now = now_of(request)
    return ReportList(month=month, reports=[_line(queries.standing_of(one, now=now)) for one in found])


@router.get(
    "/reports/{code}",
    response={200: ReportOut, **_READ},
    url_name="report",
    operation_id="read_report",
    summary="A report as it was sent",
)
def read_report(request: HttpRequest, code: str):
    """The current version, to a liaison the extract of her domains. 409 while none stands sent."""
    standing, now = standing_of(request), now_of(request)
    report = get_report(standing, code)
    sent = report.versions.filter(is_current=True).first()
    if sent is None:
        raise NotNow("report_not_sent")
    sent.report = report
    told = told_for(standing, sent)
    groups = [
        ReportGroup(
            group=Ref(code=one.code, name=one.name), domain=one.domain, leader=one.leader, line=told.lines.get(one.code, ""),
            figures=_figures(one.figures),
        )
        for one in told.numbers.groups
    ]  # fmt: skip
    return ReportOut(
        report=_line(queries.one_of(report, now=now)), as_of=told.numbers.as_of, domain=told.numbers.domain,
        figures=_figures(told.numbers.figures), groups=groups, words=told.words_told,
        cases=[one.code for one in told.numbers.cases], hidden=told.numbers.hidden,
    )  # fmt: skip
