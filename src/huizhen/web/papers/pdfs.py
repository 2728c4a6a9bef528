"""PDFs of papers: how far one is, and its file; of minutes and monthly reports also the asking. Each is shown to who asked for it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from huizhen.cases.actions.exporting import export_minutes
from huizhen.lib.errors import NotNow
from huizhen.reports.actions.pdfs import ask_pdf
from huizhen.reports.papers.monthly import docx_of
from huizhen.reports.queries.monthly_contents import name_of, told_for
from huizhen.reports.queries.pdfs import content_of, is_offered, pdf_asked
from huizhen.web.context import standing_of
from huizhen.web.monthly.finding import sent_of
from huizhen.web.papers.files import after_asking, kept_file

STOP_ASKING = 286
"""htmx: the poll ends with this answer."""


@require_safe
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is; a script asks again and again until there is nothing more to wait for."""
    one = pdf_asked(request.user, key)
    is_over = one.state in ("ready", "failed")
    if request.htmx:
        return render(request, "papers/pdf.html#state", {"pdf": one}, status=STOP_ASKING if is_over else 200)
    return render(request, "papers/pdf.html", {"pdf": one})


@require_safe
def pdf_file(request: HttpRequest, key: UUID) -> HttpResponse:
    one = pdf_asked(request.user, key)
    return kept_file(content_of(one), "application/pdf", f"{one.name}.pdf")


@require_POST
def minutes_pdf(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Minutes as PDF: what they say leaves the house now, and is journalled now."""
    if not is_offered():
        raise NotNow("no_pdf")
    now = timezone.now()
    content = export_minutes(code, str(key), by=request.user, at=now)
    name = f"{code}-minutes"
    return after_asking(request, ask_pdf(content, kind="minutes", label=name, name=name, by=request.user, at=now))


@require_POST
def report_pdf(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """A sent monthly report as PDF, as much of it as she may read."""
    _report, sent = sent_of(request, code, version)
    told = told_for(standing_of(request), sent)
    name = name_of(told)
    return after_asking(
        request, ask_pdf(docx_of(told), kind="report", label=name, name=name, by=request.user, at=timezone.now())
    )
