"""统计: the figures of the page, for programs. Definitions and values are the page's own."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from huizhen.api.bearer import now_of, standing_of
from huizhen.api.inputs import parameters_of
from huizhen.api.reading import query_of
from huizhen.api.schemas.figures import FigureOut, FiguresOut, ScopeOut
from huizhen.api.schemas.refs import Problem
from huizhen.cases.lifecycle import Input
from huizhen.directory.queries import current_campaign, setting
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.reports.clocks.periods import LONGEST, custom, report_month
from huizhen.reports.policy.scopes import Scope, get_scope, scopes
from huizhen.reports.queries.figures import figures

router = Router(tags=["figures"])
_QUERY = (
    Input("scope", "line", required=False, most=40),
    Input("since", "day", required=False),
    Input("until", "day", required=False),
)


def _scope(one: Scope) -> ScopeOut:
    return ScopeOut(address=one.address, kind=one.kind, name=one.name)


@router.get(
    "/figures",
    response={200: FiguresOut, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem},
    url_name="figures",
    operation_id="read_figures",
    summary="Every figure of one scope and period",
    openapi_extra={"parameters": parameters_of(_QUERY)},
)
def read_figures(request: HttpRequest):
    """Without a scope the first of `scopes`, which the caller may read; without days the running report month. At most three years."""
    campaign, today = current_campaign(), timezone.localdate(now_of(request))
    if campaign is None:
        raise NotNow("no_campaign")
    given = query_of(request, _QUERY)
    found = scopes(standing_of(request), campaign)
    if not found:
        raise NotAllowed("figures_of_nobody")
    scope = get_scope(found, given["scope"])
    period = report_month(today, campaign.report_day)
    if given["since"] or given["until"]:
        try:
            period = custom(given["since"] or campaign.starts_on, given["until"] or today)
        except ValueError:
            raise Invalid.one("until", "figures_period", most=LONGEST) from None
    rows = figures(campaign, scope, period, today=today)
    return FiguresOut(
        scope=_scope(scope), since=period.since, until=period.until, today=today, minimum_n=setting(campaign, "minimum_n"),
        scopes=[_scope(one) for one in found],
        figures=[
            FigureOut(
                code=one.metric.code, label=str(one.metric.label), kind=one.metric.kind, definition=str(one.metric.definition),
                numerator=one.numerator, denominator=one.denominator, value=None if one.value is None else str(one.value),
                is_small=one.is_small,
            )
            for one in rows
        ],
    )  # fmt: skip
