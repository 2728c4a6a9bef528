"""挂号 in the browser's words: three steps, drafts that survive, one case per draft, the receipt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from huizhen.cases.actions import save_draft, start_draft
from huizhen.cases.models import Case, Draft
from huizhen.challenges.models import Challenge
from huizhen.directory.choices import default_clocks
from huizhen.directory.models import Branch, ClockPolicy, Duty, Group, Leave, Membership
from huizhen.journal.models import Entry
from tests.cast import MONDAY, ROLES, START, Cast, _person

BACKEND = "huizhen.accounts.backends.Backend"
CONDITION = "近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉每周四十件，还在上升。"
ONE = {"step": "1", "title": "宿舍晚高峰小区负荷超限", "condition": CONDITION, "tried": ""}
TWO = {
    "step": "2", "indicator": "晚高峰负荷", "unit": "%", "baseline": "92", "target": "70", "question_0": "两周内能否把负荷降到七成？",
    "question_1": "", "question_2": "", "urgency": "normal", "urgency_reason": "", "mode": "either", "challenge": "",
}  # fmt: skip
THREE = {"step": "3", "to": "group:NET-01", "person": ""}
ALL = {1: ONE, 2: TWO, 3: THREE}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def enter(cast: Cast) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.users[name], backend=BACKEND)
        return client

    return signed_in


@pytest.fixture
def requester(enter: Callable[[str], Client]) -> Client:
    return enter("requester")


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


# ── the straight road ──


def test_three_steps_make_a_case(requester: Client, cast: Cast) -> None:
    sent = requester.get("/register/")
    assert (sent.status_code, sent["Location"]) == (302, "/register/new/?branch=B1")
    blank = requester.get(sent["Location"]).content.decode()
    key = re.search(r'action="/register/([0-9a-f-]{36})/1/"', blank)[1]
    assert Draft.objects.count() == 0
    assert post(requester, key, 1, ONE, branch="B1")["Location"] == at(key, 2)
    assert post(requester, key, 2, TWO)["Location"] == at(key, 3)
    answer = post(requester, key, "submit", THREE)
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.code}/receipt/"
    assert (case.title, case.questions, case.group.code) == (ONE["title"], [TWO["question_0"]], "NET-01")
    assert case.accountable == cast.person("expert")
    shown = requester.get(answer["Location"]).content.decode()
    for words in (
        case.code,
        "沈言行",
        "今天 15:00 前",
        "3月5日 周四 9:00 前",
        "3月9日 周一 9:00 前",
        "工作时间 4 小时",
    ):
        assert words in shown
    assert cast.person("expert").phone not in shown


def test_named_expert_and_triage_desk(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 2)
    post(requester, key, "submit", THREE | {"to": "person", "person": "mate"})
    assert Draft.objects.get(key=key).case.accountable == cast.person("mate")
    key = begun(requester, cast, 2)
    receipt = post(requester, key, "submit", THREE | {"to": "unknown"})["Location"]
    case = Draft.objects.get(key=key).case
    assert (case.group, case.accountable) == (None, cast.person("coordinator"))
    assert "导诊台" in requester.get(receipt).content.decode()


def test_expert_alone_without_script_is_a_choice(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 2)
    requester.post(at(key, "submit"), {"version": version_of(key), "step": "3", "person": "mate"})
    assert Draft.objects.get(key=key).case.accountable == cast.person("mate")


def test_double_click_is_one_case(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 2)
    version = version_of(key)
    answers = [requester.post(at(key, "submit"), THREE | {"version": version}) for _ in range(2)]
    assert Case.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"] == f"/cases/{Case.objects.get().code}/receipt/"
    for place in (1, 2, 3):
        assert requester.get(at(key, place))["Location"] == answers[0]["Location"]
        assert requester.post(at(key, place), ONE)["Location"] == answers[0]["Location"]
    assert requester.get(f"/register/{key}/")["Location"] == answers[0]["Location"]
    assert requester.get(at(key, "discard"))["Location"] == answers[0]["Location"]


def test_double_click_on_a_blank_page_is_one_draft(requester: Client, cast: Cast) -> None:
    key = uuid4()
    text = ONE | {"condition": CONDITION + "客户留言请打 13812345566。", "branch": "B1", "version": "1"}
    answers = [requester.post(at(key, 1), text) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [at(key, 2)] * 2
    assert Draft.objects.count() == 1
    assert Entry.objects.filter(verb="draft_started").count() == 1


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


# ── who may ──


def test_proxy_draft_is_confirmed_by_the_branch(enter: Callable[[str], Client], cast: Cast) -> None:
    mate, requester = enter("mate"), enter("requester")
    found = mate.get("/register/", {"q": "佛山"}).content.decode()
    assert "/register/new/?branch=B1" in found
    assert "湛江" not in found
    key = begun(mate, cast, 2)
    answer = post(mate, key, 3, THREE)
    assert answer["Location"] == f"/register/{key}/"
    waiting = mate.get(answer["Location"]).content.decode()
    assert "等支部确认" in waiting
    assert "曾维舟" in waiting
    assert cast.person("requester").phone not in waiting
    assert post(mate, key, "submit", THREE).status_code == 403
    assert requester.get("/register/")["Location"] == f"/register/{key}/"
    assert "确认挂号" in requester.get(f"/register/{key}/").content.decode()
    done = requester.post(at(key, "submit"))
    case = Case.objects.get()
    assert done["Location"] == f"/cases/{case.code}/receipt/"
    assert (case.source, case.requester) == ("proxy", cast.person("requester"))


def test_outreach_is_for_experts(enter: Callable[[str], Client], cast: Cast) -> None:
    for name, source in (("expert", "outreach"), ("clerk", "proxy"), ("requester", "branch")):
        key = uuid4()
        post(enter(name), key, 1, ONE, branch="B1", source="outreach")
        assert Draft.objects.get(key=key).source == source


STATUSES = {
    "requester": (302, 200, 200, 200),
    "expert": (200, 200, 404, 200),
    "leader": (200, 200, 404, 200),
    "liaison": (403, 403, 404, 200),
    "clerk": (200, 200, 404, 200),
    "coordinator": (200, 200, 404, 200),
    "viewer": (403, 403, 404, 200),
    "auditor": (403, 403, 404, 200),
    "outsider": (302, 403, 404, 404),
}
"""Role → start, new for the branch, the branch's draft, receipt of its case."""


