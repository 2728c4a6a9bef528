"""Look-ups: groups, experts, branches, challenges. For everybody the directory knows; phones are masked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from huizhen.api.bearer import now_of, placed
from huizhen.api.inputs import parameters_of
from huizhen.api.reading import query_of
from huizhen.api.refs import number, person, ref, words
from huizhen.api.schemas.directory import (
    BranchOut,
    BranchPage,
    ChallengeOut,
    ChallengePage,
    ExpertOut,
    ExpertPage,
    GroupDetail,
    GroupList,
    GroupOut,
    MemberOut,
)
from huizhen.api.schemas.refs import Problem
from huizhen.cases.lifecycle import Input
from huizhen.challenges.queries import challenges, page_of
from huizhen.directory.models import Campaign, Domain, Group, Person, Unit
from huizhen.directory.queries import current_campaign, duty_person, members_of, persons, search_groups
from huizhen.directory.queries.branches import branches
from huizhen.lib.errors import NotNow, NotVisible
from huizhen.lib.text import clean

router = Router(tags=["directory"])
_LIST = {401: Problem, 403: Problem, 409: Problem, 422: Problem}
_Q = Input("q", "line", required=False, most=60)
_PAGE = (Input("after", "line", required=False, most=400), Input("limit", "whole", required=False, least=1, most=100))
_PLACES = (
    Input("domain", "key", required=False),
    Input("group", "group", required=False),
    Input("unit", "key", required=False),
)
PAGE = 50


def _campaign() -> Campaign:
    found = current_campaign()
    if found is None:
        raise NotNow("no_campaign")
    return found


def _today(request: HttpRequest):
    return timezone.localdate(now_of(request))


@router.get(
    "/groups",
    response={200: GroupList, **_LIST},
    url_name="groups",
    operation_id="list_groups",
    summary="Groups of the current campaign",
    openapi_extra={"parameters": parameters_of((_Q,))},
)
def list_groups(request: HttpRequest):
    """In the order of the notice, all of them; `q` narrows by code, name, scope, speciality, keyword, domain or leader."""
    placed(request)
    rows = search_groups(_campaign(), query_of(request, (_Q,))["q"], on=_today(request), limit=500)
    return GroupList(
        groups=[
            GroupOut(
                code=row.group.code, name=row.group.name, domain=ref(row.group.domain), scope=row.group.scope,
                specialities=list(row.specialities), size=row.size, leader=person(row.leader) if row.leader else None,
            )
            for row in rows
        ]
    )  # fmt: skip


@router.get(
    "/groups/{code}",
    response={200: GroupDetail, 401: Problem, 403: Problem, 404: Problem, 409: Problem},
    url_name="group",
    operation_id="read_group",
    summary="A group with its members of today",
)
def read_group(request: HttpRequest, code: str):
    """Leader first, then by name; `duty` is this week's duty expert."""
    placed(request)
    group = Group.objects.select_related("domain").filter(campaign=_campaign(), code=clean(code)[:20]).first()
    if group is None:
        raise NotVisible("group_unknown")
    today = _today(request)
    duty = duty_person(group, on=today)
    return GroupDetail(
        code=group.code,
        name=group.name,
        domain=ref(group.domain),
        scope=group.scope,
        specialities=words(group.specialities),
        duty=person(duty) if duty else None,
        members=[_member(one) for one in members_of(group, on=today)],
    )


def _member(one: Person) -> MemberOut:
    return MemberOut(**person(one).model_dump(), role=one.member_role, specialities=words(one.specialities))


def _named(model: Any, code: str, field: str) -> Any:
    """The row with a code, None when no code was given. NotVisible: there is no such row."""
    if not code:
        return None
    rows = model.objects.filter(campaign=_campaign()) if model is Group else model.objects.all()
    found = rows.filter(code=code).first()
    if found is None:
        raise NotVisible(f"{field}_unknown")
    return found


@router.get(
    "/experts",
    response={200: ExpertPage, 404: Problem, **_LIST},
    url_name="experts",
    operation_id="list_experts",
    summary="Experts by name",
    openapi_extra={"parameters": parameters_of((_Q, *_PLACES, *_PAGE))},
)
def list_experts(request: HttpRequest):
    """By pinyin of their names; `q` narrows by name, pinyin, code, speciality, focus or post."""
    placed(request)
    given = query_of(request, (_Q, *_PLACES, *_PAGE))
    page = persons(
        _campaign(),
        on=_today(request),
        text=given["q"],
        domain=_named(Domain, given["domain"], "domain"),
        group=_named(Group, given["group"], "group"),
        unit=_named(Unit, given["unit"], "unit"),
        after=given["after"],
        limit=given["limit"] or PAGE,
    )
    return ExpertPage(experts=[_expert(one) for one in page.persons], after=page.after)


def _expert(one: Any) -> ExpertOut:
    return ExpertOut(
        **person(one).model_dump(),
        level=one.level,
        specialities=words(one.specialities),
        focus=one.focus,
        groups=[ref(seat.group) for seat in one.seats],
    )


_BRANCHES = (_Q, Input("unit", "key", required=False), *_PAGE)


@router.get(
    "/branches",
    response={200: BranchPage, **_LIST},
    url_name="branches",
    operation_id="list_branches",
    summary="Branches by name",
    openapi_extra={
        "parameters": parameters_of((*_BRANCHES, Input("mine", "choice", required=False, options=("true", "false"))))
    },
)
def list_branches(request: HttpRequest):
    """`mine=true`: only those the reader may register cases for."""
    standing = placed(request)
    given = query_of(request, (*_BRANCHES, Input("mine", "choice", required=False, options=("true", "false"))))
    page = branches(
        on=_today(request),
        unit=given["unit"],
        text=given["q"],
        only=standing.branch_ids if given["mine"] == "true" else None,
        after=given["after"],
        limit=given["limit"] or PAGE,
    )
    rows = [BranchOut(code=one.code, name=one.name, unit=ref(one.unit), kind=one.kind) for one in page.branches]
    return BranchPage(branches=rows, after=page.after)


_CHALLENGES = (
    _Q,
    Input("branch", "key", required=False),
    Input("unit", "key", required=False),
    Input("after", "whole", required=False, least=1),
    _PAGE[1],
)


@router.get(
    "/challenges",
    response={200: ChallengePage, **_LIST},
    url_name="challenges",
    operation_id="list_challenges",
    summary="Challenges of the current campaign, newest first",
    openapi_extra={"parameters": parameters_of(_CHALLENGES)},
)
def list_challenges(request: HttpRequest):
    """What the branches have taken on; the code of one may be given with a registration."""
    standing = placed(request)
    given = query_of(request, _CHALLENGES)
    found = challenges(standing, _campaign(), text=given["q"], branch=given["branch"], unit=given["unit"])
    page = page_of(found, before=given["after"], limit=given["limit"] or PAGE)
    return ChallengePage(challenges=[_challenge(one) for one in page.challenges], after=str(page.after or ""))


def _challenge(one: Any) -> ChallengeOut:
    return ChallengeOut(
        code=one.code, title=one.title, branch=ref(one.branch), state=one.state, kind=one.kind, indicator=one.indicator,
        indicator_unit=one.indicator_unit, baseline=number(one.baseline), goal=number(one.goal),
    )  # fmt: skip
