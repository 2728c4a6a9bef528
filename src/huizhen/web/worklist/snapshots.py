"""Signed work lists: which groups have signed which months, one list with its difference to the month before, signing, the file."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from huizhen.cases.verbs import SITUATIONS, STAGES
from huizhen.directory.models import Group
from huizhen.lib.errors import Invalid, NotNow, NotVisible
from huizhen.reports.actions.snapshots import sign_worklist, take_out_snapshot
from huizhen.reports.clocks.periods import DAY, Period
from huizhen.reports.policy.worklist import get_signed_group, signed_groups
from huizhen.reports.queries import snapshots as queries
from huizhen.reports.queries.worklist import COLUMNS
from huizhen.reports.sheets.worklist import draw
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.worklist.views import XLSX

SHOWN = 300
"""Rows on the page; the file has all."""


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Groups whose lists she may read, and what each has signed of the last months."""
    standing, today = standing_of(request), timezone.localdate()
    some = signed_groups(standing).select_related("campaign").first()
    periods = queries.months(some, today) if some else []
    lines = queries.overview(standing, periods) if some else []
    months = [(one, f"{queries.name_of(one):%Y-%m}") for one in periods]
    rows = [
        (line.group, [(month, signed) for (_period, month), signed in zip(months, line.signed, strict=True)])
        for line in lines
    ]
    return render(request, "worklist/snapshots.html", {"months": months, "rows": rows})


def _asked(request: HttpRequest, group: str, month: str) -> tuple[Group, Period]:
    found = get_signed_group(standing_of(request), group)
    return found, queries.period_of(found, month)


def _version(request: HttpRequest) -> int | None:
    given = request.GET.get("version", "") or request.POST.get("version", "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 5):
        raise NotVisible("snapshot_unknown")
    return int(given)


def _state(row: queries.SnapshotRow) -> tuple[str, Any]:
    return (row.situation, SITUATIONS.get(row.situation, "")) if row.is_open else (row.stage, STAGES.get(row.stage, ""))


@require_GET
def page(request: HttpRequest, group: str, month: str) -> HttpResponse:
    """The signed list of a month, or what would be signed now; what is new, ended, moved and reworded since the month before."""
    standing, today = standing_of(request), timezone.localdate()
    found, period = _asked(request, group, month)
    signed = queries.snapshot(found, period, _version(request))
    before = queries.snapshot(found, _before(found, period))
    rows = queries.rows_of(signed) if signed else queries.draft(found, period, standing)
    now = queries.seen(standing, rows)
    then = queries.seen(standing, queries.rows_of(before)) if before else None
    told = queries.difference(now.rows, then.rows) if then else None
    context = {
        "group": found, "period": period, "month": f"{queries.name_of(period):%Y-%m}", "signed": signed, "before": before,
        "earlier": f"{queries.name_of(_before(found, period)):%Y-%m}", "changes": _changes(told) if told else [],
        "rows": [(one, one.case in now.open_to_her, *_state(one)) for one in now.rows[:SHOWN]],
        "count": len(now.rows), "more": max(len(now.rows) - SHOWN, 0), "hidden": now.hidden,
        "versions": queries.versions(found, period),
        "may_sign": found.pk in standing.led_group_ids and queries.may_sign(found, period, today),
    }  # fmt: skip
    return render(request, "worklist/snapshot.html", context)


def _before(group: Group, period: Period) -> Period:
    return queries.period_of(group, f"{queries.name_of(period) - DAY:%Y-%m}")


def _changes(told: queries.Difference) -> list[tuple[Any, list[tuple[queries.SnapshotRow, str]]]]:
    """Heading → rows with what changed in words."""
    arrow = [(one.row, f"{_state(one.before)[1]} → {_state(one.row)[1]}") for one in told.moved if one.before]
    return [
        (pgettext("difference", "新增"), [(one.row, str(_state(one.row)[1])) for one in told.new]),
        (_("办结"), [(one.row, str(_state(one.row)[1])) for one in told.ended]),
        (_("推进"), arrow),
        (_("改了文字"), [(one.row, one.row.cells.get("progress", "")) for one in told.words]),
        (_("不在本团了"), [(one.row, "") for one in told.gone]),
    ]


@require_POST
def sign(request: HttpRequest, group: str, month: str) -> HttpResponse:
    found, period = _asked(request, group, month)
    made = sign_worklist(found, period, by=request.user, at=timezone.now())
    messages.success(request, _("已签发%(month)s快照，第 %(n)s 版。") % {"month": month, "n": made.version})
    return redirect(reverse("worklist:snapshot", args=(group, month)))


@require_POST
def file(request: HttpRequest, group: str, month: str) -> HttpResponse:
    """The signed list as an XLSX; that it was taken out is journalled."""
    found, period = _asked(request, group, month)
    signed = queries.snapshot(found, period, _version(request))
    if signed is None:
        raise NotNow("snapshot_not_signed")
    rows = queries.seen(standing_of(request), queries.rows_of(signed)).rows
    out, names = io.BytesIO(), tuple(COLUMNS)
    count = draw(names, names, (one.as_row() for one in rows), out, bound=len(rows))
    purpose = request.POST.get("purpose", "")
    try:
        take_out_snapshot(signed, count=count, purpose=purpose, by=request.user, at=timezone.now())
    except Invalid as no:
        messages.error(request, sentences.of_refusal(no).headline)
        return redirect(f"{reverse('worklist:snapshot', args=(group, month))}?version={signed.version}")
    name = f"{found.name}-{month}-v{signed.version}.xlsx"
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)
