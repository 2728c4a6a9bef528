"""Contributions of somebody or a group in words, and the lists behind the figures of a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from huizhen.cases.choices import Verdict
from huizhen.directory.queries.presence import person_by_code
from huizhen.lib.errors import NotVisible
from huizhen.methods.queries import contributions as queries
from huizhen.web.context import standing_of

LABELS: dict[str, str | Promise] = {
    "answered": pgettext_lazy("contribution", "负责过的病例"),
    "visited": pgettext_lazy("contribution", "到现场会诊"),
    "followed_up": pgettext_lazy("contribution", "做过的复诊"),
    "extracted": pgettext_lazy("contribution", "萃取的工作法"),
    "taught": pgettext_lazy("contribution", "讨论会上主讲"),
    "attended": pgettext_lazy("contribution", "参加的讨论会"),
}
_ROUTES = {"case": "case:page", "method": "methods:page", "clinic": "clinics:page"}


@dataclass(frozen=True)
class Row:
    """A figure as it is drawn; `url` is empty where nothing stands behind it."""

    label: str | Promise
    campaign: int
    ever: int
    url: str


def rows(found: queries.Contributions, person_code: str = "") -> list[Row]:
    """Every kind with its words; those of a person lead to their lists."""
    base = reverse("directory:given", args=[person_code]) if person_code else ""
    return [
        Row(LABELS[one.kind], one.campaign, one.ever, f"{base}?of={one.kind}" if base and one.ever else "")
        for one in found.figures
    ]


@require_GET
def given(request: HttpRequest, code: str) -> HttpResponse:
    """What stands behind one figure, as far as the reader may see it."""
    standing = standing_of(request)
    if standing.person is None:
        raise NotVisible("person_unknown", code=code[:20])
    person = person_by_code(code)
    kind = request.GET.get("of", "")
    kind = kind if kind in queries.KINDS else queries.KINDS[0]
    page = queries.deeds(standing, person, kind, after=request.GET.get("after", "")[:20])
    kinds = [(LABELS[one], f"{request.path}?of={one}", one == kind) for one in queries.KINDS]
    told = [(one, _address(one), Verdict(one.verdict).label if one.verdict else "") for one in page.deeds]
    context = {"person": person, "kinds": kinds, "label": LABELS[kind], "rows": told, "after": page.after}
    return render(request, "directory/given.html", context)


def _address(deed: queries.Deed) -> str:
    route = "cases:summary" if deed.level == queries.SUMMARY else _ROUTES[deed.of]
    return reverse(route, args=[deed.code])
