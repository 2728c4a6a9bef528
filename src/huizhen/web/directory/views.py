"""Who is who: groups with their duty, experts with their leave, branches with their people, the domains' contacts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.queries import places
from huizhen.cases.queries.handing import may_hand_over
from huizhen.cases.queries.picks import loads
from huizhen.challenges.queries import of_branch as challenges_of
from huizhen.directory import actions, queries
from huizhen.directory.models import Domain, Group, Person, Unit
from huizhen.directory.queries.branches import branch_of, units_with_branches
from huizhen.directory.queries.branches import branches as branches_like
from huizhen.directory.queries.groups import coming_leader
from huizhen.directory.queries.presence import (
    coming_leaves,
    duty_weeks,
    group_of,
    is_long_leave,
    may_mark_left,
    may_record_leave,
    may_roster,
    person_by_code,
    seats_of,
    stand_ins,
)
from huizhen.lib.errors import Invalid, NotAllowed, NotVisible
from huizhen.methods.queries import contributions
from huizhen.reports.policy.records import reads_group, reads_record
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.directory import given, rows
from huizhen.web.directory.forms import BranchFilters, DutyForm, ExpertFilters, GroupFilters, LeaveForm
from huizhen.web.filters import typed
from huizhen.worktime.queries import calendar

_FOUND = 8


# ── groups ──


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """By domain; the box also finds experts and branches."""
    campaign, today = queries.current_campaign(), timezone.localdate()
    filters = GroupFilters(request.GET)
    text = filters.values["q"]
    found = queries.groups_by_domain(campaign, on=today) if campaign else []
    context: dict[str, Any] = {"filters": filters, "text": text, "domains": rows.matching(found, text)}
    if text and campaign:
        context["experts"] = queries.persons(campaign, on=today, text=text, limit=_FOUND)
        context["branches"] = branches_like(on=today, text=text, limit=_FOUND)
    if campaign and standing_of(request).is_coordinator:
        context["drift"] = queries.drift(campaign, on=today)
    return render(request, "directory/groups.html", context)


@require_GET
def group(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "directory/group.html", _group(request, _known_group(request, code)))


def _known_group(request: HttpRequest, code: str) -> Group:
    if standing_of(request).person is None:
        raise NotVisible("group_unknown", code=code[:20])
    return group_of(queries.current_campaign(), code)


def _group(request: HttpRequest, group: Group, form: DutyForm | None = None) -> dict[str, Any]:
    """Members with load and leave, duty of the coming weeks, open cases the reader sees."""
    standing, now, today = standing_of(request), timezone.now(), timezone.localdate()
    people = list(queries.members_of(group, on=today))
    leader = next((one for one in people if one.member_role == "leader"), None)
    weeks = duty_weeks(group, on=today)
    ids = [one.pk for one in people]
    limit = queries.setting(group.campaign, "open_cases_per_person")
    may_set = bool(people) and may_roster(standing, group, leader)
    done = contributions.of_group(group)
    return {
        "group": group,
        "members": rows.members(people, loads=loads(ids), away=stand_ins(ids, on=today), limit=limit),
        "limit": limit,
        "coming": coming_leader(group, on=today),
        "weeks": weeks,
        "competences": rows.competences(group, people),
        "form": (form or DutyForm(weeks, people)) if may_set else None,
        "refused": form is not None,
        "is_member": group.pk in standing.group_ids,
        "done": done,
        "given": given.rows(done),
        "reads_record": reads_group(standing, group),
        "may_adjust": standing.is_coordinator and group.closed_on is None,
        "cases": places.lines(places.of_group(standing, group), now=now, calendar=calendar(), limit=10),
    }


@require_POST
def set_duty(request: HttpRequest, code: str) -> HttpResponse:
    group, today = _known_group(request, code), timezone.localdate()
    people = list(queries.members_of(group, on=today))
    leader = next((one for one in people if one.member_role == "leader"), None)
    if not may_roster(standing_of(request), group, leader):
        raise NotAllowed("leader_only")
    form = DutyForm(duty_weeks(group, on=today), people, request.POST)
    if form.is_valid():
        try:
            duty = actions.set_duty(group, **form.values(), by=request.user, at=timezone.now())
            messages.success(request, _("已排定%(name)s值班。") % {"name": duty.person.name})
            return redirect("directory:group", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "directory/group.html", _group(request, group, form), status=422)


# ── experts ──


@require_GET
def experts(request: HttpRequest) -> HttpResponse:
    campaign, today = queries.current_campaign(), timezone.localdate()
    domains = {domain.code: domain for domain in Domain.objects.order_by("order", "pk")}
    units = {unit.code: unit for unit in Unit.objects.order_by("order", "sort_key", "pk")}
    filters = ExpertFilters(request.GET, {"domain": _choices(domains), "unit": _choices(units)})
    told = filters.values
    page = rows.NOBODY
    if campaign and standing_of(request).person:
        domain, unit = domains.get(told["domain"]), units.get(told["unit"])
        after = request.GET.get("after", "")[:400]
        page = queries.persons(campaign, on=today, text=told["q"], domain=domain, unit=unit, after=after)
    away = stand_ins([one.pk for one in page.persons], on=today)
    context = {"filters": filters, "people": rows.experts(page.persons, away), "after": page.after}
    return render(request, "directory/experts.html", context)


def _choices(named: dict[str, Any]) -> list[tuple[str, str]]:
    return [(code, thing.name) for code, thing in named.items()]


def _known_person(request: HttpRequest, code: str) -> Person:
    if standing_of(request).person is None:
        raise NotVisible("person_unknown", code=code[:20])
    return person_by_code(code)


@require_GET
def expert(request: HttpRequest, code: str) -> HttpResponse:
    person, standing = _known_person(request, code), standing_of(request)
    now, today = timezone.now(), timezone.localdate()
    seats = seats_of(person, on=today)
    done = contributions.of_person(person, queries.current_campaign())
    context = {
        "person": person,
        "done": done,
        "given": given.rows(done, person.code),
        "reads_record": reads_record(standing, person, [one.group for one in seats]),
        # A group that went on in the next campaign is one group.
        "seats": {seat.group.code: seat for seat in sorted(seats, key=lambda one: one.group.campaign_id)}.values(),
        "posts": rows.posts(person, today),
        "is_self": standing.person.pk == person.pk,
        "away": person.pk in standing.absences,
        "leaves": rows.leaves(coming_leaves(person, on=today), today),
        "may_change": standing.is_coordinator,
        "may_leave": may_record_leave(standing, person, seats, on=today),
        "may_hand_over": may_hand_over(standing, person),
        "may_mark_left": person.left_on is None and may_mark_left(standing, person, seats, on=today),
        "record": places.record_of(person),
        "most": places.MOST_COUNTED,
        "cases": places.lines(places.of_person(standing, person), now=now, calendar=calendar()),
    }
    return render(request, "directory/expert.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_leave(request: HttpRequest, code: str) -> HttpResponse:
    person, today = _known_person(request, code), timezone.localdate()
    seats = seats_of(person, on=today)
    if not may_record_leave(standing_of(request), person, seats, on=today):
        raise NotAllowed("own_person_only")
    form = LeaveForm(rows.deputies(person, seats, today), typed(request))
    if form.is_bound and form.is_valid():
        try:
            leave = actions.record_leave(person, **form.values(), by=request.user, at=timezone.now())
            messages.success(request, _("已登记请假，%(name)s代。") % {"name": leave.deputy.name})
            if is_long_leave(leave.since, leave.until) and loads([person.pk]):
                messages.warning(request, _("请假较长，手上的病例请移交。已告诉团长。"))
                return redirect("handing:hand_over", code)
            return redirect("directory:expert", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    campaign = queries.current_campaign()
    context = {
        "form": form,
        "person": person,
        "today": today,
        "holds": bool(loads([person.pk])),
        "most": queries.setting(campaign, "leave_handover_days") if campaign else 0,
    }
    return render(request, "directory/leave.html", context, status=422 if form.is_bound else 200)


@require_POST
def end_leave(request: HttpRequest, code: str) -> HttpResponse:
    """Leaves of one person never overlap, so the first day names one."""
    person, today = _known_person(request, code), timezone.localdate()
    if not may_record_leave(standing_of(request), person, seats_of(person, on=today), on=today):
        raise NotAllowed("own_person_only")
    wanted = request.POST.get("since", "")
    leave = next((one for one in coming_leaves(person, on=today) if one.since.isoformat() == wanted), None)
    if leave is None:
        raise NotVisible("leave_unknown")
    actions.end_leave(leave, by=request.user, at=timezone.now())
    messages.success(request, _("已销假。"))
    return redirect("directory:expert", code)


# ── branches and contacts ──


@require_GET
def branches(request: HttpRequest) -> HttpResponse:
    """The units first; the branches of one, or those that fit the words."""
    today, standing = timezone.localdate(), standing_of(request)
    units = units_with_branches(on=today)
    filters = BranchFilters(request.GET, {"unit": [(unit.code, unit.name) for unit in units]})
    told = filters.values
    context: dict[str, Any] = {"filters": filters, "units": rows.by_kind(units)}
    if standing.branch_ids:
        context["own"] = branches_like(on=today, only=standing.branch_ids).branches
    if filters.active:
        page = branches_like(on=today, unit=told["unit"], text=told["q"], after=request.GET.get("after", "")[:800])
        busy = places.open_by_branch([one.pk for one in page.branches])
        context["people_of"] = told["unit"] if standing.is_coordinator else ""
        context |= {"rows": [(one, busy.get(one.pk, 0)) for one in page.branches], "after": page.after}
    return render(request, "directory/branches.html", context)


@require_GET
def branch(request: HttpRequest, code: str) -> HttpResponse:
    standing, now, today = standing_of(request), timezone.now(), timezone.localdate()
    if standing.person is None:
        raise NotVisible("branch_unknown", code=code[:20])
    branch = branch_of(code, on=today)
    context = {
        "branch": branch,
        "is_gone": branch.until is not None and branch.until <= today,
        "is_own": branch.pk in standing.branch_ids,
        "may_adjust": standing.is_coordinator,
        "challenges": challenges_of(standing, branch),
        "cases": places.lines(places.of_branch(standing, branch), now=now, calendar=calendar()),
    }
    return render(request, "directory/branch.html", context)


@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """The liaisons of the domains; head office answers where a domain has none."""
    today = timezone.localdate()
    found = queries.liaisons(on=today)
    away = stand_ins([person.pk for contact in found for person in contact.persons], on=today)
    context = {"contacts": rows.contacts(found, away), "desk": queries.desk_person(on=today)}
    return render(request, "directory/contacts.html", context)
