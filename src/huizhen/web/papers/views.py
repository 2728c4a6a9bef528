"""One-pagers and minutes. Looking writes nothing; files of a case are journalled, because they leave the house with what they say."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huizhen.cases.actions.exporting import export_a3, export_minutes
from huizhen.cases.papers import sheet_of, told_of
from huizhen.lib.word import draw
from huizhen.methods.papers import sheet_of as method_sheet_of
from huizhen.methods.queries.papers import methods_of_case, paper_of
from huizhen.web.context import standing_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def a3(request: HttpRequest, code: str) -> HttpResponse:
    standing = standing_of(request)
    told = told_of(standing, code)
    sheet = sheet_of(told, methods=_methods(request, told.case.pk), at=timezone.now())
    back = "case:page" if told.level == "full" else "cases:summary"
    context = {"sheet": sheet, "code": code, "back": reverse(back, args=[code]), "level": told.level}
    return render(request, "papers/a3.html", context)


def _methods(request: HttpRequest, case: int) -> list[str]:
    return [f"{one.code} {one.name}" for one in methods_of_case(standing_of(request), case)]


@require_POST
def a3_file(request: HttpRequest, code: str) -> HttpResponse:
    case = told_of(standing_of(request), code).case
    content = export_a3(code, by=request.user, at=timezone.now(), methods=_methods(request, case.pk))
    return docx(content, f"{case.code}-A3.docx")


@require_POST
def minutes_file(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    content = export_minutes(code, str(key), by=request.user, at=timezone.now())
    return docx(content, f"{code}-minutes.docx")


@require_GET
def a4(request: HttpRequest, code: str) -> HttpResponse:
    method, version = paper_of(standing_of(request), code)
    sheet = method_sheet_of(method, version, version.experts.all(), at=timezone.now())
    return render(request, "papers/a4.html", {"sheet": sheet, "method": method})


@require_GET
def a4_file(request: HttpRequest, code: str) -> HttpResponse:
    method, version = paper_of(standing_of(request), code)
    content = draw(method_sheet_of(method, version, version.experts.all(), at=timezone.now()))
    return docx(content, f"{method.code}-A4.docx")


def docx(content: bytes, name: str) -> HttpResponse:
    """A Word file to be kept, by this name."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=DOCX, headers=headers)
