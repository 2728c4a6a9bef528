"""Files of papers as answers: Word, PDF; and where somebody is led who asked for a PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from huizhen.reports.models import PaperPdf

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def docx(content: bytes, name: str) -> HttpResponse:
    """A Word file to keep; `name` without ending."""
    return kept_file(content, DOCX, f"{name}.docx")


def kept_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file that is saved, never shown in the page's own frame, never kept by a proxy."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)


def after_asking(request: HttpRequest, one: PaperPdf) -> HttpResponse:
    """A script gets the part that follows it; everybody else its page, or the file when it is there already."""
    if request.htmx:
        return render(request, "papers/pdf.html#state", {"pdf": one})
    return redirect("papers:pdf_file" if one.state == "ready" else "papers:pdf", one.key)
