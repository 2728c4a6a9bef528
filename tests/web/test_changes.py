"""Pages of changes among groups and branches: nothing happens before the preview was confirmed, and the preview keeps its word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from huizhen.cases.models import Case
from huizhen.directory.models import Branch, Group
from huizhen.directory.queries import leader_of
from huizhen.journal.models import Entry
from tests.cast import MONDAY, Cast
from tests.visits import visit

NOW = MONDAY + timedelta(hours=4)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def post(cast: Cast, address: str, status: int = 200, **posted: Any) -> str:
    answer = visit(cast.coordinator).post(address, posted, follow=True)
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def test_leader_is_changed_after_the_preview(cast: Cast) -> None:
    posted = {"person": "mate", "since": TODAY.isoformat()}
    page = post(cast, "/groups/NET-01/leader/", **posted)
    assert "顾知微任团长，毛知南改为成员。" in page
    assert leader_of(cast.group, on=TODAY) == cast.person("leader")
    assert not Entry.objects.filter(verb="leader_changed").exists()

    assert "看看会怎样" in post(cast, "/groups/NET-01/leader/", edit="1", **posted)
    assert "已登记，顾知微任团长。" in post(cast, "/groups/NET-01/leader/", confirmed="1", **posted)
    assert leader_of(cast.group, on=TODAY) == cast.person("mate")
    # a second click finds her leading already
    assert visit(cast.coordinator).post("/groups/NET-01/leader/", {"confirmed": "1", **posted}).status_code == 422


def test_leader_to_come_is_told_on_the_page_of_the_group(cast: Cast) -> None:
    posted = {"person": "mate", "since": (TODAY + timedelta(days=5)).isoformat()}
    page = post(cast, "/groups/NET-01/leader/", confirmed="1", **posted)
    assert "起由顾知微任团长。" in page
    assert leader_of(cast.group, on=TODAY) == cast.person("leader")


def test_group_is_split_with_its_cases(cast: Cast) -> None:
    case = cast.contacted()
    posted = {
        "code": "NET-02", "name": "网络优化二团", "members": ["mate"], "leader": "mate", "cases": [case.code],
    }  # fmt: skip
    page = post(cast, "/groups/NET-01/split/", **posted)
    assert "1 例随之过去，0 例留在无线网络优化专家团；责任人都不变。" in page
    assert f"责任人仍在原团：{case.code} 沈言行" in page
    assert not Group.objects.filter(code="NET-02").exists()
    assert "已拆分出网络优化二团。" in post(cast, "/groups/NET-01/split/", confirmed="1", **posted)
    assert Case.objects.get(pk=case.pk).group.code == "NET-02"  # type: ignore[union-attr]
    taken = post(cast, "/groups/NET-01/split/", 422, code="NET-02", name="另一个", members=["expert"], leader="expert")
    assert "“NET-02”已有专家团在用。" in taken


def test_group_is_merged_and_points_on(cast: Cast) -> None:
    cast.register(group="FIN-01")
    page = post(cast, "/groups/FIN-01/merge/", into="NET-01")
    assert "2 名成员从今天起在无线网络优化专家团，1 例在诊病例随之过去，责任人不变。" in page
    assert "已并入无线网络优化专家团。" in post(cast, "/groups/FIN-01/merge/", into="NET-01", confirmed="1")
    old = visit(cast.requester).get("/groups/FIN-01/").content.decode()
    assert "并入无线网络优化专家团，病例由它接着办。" in old
    assert "财务共享专家团" not in visit(cast.requester).get("/groups/").content.decode()
    again = visit(cast.coordinator).post("/groups/FIN-01/merge/", {"into": "NET-01", "confirmed": "1"})
    assert again.status_code == 409


def test_branch_is_renamed_and_found_by_both(cast: Cast) -> None:
    page = post(cast, "/branches/B1/rename/", name="佛山分公司网优党支部")
    assert "改称“佛山分公司网优党支部”" in page
    assert Branch.objects.get(code="B1").name == "佛山分公司网络部党支部"
    post(cast, "/branches/B1/rename/", name="佛山分公司网优党支部", confirmed="1")
    for text in ("网优党支部", "佛山分公司网络部"):
        found = visit(cast.viewer).get("/branches/", {"q": text}).content.decode()
        assert "佛山分公司网优党支部" in found
        assert "原佛山分公司网络部党支部" in found


def test_branch_is_dissolved_with_a_successor(cast: Cast) -> None:
    case = cast.register()
    assert "还有 1 例在诊" in post(cast, "/branches/B1/dissolve/", 422, successor="")
    page = post(cast, "/branches/B1/dissolve/", successor="B2")
    assert "1 例在诊病例、0 份没交的挂号，由湛江分公司网络部党支部接着问诊；责任人不变。" in page
    assert "曾维舟、麦承宇不再是它的问诊人。" in page
    assert "佛山分公司网络部党支部已撤销。" in post(cast, "/branches/B1/dissolve/", successor="B2", confirmed="1")
    assert Case.objects.get(pk=case.pk).branch == cast.other_branch
    assert "由湛江分公司网络部党支部接着问诊" in visit(cast.viewer).get("/branches/B1/").content.decode()


def test_only_head_office_is_offered_changes(cast: Cast) -> None:
    assert "/groups/NET-01/merge/" in visit(cast.coordinator).get("/groups/NET-01/").content.decode()
    assert "/groups/NET-01/merge/" not in visit(cast.leader).get("/groups/NET-01/").content.decode()
    assert "/branches/B1/rename/" in visit(cast.coordinator).get("/branches/B1/").content.decode()
    assert "/branches/B1/rename/" not in visit(cast.clerk).get("/branches/B1/").content.decode()
