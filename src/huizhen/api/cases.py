"""Cases: lists, reading, registering, files. Finds and actions are those of the pages."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router

from huizhen.api import casefile
from huizhen.api.bearer import now_of, standing_of, user_of
from huizhen.api.inputs import object_of, parameters_of
from huizhen.api.once import once
from huizhen.api.openapi import IF_MATCH, KEY, json_body
from huizhen.api.reading import case_code, json_of, query_of, refuse_large, seen_of, uuid_of
from huizhen.api.schemas.cases import CaseLine, CaseOut, CasePage, CaseSummary, FileOut
from huizhen.api.schemas.refs import Problem
from huizhen.cases import actions
from huizhen.cases.choices import Urgency
from huizhen.cases.lifecycle import STAGES, Input, clean
from huizhen.cases.lifecycle.moves import REGISTRATION
from huizhen.cases.lifecycle.stages import SITUATIONS
from huizhen.cases.models import Attachment, Case
from huizhen.cases.policy import get_visible, roles_on
from huizhen.cases.queries import lists
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.options import demand
from huizhen.cases.queries.summary import summary
from huizhen.directory.models import Branch
from huizhen.directory.queries import setting
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.worktime.queries import calendar

router = Router(tags=["cases"])
_NO = {401: Problem, 404: Problem}
_WRITE = {**_NO, 400: Problem, 403: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem}
_LIST = (
    Input("scope", "choice", required=False, options=lists.SCOPES),
    Input("situation", "choice", required=False, options=SITUATIONS),
    Input("stage", "choice", required=False, options=tuple(stage.value for stage in STAGES)),
    Input("urgency", "choice", required=False, options=tuple(Urgency.values)),
    Input("open", "choice", required=False, options=("true", "false")),
    Input("overdue", "choice", required=False, options=("true", "false")),
    Input("group", "group", required=False),
    Input("unit", "key", required=False),
    Input("q", "line", required=False, most=60),
    Input("after", "line", required=False, most=60),
    Input("before", "line", required=False, most=60),
    Input("limit", "whole", required=False, least=1, most=100),
)
_BRANCH = (Input("branch", "key"),)


@router.get(
    "/cases",
    response={200: CasePage, 401: Problem, 404: Problem, 422: Problem},
    url_name="cases",
    operation_id="list_cases",
    summary="Cases of one scope, next deadline first",
    openapi_extra={"parameters": parameters_of(_LIST)},
)
def list_cases(request: HttpRequest):
    """Open cases unless `open=false`, or a stage after the end, is asked for. Without `scope`: the one of the reader's role."""
    standing, given, now = standing_of(request), query_of(request, _LIST), now_of(request)
    scopes = lists.scopes(standing)
    if not scopes:
        return CasePage(scope="", scopes=[], cases=[])
    filters = lists.Filters(
        **{name: given[name] for name in ("situation", "stage", "urgency", "group", "unit", "q")},
        overdue=given["overdue"] == "true",
        closed=given["open"] == "false",
    )
    scope = given["scope"] or lists.first_scope(standing)
    page = lists.page(
        standing,
        scope=scope,
        filters=filters,
        now=now,
        after=given["after"],
        before=given["before"],
        limit=given["limit"] or lists.PAGE,
    )
    days = calendar()
    rows = [casefile.line(case, now, days, standing.absences) for case in page.cases]
    return CasePage(scope=scope, scopes=list(scopes), cases=rows, after=page.after, before=page.before)


@router.get(
    "/cases/{code}", response={200: CaseOut, **_NO}, url_name="case", operation_id="read_case", summary="A case in full"
)
def read_case(request: HttpRequest, response: HttpResponse, code: str):
    """Who is accountable, which clocks run, what was found and done, and the timeline. `ETag` is the version for `If-Match`."""
    standing = standing_of(request)
    case = get_visible(standing, case_code(code))
    files = Attachment.objects.filter(case=case).select_related("by").order_by("at", "pk")
    response.headers["ETag"] = f'W/"{case.version}"'
    return casefile.whole(file_of(case), files, entries_of(case), now_of(request), calendar(), standing.absences)


