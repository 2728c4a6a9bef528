"""附件1 in and out: upload, look at what it would change, then all of it or nothing. Head office only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.directory import actions, queries
from huizhen.directory.models import Campaign
from huizhen.directory.sheets import ADDED, CHANGED, REJECTED, UPLOAD_MOST, Plan, Row, plan, read, write_rows
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.web.roster.forms import XLSX, UploadForm

_SHOWN = 300


def _campaign(request: HttpRequest) -> Campaign:
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")
    campaign = queries.current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    return campaign


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    campaign = _campaign(request)
    form = UploadForm(typed(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            content = file.read(UPLOAD_MOST + 1)
            kept = actions.keep_upload(campaign, content=content, name=file.name, by=request.user, at=timezone.now())
            return redirect("roster:report", kept.token)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "drift": queries.drift(campaign, on=timezone.localdate())}
    return render(request, "roster/upload.html", context, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True)
class Told:
    """A row of the report in words: what is wrong, in which column."""

    row: Row
    faults: tuple[tuple[str, str], ...]


def _told(row: Row) -> Told:
    return Told(row, tuple((fault.column or "", sentences.of_fault(fault)) for fault in row.faults))


def _some(planned: Plan, outcome: str) -> list[Told]:
    return [_told(row) for row in planned.rows if row.outcome == outcome][:_SHOWN]


@require_GET
def report(request: HttpRequest, token: str) -> HttpResponse:
    """The dry run, row by row. It writes nothing, however often it is looked at."""
    _campaign(request)
    kept = queries.upload(token, by=request.user, at=timezone.now())
    planned = plan(read(bytes(kept.content)), kept.campaign, on=timezone.localdate())
    context: dict[str, Any] = {
        "kept": kept,
        "plan": planned,
        "shown": _SHOWN,
        "notices": [_notice(fault) for fault in planned.notices],
        "rejected": _some(planned, REJECTED),
        "changed": _some(planned, CHANGED),
        "added": _some(planned, ADDED),
        "can_apply": not planned.counts[REJECTED] and not (planned.is_empty and not planned.missing),
    }
    return render(request, "roster/report.html", context)


def _notice(fault: Fault) -> str:
    return sentences.of_fault(fault)


@require_POST
def apply(request: HttpRequest, token: str) -> HttpResponse:
    _campaign(request)
    at = timezone.now()
    kept = queries.upload(token, by=request.user, at=at)
    digest, remove = request.POST.get("digest", ""), set(request.POST.getlist("remove"))
    done = actions.apply_roster(
        kept.campaign, content=bytes(kept.content), digest=digest, remove=remove, by=request.user, at=at
    )
    told = {"added": done.added, "changed": done.changed, "removed": done.removed, "groups": done.groups}
    words = _("已导入：新增 %(added)s 人次，修改 %(changed)s 人次，移出 %(removed)s 人，新建 %(groups)s 个团。")
    messages.success(request, words % told)
    return redirect("roster:upload")


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The roster of today with all numbers; that it was taken out is journalled."""
    campaign = _campaign(request)
    content = actions.export_roster(campaign, by=request.user, at=timezone.now())
    return _file(content, f"roster-{timezone.localdate().isoformat()}.xlsx")


@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    _campaign(request)
    return _file(write_rows([]), "roster-form.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
