"""How all units report: units by months, reminding, the table as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.directory.choices import UnitKind
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import NotNow
from huizhen.reports.actions import monthly as actions
from huizhen.reports.actions.mailing import XLSX
from huizhen.reports.choices import ReportState
from huizhen.reports.policy.monthly import get_report, need_overseer
from huizhen.reports.queries import monthly as queries
from huizhen.reports.sheets.monthly import board_xlsx
from huizhen.web.context import standing_of
from huizhen.web.figures.words import of_words, value_words
from huizhen.web.monthly import words
from huizhen.web.monthly.files import answer
from huizhen.web.monthly.forms import BoardFilters


def _month(text: str) -> date | None:
    """2026-03; None for what is none."""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def _found(request: HttpRequest, months: int = queries.BOARD_MONTHS) -> tuple[queries.Board, BoardFilters]:
    need_overseer(standing_of(request))
    campaign, filters = current_campaign(), BoardFilters(request.GET)
    if campaign is None:
        raise NotNow("no_campaign")
    now, told = timezone.now(), filters.values
    found = queries.board(
        campaign, now=now, today=timezone.localdate(now), last=_month(request.GET.get("last", "")), kind=told["kind"],
        state=told["state"], months=months,
    )  # fmt: skip
    return found, filters


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    found, filters = _found(request)
    context = {
        "found": found, "filters": filters, "months": [(one, words.month_words(one.month)) for one in reversed(found.months)],
        "rows": [(row, [_cell(one) for one in reversed(row.cells)]) for row in found.rows], "kinds": dict(UnitKind.choices),
        "rate": (value_words(found.rate), of_words(found.rate)) if found.rate else None,
        "states": [(state, state.label, words.TONES[state]) for state in ReportState],
        "may_remind": standing_of(request).is_coordinator, "has_unit": bool(standing_of(request).unit_ids),
    }  # fmt: skip
    return render(request, "monthly/board.html", context)


def _cell(one: queries.Standings | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "one": one,
        "label": one.state.label,
        "tone": words.TONES[one.state],
        "url": reverse("monthly:page", args=[one.report.code]),
    }


@require_GET
def board_file(request: HttpRequest) -> HttpResponse:
    """The same table with all months up to the last shown."""
    found, _filters = _found(request, months=60)
    states = {state.value: str(state.label) for state in ReportState}
    content = board_xlsx(found, states, {key: str(label) for key, label in UnitKind.choices})
    return answer(content, "reports.xlsx", XLSX)


@require_POST
def remind_clerks(request: HttpRequest, code: str) -> HttpResponse:
    """One click; once a day."""
    report = get_report(standing_of(request), code)
    told = actions.remind_clerks(report, by=request.user, at=timezone.now())
    said = _("已提醒%(unit)s的综合员。") if told else _("今天已经提醒过%(unit)s。")
    messages.success(request, said % {"unit": report.unit.name})
    back = request.POST.get("back", "")
    known = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if known else reverse("monthly:board"))
