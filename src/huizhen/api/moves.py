"""Moves: one operation per row of the table, what the reader may do with a case, and the table itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router

from huizhen.api.bearer import now_of, standing_of, user_of
from huizhen.api.cases import told
from huizhen.api.inputs import body_of, object_of
from huizhen.api.once import once
from huizhen.api.openapi import IF_MATCH, KEY, json_body
from huizhen.api.problems import plain
from huizhen.api.reading import case_code, json_of, seen_of
from huizhen.api.schemas.cases import CaseLine
from huizhen.api.schemas.moves import MoveOut, OptionOut, OptionsOut, StageOut, TableOut, Why
from huizhen.api.schemas.refs import Problem
from huizhen.cases import actions
from huizhen.cases.lifecycle import MOVES, OPEN, STAGES, Move
from huizhen.cases.lifecycle.moves import REGISTRATION
from huizhen.cases.policy import get_visible
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.options import Option, options
from huizhen.cases.verbs import CLOCKS, SITUATIONS
from huizhen.cases.verbs import MOVES as LABELS
from huizhen.cases.verbs import STAGES as STAGE_LABELS

router = Router(tags=["moves"])
_NO = {401: Problem, 404: Problem}
_WRITE = {**_NO, 400: Problem, 403: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem}


@router.get(
    "/moves",
    response={200: TableOut, 401: Problem},
    url_name="table",
    operation_id="read_table",
    summary="The table of moves",
)
def read_table(request: HttpRequest):
    """Stages, clocks, what a registration asks, and every move with its roles, needs and inputs."""
    return TableOut(
        stages=[StageOut(name=one, label=str(STAGE_LABELS[one]), is_open=one in OPEN) for one in STAGES],
        situations={name: str(label) for name, label in SITUATIONS.items()},
        clocks={name: str(label) for name, label in CLOCKS.items()},
        registration=object_of(REGISTRATION),
        moves=[_row(move) for move in MOVES.values()],
    )


def _row(move: Move) -> MoveOut:
    return MoveOut(
        name=move.name,
        label=str(LABELS[move.name]),
        targets={str(source): [str(one) for one in targets] for source, targets in move.targets.items()},
        roles=sorted(move.roles),
        needs=list(move.needs),
        starts=list(move.starts),
        stops=list(move.stops),
        exclusive=move.exclusive,
        grave=move.grave,
        inputs=body_of(move),
    )


@router.get(
    "/cases/{code}/available_moves",
    response={200: OptionsOut, **_NO},
    url_name="available_moves",
    operation_id="available_moves",
    summary="What the reader may do with a case",
)
def available_moves(request: HttpRequest, code: str):
    """The moves of the reader's roles at this stage, in the order of the table; `why` says what one that is not allowed waits for."""
    standing = standing_of(request)
    case = get_visible(standing, case_code(code))
    found = options(file_of(case), standing, at=now_of(request))
    return OptionsOut(
        code=case.code, version=case.version, stage=case.stage, moves=[_option(case.code, one) for one in found]
    )


def _option(code: str, one: Option) -> OptionOut:
    return OptionOut(
        name=one.name,
        label=str(LABELS[one.name]),
        allowed=one.is_open,
        why=Why(code=one.why.code, args=plain(one.why.args)) if one.why else None,
        href=reverse("api:files" if one.move.file else f"api:{one.name}", args=[code]),
        exclusive=one.move.exclusive,
        grave=one.move.grave,
        inputs=body_of(one.move),
    )


def _operation(name: str) -> Callable[..., Any]:
    """The view of one move: find, take it once, answer with the case."""

    def take(request: HttpRequest, response: HttpResponse, code: str):
        case = get_visible(standing_of(request), case_code(code))
        values, seen = json_of(request), seen_of(request)

        def effect() -> CaseLine:
            actions.take(case, name, by=user_of(request), at=now_of(request), values=values, seen=seen)
            return told(request, response, case)

        return once(request, response, status=200, content=request.body, effect=effect)

    return take


def _document(move: Move) -> dict[str, Any]:
    body = json_body(body_of(move), required=any(item.required for item in move.inputs))
    return {"parameters": [KEY, IF_MATCH], "requestBody": body}


# `attach` carries a file and has its own address
for _move in (move for move in MOVES.values() if not move.file):
    router.post(
        f"/cases/{{code}}/moves/{_move.name}",
        response={200: CaseLine, **_WRITE},
        url_name=_move.name,
        operation_id=f"move_{_move.name}",
        summary=LABELS[_move.name],
        description=f"From {', '.join(sorted(_move.sources))}, by {', '.join(sorted(_move.roles))}.",
        openapi_extra=_document(_move),
    )(_operation(_move.name))
