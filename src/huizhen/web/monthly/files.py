"""A sent report as files: Word, Excel, and a mail to be sent by hand."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huizhen.reports.actions import mailing
from huizhen.reports.actions.mailing import DOCX, XLSX
from huizhen.reports.papers.monthly import docx_of
from huizhen.reports.queries.monthly_contents import name_of, told_for
from huizhen.reports.sheets.monthly import xlsx_of
from huizhen.web.context import standing_of
from huizhen.web.monthly.finding import sent_of


def answer(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to be kept; its name in any script (RFC 6266)."""
    plain = name if name.isascii() else "report" + name[name.rfind(".") :]
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)


@require_GET
def docx(request: HttpRequest, code: str, version: int) -> HttpResponse:
    _report, sent = sent_of(request, code, version)
    told = told_for(standing_of(request), sent)
    return answer(docx_of(told), f"{name_of(told)}.docx", DOCX)


@require_GET
def xlsx(request: HttpRequest, code: str, version: int) -> HttpResponse:
    _report, sent = sent_of(request, code, version)
    told = told_for(standing_of(request), sent)
    return answer(xlsx_of(told), f"{name_of(told)}.xlsx", XLSX)


@require_POST
def mail_by_hand(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """A mail with both files, ready to be opened in the office's own mail program."""
    _report, sent = sent_of(request, code, version)
    audience = request.POST.get("audience", "")[:16].replace("\x00", "")
    made, content = mailing.mail_by_hand(sent, audience, by=request.user, at=timezone.now())
    return answer(content, f"{sent.report.code}-v{version}-{made.audience}.eml", "message/rfc822")
