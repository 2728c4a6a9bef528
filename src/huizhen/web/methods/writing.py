"""Writing a method: the extraction desk, 萃取成文, the page with the case beside the fields. GET never writes.

Every button of the page sends the whole form: what was typed is kept first, whatever is done next.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huizhen.cases.models import Case
from huizhen.cases.policy import get_visible as get_case
from huizhen.directory.queries import Standing
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.methods.actions import writing as actions
from huizhen.methods.lifecycle import AUTHOR, Evidence, VersionState
from huizhen.methods.models import Method, MethodVersion
from huizhen.methods.policy import AT_WORK, get_visible, may_extract, moves, roles_on
from huizhen.methods.queries.twins import Alike, made_from, similar_methods
from huizhen.methods.queries.writing import collisions, extracts, newest, past_of, sheet_of
from huizhen.methods.queries.writing import desk as desk_of
from huizhen.web import undo
from huizhen.web.autosave import autosaved
from huizhen.web.context import standing_of
from huizhen.web.methods.pages import sheet_context
from huizhen.web.methods.typed import seen, step_anchor, typed
from huizhen.web.methods.words import field_label
from huizhen.worktime.queries import calendar


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """萃取台: what waits for the leader's decision, what is to be written, what is being written; what earlier lists hold, apart."""
    standing = standing_of(request)
    if not extracts(standing):
        raise NotAllowed("extract_of_group")
    past = request.GET.get("past", "")
    if past in ("undecided", "decided"):
        found = past_of(standing, is_decided=past == "decided", after=request.GET.get("after", ""))
        return render(request, "methods/desk_past.html", {"past": past, "rows": found.rows, "after": found.after})
    desk = desk_of(standing, now=timezone.now(), calendar=calendar())
    return render(request, "methods/desk.html", {"desk": desk, "has_past": desk.has_past})


@require_POST
def extract(request: HttpRequest, code: str) -> HttpResponse:
    """萃取成文. What was made of the case, or is alike, is shown first; `beside` and `despite` make a new one all the same."""
    standing = standing_of(request)
    case, beside = get_case(standing, code), request.POST.get("beside", "")[:16]
    if not may_extract(standing, case):
        raise NotAllowed("extract_of_group")
    made = next(iter(made_from(case)), None)
    if made is None or (made.evidence != Evidence.DRAFT and made.code != beside):
        alike = [] if "despite" in request.POST or made else similar_methods(case, standing)
        if made or alike:
            return render(request, "methods/alike.html", _alike(standing, case, made, alike))
    method = actions.extract(case, by=request.user, at=timezone.now(), beside=beside)
    return redirect("methods:write", method.code)


def _alike(standing: Standing, case: Case, made: Method | None, alike: list[Alike]) -> dict[str, Any]:
    rows = [(one, _may_revise(standing, one.method)) for one in alike]
    return {"case": case, "rows": rows, "made": made, "may_revise": made is not None and _may_revise(standing, made)}


def _may_revise(standing: Standing, method: Method) -> bool:
    return any(one.name == "revise" for one in moves(standing, method, newest(method)))


@require_POST
def prove(request: HttpRequest, code: str) -> HttpResponse:
    """The case named in the form is joined to this method."""
    standing = standing_of(request)
    method, case = get_visible(standing, code), get_case(standing, request.POST.get("case", "")[:20])
    actions.prove(method, case, by=request.user, at=timezone.now())
    words = _("病例 %(case)s 已补充为“%(name)s”的例证。") % {"case": case.code, "name": method.name}
    messages.success(request, words)
    return redirect("methods:desk")


@require_POST
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """The next version; with a case when it came from 萃取成文."""
    standing = standing_of(request)
    method = get_visible(standing, code)
    case = get_case(standing, request.POST["case"][:20]) if request.POST.get("case") else None
    actions.revise(method, by=request.user, at=timezone.now(), case=case)
    return redirect("methods:write", code)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the version being written. POST keeps what was typed; a button of the steps changes their order or number."""
    method = get_visible(standing_of(request), code)
    version = newest(method)
    if request.method != "POST":
        if version.state == VersionState.WRITING and AUTHOR in roles_on(standing_of(request), method):
            return _page(request, method, version)
        return redirect("methods:review" if version.state in AT_WORK else "methods:page", code)
    return _kept(request, method, lambda: None)


def _page(
    request: HttpRequest,
    method: Method,
    version: MethodVersion,
    *,
    typed_: dict[str, Any] | None = None,
    no: Invalid | None = None,
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an author. After a refusal it holds what was typed; after a collision also what is stored."""
    sheet = sheet_of(method, version, standing_of(request))
    context = sheet_context(sheet, typed_ or {}, no) | {"theirs": theirs}
    return render(request, "methods/write.html", context, status=status)


