"""Writing a story and sending it on its way. Every button of the page sends the whole form: what was typed is kept first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from huizhen.cases.policy import get_visible as get_case
from huizhen.cases.queries.file import file_of
from huizhen.lib.errors import Invalid, StaleWrite
from huizhen.methods.actions.pictures import KINDS, MEGABYTES, SIDE
from huizhen.reports.actions.stories import consenting, pictures, reviewing
from huizhen.reports.actions.stories import writing as actions
from huizhen.reports.lifecycle.stories import AUTHOR, DRAFT
from huizhen.reports.models.stories import Story
from huizhen.reports.policy.stories import get_visible, roles_on
from huizhen.reports.queries import stories as queries
from huizhen.web import sentences
from huizhen.web.autosave import autosaved
from huizhen.web.context import standing_of
from huizhen.web.stories import words
from huizhen.web.stories.forms import StoryForm, seen, typed


@require_POST
def draft_story(request: HttpRequest, code: str) -> HttpResponse:
    """写成故事."""
    case = get_case(standing_of(request), code)
    story = actions.draft_story(case, by=request.user, at=timezone.now())
    return redirect("stories:write" if story.state == DRAFT else "stories:page", story.code)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the draft. POST keeps what was typed."""
    story = get_visible(standing_of(request), code)
    if request.method == "POST":
        return _kept(request, story, lambda: None)
    if story.state != DRAFT or AUTHOR not in roles_on(standing_of(request), story):
        return redirect("stories:page", code)
    return _page(request, story)