@pytest.mark.parametrize("role", ROLES)
def test_pages_by_role(role: str, enter: Callable[[str], Client], cast: Cast) -> None:
    case = cast.register()
    draft = start_draft(cast.branch, by=cast.second, at=MONDAY, values={"title": "第二位写的草稿"})
    other = start_draft(cast.other_branch, by=cast.outsider, at=MONDAY)
    client = enter(role)
    pages = ("/register/?x=1", "/register/new/?branch=B1", at(draft.key, 1), f"/cases/{case.code}/receipt/")
    assert tuple(client.get(page).status_code for page in pages) == STATUSES[role]
    key, expected = (draft.key, STATUSES[role][2]) if role != "outsider" else (other.key, 200)
    assert client.get(f"/register/{key}/").status_code == expected
    assert client.get(at(key, "discard")).status_code == expected
    for place in (1, "save", "submit", "discard"):
        refused = client.post(at(draft.key, place), ONE)
        assert (refused.status_code == 404) == (STATUSES[role][2] == 404)


def test_another_ones_key_cannot_be_taken_over(enter: Callable[[str], Client], cast: Cast) -> None:
    draft = start_draft(cast.branch, by=cast.requester, at=MONDAY)
    assert enter("outsider").post(at(draft.key, 1), ONE | {"branch": "B2", "version": "1"}).status_code == 404
    assert Draft.objects.get().values == {}


