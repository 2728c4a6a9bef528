"""团长建议: the list, one suggestion, making one, answering, withdrawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.models import Case
from huizhen.cases.policy import get_visible
from huizhen.directory.models import Group
from huizhen.lib.errors import Invalid, NotAllowed
from huizhen.reports.actions import rounds as actions
from huizhen.reports.choices import SuggestionState
from huizhen.reports.models import Suggestion
from huizhen.reports.policy.rounds import answers, get_suggestion, withdraws
from huizhen.reports.queries import suggestions as queries
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of, typed
from huizhen.web.rounds.forms import AnswerForm, SuggestForm

SHOWS = {
    "": gettext_lazy("全部"),
    "mine": gettext_lazy("等我答复"),
    "made": gettext_lazy("我提的"),
    "open": SuggestionState.OPEN.label,
    "adopted": SuggestionState.ADOPTED.label,
    "not_adopted": SuggestionState.NOT_ADOPTED.label,
}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    standing, show = standing_of(request), request.GET.get("show", "")
    show = show if show in SHOWS else ""
    leads = bool(standing.led_group_ids)
    found = queries.suggestions(standing, show=show, after=number_of(request.GET.get("after")))
    shows = [(key, label, key == show) for key, label in SHOWS.items() if key != "made" or leads]
    context = {"rows": found.suggestions, "after": found.after, "show": show, "shows": shows, "leads": leads}
    return render(request, "rounds/suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """About a case, or about the work of a group."""
    groups = _groups(request)
    code = (request.POST or request.GET).get("case", "")
    case = get_visible(standing_of(request), code) if code else None
    form = SuggestForm(typed(request), has_case=case is not None, groups=[(one.code, one.name) for one in groups])
    if form.is_bound and form.is_valid():
        try:
            made = _suggest(request, form.cleaned_data, case, groups)
            messages.success(request, _("建议已提出，等对方答复。"))
            return redirect("case:page", made.case.code) if made.case else redirect("rounds:suggestion", made.key)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    if case is not None and case.group not in groups:
        raise NotAllowed("round_of_leader")
    return render(request, "rounds/suggest.html", {"form": form, "case": case}, status=422 if form.is_bound else 200)


def _groups(request: HttpRequest) -> list[Group]:
    """The groups in whose name she may speak. NotAllowed: none."""
    groups = list(Group.objects.filter(pk__in=standing_of(request).led_group_ids).order_by("order", "code"))
    if not groups:
        raise NotAllowed("round_of_leader")
    return groups


def _suggest(request: HttpRequest, told: dict[str, Any], case: Case | None, groups: list[Group]) -> Suggestion:
    group = case.group if case is not None else next(one for one in groups if one.code == told["group"])
    if group is None:
        raise NotAllowed("round_of_leader")
    return actions.suggest(
        group, by=request.user, at=timezone.now(), to=told["to"], text=told["text"], case=case, key=told["key"]
    )


def _page(request: HttpRequest, one: Suggestion, form: AnswerForm | None = None) -> HttpResponse:
    standing = standing_of(request)
    is_open = one.state == SuggestionState.OPEN
    context = {
        "one": one,
        "form": form or AnswerForm() if is_open and answers(standing, one) else None,
        "may_withdraw": is_open and withdraws(standing, one),
    }
    return render(request, "rounds/suggestion.html", context, status=422 if form else 200)


@require_GET
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    return _page(request, get_suggestion(standing_of(request), key))


@require_POST
def answer_suggestion(request: HttpRequest, key: UUID) -> HttpResponse:
    one, form = get_suggestion(standing_of(request), key), AnswerForm(request.POST)
    may = one.state == SuggestionState.OPEN and answers(standing_of(request), one)
    if may and not form.is_valid():
        return _page(request, one, form)
    try:
        told = form.cleaned_data if may else {"decision": "", "answer": ""}
        actions.answer_suggestion(one, by=request.user, at=timezone.now(), **told)
    except Invalid as invalid:
        sentences.apply(form, invalid)
        return _page(request, one, form)
    messages.success(request, _("已答复，团长会看到。"))
    return redirect("rounds:suggestion", key)


@require_POST
def withdraw_suggestion(request: HttpRequest, key: UUID) -> HttpResponse:
    one = get_suggestion(standing_of(request), key)
    actions.withdraw_suggestion(one, by=request.user, at=timezone.now())
    messages.success(request, _("建议已撤回。"))
    return redirect("rounds:suggestion", key)
