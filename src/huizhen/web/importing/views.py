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
from huizhen.cases.choices import ImportState
from huizhen.cases.models import Import
from huizhen.cases.queries import imports as queries
from huizhen.cases.sheets import KNOWN, NEW, NOBODY, REJECTED, REPEATED, Plan, Row, write_faults, write_form
from huizhen.cases.verbs import STAGES
from huizhen.lib.errors import Fault, Invalid, NotNow
from huizhen.lib.workbooks import UPLOAD_MOST
from huizhen.web import sentences
from huizhen.web.filters import typed
from huizhen.web.importing.forms import QUESTIONS, XLSX, UploadForm, answers_of

_SHOWN = 200
_FIRST = 20


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
    context = {"form": form, "lists": [_listed(one) for one in queries.imports_of(request.user, at=now)]}
    return render(request, "importing/upload.html", context, status=422 if request.method == "POST" else 200)


_KINDS = {
    ImportState.KEPT: "po", ImportState.QUEUED: "dai", ImportState.DONE: "zhu", ImportState.FAILED: "red",
    ImportState.UNDOING: "dai", ImportState.UNDONE: "line",
}  # fmt: skip


def _listed(batch: Import) -> dict[str, Any]:
    return {"batch": batch, "state": batch.get_state_display(), "kind": _KINDS[ImportState(batch.state)]}


@dataclass(frozen=True)
class Told:
    """A row in words: what is wrong or what was assumed, by column."""

    row: Row
    title: str
    faults: tuple[tuple[str, str], ...]


def _told(row: Row, faults: list[Fault]) -> Told:
    said = tuple((fault.column or "", sentences.of_fault(fault)) for fault in faults)
    return Told(row, row.line.text("title")[:60], said)


@require_GET
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Before it is confirmed: what every row would become. Afterwards: how it went. It writes nothing, however often it is looked at."""
    now = timezone.now()
    batch = queries.import_of(key, by=request.user, at=now)
    if batch.state == ImportState.KEPT:
        return render(request, "importing/report.html", _report(batch, actions.plan_of(batch, at=now)))
    trouble = sentences.of_refusal(NotNow(batch.trouble)) if batch.trouble else None
    context = _listed(batch) | {
        "trouble": trouble,
        "is_busy": batch.state in (ImportState.QUEUED, ImportState.UNDOING),
        "can_take_back": queries.can_take_back(batch, at=now),
        "until": batch.ended_at + queries.UNDO if batch.ended_at else None,
        "brought": [(one, STAGES[one.stage]) for one in queries.brought_by(batch, limit=_SHOWN)],
        "shown": _SHOWN,
    }
    return render(request, "importing/outcome.html", context)


def _report(batch: Import, plan: Plan) -> dict[str, Any]:
    counts = plan.counts
    return {
        "batch": batch,
        "plan": plan,
        "counts": {
            "fresh": counts[NEW],
            "known": counts[KNOWN],
            "repeated": counts[REPEATED],
            "rejected": counts[REJECTED],
        },
        "shown": _SHOWN,
        "nobody": NOBODY,
        "questions": list(enumerate(plan.questions[:QUESTIONS])),
        "open": sum(1 for one in plan.questions if not one.chosen),
        "notices": [sentences.of_fault(fault) for fault in plan.notices],
        "rejected": [_told(row, row.faults) for row in plan.of(REJECTED)[:_SHOWN]],
        "guessed": [_told(row, row.guesses) for row in plan.guessed[:_SHOWN]],
        "guessed_count": len(plan.guessed),
        "known": plan.of(KNOWN)[:_SHOWN],
        "repeated": plan.of(REPEATED)[:_SHOWN],
        "fresh": [(row, row.past, STAGES[row.past.stage]) for row in plan.fresh[:_FIRST] if row.past],
        "first": _FIRST,
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
        raise NotNow("import_confirmed")
    return _file(write_faults(actions.plan_of(batch, at=now), sentences.of_fault), "import-faults.xlsx")


@require_GET
def form(request: HttpRequest) -> HttpResponse:
    queries.need_importer(request.user, timezone.now())
    return _file(write_form(), "import-form.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
