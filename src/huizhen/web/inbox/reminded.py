"""谁已被提醒: the steps of a case's ladders, who was told, and whether it was read. A part of the case page with an address of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from huizhen.cases.policy import get_visible
from huizhen.cases.verbs import CLOCKS
from huizhen.notifications.queries.told import Ladder, Told, ladders_of
from huizhen.web.context import standing_of
from huizhen.web.moments import day_words, when_words


@require_GET
def reminded(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who sees the case in full sees who was reminded of it, as she sees it in the timeline."""
    case = get_visible(standing_of(request), code)
    context = {"case": case, "ladders": [_ladder(one) for one in ladders_of(case)]}
    template = "inbox/reminded.html"
    return render(request, f"{template}#part" if request.htmx else template, context)


def _ladder(one: Ladder) -> dict[str, Any]:
    name = CLOCKS[one.clock] if one.clock in CLOCKS else _("第 %(number)s 条措施") % {"number": one.number or ""}
    return {"name": name, "is_running": one.is_running, "steps": [(step, step_words(step)) for step in one.steps]}


def step_words(step: Told) -> str:
    """时限过半 · 11月25日 周三 17:30 到期."""
    n = step.amount or 0
    words = {
        "clock_half": _("时限过半"),
        "clock_late": _("到期"),
        "measure_soon": _("快到期"),
        "measure_due": _("今天到期"),
    }.get(step.verb) or ngettext("超时 %(n)s 个工作日", "超时 %(n)s 个工作日", n) % {"n": n}
    due = _due(step.due)
    return _("%(words)s（时限 %(due)s）") % {"words": words, "due": due} if due else words


def _due(text: str) -> str:
    try:
        found: datetime | date | None = parse_datetime(text) if "T" in text else parse_date(text)
    except ValueError:
        return ""
    if found is None:
        return ""
    return when_words(found) if isinstance(found, datetime) else day_words(found)
