"""挂号 in the browser's words: three steps make one case, who may, what the steps show, the receipt."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from huizhen.cases.actions import hand_draft, start_draft
from huizhen.cases.models import Case, Draft
from huizhen.challenges.models import Challenge
from huizhen.directory.choices import default_clocks
from huizhen.directory.models import Branch, ClockPolicy, Duty, Group, Leave, Membership
from huizhen.journal.models import Entry
from tests.cast import MONDAY, ROLES, START, Cast, _person
from tests.web.steps import CONDITION, ONE, THREE, TWO, at, begun, post, version_of

pytestmark = pytest.mark.usefixtures("monday")


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
        "3月5日 9:00 前",
        "3月9日 9:00 前",
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


# ── who may ──


def test_proxy_draft_is_confirmed_by_the_branch(enter: Callable[[str], Client], cast: Cast) -> None:
    mate, requester = enter("mate"), enter("requester")
    assert "写下支部或单位的名称来查找。" in mate.get("/register/").content.decode()
    found = mate.get("/register/", {"q": "佛山"}).content.decode()
    assert "/register/new/?branch=B1" in found
    assert "湛江" not in found
    key = begun(mate, cast, 2)
    assert "只有您看得到" in mate.get(f"/register/{key}/").content.decode()
    assert str(key) not in requester.get("/register/?all=1").content.decode() + requester.get("/").content.decode()
    assert requester.get(f"/register/{key}/").status_code == 404
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


def test_full_duty_expert_is_told_before_and_on_the_receipt(requester: Client, cast: Cast) -> None:
    first = cast.register()
    assert "本周值班专家" in requester.get(f"/cases/{first.code}/receipt/").content.decode()
    cast.campaign.settings = {"open_cases_per_person": 1}
    cast.campaign.save()
    key = begun(requester, cast, 2)
    text = requester.get(at(key, 3)).content.decode()
    assert "值班已首问 1 例，满了；将由特长对口、手上最少的一位接诊" in text
    second = cast.register()
    assert second.first_responder != first.first_responder
    assert "值班专家已满或不在，按负荷分配" in requester.get(f"/cases/{second.code}/receipt/").content.decode()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("电话 139****5678、138****1234，证件 4401************12。" * 3, "请再说清楚：是什么"),
        (
            "【机密】" + "近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉还在上升。",
            "涉密内容不在这里办",
        ),
    ],
)
def test_condition_without_words_or_with_a_security_mark_is_refused(
    requester: Client, cast: Cast, condition: str, words: str
) -> None:
    key = uuid4()
    answer = post(requester, key, 1, ONE | {"condition": condition}, branch=cast.branch.code)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Draft.objects.get(key=key).case is None


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
    hand_draft(start_draft(cast.branch, by=cast.expert, at=MONDAY), by=cast.expert, at=MONDAY)
    pages = (
        (requester, "/register/?all=1", 10),
        (expert, "/register/", 9),
        (expert, "/register/?q=%E5%85%9A", 10),
        (requester, at(key, 1), 13),
        (requester, at(key, 2), 16),
        (requester, at(key, 3), 21),
        (requester, f"/register/{key}/", 18),
        (requester, f"/cases/{case.code}/receipt/", 26),
    )
    for more in (None, _more_of_everything):
        if more:
            more(cast)
        for client, page, cost in pages:
            with django_assert_num_queries(cost):
                assert client.get(page).status_code == 200
