"""相似: a part for htmx, a page of its own without. Nothing is written; what is typed is not kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.cases.verbs import STAGES
from huizhen.lib.errors import NotAllowed
from huizhen.lib.text import clean
from huizhen.methods.choices import EvidenceWords
from huizhen.methods.queries.alike import (
    METHOD,
    Found,
    Reason,
    Similar,
    cases_for_method,
    similar_to_case,
    solved_before,
)
from huizhen.search.registry import FULL
from huizhen.web.context import standing_of

TITLE, CONDITION = 60, 3000
"""Characters of what is typed that are compared."""


@dataclass(frozen=True)
class Line:
    """One thing alike, in words."""

    url: str
    code: str
    title: str
    state: str
    state_label: str | Promise
    is_summary: bool
    is_method: bool
    why: str


@require_GET
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Cases and methods like this case."""
    found = similar_to_case(standing_of(request), code)
    return _answer(request, found, title=_("相似的病例和工作法"), back=reverse("case:page", args=[code]))


@require_GET
def method(request: HttpRequest, code: str) -> HttpResponse:
    """Open cases this method might help, of those the reader sees."""
    found = cases_for_method(standing_of(request), code)
    return _answer(request, found, title=_("可能用得上的病例"), back=reverse("methods:page", args=[code]))


@require_POST
def solved(request: HttpRequest) -> HttpResponse:
    """What was solved before like what is being typed: summaries and methods, for whoever registers."""
    standing = standing_of(request)
    if standing.person is None:
        raise NotAllowed("nobody_to_register_for")
    title = clean(request.POST.get("title", ""))[:TITLE]
    condition = clean(request.POST.get("condition", ""), lines=True)[:CONDITION]
    found = solved_before(standing, title=title, condition=condition)
    return _answer(request, found, title=_("已有支部解决过"), back=reverse("registration:start"))


def _answer(request: HttpRequest, found: Found, *, title: str, back: str) -> HttpResponse:
    context = {"title": title, "back": back, "cases": _lines(found.cases), "methods": _lines(found.methods)}
    return render(request, "similar/page.html#lines" if request.htmx else "similar/page.html", context)


def _lines(found: Iterable[Similar]) -> list[Line]:
    return [_line(one) for one in found]


def _line(one: Similar) -> Line:
    is_method, is_summary = one.kind == METHOD, one.level != FULL
    route = "methods:page" if is_method else "cases:summary" if is_summary else "case:page"
    labels = dict(EvidenceWords.choices) if is_method else STAGES
    why = _("；").join(_said(reason) for reason in one.reasons)
    return Line(
        reverse(route, args=[one.code]),
        one.code,
        one.title,
        one.state,
        labels.get(one.state, ""),
        is_summary,
        is_method,
        why,
    )


def _said(reason: Reason) -> str:
    words = _("、").join(reason.words)
    said = {
        "cause": _("同样的病因：%(words)s"),
        "indicator": _("同样的指标：%(words)s"),
        "words": _("都说到：%(words)s"),
        "group": _("同一个专家团"),
        "domain": _("同一个领域"),
    }[reason.sort]
    return said % {"words": words} if reason.words else said
