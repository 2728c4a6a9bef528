"""Reads: groups, people, campaigns; each costs the same for one row and for many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huizhen.directory import actions
from huizhen.directory.choices import MemberRole, default_clocks
from huizhen.directory.models import Campaign, ClockPolicy, Group
from huizhen.directory.queries import (
    clock_amount,
    competences,
    current_campaign,
    desk_person,
    drift,
    duty_person,
    groups_by_domain,
    leader_of,
    liaison_of,
    liaisons,
    members_of,
    persons,
    policy_at,
    search_groups,
    setting,
    settings_of,
    who_was_in,
)
from tests.directory.conftest import House


def test_members_come_leader_first(house: House) -> None:
    found = list(members_of(house.groups["NET-01"], on=house.on))
    assert [person.name for person in found] == ["张三", "李四", "王五"]
    assert [person.member_role for person in found] == ["leader", "deputy", "member"]


def test_members_who_sat_in_two_groups_appear_once(house: House) -> None:
    seat = house.people["王五"].memberships.get()
    actions.move_member(seat, group=house.groups["MKT-01"], role=MemberRole.MEMBER, by=None, at=house.at)
    assert [person.name for person in members_of(house.groups["NET-01"], on=house.on)] == ["张三", "李四"]
    assert [person.name for person in members_of(house.groups["MKT-01"], on=house.on)] == ["欧阳六", "王五"]
    yesterday = house.on - timedelta(days=1)
    assert [seat.person.name for seat in who_was_in(house.groups["NET-01"], yesterday)] == ["张三", "李四", "王五"]


def test_leader_and_liaison_are_found(house: House) -> None:
    assert leader_of(house.groups["NET-01"], on=house.on) == house.people["张三"]
    assert leader_of(house.groups["NET-01"], on=house.on - timedelta(days=400)) is None
    assert liaison_of(house.domains["NET"], on=house.on) == house.people["钱接口"]
    assert liaison_of(house.domains["MKT"], on=house.on) == house.people["孙党建"]
    assert [[p.name for p in row.persons] for row in liaisons(on=house.on)] == [[], ["钱接口"]]


def test_duty_is_of_the_week(house: House) -> None:
    group = house.groups["NET-01"]
    assert duty_person(group, on=house.on) is None
    assert desk_person(on=house.on) == house.people["孙党建"]
    actions.set_duty(group, week=house.on, person=house.people["王五"], by=None, at=house.at)
    assert duty_person(group, on=house.on + timedelta(days=4)) == house.people["王五"]
    assert duty_person(group, on=house.on + timedelta(days=5)) is None


def test_groups_are_listed_by_domain(house: House, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        rows = groups_by_domain(house.campaign, on=house.on)
    told = [(row.domain.name, [(g.group.code, g.size, g.leader and g.leader.name) for g in row.groups]) for row in rows]
    assert told == [("市场", [("MKT-01", 1, "欧阳六")]), ("网络运维", [("NET-01", 3, "张三")])]
    Group.objects.create(campaign=house.campaign, code="NET-02", name="空团", domain=house.domains["NET"])
    with django_assert_num_queries(2):
        rows = groups_by_domain(house.campaign, on=house.on)
    assert [(g.group.code, g.size, g.leader) for g in rows[1].groups][1] == ("NET-02", 0, None)


@pytest.mark.parametrize(
    "text, codes",
    [
        ("无线", ["NET-01"]), ("net-01", ["NET-01"]), ("张三", ["NET-01"]), ("市场 客户", ["MKT-01"]), ("网络运维 VoLTE", ["NET-01"]),
        ("没有的", []), ("", ["MKT-01", "NET-01"]), ("\x00无线", ["NET-01"]), ("%", []),
    ],
)  # fmt: skip
def test_groups_are_searched_by_every_word(house: House, text: str, codes: list[str]) -> None:
    assert [row.group.code for row in search_groups(house.campaign, text, on=house.on)] == codes


def test_persons_are_listed_by_pinyin_in_pages(house: House, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        first = persons(house.campaign, on=house.on, limit=3)
    assert [person.name for person in first.persons] == ["李四", "欧阳六", "王五"]
    assert [[s.group.code for s in person.seats] for person in first.persons] == [["NET-01"], ["MKT-01"], ["NET-01"]]
    with django_assert_num_queries(2):
        rest = persons(house.campaign, on=house.on, limit=3, after=first.after)
    assert ([person.name for person in rest.persons], rest.after) == (["张三"], "")


def test_persons_are_filtered(house: House) -> None:
    def names(**more: Any) -> list[str]:
        return [person.name for person in persons(house.campaign, on=house.on, **more).persons]

    assert names(text="5G") == ["张三"]
    assert names(text="ou") == ["欧阳六"]
    assert names(text="赵支书") == []
    assert names(domain=house.domains["MKT"]) == ["欧阳六"]
    assert names(unit=house.units["佛山分公司"], group=house.groups["NET-01"]) == ["李四", "王五"]
    assert names(after="\x00|x") == names(after="") == ["李四", "欧阳六", "王五", "张三"]


def test_competences_show_gaps(house: House) -> None:
    found = {row.name: [p.name for p in row.persons] for row in competences(house.groups["NET-01"], on=house.on)}
    assert found == {"5G": ["张三"], "VoLTE": []}
    assert [row.name for row in competences(house.groups["NET-01"], on=house.on) if row.is_gap] == ["VoLTE"]


def test_drift_is_told(house: House) -> None:
    told = drift(house.campaign, on=house.on)
    assert (told.experts_notice, told.experts_today, told.groups_notice, told.groups_today) == (359, 4, 52, 2)
    assert told.is_drifted


def test_settings_have_defaults(house: House) -> None:
    assert setting(house.campaign, "reopen_days") == 90
    house.campaign.settings = {"reopen_days": 30}
    assert settings_of(house.campaign)["reopen_days"] == 30
    assert settings_of(house.campaign)["minimum_n"] == 5


def test_policy_is_that_of_the_moment(house: House) -> None:
    campaign = house.campaign
    table = default_clocks()
    table["first_contact"]["normal"] = 200
    later = house.at + timedelta(days=1)
    actions.set_policy(campaign, table=table, seen=1, by=None, at=later)
    assert [policy_at(campaign, at=moment).version for moment in (house.at - timedelta(days=9), house.at, later)] == [
        1,
        1,
        2,
    ]
    assert clock_amount(policy_at(campaign, at=later), "first_contact", "normal") == 200
    ClockPolicy.objects.all().delete()
    assert policy_at(campaign, at=later).version == 0
    assert clock_amount(ClockPolicy(table={}), "session", "critical") == 240


def test_current_campaign_is_one(house: House) -> None:
    assert current_campaign() == house.campaign
    Campaign.objects.update(is_current=False)
    assert current_campaign() is None
