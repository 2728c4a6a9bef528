"""Standing: what somebody is on a day, and for whom she acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from huizhen.accounts.models import User
from huizhen.directory.choices import Home
from huizhen.directory.models import Leave, Person
from huizhen.directory.queries import Standing, deputy_of, standing
from tests.directory.conftest import House


def _away(house: House, person: str, deputy: str, first: int = -1, back: int = 2) -> Leave:
    return Leave.objects.create(
        person=house.people[person],
        deputy=house.people[deputy],
        since=house.on + timedelta(days=first),
        until=house.on + timedelta(days=back),
    )


def test_standing_holds_groups_and_posts(house: House) -> None:
    leader = standing(house.user("张三"), on=house.on)
    assert (leader.group_ids, leader.led_group_ids) == ({house.groups["NET-01"].pk}, {house.groups["NET-01"].pk})
    assert leader.home == Home.LEADER
    assert standing(house.user("王五"), on=house.on).home == Home.EXPERT
    asker = standing(house.user("赵支书"), on=house.on)
    assert (asker.branch_ids, asker.home) == ({house.branch.pk}, Home.REQUESTER)
    liaison = standing(house.user("钱接口"), on=house.on)
    assert (liaison.domain_ids, liaison.home) == ({house.domains["NET"].pk}, Home.LIAISON)
    desk = standing(house.user("孙党建"), on=house.on)
    assert (desk.is_coordinator, desk.is_reader_of_all, desk.home) == (True, True, Home.COORDINATOR)


def test_standing_of_strangers_is_empty(house: House) -> None:
    assert standing(AnonymousUser(), on=house.on) == Standing()
    assert standing(User.objects.create_user("nobody"), on=house.on) == Standing()
    gone = house.user("张三")
    gone.is_active = False
    assert standing(gone, on=house.on) == Standing()
    assert Standing().home == Home.NONE
    assert Standing().person_ids == frozenset()


def test_standing_follows_the_dates(house: House) -> None:
    seat = house.people["王五"].memberships.get()
    seat.until = house.on
    seat.save()
    assert standing(house.user("王五"), on=house.on).home == Home.NONE
    assert standing(house.user("王五"), on=house.on - timedelta(days=1)).home == Home.EXPERT
    assert standing(house.user("赵支书"), on=date(2025, 12, 31)).home == Home.NONE


def test_standing_acts_for_people_on_leave(house: House) -> None:
    _away(house, "张三", "李四")
    _away(house, "欧阳六", "王五", first=1, back=3)
    acting = standing(house.user("李四"), on=house.on)
    assert acting.acting_for == {house.people["张三"].pk}
    assert acting.person_ids == {house.people["张三"].pk, house.people["李四"].pk}
    assert standing(house.user("王五"), on=house.on).acting_for == frozenset()
    assert standing(house.user("李四"), on=house.on + timedelta(days=2)).acting_for == frozenset()


def test_standing_resolves_chains_of_deputies(house: House) -> None:
    _away(house, "张三", "李四")
    _away(house, "李四", "王五")
    assert standing(house.user("王五"), on=house.on).acting_for == {house.people["张三"].pk, house.people["李四"].pk}
    assert standing(house.user("李四"), on=house.on).acting_for == frozenset()
    assert deputy_of(house.people["张三"], on=house.on) == house.people["王五"]
    assert deputy_of(house.people["王五"], on=house.on) is None


def test_standing_ends_circles_of_deputies(house: House) -> None:
    _away(house, "张三", "李四")
    _away(house, "李四", "张三")
    _away(house, "王五", "李四")
    assert [deputy_of(house.people[name], on=house.on) for name in ("张三", "李四", "王五")] == [None, None, None]
    assert standing(house.user("张三"), on=house.on).acting_for == frozenset()


def test_deputy_who_left_acts_for_nobody(house: House) -> None:
    _away(house, "张三", "李四")
    Person.objects.filter(pk=house.people["李四"].pk).update(left_on=house.on)
    assert deputy_of(house.people["张三"], on=house.on) is None


@pytest.mark.parametrize("name", ["张三", "赵支书", "孙党建"])
def test_standing_costs_four_queries(house: House, name: str, django_assert_num_queries: Any) -> None:
    _away(house, "张三", "李四")
    user = house.user(name)
    with django_assert_num_queries(4):
        standing(user, on=house.on)


def test_deputy_has_all_rights_of_the_person_away(house: House) -> None:
    net = house.groups["NET-01"].pk
    for away in ("张三", "钱接口", "赵支书", "孙党建"):
        _away(house, away, "王五")
    acting = standing(house.user("王五"), on=house.on)
    assert net in acting.led_group_ids
    assert acting.domain_ids == {house.domains["NET"].pk}
    assert acting.branch_ids == {house.branch.pk}
    assert (acting.is_coordinator, acting.home) == (True, Home.COORDINATOR)
    assert acting.own is not None
    assert (acting.own.led_group_ids, acting.own.is_coordinator, acting.own.home) == (frozenset(), False, Home.EXPERT)
    assert standing(house.user("王五"), on=house.on + timedelta(days=2)).home == Home.EXPERT


def test_lender_is_named_only_when_the_right_is_not_her_own(house: House) -> None:
    _away(house, "张三", "王五")
    acting, net = standing(house.user("王五"), on=house.on), house.groups["NET-01"].pk
    assert acting.lender_name(lambda one: net in one.led_group_ids) == "张三"
    assert acting.lender_name(lambda one: net in one.group_ids) == ""
    assert standing(house.user("李四"), on=house.on).lender_name(lambda one: False) == ""


def test_everybody_knows_who_is_away(house: House) -> None:
    _away(house, "张三", "李四")
    _away(house, "李四", "王五", back=5)
    seen = standing(house.user("赵支书"), on=house.on).absences
    assert seen[house.people["张三"].pk].deputy == "王五"
    assert seen[house.people["李四"].pk].last == house.on + timedelta(days=4)
    assert house.people["王五"].pk not in seen


def test_who_has_left_stands_nowhere(house: House) -> None:
    Person.objects.filter(pk=house.people["王五"].pk).update(left_on=house.on)
    assert standing(house.user("王五"), on=house.on) == Standing()
    assert standing(house.user("王五"), on=house.on - timedelta(days=1)).home == Home.EXPERT


def test_deputy_costs_four_queries(house: House, django_assert_num_queries: Any) -> None:
    for away in ("张三", "钱接口", "赵支书"):
        _away(house, away, "王五")
    user = house.user("王五")
    with django_assert_num_queries(4):
        standing(user, on=house.on)
