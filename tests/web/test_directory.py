"""Pages of the directory: groups with their duty, experts with their leave, branches, the domains' contacts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from huizhen.challenges.actions import create_challenge
from huizhen.directory.models import Branch, Duty, Group, Leave, Membership, Person, Posting
from huizhen.lib.zh import sort_key
from huizhen.web.directory.rows import matching
from tests.cast import MONDAY, ROLES, START, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("_monday")


@pytest.fixture
def _monday() -> Any:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


def names(answer: Any) -> list[str]:
    """The titles of the lines of a page."""
    return [one.text for one in parsed(answer).walk() if "hz-line__t" in one.attributes.get("class", "").split()]


def page_text(cast: Cast, who: str, address: str) -> str:
    answer = visit(cast.users[who]).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


# ── groups ──


@pytest.mark.parametrize("role", ROLES)
def test_everybody_finds_the_groups(cast: Cast, role: str) -> None:
    text = page_text(cast, role, "/groups/")
    assert "无线网络优化专家团" in text
    assert "团长 毛知南" in text


@pytest.mark.parametrize(
    "query, found",
    [
        ("无线", ["NET-01"]), ("wuxian", ["NET-01"]), ("wxwlyh", ["NET-01"]), ("NET-01", ["NET-01"]), ("钱致之", ["FIN-01"]),
        ("qianzhizhi", ["FIN-01"]), ("财务 共享", ["FIN-01"]), ("容量", ["NET-01"]), ("没有这种团", []), ("", ["NET-01", "FIN-01"]),
    ],
)  # fmt: skip
def test_groups_are_found_by_name_pinyin_speciality_and_leader(cast: Cast, query: str, found: list[str]) -> None:
    Group.objects.filter(code="NET-01").update(specialities="容量、干扰")
    page = parsed(visit(cast.viewer).get("/groups/", {"q": query}))
    cards = [one.attributes["href"].split("/")[2] for one in page.all("a", **{"class": "hz-card"})]
    assert sorted(cards) == sorted(found)


def test_box_finds_people_and_branches_too(cast: Cast) -> None:
    assert "沈言行" in names(visit(cast.viewer).get("/groups/", {"q": "shen"}))
    assert "湛江分公司网络部党支部" in names(visit(cast.viewer).get("/groups/", {"q": "湛江"}))


def test_empty_search_says_what_to_do(cast: Cast) -> None:
    assert "由导诊台来分" in page_text(cast, "requester", "/groups/?q=zzzz")
    assert matching([], "x") == []


def test_drift_is_shown_to_head_office_only(cast: Cast) -> None:
    assert "通知列了 52 个团、359 名专家，名册现在有 2 个团、5 名专家。" in page_text(cast, "coordinator", "/groups/")
    assert "通知列了" not in page_text(cast, "expert", "/groups/")


def test_group_shows_members_load_duty_and_leave(cast: Cast) -> None:
    cast.register()
    Leave.objects.create(
        person=cast.person("mate"), deputy=cast.person("leader"), since=date(2026, 3, 1), until=date(2026, 3, 6)
    )
    text = page_text(cast, "outsider", "/groups/NET-01/")
    assert "沈言行手上 1 例" in text
    assert "休假，毛知南代" in text
    assert "本周" in text
    assert "宿舍晚高峰小区负荷超限" not in text
    assert "/groups/NET-01/duty/" not in text
    assert "宿舍晚高峰小区负荷超限" in page_text(cast, "expert", "/groups/NET-01/")


@pytest.mark.parametrize(
    "role, status",
    [("leader", 302), ("coordinator", 302), ("expert", 403), ("mate", 403), ("other_leader", 403), ("requester", 403),
     ("viewer", 403)],
)  # fmt: skip
def test_duty_is_set_by_the_leader_and_head_office(cast: Cast, role: str, status: int) -> None:
    week = date(2026, 3, 16)
    offered = "/groups/NET-01/duty/" in page_text(cast, role, "/groups/NET-01/")
    answer = visit(cast.users[role]).post("/groups/NET-01/duty/", {"week": week.isoformat(), "person": "mate"})
    assert answer.status_code == status
    assert offered is (status == 302)
    expected = "mate" if status == 302 else "expert"
    assert Duty.objects.get(group=cast.group, week=week).person.code == expected


def test_duty_of_a_stranger_or_a_past_week_is_refused_beside_its_field(cast: Cast) -> None:
    for values in ({"week": "2026-03-16", "person": "other_expert"}, {"week": "2026-02-23", "person": "mate"}):
        answer = visit(cast.leader).post("/groups/NET-01/duty/", values)
        assert answer.status_code == 422


def test_deputy_of_the_leader_sets_duty(cast: Cast) -> None:
    Leave.objects.create(
        person=cast.person("leader"), deputy=cast.person("mate"), since=date(2026, 3, 1), until=date(2026, 3, 6)
    )
    answer = visit(cast.mate).post("/groups/NET-01/duty/", {"week": "2026-03-09", "person": "mate"})
    assert answer.status_code == 302


def more_members(cast: Cast, count: int) -> None:
    for n in range(count):
        name = f"柏知{n}"
        person = Person.objects.create(code=f"X{n}", name=name, sort_key=sort_key(name, person=True))
        Membership.objects.create(group=cast.group, person=person, since=START)
        Leave.objects.create(
            person=person, deputy=cast.person("expert"), since=date(2026, 3, 1), until=date(2026, 3, 6)
        )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "who, address, queries",
    [
        ("viewer", "/groups/", 11),
        ("coordinator", "/groups/", 13),
        ("viewer", "/groups/?q=知", 14),
        ("viewer", "/groups/NET-01/", 23),
        ("viewer", "/experts/", 15),
        ("viewer", "/branches/?unit=FS", 12),
        ("viewer", "/contacts/", 13),
    ],
)
def test_lists_cost_the_same_for_one_and_three(
    cast: Cast, count: int, who: str, address: str, queries: int, django_assert_num_queries: Any
) -> None:
    more_members(cast, count)
    for n in range(count):
        cast.register()
        branch = Branch.objects.create(code=f"BX{n}", unit=cast.branch.unit, name=f"第{n}党支部", sort_key=f"c{n}")
        Posting.objects.create(person=cast.person("second"), role="requester", branch=branch, since=START)
    client = visit(cast.users[who])
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


# ── experts ──


@pytest.mark.parametrize(
    "query, found",
    [
        ("", ["顾知微", "毛知南", "钱致之", "沈言行", "石知和"]),
        ("q=shen", ["沈言行"]),
        ("q=知", ["顾知微", "毛知南", "石知和"]),
        ("domain=FIN", ["钱致之", "石知和"]),
        ("unit=FS", []),
        ("domain=nothing&unit=<b>", ["顾知微", "毛知南", "钱致之", "沈言行", "石知和"]),
        ("after=shen yan xing 沈言行|0", ["沈言行", "石知和"]),
        ("after=|||", ["顾知微", "毛知南", "钱致之", "沈言行", "石知和"]),
    ],
)
def test_experts_are_found(cast: Cast, query: str, found: list[str]) -> None:
    assert names(visit(cast.requester).get(f"/experts/?{query}")) == found


def test_expert_page_masks_the_phone_and_counts_within_bounds(cast: Cast) -> None:
    cast.register()
    text = page_text(cast, "requester", "/experts/expert/")
    person = cast.person("expert")
    assert person.phone not in text
    assert f"{person.phone[:3]}****{person.phone[-4:]}" in text
    assert "无线网络优化专家团" in text
    assert "宿舍晚高峰小区负荷超限" in text
    assert "宿舍晚高峰小区负荷超限" not in page_text(cast, "outsider", "/experts/expert/")


@pytest.mark.parametrize("count", [1, 3])
def test_expert_page_costs_the_same(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for n in range(count):
        cast.register()
        since = date(2026, 4, 1 + 5 * n)
        Leave.objects.create(
            person=cast.person("expert"), deputy=cast.person("mate"), since=since, until=since + timedelta(days=2)
        )
    client = visit(cast.viewer)
    with django_assert_num_queries(24):
        assert client.get("/experts/expert/").status_code == 200


LEAVE = {"since": "2026-03-09", "until": "2026-03-13", "deputy": "mate", "reason": "学习"}


@pytest.mark.parametrize(
    "role, status",
    [("expert", 302), ("leader", 302), ("coordinator", 302), ("mate", 403), ("other_leader", 403), ("requester", 403)],
)
def test_leave_is_recorded_by_oneself_the_leader_or_head_office(cast: Cast, role: str, status: int) -> None:
    client = visit(cast.users[role])
    assert client.get("/experts/expert/leave/").status_code == (200 if status == 302 else 403)
    assert client.post("/experts/expert/leave/", LEAVE).status_code == status
    kept = Leave.objects.filter(person=cast.person("expert")).values_list("since", "until", "deputy__code")
    assert list(kept) == ([(date(2026, 3, 9), date(2026, 3, 14), "mate")] if status == 302 else [])


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"until": "2026-03-01"}, "结束要晚于开始。"),
        ({"since": "9. 3."}, "请按 2026-11-25 的写法填日期。"),
        ({"deputy": "expert"}, "deputy"),
        ({"deputy": ""}, "这一项要填。"),
        ({"reason": "长" * 101}, "最多 100 个字，现在 101 个。"),
    ],
)
def test_bad_leave_is_refused_beside_its_field(cast: Cast, changes: dict[str, str], words: str) -> None:
    answer = visit(cast.expert).post("/experts/expert/leave/", LEAVE | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Leave.objects.exists()


def test_leave_is_shown_with_its_last_day_and_ended_early(cast: Cast) -> None:
    client = visit(cast.expert)
    client.post("/experts/expert/leave/", LEAVE | {"since": "2026-03-02"})
    text = client.get("/experts/expert/").content.decode()
    assert "3月2日 – 3月13日" in text
    assert "顾知微 代 沈言行，至 3月13日" in text
    assert client.post("/experts/expert/leave/end/", {"since": "2026-03-03"}).status_code == 404
    assert visit(cast.mate).post("/experts/expert/leave/end/", {"since": "2026-03-02"}).status_code == 403
    assert client.post("/experts/expert/leave/end/", {"since": "2026-03-02"}).status_code == 302
    assert " 代 " not in client.get("/experts/expert/").content.decode()


# ── branches and contacts ──


def test_branches_are_listed_by_unit_then_by_name(cast: Cast) -> None:
    assert "佛山分公司" in page_text(cast, "expert", "/branches/")
    assert names(visit(cast.expert).get("/branches/?unit=FS")) == ["佛山分公司网络部党支部"]
    assert names(visit(cast.expert).get("/branches/?q=网络部党支部")) == [
        "佛山分公司网络部党支部",
        "湛江分公司网络部党支部",
    ]
    assert names(visit(cast.expert).get("/branches/?q=没有")) == []
    assert names(visit(cast.requester).get("/branches/")) == ["佛山分公司网络部党支部"]


def test_branch_shows_contacts_challenges_and_the_readers_cases(cast: Cast) -> None:
    create_challenge(cast.branch, by=cast.requester, at=MONDAY, title="今年的题目")
    cast.register()
    text = page_text(cast, "requester", "/branches/B1/")
    for words in ("曾维舟", "麦承宇", "今年的题目", "宿舍晚高峰小区负荷超限", "登记领题"):
        assert words in text
    text = page_text(cast, "outsider", "/branches/B1/")
    assert "今年的题目" in text
    assert "宿舍晚高峰小区负荷超限" not in text
    assert "登记领题" not in text
    assert cast.person("requester").phone not in text


@pytest.mark.parametrize("count", [1, 3])
def test_branch_page_costs_the_same(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for n in range(count):
        create_challenge(cast.branch, by=cast.requester, at=MONDAY, title=f"第{n}道题目")
        cast.register()
    client = visit(cast.viewer)
    with django_assert_num_queries(13):
        assert client.get("/branches/B1/").status_code == 200


def test_dissolved_branch_is_still_told_but_takes_on_nothing(cast: Cast) -> None:
    Branch.objects.filter(code="B1").update(until=date(2026, 3, 1))
    text = page_text(cast, "requester", "/branches/B1/")
    assert "已撤销" in text
    assert "登记领题" not in text
    assert "/branches/B1/" not in page_text(cast, "expert", "/branches/?unit=FS")


def test_contacts_name_liaisons_and_who_answers_without_one(cast: Cast) -> None:
    Posting.objects.filter(person=cast.person("other_liaison")).delete()
    text = page_text(cast, "requester", "/contacts/")
    assert "蒋景川" in text
    assert "由党建工作部答复" in text
    assert cast.person("liaison").phone not in text


@pytest.mark.parametrize("address", ["/groups/NO-99/", "/experts/nobody/", "/branches/nowhere/"])
def test_unknown_codes_are_not_found(cast: Cast, address: str) -> None:
    assert visit(cast.coordinator).get(address).status_code == 404


@pytest.mark.parametrize("address", ["/groups/NET-01/", "/experts/expert/", "/branches/B1/"])
def test_account_without_a_place_sees_nobody(cast: Cast, address: str) -> None:
    Person.objects.filter(code="viewer").update(user=None)
    assert visit(cast.viewer).get(address).status_code == 404


def test_without_a_campaign_the_lists_say_so(cast: Cast) -> None:
    cast.campaign.is_current = False
    cast.campaign.save()
    assert "还没有专家团" in page_text(cast, "viewer", "/groups/")
    assert "名册还是空的" in page_text(cast, "viewer", "/experts/")


HOSTILE = "甲" * 180 + "<script>\u202e"


def test_long_and_hostile_names_are_shown_as_text(cast: Cast) -> None:
    Branch.objects.filter(code="B1").update(name=HOSTILE[:119])
    Group.objects.filter(code="NET-01").update(scope="<script>alert(1)</script>")
    assert "&lt;script&gt;" in page_text(cast, "viewer", "/groups/NET-01/")
    assert page_text(cast, "viewer", "/branches/B1/").count("甲") > 100
