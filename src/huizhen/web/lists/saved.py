"""保存的筛选: chips above the list of cases, each a view somebody wants to come back to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huizhen.cases import actions
from huizhen.cases.actions.saved import LONGEST_NAME, MOST_FILTERS
from huizhen.cases.queries.saved import saved_filter, saved_filters
from huizhen.directory.models import Person
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.web import sentences, undo
from huizhen.web.context import standing_of
from huizhen.web.lists import words


def chips(person: Person | None, query: str) -> dict[str, Any]:
    """What the list shows of them. One query."""
    kept = saved_filters(person)
    base = reverse("cases:list")
    return {
        "saved": [(one, f"{base}?{one.query}", one.query == query) for one in kept],
        "query": query,
        "may_save": person is not None
        and len(kept) < MOST_FILTERS
        and "&" in query
        and all(one.query != query for one in kept),
        "longest_name": LONGEST_NAME,
    }


def _me(request: HttpRequest) -> Person:
    person = standing_of(request).person
    if person is None:
        raise NotVisible("no_such_filter")
    return person


def _to(query: str) -> HttpResponse:
    return redirect(f"{reverse('cases:list')}?{query}" if query else "cases:list")


def _canonical(request: HttpRequest) -> str:
    """The query as the list writes it itself; nothing for nonsense or a scope the reader does not have."""
    return urlencode(words.recalled(request.POST.get("query", ""), standing_of(request)))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the view shown under a name. With a key it is one that was just dropped."""
    person, query = _me(request), _canonical(request)
    try:
        key = UUID(request.POST["key"]) if "key" in request.POST else None
        kept = actions.save_filter(person, name=request.POST.get("name", ""), query=query, at=timezone.now(), key=key)
        messages.success(request, _("已保存筛选“%(name)s”。") % {"name": kept.name})
    except ValueError:
        raise NotVisible("no_such_filter") from None
    except Invalid as no:
        messages.error(request, sentences.of_refusal(no).headline)
    return _to(query)


@require_POST
def rename(request: HttpRequest, key: UUID) -> HttpResponse:
    kept = saved_filter(_me(request), key)
    before, name = kept.name, request.POST.get("name", "")
    try:
        actions.rename_filter(kept, name=name)
        said = _("“%(before)s”已改名。") % {"before": before}
        undo.offer(request, said, url=reverse("cases:rename_filter", args=[key]), fields={"name": before})
    except Invalid as no:
        messages.error(request, sentences.of_refusal(no).headline)
    return _to(kept.query)


@require_POST
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    kept = saved_filter(_me(request), key)
    actions.drop_filter(kept)
    fields = {"name": kept.name, "query": kept.query, "key": str(kept.key)}
    said = _("已删除筛选“%(name)s”。") % {"name": kept.name}
    undo.offer(request, said, url=reverse("cases:save_filter"), fields=fields)
    return _to(_canonical(request) or kept.query)
