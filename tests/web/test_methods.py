"""The shelf of methods, one method as it is read, a branch that tries it, the prescription that cites it, the first screens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from huizhen.methods import jobs
from huizhen.methods.actions.reuse import adopt
from huizhen.methods.actions.standing import retire
from huizhen.methods.models import Adoption, Method
from tests.cast import Cast
from tests.methods.test_reuse import cite, shelved, solve
from tests.methods.test_writing import LATER
from tests.visits import visit

pytestmark = pytest.mark.usefixtures("_later")
RESULT = {
    "use": "solved", "result": "三周后投诉归零", "indicator": "每周投诉", "indicator_unit": "件", "before": "40", "after": "3",
    "better": "lower", "period": "十月前三周", "evidence": "客服周报三期",
}  # fmt: skip


@pytest.fixture
def _later() -> Any:
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        yield


def copies(method: Method, count: int) -> list[Method]:
    """More of the same on the shelf."""
    rows = []
    for n in range(count):
        one = Method.objects.create(
            code=f"GF26-08{n:02d}", domain=method.domain, owner=method.owner, first_branch=method.first_branch, evidence="verified",
            name=f"均衡{n}号三步法", meaning="先均衡再扩容", created_at=LATER, looked_at=LATER, published_at=LATER, confidence=50 + n,
        )  # fmt: skip
        one.versions.create(
            number=1, state="published", by=method.owner, created_at=LATER, saved_at=LATER, published_at=LATER, name=one.name,
            steps=[{"title": "摸底", "text": "<script>alert(1)</script>"}],
        )  # fmt: skip
        rows.append(one)
    return rows


def test_shelf_orders_filters_remembers_and_leads_on(cast: Cast, django_assert_num_queries: Any) -> None:
    method = shelved(cast)
    client = visit(cast.outsider)
    client.get("/methods/")
    with django_assert_num_queries(10):
        text = client.get("/methods/?q=").content.decode()
    assert method.name in text
    assert "较可靠" in text
    many = copies(method, 22)
    with django_assert_num_queries(10):
        text = client.get("/methods/?q=").content.decode()
    assert text.index(many[21].name) < text.index(many[20].name)
    assert method.name not in text
    after = text.split("after=")[1].split('"')[0]
    more = client.get(f"/methods/?q=&after={after}").content.decode()
    assert method.name in more
    assert many[1].name in more
    assert many[21].name not in more
    retire(many[21], by=cast.liaison, at=LATER, reason="过时了")
    assert many[21].name not in client.get("/methods/?q=").content.decode()
    assert many[21].name in client.get("/methods/?evidence=retired").content.decode()
    assert client.get("/methods/")["Location"] == "/methods/?evidence=retired"
    newest = client.get("/methods/?order=newest").content.decode()
    after = newest.split("after=")[1].split('"')[0]
    last = client.get(f"/methods/?order=newest&after={after}").content.decode()
    assert (method.name in newest, method.name in last) == (False, True)
    for wrong in (
        "?after=x.y",
        "?after=9.9999999999999999999999",
        "?order=newest&after=99999999999999999999.1",
        "?domain=NO",
        "?kind=%00",
    ):
        assert client.get(f"/methods/{wrong}").status_code == 200, wrong
    assert "没有符合条件的工作法" in client.get("/methods/?q=不存在的办法").content.decode()


def test_page_says_where_it_applies_and_why_it_is_trusted(cast: Cast, django_assert_num_queries: Any) -> None:
    method = shelved(cast)
    client = visit(cast.outsider)
    path = f"/methods/{method.code}/"
    client.get(path)
    text = client.get(path).content.decode()
    for words in ("没有宿舍的小区", "+25", "来源病例复诊见效", "在本支部试用", "佛山", "还没有支部复用"):
        assert words in text, words
    assert method.source_case is not None
    assert f"/cases/{method.source_case.code}/summary/" in text
    adopt(method, cast.other_branch, by=cast.outsider, at=LATER)
    solve(cast, cite(cast, method.code))
    jobs.drain(LATER + timedelta(days=9))
    with django_assert_num_queries(34):
        text = client.get(path).content.decode()
    assert "正在试用" in text
    assert "另有 1 个病例用过" in text
    adopt(method, cast.branch, by=cast.requester, at=LATER)
    cite(cast, method.code, at=LATER + timedelta(days=7))
    jobs.drain(LATER + timedelta(days=9))
    with django_assert_num_queries(34):
        assert "另有 2 个病例用过" in client.get(path).content.decode()
    hostile = copies(method, 1)[0]
    assert "<script>alert" not in client.get(f"/methods/{hostile.code}/").content.decode()
    assert client.get(f"{path}?v=9").status_code == 404
    assert client.get(f"{path}?v=1").status_code == 200


def test_branch_tries_a_method_and_tells_what_came_of_it(cast: Cast) -> None:
    method = shelved(cast)
    client = visit(cast.outsider)
    assert client.post(f"/methods/{method.code}/adopt/", {"why": "长" * 201}).status_code == 422
    assert client.post(f"/methods/{method.code}/adopt/", {"why": "我们也有"}).status_code == 302
    assert client.post(f"/methods/{method.code}/adopt/", {"why": "我们也有"}).status_code == 409
    trial = Adoption.objects.get()
    assert "试用中，记下结果" in client.get("/").content.decode()
    path = f"/methods/{method.code}/trials/{trial.key}/tell_result/"
    answer = client.post(path, RESULT | {"after": "", "result": ""})
    assert answer.status_code == 422
    assert "这一项要填。" in answer.content.decode()
    assert "客服周报三期" in answer.content.decode()
    assert "前后一样" in client.post(path, RESULT | {"after": "40"}).content.decode()
    assert client.post(path, RESULT)["Location"] == f"/methods/{method.code}/"
    text = client.get(f"/methods/{method.code}/").content.decode()
    assert "已验证" in text
    assert "试用中，记下结果" not in client.get("/").content.decode()
    assert client.get(path).status_code == 200
    assert visit(cast.requester).get(path).status_code == 403


def test_head_office_decides_with_a_reason(cast: Cast) -> None:
    method = shelved(cast)
    client = visit(cast.liaison)
    answer = client.post(f"/methods/{method.code}/retire/", {"reason": "", "seen": method.version})
    assert answer.status_code == 422
    assert "这一项要填。" in answer.content.decode()
    assert (
        client.post(f"/methods/{method.code}/retire/", {"reason": "过时了", "seen": method.version}).status_code == 302
    )
    text = client.get(f"/methods/{method.code}/").content.decode()
    assert "已退役" in text
    assert "过时了" in text
    assert "在本支部试用" not in visit(cast.requester).get(f"/methods/{method.code}/").content.decode()


def test_prescription_takes_a_measure_from_a_method(cast: Cast) -> None:
    method = shelved(cast)
    case = cast.diagnosed(at=LATER)
    client = visit(cast.expert)
    found = client.get("/methods/pick/?q=负荷", headers={"HX-Request": "true"}).content.decode()
    assert f'data-cite="{method.code}@1"' in found
    assert "<html" not in found
    assert "<html" in client.get("/methods/pick/?q=没有").content.decode()
    form = {
        "thinking": "先均衡再扩容", "follow_up_on": "2026-03-19", "innovation": "technology",
        "measures-0-what": "做负荷均衡", "measures-0-owner_name": "梁思远", "measures-0-due_on": "2026-03-16", "measures-0-expected": "下降",
        "measures-0-criterion": "周报", "measures-0-treat-1": "main", "measures-0-treat-2": "main", "measures-0-source_code": "GF26-9999",
    }  # fmt: skip
    answer = client.post(f"/cases/{case.code}/prescribe/", form)
    assert answer.status_code == 422
    assert "没有编号为“GF26-9999”的工作法" in answer.content.decode()
    assert (
        client.post(f"/cases/{case.code}/prescribe/", form | {"measures-0-source_code": method.code}).status_code == 302
    )
    jobs.drain(LATER + timedelta(hours=2))
    branch = visit(cast.requester)
    text = branch.get(f"/cases/{case.code}/").content.decode()
    assert method.name in text
    assert f"{method.code}@1</a>" in branch.get(f"/cases/{case.code}/prescription/1/").content.decode()
    assert "用下来管用吗" not in text
    solve(cast, case)
    jobs.drain(LATER + timedelta(days=9))
    assert "用下来管用吗" in branch.get(f"/cases/{case.code}/").content.decode()
    assert (
        branch.post(
            f"/methods/{method.code}/cases/{case.code}/say_use/", {"use": "partly", "note": "卡顿少了"}
        ).status_code
        == 302
    )
    assert "卡顿少了" in client.get(f"/cases/{case.code}/").content.decode()
    assert "用下来管用吗" not in client.get(f"/cases/{case.code}/").content.decode()
