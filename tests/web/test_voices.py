"""Pages of being heard: complaints, support, denied contacts; flags; upward suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from huizhen.cases.jobs import sweep
from huizhen.cases.models import Case, Cause, Flag
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast
from tests.visits import Node, moves_on, parsed, visit

NOW = MONDAY + 4 * HOUR


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def opened(cast: Cast, who: str, address: str, language: str = "zh-hans") -> Node:
    answer = visit(cast.users[who], language).get(address)
    assert answer.status_code == 200, address
    return parsed(answer)


def block(page: Node) -> str:
    return " ".join(one.text for one in page.all(id="shengyin"))


def test_case_page_shows_complaints_and_support_only_where_there_are_any(cast: Cast) -> None:
    plain, complained, supported = cast.contacted(), PLAYS["complained"](cast), PLAYS["supported"](cast)

    assert block(opened(cast, "expert", f"/cases/{plain.code}/")) == ""
    told = block(opened(cast, "expert", f"/cases/{complained.code}/"))
    assert "说好今天来，没有来" in told
    assert "由未参与本例的蒋景川处理" in told
    told = block(opened(cast, "requester", f"/cases/{supported.code}/"))
    assert "等佛山分公司答复" in told
    assert "周三给到" in told
    assert told.index("三个人各半天") < told.index("三个月的话务数据")  # what waits comes first


def test_complaint_is_answered_through_its_form_and_told_in_the_story(cast: Cast) -> None:
    case = PLAYS["complained"](cast)
    home = opened(cast, "liaison", "/")
    assert [one for one in home.all("a") if one.attributes.get("href") == f"/cases/{case.code}/answer_complaint/"]
    form = opened(cast, "liaison", f"/cases/{case.code}/answer_complaint/")
    assert "说好今天来，没有来" in form.text

    client = visit(cast.liaison)
    values = {"ask": str(case.asks.get().key), "text": "已约明天上午到现场"}
    assert client.post(f"/cases/{case.code}/answer_complaint/", values).status_code == 302
    page = opened(cast, "requester", f"/cases/{case.code}/?show=talk")
    assert "已约明天上午到现场" in page.all(id="jingguo")[0].text
    assert "答复投诉" in page.all(id="jingguo")[0].text


def test_late_answer_reads_who_was_faster(cast: Cast) -> None:
    case = PLAYS["heard"](cast)
    answer = visit(cast.coordinator).post(f"/cases/{case.code}/answer_complaint/", {"ask": "x", "text": "我来答复"})

    assert answer.status_code == 409
    assert "没有待答复的投诉" in answer.content.decode()


def test_clerk_finds_and_answers_what_her_unit_is_asked(cast: Cast) -> None:
    case = PLAYS["supported"](cast)
    assert f"/cases/{case.code}/answer_support/" in str(visit(cast.clerk).get("/").content)
    form = opened(cast, "clerk", f"/cases/{case.code}/answer_support/")
    options = [one.attributes["value"] for one in form.all("option") if one.attributes.get("value")]
    assert options == [str(case.asks.get(answered_at=None).key)]

    values = {"ask": options[0], "decision": "refuse", "text": "下周才有人"}
    assert visit(cast.clerk).post(f"/cases/{case.code}/answer_support/", values).status_code == 302
    assert "暂时不能" in block(opened(cast, "requester", f"/cases/{case.code}/"))


def test_unit_without_a_clerk_is_told_beside_the_field(cast: Cast) -> None:
    case = cast.contacted()
    form = opened(cast, "expert", f"/cases/{case.code}/ask_support/")
    assert {"FS", "D06", "ZJ"} <= {one.attributes.get("value") for one in form.all("option")}
    answer = visit(cast.expert).post(
        f"/cases/{case.code}/ask_support/", {"topic": "travel", "asked_unit": "ZJ", "text": "去湛江两天"}
    )

    assert answer.status_code == 422
    assert "湛江分公司还没有综合员" in answer.content.decode()


def test_branch_denies_a_contact_beside_its_entry(cast: Cast) -> None:
    case = cast.contacted()
    key = str(case.contacts.get().key)
    address = f"/cases/{case.code}/deny_contact/?contact={key}"
    page = opened(cast, "requester", f"/cases/{case.code}/")
    assert [one for one in page.all(id="jingguo")[0].all("a") if one.attributes["href"] == address]
    assert opened(cast, "expert", f"/cases/{case.code}/").all("a", href=address) == []

    client = visit(cast.requester)
    assert "沈言行" in client.get(address).content.decode()
    values = {"contact": key, "text": "没有人打过电话"}
    assert client.post(f"/cases/{case.code}/deny_contact/", values).status_code == 302
    told = opened(cast, "leader", f"/cases/{case.code}/").all(id="jingguo")[0].text
    assert "支部说没有联系过，不算数" in told
    assert "没有人打过电话" in told


def test_complaint_is_never_the_first_thing_to_do(cast: Cast) -> None:
    for case in (cast.contacted(), cast.archived()):
        page = opened(cast, "requester", f"/cases/{case.code}/")
        assert "complain" in moves_on(page, case.code)
        menu = [one for one in page.all("details") if "hz-menu" in one.attributes.get("class", "")]
        beside = page.all("a", **{"class": "btn"}) + page.all("a", **{"class": "btn btn-primary"})
        assert all("complain" in moves_on(one, case.code) for one in menu)
        assert not [one for one in beside if one.attributes.get("href", "").endswith("/complain/")]


# ── flags


@pytest.fixture
def flag(cast: Cast) -> Flag:
    cast.register(at=MONDAY - 3 * DAY)
    sweep(NOW)
    return Flag.objects.get()


def test_leader_and_expert_find_the_flag_and_others_do_not(cast: Cast, flag: Flag) -> None:
    address = f"/flags/{flag.key}/"
    found = {who for who in cast.users if address in visit(cast.users[who]).get("/").content.decode()}

    assert found == {"expert", "leader"}


def test_expert_states_reasons_and_the_leader_notes_the_talk(cast: Cast, flag: Flag) -> None:
    address = f"/flags/{flag.key}/"
    expert, leader = visit(cast.expert), visit(cast.leader)
    assert "首次沟通" in expert.get(address).content.decode()
    assert expert.post(f"{address}state_reasons/", {"text": ""}).status_code == 422
    assert expert.post(f"{address}state_reasons/", {"text": "当天在抢修"}).status_code == 302
    assert "当天在抢修" in leader.get(address).content.decode()
    assert leader.post(f"{address}state_reasons/", {"text": "我替她说"}).status_code == 403
    assert expert.post(f"{address}note_talk/", {"note": "自己谈过了"}).status_code == 403
    assert leader.post(f"{address}note_talk/", {"note": "x" * 1001}).status_code == 422
    assert leader.post(f"{address}note_talk/", {"note": "情况属实，下次请人代"}).status_code == 302
    assert address not in leader.get("/").content.decode()
    page = parsed(expert.get(address))
    assert "情况属实，下次请人代" in page.text
    assert page.all("textarea") == []
    assert expert.post(f"{address}state_reasons/", {"text": "再补一句"}).status_code == 409


@pytest.mark.parametrize("kind", ["refusals", "empty", "dropped"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_of_flag_is_told(cast: Cast, kind: str, language: str) -> None:
    case = cast.contacted()
    refused = {"what": "transfer", "case": "HZ26-00009", "who": "沈言行", "at": NOW.isoformat()}
    facts: dict[str, dict[str, Any]] = {
        "refusals": {"refusals": [refused, refused | {"what": "invitation"}]},
        "empty": {"returned": [1, 2]},
        "dropped": {"version": 3, "dropped": [1, 2], "all": 4},
    }
    flag = Flag.objects.create(
        case=case, person=cast.person("expert"), group=cast.group, occurrence="x", at=NOW, facts=facts[kind],
        kind="refusals" if kind == "refusals" else "empty_advice",
    )  # fmt: skip
    page = opened(cast, "leader", f"/flags/{flag.key}/", language)

    assert len(page.all("ul", **{"class": "hz-dots"})[0].all("li")) == (2 if kind == "refusals" else 1)


# ── upward suggestions


def mark(cast: Cast, n: int = 1, **changes: Any) -> Case:
    case = cast.diagnosed(**changes)
    values = cast.prescription(MONDAY)
    values["measures"] = values["measures"][:1]
    values["upward"] = [{"cause": "1", "department": f"计划建设部{n}", "suggestion": "列入年度扩容优先库"}]
    return cast.take(case, "prescribe", "expert", MONDAY + 2 * HOUR, **values)


def test_upward_suggestions_are_listed_with_department_case_and_state(cast: Cast) -> None:
    case = mark(cast)
    cast.take(mark(cast, 2), "mark_sensitive", "requester", NOW, reason="涉密")

    for who, rows in (("leader", 2), ("liaison", 2), ("coordinator", 1), ("viewer", 1)):
        page = opened(cast, who, "/cases/upward/")
        assert len(page.all("a", **{"class": "hz-code"})) == rows, who
        assert "计划建设部1" in page.text
        assert case.code in page.text
        assert "已标记" in page.text
        assert "待接受" in page.text
    assert "计划建设部" not in visit(cast.other_leader).get("/cases/upward/").content.decode()
    assert visit(cast.requester).get("/cases/upward/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_upward_list_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    for n in range(rows):
        mark(cast, n)
    client = visit(cast.leader)
    client.get("/cases/upward/")
    with django_assert_num_queries(UPWARD):
        client.get("/cases/upward/")


UPWARD = 9


def test_upward_list_goes_on_where_it_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from huizhen.cases.queries import upward

    mark(cast, 1), mark(cast, 2)
    found = upward.upward(_reader(cast), limit=1)
    rest = upward.upward(_reader(cast), after=found.after, limit=1)
    assert [one.department for one in (*found.causes, *rest.causes)] == ["计划建设部2", "计划建设部1"]
    assert (found.after, rest.after) == (str(Cause.objects.filter(is_upward=True).latest("pk").pk), "")


def _reader(cast: Cast) -> Any:
    from huizhen.directory.queries import standing

    return standing(cast.leader, on=(MONDAY + timedelta(hours=4)).date())
