"""Writing a bulletin: its words, with the locked sentences beside them. Every button of the page sends all of it: what was typed is kept first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.reports.actions import bulletins as actions
from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import number_words
from huizhen.reports.policy.bulletins import get_visible
from huizhen.reports.queries import bulletins as queries
from huizhen.web import sentences
from huizhen.web.autosave import autosaved
from huizhen.web.bulletins.forms import WordsForm, seen, typed
from huizhen.web.bulletins.words import facts, sheet
from huizhen.web.context import standing_of

ABOVE = ("title", "addressees", "issuer", "copies")
TEXTS = ("overview", "highlights", "problems", "next_steps")


@require_POST
def draft_bulletin(request: HttpRequest) -> HttpResponse:
    """Begin the bulletin of the month that was chosen, or go on with the one that is there."""
    campaign = current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    try:
        month = date.fromisoformat(f"{request.POST.get('month', '')[:7]}-01")
    except ValueError:
        if not standing_of(request).is_coordinator:
            raise NotAllowed("bulletin_of_office") from None
        raise NotVisible("month_unknown") from None
    made = actions.draft_bulletin(campaign, month, by=request.user, at=timezone.now())
    return redirect("bulletins:write" if made.state == "draft" else "bulletins:page", made.code)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the draft, POST keeps what was typed."""
    standing = standing_of(request)
    one = get_visible(standing, code)
    if request.method != "POST":
        if one.state != "draft" or not standing.is_coordinator:
            return redirect("bulletins:page", code)
        return _page(request, one)
    answer = _kept(request, one)
    if answer is None:
        messages.success(request, _("草稿已存。"))
    return answer or redirect("bulletins:write", code)


def _page(
    request: HttpRequest, one: Bulletin, *, no: Invalid | None = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    """The page of a writer: what is stored, after a refusal what was typed with its faults, after a collision what others stored."""
    told = queries.told(one, now=timezone.now())
    stored = {name: getattr(one, name) for name in (*ABOVE, *TEXTS)}
    form = WordsForm(request.POST if status != 200 else None, initial=stored)
    if status != 200:
        form.is_valid()
    if no is not None:
        sentences.apply(form, no)
    told_by = facts(one, told)
    theirs = [
        (form.fields[name].label, text) for name, text in stored.items() if text != typed(request.POST).get(name, text)
    ]
    context: dict[str, Any] = sheet(one, told, standing_of(request)) | {
        "form": form, "above": [_field(form, name) for name in ABOVE],
        "texts": [(_field(form, name), told_by.get(name)) for name in TEXTS], "theirs": theirs if is_stale else None,
        "number": number_words(one),
    }  # fmt: skip
    return render(request, "bulletins/write.html", context, status=status)


def _field(form: WordsForm, name: str) -> dict[str, Any]:
    """A text with its counter and faults."""
    bound = form[name]
    return {
        "bound": bound,
        "max": actions.KEPT[name],
        "length": len(bound.value() or ""),
        "is_needed": name in actions.NEEDED,
    }


def _kept(request: HttpRequest, one: Bulletin) -> HttpResponse | None:
    """None when what was typed is stored; else the page that says why not."""
    try:
        actions.save_bulletin(one, typed(request.POST), by=request.user, at=timezone.now(), seen=seen(request.POST))
    except StaleWrite:
        return _page(request, get_visible(standing_of(request), one.code), is_stale=True, status=409)
    except Invalid as no:
        return _page(request, one, no=no, status=422)
    return None


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Autosave: JSON with the revision and the moment, or with the sentence of a refusal."""

    def keep() -> tuple[int, datetime | None]:
        one, values = get_visible(standing_of(request), code), typed(request.POST)
        kept = actions.save_bulletin(one, values, by=request.user, at=timezone.now(), seen=seen(request.POST))
        return kept.revision, kept.saved_at

    return autosaved(keep, stale=lambda _no: _("别人刚存过这份通报。点“存草稿”，就能看到两边的不同。"))


@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was typed, then hand it to review."""
    one = get_visible(standing_of(request), code)
    if (refused := _kept(request, one)) is not None:
        return refused
    try:
        actions.submit_bulletin(one, by=request.user, at=timezone.now())
    except Invalid as no:
        return _page(request, get_visible(standing_of(request), code), no=no, status=422)
    messages.success(request, _("已提交审核。审核的人会收到消息；签发之前都可以收回。"))
    return redirect("bulletins:page", code)


@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    one = get_visible(standing_of(request), code)
    actions.take_back_bulletin(one, by=request.user, at=timezone.now())
    messages.success(request, _("已收回，可以接着写。"))
    return redirect("bulletins:write", code)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks, POST throws the draft away."""
    standing = standing_of(request)
    one = get_visible(standing, code)
    if request.method != "POST":
        if not standing.is_coordinator:
            raise NotAllowed("bulletin_of_office")
        if one.state != "draft":
            raise NotNow("bulletin_state", state=one.get_state_display())
        return render(request, "bulletins/discard.html", {"bulletin": one})
    actions.discard_bulletin(one, by=request.user, at=timezone.now())
    messages.success(request, _("草稿已丢弃。"))
    return redirect("bulletins:list")
