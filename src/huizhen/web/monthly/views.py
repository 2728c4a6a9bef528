"""月报: her units' reports, a report as it was sent, its withdrawal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.notifications.queries.receipts import Receipts, receipts
from huizhen.reports.actions import monthly as actions
from huizhen.reports.actions.mailing import HEADQUARTERS
from huizhen.reports.models import MonthlyReport, SentReport
from huizhen.reports.papers.monthly import paper_of
from huizhen.reports.policy.monthly import get_report, need_overseer, need_writer, oversees, reads_whole, writes
from huizhen.reports.queries import monthly as queries
from huizhen.reports.queries.monthly_contents import contents, told_for
from huizhen.reports.queries.pdfs import is_offered
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.monthly import words
from huizhen.web.monthly.finding import sent_of
from huizhen.web.monthly.forms import WithdrawForm
from huizhen.worktime.queries import calendar


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Her units' reports, this month's first; who has no unit but looks after reports goes to the board."""
    standing, now = standing_of(request), timezone.now()
    if not standing.unit_ids:
        need_overseer(standing)
        return redirect("monthly:board")
    days, today = calendar(), timezone.localdate(now)
    lines = [words.line(one, today=today, days=days) for one in queries.own(standing, now=now)]
    waiting = [one for one in lines if not one.one.is_sent and (today - one.one.report.due_on).days < 62]
    context = {
        "waiting": waiting, "rest": [one for one in lines if one not in waiting], "oversees": oversees(standing),
        "many": len(standing.unit_ids) > 1,
    }  # fmt: skip
    return render(request, "monthly/index.html", context)


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The current version. Not sent yet: who writes it goes on writing, others see the numbers as they are."""
    standing, now = standing_of(request), timezone.now()
    report = get_report(standing, code)
    current = report.versions.filter(is_current=True).first()
    if current is not None:
        return _version(request, report, current)
    if writes(standing, report):
        return redirect("monthly:write", code)
    if not reads_whole(standing, report):
        newest = report.versions.order_by("-version").first()
        if newest is None:
            raise NotVisible("report_unknown")
        return _version(request, report, newest)
    numbers = contents(report, today=timezone.localdate(now))
    context = _head(report, request) | {
        "numbers": numbers, "unit_sections": words.unit_sections(numbers), "changes": words.changes(numbers), "groups": words.group_rows(numbers),
    }  # fmt: skip
    return render(request, "monthly/waiting.html", context)


@require_GET
def version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    report, sent = sent_of(request, code, version)
    return _version(request, report, sent)


def _head(report: MonthlyReport, request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    stand = queries.one_of(report, now=now)
    return {
        "report": report, "line": words.line(stand, today=timezone.localdate(now), days=calendar()),
        "month": words.month_words(report.month), "may_write": writes(standing_of(request), report),
        "may_remind": standing_of(request).is_coordinator and not stand.is_sent,
    }  # fmt: skip


def _version(
    request: HttpRequest, report: MonthlyReport, sent: SentReport, form: WithdrawForm | None = None
) -> HttpResponse:
    """A version as its reader may see it."""
    standing = standing_of(request)
    sent.report = report
    told = told_for(standing, sent)
    context = _head(report, request)
    context["is_in_bulletin"] = context["may_write"] and sent.is_current and queries.is_in_bulletin(report, sent)
    if context["may_write"] or standing.is_coordinator:
        context |= _sending(report, sent)
    context |= {
        "sent": sent, "told": told, "numbers": told.numbers, "unit_sections": words.unit_sections(told.numbers),
        "changes": words.changes(told.numbers),
        "groups": words.group_rows(told.numbers), "versions": list(report.versions.order_by("-version")[:20]),
        "offers_pdf": is_offered(), "form": form or WithdrawForm(), "has_faults": form is not None, **words.paper(paper_of(told)),
    }  # fmt: skip
    return render(request, "monthly/page.html", context, status=422 if form else 200)


def _sending(report: MonthlyReport, sent: SentReport) -> dict[str, Any]:
    """Who got it by mail, what was taken to be sent by hand, for whom it can be taken."""
    entry = next(
        (one for one in entries_of(report).filter(verb="report_sent") if one.data.get("sent") == sent.pk), None
    )
    told: Receipts = receipts(entry)
    return {
        "receipts": told, "hand_mails": list(sent.hand_mails.select_related("by").order_by("-pk")[:20]),
        "domains": list(sent.domains.order_by("order", "pk")), "headquarters": HEADQUARTERS,
    }  # fmt: skip


@require_POST
def withdraw_report(request: HttpRequest, code: str) -> HttpResponse:
    """Take the current version back, to correct it."""
    report, form = get_report(standing_of(request), code), WithdrawForm(request.POST)
    need_writer(standing_of(request), report)
    current = report.versions.filter(is_current=True).first()
    if current is not None and not form.is_valid():
        return _version(request, report, current, form)
    try:
        reason = form.cleaned_data["reason"] if current is not None else ""
        actions.withdraw_report(report, by=request.user, at=timezone.now(), reason=reason)
    except Invalid as no:
        sentences.apply(form, no)
        return _version(request, report, current, form) if current else redirect("monthly:page", code)
    messages.success(request, _("已撤回。改好后重新报送。"))
    return redirect("monthly:write", code)
