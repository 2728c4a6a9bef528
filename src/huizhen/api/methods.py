"""工作法: the shelf, one method, trying it, what came of the trial. Finds and actions are those of the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router

from huizhen.api.bearer import now_of, standing_of, user_of
from huizhen.api.inputs import object_of, parameters_of
from huizhen.api.once import once
from huizhen.api.openapi import KEY, json_body
from huizhen.api.reading import json_of, query_of, uuid_of
from huizhen.api.refs import maybe, number, ref
from huizhen.api.schemas.methods import (
    MethodLine,
    MethodOut,
    MethodPage,
    ReasonOut,
    ReuseOut,
    SpreadOut,
    StepOut,
    TrialOut,
)
from huizhen.api.schemas.refs import Problem
from huizhen.cases.choices import Innovation
from huizhen.cases.lifecycle import Input, clean
from huizhen.directory.models import Branch
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.methods.actions import reuse
from huizhen.methods.choices import Better
from huizhen.methods.clocks import word_of
from huizhen.methods.lifecycle import Evidence
from huizhen.methods.models import Adoption, Method
from huizhen.methods.policy import get_visible
from huizhen.methods.queries import reading as queries
from huizhen.methods.queries.reuse import Used, source_code

router = Router(tags=["methods"])
_NO = {401: Problem, 404: Problem}
_WRITE = {**_NO, 400: Problem, 403: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem}
_LIST = (
    Input("q", "line", required=False, most=60),
    Input("domain", "key", required=False),
    Input("evidence", "choice", required=False, options=tuple(one.value for one in Evidence if one != Evidence.DRAFT)),
    Input("kind", "choice", required=False, options=tuple(Innovation.values)),
    Input("order", "choice", required=False, options=queries.ORDERS),
    Input("after", "line", required=False, most=40),
    Input("limit", "whole", required=False, least=1, most=100),
)
_ADOPT = (Input("branch", "key"), Input("why", "line", required=False, most=reuse.LIMITS["why"]))
_RESULT = (
    Input("trial", "key"),
    Input("use", "choice", options=tuple(str(one) for one in reuse.OUTCOMES)),
    Input("result", "text", least=2, most=reuse.LIMITS["result"]),
    Input("indicator", "line", required=False, most=reuse.LIMITS["indicator"]),
    Input("indicator_unit", "line", required=False, most=reuse.LIMITS["indicator_unit"]),
    Input("before", "number", required=False),
    Input("after", "number", required=False),
    Input("better", "choice", required=False, options=tuple(Better.values)),
    Input("period", "line", required=False, most=reuse.LIMITS["period"]),
    Input("evidence", "text", required=False, most=reuse.LIMITS["evidence"]),
)


def _line(one: Method) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "meaning": one.meaning, "domain": ref(one.domain), "evidence": one.evidence,
        "confidence": one.confidence, "trust": word_of(one.confidence, wavers=one.wavers_since is not None), "reuses": one.reuses,
        "effective_reuses": one.effective_reuses, "trying": one.trying,
        "first_branch": maybe(one.first_branch and one.shown_branch), "published_at": one.published_at,
    }  # fmt: skip


@router.get(
    "/methods",
    response={200: MethodPage, 401: Problem, 422: Problem},
    url_name="methods",
    operation_id="list_methods",
    summary="Published methods, most trusted first",
    openapi_extra={"parameters": parameters_of(_LIST)},
)
def list_methods(request: HttpRequest):
    """Retired ones only with `evidence=retired`. `kind` is the kind of innovation of the source case."""
    given = query_of(request, _LIST)
    page = queries.shelf(
        standing_of(request), text=given["q"], domain=given["domain"], evidence=given["evidence"], kind=given["kind"],
        order=given["order"] or queries.CONFIDENCE, after=given["after"], limit=given["limit"] or queries.PAGE,
    )  # fmt: skip
    return MethodPage(methods=[MethodLine(**_line(one)) for one in page.methods], after=page.after)


@router.get(
    "/methods/{code}",
    response={200: MethodOut, **_NO},
    url_name="method",
    operation_id="read_method",
    summary="One method as it is read",
)
def read_method(request: HttpRequest, code: str):
    """The published version, why it is trusted, and where it was used again as far as the reader may see."""
    method = get_visible(standing_of(request), code)
    read = queries.reading(standing_of(request), method, at=now_of(request))
    if read is None:
        raise NotVisible("method_unknown", code=code[:16])
    words, sure = read.version, read.confidence
    source = read.source.case.code if read.source and read.source.seen else ""
    told = _line(method) | {"confidence": sure.score, "trust": sure.word}
    return MethodOut(
        **told, cite=source_code(method, words.number), number=words.number, problem=words.problem, applies=words.applies,
        applies_not=words.applies_not, tools=words.tools, effect=words.effect, indicator=words.indicator,
        indicator_unit=words.indicator_unit, before=number(words.before), after=number(words.after), sample=words.sample,
        period=words.period, experts=[ref(one) for one in read.experts], source_case=source, wavers_since=method.wavers_since,
        steps=[StepOut(title=str(one.get("title", "")), text=str(one.get("text", ""))) for one in words.steps],
        reasons=[ReasonOut(name=one.name, points=one.points, count=one.count) for one in sure.reasons],
        uses=[_use(one) for one in read.reuses.rows], hidden_reuses=read.reuses.hidden,
        spread=[SpreadOut(unit=ref(one.unit), uses=one.uses, effective=one.effective) for one in read.spread if one.uses],
    )  # fmt: skip


def _use(one: Used) -> ReuseOut:
    trial = one.adoption
    return ReuseOut(
        at=one.at, branch=ref(one.branch), number=one.number, outcome=one.outcome, is_said=one.is_said,
        case=one.case.code if one.case else "", trial=str(trial.key) if trial and one.may_tell else "",
        before=number(trial.before) if trial else None, after=number(trial.after) if trial else None,
        indicator=trial.indicator if trial else "", indicator_unit=trial.indicator_unit if trial else "",
    )  # fmt: skip


def _trial(row: Adoption, method: Method) -> TrialOut:
    return TrialOut(
        key=str(row.key), method=method.code, number=row.number, branch=ref(row.branch), at=row.at, use=row.use,
        is_effective=row.is_effective, told_at=row.told_at,
    )  # fmt: skip


@router.post(
    "/methods/{code}/adopt",
    response={201: TrialOut, **_WRITE},
    url_name="adopt",
    operation_id="adopt_method",
    summary="Try a method in a branch",
    openapi_extra={"parameters": [KEY], "requestBody": json_body(object_of(_ADOPT))},
)
def adopt(request: HttpRequest, response: HttpResponse, code: str):
    """For a branch of the reader, without a case. One open trial per method and branch."""
    method, given = get_visible(standing_of(request), code), json_of(request)

    def effect() -> TrialOut:
        values = clean(_ADOPT, given)
        branch = Branch.objects.select_related("unit").filter(code=values["branch"]).first()
        if branch is None:
            raise Invalid.one("branch", "not_found", given=values["branch"][:40])
        row = reuse.adopt(method, branch, by=user_of(request), at=now_of(request), why=values["why"])
        response.headers["Location"] = reverse("api:method", args=[method.code])
        return _trial(row, method)

    return once(request, response, status=201, content=request.body, effect=effect)


@router.post(
    "/methods/{code}/result",
    response={200: TrialOut, **_WRITE},
    url_name="result",
    operation_id="tell_result",
    summary="Tell what came of a trial",
    openapi_extra={"parameters": [KEY], "requestBody": json_body(object_of(_RESULT))},
)
def result(request: HttpRequest, response: HttpResponse, code: str):
    """`trial` is the key that `adopt` answered. Told again, the last one stands. Effective only with evidence and numbers that
    went the better way: as the method's own did, else as `better` says. Told within a day of its beginning it needs a `period`."""
    method, given = get_visible(standing_of(request), code), json_of(request)

    def effect() -> TrialOut:
        values = clean(_RESULT, given)
        key = uuid_of(values.pop("trial"))
        row = method.adoptions.select_related("branch", "method").filter(key=key).first()
        if row is None:
            raise NotVisible("trial_unknown", key=str(key))
        return _trial(reuse.tell_result(row, by=user_of(request), at=now_of(request), **values), method)

    return once(request, response, status=200, content=request.body, effect=effect)
