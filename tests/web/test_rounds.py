"""查房 on pages: the board with and without script, the way back, suggestions, what other pages show of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from huizhen.accounts.actions import issue_token
from huizhen.notifications.jobs import drain
from huizhen.notifications.models import Message
from huizhen.reports.actions.rounds import make_round
from huizhen.reports.jobs import remind_rounds
from huizhen.reports.models import Suggestion, WardRound
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("monday")
NOW = MONDAY
PART = {"HX-Request": "true"}


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return parsed(answer).text


def test_board_stamps_one_or_many_and_takes_back(cast: Cast) -> None:
    first, second, third = (cast.register(at=NOW - timedelta(days=9 + n)) for n in range(3))
    leader = visit(cast.leader)
    shown = text(leader, "/rounds/")
    assert "本轮 0/3 例已查" in shown
    assert "挂号 11 天，还没查过" in shown
    assert shown.index(third.code) < shown.index(second.code) < shown.index(first.code)
    # without script: back to the board as it was, with the words and the way back on it
    answer = leader.post("/rounds/make_round/", {"case": third.code, "comment": "先看容量", "asked": "show=all"})
    assert answer.headers["Location"] == "/rounds/?show=all"
    page = parsed(leader.get("/rounds/?show=all"))
    assert "已查 1 例。" in page.text
    assert "今天查过" in page.text
    assert "先看容量" in page.text
    (way,) = [one.attributes["action"] for one in page.all("form") if "take_back" in one.attributes.get("action", "")]
    assert "已撤回 1 例" in parsed(leader.post(way, follow=True)).text
    # with script: the part anew, with the same words
    both = {"case": [second.code, third.code]}
    answer = leader.post("/rounds/make_round/", both, headers=PART)
    part = answer.content.decode()
    assert part.lstrip().startswith('<div id="board">')
    assert "已查 2 例。" in part
    assert second.code not in part
    leader.post("/rounds/make_round/", both, headers=PART)  # a double click
    assert WardRound.objects.filter(taken_back_at=None).count() == 2
    leader.post("/rounds/make_round/", {"case": first.code})
    assert "本轮都查过了" in text(leader, "/rounds/")
    # from the page of the case, back to it
    answer = leader.post("/rounds/make_round/", {"case": first.code, "comment": "再看一遍", "back": "1"})
    assert answer.headers["Location"] == f"/cases/{first.code}/"
    for who in ("requester", "leader"):
        story = text(visit(cast.users[who]), f"/cases/{first.code}/")
        assert story.count("再看一遍") == 2  # in the panel and in the story
    assert "已撤回" in text(leader, f"/cases/{third.code}/")
    assert "没有在诊的病例" in text(visit(cast.other_leader), "/rounds/")
    cast.campaign.is_current = False
    cast.campaign.save()
    assert "没有进行中的活动" in text(leader, "/rounds/")


def test_board_refuses_nonsense(cast: Cast) -> None:
    case = cast.register().code
    leader, head, made = visit(cast.leader), visit(cast.coordinator), 0
    nonsense: list[tuple[dict[str, Any], int]] = [
        ({}, 422), ({"case": "HZ26-99999"}, 404), ({"case": "\0'); --"}, 404), ({"case": ["x"] * 500}, 404),
        ({"case": case, "comment": "多" * 301}, 422), ({"case": case, "comment": "\0\u202e"}, 302),
        ({"case": case, "comment": "好", "asked": "show=x&group=%00&after=9" * 30, "back": "//example.com"}, 302),
    ]  # fmt: skip
    for sent, status in nonsense:
        answer = leader.post("/rounds/make_round/", sent)
        made += status == 302
        assert (answer.status_code, WardRound.objects.count()) == (status, made), sent
        assert not answer.headers.get("Location", "/").startswith("//")
    for sent in ({"comment": "两例一起看"}, {"case": case, "comment": "多" * 301}):
        page = leader.post("/rounds/make_round/", sent | {"asked": "show=all"}).content.decode()
        assert (f'value="{sent["comment"]}"' in page, 'role="alert"' in page, case in page) == (True, True, True), (
            "typed words stay"
        )
    assert leader.post("/rounds/make_round/", {"back": "1"}).status_code == 422
    for query in (f"?after={'9' * 40}&group=%00", "?after=1.1&show=nothing"):
        assert leader.get(f"/rounds/{query}").status_code == 200
        assert head.get(f"/rounds/groups/{query}&domain=%00&silent=x").status_code == 200
        assert leader.get(f"/suggestions/{query}").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    cases = [cast.register() for _ in range(rows)]
    make_round(cases, by=cast.leader, at=NOW, comment="看过")
    leader, head = visit(cast.leader), visit(cast.coordinator)
    for n, case in enumerate(cases):
        leader.post(
            "/suggestions/new/", {"case": case.code, "to": "headquarters", "text": f"请协调第 {n} 件事", "key": uuid4()}
        )
    assert Suggestion.objects.count() == rows
    for client, address, cost in (
        (leader, "/rounds/?show=all", 16),
        (head, "/rounds/groups/", 14),
        (head, "/suggestions/", 9),
    ):
        client.get(address)
        with django_assert_num_queries(cost):
            assert client.get(address).status_code == 200, address


def test_suggestion_is_made_read_and_answered_on_pages(cast: Cast) -> None:
    case = cast.contacted(at=NOW - timedelta(hours=1))
    leader, requester, head = visit(cast.leader), visit(cast.requester), visit(cast.coordinator)
    assert "/suggestions/new/?case=" in leader.get(f"/cases/{case.code}/").content.decode()
    assert "/suggestions/new/" not in requester.get(f"/cases/{case.code}/").content.decode()
    form = {"case": case.code, "to": "requester", "text": "请先补齐三月的报表", "key": str(uuid4())}
    assert leader.post("/suggestions/new/", form | {"text": "短"}).status_code == 422
    for _click in range(2):
        assert leader.post("/suggestions/new/", form).headers["Location"] == f"/cases/{case.code}/"
    one = Suggestion.objects.get()
    drain(NOW)
    told = Message.objects.filter(verb="suggested").values_list("person__code", flat=True)
    assert sorted(told) == ["requester", "second"]
    assert "1 条团长建议等您答复" in text(visit(cast.requester), "/")
    assert "请先补齐三月的报表" in text(requester, "/suggestions/?show=mine")
    assert requester.post(f"/suggestions/{one.key}/answer_suggestion/", {"decision": "not_adopted"}).status_code == 422
    answer = requester.post(
        f"/suggestions/{one.key}/answer_suggestion/", {"decision": "not_adopted", "answer": "没有这张表"}
    )
    assert answer.status_code == 302
    assert requester.post(f"/suggestions/{one.key}/answer_suggestion/", {"decision": "adopted"}).status_code == 409
    shown = text(leader, f"/cases/{case.code}/")
    assert "没有采纳" in shown
    assert "没有这张表" in shown
    # about the work of the group, withdrawn
    work = {"to": "headquarters", "text": "请统一抽检的口径", "group": "NET-01", "key": str(uuid4())}
    assert leader.post("/suggestions/new/", work | {"to": "requester"}).status_code == 422
    assert leader.post("/suggestions/new/", work | {"group": "FIN-01"}).status_code == 422
    address = leader.post("/suggestions/new/", work).headers["Location"]
    assert "请统一抽检的口径" in text(head, address)
    assert leader.post(f"{address}withdraw_suggestion/").status_code == 302
    assert "不用答复" in text(head, address)
    assert requester.get(address).status_code == 404


def test_others_see_who_has_not_been_round(cast: Cast) -> None:
    cast.register(at=NOW - timedelta(days=20))
    case = cast.register(at=NOW - timedelta(days=20), group="FIN-01")
    make_round([case], by=cast.other_leader, at=NOW)
    assert "1 个团没去查房" in text(visit(cast.liaison), "/")
    assert "没去查房" not in text(visit(cast.other_liaison), "/")
    assert "本轮查房 0/1 例" in text(visit(cast.leader), "/")
    assert 'href="/rounds/groups/?silent=on"' in visit(cast.coordinator).get("/rounds/groups/").content.decode()
    shown = text(visit(cast.coordinator), "/rounds/groups/?silent=on")
    assert "无线网络优化专家团" in shown
    assert "财务共享专家团" not in shown
    for who, address in (("leader", "/rounds/"), ("coordinator", "/rounds/groups/"), ("liaison", "/suggestions/")):
        assert visit(cast.users[who], "en").get(address).status_code == 200
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        remind_rounds(MONDAY + timedelta(days=2))
        drain(MONDAY + timedelta(days=2))
        assert "本轮查房3月8日止，还有 1 例没查" in text(visit(cast.leader), "/inbox/")


def test_interface_goes_round_and_answers(cast: Cast) -> None:
    case = cast.register(at=NOW - timedelta(days=3))

    def asked(who: str, method: str, address: str, **body: Any) -> tuple[int, Any]:
        client = Client(headers={"authorization": f"Bearer {issue_token(cast.users[who], at=NOW)}"})
        answer = client.generic(
            method, f"/api/v1/{address}", json.dumps(body) if body else "", content_type="application/json"
        )
        return answer.status_code, answer.json()

    status, board = asked("leader", "GET", "rounds")
    assert (status, board["visited"], board["open"], board["cases"][0]["days"]) == (200, 0, 1, 3)
    assert (board["since"], board["until"]) == ("2026-02-23", "2026-03-08")
    status, stamp = asked("leader", "POST", f"cases/{case.code}/round", comment="看过")
    assert (status, stamp["case"], stamp["by"]["name"]) == (201, case.code, "毛知南")
    assert asked("leader", "POST", f"cases/{case.code}/round", comment="看过")[1] == stamp
    assert asked("leader", "GET", "rounds?show=all")[1]["cases"][0]["last"] == stamp
    status, made = asked("leader", "POST", f"cases/{case.code}/suggestions", to="requester", text="请先补齐报表")
    assert (status, made["state"]) == (201, "open")
    assert asked("requester", "GET", "suggestions?show=mine")[1]["suggestions"] == [made]
    address = f"suggestions/{made['key']}/answer"
    assert asked("requester", "POST", address, decision="not_adopted")[0] == 422
    status, done = asked("requester", "POST", address, decision="adopted")
    assert (status, done["state"], done["answered_by"]["code"]) == (200, "adopted", "requester")
    assert asked("requester", "POST", address, decision="adopted")[0] == 409
