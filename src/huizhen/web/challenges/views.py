"""领题: the list, one challenge, taking one on, carrying it to its end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.queries import places
from huizhen.challenges import actions, lifecycle, policy, queries, verbs
from huizhen.challenges.models import Challenge
from huizhen.directory.queries import current_campaign
from huizhen.directory.queries.branches import branches, units_with_branches
from huizhen.lib.errors import Invalid, NotAllowed
from huizhen.lib.text import clean
from huizhen.web import sentences
from huizhen.web.challenges.forms import ChallengeFilters, ChallengeForm, StepForm, plain
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of, typed
from huizhen.worktime.queries import calendar


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first; filters in the address."""
    standing, today = standing_of(request), timezone.localdate()
    units = [(unit.code, unit.name) for unit in units_with_branches(on=today)]
    filters = ChallengeFilters(request.GET, {"unit": units})
    told = filters.values
    found = queries.challenges(
        standing, current_campaign(), text=told["q"], unit=told["unit"], state=told["state"], kind=told["kind"],
        branch=clean(request.GET.get("branch", ""))[:20],
    )  # fmt: skip
    page = queries.page_of(
        places.without_case(found) if told["bare"] else found, before=number_of(request.GET.get("after"))
    )
    counts = places.counts_by_challenge([one.pk for one in page.challenges])
    rows = [(one, _target(one), _reached(one), counts.get(one.pk, 0)) for one in page.challenges]
    return render(request, "challenges/list.html", {"filters": filters, "rows": rows, "after": page.after})


def _target(challenge: Challenge) -> dict[str, str]:
    return {"baseline": plain(challenge.baseline), "goal": plain(challenge.goal)}


def _reached(challenge: Challenge) -> int:
    return sum(bool(row["done"]) for row in challenge.milestones)


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    challenge = policy.get_visible(standing_of(request), code)
    return render(request, "challenges/page.html", _page(request, challenge))


def _page(request: HttpRequest, challenge: Challenge, refused: StepForm | None = None) -> dict[str, Any]:
    """The challenge, what the reader may do with it, and those of its cases that she sees."""
    standing, now = standing_of(request), timezone.now()
    found = places.of_challenge(standing, challenge)
    forms = [(step, verbs.STEPS[step.target], _step_form(challenge, step.target, refused))
             for step in policy.steps(standing, challenge)]  # fmt: skip
    return {
        "challenge": challenge,
        "target": _target(challenge),
        "is_open": challenge.state in lifecycle.OPEN,
        "may_edit": policy.may_edit(standing, challenge),
        "is_own": challenge.branch_id in standing.branch_ids,
        "plain_steps": [row for row in forms if not row[0].needs_result],
        "told_steps": [row for row in forms if row[0].needs_result],
        "refused": refused,
        "milestones": _milestones(challenge),
        "reached": _reached(challenge),
        "cases": places.lines(found, now=now, calendar=calendar()),
    }


def _step_form(challenge: Challenge, state: str, refused: StepForm | None) -> StepForm:
    if refused is not None and refused.data.get("state") == state:
        return refused
    return StepForm(initial={"state": state, "seen": challenge.version}, auto_id=f"{state}-%s")


def _milestones(challenge: Challenge) -> list[dict[str, Any]]:
    """With their days as dates; a day that has passed without a tick is late."""
    today = timezone.localdate()
    rows = []
    for row in challenge.milestones:
        day = date.fromisoformat(row["on"])
        rows.append({**row, "day": day, "is_late": not row["done"] and day < today})
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    standing = standing_of(request)
    if not standing.branch_ids:
        raise NotAllowed("challenge_of_branch")
    form = ChallengeForm(_own_branches(request, standing.branch_ids), typed(request))
    if form.is_bound and form.is_valid():
        try:
            made = actions.create_challenge(form.chosen_branch(), by=request.user, at=timezone.now(), **form.values())
            messages.success(request, _("已登记领题 %(code)s。") % {"code": made.code})
            return redirect("challenges:page", made.code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "challenges/form.html", {"form": form}, status=422 if form.is_bound else 200)


def _own_branches(request: HttpRequest, branch_ids: frozenset[int]) -> list[Any]:
    wanted = request.GET.get("branch", "")
    own = list(branches(on=timezone.localdate(), only=branch_ids).branches)
    return sorted(own, key=lambda branch: branch.code != wanted)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    standing = standing_of(request)
    challenge = policy.get_visible(standing, code)
    if challenge.branch_id not in standing.branch_ids:
        raise NotAllowed("challenge_of_branch")
    form = ChallengeForm(_own_branches(request, frozenset({challenge.branch_id})), typed(request), challenge)
    if form.is_bound and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.edit_challenge(challenge, by=request.user, at=timezone.now(), seen=seen, **form.values())
            messages.success(request, _("已保存。"))
            return redirect("challenges:page", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "challenge": challenge}
    return render(request, "challenges/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def advance(request: HttpRequest, code: str) -> HttpResponse:
    challenge = policy.get_visible(standing_of(request), code)
    state = request.POST.get("state", "")[:20]
    form = StepForm(request.POST, auto_id=f"{state}-%s")
    if form.is_valid():
        try:
            told = form.cleaned_data
            actions.advance(
                challenge, told["state"], by=request.user, at=timezone.now(), result=told["result"], seen=told["seen"]
            )
            messages.success(request, _("已更新状态。"))
            return redirect("challenges:page", code)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "challenges/page.html", _page(request, challenge, form), status=422)


@require_POST
def milestone(request: HttpRequest, code: str) -> HttpResponse:
    challenge = policy.get_visible(standing_of(request), code)
    number, seen = number_of(request.POST.get("number")), number_of(request.POST.get("seen"))
    # Counted from 1 on the page, from 0 below.
    place, done = (number or 0) - 1, request.POST.get("done") == "1"
    actions.tick_milestone(challenge, place, done=done, by=request.user, at=timezone.now(), seen=seen)
    return redirect("challenges:page", code)
