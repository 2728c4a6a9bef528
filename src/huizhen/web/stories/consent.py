"""What a branch says to a story about it: the very words, yes or no, and no longer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.lib.errors import Invalid
from huizhen.reports.actions.stories import consenting as actions
from huizhen.reports.policy.stories import get_visible
from huizhen.reports.queries.stories import asked_about
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.stories import words


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, code)


def _page(request: HttpRequest, code: str, no: Invalid | None = None) -> HttpResponse:
    """The words as they were asked about, and the answer or the way to give it."""
    story, row, may_answer = asked_about(standing_of(request), code)
    article = words.article(row.words, story.pictures.defer("content", "small"))
    faults = [sentences.of_fault(one) for rows in no.faults.values() for one in rows] if no else []
    context = {
        "story": story, "row": row, "article": article, "may_answer": may_answer, "faults": faults,
        "reason": request.POST.get("reason", ""), "state": words.state(story),
    }  # fmt: skip
    return render(request, "stories/consent.html", context, status=422 if no else 200)


@require_POST
def agree(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    actions.agree(story, by=request.user, at=timezone.now(), digest=request.POST.get("digest", "")[:64])
    messages.success(request, _("已同意这份文字。发布前后都可以撤回。"))
    return redirect("stories:consent", code)


@require_POST
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    story, told = get_visible(standing_of(request), code), request.POST
    try:
        actions.refuse(
            story, by=request.user, at=timezone.now(), digest=told.get("digest", "")[:64], reason=told.get("reason", "")
        )
    except Invalid as no:
        return _page(request, code, no)
    messages.success(request, _("已答复不同意，作者会看到理由。"))
    return redirect("stories:consent", code)


@require_POST
def withdraw_consent(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    try:
        actions.withdraw_consent(story, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))
    except Invalid as no:
        return _page(request, code, no)
    messages.success(request, _("已撤回同意，这篇稿子不再公开。"))
    return redirect("stories:consent", code)
