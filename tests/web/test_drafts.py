"""Drafts: nothing that was typed is lost, nothing hostile does harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from huizhen.cases.actions import save_draft
from huizhen.cases.models import Case, Draft
from huizhen.directory.models import Membership
from tests.cast import MONDAY, START, Cast
from tests.web.steps import ALL, CONDITION, ONE, THREE, TWO, at, begun, post, version_of

pytestmark = pytest.mark.usefixtures("monday")


# ── nothing is lost ──


def test_back_saves_without_checking(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    answer = post(requester, key, 2, TWO | {"question_0": "半", "go": "back"})
    assert answer["Location"] == at(key, 1)
    assert ONE["title"] in requester.get(at(key, 1)).content.decode()
    assert 'value="半"' in requester.get(at(key, 2)).content.decode()


def test_faults_stand_beside_their_fields_and_are_kept(requester: Client, cast: Cast) -> None:
    key = uuid4()
    answer = post(requester, key, 1, ONE | {"title": "短", "condition": "太短了"}, branch="B1")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "至少 4 个字，现在 1 个。" in text
    assert "至少 30 个字，现在 3 个。" in text
    assert Draft.objects.get(key=key).values["condition"] == "太短了"
    key = begun(requester, cast, 1)
    wrong = {
        "question_0": "",
        "question_1": "短",
        "urgency": "urgent",
        "baseline": "很多",
        "indicator": "",
        "target": "70",
    }
    text = post(requester, key, 2, TWO | wrong).content.decode()
    assert "请填数字。" in text
    assert 'id="id_question_1_error"' in text
    text = post(
        requester, key, 2, TWO | wrong | {"question_0": "怎样才能降下来？", "question_1": "", "baseline": "92"}
    ).content.decode()
    assert "加急和特急要写理由。" in text
    assert "写了数值，也要写指标名称。" in text


def test_submit_leads_back_to_the_step_with_the_fault(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1, title="短")
    post(requester, key, 2, TWO)
    answer = post(requester, key, "submit", THREE)
    assert answer["Location"] == at(key, 1) + "?check=1"
    text = requester.get(answer["Location"]).content.decode()
    assert "至少 4 个字，现在 1 个。" in text
    assert "第 1 步有内容要改" in text
    key = begun(requester, cast, 2)
    answer = requester.post(at(key, "submit"), {"version": version_of(key), "step": "3"})
    assert answer.status_code == 422
    assert "请选一个专家团、指名一位专家" in answer.content.decode()
    assert Case.objects.count() == 0


def test_faults_only_the_directory_knows_are_said_on_the_last_step(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 2)
    assert "没有找到" in post(requester, key, "submit", THREE | {"to": "group:NO-99"}).content.decode()
    assert (
        "不在任何专家团" in post(requester, key, "submit", THREE | {"to": "person", "person": "clerk"}).content.decode()
    )
    Membership.objects.filter(group=cast.other_group).update(until=START)
    assert "现在没有成员" in post(requester, key, "submit", THREE | {"to": "group:FIN-01"}).content.decode()
    assert Case.objects.count() == 0


def test_autosave_keeps_masks_and_tells(requester: Client, cast: Cast) -> None:
    key = uuid4()
    text = CONDITION + "客户留言请打 13812345566。"
    answer = post(requester, key, "save", ONE | {"condition": text}, branch="B1")
    told = answer.json()
    assert (answer.status_code, told["version"], told["saved"], told["masked"]) == (200, 2, "9:00", {"phone": 1})
    assert told["values"]["condition"].endswith("138****5566。")
    assert told["words"] == "文中有 1 个手机号，已替您打码。"
    assert told["address"] == at(key, 1)
    assert "13812345566" not in str(Draft.objects.get(key=key).values)
    page = requester.get(at(key, 1)).content.decode()
    assert "138****5566" in page
    assert "data-masked hidden" not in page


def test_autosave_of_a_wrong_draft_answers_with_a_sentence(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    stale = requester.post(at(key, "save"), ONE | {"version": "1", "title": "别处也在改这一句"})
    assert (stale.status_code, stale.json()) == (409, {"sentence": "这份草稿刚在别处存过"})
    assert requester.post(at(uuid4(), "save"), ONE).status_code == 404
    assert requester.post(at(key, "save"), {"version": "1", "step": "9"}).status_code == 409
    assert requester.get(at(key, "save")).status_code == 405


def test_two_people_at_one_draft_lose_nothing(requester: Client, enter: Callable[[str], Client], cast: Cast) -> None:
    key = begun(requester, cast, 1)
    draft = Draft.objects.get(key=key)
    save_draft(draft, {"title": "另一位写的主诉"}, by=cast.second, at=MONDAY)
    answer = requester.post(at(key, 1), ONE | {"version": "2", "title": "我自己写的主诉"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "我自己写的主诉" in text
    assert "另一位写的主诉" in text
    assert Draft.objects.get(key=key).values["title"] == "另一位写的主诉"
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    assert requester.post(at(key, 1), ONE | {"version": version, "title": "我自己写的主诉"}).status_code == 302
    assert Draft.objects.get(key=key).values["title"] == "我自己写的主诉"
    assert "曾维舟" in enter("second").get("/register/?all=1").content.decode()


def test_open_draft_goes_on_and_can_be_discarded(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    assert requester.get("/register/")["Location"] == at(key, 1)
    listed = requester.get("/register/?all=1").content.decode()
    assert ONE["title"] in listed
    assert "9:00 存" in listed
    assert requester.get(at(key, "discard")).status_code == 200
    assert Draft.objects.count() == 1
    assert requester.post(at(key, "discard"))["Location"] == "/"
    assert Draft.objects.count() == 0
    assert requester.get(at(key, 1)).status_code == 404
    assert requester.post(at(key, 1), ONE | {"version": "2"}).status_code == 404


def test_several_drafts_are_listed(requester: Client, cast: Cast) -> None:
    first, second = begun(requester, cast, 1), begun(requester, cast, 1, title="第二个问题也要问")
    text = requester.get("/register/").content.decode()
    assert at(first, 1) in text
    assert at(second, 1) in text


# ── hostile input ──

HOSTILE = (
    "<script>alert(1)</script>", "\x00\u202e\u200b零宽\u200d", "👩‍👩‍👧" * 9, "a\x00b", "%(x)s {{ y }} {% z %}", "\ufffd\ufeff",
    "字" * 400_000, "9" * 5000, "'; DROP TABLE cases_case; --",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_gets_a_sentence(text: str, requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    for number, values in ALL.items():
        for name in values.keys() - {"step"}:
            answer = post(requester, key, number, values | {name: text})
            assert answer.status_code in (302, 422, 413), (name, answer.status_code)
            assert "<script>alert" not in answer.content.decode()
        everywhere = {**values, **dict.fromkeys(values.keys() - {"step"}, text)}
        assert post(requester, key, "save", everywhere).status_code in (200, 413)
        for page in (at(key, number) + "?check=1", f"/register/{key}/"):
            shown = requester.get(page)
            assert shown.status_code == 200
            assert "<script>alert" not in shown.content.decode()
        assert post(requester, key, number, values).status_code == 302
    for name in ("version", "step", "branch", "source", "go"):
        assert requester.post(at(key, 3), THREE | {name: text}).status_code in (200, 302, 409, 413, 422)
        assert requester.post(at(uuid4(), "save"), ONE | {"branch": "B1", name: text}).status_code in (
            200,
            404,
            409,
            413,
        )
    assert requester.get("/register/", {"q": text[:2000], "all": text[:2000]}).status_code == 200
    assert requester.get("/register/new/", {"branch": text[:2000]}).status_code == 404


def test_ten_megabytes_are_refused_in_words(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    answer = post(requester, key, 1, ONE | {"condition": "字" * 3_500_000})
    assert answer.status_code == 413
    assert "内容太长" in answer.content.decode()
    assert Draft.objects.get(key=key).values["condition"] == CONDITION


def test_steps_speak_english(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 2)
    requester.cookies["django_language"] = "en"
    for place in (1, 2, 3):
        assert '<html lang="en"' in requester.get(at(key, place)).content.decode()
    assert reverse("registration:start") == "/register/"