def test_unknown_branch_and_step_are_not_found(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    for page in ("/register/new/", "/register/new/?branch=%00%E2%80%AE", at(key, 4), at(uuid4(), 1), "/register/x/1/"):
        assert requester.get(page).status_code == 404


def test_number_on_the_receipt_is_journalled(enter: Callable[[str], Client], cast: Cast) -> None:
    case = cast.register()
    page = f"/cases/{case.code}/receipt/phone/"
    assert enter("requester").get(page).status_code == 405
    shown = enter("requester").post(page)
    assert f'href="tel:{cast.person("expert").phone}"' in shown.content.decode()
    entry = Entry.objects.get(verb="reveal_phone")
    assert entry.data["person"] == cast.person("expert").pk
    assert enter("viewer").post(page).status_code == 403
    assert enter("outsider").post(page).status_code == 404


# ── what the steps show ──


def test_promises_come_from_the_policy_in_force(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    text = requester.get(at(key, 2)).content.decode()
    assert "4 小时内联系您，3 天内会诊，5 天内开处方" in text
    assert "30 分内联系您" in text
    table = default_clocks()
    table["first_contact"]["normal"] = 90
    ClockPolicy.objects.create(campaign=cast.campaign, version=2, table=table, at=MONDAY - timedelta(hours=1))
    assert "1 小时 30 分内联系您" in requester.get(at(key, 2)).content.decode()


def test_challenges_of_the_branch_are_offered(requester: Client, cast: Cast) -> None:
    more = {"campaign": cast.campaign, "created_at": MONDAY, "changed_at": MONDAY}
    Challenge.objects.create(branch=cast.branch, code="LT26-00001", title="宿舍网络攻坚", state="active", **more)
    Challenge.objects.create(branch=cast.branch, code="LT26-00002", title="去年的事", state="concluded", **more)
    Challenge.objects.create(branch=cast.other_branch, code="LT26-00003", title="别家的事", state="active", **more)
    key = begun(requester, cast, 1)
    text = requester.get(at(key, 2)).content.decode()
    assert "宿舍网络攻坚（攻坚中）" in text
    assert "去年的事" not in text
    assert "别家的事" not in text
    post(requester, key, 2, TWO | {"challenge": "LT26-00001"})
    post(requester, key, "submit", THREE)
    assert Case.objects.get().challenge.code == "LT26-00001"


def test_groups_show_scope_duty_and_load(requester: Client, cast: Cast) -> None:
    Group.objects.filter(pk=cast.group.pk).update(scope="管无线覆盖与容量")
    for _ in range(2):
        cast.register()
    Leave.objects.create(
        person=cast.person("mate"), deputy=cast.person("leader"), since=date(2026, 3, 1), until=date(2026, 3, 9)
    )
    key = begun(requester, cast, 2)
    text = requester.get(at(key, 3)).content.decode()
    assert "管无线覆盖与容量" in text
    assert "本周值班 沈言行（网络部），手上 2 例" in text
    assert re.search(r'<option value="mate"[^>]*>顾知微 · 网络部 · 手上 0 例 · 请假中</option>', text)
    assert text.count("<details") == 2
    assert '<optgroup label="无线网络优化专家团">' in text
    chosen = post(requester, key, 3, THREE, go="back")
    assert chosen["Location"] == at(key, 2)
    assert re.search(r'value="group:NET-01" checked', requester.get(at(key, 3)).content.decode())


def test_prompts_tick_without_script(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1, condition="基站退服，请专家看看应当怎么办才好，现在已经没有别的办法可以想了。")
    text = requester.get(at(key, 1)).content.decode()
    assert text.count("is-covered") == 1
    key = begun(requester, cast, 1)
    assert requester.get(at(key, 1)).content.decode().count("is-covered") == 5


def test_review_shows_everything_and_its_faults(requester: Client, cast: Cast) -> None:
    key = begun(requester, cast, 1)
    text = requester.get(f"/register/{key}/").content.decode()
    assert "还没写" in text
    assert "请选一个专家团" in text
    post(requester, key, 2, TWO)
    post(requester, key, 3, THREE)
    text = requester.get(f"/register/{key}/").content.decode()
    for words in (ONE["title"], TWO["question_0"], "92 → 70 %", "无线网络优化专家团"):
        assert words in text
    assert "hz-err" not in text


def _more_of_everything(cast: Cast) -> None:
    """Two more groups with duty, two more branches, challenges and drafts."""
    for number in (2, 3):
        group = Group.objects.create(
            campaign=cast.campaign, code=f"NET-0{number}", domain=cast.group.domain, name=f"团{number}"
        )
        person = _person(f"more{number}", f"孟{number}", cast.person("leader").unit)
        Membership.objects.create(group=group, person=person, since=START)
        Duty.objects.create(group=group, person=person, week=date(2026, 3, 2))
        branch = Branch.objects.create(
            code=f"B1{number}", unit=cast.branch.unit, name=f"支部{number}", sort_key=str(number)
        )
        start_draft(branch, by=cast.expert, at=MONDAY)
        start_draft(cast.branch, by=cast.requester, at=MONDAY)
        Challenge.objects.create(
            campaign=cast.campaign, branch=cast.branch, code=f"LT26-0000{number}", title=f"题{number}", state="active",
            created_at=MONDAY, changed_at=MONDAY,
        )  # fmt: skip


def test_pages_cost_the_same_for_one_row_and_for_three(
    requester: Client, enter: Callable[[str], Client], cast: Cast, django_assert_num_queries: Any
) -> None:
    key, case, expert = begun(requester, cast, 2), cast.register(), enter("expert")
    start_draft(cast.branch, by=cast.expert, at=MONDAY)
    pages = (
        (requester, "/register/?all=1", 9),
        (expert, "/register/", 9),
        (requester, at(key, 1), 12),
        (requester, at(key, 2), 15),
        (requester, at(key, 3), 19),
        (requester, f"/register/{key}/", 17),
        (requester, f"/cases/{case.code}/receipt/", 24),
    )
    for more in (None, _more_of_everything):
        if more:
            more(cast)
        for client, page, cost in pages:
            with django_assert_num_queries(cost):
                assert client.get(page).status_code == 200


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
            assert requester.get(at(key, number) + "?check=1").status_code == 200
            assert requester.get(f"/register/{key}/").status_code == 200
        assert post(
            requester, key, "save", {**values, **dict.fromkeys(values.keys() - {"step"}, text)}
        ).status_code in (200, 413)
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