@router.get(
    "/cases/{code}/summary",
    response={200: CaseSummary, **_NO},
    url_name="summary",
    operation_id="read_summary",
    summary="The summary of a solved case",
)
def read_summary(request: HttpRequest, code: str):
    """For every signed-in person: problem, causes, measures and effect of a resolved case that is not sensitive."""
    return casefile.summary(summary(standing_of(request), case_code(code)))


@router.post(
    "/cases",
    response={201: CaseLine, **_WRITE},
    url_name="cases",
    operation_id="register_case",
    summary="Register a case",
    openapi_extra={"parameters": [KEY], "requestBody": json_body(object_of((*_BRANCH, *REGISTRATION)))},
)
def register_case(request: HttpRequest, response: HttpResponse):
    """For a branch of the reader. Exactly one of `group`, `person` and `unknown` says who is asked first."""
    given = json_of(request)

    def effect() -> CaseLine:
        named = {"branch": given.pop("branch", None)}
        code = clean(_BRANCH, named)["branch"]
        branch = Branch.objects.select_related("unit").filter(code=code).first()
        if branch is None:
            raise Invalid.one("branch", "not_found", given=code[:40])
        case = actions.register_at_once(branch, given, by=user_of(request), at=now_of(request))
        response.headers["Location"] = reverse("api:case", args=[case.code])
        return told(request, response, case)

    return once(request, response, status=201, content=request.body, effect=effect)


def told(request: HttpRequest, response: HttpResponse, case: Case) -> CaseLine:
    """The case after a write, read afresh. Whoever wrote may have lost sight of it: then she gets what she had a right to write."""
    row = Case.objects.select_related("branch", "unit", "group", "accountable").get(pk=case.pk)
    response.headers["ETag"] = f'W/"{row.version}"'
    return casefile.line(row, now_of(request), calendar(), standing_of(request).absences)


@router.post(
    "/cases/{code}/files",
    response={201: FileOut, **_WRITE},
    url_name="files",
    operation_id="attach",
    summary="Attach a file",
    openapi_extra={"parameters": [KEY, IF_MATCH], "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
        "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}},
    }}}}},
)  # fmt: skip
def attach(request: HttpRequest, response: HttpResponse, code: str):
    """One file, named `file`: documents and images, checked by ending and content, up to the campaign's limit."""
    standing = standing_of(request)
    case = get_visible(standing, case_code(code))
    refuse_large(request, (setting(case.campaign, "attachment_megabytes") + 1) * 2**20)
    given, digest, at = request.FILES.getlist("file"), hashlib.sha256(), now_of(request)
    for sent in given:
        digest.update(repr(sent.name).encode("utf-8", "replace"))
        for chunk in sent.chunks():
            digest.update(chunk)
        sent.seek(0)

    def effect() -> FileOut:
        file = file_of(case)
        demand(file, standing, roles_on(standing, case, file.parties), "attach", at=at)
        if len(given) != 1 or len(request.FILES) != 1:
            raise Invalid.one("file", "required" if not given else "too_many", max=1)
        name, content = given[0].name or "", given[0].file
        row = actions.attach(case, by=user_of(request), at=at, name=name, content=content, seen=seen_of(request))
        return casefile.attached(case, row)

    return once(request, response, status=201, content=digest.digest(), effect=effect)


@router.get(
    "/cases/{code}/files/{key}",
    response={200: None, **_NO},
    url_name="file",
    operation_id="download",
    summary="Download a file",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}},
)  # fmt: skip
def download(request: HttpRequest, code: str, key: str) -> Any:
    """Always plain bytes: never shown, never run."""
    case = get_visible(standing_of(request), case_code(code))
    row = Attachment.objects.filter(case=case, key=uuid_of(key)).first()
    if row is None:
        raise NotVisible("file_unknown")
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise NotVisible("file_unknown") from None
    answer = FileResponse(content, as_attachment=True, filename=row.name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer
