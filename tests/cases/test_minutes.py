"""会诊纪要: what stands in it, for whom, and that it leaves the house on record."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from huizhen.cases.actions.exporting import export_minutes
from huizhen.cases.models import Case, Session
from huizhen.cases.papers import minutes_of
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import NotNow, NotVisible
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(hours=5)


def held(cast: Cast) -> tuple[Case, str]:
    """A case whose session was planned, held, and followed by opinion, diagnosis and prescription."""
    case = cast.contacted()
    starts = MONDAY + timedelta(hours=1)
    people = ["expert", "mate", "leader", "requester"]
    cast.take(
        case, "plan_session", "expert", MONDAY + timedelta(minutes=40), mode="on_site", place="三楼会议室",
        starts_at=starts.isoformat(), minutes=60, people=people,
    )  # fmt: skip
    key = str(case.sessions.get().key)
    record = "先看参数。\n支部电话 13812345678，=1+1 照记。"
    cast.take(
        case, "hold_session", "expert", starts + timedelta(hours=1), session=key, mode="on_site",
        people=["expert", "mate", "requester"], record=record,
    )  # fmt: skip
    later = starts + timedelta(hours=1, minutes=5)
    cast.take(case, "sign_opinion", "mate", later, text="先均衡", dissent=True)
    causes = [{"text": "小区容量不足", "chain": ["city"], "evidence": "负荷九成"}]
    cast.take(case, "diagnose", "expert", later, findings="容量问题", causes=causes)
    values = cast.prescription(later)
    values["measures"] = [values["measures"][0] | {"main": ["1"]}]
    return cast.take(case, "prescribe", "expert", later, **values), key


def test_minutes_tell_the_session_and_what_came_of_it(cast: Cast) -> None:
    case, key = held(cast)
    with time_machine.travel(NOW, tick=False):
        page = visit(cast.requester).get(f"/cases/{case.code}/")
        answer = visit(cast.requester).post(
            f"/cases/{case.code}/sessions/{key}/minutes.docx", HTTP_ACCEPT_LANGUAGE="en"
        )
    assert f"/cases/{case.code}/sessions/{key}/minutes.docx" in [
        one.attributes.get("action") for one in parsed(page).all("form")
    ]
    assert answer["Content-Disposition"] == f'attachment; filename="{case.code}-minutes.docx"'
    document = Document(BytesIO(answer.content))
    told = [one.text for one in document.paragraphs]
    group, names = case.group.name, {"mate": cast.person("mate").name}

    def seated(*roles: str) -> str:
        people = [cast.person(role) for role in roles]
        assert len({one.unit_id for one in people}) == 1
        return f"{people[0].unit.name} {'、'.join(one.name for one in people)}"

    for said in (
        "会诊纪要", f"{case.code} 第1次", f"{group}\t2026年3月2日", "一、病情", "二、会诊情况", "先看参数。", "支部电话 138****5678，=1+1 照记。",
        "三、专家意见",
        f"1.{names['mate']}（保留意见）：先均衡", "四、诊断", "容量问题", "1.小区容量不足（市）：负荷九成", "五、议定举措", "先均衡再扩容",
        f"出席：{seated('expert', 'mate')}", f"列席：{seated('requester')}", f"缺席：{seated('leader')}",
    ):  # fmt: skip
        assert said in told
    assert f"{group}在三楼会议室对{case.branch.name}提出的问题进行会诊" in "".join(told)
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[1][:4] == ["1", "做负荷均衡", "1", "梁思远"]
    entry = Entry.objects.get(verb="case_exported")
    assert entry.data == {"paper": "minutes", "level": "full", "session": Session.objects.get().pk}
    with time_machine.travel(NOW, tick=False):
        assert "会诊纪要" in parsed(visit(cast.expert).get(f"/cases/{case.code}/?show=")).text
    with CaptureQueriesContext(connection) as asked:
        minutes_of(standing(cast.expert, on=NOW.date()), case.code, key, at=NOW)
    assert len(asked) <= 22


def test_minutes_are_for_who_sees_the_case_and_of_a_held_session(cast: Cast) -> None:
    case = cast.contacted()
    starts = MONDAY + timedelta(hours=1)
    values: dict[str, Any] = {"mode": "online", "starts_at": starts.isoformat(), "minutes": 60, "people": ["mate"]}
    cast.take(case, "plan_session", "expert", MONDAY + timedelta(minutes=40), **values)
    key = str(case.sessions.get().key)
    with pytest.raises(NotNow) as no:
        export_minutes(case.code, key, by=cast.expert, at=NOW)
    assert no.value.code == "session_not_held"
    cast.take(
        case, "hold_session", "expert", starts, session=key, mode="online", people=["expert", "mate"], record="一致"
    )
    other = cast.contacted()
    for code, who in ((case.code, cast.outsider), (other.code, cast.expert), ("HZ26-99999", cast.expert)):
        with pytest.raises(NotVisible):
            export_minutes(code, key, by=who, at=NOW)
    assert not Entry.objects.filter(verb="case_exported").exists()
    assert export_minutes(case.code, key, by=cast.auditor, at=NOW)[:2] == b"PK"
    assert visit(cast.expert).get(f"/cases/{case.code}/sessions/{key}/minutes.docx").status_code == 405
