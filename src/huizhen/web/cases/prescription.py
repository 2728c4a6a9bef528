"""开处方: the matrix of measures × causes, a shared draft saved while typing, what is still missing before signing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases import actions
from huizhen.cases.choices import Innovation, Link
from huizhen.cases.lifecycle import MOVES
from huizhen.cases.lifecycle.inputs import clean
from huizhen.cases.models import Case, Cause, PrescriptionDraft
from huizhen.cases.policy import get_visible, roles_on
from huizhen.cases.queries.chips import chip_of_clock
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.options import demand
from huizhen.directory.queries import setting
from huizhen.lib.errors import Invalid, StaleWrite
from huizhen.methods.queries.reuse import split_code
from huizhen.web import sentences
from huizhen.web.cases.forms import gathered, rows_in
from huizhen.web.cases.views import take_once
from huizhen.web.context import standing_of
from huizhen.worktime.queries import calendar

COLUMNS = ("what", "owner", "owner_name", "owner_unit", "due_on", "expected", "criterion", "source_code")
ROWS_AT_FIRST = 2


def _values(data: QueryDict, causes: list[Cause]) -> dict[str, Any]:
    """The posted matrix in the shape the action reads; empty rows fall away there."""
    measures = []
    for n in range(min(rows_in(data, "measures"), 21)):
        if f"measures-{n}-gone" in data:
            continue
        row: dict[str, Any] = {name: data.get(f"measures-{n}-{name}", "") for name in COLUMNS}
        cells = {str(one.number): data.get(f"measures-{n}-treat-{one.number}", "") for one in causes}
        row["main"] = [number for number, how in cells.items() if how == "main"]
        row["aid"] = [number for number, how in cells.items() if how == "aid"]
        measures.append(row)
    upward = [
        {
            "cause": str(one.number),
            "department": data.get(f"upward-{one.number}-department", ""),
            "suggestion": data.get(f"upward-{one.number}-suggestion", ""),
        }
        for one in causes
        if f"upward-{one.number}-on" in data
    ]
    return {
        "thinking": data.get("thinking", ""),
        "measures": measures,
        "upward": upward,
        "follow_up_on": data.get("follow_up_on", ""),
        "innovation": data.get("innovation", ""),
    }


@dataclass(frozen=True)
class Check:
    """One line of 签发前检查."""

    ok: bool
    words: str
    target: str = ""


def _filled(row: dict[str, Any]) -> bool:
    return any(str(row.get(name) or "").strip() for name in COLUMNS)


def checks(file: CaseFile, values: dict[str, Any]) -> list[Check]:
    """What must hold before signing, said for the draft as it is. The action checks the same and more."""
    causes = file.standing_causes
    rows = [row for row in values.get("measures", []) if _filled(row)]
    covered = {number for row in rows for number in [*row["main"], *row["aid"]]}
    upward = {
        row["cause"] for row in values.get("upward", []) if row["department"].strip() and row["suggestion"].strip()
    }
    bare = [str(one.number) for one in causes if str(one.number) not in covered | upward]
    found = [
        Check(
            not bare,
            _("每个病因都有去处") if not bare else _("病因 %(n)s 还没有去处") % {"n": _("、").join(bare)},
            "matrix",
        )
    ]
    found.append(_said(values.get("thinking", "").strip(), _("思路已写"), _("还没写思路"), "thinking"))
    if not rows:
        found.append(Check(False, _("还没有措施"), "measures-0-what"))
    for n, row in enumerate(values.get("measures", [])):
        if _filled(row):
            found += _row_checks(n, row)
    people = _("、").join(person.name for person in file.contributors.values())
    wanted = setting(file.case.campaign, "contributing_experts")
    enough = bool(file.round.exempted_by_id) or len(file.contributors) >= wanted
    said = _("%(n)s 位以上专家参与：%(people)s") if enough and people else _("至少 %(n)s 位专家参与，现在：%(people)s")
    if file.round.exempted_by_id:
        said = _("团长已同意免集体会诊")
    found.append(Check(enough, said % {"n": wanted, "people": people or _("无")}))
    found.append(_said(values.get("follow_up_on"), _("复诊日已定"), _("还没定复诊日"), "follow_up_on"))
    found.append(_said(values.get("innovation"), _("创新类型已选"), _("还没选创新类型"), "innovation"))
    return found


def _said(there: Any, yes: str, no: str, target: str) -> Check:
    return Check(bool(there), yes if there else no, target)


def _row_checks(n: int, row: dict[str, Any]) -> list[Check]:
    missing = [
        (_("第 %(n)s 条缺措施内容"), "what", row["what"]),
        (_("第 %(n)s 条缺责任人"), "owner_name", row["owner"] or row["owner_name"]),
        (_("第 %(n)s 条缺期限"), "due_on", row["due_on"]),
        (_("第 %(n)s 条缺预期效果"), "expected", row["expected"]),
        (_("第 %(n)s 条缺验收标准"), "criterion", row["criterion"]),
        (_("第 %(n)s 条没有对准病因"), "what", row["main"] or row["aid"]),
    ]
    return [Check(False, words % {"n": n + 1}, f"measures-{n}-{name}") for words, name, value in missing if not value]


def _stored(file: CaseFile, draft: PrescriptionDraft | None) -> dict[str, Any]:
    """The draft; without one the version before, so that a second version starts from the first."""
    if draft is not None:
        return dict(draft.values)
    last = file.prescription
    numbers = {one.number for one in file.standing_causes}
    if last is None or last.diagnosis_id not in {one.diagnosis_id for one in file.standing_causes}:
        return {"thinking": "", "measures": [], "upward": [], "follow_up_on": "", "innovation": ""}
    measures = [
        {
            "what": one.what, "owner": one.owner.code if one.owner else "", "owner_name": one.owner_name, "owner_unit": one.owner_unit,
            "due_on": one.due_on.isoformat(), "expected": one.expected, "criterion": one.criterion, "source_code": one.source_code,
            "main": [n for n, how in one.treats.items() if how == "main" and int(n) in numbers],
            "aid": [n for n, how in one.treats.items() if how == "aid" and int(n) in numbers],
        }
        for one in file.standing_measures
        if one.state in ("todo", "doing")
    ]  # fmt: skip
    upward = [
        {"cause": str(one.number), "department": one.department, "suggestion": one.suggestion}
        for one in file.standing_causes
        if one.is_upward
    ]
    return {
        "thinking": last.thinking,
        "measures": measures,
        "upward": upward,
        "follow_up_on": "",
        "innovation": last.innovation,
    }


def _faults(no: Invalid) -> tuple[dict[tuple[int, str], str], list[str]]:
    """Faults by (row, column) for the matrix, and all of them in words for the summary."""
    cells: dict[tuple[int, str], str] = {}
    told: list[str] = []
    for name, found in no.faults.items():
        for fault in found:
            words = sentences.of_fault(fault)
            if name == "measures" and fault.row is not None:
                cells[(fault.row, fault.column or "what")] = words
                told.append(_("第 %(n)s 条：%(words)s") % {"n": fault.row + 1, "words": words})
            else:
                told.append(words)
    return cells, told


def _context(
    request: HttpRequest, file: CaseFile, values: dict[str, Any], version: int, no: Invalid | None
) -> dict[str, Any]:
    cells, told = _faults(no) if no else ({}, [])
    extra = 1 if "add-measures" in request.POST else 0
    wanted = max(len(values["measures"]) + extra, ROWS_AT_FIRST if not values["measures"] else 0)
    blank = {**dict.fromkeys(COLUMNS, ""), "main": [], "aid": []}
    rows = [*values["measures"], *({**blank} for _n in range(wanted - len(values["measures"])))]
    causes = file.standing_causes
    upward = {row["cause"]: row for row in values["upward"]}
    found = checks(file, values)
    clock = next((one for one in file.clocks(calendar()) if one.name == "prescription" and one.is_open), None)
    return {
        "case": file.case,
        "number": len(file.prescriptions) + 1,
        "clock": chip_of_clock(clock, timezone.now(), calendar()) if clock else None,
        "values": values,
        "version": version,
        "once": get_random_string(22),
        "causes": [
            {"row": one, "chain": [(label, key in one.chain) for key, label in Link.choices], "upward": upward.get(str(one.number)),
             "covered": sum(1 for row in values["measures"] if str(one.number) in [*row["main"], *row["aid"]])}
            for one in causes
        ],
        "rows": [_row(n, row, causes, cells) for n, row in enumerate(rows)],
        "blank": _row("__n__", {**blank}, causes, {}),
        "people": gathered(file),
        "kinds": Innovation.choices,
        "checks": found,
        "left": sum(1 for one in found if not one.ok),
        "gap": next((one for one in found if not one.ok), None),
        "told": told,
        "latest": _latest(file, values),
    }  # fmt: skip


def _row(n: Any, row: dict[str, Any], causes: list[Cause], cells: dict[tuple[int, str], str]) -> dict[str, Any]:
    treats = {**dict.fromkeys(row["aid"], "aid"), **dict.fromkeys(row["main"], "main")}
    faults = {column: words for (at, column), words in cells.items() if at == n}
    shown = n + 1 if isinstance(n, int) else "·"
    return {
        "n": n,
        "shown": shown,
        "v": row,
        "faults": faults,
        "cells": [(one.number, treats.get(str(one.number), ""), one.text) for one in causes],
    }


def _latest(file: CaseFile, values: dict[str, Any]) -> date | None:
    days = []
    for row in values["measures"]:
        try:
            days.append(date.fromisoformat(row["due_on"]))
        except (ValueError, TypeError):
            continue
    return actions.latest_follow_up(days, file.case.campaign) if days else None


def _open(request: HttpRequest, code: str) -> CaseFile:
    """The file, if the reader may write this prescription (participants) or sign it (accountable)."""
    standing = standing_of(request)
    file = file_of(get_visible(standing, code))
    demand(file, standing, roles_on(standing, file.case, file.parties), "prescribe", at=timezone.now())
    return file


@require_http_methods(["GET", "POST"])
def prescribe(request: HttpRequest, code: str) -> HttpResponse:
    case = get_visible(standing_of(request), code)
    if request.method == "POST":
        return _post(request, case)
    file = _open(request, code)
    draft = PrescriptionDraft.objects.filter(case=case).first()
    context = _context(request, file, _stored(file, draft), draft.version if draft else 0, None)
    return render(request, "cases/prescribe.html", context | {"draft": draft})


def _post(request: HttpRequest, case: Case) -> HttpResponse:
    file = file_of(case)
    values = _values(request.POST, file.standing_causes)
    if any(key.startswith("add-") for key in request.POST):
        return render(
            request,
            "cases/prescribe.html",
            _context(request, _open(request, case.code), values, _version(request), None),
        )
    try:
        take_once(request, case, "prescribe", values)
    except Invalid as refused:
        no = refused
        values["measures"] = [row for row in values["measures"] if _filled(row)] or values["measures"]
        try:
            clean(MOVES["prescribe"].inputs, values)
        except Invalid as again:
            no = again  # rows are counted as shown, without the empty ones
        context = _context(request, file, values, _version(request), no)
        return render(request, "cases/prescribe.html", context, status=422)
    messages.success(request, _("处方已签发，等支部接受。"))
    return redirect("case:page", case.code)


def _version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else 0


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the draft; answers with the checks for the page to swap in."""
    case = get_visible(standing_of(request), code)
    file = file_of(case)
    values = _values(request.POST, file.standing_causes)
    seen = _version(request)
    stale = ""
    try:
        draft = actions.save_prescription_draft(case, values, by=request.user, at=timezone.now(), seen=seen)
        seen = draft.version
    except StaleWrite as no:
        stale = sentences.of_refusal(no).headline
    if not request.headers.get("HX-Request"):
        if stale:
            return _collided(request, file, values, stale)
        messages.success(request, _("草稿已存。"))
        return redirect("case:prescribe", case.code)
    found = checks(file, values)
    context = {"checks": found, "left": sum(1 for one in found if not one.ok), "gap": next((c for c in found if not c.ok), None),
               "version": seen, "stale": stale, "saved_at": timezone.now(), "swapped": True}  # fmt: skip
    return render(request, "cases/prescribe_checks.html", context)


