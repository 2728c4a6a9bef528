"""Similar cases and methods: the same finding as the page's, with the same eyes."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from ninja import Router

from huizhen.api.bearer import standing_of
from huizhen.api.reading import case_code
from huizhen.api.schemas.refs import Problem
from huizhen.api.schemas.similar import ReasonOut, SimilarOut, SimilarPage
from huizhen.methods.queries.alike import Similar, similar_to_case

router = Router(tags=["cases"])


@router.get(
    "/cases/{code}/similar",
    response={200: SimilarPage, 401: Problem, 404: Problem},
    url_name="similar",
    operation_id="similar_cases",
    summary="Cases and methods like this one, with the reason",
)
def similar_cases(request: HttpRequest, code: str):
    """For whoever sees the case in full; what is alike, as far as she sees it: in full or as a summary."""
    found = similar_to_case(standing_of(request), case_code(code))
    return SimilarPage(cases=_told(found.cases), methods=_told(found.methods))


def _told(found: Iterable[Similar]) -> list[SimilarOut]:
    return [
        SimilarOut(
            kind=one.kind, code=one.code, level=one.level, title=one.title, state=one.state,
            reasons=[ReasonOut(sort=reason.sort, words=list(reason.words)) for reason in one.reasons],
        )
        for one in found
    ]  # fmt: skip
