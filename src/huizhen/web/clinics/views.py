"""病例讨论会: the list, planning, one clinic, another time, calling off, minutes, the invitation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.models import Case
from huizhen.directory.models import Domain, Person
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.methods import policy
from huizhen.methods.actions import clinics as actions
from huizhen.methods.choices import ClinicReason, ClinicState
from huizhen.methods.models import Clinic
from huizhen.methods.queries import clinics as queries
from huizhen.web import sentences
from huizhen.web.agenda import calendars
from huizhen.web.clinics.forms import (
    CancelForm,
    ClinicFilters,
    ClinicForm,
    MinutesForm,
    PostponeForm,
    codes_in,
    sections,
)
from huizhen.web.clinics.words import agenda_of, title_of
from huizhen.web.context import standing_of
from huizhen.web.filters import typed


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Latest first; filters in the address."""
    standing = standing_of(request)
    domains = [(one.code, one.name) for one in Domain.objects.order_by("order", "pk")]
    filters = ClinicFilters(request.GET, {"domain": domains})
    told = filters.values
    page = queries.clinics(standing, **told, after=request.GET.get("after", "")[:40])
    may_plan = policy.hosted_domains(standing).exists()
    context = {
        "filters": filters,
        "clinics": page.clinics,
        "after": page.after,
        "may_plan": may_plan,
        "now": timezone.now(),
    }
    return render(request, "clinics/list.html", context)


# ── planning ──


def _domain(request: HttpRequest, given: str) -> tuple[Domain, Sequence[Domain]]:
    """The domain that is meant, and those she may choose from. NotAllowed: none."""
    hosted = list(policy.hosted_domains(standing_of(request)))
    if not hosted:
        raise NotAllowed("clinic_of_domain")
    return next((one for one in hosted if one.code == given), hosted[0]), hosted


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """First the cases, then the rest. Choosing cases is reading: it stays in the address."""
    domain, hosted = _domain(request, (request.POST or request.GET).get("domain", ""))
    given = request.POST.getlist("known") if request.method == "POST" else request.GET.getlist("case")
    cases = queries.picked(standing_of(request), [*given, *codes_in(request.GET.get("more", ""))][:50])
    if request.method != "POST" and not (cases and request.GET.get("step") == "2"):
        return render(request, "clinics/pick.html", _picking(request, domain, hosted, cases))
    form = _form(request, domain, cases, None)
    if form.is_bound and form.is_valid():
        try:
            key = form.cleaned_data["key"] or form.initial["key"]
            clinic = actions.plan_clinic(domain, by=request.user, at=timezone.now(), key=key, **form.values())
            messages.success(request, _("已安排，邀请发出去了。"))
            return redirect("clinics:page", clinic.code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "domain": domain}
    return render(request, "clinics/form.html", context, status=422 if form.is_bound else 200)


def _picking(request: HttpRequest, domain: Domain, hosted: Sequence[Domain], chosen: Sequence[Case]) -> dict[str, Any]:
    found = queries.suggestions(standing_of(request), domain, at=timezone.now())
    known, picked = {one.case.pk for one in found}, {case.pk for case in chosen}
    rows = [(one.case, [ClinicReason(why).label for why in one.reasons], one.case.pk in picked) for one in found]
    missing = request.GET.get("step") == "2"
    added = [(case, [], True) for case in chosen if case.pk not in known]
    asked = codes_in(request.GET.get("more", ""))
    lost = [code for code in asked if code not in {case.code for case in chosen}]
    return {"domain": domain, "hosted": hosted, "rows": added + rows, "missing": missing, "lost": lost}


def _form(request: HttpRequest, domain: Domain, cases: Sequence[Case], clinic: Clinic | None) -> ClinicForm:
    """The form of a new clinic, or of a planned one with what stands in it."""
    today = timezone.localdate()
    companies = queries.companies(domain, on=today)
    known = {person.pk for one in companies for person in one.people}
    others = queries.outsiders(clinic, known) if clinic else []
    chosen: dict[str, Any] = {}
    ticked: set[str] = set()
    if clinic is None:
        near = {case.group_id for case in cases}
        ticked = {person.code for one in companies if one.group.pk in near for person in one.people}
        chosen = {"title": title_of(today), "agenda": agenda_of([case.accountable for case in cases], 90)}
    else:
        rows = {row.case_id: row.presenter.code for row in clinic.cases.select_related("presenter") if row.presenter}
        names = ("title", "place", "link", "agenda")
        chosen = {name: getattr(clinic, name) for name in names} | {"seen": clinic.version}
        chosen["presenters"] = {case.code: rows.get(case.pk, "") for case in cases}
        ticked = set(clinic.attendances.values_list("person__code", flat=True))
    boxes = sections(companies, others, _("其他人"))
    able = queries.presenters(cases, on=today)
    for case in cases if clinic else ():
        _keep_presenter(able[case.pk], others, chosen["presenters"].get(case.code))
    return ClinicForm(cases, able, boxes, typed(request), initial=chosen, ticked=ticked, is_new=clinic is None)