def _collided(request: HttpRequest, file: CaseFile, values: dict[str, Any], stale: str) -> HttpResponse:
    """Without a script: the page with what was typed. Saved once more, it replaces what the other one stored."""
    version = PrescriptionDraft.objects.values_list("version", flat=True).get(case=file.case)
    context = _context(request, file, values, version, None) | {"stale": stale}
    return render(request, "cases/prescribe.html", context, status=409)


@require_GET
def read(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One signed version, as paper."""
    file = file_of(get_visible(standing_of(request), code))
    found = next((one for one in file.prescriptions if one.version == version), None)
    if found is None:
        raise Http404
    measures = [one for one in file.measures if one.prescription_id == found.pk]
    causes = [one for one in file.causes if one.diagnosis_id == found.diagnosis_id]
    links = dict(Link.choices)
    rows = [
        (
            one,
            [(cause.number, one.treats.get(str(cause.number), "")) for cause in causes],
            split_code(one.source_code)[0],
        )
        for one in measures
    ]
    shown = [(one, _("、").join(str(links[key]) for key in one.chain if key in links)) for one in causes]
    context = {"case": file.case, "rx": found, "rows": rows, "causes": shown, "versions": file.prescriptions}
    context["upward"] = ngettext("上行建议 %(n)s 条", "上行建议 %(n)s 条", len(shown)) % {
        "n": sum(1 for c in causes if c.is_upward)
    }
    return render(request, "cases/prescription.html", context)
