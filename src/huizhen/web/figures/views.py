"""统计: the figures of a scope and a period, the cases behind a number, what each figure means."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.directory.models import Campaign
from huizhen.directory.queries import current_campaign, setting
from huizhen.lib.errors import NotNow, NotVisible
from huizhen.reports.clocks.periods import custom, month, months_to
from huizhen.reports.policy.scopes import get_scope, reads_all, scopes
from huizhen.reports.queries import figures as queries
from huizhen.reports.queries.behind import TOP, WHOLE, behind
from huizhen.reports.queries.metrics import FUNNEL, METRICS, REPORTED, SECTIONS, Metric
from huizhen.reports.queries.state import open_fill
from huizhen.web.context import standing_of
from huizhen.web.figures import words
from huizhen.web.figures.forms import KINDS, PERIODS, Choice, choice_of, form_of, remember


def _campaign() -> Campaign:
    found = current_campaign()
    if found is None:
        raise NotNow("no_campaign")
    return found


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    choice = choice_of(request, _campaign(), today=today)
    now = queries.figures(choice.campaign, choice.scope, choice.period, today=today)
    earlier = choice.period.compared(today)
    before = queries.figures(choice.campaign, choice.scope, earlier, today=today) if earlier else None
    months = words.since_first(_months(choice, today))
    table = _table(request, choice, today)
    context = {
        "choice": choice, "form": form_of(choice), "sections": words.sections(now, before, choice),
        "funnel": words.funnel(now, choice), "earlier": earlier, "fill": open_fill(), "chart": words.chart(months),
        "months": words.month_rows(months, choice.scope), "monthly": [METRICS[code].label for code in words.MONTHLY],
        "period": words.period_words(choice), "mailed": choice.query(by=table["by"]) if table else choice.query(), **table,
    }  # fmt: skip
    return render(request, "figures/page.html", context)


def _months(choice: Choice, today: date) -> list[queries.Figures]:
    """The months up to the end of the period, none that has not begun."""
    asked = [one for one in months_to(choice.period, words.MONTHS) if one.since <= today] or [month(today)]
    return queries.by_period(choice.campaign, choice.scope, asked, words.MONTHLY, today=today)


def _table(request: HttpRequest, choice: Choice, today: date) -> dict[str, Any]:
    """Domains, groups and units beside each other, for who reads everything; who looks at one of them sees no table."""
    if choice.scope.code:
        return {}
    by, sort = request.GET.get("by", ""), request.GET.get("sort", "")[:40]
    by = by if by in dict(KINDS) else "domain"
    found = queries.by_scope(choice.campaign, by, choice.period, today=today, codes=words.COLUMNS)
    known = [one for one in choice.scopes if one.kind == by]
    return {
        "by": by, "rows": words.rows(found, known, choice, sort), "headings": words.headings(choice, by, sort),
        "kinds": [(kind, label, f"?{choice.query(by=kind)}#table") for kind, label in KINDS],
        "silent": len([one for one in known if one.key not in found]),
    }  # fmt: skip


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember scope and period for the next time, and show them."""
    query = remember(request, _campaign())
    return redirect(f"{reverse('figures:page')}?{query}")


def _metric(code: str) -> Metric:
    """A figure, or a stop on the way from registration. NotVisible: no such."""
    if code in METRICS and METRICS[code].has_list:
        return METRICS[code]
    label = dict(FUNNEL).get(code)
    if label is None:
        raise NotVisible("metric_unknown", metric=code[:40])
    return Metric(code, "cases", label, "count", _("期内挂号的病例中，到现在走到这一步的。"), (code,))


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    campaign, today = _campaign(), timezone.localdate()
    standing = standing_of(request)
    metric = _metric(request.GET.get("metric", "")[:40])
    scope = get_scope(scopes(standing, campaign), request.GET.get("scope", "")[:40])
    try:
        period = custom(*(date.fromisoformat(request.GET.get(name, "")) for name in ("from", "to")))
    except ValueError:
        raise NotVisible("period_unknown") from None
    part = WHOLE if request.GET.get("part") == WHOLE and metric.denominator else TOP
    found = behind(
        standing, campaign, metric, scope, period, today=today, part=part, after=request.GET.get("after", "")[:60]
    )
    parts = [
        (label, words.cases_url(metric.code, scope, period, name), name == part)
        for name, label in ((WHOLE, _("全部")), (TOP, _("计入分子的")))
    ]
    context = {
        "metric": metric, "scope": scope, "period": period, "found": found, "after": found.after,
        "parts": parts if metric.denominator else [], "events": [(one, words.fact_words(one)) for one in found.events],
    }  # fmt: skip
    return render(request, "figures/cases.html", context)


@require_GET
def explain(request: HttpRequest) -> HttpResponse:
    campaign = _campaign()
    found = [
        (label, name, [one for one in (*METRICS.values(), REPORTED) if one.section == name])
        for name, label in SECTIONS.items()
    ]
    context = {
        "sections": found, "least": setting(campaign, "minimum_n"), "is_wide": reads_all(standing_of(request)),
        "report_day": campaign.report_day, "periods": PERIODS,
    }  # fmt: skip
    return render(request, "figures/help.html", context)
