"""One box for everything: the page of search, and for head office the words that mean the same."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from huizhen.lib.text import clean
from huizhen.search import queries
from huizhen.web.context import standing_of
from huizhen.web.search import asking, words
from huizhen.web.search.asking import Asked
from huizhen.web.search.cards import cards, kinds
from huizhen.web.views import keep

KEPT = "hz-search"
"""Kind and order chosen last, "case.newest". A cookie: what is looked for is kept nowhere on the server."""
ORDERS = ("best", "newest")


def _asked(request: HttpRequest) -> Asked:
    kind, _, order = request.COOKIES.get(KEPT, "").partition(".")
    kind, order = request.GET.get("kind", kind), request.GET.get("order", order)
    return Asked(
        text=clean(request.GET.get("q", "")[: asking.LONGEST * 2])[: asking.LONGEST],
        kind=kind if kind in kinds() else "",
        order=order if order in ORDERS else "best",
    )


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is found, as a page; as its lower part while somebody types, and as the next lines when she asks for more."""
    asked = _asked(request)
    answer = render(
        request, f"search/page.html{_part(request)}", _found(request, asked) if asked.text else _nothing(asked)
    )
    return keep(answer, KEPT, f"{asked.kind}.{asked.order}")


def _part(request: HttpRequest) -> str:
    target = request.htmx.target if request.htmx and not request.htmx.boosted else ""
    return {"found": "#found", "more": "#lines"}.get(target or "", "")


def _nothing(asked: Asked) -> dict[str, Any]:
    return {"asked": asked, "help": words.HELP, "kinds": kinds().values()}


def _found(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    hits = queries.find(
        standing_of(request),
        asking.canonical(asked.text),
        kind=asked.kind or None,
        order=asked.order,
        after=request.GET.get("after", "")[:80],
        at=timezone.now(),
    )
    return _nothing(asked) | {
        "tabs": [
            ("", "", asked.url(kind="all")),
            *((name, kind, asked.url(kind=name)) for name, kind in kinds().items()),
        ],
        "orders": [(name, asked.url(order=name)) for name in ORDERS],
        "chips": asking.chips(asked),
        "menus": asking.menus(asked),
        "faults": words.sentences(hits.faults),
        "hits": hits,
        "newest": asked.url(order="newest"),
        "cards": cards(hits.hits),
        "more": asked.url(after=hits.next) if hits.next else "",
        "suggestion": asked.url(q=hits.suggestion) if hits.suggestion else "",
        "everywhere": asked.url(kind="all") if asked.kind else "",
        "is_first": not request.GET.get("after"),
        "was_by_age": request.GET.get("after", "").startswith(queries.AGED),
    }
