"""通报: the list, the paper itself with its files, reviewing, issuing, voiding. Writing is in `writing`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.reports.actions import bulletins as actions
from huizhen.reports.actions.pdfs import ask_pdf
from huizhen.reports.lifecycle.bulletins import MOVES, NUMBERED
from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import file_name, number_words, word_of
from huizhen.reports.policy.bulletins import get_visible, is_office, moves, wrote
from huizhen.reports.queries import bulletins as queries
from huizhen.reports.queries.pdfs import is_offered
from huizhen.web import sentences
from huizhen.web.bulletins.forms import NoteForm, ReasonForm, seen
from huizhen.web.bulletins.words import sheet
from huizhen.web.context import standing_of
from huizhen.web.papers.files import after_asking, docx


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Issued and voided ones for everybody; for head office also what is at work, and the months that have none."""
    standing, campaign = standing_of(request), current_campaign()
    found = queries.numbered(standing, after=request.GET.get("after", "")[:16])
    months = queries.unwritten(campaign, timezone.localdate()) if campaign and standing.is_coordinator else []
    context = {
        "rows": [(one, number_words(one)) for one in found.bulletins], "after": found.after, "months": months,
        "at_work": queries.in_work(standing) if is_office(standing) else [],
    }  # fmt: skip
    return render(request, "bulletins/list.html", context)


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The paper, with what may be done. What its reviewer said stays at head office."""
    return _page(request, get_visible(standing_of(request), code), NoteForm())


def _page(request: HttpRequest, one: Bulletin, form: NoteForm, *, status: int = 200) -> HttpResponse:
    standing, now = standing_of(request), timezone.now()
    told = queries.told(one, now=now)
    may = moves(standing, one)
    context = sheet(one, told, standing) | {
        "may": may, "form": form, "offers_pdf": is_offered() and _has_file(request, one), "has_file": _has_file(request, one),
        "reviews": bool(one.review_note) and is_office(standing),
        "is_own": one.state == "in_review" and "pass_bulletin" not in may and is_office(standing) and wrote(standing, one),
    }  # fmt: skip
    return render(request, "bulletins/page.html", context, status=status)


def _has_file(request: HttpRequest, one: Bulletin) -> bool:
    """A voided one is read on the page; its file is not handed out any more but by head office."""
    return one.state != "voided" or is_office(standing_of(request))


def _word(request: HttpRequest, code: str) -> tuple[Bulletin, bytes]:
    """The file as it was issued; of a draft as it is now."""
    one, now = get_visible(standing_of(request), code), timezone.now()
    if not _has_file(request, one):
        raise NotNow("bulletin_state", state=one.get_state_display())
    if one.state in NUMBERED:
        return one, bytes(one.word or b"")
    return one, word_of(one, queries.counted(one, now=now), on=timezone.localdate(now))


@require_safe
def word(request: HttpRequest, code: str) -> HttpResponse:
    one, content = _word(request, code)
    return docx(content, file_name(one))


@require_POST
def pdf_asked(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the PDF; the page or its part tells how far it is."""
    one, content = _word(request, code)
    name = file_name(one)
    asked = ask_pdf(content, kind="bulletin", label=one.title, name=name, by=request.user, at=timezone.now())
    return after_asking(request, asked)


# ── review, issue, void


@require_POST
def return_bulletin(request: HttpRequest, code: str) -> HttpResponse:
    """Send it back with words."""
    one = get_visible(standing_of(request), code)
    form = NoteForm(request.POST)
    try:
        note = request.POST.get("note", "")
        actions.return_bulletin(one, by=request.user, at=timezone.now(), note=note)
    except Invalid as no:
        sentences.apply(form, no)
        return _page(request, one, form, status=422)
    messages.success(request, _("已退回，起草的人会收到消息。"))
    return redirect("bulletins:list")


@require_POST
def pass_bulletin(request: HttpRequest, code: str) -> HttpResponse:
    """Agree to what was on the page."""
    one, form = get_visible(standing_of(request), code), NoteForm(request.POST)
    note, known = request.POST.get("note", ""), seen(request.POST)
    try:
        actions.pass_bulletin(one, by=request.user, at=timezone.now(), note=note, seen=known)
    except Invalid as no:
        if form.is_valid():
            sentences.apply(form, no)
        return _page(request, one, form, status=422)
    messages.success(request, _("已审核通过，可以签发。"))
    return redirect("bulletins:page", code)


def _asked(request: HttpRequest, code: str, move: str) -> Bulletin:
    """The bulletin, for a page that asks before it does something: refused as the act would be."""
    standing = standing_of(request)
    one = get_visible(standing, code)
    if move not in moves(standing, one):
        if not standing.is_coordinator:
            raise NotAllowed("bulletin_of_office")
        raise NotNow("bulletin_state", state=one.get_state_display())
    return one


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks and shows what stands in the way, POST issues."""
    if request.method != "POST":
        one = _asked(request, code, MOVES["issue"].name)
        context = {"bulletin": one, "runs": timezone.localdate() <= one.until, "is_behind": queries.is_behind()}
        return render(request, "bulletins/issue.html", context)
    one = get_visible(standing_of(request), code)
    made = actions.issue_bulletin(one, by=request.user, at=timezone.now())
    messages.success(request, _("已签发：%(number)s。各单位综合员会收到消息。") % {"number": actions.label_of(made)})
    return redirect("bulletins:page", code)


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks why, POST voids the number."""
    if request.method != "POST":
        one = _asked(request, code, MOVES["void"].name)
        return render(request, "bulletins/void.html", _reasoned(one, ReasonForm()))
    one, form = get_visible(standing_of(request), code), ReasonForm(request.POST)
    try:
        actions.void_bulletin(one, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))
    except Invalid as no:
        form = ReasonForm(request.POST)
        if form.is_valid():
            sentences.apply(form, no)
        return render(request, "bulletins/void.html", _reasoned(one, form), status=422)
    messages.success(request, _("%(number)s 已作废。") % {"number": actions.label_of(one)})
    return redirect("bulletins:page", code)


def _reasoned(one: Bulletin, form: ReasonForm) -> dict[str, Any]:
    return {"bulletin": one, "form": form, "number": actions.label_of(one)}
