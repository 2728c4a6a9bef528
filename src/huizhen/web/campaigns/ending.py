"""The end of a campaign: what is still open, ending it, the next one, and what it came to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.directory import queries as directory
from huizhen.directory.actions.ending import prepare_next
from huizhen.directory.models import Campaign
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.reports.actions import ending as actions
from huizhen.reports.policy.scopes import reads_all
from huizhen.reports.queries import ending as queries
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.metrics import METRICS, SECTIONS
from huizhen.web import sentences
from huizhen.web.campaigns.forms import EndForm, NextForm
from huizhen.web.context import standing_of
from huizhen.web.figures.words import of_words, value_words
from huizhen.web.filters import typed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _campaign(request: HttpRequest) -> Campaign:
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")
    campaign = directory.current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    return campaign


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest) -> HttpResponse:
    """What is still open, and the form that ends it."""
    campaign, now = _campaign(request), timezone.now()
    left = queries.still_open(campaign, now=now)
    form = EndForm(left.next is not None, typed(request))
    if form.is_bound and form.is_valid():
        try:
            given = form.cleaned_data
            made = actions.end_campaign(campaign, **given, by=request.user, at=now)
            messages.success(request, _("“%(name)s”已经结束，数字已冻结。") % {"name": campaign.short_name})
            return redirect("campaign:summary", made.key)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"ending": campaign, "left": left, "form": form, "today": timezone.localdate(now)}
    return render(request, "campaigns/end.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest) -> HttpResponse:
    """The next campaign, with the groups of this one."""
    campaign = _campaign(request)
    form = NextForm(campaign, typed(request))
    if form.is_bound and form.is_valid():
        try:
            made = prepare_next(campaign, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("“%(name)s”已建好，本届结束时接上。") % {"name": made.short_name})
            return redirect("campaign:end")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"ending": campaign, "form": form}
    return render(request, "campaigns/next.html", context, status=422 if form.is_bound else 200)


@require_GET
def summaries(request: HttpRequest) -> HttpResponse:
    """年度总结 of the campaigns that ended."""
    standing = standing_of(request)
    if not reads_all(standing):
        raise NotAllowed("summary_of_readers")
    context = {"rows": queries.summaries(standing), "may_end": standing.is_coordinator}
    return render(request, "campaigns/summaries.html", context)


@require_GET
def summary(request: HttpRequest, key: UUID) -> HttpResponse:
    standing = standing_of(request)
    found = queries.summary_of(queries.get_summary(standing, key))
    context = {
        "one": found, "row": found.row, "sections": _sections(found), "tables": _tables(found),
        "columns": [METRICS[code].label for code in queries.COLUMNS],
        "starts_at": found.row.at + queries.GRACE, "now": timezone.now(),
        "may_take_back": standing.is_coordinator and found.may_be_taken_back,
    }  # fmt: skip
    return render(request, "campaigns/summary.html", context)


def _sections(found: queries.Summary) -> list[tuple[Any, list[dict[str, Any]]]]:
    told: dict[str, list[dict[str, Any]]] = {}
    for one in found.whole.values():
        row = {"label": one.metric.label, "now": _cell(one), "before": _cell(found.before.get(one.metric.code))}
        told.setdefault(one.metric.section, []).append(row)
    return [(label, told[name]) for name, label in SECTIONS.items() if name in told]


def _cell(one: Figure | None) -> tuple[str, str]:
    return (value_words(one), of_words(one)) if one else ("", "")


def _tables(found: queries.Summary) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    labels = {"domain": _("领域"), "group": _("专家团"), "unit": _("单位")}
    return [
        (labels[kind], [(name, [_cell(told.get(code))[0] for code in queries.COLUMNS]) for _code, name, told in rows])
        for kind, rows in found.tables.items()
        if rows
    ]


@require_POST
def take_back_end(request: HttpRequest, key: UUID) -> HttpResponse:
    row = queries.get_summary(standing_of(request), key)
    campaign = actions.take_back_end(row, by=request.user, at=timezone.now())
    messages.success(request, _("已撤回，“%(name)s”继续进行。") % {"name": campaign.short_name})
    return redirect("campaign:end")


@require_POST
def summary_file(request: HttpRequest, key: UUID) -> HttpResponse:
    row = queries.get_summary(standing_of(request), key)
    content = actions.export_summary(row, by=request.user, at=timezone.now())
    name = f"summary-{row.campaign.starts_on.year}.docx"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(content, content_type=DOCX, headers=headers)