def _page(
    request: HttpRequest, story: Story, *, no: Invalid | None = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    """The page of an author; after a refusal with what was typed."""
    fresh = get_visible(standing_of(request), story.code)
    rows = list(queries.pictures_of(fresh))
    file = file_of(get_case(standing_of(request), fresh.case.code))
    texts = queries.texts_in(queries.words_of(fresh, rows))
    checks = words.told(fresh, rows, texts, queries.findings_in(fresh, rows, file))
    given = typed(request.POST) if request.method == "POST" else {}
    form = StoryForm(
        request.POST if "title" in given else None,
        initial={name: getattr(fresh, name) for name in StoryForm.base_fields},
    )
    faults = {name: [sentences.of_fault(one) for one in rows_] for name, rows_ in no.faults.items()} if no else {}
    if no:
        mine = {name: told for name, told in no.faults.items() if name in form.fields and name not in form.errors}
        sentences.apply(form, Invalid(mine))
    captions = given.get("captions", {})
    context = {
        "story": fresh, "form": form, "checks": checks, "can_mask": sum(one.can_mask for one in checks), "is_stale": is_stale,
        "pictures": [
            (one, captions.get(str(one.key), one.caption), faults.get(f"caption-{one.key}", ())) for one in rows
        ],
        "cover": given.get("cover") or (str(rows[0].key) if rows else ""),
        "faults": [(words.label(name, rows), one) for name, told in faults.items() if name not in form.fields for one in told],
        "picture_fault": next(iter(faults.get("picture", ())), ""), "figure": words.card(queries.Line(fresh))["figure"],
        "limits": {"megabytes": MEGABYTES, "side": SIDE, "most": pictures.MOST, "caption": queries.CAPTION_LONGEST},
        "kinds": ",".join(f"image/{kind}" for kind in KINDS.values()), "has_room": len(rows) < pictures.MOST,
        "refusal": fresh.consents.select_related("answered_by").filter(state="refused").order_by("-pk").first(),
    }  # fmt: skip
    return render(request, "stories/write.html", context, status=status)


def _kept(request: HttpRequest, story: Story, then: Callable[[], str | None], *, save: bool = True) -> HttpResponse:
    """Keep what was typed, do `then`, go back to the page at the anchor it answers; a refusal shows the page as it was typed."""
    now = timezone.now()
    try:
        if save:
            actions.save_story(story, typed(request.POST), by=request.user, at=now, seen=seen(request.POST))
        anchor = then()
    except StaleWrite:
        if get_visible(standing_of(request), story.code).state != DRAFT:
            raise
        return _page(request, story, is_stale=True, status=409)
    except Invalid as no:
        return _page(request, story, no=no, status=422)
    if anchor is None:
        messages.success(request, _("草稿已存。"))
    return redirect(reverse("stories:write", args=[story.code]) + (f"#{anchor}" if anchor else ""))


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Autosave: JSON with the version and the moment, or with the sentence of a refusal."""

    def keep() -> tuple[int, datetime | None]:
        story, values = get_visible(standing_of(request), code), typed(request.POST)
        kept = actions.save_story(story, values, by=request.user, at=timezone.now(), seen=seen(request.POST))
        return kept.version, kept.saved_at

    return autosaved(keep, stale=lambda _no: _("别人刚存过这篇稿子。点“存草稿”，再决定用哪一份。"))


@require_POST
def mask(request: HttpRequest, code: str) -> HttpResponse:
    """One finding, or all that can be, is put right."""
    story, wanted = get_visible(standing_of(request), code), request.POST.get("mask", "")[:200]

    def then() -> str:
        only = [wanted] if wanted and wanted != "all" else ()
        values, known = typed(request.POST), seen(request.POST)
        count = actions.mask_story(story, by=request.user, at=timezone.now(), values=values, only=only, seen=known)
        messages.success(request, ngettext("已隐去 %(n)s 处。", "已隐去 %(n)s 处。", count) % {"n": count})
        return "checks"

    return _kept(request, story, then, save=False)


@require_POST
def add_picture(request: HttpRequest, code: str) -> HttpResponse:
    """The text beside it is kept too."""
    story = get_visible(standing_of(request), code)
    file, caption = request.FILES.get("picture"), request.POST.get("caption", "")

    def then() -> str:
        content = file.file if file else BytesIO()  # rights come before files
        pictures.add_story_picture(story, by=request.user, at=timezone.now(), content=content, caption=caption)
        return "pictures"

    return _kept(request, story, then, save="title" in request.POST)


@require_POST
def remove_picture(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)

    def then() -> str:
        pictures.remove_story_picture(story, _key(request), by=request.user, at=timezone.now())
        return "pictures"

    return _kept(request, story, then, save="title" in request.POST)


def _key(request: HttpRequest) -> UUID:
    """The picture that is named; nonsense names none there ever was."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return UUID(int=0)


@require_POST
def ask_consent(request: HttpRequest, code: str) -> HttpResponse:
    """请支部同意. What was typed is kept, even if it cannot be asked yet."""
    story = get_visible(standing_of(request), code)

    def then() -> str:
        confirmed = request.POST.getlist("confirm")[:100]
        consenting.ask_consent(story, by=request.user, at=timezone.now(), confirmed=confirmed)
        return "asked"

    answer = _kept(request, story, then, save="title" in request.POST)
    if answer.status_code != 302:
        return answer
    return _done(request, code, _("已请支部看全文并答复。答复前可以收回修改。"))


def _done(request: HttpRequest, code: str, sentence: Any) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("stories:page", code)


@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    consenting.take_back_story(story, by=request.user, at=timezone.now())
    messages.success(request, _("已收回，改好后要再请支部同意。"))
    return redirect("stories:write", code)


@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    reviewing.submit_story(story, by=request.user, at=timezone.now())
    return _done(request, code, _("已提交，等党建工作部审核。"))


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    reviewing.publish_story(story, by=request.user, at=timezone.now())
    return _done(request, code, _("已发布，登录的人都能在宣传栏看到。"))


@require_POST
def return_story(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    reviewing.return_story(story, by=request.user, at=timezone.now(), note=request.POST.get("note", ""))
    return _done(request, code, _("已退回，作者会看到您写的意见。"))


@require_POST
def withdraw_story(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    actions.withdraw_story(story, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))
    return _done(request, code, _("已撤下，只有作者、支部和党建工作部还能看到。"))


@require_POST
def rewrite(request: HttpRequest, code: str) -> HttpResponse:
    story = get_visible(standing_of(request), code)
    actions.rewrite(story, by=request.user, at=timezone.now())
    return redirect("stories:write", code)
