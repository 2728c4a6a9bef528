"""What a browser types into the three steps of 挂号, for the tests of registering."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.test import Client

from huizhen.cases.models import Draft
from tests.cast import Cast

CONDITION = "近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉每周四十件，还在上升。"
ONE = {"step": "1", "title": "宿舍晚高峰小区负荷超限", "condition": CONDITION, "tried": ""}
TWO = {
    "step": "2", "indicator": "晚高峰负荷", "unit": "%", "baseline": "92", "target": "70", "question_0": "两周内能否把负荷降到七成？",
    "question_1": "", "question_2": "", "urgency": "normal", "urgency_reason": "", "mode": "either", "challenge": "",
}  # fmt: skip
THREE = {"step": "3", "to": "group:NET-01", "person": ""}
ALL = {1: ONE, 2: TWO, 3: THREE}


def at(key: object, place: str | int) -> str:
    return f"/register/{key}/{place}/"


def version_of(key: object) -> str:
    found = Draft.objects.filter(key=key).first()
    return str(found.version) if found else "1"


def post(client: Client, key: object, place: str | int, values: dict[str, Any], **more: Any) -> Any:
    return client.post(at(key, place), {"version": version_of(key), **values, **more})


def begun(client: Client, cast: Cast, upto: int = 3, **changes: Any) -> Any:
    """A draft with the first `upto` steps written, as the browser would."""
    key = uuid4()
    for number in range(1, upto + 1):
        post(
            client,
            key,
            number,
            ALL[number] | {n: v for n, v in changes.items() if n in ALL[number]},
            branch=cast.branch.code,
        )
    return key
