"""Handing over what somebody holds, answering what is offered, marking that somebody left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.actions.handing import Outcome, accept_handover, propose_handover, refuse_handover
from huizhen.cases.queries import handing
from huizhen.cases.queries.chips import chip
from huizhen.directory import actions as directory
from huizhen.directory.models import Person
from huizhen.directory.queries.presence import may_mark_left, person_by_code, seats_of
from huizhen.lib.errors import Invalid, NotAllowed, NotVisible, Refusal
from huizhen.lib.workdays import Calendar
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.directory import rows as directory_rows
from huizhen.web.filters import typed
from huizhen.web.handing.forms import AnswerForm, HandoverForm, LeavingForm
from huizhen.web.handing.sentences import WHY
from huizhen.worktime.queries import calendar


def _known(request: HttpRequest, code: str) -> Person:
    if standing_of(request).person is None:
        raise NotVisible("person_unknown", code=code[:20])
    return person_by_code(code)


def _tell(request: HttpRequest, outcome: Outcome, done: str) -> None:
    """How many went; of each that did not, why."""
    if outcome.done:
        messages.success(request, done)
    if outcome.failed:
        said = _("；").join(f"{code} {_because(no)}" for code, no in outcome.failed)
        words = ngettext("%(n)s 例未动：%(said)s", "%(n)s 例未动：%(said)s", len(outcome.failed))
        messages.warning(request, words % {"n": len(outcome.failed), "said": said})


def _because(refusal: Refusal) -> str:
    return sentences.of_refusal(refusal).headline


# ── handing over ──


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """What she holds, each with why it cannot go now; the others are proposed to a receiver at once."""
    person, standing, today = _known(request, code), standing_of(request), timezone.localdate()
    if not handing.may_hand_over(standing, person):
        raise NotAllowed("hand_over_by_leader")
    found = handing.handover(standing, person)
    seats = handing.receivers(found, on=today)
    form = HandoverForm(found.ready, seats, _reason(person, standing.absences), typed(request))
    if form.is_bound and form.is_valid():
        outcome = propose_handover(
            person, receivers=form.receivers(), reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        n = len(outcome.done)
        said = ngettext("%(n)s 例已提议，等对方接受。", "%(n)s 例已提议，等对方接受。", n) % {"n": n}
        _tell(request, outcome, said)
        return redirect("handing:hand_over", code)
    days = calendar()
    context = {
        "person": person,
        "form": form,
        "found": found,
        "rows": [_row(one, form, timezone.now(), days) for one in found.rows],
        "away": [seat for seat in seats if seat.person_id in standing.absences],
    }
    return render(request, "handing/hand_over.html", context, status=422 if form.is_bound else 200)


def _reason(person: Person, absences: Any) -> str:
    if person.left_on:
        return _("%(name)s离开，移交病例") % {"name": person.name}
    if person.pk in absences:
        return _("%(name)s请假较长，移交病例") % {"name": person.name}
    return ""


def _row(one: handing.Held, form: HandoverForm, now: datetime, days: Calendar) -> dict[str, Any]:
    ticked, receiver = form.row(one.case.code) if not one.why else (False, None)
    name = one.transfer.to_person.name if one.transfer else ""
    return {
        "case": one.case,
        "chip": chip(one.case, now, days),
        "ticked": ticked,
        "receiver": receiver,
        "why": str(WHY[one.why]) % {"name": name} if one.why else "",
    }


# ── answering ──


@require_GET
def offered(request: HttpRequest) -> HttpResponse:
    return render(request, "handing/offered.html", _offered(request))


def _offered(request: HttpRequest, form: AnswerForm | None = None) -> dict[str, Any]:
    standing = standing_of(request)
    found = handing.offered(standing) if standing.person else []
    ticked = form.data.getlist("cases") if form else [one.case.code for one in found]
    now = timezone.now()
    rows = [(one, one.case.code in ticked, one.due_at <= now) for one in found]
    return {"rows": rows, "form": form or AnswerForm([]), "refused": form is not None}


@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Those ticked. A second click finds them hers already, and says the same."""
    form = AnswerForm(_codes(request), request.POST, refusing=False)
    if not form.is_valid():
        return render(request, "handing/offered.html", _offered(request, form), status=422)
    outcome = accept_handover(form.cleaned_data["cases"], by=request.user, at=timezone.now())
    n = len(outcome.done)
    _tell(request, outcome, ngettext("已接 %(n)s 例。", "已接 %(n)s 例。", n) % {"n": n})
    return redirect("handing:offered")


@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    form = AnswerForm(_codes(request), request.POST)
    if not form.is_valid():
        return render(request, "handing/offered.html", _offered(request, form), status=422)
    given = form.cleaned_data
    outcome = refuse_handover(given["cases"], reason=given["reason"], by=request.user, at=timezone.now())
    n = len(outcome.done)
    _tell(request, outcome, ngettext("已答复不接 %(n)s 例。", "已答复不接 %(n)s 例。", n) % {"n": n})
    return redirect("handing:offered")


def _codes(request: HttpRequest) -> list[str]:
    """What was ticked: the action decides about each, for what was answered a moment ago is not offered any more."""
    return [code[:16] for code in request.POST.getlist("cases")[: handing.LIMIT]]


# ── leaving ──


@require_http_methods(["GET", "HEAD", "POST"])
def mark_left(request: HttpRequest, code: str) -> HttpResponse:
    """With the warning of what she still holds; it cannot be undone but by the roster."""
    person, standing, today = _known(request, code), standing_of(request), timezone.localdate()
    seats = seats_of(person, on=today)
    if not may_mark_left(standing, person, seats, on=today):
        raise NotAllowed("own_person_only")
    people = directory_rows.deputies(person, seats, today)
    leader = standing.person.code if standing.person and not standing.is_coordinator else ""
    form = LeavingForm(people, typed(request), first=leader)
    if form.is_bound and form.is_valid():
        try:
            directory.mark_left(person, **form.values(), by=request.user, at=timezone.now())
            messages.success(request, _("已登记%(name)s离开。") % {"name": person.name})
            return redirect("handing:hand_over", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"person": person, "form": form, "today": today, "found": handing.handover(standing, person)}
    return render(request, "handing/leaving.html", context, status=422 if form.is_bound else 200)
