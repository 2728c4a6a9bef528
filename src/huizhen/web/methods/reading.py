"""工作法 as readers have it: the shelf, one method, trying it, what came of it, what is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.policy import get_visible as get_case
from huizhen.lib.errors import Invalid, NotAllowed, NotVisible
from huizhen.methods.actions import reuse, standing
from huizhen.methods.lifecycle import Evidence, VersionState
from huizhen.methods.models import Adoption, Method
from huizhen.methods.policy import get_visible
from huizhen.methods.queries import reading as queries
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of, typed
from huizhen.web.methods import reading_words as words
from huizhen.web.methods.reading_forms import DecisionForm, ResultForm, ShelfFilters, TrialForm, UseForm
from huizhen.web.views import keep

KEPT = "hz-methods"
"""The filters a reader looked with last. A cookie, so that looking writes nothing."""
NAMES = ("domain", "evidence", "kind", "order")


@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    """Published methods; filters in the address. Without parameters those looked with last."""
    kept = _recalled(request.COOKIES.get(KEPT, ""))
    if not request.GET and kept:
        return redirect(f"{reverse('methods:shelf')}?{urlencode(kept)}")
    domains = [(one.code, one.name) for one in queries.domains()]
    filters = ShelfFilters(request.GET, {"domain": domains})
    page = queries.shelf(standing_of(request), **filters.wanted, after=request.GET.get("after", "")[:40])
    rows = [(one, words.badge(one), words.trust_of(one), words.used(one)) for one in page.methods]
    is_new = filters.wanted["order"] == queries.NEWEST
    answer = render(
        request, "methods/shelf.html", {"filters": filters, "rows": rows, "after": page.after, "is_new": is_new}
    )
    return keep(answer, KEPT, urlencode({name: filters.values[name] for name in NAMES if filters.values[name]}))


def _recalled(kept: str) -> dict[str, str]:
    given = dict(parse_qsl(kept[:400], max_num_fields=10)) if kept.count("&") < 10 else {}
    return {name: value for name, value in given.items() if name in NAMES and value}


@require_GET
def pick(request: HttpRequest) -> HttpResponse:
    """Methods to take a measure from: a part for the prescription editor, a page of its own without a script."""
    asked = request.GET.get("q", "")[:60]
    found = queries.offered(standing_of(request), asked)
    rows = [(one, words.badge(one.method), words.trust_of(one.method)) for one in found]
    context = {"rows": rows, "asked": asked, "row": number_of(request.GET.get("row")) or 0}
    name = "methods/pick.html#found" if request.headers.get("HX-Request") else "methods/pick.html"
    return render(request, name, context)


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    method = get_visible(standing_of(request), code)
    if method.evidence == Evidence.DRAFT:
        return redirect("methods:write", method.code)
    return _page(request, method)


def _page(request: HttpRequest, method: Method, refused: tuple[str, Any] | None = None) -> HttpResponse:
    now = timezone.now()
    read = queries.reading(standing_of(request), method, at=now, number=number_of(request.GET.get("v")))
    if read is None:
        raise Http404
    forms = dict([refused] if refused else [])
    context = {
        "read": read,
        "method": method,
        "version": read.version,
        "steps": words.steps_of(read.version.steps),
        "badge": words.badge(method),
        "used": words.used(method),
        "trust": words.trust(read.confidence.score, read.confidence.word),
        "because": words.because(read.confidence),
        "ladder": words.ladder(read, standing.enough_reuses()),
        "uses": [(one, *words.USES[one.outcome]) for one in read.reuses.rows],
        "tiles": words.tiles(read.spread),
        "decisions": [(move.name, *words.DECISIONS[move.name], forms.get(move.name) or _decision(method, move.name))
                      for move in read.moves if move.name in words.DECISIONS],
        "may_revise": any(move.name == "revise" for move in read.moves),
        "trial": forms.get("trial") or TrialForm(read.branches),
        "refused": refused[0] if refused else "",
    }  # fmt: skip
    return render(request, "methods/page.html", context, status=422 if refused else 200)


def _decision(method: Method, name: str) -> DecisionForm:
    return DecisionForm(initial={"seen": method.version}, auto_id=f"{name}-%s")


@require_POST
def adopt(request: HttpRequest, code: str) -> HttpResponse:
    """在本支部试用."""
    who = standing_of(request)
    method = get_visible(who, code)
    if not who.branch_ids:
        raise NotAllowed("adopt_for_branch")
    form = TrialForm(queries.branches_of(who, on=timezone.localdate()), request.POST)
    if form.is_valid():
        try:
            reuse.adopt(method, form.chosen(), by=request.user, at=timezone.now(), why=form.cleaned_data["why"])
            messages.success(request, _("已登记试用，到时提醒您记下结果。"))
            return redirect("methods:page", method.code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return _page(request, method, ("trial", form))


@require_http_methods(["GET", "HEAD", "POST"])
def tell_result(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """What came of a trial; may be told again."""
    method, adoption = _trial(request, code, key)
    version = method.versions.filter(state=VersionState.PUBLISHED).first()
    form = ResultForm(adoption, version, typed(request))
    if form.is_bound and form.is_valid():
        try:
            reuse.tell_result(adoption, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("结果已记下，谢谢。别的支部会看到。"))
            return redirect("methods:page", method.code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "method": method, "adoption": adoption, "version": version}
    return render(request, "methods/result.html", context, status=422 if form.is_bound else 200)


def _trial(request: HttpRequest, code: str, key: UUID) -> tuple[Method, Adoption]:
    """The reader's own trial of a method. NotVisible: there is none; NotAllowed: another branch's."""
    method = get_visible(standing_of(request), code)
    found = method.adoptions.select_related("branch", "method").filter(key=key).first()
    if found is None:
        raise NotVisible("trial_unknown", key=str(key))
    if found.branch_id not in standing_of(request).branch_ids:
        raise NotAllowed("adopt_for_branch")
    return method, found


@require_POST
def say_use(request: HttpRequest, code: str, case: str) -> HttpResponse:
    """解决了, 部分解决, 没有用: the branch's word, from the case's page."""
    who = standing_of(request)
    method, held = get_visible(who, code), get_case(who, case)
    form = UseForm(request.POST)
    told = {"use": request.POST.get("use", "")[:20], "note": request.POST.get("note", "")[:2000]}
    if form.is_valid():
        told = form.cleaned_data
    reuse.say_use(method, held, by=request.user, at=timezone.now(), **told)
    messages.success(request, _("已记下，别的支部会看到。"))
    return redirect(reverse("case:page", args=[held.code]) + "#gongzuofa")


def _deciding(name: str, act: Callable[..., Method], said: str) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: HttpRequest, code: str) -> HttpResponse:
        method = get_visible(standing_of(request), code)
        form = DecisionForm(request.POST, auto_id=f"{name}-%s")
        if form.is_valid():
            try:
                told = form.cleaned_data
                act(method, by=request.user, at=timezone.now(), reason=told["reason"], seen=told["seen"])
                messages.success(request, _(said) % {"code": method.code})
                return redirect("methods:page", method.code)
            except Invalid as invalid:
                sentences.apply(form, invalid)
        return _page(request, method, (name, form))

    view.__name__ = view.__qualname__ = name
    return view


promote = _deciding("promote", standing.promote, gettext_noop("%(code)s 已列为推广。"))
retire = _deciding("retire", standing.retire, gettext_noop("%(code)s 已退役。"))
revive = _deciding("revive", standing.revive, gettext_noop("%(code)s 已恢复。"))
confirm = _deciding("confirm", standing.confirm, gettext_noop("%(code)s 仍然有效，已记下。"))
