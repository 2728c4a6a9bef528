"""通报, for programs: the list of what was issued, and one with its numbers. They are written on the pages only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from ninja import Router

from huizhen.api.bearer import now_of, standing_of
from huizhen.api.inputs import parameters_of
from huizhen.api.reading import query_of
from huizhen.api.schemas.bulletins import (
    BulletinBrief,
    BulletinNumber,
    BulletinOut,
    BulletinPage,
    BulletinRow,
    BulletinUnit,
)
from huizhen.api.schemas.refs import Problem
from huizhen.cases.lifecycle import Input
from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import number_words
from huizhen.reports.policy.bulletins import get_visible
from huizhen.reports.queries import bulletins as queries

router = Router(tags=["bulletins"])
_LIST = (
    Input("after", "line", required=False, most=16),
    Input("limit", "whole", required=False, least=1, most=100),
)


def _brief(one: Bulletin) -> dict[str, Any]:
    return {
        "code": one.code, "number": number_words(one), "state": one.state, "title": one.title, "month": one.month, "since": one.since,
        "until": one.until, "issuer": one.issuer, "issued_at": one.issued_at, "void_reason": one.void_reason,
    }  # fmt: skip


def _numbers(ones: Iterable[queries.Number]) -> list[BulletinNumber]:
    return [
        BulletinNumber(
            code=one.code, label=one.label, kind=one.kind, numerator=one.numerator, denominator=one.denominator, value=one.value,
            is_small=one.is_small,
        )
        for one in ones
    ]  # fmt: skip


def _rows(ones: Iterable[queries.Row]) -> list[BulletinRow]:
    return [
        BulletinRow(
            kind=one.kind, code=one.code, name=one.name, numbers=_numbers(one.numbers), methods=one.published
        )
        for one in ones
    ]  # fmt: skip


@router.get(
    "/bulletins",
    response={200: BulletinPage, 401: Problem, 422: Problem},
    url_name="bulletins",
    operation_id="list_bulletins",
    summary="Bulletins that were issued, voided numbers among them",
    openapi_extra={"parameters": parameters_of(_LIST)},
)
def list_bulletins(request: HttpRequest):
    """For everybody. What is being written is shown on the pages of head office only."""
    given = query_of(request, _LIST)
    found = queries.numbered(standing_of(request), after=given["after"] or "", limit=given["limit"] or queries.PAGE)
    return BulletinPage(bulletins=[BulletinBrief(**_brief(one)) for one in found.bulletins], after=found.after)


@router.get(
    "/bulletins/{code}",
    response={200: BulletinOut, 401: Problem, 404: Problem},
    url_name="bulletin",
    operation_id="read_bulletin",
    summary="A bulletin with its words and numbers",
)
def read_bulletin(request: HttpRequest, code: str):
    """An issued one is everybody's; one that is being written is head office's and the executives', with the numbers of this moment."""
    one = get_visible(standing_of(request), code)
    told = queries.told(one, now=now_of(request))
    units = [BulletinUnit(code=row.code, name=row.name, state=row.state, sent_on=row.day) for row in told.units]
    words = {name: getattr(one, name) for name in ("overview", "highlights", "problems", "next_steps")}
    return BulletinOut(
        **_brief(one), **words, counted_on=told.on, overall=_numbers(told.overall), domains=_rows(told.domains),
        groups=_rows(told.groups), units=units,
    )  # fmt: skip
