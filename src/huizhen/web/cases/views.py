"""The case page and its moves: find, ask for permission, check, call one action, answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from huizhen.accounts.actions import Replay, claim_answer, keep_answer
from huizhen.cases import actions
from huizhen.cases.choices import DeclineBasis
from huizhen.cases.lifecycle import MOVES, Move
from huizhen.cases.models import Attachment, Case, Session
from huizhen.cases.policy import get_visible, roles_on
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.options import demand
from huizhen.cases.verbs import MOVES as LABELS
from huizhen.directory.models import Person
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_phone
from huizhen.web import sentences
from huizhen.web.cases.composing import compose
from huizhen.web.cases.forms import Around, MoveForm, values_in
from huizhen.web.context import standing_of


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    standing = standing_of(request)
    case = get_visible(standing, code)
    return render(
        request, "cases/case.html", compose(case, standing, now=timezone.now(), show=request.GET.get("show", ""))
    )


def _permitted(request: HttpRequest, case: Case, name: str) -> tuple[CaseFile, Move]:
    """The file of the case, if the reader may take the move now."""
    file, standing = file_of(case), standing_of(request)
    return file, demand(file, standing, roles_on(standing, case, file.parties), name, at=timezone.now())


def _around(request: HttpRequest, file: CaseFile) -> Around:
    return Around(file, standing_of(request), timezone.localdate(), request.GET.dict())


def _preset(file: CaseFile, name: str) -> dict[str, Any]:
    """What most people would fill in: an hour, the branch and the accountable expert; a planned session as it was planned."""
    people = [file.case.accountable.code, file.case.requester.code]
    if name == "plan_session":
        return {"minutes": 60, "people": people}
    if name == "reschedule_session":
        session = next((one for one in file.sessions if one.state == "planned"), None)
        return _as_planned(session) if session else {}
    if name == "hold_session":
        planned = [one for one in file.sessions if one.state == "planned" and one.starts_at <= timezone.now()]
        if planned:
            seats = [one.person.code for one in file.sessions[planned[0]]]
            return {"session": str(planned[0].key), "mode": planned[0].mode, "place": planned[0].place, "people": seats}
        return {"people": people}
    return {}


def _as_planned(session: Session) -> dict[str, Any]:
    minutes = int((session.ends_at - session.starts_at).total_seconds() // 60)
    return {
        "session": str(session.key), "starts_at": session.starts_at, "minutes": minutes, "place": session.place, "link": session.link,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Any move of the table: GET asks, POST takes it."""
    case = get_visible(standing_of(request), code)
    if request.method == "POST":
        return _take(request, case, name)
    file, found = _permitted(request, case, name)
    around = Around(file, standing_of(request), timezone.localdate(), _preset(file, name) | request.GET.dict())
    return _ask(request, case, MoveForm(found, around))


def _ask(request: HttpRequest, case: Case, form: MoveForm, status: int = 200) -> HttpResponse:
    context = {
        "case": case,
        "file": form.around.file,
        "form": form,
        "move": form.move,
        "basis": dict(DeclineBasis.choices).get(form.around.file.proposal.basis, "")
        if form.around.file.proposal
        else "",
        "label": LABELS[form.move.name],
        "once": get_random_string(22),
    }
    return render(request, "cases/move.html", context, status=status)


def _take(request: HttpRequest, case: Case, name: str) -> HttpResponse:
    if any(key.startswith("add-") for key in request.POST):
        file, found = _permitted(request, case, name)
        return _ask(request, case, MoveForm(found, _around(request, file), request.POST))
    try:
        take_once(request, case, name, values_in(MOVES[name].inputs, request.POST))
    except Invalid as no:
        file, found = _permitted(request, case, name)
        form = MoveForm(found, _around(request, file), request.POST)
        form.add_faults(no)
        return _ask(request, case, form, status=422)
    messages.success(request, _("已办：%(what)s") % {"what": LABELS[name]})
    return redirect(_next(request, case))


def _next(request: HttpRequest, case: Case) -> str:
    """Back to where the button was: only our own home, lists and this case."""
    target = request.POST.get("next", "")
    known = target.startswith("/") and not target.startswith("//") and "\\" not in target and len(target) < 300
    return target if known else reverse("case:page", args=[case.code])


def take_once(request: HttpRequest, case: Case, name: str, values: dict[str, Any]) -> None:
    """Take a move; the same form sent twice is one act."""
    now, key = timezone.now(), clean(request.POST.get("once", ""))[:64]
    seen = request.POST.get("seen", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    with transaction.atomic():
        claim = claim_answer(request.user, key=f"web:{case.code}:{name}:{key}", digest=name, at=now) if key else None
        if isinstance(claim, Replay):
            return
        actions.take(case, name, by=request.user, at=now, values=values, seen=version)
        if claim is not None:
            keep_answer(claim, status=200, body=None)


@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, code: str) -> HttpResponse:
    case = get_visible(standing_of(request), code)
    _permitted(request, case, "attach")
    fault = ""
    if request.method == "POST":
        fault = _attach(request, case)
        if not fault:
            return redirect(reverse("case:page", args=[case.code]) + "#ziliao")
    context = {
        "case": case,
        "label": LABELS["attach"],
        "fault": fault,
        "kinds": ",".join(f".{kind}" for kind in actions.FILE_KINDS),
    }
    return render(request, "cases/attach.html", context, status=422 if fault else 200)


def _attach(request: HttpRequest, case: Case) -> str:
    """Keep the files; the first fault in words, "" when all went well."""
    files = request.FILES.getlist("file")[:10]
    if not files:
        return _("请先选一个文件。")
    kept, faults = 0, []
    for file in files:
        try:
            actions.attach(case, by=request.user, at=timezone.now(), name=file.name or "", content=file.file)
            kept += 1
        except Invalid as no:
            faults.append(f"{file.name}{_('：')}{sentences.of_refusal(no).headline}")
    if kept:
        messages.success(request, ngettext("已添加 %(n)s 个附件。", "已添加 %(n)s 个附件。", kept) % {"n": kept})
    return " ".join(faults)


@require_GET
def download(request: HttpRequest, code: str, key: str) -> HttpResponseBase:
    """Always a download of plain bytes: never shown, never run."""
    case = get_visible(standing_of(request), code)
    file = get_object_or_404(Attachment, case=case, key=key)
    answer = FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, code: str, person: str) -> HttpResponse:
    case = get_visible(standing_of(request), code)
    who = Person.objects.filter(code=person).first()
    if who is None or who.pk not in {case.requester_id, case.accountable_id, case.first_responder_id}:
        raise NotVisible("person_unknown")
    context: dict[str, Any] = {"case": case, "who": who, "masked": mask_phone(who.phone), "phone": "", "fault": ""}
    if request.method == "POST":
        try:
            context["phone"] = actions.reveal(
                case, who, purpose=request.POST.get("purpose", ""), by=request.user, at=timezone.now()
            )
        except Invalid as no:
            context["fault"] = sentences.of_refusal(no).headline
    elif not roles_on(standing_of(request), case, file_of(case).parties) - {"reader"}:
        actions.reveal(case, who, purpose="", by=request.user, at=timezone.now())
    return render(request, "cases/reveal.html", context, status=422 if context["fault"] else 200)
