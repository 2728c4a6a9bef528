"""需要谈一谈: one page for the two people it concerns; for everybody else there is none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.cases import actions
from huizhen.cases.models import Flag
from huizhen.cases.policy import is_flagged
from huizhen.cases.queries.flags import get_flag
from huizhen.web.context import standing_of
from huizhen.web.flags.forms import NoteForm, ReasonsForm
from huizhen.web.flags.words import facts


def _page(request: HttpRequest, flag: Flag, **forms: Any) -> HttpResponse:
    is_mine = is_flagged(standing_of(request), flag)
    context = {"flag": flag, "facts": facts(flag), "is_mine": is_mine, "form": None}
    if flag.talked_at is None:
        context["form"] = forms.get("form") or (ReasonsForm(initial={"text": flag.reasons}) if is_mine else NoteForm())
    return render(request, "flags/flag.html", context, status=422 if forms else 200)


@require_GET
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    return _page(request, get_flag(standing_of(request), key))


@require_POST
def state_reasons(request: HttpRequest, key: UUID) -> HttpResponse:
    flag = get_flag(standing_of(request), key)
    form = ReasonsForm(request.POST)
    if not form.is_valid() and is_flagged(standing_of(request), flag):
        return _page(request, flag, form=form)
    actions.state_reasons(flag, by=request.user, at=timezone.now(), text=form.cleaned_data.get("text", ""))
    messages.success(request, _("已说明，对方会看到。"))
    return redirect("flags:page", flag.key)


@require_POST
def note_talk(request: HttpRequest, key: UUID) -> HttpResponse:
    flag = get_flag(standing_of(request), key)
    form = NoteForm(request.POST)
    if not form.is_valid() and not is_flagged(standing_of(request), flag):
        return _page(request, flag, form=form)
    actions.note_talk(flag, by=request.user, at=timezone.now(), note=form.cleaned_data.get("note", ""))
    messages.success(request, _("谈话已记下。"))
    return redirect("home")
