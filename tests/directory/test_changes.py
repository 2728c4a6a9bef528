"""Changes among groups and branches: what ends, what begins, and that each past day can still be told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huizhen.directory.actions import change_leader, dissolve_branch, merge_group, rename_branch, split_group
from huizhen.directory.models import Branch, Duty, Group, Membership
from huizhen.directory.queries import groups_by_domain, leader_of, standing
from huizhen.directory.queries.branches import branches
from huizhen.directory.queries.groups import who_was_in
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from tests.cast import MONDAY, Cast

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def was_in(group: Group, on: date) -> dict[str, str]:
    return {seat.person.name: seat.role for seat in who_was_in(group, on)}


def faults(no: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {name: found[0].code for name, found in no.value.faults.items()}


# ── leaders


def test_another_leader_from_a_day_on(cast: Cast) -> None:
    """The old one stays a member; until the day she leads."""
    change_leader(cast.group, person=cast.person("mate"), since=TODAY + 3 * DAY, by=cast.coordinator, at=MONDAY)

    assert leader_of(cast.group, on=TODAY + 2 * DAY) == cast.person("leader")
    assert leader_of(cast.group, on=TODAY + 3 * DAY) == cast.person("mate")
    assert was_in(cast.group, TODAY + 3 * DAY) == {"毛知南": "member", "沈言行": "member", "顾知微": "leader"}
    assert standing(cast.leader, on=TODAY + 3 * DAY).led_group_ids == frozenset()
    assert standing(cast.mate, on=TODAY + 3 * DAY).led_group_ids == {cast.group.pk}
    entry = Entry.objects.get(verb="leader_changed")
    assert (entry.data["person"], entry.data["former"]) == (cast.person("mate").pk, cast.person("leader").pk)


def test_leader_changes_at_once_and_back(cast: Cast) -> None:
    for name in ("mate", "leader"):
        change_leader(cast.group, person=cast.person(name), since=TODAY, by=cast.coordinator, at=MONDAY)
        assert leader_of(cast.group, on=TODAY) == cast.person(name)
    assert leader_of(cast.group, on=TODAY - DAY) == cast.person("leader")


def test_one_change_of_leader_at_a_time(cast: Cast) -> None:
    """While another leader is to come nobody changes it again; a day far ahead is refused, and a member who is not here by then."""
    change_leader(cast.group, person=cast.person("mate"), since=TODAY + 3 * DAY, by=cast.coordinator, at=MONDAY)
    for name, since in (("expert", TODAY), ("expert", TODAY + 5 * DAY), ("leader", TODAY + 3 * DAY)):
        with pytest.raises(Invalid) as no:
            change_leader(cast.group, person=cast.person(name), since=since, by=cast.coordinator, at=MONDAY)
        assert faults(no) == {"since": "leader_to_come"}
    assert [name for name, role in was_in(cast.group, TODAY).items() if role == "leader"] == ["毛知南"]

    later = MONDAY + 3 * DAY
    with pytest.raises(Invalid) as no:
        change_leader(cast.group, person=cast.person("expert"), since=date(2026, 9, 1), by=cast.coordinator, at=later)
    assert faults(no) == {"since": "day_is_far"}
    seat = Membership.objects.get(group=cast.group, person=cast.person("expert"), until=None)
    Membership.objects.filter(pk=seat.pk).update(since=TODAY + 9 * DAY)
    with pytest.raises(Invalid) as no:
        change_leader(cast.group, person=cast.person("expert"), since=TODAY + 4 * DAY, by=cast.coordinator, at=later)
    assert faults(no) == {"since": "member_to_come"}


def test_who_cannot_become_leader(cast: Cast) -> None:
    for name, code in (("leader", "leads_already"), ("other_expert", "not_of_this_group")):
        with pytest.raises(Invalid) as no:
            change_leader(cast.group, person=cast.person(name), since=TODAY, by=cast.coordinator, at=MONDAY)
        assert faults(no) == {"person": code}
    with pytest.raises(Invalid) as no:
        change_leader(cast.group, person=cast.person("mate"), since=TODAY - DAY, by=None, at=MONDAY)
    assert faults(no) == {"since": "day_is_past"}
    for by in ("leader", "liaison", "mate"):
        with pytest.raises(NotAllowed):
            change_leader(cast.group, person=cast.person("mate"), since=TODAY, by=cast.users[by], at=MONDAY)


# ── groups


def split(cast: Cast, **changes: object) -> Group:
    given = {
        "code": "NET-02", "name": "网络优化二团", "leader": cast.person("mate"),
        "members": [cast.person("mate"), cast.person("expert")], "by": cast.coordinator, "at": MONDAY,
    }  # fmt: skip
    return split_group(cast.group, **(given | changes))  # type: ignore[arg-type]


def test_split_takes_its_members_along(cast: Cast) -> None:
    fresh = split(cast)

    assert was_in(fresh, TODAY) == {"顾知微": "leader", "沈言行": "member"}
    assert was_in(cast.group, TODAY) == {"毛知南": "leader"}
    assert was_in(cast.group, TODAY - DAY) == {"毛知南": "leader", "沈言行": "member", "顾知微": "member"}
    assert was_in(fresh, TODAY - DAY) == {}
    assert (fresh.domain_id, fresh.campaign_id) == (cast.group.domain_id, cast.group.campaign_id)
    assert not Duty.objects.filter(group=cast.group, person=cast.person("expert"), week__gte=TODAY).exists()


def test_what_a_split_refuses(cast: Cast) -> None:
    cases = [
        (
            {"code": cast.other_group.code, "name": cast.other_group.name},
            {"code": "group_taken", "name": "group_taken"},
        ),
        ({"code": "", "name": " "}, {"code": "required", "name": "required"}),
        ({"code": "a/b"}, {"code": "bad_code"}),
        ({"members": []}, {"members": "not_of_this_group", "leader": "leader_goes_along"}),
        ({"members": [cast.person("mate"), cast.person("other_expert")]}, {"members": "not_of_this_group"}),
        ({"members": [cast.person("mate"), cast.person("leader")]}, {"members": "leader_stays"}),
        ({"leader": cast.person("leader")}, {"leader": "leader_goes_along"}),
    ]
    for changes, told in cases:
        with pytest.raises(Invalid) as no:
            split(cast, **changes)
        assert faults(no) == told
    assert not Group.objects.filter(code="NET-02").exists()


def test_merged_group_is_closed_and_points_to_its_successor(cast: Cast) -> None:
    ended = merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=MONDAY)

    assert (ended.closed_on, ended.successor) == (TODAY, cast.group)
    assert was_in(cast.group, TODAY) == {
        "毛知南": "leader", "沈言行": "member", "石知和": "member", "钱致之": "member", "顾知微": "member",
    }  # fmt: skip
    assert was_in(ended, TODAY) == {}
    assert was_in(ended, TODAY - DAY) == {"钱致之": "leader", "石知和": "member"}
    assert [one.domain.code for one in groups_by_domain(cast.campaign, on=TODAY)] == ["NET"]
    # whoever sits in the successor has the rights of its predecessor
    assert standing(cast.mate, on=TODAY).group_ids == {cast.group.pk, ended.pk}
    assert standing(cast.leader, on=TODAY).led_group_ids == {cast.group.pk, ended.pk}
    assert leader_of(ended, on=TODAY) == cast.person("leader")


def test_a_closed_group_changes_no_more(cast: Cast) -> None:
    merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=MONDAY)
    with pytest.raises(NotNow):
        merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=MONDAY)
    with pytest.raises(NotNow):
        merge_group(cast.group, into=cast.other_group, by=cast.coordinator, at=MONDAY)
    with pytest.raises(Invalid):
        merge_group(cast.group, into=cast.group, by=cast.coordinator, at=MONDAY)


def test_a_chain_of_mergers_ends_at_the_last(cast: Cast) -> None:
    third = split(cast)
    merge_group(cast.other_group, into=third, by=None, at=MONDAY)
    merge_group(third, into=cast.group, by=None, at=MONDAY)
    assert Group.objects.get(pk=cast.other_group.pk).successor == cast.group
    assert standing(cast.leader, on=TODAY).group_ids == {cast.group.pk, third.pk, cast.other_group.pk}


# ── branches


def test_a_renamed_branch_is_found_by_both_names(cast: Cast) -> None:
    rename_branch(cast.branch, name="佛山分公司无线党支部", by=cast.coordinator, at=MONDAY)
    rename_branch(cast.branch, name="佛山分公司网优党支部", by=cast.coordinator, at=MONDAY)

    kept = Branch.objects.get(pk=cast.branch.pk)
    assert kept.former_names == "佛山分公司无线党支部、佛山分公司网络部党支部"
    for text in ("网优", "无线党支部", "佛山分公司网络部"):
        assert [one.pk for one in branches(on=TODAY, text=text).branches] == [cast.branch.pk]
    for name, code in (
        ("佛山分公司网优党支部", "same_name"),
        (" ", "required"),
        (cast.other_branch.name, "branch_taken"),
    ):
        with pytest.raises(Invalid) as no:
            rename_branch(kept, name=name, by=cast.coordinator, at=MONDAY)
        assert faults(no) == {"name": code}


def test_a_dissolved_branch_ends_with_its_posts(cast: Cast) -> None:
    dissolve_branch(cast.branch, successor=cast.other_branch, by=cast.coordinator, at=MONDAY)

    gone = Branch.objects.get(pk=cast.branch.pk)
    assert (gone.until, gone.successor) == (TODAY, cast.other_branch)
    assert standing(cast.requester, on=TODAY).branch_ids == frozenset()
    assert standing(cast.requester, on=TODAY - DAY).branch_ids == {cast.branch.pk}
    with pytest.raises(NotNow):
        dissolve_branch(cast.branch, successor=None, by=cast.coordinator, at=MONDAY)


def test_who_cannot_succeed_a_branch(cast: Cast) -> None:
    mute = Branch.objects.create(code="B3", unit=cast.branch.unit, name="没有问诊人的支部")
    gone = Branch.objects.create(code="B4", unit=cast.branch.unit, name="撤了的支部", until=TODAY)
    for successor, code in (
        (cast.branch, "other_branch_wanted"), (gone, "other_branch_wanted"), (mute, "branch_without_contact"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as no:
            dissolve_branch(cast.branch, successor=successor, by=cast.coordinator, at=MONDAY)
        assert faults(no) == {"successor": code}
    with pytest.raises(NotAllowed):
        dissolve_branch(cast.branch, successor=cast.other_branch, by=cast.clerk, at=MONDAY)


def test_a_roster_may_not_name_a_closed_group(cast: Cast) -> None:
    """Export before the merger, import after it: each row of the closed group is told where it went."""
    from huizhen.directory.actions import export_roster
    from huizhen.directory.sheets import plan, read

    file = export_roster(cast.campaign, by=cast.coordinator, at=MONDAY)
    merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=MONDAY)
    planned = plan(read(file), cast.campaign, on=TODAY)
    told = {fault.code for row in planned.rows for fault in row.faults}
    assert told == {"group_is_closed"}