def _kept(request: HttpRequest, method: Method, then: Callable[[], str | None], *, save: bool = True) -> HttpResponse:
    """Keep what was typed, do `then`, go back to the page at the anchor it answers; a refusal shows the page as it was typed."""
    values, now = typed(request.POST), timezone.now()
    try:
        if save:
            actions.save_version(method, values, by=request.user, at=now, seen=seen(request.POST))
        anchor = then()
    except StaleWrite:
        version = newest(method)
        if version.state != VersionState.WRITING:
            raise
        theirs = [(field_label(name), text) for name, text in collisions(version, values)]
        return _page(request, method, version, typed_=values, theirs=theirs, status=409)
    except Invalid as no:
        return _page(request, method, newest(method), typed_=values, no=no, status=422)
    if "step" in request.POST:
        anchor = step_anchor(request.POST["step"], len(values.get("steps", [])))
    elif anchor is None:
        messages.success(request, _("草稿已存。"))
    return redirect(reverse("methods:write", args=[method.code]) + (f"#{anchor}" if anchor else ""))


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Autosave: JSON with the revision and the moment, or with the sentence of a refusal."""

    def keep() -> tuple[int, datetime | None]:
        method, values = get_visible(standing_of(request), code), typed(request.POST)
        kept = actions.save_version(method, values, by=request.user, at=timezone.now(), seen=seen(request.POST))
        return kept.revision, kept.saved_at

    return autosaved(keep, stale=lambda _no: _("别人刚存过这一版。点“存草稿”，就能看到两边的不同。"))


@require_POST
def put(request: HttpRequest, code: str) -> HttpResponse:
    """A piece of the case goes into the field chosen beside it; it can be taken out again."""
    method = get_visible(standing_of(request), code)
    key = request.POST.get("put", "")[:60]
    field = request.POST.get(f"into.{key}", "")[:20]

    def then() -> str:
        actions.put_piece(
            method, key, field, by=request.user, at=timezone.now(), seen=seen(request.POST), values=typed(request.POST)
        )
        words = _("已放进“%(field)s”。") % {"field": field_label(field)}
        undo.offer(request, words, url=reverse("methods:take_out", args=[code]), fields={"take": f"{key}|{field}"})
        return f"id_{field}" if field != "steps" else "steps"

    return _kept(request, method, then, save=False)


@require_POST
def take_out(request: HttpRequest, code: str) -> HttpResponse:
    """The way back of `put`."""
    method = get_visible(standing_of(request), code)
    key, _bar, field = request.POST.get("take", "")[:100].partition("|")
    known = seen(request.POST) if "version" in request.POST else None

    def then() -> str:
        gone = actions.take_piece(
            method, key, field, by=request.user, at=timezone.now(), seen=known, values=typed(request.POST)
        )
        words = _("已从“%(field)s”撤下。") if gone else _("“%(field)s”里的字已经改过，没有动；只去掉了来源。")
        messages.success(request, words % {"field": field_label(field)})
        return f"id_{field}" if field != "steps" else "steps"

    return _kept(request, method, then, save=False)


@require_POST
def mask(request: HttpRequest, code: str) -> HttpResponse:
    """One finding, or all that can be, is put right."""
    method = get_visible(standing_of(request), code)
    wanted = request.POST.get("mask", "")[:200]

    def then() -> str:
        count = actions.mask(
            method, by=request.user, at=timezone.now(), only=[wanted] if wanted and wanted != "all" else (),
            seen=seen(request.POST), values=typed(request.POST),
        )  # fmt: skip
        messages.success(request, ngettext("已隐去 %(n)s 处。", "已隐去 %(n)s 处。", count) % {"n": count})
        return "checks"

    return _kept(request, method, then, save=False)


@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """提交评审. What was typed is kept, even if it cannot be submitted yet."""
    method = get_visible(standing_of(request), code)
    now = timezone.now()

    def then() -> None:
        actions.submit(method, by=request.user, at=now, confirmed=request.POST.getlist("confirm")[:100])

    answer = _kept(request, method, then)
    if answer.status_code != 302:
        return answer
    list(messages.get_messages(request))
    messages.success(request, _("已提交评审。通过后人人可读；评审前可以撤回。"))
    return redirect("methods:review", code)


@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    method = get_visible(standing_of(request), code)
    actions.take_back(method, by=request.user, at=timezone.now())
    messages.success(request, _("已撤回，可以接着写。"))
    return redirect("methods:write", code)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks, POST throws away what is being written."""
    method = get_visible(standing_of(request), code)
    if AUTHOR not in roles_on(standing_of(request), method):
        raise NotAllowed("method_of_author")
    version = newest(method)
    if version.state != VersionState.WRITING:
        raise NotNow("method_state")
    if request.method != "POST":
        return render(request, "methods/discard.html", {"method": method, "version": version})
    actions.discard(method, by=request.user, at=timezone.now())
    messages.success(request, _("草稿已丢弃。"))
    return redirect("methods:desk")
