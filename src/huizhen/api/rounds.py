"""查房: the leader's board, a stamp, suggestions and their answers. Finds and actions are those of the pages.

Only the page takes a stamp back or withdraws a suggestion, stamps many at once, and suggests without a case.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from huizhen.api.bearer import now_of, standing_of, user_of
from huizhen.api.inputs import object_of, parameters_of
from huizhen.api.once import once
from huizhen.api.openapi import KEY, json_body
from huizhen.api.reading import case_code, json_of, query_of, uuid_of
from huizhen.api.refs import maybe, ref
from huizhen.api.schemas.refs import Problem
from huizhen.api.schemas.rounds import RoundLine, RoundOut, RoundPage, SuggestionOut, SuggestionPage
from huizhen.cases.lifecycle import Input, clean
from huizhen.cases.policy import get_visible
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import NotAllowed, NotNow
from huizhen.reports.actions import rounds as actions
from huizhen.reports.choices import Addressee, SuggestionState
from huizhen.reports.models import Suggestion, WardRound
from huizhen.reports.policy.rounds import get_suggestion, goes_round
from huizhen.reports.queries import rounds as queries
from huizhen.reports.queries import suggestions as listed

router = Router(tags=["rounds"])
_READ = {401: Problem, 403: Problem, 409: Problem, 422: Problem}
_WRITE = {**_READ, 400: Problem, 404: Problem, 413: Problem, 415: Problem}
_BOARD = (
    Input("group", "key", required=False),
    Input("show", "choice", required=False, options=("due", "all")),
    Input("after", "line", required=False, most=40),
    Input("limit", "whole", required=False, least=1, most=100),
)
_LIST = (
    Input("show", "choice", required=False, options=("mine", "made", *SuggestionState.values)),
    Input("after", "whole", required=False, least=1, most=2**53),
)
_STAMP = (Input("comment", "text", required=False, most=actions.LONGEST_COMMENT),)
_SUGGEST = (
    Input("to", "choice", options=tuple(Addressee.values)),
    Input("text", "text", least=actions.SHORTEST, most=actions.LONGEST),
)
_ANSWER = (
    Input("decision", "choice", options=("adopted", "not_adopted")),
    Input("answer", "text", required=False, most=actions.LONGEST),
)


def _round(one: WardRound, case: str) -> RoundOut:
    return RoundOut(
        batch=str(one.batch), case=case, group=ref(one.group), by=ref(one.by), at=one.at, comment=one.comment
    )


def _suggestion(one: Suggestion) -> SuggestionOut:
    return SuggestionOut(
        key=str(one.key), case=one.case.code if one.case else "", group=ref(one.group), by=ref(one.by), at=one.at, to=one.to,
        text=one.text, state=one.state, answer=one.answer, answered_by=maybe(one.answered_by), answered_at=one.answered_at,
    )  # fmt: skip


@router.get(
    "/rounds",
    response={200: RoundPage, **_READ},
    url_name="rounds",
    operation_id="list_rounds",
    summary="The leader's open cases, longest not visited first",
    openapi_extra={"parameters": parameters_of(_BOARD)},
)
def list_rounds(request: HttpRequest):
    """For leaders and who acts for them. `show=all` gives what was visited in this period too."""
    standing, now, given = standing_of(request), now_of(request), query_of(request, _BOARD)
    if not goes_round(standing):
        raise NotAllowed("rounds_of_leaders")
    campaign = current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    period = queries.period_of(campaign, timezone.localdate(now))
    found = queries.board(
        standing, period, now=now, group=given["group"], only_due=given["show"] != "all", after=given["after"],
        limit=given["limit"] or queries.PAGE,
    )  # fmt: skip
    lines = [
        RoundLine(
            case=one.case.code, title=one.case.title, situation=one.case.situation, accountable=ref(one.case.accountable),
            days=one.days, is_visited=one.is_visited, unanswered=one.waiting,
            last=_round(one.last, one.case.code) if one.last else None,
        )
        for one in found.lines
    ]  # fmt: skip
    told = found.progress
    return RoundPage(
        since=period.since, until=period.last, visited=told.visited, open=told.open, cases=lines, after=found.after
    )


@router.post(
    "/cases/{code}/round",
    response={201: RoundOut, **_WRITE},
    url_name="make_round",
    operation_id="make_round",
    summary="Stamp a case as visited",
    openapi_extra={"parameters": [KEY], "requestBody": json_body(object_of(_STAMP), required=False)},
)
def make_round(request: HttpRequest, response: HttpResponse, code: str):
    """By the leader of its group. The same words on the same day are one stamp."""
    case, given = get_visible(standing_of(request), case_code(code)), json_of(request)

    def effect() -> RoundOut:
        comment = clean(_STAMP, given)["comment"]
        (one,) = actions.make_round([case], by=user_of(request), at=now_of(request), comment=comment)
        return _round(one, case.code)

    return once(request, response, status=201, content=request.body, effect=effect)


@router.get(
    "/suggestions",
    response={200: SuggestionPage, 401: Problem, 422: Problem},
    url_name="suggestions",
    operation_id="list_suggestions",
    summary="What leaders suggest, newest first",
    openapi_extra={"parameters": parameters_of(_LIST)},
)
def list_suggestions(request: HttpRequest):
    """`show=mine`: those that await the reader's answer. `show=made`: her own."""
    given = query_of(request, _LIST)
    page = listed.suggestions(standing_of(request), show=given["show"], after=given["after"])
    return SuggestionPage(suggestions=[_suggestion(one) for one in page.suggestions], after=str(page.after or ""))


@router.post(
    "/cases/{code}/suggestions",
    response={201: SuggestionOut, **_WRITE},
    url_name="suggest",
    operation_id="suggest",
    summary="Suggest something about a case",
    openapi_extra={"parameters": [KEY], "requestBody": json_body(object_of(_SUGGEST))},
)
def suggest(request: HttpRequest, response: HttpResponse, code: str):
    """By the leader of its group, to the branch, the group or head office."""
    case, given = get_visible(standing_of(request), case_code(code)), json_of(request)

    def effect() -> SuggestionOut:
        if case.group is None:
            raise NotAllowed("round_of_leader")
        values = clean(_SUGGEST, given)
        return _suggestion(actions.suggest(case.group, by=user_of(request), at=now_of(request), case=case, **values))

    return once(request, response, status=201, content=request.body, effect=effect)


@router.post(
    "/suggestions/{key}/answer",
    response={200: SuggestionOut, **_WRITE},
    url_name="answer_suggestion",
    operation_id="answer_suggestion",
    summary="Adopt a suggestion, or say why not",
    openapi_extra={"parameters": [KEY], "requestBody": json_body(object_of(_ANSWER))},
)
def answer_suggestion(request: HttpRequest, response: HttpResponse, key: str):
    """By whom it is for, once."""
    one, given = get_suggestion(standing_of(request), uuid_of(key)), json_of(request)

    def effect() -> SuggestionOut:
        values = clean(_ANSWER, given)
        return _suggestion(actions.answer_suggestion(one, by=user_of(request), at=now_of(request), **values))

    return once(request, response, status=200, content=request.body, effect=effect)
