"""宣传: the board and one published story. Writing, consent and review are for people before a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from huizhen.api.bearer import standing_of
from huizhen.api.inputs import parameters_of
from huizhen.api.reading import query_of
from huizhen.api.refs import maybe, number
from huizhen.api.schemas.refs import Problem
from huizhen.api.schemas.stories import StoryLine, StoryOut, StoryPage
from huizhen.cases.lifecycle import Input
from huizhen.lib.errors import NotVisible
from huizhen.reports.models import Story
from huizhen.reports.queries import stories as queries

router = Router(tags=["stories"])
_BOARD = (
    Input("domain", "key", required=False),
    Input("after", "line", required=False, most=40),
    Input("limit", "whole", required=False, least=1, most=100),
)


def _line(one: Story) -> dict[str, Any]:
    return {
        "code": one.code, "title": one.title, "lead": one.lead, "domain": maybe(one.domain),
        "branch": maybe(one.case.branch if one.names_branch else None), "indicator": one.indicator,
        "indicator_unit": one.indicator_unit, "before": number(one.before), "after": number(one.after),
        "published_at": one.published_at,
    }  # fmt: skip


@router.get(
    "/stories",
    response={200: StoryPage, 401: Problem, 422: Problem},
    url_name="stories",
    operation_id="list_stories",
    summary="Published stories, newest first",
    openapi_extra={"parameters": parameters_of(_BOARD)},
)
def list_stories(request: HttpRequest):
    given = query_of(request, _BOARD)
    page = queries.board(
        standing_of(request), domain=given["domain"], after=given["after"], limit=given["limit"] or queries.PAGE
    )
    return StoryPage(stories=[StoryLine(**_line(one.story)) for one in page.lines], after=page.after)


@router.get(
    "/stories/{code}",
    response={200: StoryOut, 401: Problem, 404: Problem},
    url_name="story",
    operation_id="read_story",
    summary="One published story",
)
def read_story(request: HttpRequest, code: str):
    read = queries.reading(standing_of(request), code)
    if not read.is_on_board:
        raise NotVisible("story_unknown", code=code[:16])
    one = read.story
    return StoryOut(
        **_line(one), problem=one.problem, done=one.done, result=one.result, voice=one.voice, since=one.since, until=one.until,
        captions=[picture.caption for picture in read.pictures], case=one.case.code if read.case_seen else "",
    )  # fmt: skip
