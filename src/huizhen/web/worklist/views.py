"""工作清单: the live table, columns of one's own, the words beside a case, lists that are taken out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.policy import get_visible
from huizhen.directory.models import Person
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.reports.actions import worklist as actions
from huizhen.reports.actions.notes import write_note
from huizhen.reports.choices import ExportState
from huizhen.reports.policy.worklist import writes
from huizhen.reports.queries import worklist as queries
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.web.views import keep
from huizhen.web.worklist import words
from huizhen.web.worklist.forms import NoteForm

KEPT = "hz-worklist"
"""The last view of a reader's list, as the query of its address. A cookie, so that looking at a list writes nothing."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """One scope, its filters and columns in the address, next deadline first. Without parameters the view looked at last."""
    standing, now = standing_of(request), timezone.now()
    kept = words.recalled(request.COOKIES.get(KEPT, ""), standing)
    if not request.GET and kept:
        return redirect(f"{reverse('worklist:page')}?{urlencode(kept)}")
    view = words.asked(request.GET, standing)
    place = {name: request.GET.get(name, "")[:40] for name in ("after", "before")}
    found = queries.page(standing, view, now=now, **place)
    rows = queries.rows([one.pk for one in found.cases], words.shown(view), standing=standing)
    context = words.listing(standing, view, found, rows, queries.column_sets(standing.person), now)
    context |= {"key": uuid4(), "purposes": words.PURPOSES, "may_show_phones": words.may_show_phones(standing)}
    context |= {
        "may_read_signed": bool(
            standing.group_ids or standing.domain_ids or standing.unit_ids or standing.is_reader_of_all
        )
    }
    context |= {"may_fill": bool(standing.branch_ids or standing.group_ids)}
    context |= {"longest": actions.LONGEST_PURPOSE, "longest_name": actions.LONGEST_NAME}
    return keep(render(request, "worklist/page.html", context), KEPT, words.query(view))


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, code: str) -> HttpResponse:
    """The words beside a case, to read and to write. Words that were overtaken stay in the form beside those that are there now."""
    standing, now = standing_of(request), timezone.now()
    case = get_visible(standing, code)
    if not writes(standing, case):
        raise NotAllowed("worklist_words_of")
    form, status, stale = NoteForm(typed(request), auto_id="n-%s"), 200, ""
    if form.is_bound and form.is_valid():
        try:
            told = {name: form.cleaned_data[name] for name in queries.WORDS}
            write_note(case, by=request.user, at=now, seen=form.cleaned_data["seen"], words=told)
            messages.success(request, _("已写入 %(code)s。") % {"code": case.code})
            return redirect(_back(request))
        except Invalid as no:
            sentences.apply(form, no)
        except StaleWrite as no:
            status, stale = 409, sentences.of_refusal(no).headline
    return _note_page(request, case, form, status=status or 422, stale=stale)


def _note_page(request: HttpRequest, case: Any, form: NoteForm, *, status: int, stale: str) -> HttpResponse:
    (row,) = queries.rows([case.pk], ("progress",), standing=standing_of(request))
    now = dict(zip(queries.WORDS, row.words, strict=True))
    if form.is_bound and stale:
        form = NoteForm({**form.data.dict(), "seen": row.version}, auto_id="n-%s")
    elif not form.is_bound:
        form = NoteForm(initial={**now, "seen": row.version}, auto_id="n-%s")
    else:
        status = 422
    there = [(words.HEADS[name], text) for name, text in now.items()] if stale else []
    context = {"case": case, "form": form, "stale": stale, "there": there, "back": _back(request)}
    context["hint"] = "" if now["progress"] else _("不写就显示“%(words)s”。") % {"words": row.texts[0]}
    return render(request, "worklist/note.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """The list as it was looked at last."""
    kept = words.recalled(request.COOKIES.get(KEPT, ""), standing_of(request))
    return f"{reverse('worklist:page')}?{urlencode(kept)}" if kept else reverse("worklist:page")


def _me(request: HttpRequest) -> Person:
    person = standing_of(request).person
    if person is None:
        raise NotVisible("no_such_columns")
    return person


@require_POST
def save_columns(request: HttpRequest) -> HttpResponse:
    """Keep the columns shown under a name."""
    person, view = _me(request), words.posted(request, standing_of(request))
    try:
        kept = actions.save_columns(person, name=request.POST.get("name", ""), columns=view.columns, at=timezone.now())
        messages.success(request, _("已保存列“%(name)s”。") % {"name": kept.name})
    except Invalid as no:
        messages.error(request, sentences.of_refusal(no).headline)
    return redirect(words.address(view))


@require_POST
def drop_columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """Forget a set of columns; the list goes on showing them."""
    kept = queries.column_set(_me(request), key)
    actions.drop_columns(kept)
    messages.success(request, _("已删除列“%(name)s”。") % {"name": kept.name})
    return redirect(words.address(words.posted(request, standing_of(request))))


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """A short list comes with the answer, a long one is written by a job."""
    standing, now = standing_of(request), timezone.now()
    view = words.export_of(request, standing)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    try:
        made, content = actions.take_out(
            view, by=request.user, at=now, purpose=request.POST.get("purpose", ""), key=key,
            contacts=request.POST.get("contacts") == "1",
        )  # fmt: skip
    except Invalid as no:
        messages.error(request, sentences.of_refusal(no).headline)
        return redirect(_back(request))
    if made.state == ExportState.DONE and content:
        return HttpResponse(content, content_type=XLSX, headers=_headers(now))
    return redirect("worklist:exports")


def _headers(at: Any) -> dict[str, str]:
    name = _("工作清单-%(day)s.xlsx") % {"day": timezone.localdate(at).isoformat()}
    return {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
    }  # fmt: skip


@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """Lists that she took out in the last days, and how far those are that are being written."""
    found = queries.exports(request.user, at=timezone.now())
    lines = [words.export_line(one) for one in found]
    return render(request, "worklist/exports.html", {"lines": lines, "is_busy": any(one.is_busy for one in lines)})


@require_GET
def file(request: HttpRequest, key: UUID) -> Any:
    """A list that a job has written."""
    found = queries.export(request.user, key, at=timezone.now())
    if found.state != ExportState.DONE or not found.file or not default_storage.exists(found.file):
        raise NotNow("export_not_there")
    return FileResponse(default_storage.open(found.file), content_type=XLSX, headers=_headers(found.at))
