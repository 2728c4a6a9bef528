"""The eight stages of a case, and the situation that lists show."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Conditions a case can be in. A draft is a row of another table until it is registered."""

    REGISTERED = "registered"  # 已挂号
    IN_CONSULTATION = "in_consultation"  # 会诊中
    IN_TREATMENT = "in_treatment"  # 破题中
    RESOLVED = "resolved"  # 已破题
    ARCHIVED = "archived"  # 已归档
    WITHDRAWN = "withdrawn"  # 已撤号
    DECLINED = "declined"  # 不予受理
    UNRESOLVED = "unresolved"  # 未破题结案


STAGES = tuple(Stage)
OPEN = frozenset({Stage.REGISTERED, Stage.IN_CONSULTATION, Stage.IN_TREATMENT, Stage.RESOLVED})
"""Stages in which somebody is accountable: every one before closure."""

SITUATIONS = (
    "contact",  # 待沟通
    "session",  # 待会诊
    "prescription",  # 待开方
    "acceptance",  # 待接受
    "measures",  # 执行中
    "follow_up",  # 待复诊
    "transfer",  # 转诊中
    "archive",  # 待归档
    "paused",  # 已暂停
    "closed",
)


def situation(
    stage: str,
    *,
    paused: bool,
    transferring: bool,
    contacted: bool,
    session_held: bool,
    accepted: bool,
    follow_up_near: bool,
) -> str:
    """What a list says about a case: one word for what it waits for. `follow_up_near`: every measure is done, or the day has come."""
    if stage not in OPEN:
        return "closed"
    if paused:
        return "paused"
    if transferring:
        return "transfer"
    if stage == Stage.REGISTERED:
        return "contact"
    if stage == Stage.IN_CONSULTATION:
        if not contacted:
            return "contact"
        return "prescription" if session_held else "session"
    if stage == Stage.IN_TREATMENT:
        if not accepted:
            return "acceptance"
        return "follow_up" if follow_up_near else "measures"
    return "archive"
