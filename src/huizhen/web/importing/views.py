"""Earlier work lists (附件2) as closed cases: upload, look at what would become of each row, then all of it or nothing; taken back whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases import actions
from huizhen.cases.choices import CheckedAs, ImportState
from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import Import
from huizhen.cases.queries import imports as queries
from huizhen.cases.sheets import NOBODY, read, write_faults, write_form
from huizhen.cases.verbs import STAGES
from huizhen.lib.errors import Fault, Invalid, NotNow
from huizhen.lib.workbooks import UPLOAD_MOST
from huizhen.web import sentences
from huizhen.web.filters import typed
from huizhen.web.importing.forms import XLSX, UploadForm, answers_of


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    queries.need_importer(request.user, now)
    form = UploadForm(typed(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            content = file.read(UPLOAD_MOST + 1)
            kept = actions.keep_import(content=content, name=file.name, by=request.user, at=now)
            return redirect("imports:page", kept.key)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    lists, after = queries.imports_of(request.user, at=now, after=request.GET.get("after", ""))
    context = {"form": form, "lists": [_listed(one.batch, one.is_refused) for one in lists], "after": after}
    return render(request, "importing/upload.html", context, status=422 if request.method == "POST" else 200)


_KINDS = {
    ImportState.CHECKING: "dai", ImportState.KEPT: "po", ImportState.QUEUED: "dai", ImportState.DONE: "zhu", ImportState.FAILED: "red",
    ImportState.UNDOING: "dai", ImportState.UNDONE: "line",
}  # fmt: skip

_TAGS = {
    CheckedAs.REJECTED: "red", CheckedAs.GUESSED: "po", CheckedAs.NEW: "zhu", CheckedAs.REPEATED: "line", CheckedAs.KNOWN: "line",
}  # fmt: skip


def _listed(batch: Import, is_refused: bool = False) -> dict[str, Any]:
    if is_refused:
        return {"batch": batch, "state": _("有不收的行"), "kind": "red"}
    return {"batch": batch, "state": batch.get_state_display(), "kind": _KINDS[ImportState(batch.state)]}


@dataclass(frozen=True)
class Told:
    """A row of the check in words: what is wrong, what was assumed, by column."""

    row: queries.Looked
    css: str
    stage: str
    faults: tuple[tuple[str, str], ...]
    guesses: tuple[tuple[str, str], ...]


def _told(row: queries.Looked) -> Told:
    def said(faults: tuple[Fault, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((fault.column or "", sentences.of_fault(fault)) for fault in faults)

    stage = STAGES[Stage(row.stage)] if row.stage else ""
    return Told(row, _TAGS[row.kind], stage, said(row.faults), () if row.faults else said(row.guesses))


@require_GET
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Before it is confirmed: what every row would become. Afterwards: how it went. It writes nothing, however often it is looked at."""
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    if batch.state == ImportState.KEPT:
        return render(request, "importing/report.html", _report(request, batch))
    brought, after = queries.brought_by(batch, after=request.GET.get("after", ""))
    trouble = sentences.of_refusal(NotNow(batch.trouble, done=batch.done)) if batch.trouble else None
    context = _listed(batch) | {
        "trouble": trouble,
        "is_busy": batch.state in (ImportState.CHECKING, ImportState.QUEUED, ImportState.UNDOING),
        "can_take_back": queries.can_take_back(batch, at=now),
        "until": batch.ended_at + queries.UNDO if batch.ended_at else None,
        "is_unconfirmed": batch.state == ImportState.CHECKING,
        "brought": [(one, STAGES[one.stage]) for one in brought],
        "after": after,
    }
    return render(request, "importing/outcome.html", context)


def _report(request: HttpRequest, batch: Import) -> dict[str, Any]:
    report, only = queries.report_of(batch), request.GET.get("only", "")
    kind = next((one for one in CheckedAs if one.name.lower() == only), None)
    rows = queries.checked_rows(batch, kind=kind, after=request.GET.get("after", ""))
    return {
        "batch": batch,
        "report": report,
        "counts": {one.name.lower(): report.counts[one] for one in CheckedAs},
        "kinds": [
            (one.name.lower(), one.label, count, one is kind)
            for one, count in report.counts.items()
            if count or one is kind
        ],
        "kind": kind,
        "nobody": NOBODY,
        "questions": list(enumerate(report.questions)),
        "notices": [sentences.of_fault(fault) for fault in report.notices],
        "rows": [_told(row) for row in rows.rows],
        "after": rows.after,
    }


@require_POST
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    actions.answer_import(batch, answers_of(request.POST), by=request.user, at=now)
    return redirect("imports:page", key)


@require_POST
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    done = actions.confirm_import(batch, digest=request.POST.get("digest", ""), by=request.user, at=now)
    if done.state == ImportState.DONE:
        words = ngettext("已导入 %(n)s 例。", "已导入 %(n)s 例。", done.total)
        messages.success(request, words % {"n": done.total})
    return redirect("imports:page", key)


@require_POST
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    actions.drop_import(batch, by=request.user, at=now)
    messages.success(request, _("已丢弃这份清单，没有写入任何内容。"))
    return redirect("imports:upload")


@require_POST
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    done = actions.take_back_import(batch, by=request.user, at=now)
    if done.state == ImportState.UNDONE:
        messages.success(request, _("已整份撤回。"))
    return redirect("imports:page", key)


@require_GET
def faults(request: HttpRequest, key: UUID) -> HttpResponse:
    """The list again with what is wrong beside each row. Only while it waits: afterwards the file is gone."""
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    if batch.state != ImportState.KEPT:
        raise NotNow("import_checking" if batch.state == ImportState.CHECKING else "import_confirmed")
    sheet = read(bytes(batch.content), name=batch.name)
    return _file(write_faults(sheet, queries.faults_of(batch), sentences.of_fault), "import-faults.xlsx")


@require_GET
def form(request: HttpRequest) -> HttpResponse:
    queries.need_importer(request.user, timezone.now())
    return _file(write_form(), "import-form.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
