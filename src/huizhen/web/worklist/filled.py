"""A work list that comes back filled in: upload, what it would change, confirm, throw away, what is wrong as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.sheets import write_faults
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow
from huizhen.lib.workbooks import UPLOAD_MOST
from huizhen.reports.actions import filled as actions
from huizhen.reports.models import FilledList
from huizhen.reports.queries.worklist import filled_list
from huizhen.reports.sheets.filled import ROWS_MOST, Told, given
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.web.worklist import words
from huizhen.web.worklist.forms import UploadForm
from huizhen.web.worklist.views import XLSX

SHOWN = 200
"""Rows that the preview shows of each kind; the file of faults has all."""


def _need_writer(request: HttpRequest) -> None:
    standing = standing_of(request)
    if not (standing.branch_ids or standing.group_ids):
        raise NotAllowed("worklist_words_of")


def _hers(request: HttpRequest, key: UUID) -> FilledList:
    _need_writer(request)
    return filled_list(request.user, key, at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    _need_writer(request)
    form = UploadForm(typed(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(UPLOAD_MOST + 1)
            kept = actions.keep_filled(content=content, name=file.name, by=request.user, at=timezone.now())
            return redirect("worklist:filled", kept.key)
        except Invalid as no:
            sentences.apply(form, no)
    context = {"form": form, "most": ROWS_MOST}
    return render(request, "worklist/upload.html", context, status=422 if form.is_bound else 200)


@require_GET
def filled(request: HttpRequest, key: UUID) -> HttpResponse:
    """What it would change, row by row; it writes nothing, however often it is looked at."""
    kept = _hers(request, key)
    told = actions.rows_of(kept)
    changed = [one for one in told if one.changes and not one.faults]
    wrong = [(one, [(fault.column, sentences.of_fault(fault)) for fault in one.found()]) for one in told if one.faults]
    context: dict[str, Any] = {
        "kept": kept, "changed": [(one, _changes(one)) for one in changed[:SHOWN]], "n_changed": len(changed),
        "wrong": wrong[:SHOWN], "n_wrong": len(wrong), "shown": SHOWN,
        "ignored": [one for one in told if one.ignored][:SHOWN], "n_ignored": sum(1 for one in told if one.ignored),
    }  # fmt: skip
    return render(request, "worklist/filled.html", context)


def _changes(told: Told) -> list[tuple[Any, str, str]]:
    return [(words.HEADS[name], before, after) for name, (before, after) in told.changes.items()]


@require_POST
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    done = actions.confirm_filled(_hers(request, key), by=request.user, at=timezone.now())
    told = ngettext("已写入 %(n)s 例。", "已写入 %(n)s 例。", done.changed) % {"n": done.changed}
    messages.success(request, told)
    return redirect("worklist:page")


@require_POST
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    actions.check_again(_hers(request, key), by=request.user, at=timezone.now())
    return redirect("worklist:filled", key)


@require_POST
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    actions.drop_filled(_hers(request, key), by=request.user)
    messages.success(request, _("已丢弃这份清单，没有写入任何内容。"))
    return redirect("worklist:upload")


@require_GET
def faults(request: HttpRequest, key: UUID) -> HttpResponse:
    """The list again with what is wrong beside each row. Only while it waits: afterwards the file is gone."""
    kept = _hers(request, key)
    if kept.written_at is not None:
        raise NotNow("filled_is_written")
    found: dict[int, list[Fault]] = {one.row: one.found() for one in actions.rows_of(kept) if one.faults}
    content = write_faults(given(bytes(kept.content)), found, sentences.of_fault)
    headers = {
        "Content-Disposition": 'attachment; filename="work-list-faults.xlsx"', "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(content, content_type=XLSX, headers=headers)
