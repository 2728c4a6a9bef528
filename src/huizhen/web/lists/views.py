"""Lists of cases, and the summaries of solved ones that everybody may read."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huizhen.cases.queries import lists
from huizhen.cases.queries.summary import summary as summary_of
from huizhen.cases.queries.upward import upward as suggestions
from huizhen.web.context import standing_of
from huizhen.web.lists import saved, words
from huizhen.web.views import keep

KEPT = "hz-list"
"""The last view of a reader's list, as the query of its address. A cookie, so that looking at a list writes nothing."""


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """One scope, its filters in the address, next deadline first. Without parameters the view looked at last."""
    standing, now = standing_of(request), timezone.now()
    kept = words.recalled(request.COOKIES.get(KEPT, ""), standing)
    if not request.GET and kept:
        return redirect(f"{reverse('cases:list')}?{urlencode(kept)}")
    scope = request.GET.get("scope") or lists.first_scope(standing)
    filters = lists.filters_of(request.GET)
    place = {name: request.GET.get(name, "")[:40] for name in ("after", "before")}
    page = lists.page(standing, scope=scope, filters=filters, now=now, **place)
    context = words.listing(standing, scope, filters, page, now)
    context |= saved.chips(standing.person, urlencode({"scope": scope, **filters.as_params()}))
    answer = render(request, "lists/cases.html", context)
    return keep(answer, KEPT, urlencode({"scope": scope, **filters.as_params()}))


@require_GET
def solved(request: HttpRequest) -> HttpResponse:
    """Solved cases by summary, newest first."""
    asked = {name: request.GET.get(name, "")[:60] for name in ("q", "group", "after")}
    found = lists.solved(standing_of(request), **asked)
    context = {"found": found, "asked": asked, "groups": lists.groups_to_choose(standing_of(request), "all")}
    context["more"] = urlencode({**{k: v for k, v in asked.items() if v}, "after": found.after})
    return render(request, "lists/solved.html", context)


@require_GET
def upward(request: HttpRequest) -> HttpResponse:
    """上行建议 of the reader's groups or domains, newest first."""
    after = request.GET.get("after", "")[:20]
    found = suggestions(standing_of(request), after=after)
    rows = [(one, words.state(one.diagnosis.case)[1]) for one in found.causes]
    return render(request, "lists/upward.html", {"found": found, "rows": rows, "after": after})


@require_GET
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """One solved case without names."""
    return render(request, "lists/summary.html", {"summary": summary_of(standing_of(request), code)})
