"""Search: the same finding as the page's, with the same eyes."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from huizhen.api.bearer import now_of, standing_of
from huizhen.api.inputs import parameters_of
from huizhen.api.reading import query_of
from huizhen.api.schemas.refs import Problem
from huizhen.api.schemas.search import FaultOut, HitOut, PieceOut, SearchPage
from huizhen.cases.lifecycle import Input
from huizhen.search import queries
from huizhen.search.matching.pieces import Piece
from huizhen.search.registry import sources

router = Router(tags=["search"])
PAGE = 20
_LIST = (
    Input("q", "line", most=200),
    Input("kind", "choice", required=False, options=tuple(sources())),
    Input("order", "choice", required=False, options=("best", "newest")),
    Input("after", "line", required=False, most=80),
    Input("limit", "whole", required=False, least=1, most=50),
)


@router.get(
    "/search",
    response={200: SearchPage, 401: Problem, 422: Problem},
    url_name="search",
    operation_id="search",
    summary="Find cases, methods, groups, experts and challenges",
    openapi_extra={"parameters": parameters_of(_LIST)},
)
def search(request: HttpRequest):
    """What the reader may find, in full or as a summary. `q` knows the operators of the page; what it does not know is in `faults`."""
    given = query_of(request, _LIST)
    found = queries.find(
        standing_of(request),
        given["q"],
        kind=given["kind"] or None,
        order=given["order"] or "best",
        after=given["after"],
        size=given["limit"] or PAGE,
        at=now_of(request),
    )
    return SearchPage(
        hits=[_hit(one) for one in found.hits],
        order=found.order,
        relaxed=found.is_relaxed,
        is_many=found.is_many,
        suggestion=found.suggestion,
        faults=[FaultOut(code=one.code, args=dict(one.args)) for one in found.faults],
        after=found.next,
    )


def _hit(one: queries.Hit) -> HitOut:
    return HitOut(
        kind=one.kind, code=one.code, level=one.level, at=one.at, title=_pieces(one.title), snippet=_pieces(one.snippet),
        facets=dict(one.facets),
    )  # fmt: skip


def _pieces(pieces: tuple[Piece, ...]) -> list[PieceOut]:
    return [PieceOut(text=text, is_marked=is_marked) for text, is_marked in pieces]
