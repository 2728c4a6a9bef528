"""Secretaries by the file: upload, look at what it would change row by row, then all of it or nothing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.directory import queries
from huizhen.directory.actions.secretaries import apply_secretaries, keep_secretaries
from huizhen.directory.models import Campaign
from huizhen.directory.sheets import ADDED, CHANGED, REJECTED, UPLOAD_MOST
from huizhen.directory.sheets.secretaries import Line, plan_secretaries, read_secretaries, write_form
from huizhen.lib.errors import Invalid, NotNow
from huizhen.web import sentences
from huizhen.web.filters import typed
from huizhen.web.people.steps import need_head_office
from huizhen.web.roster.forms import XLSX, UploadForm

_SHOWN = 300


def _campaign(request: HttpRequest) -> Campaign:
    need_head_office(request)
    campaign = queries.current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    return campaign


@require_http_methods(["GET", "HEAD", "POST"])
def import_secretaries(request: HttpRequest) -> HttpResponse:
    campaign = _campaign(request)
    form = UploadForm(typed(request), request.FILES if request.method == "POST" else None)
    form.fields["file"].label, form.fields["file"].help_text = (
        _("书记名单"),
        _("最大 20 MB 的 .xlsx。先核对，确认后才写入。"),
    )
    if form.is_bound and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            content = file.read(UPLOAD_MOST + 1)
            kept = keep_secretaries(campaign, content=content, name=file.name, by=request.user, at=timezone.now())
            return redirect("people:import_report", kept.token)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "people/import.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def import_report(request: HttpRequest, token: str) -> HttpResponse:
    """The dry run; it writes nothing, however often it is looked at."""
    _campaign(request)
    kept = queries.upload(token, by=request.user, at=timezone.now())
    planned = plan_secretaries(read_secretaries(bytes(kept.content)), kept.campaign, on=timezone.localdate())

    def some(outcome: str) -> list[Line]:
        return [line for line in planned.lines if line.outcome == outcome][:_SHOWN]

    faults = [(line, [(one.column or "", sentences.of_fault(one)) for one in line.faults]) for line in some(REJECTED)]
    context = {
        "kept": kept,
        "plan": planned,
        "rejected": faults,
        "added": some(ADDED),
        "changed": [line for line in planned.lines if line.changes][:_SHOWN],
        "shown": _SHOWN,
        "can_apply": not planned.counts[REJECTED] and bool(planned.counts[ADDED] + planned.counts[CHANGED]),
    }
    return render(request, "people/report.html", context)


@require_POST
def apply_import(request: HttpRequest, token: str) -> HttpResponse:
    _campaign(request)
    at = timezone.now()
    kept = queries.upload(token, by=request.user, at=at)
    done = apply_secretaries(kept, digest=request.POST.get("digest", ""), by=request.user, at=at)
    words = _("已导入：新任命 %(added)s 个，另改 %(changed)s 行。没有账号的可以一起开通。")
    messages.success(request, words % {"added": done.counts[ADDED], "changed": done.counts[CHANGED]})
    return redirect("/people/?state=none&post=requester")


@require_GET
def import_form(request: HttpRequest) -> HttpResponse:
    need_head_office(request)
    headers = {"Content-Disposition": 'attachment; filename="secretaries.xlsx"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(write_form(), content_type=XLSX, headers=headers)
