"""宣传 as it is read: the board, the desk, one story, its poster, its pictures. Looking writes nothing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.lib.word import draw
from huizhen.reports.lifecycle.stories import BRANCH
from huizhen.reports.models.stories import StoryPicture
from huizhen.reports.papers.poster import sheet_of
from huizhen.reports.queries import stories as queries
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of
from huizhen.web.papers.views import docx
from huizhen.web.pictures.views import served
from huizhen.web.stories import words
from huizhen.web.stories.forms import BoardFilters, DeskFilters


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Published stories, newest first."""
    standing = standing_of(request)
    filters = BoardFilters(request.GET, {"domain": [(one.code, one.name) for one in queries.domains()]})
    page = queries.board(standing, domain=filters.values["domain"], after=request.GET.get("after", ""))
    cards = [words.card(one) for one in page.lines]
    context = {"filters": filters, "cards": cards, "after": page.after, "has_desk": queries.has_desk(standing)}
    return render(request, "stories/board.html", context)


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Stories on their way, of who writes, reviews or oversees."""
    standing = standing_of(request)
    if not queries.has_desk(standing):
        raise NotAllowed("story_of_author")
    filters = DeskFilters(request.GET)
    found = queries.desk(standing, state=filters.values["state"], after=number_of(request.GET.get("after")))
    rows = [(one.story, words.state(one.story)) for one in found.lines]
    return render(request, "stories/desk.html", {"filters": filters, "rows": rows, "after": found.after or ""})


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One story with what the reader may do. A branch reads a draft only as it was asked about it."""
    read = queries.reading(standing_of(request), code)
    if not read.reads_words:
        if BRANCH in read.roles and read.consents:
            return redirect("stories:consent", code)
        raise NotVisible("story_unknown", code=code[:16])
    article = words.article(queries.words_of(read.story, read.pictures), read.pictures)
    moves = {one.name for one in read.moves}
    context = {"read": read, "story": read.story, "article": article, "moves": moves, "state": words.state(read.story)}
    return render(request, "stories/page.html", context)


@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    read = _readable(request, code)
    cover = read.pictures[0] if read.pictures else None
    sheet = sheet_of(read.story, cover, at=timezone.now())
    return render(request, "stories/poster.html", {"sheet": sheet, "story": read.story, "cover": cover})


@require_GET
def poster_file(request: HttpRequest, code: str) -> HttpResponse:
    read = _readable(request, code)
    cover = read.pictures[0] if read.pictures else None
    return docx(draw(sheet_of(read.story, cover, at=timezone.now())), f"{read.story.code}-A3.docx")


def _readable(request: HttpRequest, code: str) -> queries.Reading:
    read = queries.reading(standing_of(request), code)
    if not read.reads_words:
        raise NotVisible("story_unknown", code=code[:16])
    return read


@require_safe
def picture(request: HttpRequest, key: UUID) -> HttpResponse:
    found = _picture(request, key)
    return served(request, found.key.hex, found.kind, bytes(found.content))


@require_safe
def small(request: HttpRequest, key: UUID) -> HttpResponse:
    found = _picture(request, key)
    return served(request, f"{found.key.hex}-small", "jpeg", bytes(found.small))


def _picture(request: HttpRequest, key: UUID) -> StoryPicture:
    return queries.get_picture(standing_of(request), key)
