"""Pages of 领题: the list and its filters, one challenge, taking one on from a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from huizhen.challenges.actions import advance, create_challenge
from huizhen.challenges.models import Challenge
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("_monday")
FORM = {
    "title": "晚高峰负荷降到七成", "background": "三个月来居高不下", "indicator": "晚高峰负荷", "indicator_unit": "%", "baseline": "92",
    "goal": "70.5", "kind": "technology", "lead": "second", "m-0-on": "2026-06-30", "m-0-what": "完成均衡", "m-1-on": "", "m-1-what": "",
}  # fmt: skip


@pytest.fixture
def _monday() -> Any:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


def some(cast: Cast, count: int) -> list[Challenge]:
    return [
        create_challenge(
            cast.branch, by=cast.requester, at=MONDAY, title=f"第{n}道题目", lead=cast.person("requester"),
            milestones=[{"on": "2026-02-01", "what": "摸底"}],
        )
        for n in range(count)
    ]  # fmt: skip


def test_challenge_is_taken_on_by_its_form(cast: Cast) -> None:
    client = visit(cast.requester)
    assert "登记领题" in client.get("/challenges/new/").content.decode()
    answer = client.post("/challenges/new/", FORM)
    made = Challenge.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/challenges/{made.code}/")
    assert (made.branch, made.lead, str(made.goal)) == (cast.branch, cast.person("second"), "70.5000")
    assert made.milestones == [{"on": "2026-06-30", "what": "完成均衡", "done": False}]
    text = client.get(answer["Location"]).content.decode()
    assert "70.5" in text
    assert "70.5000" not in text


def test_faults_stand_beside_their_fields_and_nothing_typed_is_lost(cast: Cast) -> None:
    answer = visit(cast.requester).post("/challenges/new/", FORM | {"title": "短", "goal": "很多", "m-0-on": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "至少 4 个字，现在 1 个。" in text
    assert "请填数字。" in text
    assert 'value="完成均衡"' in text
    answer = visit(cast.requester).post("/challenges/new/", FORM | {"m-0-on": ""})
    assert "第 1 个里程碑要写明日期和内容。" in answer.content.decode()
    assert not Challenge.objects.exists()


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "题目\u202e\u200b\x00反过来的", "🙂" * 10])
def test_hostile_titles_are_shown_as_text(cast: Cast, title: str) -> None:
    answer = visit(cast.requester).post("/challenges/new/", FORM | {"title": title})
    text = visit(cast.viewer).get(answer["Location"]).content.decode()
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_edit_of_an_older_version_is_a_409(cast: Cast) -> None:
    challenge = some(cast, 1)[0]
    client, address = visit(cast.requester), f"/challenges/{challenge.code}/edit/"
    assert 'value="第0道题目"' in client.get(address).content.decode()
    assert client.post(address, FORM | {"seen": "1"}).status_code == 302
    answer = client.post(address, FORM | {"seen": "1", "title": "另一个题目"})
    assert answer.status_code == 409
    assert Challenge.objects.get().title == FORM["title"]


def test_a_challenge_goes_to_its_end(cast: Cast) -> None:
    challenge, client = some(cast, 1)[0], visit(cast.requester)
    address = f"/challenges/{challenge.code}/"
    for state in ("approved", "active"):
        assert client.post(address + "advance/", {"state": state}).status_code == 302
    assert client.post(address + "milestone/", {"number": "1", "done": "1"}).status_code == 302
    assert "做成了什么" in client.get(address).content.decode()
    answer = client.post(address + "advance/", {"state": "concluded", "result": ""})
    assert answer.status_code == 422
    assert "这一项要填。" in answer.content.decode()
    assert client.post(address + "advance/", {"state": "concluded", "result": "降到六成八"}).status_code == 302
    text = client.get(address).content.decode()
    assert "降到六成八" in text
    assert "advance/" not in text
    assert client.post(address + "advance/", {"state": "stopped", "result": "不做"}).status_code == 409


def test_buttons_are_those_the_reader_may_press(cast: Cast) -> None:
    address = f"/challenges/{some(cast, 1)[0].code}/"
    offered = {
        who: [one.attributes["value"] for one in parsed(visit(cast.users[who]).get(address)).all("input", name="state")]
        for who in ("requester", "coordinator", "expert", "viewer", "outsider")
    }
    assert offered == {
        "requester": ["approved", "stopped"], "coordinator": ["stopped"], "expert": [], "viewer": [], "outsider": [],
    }  # fmt: skip


def test_late_milestone_is_said(cast: Cast) -> None:
    assert "已过期" in visit(cast.viewer).get(f"/challenges/{some(cast, 1)[0].code}/").content.decode()


@pytest.mark.parametrize(
    "query, titles",
    [
        ("", ["第2道题目", "第1道题目", "第0道题目"]),
        ("q=第1", ["第1道题目"]),
        ("q=lt26-00003", ["第2道题目"]),
        ("unit=FS", ["第2道题目", "第1道题目", "第0道题目"]),
        ("unit=ZJ", []),
        ("unit=nonsense&state=%00&kind=<b>", ["第2道题目", "第1道题目", "第0道题目"]),
        ("state=active", ["第0道题目"]),
        ("kind=product", []),
        ("bare=on", ["第2道题目", "第0道题目"]),
        ("branch=B2", []),
        ("after=3", []),
        ("after=abc", ["第2道题目", "第1道题目", "第0道题目"]),
    ],
)
def test_filters_narrow_the_list(cast: Cast, query: str, titles: list[str]) -> None:
    made = some(cast, 3)
    advance(made[0], "approved", by=cast.requester, at=MONDAY)
    advance(Challenge.objects.get(pk=made[0].pk), "active", by=cast.requester, at=MONDAY)
    cast.register(challenge=made[1].code)
    if query == "after=3":
        query = f"after={made[0].pk}"
    page = parsed(visit(cast.expert).get(f"/challenges/?{query}"))
    assert [one.text for one in page.all("a") if one.attributes.get("class") == "hz-line__t"] == titles


def test_list_pages_by_keyset(cast: Cast) -> None:
    some(cast, 53)
    client = visit(cast.viewer)
    first = parsed(client.get("/challenges/?kind="))
    following = next(one for one in first.all("a", rel="next")).attributes["href"]
    page = parsed(client.get(f"/challenges/{following}"))
    assert [one.text for one in page.all("a", **{"class": "hz-line__t"})] == ["第2道题目", "第1道题目", "第0道题目"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for challenge in some(cast, count):
        cast.register(challenge=challenge.code)
    client = visit(cast.expert)
    with django_assert_num_queries(12):
        assert client.get("/challenges/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_challenge_page_costs_the_same_for_one_and_three_cases(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    challenge = some(cast, 1)[0]
    for _ in range(count):
        cast.register(challenge=challenge.code)
    client = visit(cast.requester)
    with django_assert_num_queries(11):
        text = client.get(f"/challenges/{challenge.code}/").content.decode()
    assert text.count("宿舍晚高峰小区负荷超限") == count


def test_cases_of_a_challenge_are_those_the_reader_sees(cast: Cast) -> None:
    challenge = some(cast, 1)[0]
    case = cast.register(challenge=challenge.code)
    assert case.code in visit(cast.expert).get(f"/challenges/{challenge.code}/").content.decode()
    assert case.code not in visit(cast.outsider).get(f"/challenges/{challenge.code}/").content.decode()


@pytest.mark.parametrize("address", ["/challenges/", "/challenges/new/"])
def test_pages_speak_english_too(cast: Cast, address: str) -> None:
    some(cast, 1)
    assert '<html lang="en"' in visit(cast.requester, "en").get(address).content.decode()
