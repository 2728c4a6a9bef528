"""The directory: groups, experts, branches, challenges."""

from __future__ import annotations

from ninja import Schema

from huizhen.api.schemas.refs import PersonOut, Ref


class ExpertOut(PersonOut):
    level: str
    specialities: list[str]
    focus: str
    groups: list[Ref]


class GroupOut(Ref):
    domain: Ref
    scope: str
    specialities: list[str]
    size: int
    leader: PersonOut | None = None


class MemberOut(PersonOut):
    role: str
    specialities: list[str]


class GroupDetail(Ref):
    domain: Ref
    scope: str
    specialities: list[str]
    duty: PersonOut | None = None
    members: list[MemberOut]


class GroupList(Schema):
    groups: list[GroupOut]


class ExpertPage(Schema):
    experts: list[ExpertOut]
    after: str = ""


class BranchOut(Ref):
    unit: Ref
    kind: str


class BranchPage(Schema):
    branches: list[BranchOut]
    after: str = ""


class ChallengeOut(Schema):
    code: str
    title: str
    branch: Ref
    state: str
    kind: str
    indicator: str
    indicator_unit: str
    baseline: str | None = None
    goal: str | None = None


class ChallengePage(Schema):
    challenges: list[ChallengeOut]
    after: str = ""
