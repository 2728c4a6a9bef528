"""Writes: who may, what is refused, and that each leaves its journal row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huizhen.directory import actions
from huizhen.directory.choices import MemberRole, PostingRole, default_clocks
from huizhen.directory.models import Campaign, ClockPolicy, Duty, Leave, Membership, Posting
from huizhen.directory.queries import leader_of, standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, StaleWrite
from tests.directory.conftest import House


def _verbs(last: int = 1) -> list[str]:
    return list(Entry.objects.order_by("-pk").values_list("verb", flat=True)[:last])


def test_campaign_is_made_with_a_policy_and_later_made_current(house: House) -> None:
    desk = house.user("孙党建")
    fresh = actions.create_campaign(
        name="明年", short_name="明年", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), by=desk, at=house.at
    )
    assert (fresh.is_current, fresh.policies.get().version, fresh.policies.get().by) == (
        False,
        1,
        house.people["孙党建"],
    )
    actions.make_current(fresh, by=desk, at=house.at)
    assert [c.name for c in Campaign.objects.filter(is_current=True)] == ["明年"]
    assert _verbs(2) == ["campaign_made_current", "campaign_created"]


def test_campaign_faults_are_told(house: House) -> None:
    with pytest.raises(Invalid) as told:
        actions.create_campaign(
            name=" ", short_name="x", starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1), by=None, at=house.at
        )
    assert list(told.value.faults) == ["name"]
    with pytest.raises(Invalid) as told:
        actions.create_campaign(
            name="x", short_name="x", starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 1), by=None, at=house.at
        )
    assert list(told.value.faults) == ["ends_on"]


def test_settings_keep_their_bounds(house: House) -> None:
    desk = house.user("孙党建")
    actions.change_settings(house.campaign, values={"reopen_days": 60, "minimum_n": 5}, by=desk, at=house.at)
    house.campaign.refresh_from_db()
    assert house.campaign.settings["reopen_days"] == 60
    assert Entry.objects.filter(verb="settings_changed").get().data["changed"] == {"reopen_days": [90, 60]}
    with pytest.raises(Invalid) as told:
        actions.change_settings(house.campaign, values={"reopen_days": 9999, "magic": 1}, by=desk, at=house.at)
    assert {name: [f.code for f in faults] for name, faults in told.value.faults.items()} == {
        "reopen_days": ["out_of_bounds"],
        "magic": ["unknown_setting"],
    }


def test_policy_versions_replace_each_other(house: House) -> None:
    desk, table = house.user("孙党建"), default_clocks()
    table["session"]["normal"] = 2000
    policy = actions.set_policy(house.campaign, table=table, seen=1, note="放宽会诊", by=desk, at=house.at)
    assert (policy.version, policy.table["session"]["normal"]) == (2, 2000)
    assert ClockPolicy.objects.get(version=1).table["session"]["normal"] == 1260
    assert Entry.objects.filter(verb="policy_set").get().data["changed"] == {"session.normal": [1260, 2000]}
    with pytest.raises(StaleWrite):
        actions.set_policy(house.campaign, table=table, seen=1, by=desk, at=house.at)


@pytest.mark.parametrize(
    "clock, urgency, amount, code",
    [
        ("session", "normal", 0, "out_of_bounds"),
        ("session", "normal", 10**6, "out_of_bounds"),
        ("session", "normal", None, "required"),
        ("session", "critical", 1500, "urgent_is_slower"),
    ],
)
def test_policy_faults_are_told(house: House, clock: str, urgency: str, amount: Any, code: str) -> None:
    table = default_clocks()
    table[clock][urgency] = amount
    with pytest.raises(Invalid) as told:
        actions.set_policy(house.campaign, table=table, seen=1, by=None, at=house.at)
    assert [f.code for f in told.value.faults[f"{clock}.{urgency}"]] == [code]


@pytest.mark.parametrize("name", ["张三", "王五", "赵支书", "钱接口"])
def test_campaign_writes_are_head_office_only(house: House, name: str) -> None:
    user = house.user(name)
    before = Entry.objects.count()
    with pytest.raises(NotAllowed):
        actions.change_settings(house.campaign, values={"minimum_n": 3}, by=user, at=house.at)
    with pytest.raises(NotAllowed):
        actions.set_policy(house.campaign, table=default_clocks(), seen=1, by=user, at=house.at)
    with pytest.raises(NotAllowed):
        actions.post(house.people["王五"], role=PostingRole.COORDINATOR, since=house.on, by=user, at=house.at)
    with pytest.raises(NotAllowed):
        actions.join_group(house.groups["MKT-01"], person=house.people["王五"], by=user, at=house.at)
    with pytest.raises(NotAllowed):
        actions.export_roster(house.campaign, by=user, at=house.at)
    assert Entry.objects.count() == before


def test_duty_is_set_by_the_leader_or_her_deputy(house: House) -> None:
    group, expert = house.groups["NET-01"], house.people["王五"]
    actions.set_duty(group, week=house.on, person=expert, by=house.user("张三"), at=house.at)
    actions.set_duty(group, week=house.on, person=house.people["李四"], by=house.user("张三"), at=house.at)
    duty = Duty.objects.get(group=group)
    assert (duty.person, duty.week) == (house.people["李四"], date(2026, 11, 23))
    assert _verbs() == ["duty_set"]
    with pytest.raises(NotAllowed):
        actions.set_duty(group, week=house.on, person=expert, by=house.user("李四"), at=house.at)
    Leave.objects.create(
        person=house.people["张三"], deputy=house.people["李四"], since=house.on, until=house.on + timedelta(days=1)
    )
    assert actions.set_duty(group, week=house.on, person=expert, by=house.user("李四"), at=house.at).person == expert
    with pytest.raises(NotAllowed):
        actions.set_duty(house.groups["MKT-01"], week=house.on, person=expert, by=house.user("张三"), at=house.at)


def test_duty_is_refused_to_strangers_and_the_past(house: House) -> None:
    group = house.groups["NET-01"]
    with pytest.raises(Invalid):
        actions.set_duty(group, week=house.on, person=house.people["欧阳六"], by=None, at=house.at)
    with pytest.raises(NotNow):
        actions.set_duty(group, week=house.on - timedelta(days=7), person=house.people["王五"], by=None, at=house.at)
    with pytest.raises(Invalid):
        actions.set_duty(None, week=house.on, person=house.people["王五"], by=None, at=house.at)
    with pytest.raises(NotAllowed):
        actions.set_duty(None, week=house.on, person=house.people["孙党建"], by=house.user("张三"), at=house.at)
    assert actions.set_duty(None, week=house.on, person=house.people["孙党建"], by=None, at=house.at).group is None


def test_leave_is_recorded_by_herself_her_leader_or_head_office(house: House) -> None:
    person, deputy = house.people["王五"], house.people["李四"]
    days = [(house.on + timedelta(days=n), house.on + timedelta(days=n + 1)) for n in range(3)]
    for name, (since, until) in zip(["王五", "张三", "孙党建"], days, strict=True):
        actions.record_leave(person, since=since, until=until, deputy=deputy, by=house.user(name), at=house.at)
    assert Leave.objects.count() == 3
    assert _verbs() == ["leave_recorded"]
    for name in ("李四", "欧阳六", "赵支书"):
        with pytest.raises(NotAllowed):
            actions.record_leave(
                person, since=house.on, until=date(2027, 1, 1), deputy=deputy, by=house.user(name), at=house.at
            )


@pytest.mark.parametrize(
    "since, until, deputy, field, code",
    [
        (5, 5, "李四", "until", "ends_before_start"),
        (-5, 0, "李四", "until", "leave_over"),
        (1, 3, "李四", "since", "leave_overlaps"),
        (5, 6, "王五", "deputy", "deputy_is_self"),
        (5, 6, "欧阳六", "deputy", "deputy_left"),
    ],
)
def test_leave_faults_are_told(house: House, since: int, until: int, deputy: str, field: str, code: str) -> None:
    person = house.people["王五"]
    house.people["欧阳六"].left_on = house.on
    Leave.objects.create(person=person, deputy=house.people["李四"], since=house.on, until=house.on + timedelta(days=2))
    with pytest.raises(Invalid) as told:
        actions.record_leave(
            person,
            since=house.on + timedelta(days=since),
            until=house.on + timedelta(days=until),
            deputy=house.people[deputy],
            by=None,
            at=house.at,
        )
    assert [fault.code for fault in told.value.faults[field]] == [code]


def test_leave_ends_early_or_is_struck(house: House) -> None:
    person, deputy = house.people["王五"], house.people["李四"]
    running = Leave.objects.create(
        person=person, deputy=deputy, since=house.on - timedelta(days=3), until=house.on + timedelta(days=3)
    )
    coming = Leave.objects.create(
        person=person, deputy=deputy, since=house.on + timedelta(days=5), until=house.on + timedelta(days=6)
    )
    with pytest.raises(NotAllowed):
        actions.end_leave(running, by=deputy.user, at=house.at)
    for leave in (running, coming):
        actions.end_leave(leave, by=person.user, at=house.at)
    assert [leave.until for leave in Leave.objects.all()] == [house.on]
    with pytest.raises(NotNow):
        actions.end_leave(running, by=person.user, at=house.at)


def test_posts_are_given_once_and_taken_back(house: House) -> None:
    person, desk = house.people["王五"], house.user("孙党建")
    posting = actions.post(
        person, role=PostingRole.REQUESTER, branch=house.branch, since=house.on, by=desk, at=house.at
    )
    assert standing(house.user("王五"), on=house.on).branch_ids == {house.branch.pk}
    with pytest.raises(Invalid):
        actions.post(person, role=PostingRole.REQUESTER, branch=house.branch, since=house.on, by=desk, at=house.at)
    with pytest.raises(Invalid):
        actions.post(person, role=PostingRole.CLERK, since=house.on, by=desk, at=house.at)
    for slip in (date(226, 1, 1), date(2206, 1, 1)):
        with pytest.raises(Invalid):
            actions.post(person, role=PostingRole.VIEWER, since=slip, by=desk, at=house.at)
    actions.end_posting(posting, by=desk, at=house.at)
    assert standing(house.user("王五"), on=house.on).branch_ids == frozenset()
    with pytest.raises(StaleWrite):
        actions.end_posting(posting, by=desk, at=house.at)
    assert _verbs(2) == ["posting_ended", "posted"]


def test_last_coordinator_stays(house: House) -> None:
    last = Posting.objects.get(role=PostingRole.COORDINATOR)
    with pytest.raises(NotNow):
        actions.end_posting(last, by=house.user("孙党建"), at=house.at)
    actions.post(house.people["王五"], role=PostingRole.COORDINATOR, since=house.on, by=None, at=house.at)
    assert actions.end_posting(last, by=house.user("孙党建"), at=house.at).until == house.on


def test_members_join_move_and_leave(house: House) -> None:
    desk, person = house.user("孙党建"), house.people["王五"]
    second = actions.join_group(house.groups["MKT-01"], person=person, by=desk, at=house.at)
    assert second.is_primary is False
    with pytest.raises(Invalid):
        actions.join_group(house.groups["MKT-01"], person=person, by=desk, at=house.at)
    with pytest.raises(Invalid):
        actions.move_member(second, group=house.groups["MKT-01"], role=MemberRole.LEADER, by=desk, at=house.at)
    actions.leave_group(second, by=desk, at=house.at)
    with pytest.raises(StaleWrite):
        actions.leave_group(second, by=desk, at=house.at)
    assert _verbs(2) == ["member_left", "member_joined"]
    assert Membership.objects.filter(person=person, until=None).get().group == house.groups["NET-01"]


def test_leader_changes_with_history(house: House) -> None:
    net = house.groups["NET-01"]
    old = house.people["张三"].memberships.get()
    new = house.people["李四"].memberships.get()
    actions.move_member(old, group=net, role=MemberRole.MEMBER, by=None, at=house.at)
    actions.move_member(new, group=net, role=MemberRole.LEADER, by=None, at=house.at)
    assert leader_of(net, on=house.on) == house.people["李四"]
    assert leader_of(net, on=house.on - timedelta(days=1)) == house.people["张三"]


def test_contact_is_changed_without_numbers_in_the_journal(house: House) -> None:
    person = house.people["王五"]
    actions.change_contact(
        person, phone="\uff11\uff15\uff14 0000 0099", email="W@example.com", by=person.user, at=house.at
    )
    person.refresh_from_db()
    assert (person.phone, person.email) == ("15400000099", "W@example.com")
    assert Entry.objects.order_by("-pk")[0].data == {"fields": ["phone", "email"]}
    with pytest.raises(Invalid) as told:
        actions.change_contact(person, phone="不知道", email="a@", by=person.user, at=house.at)
    assert set(told.value.faults) == {"phone", "email"}
    with pytest.raises(NotAllowed):
        actions.change_contact(person, phone="", email="", by=house.user("欧阳六"), at=house.at)