def _keep_presenter(able: list[Person], others: Sequence[Person], code: str | None) -> None:
    """Who presents a case stays in the list though she moved to another group."""
    able += [one for one in others if one.code == code and one not in able]


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    standing, clinic = standing_of(request), _hosted(request, code, ClinicState.PLANNED)
    codes = list(clinic.cases.order_by("order", "pk").values_list("case__code", flat=True))
    form = _form(request, clinic.domain, queries.picked(standing, codes), clinic)
    if form.is_bound and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.edit_clinic(clinic, by=request.user, at=timezone.now(), seen=seen, **form.values())
            messages.success(request, _("已保存。"))
            return redirect("clinics:page", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    hidden = len(codes) - len(form.cases)
    context = {"form": form, "domain": clinic.domain, "clinic": clinic, "hidden": hidden}
    return render(request, "clinics/form.html", context, status=422 if form.is_bound else 200)


def _hosted(request: HttpRequest, code: str, state: str) -> Clinic:
    """A clinic that she may change, in this state."""
    standing = standing_of(request)
    clinic = policy.get_clinic(standing, code)
    if not policy.may_host(standing, clinic.domain_id):
        raise NotAllowed("clinic_of_domain")
    if clinic.state != state:
        raise NotNow("clinic_state", state=clinic.get_state_display())
    return clinic


# ── one clinic ──


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    clinic = policy.get_clinic(standing_of(request), code)
    return render(request, "clinics/page.html", _page(request, clinic))


def _page(request: HttpRequest, clinic: Clinic, refused: PostponeForm | CancelForm | None = None) -> dict[str, Any]:
    """The clinic as its reader may see it, and what she may do with it now."""
    standing, now = standing_of(request), timezone.now()
    may_host = policy.may_host(standing, clinic.domain_id)
    length = int((clinic.ends_at - clinic.starts_at).total_seconds()) // 60
    told = {"starts_at": clinic.starts_at, "minutes": length, "seen": clinic.version}
    is_planned = clinic.state == ClinicState.PLANNED
    return {
        "clinic": clinic,
        "sheet": queries.sheet(standing, clinic),
        "is_planned": is_planned,
        "may_edit": may_host and is_planned,
        "may_hold": may_host and is_planned and clinic.starts_at <= now,
        "may_amend": may_host and clinic.state == ClinicState.HELD,
        "postponing": refused if isinstance(refused, PostponeForm) else PostponeForm(initial=told, auto_id="p-%s"),
        "cancelling": refused if isinstance(refused, CancelForm) else CancelForm(initial=told, auto_id="c-%s"),
        "refused": refused,
    }


@require_POST
def postpone(request: HttpRequest, code: str) -> HttpResponse:
    form = PostponeForm(request.POST, auto_id="p-%s")
    return _changed(request, code, form, actions.postpone_clinic, _("已改期，告诉了受邀的人。"))


@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    form = CancelForm(request.POST, auto_id="c-%s")
    return _changed(request, code, form, actions.cancel_clinic, _("已取消，告诉了受邀的人。"))


def _changed(request: HttpRequest, code: str, form: Any, act: Callable[..., object], done: str) -> HttpResponse:
    """A change of a clinic that is asked for in a dialog of its page: back to the page, or the page with what is wrong."""
    clinic = policy.get_clinic(standing_of(request), code)
    if form.is_valid():
        try:
            act(clinic, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, done)
            return redirect("clinics:page", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    _hosted(request, code, ClinicState.PLANNED)
    return render(request, "clinics/page.html", _page(request, clinic, form), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """Minutes and attendance, once the clinic has begun."""
    clinic = _hosted(request, code, ClinicState.PLANNED)
    if timezone.now() < clinic.starts_at:
        raise NotNow("clinic_not_begun", starts=clinic.starts_at)
    return _minutes(request, clinic, actions.hold_clinic, _("纪要已发出。"))


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    return _minutes(request, _hosted(request, code, ClinicState.HELD), actions.amend_minutes, _("已保存。"))


def _minutes(request: HttpRequest, clinic: Clinic, act: Any, said: str) -> HttpResponse:
    sheet = queries.sheet(standing_of(request), clinic)
    form = MinutesForm(sheet, typed(request))
    if form.is_bound and form.is_valid():
        try:
            act(clinic, by=request.user, at=timezone.now(), **form.values())
            messages.success(request, said)
            return redirect("clinics:page", clinic.code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "clinic": clinic, "sheet": sheet}
    return render(request, "clinics/minutes.html", context, status=422 if form.is_bound else 200)


@require_GET
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """For a calendar program: the clinic, or the word that it was called off."""
    standing = standing_of(request)
    clinic = policy.get_clinic(standing, code)
    content = calendars.clinic_invitation(clinic, standing, request.build_absolute_uri("/"), at=timezone.now())
    kind = f"text/calendar; charset=utf-8; method={calendars.method_of(clinic)}"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{clinic.code}.ics"'
    return answer
