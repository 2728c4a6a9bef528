"""The people of the demo: numbers of the notice, accounts, duty, leave."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password

from huizhen.accounts.models import User
from huizhen.accounts.queries import demo_users
from huizhen.demo.people import DEMO_BRANCH, DEMO_PASSWORD, demo_accounts, load_people
from huizhen.demo.reading import data
from huizhen.directory.choices import Home, UnitKind
from huizhen.directory.models import Branch, Campaign, Domain, Duty, Group, Leave, Membership, Person, Posting, Unit
from huizhen.directory.queries import (
    deputy_of,
    drift,
    duty_person,
    groups_by_domain,
    leader_of,
    liaison_of,
    monday_of,
    standing,
    who_was_in,
)
from huizhen.journal.models import Entry
from huizhen.lib.errors import NotNow

NOTICE = {
    "市场": 9, "集客": 10, "网络运维": 15, "计划建设": 4, "IT": 2, "新闻宣传": 1, "战略管理": 1, "党建党廉": 3, "人力资源": 2,
    "财务": 3, "法律": 1, "员工关怀服务": 1,
}  # fmt: skip


@pytest.fixture
def campaign(db: None, at: datetime) -> Campaign:
    return load_people(at=at, progress=lambda *_: None)


def test_people_have_the_numbers_of_the_notice(campaign: Campaign, at: datetime) -> None:
    counted = {row.domain.name: len(row.groups) for row in groups_by_domain(campaign, on=at.date())}
    assert counted == NOTICE
    assert not drift(campaign, on=at.date()).is_drifted
    kinds = [Unit.objects.filter(kind=kind).count() for kind in (UnitKind.CITY, UnitKind.DEPARTMENT, UnitKind.DIRECT)]
    assert kinds == [21, 16, 9]
    assert campaign.starts_on.isoformat() == "2026-01-01"
    assert campaign.ends_on > at.date()


def test_people_load_in_seconds_and_report_progress(db: None, at: datetime) -> None:
    seen: list[tuple[str, int, int]] = []
    start = time.perf_counter()
    load_people(at=at, progress=lambda *step: seen.append(step))
    assert time.perf_counter() - start < 20
    assert [done for _, done, _ in seen] == [0, 1, 2, 3, 4, 5]


def test_people_are_loaded_once(campaign: Campaign, at: datetime) -> None:
    with pytest.raises(NotNow):
        load_people(at=at, progress=lambda *_: None)
    assert Campaign.objects.count() == 1


def test_people_of_the_demo_accounts_have_their_homes(campaign: Campaign, at: datetime) -> None:
    homes = {name: standing(User.objects.get(username=name), on=at.date()).home for name in demo_accounts()}
    assert homes == {
        "requester": Home.REQUESTER, "expert": Home.EXPERT, "leader": Home.LEADER, "liaison": Home.LIAISON,
        "clerk": Home.CLERK, "coordinator": Home.COORDINATOR, "viewer": Home.VIEWER, "auditor": Home.AUDITOR,
    }  # fmt: skip


def test_people_without_a_demo_account_cannot_sign_in(campaign: Campaign) -> None:
    assert sorted(user.username for user in demo_users()) == sorted(demo_accounts())
    assert all(check_password(DEMO_PASSWORD, user.password) for user in demo_users())
    assert User.objects.count() == Person.objects.count()
    assert not User.objects.filter(is_demo=False).exists()


def test_people_of_every_problem_can_be_found(campaign: Campaign, at: datetime) -> None:
    for problem in data("problems")["problems"]:
        branch = Branch.objects.get(name=problem["branch"])
        assert branch.postings.count() == 2
        assert Group.objects.filter(code__in=[problem["group"], *problem["co"], *problem["also"]]).count() >= 1
    assert Branch.objects.get(name=DEMO_BRANCH).unit.name == "佛山分公司"
    assert not Branch.objects.filter(name="佛山分公司顺德区分公司党支部").exists()
    assert Branch.objects.filter(name="广州分公司白云区分公司第一党支部").exists()


def test_people_on_duty_cover_every_week(campaign: Campaign, at: datetime) -> None:
    on = at.date()
    for group in Group.objects.all():
        person = duty_person(group, on=on)
        assert person is not None
        assert Membership.objects.filter(group=group, person=person, until=None).exists()
    assert duty_person(Group.objects.get(code="NET-13"), on=on) == Person.objects.get(user__username="expert")
    assert duty_person(None, on=on) == Person.objects.get(user__username="coordinator")
    assert Duty.objects.filter(week=monday_of(on) - timedelta(weeks=6)).count() == 53
    assert Duty.objects.filter(week=monday_of(on) + timedelta(weeks=8)).count() == 53


def test_people_on_leave_have_their_deputies(campaign: Campaign, at: datetime) -> None:
    on = at.date()
    expert = standing(User.objects.get(username="expert"), on=on)
    assert {person.code for person in Person.objects.filter(pk__in=expert.acting_for)} == {"E219"}
    end = deputy_of(Person.objects.get(code="E015"), on=on)
    assert end is not None
    assert end.code == "E017"
    assert Leave.objects.count() == 5


def test_people_lead_and_answer_for_every_group_and_domain(campaign: Campaign, at: datetime) -> None:
    on = at.date()
    assert all(leader_of(group, on=on) for group in Group.objects.all())
    assert leader_of(Group.objects.get(code="NET-13"), on=on) == Person.objects.get(user__username="leader")
    answering = {domain.code: liaison_of(domain, on=on) for domain in Domain.objects.all()}
    assert all(answering.values())
    assert answering["PTY"] == Person.objects.get(code="D02")
    assert Posting.objects.filter(role="clerk").values("unit").distinct().count() == 46


def test_people_of_an_earlier_day_are_told(campaign: Campaign, at: datetime) -> None:
    group = Group.objects.get(code="NET-01")
    then = {seat.person.code for seat in who_was_in(group, campaign.starts_on)}
    now = {seat.person.code for seat in who_was_in(group, at.date())}
    assert then - now == {"E224"}


def test_people_leave_one_journal_row_and_reserved_numbers_only(campaign: Campaign) -> None:
    assert Entry.objects.filter(verb="directory_loaded").count() == 1
    assert not Person.objects.exclude(phone__startswith="1540000").exists()
    assert not Person.objects.exclude(email__endswith="@example.com").exists()
    assert Person.objects.values("phone").distinct().count() == Person.objects.count()
    assert Person.objects.values("name").distinct().count() >= Person.objects.count() - 5
