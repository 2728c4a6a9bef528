"""A directory small enough to hold in one's head: two domains, three units, two groups, seven people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from huizhen.accounts.models import User
from huizhen.directory import actions
from huizhen.directory.choices import MemberRole, PostingRole, UnitKind
from huizhen.directory.models import Branch, Campaign, Domain, Group, Membership, Person, Unit
from huizhen.lib.zh import sort_key


@dataclass
class House:
    """The small directory, with shorthands to add to it."""

    campaign: Campaign
    at: datetime
    units: dict[str, Unit] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    branch: Branch = field(default_factory=Branch)

    @property
    def on(self) -> date:
        return self.at.date()

    def user(self, name: str) -> User:
        user = self.people[name].user
        assert user is not None
        return user

    def person(self, code: str, name: str, unit: str, **more: str) -> Person:
        user = User.objects.create_user(f"u-{code}", name=name)
        person = Person.objects.create(
            code=code, name=name, sort_key=sort_key(name, person=True), unit=self.units[unit], user=user, **more
        )
        self.people[name] = person
        return person

    def seat(self, name: str, group: str, role: MemberRole = MemberRole.MEMBER, days: int = 100) -> Membership:
        return Membership.objects.create(
            person=self.people[name], group=self.groups[group], role=role, since=self.on - timedelta(days=days)
        )


@pytest.fixture
def house(db: None, at: datetime) -> House:
    campaign = actions.create_campaign(
        name="2026年主题活动",
        short_name="领题破题",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        by=None,
        at=at,
    )
    house = House(actions.make_current(campaign, by=None, at=at), at)
    for order, (code, name, kind) in enumerate(
        [
            ("D06", "网络部", UnitKind.DEPARTMENT),
            ("FS", "佛山分公司", UnitKind.CITY),
            ("D14", "党建工作部", UnitKind.DEPARTMENT),
        ]
    ):
        house.units[name] = Unit.objects.create(code=code, name=name, kind=kind, order=order, sort_key=sort_key(name))
    for order, (code, name) in enumerate([("MKT", "市场"), ("NET", "网络运维")]):
        house.domains[code] = Domain.objects.create(code=code, name=name, lead_unit=house.units["网络部"], order=order)
    for code, name in [("MKT-01", "个人客户价值经营专家团"), ("NET-01", "无线网络优化专家团")]:
        house.groups[code] = Group.objects.create(
            campaign=campaign, code=code, name=name, domain=house.domains[code[:3]], specialities="5G、VoLTE"
        )
    house.branch = Branch.objects.create(code="FS-01", unit=house.units["佛山分公司"], name="佛山分公司网络部党支部")
    house.person("E001", "张三", "网络部", phone="15400000001", email="e1@example.com", specialities="5G", level="省级")
    house.person("E002", "李四", "佛山分公司", phone="15400000002", staff_no="G002", level="省级")
    house.person("E003", "王五", "佛山分公司", phone="15400000003", level="省级")
    house.person("E004", "欧阳六", "网络部", phone="15400000004", level="省级")
    house.person("R001", "赵支书", "佛山分公司")
    house.person("J001", "钱接口", "网络部")
    house.person("D001", "孙党建", "党建工作部")
    house.seat("张三", "NET-01", MemberRole.LEADER)
    house.seat("李四", "NET-01", MemberRole.DEPUTY)
    house.seat("王五", "NET-01")
    house.seat("欧阳六", "MKT-01", MemberRole.LEADER)
    start = date(2026, 1, 1)
    for name, role, place in [
        ("赵支书", PostingRole.REQUESTER, {"branch": house.branch}),
        ("钱接口", PostingRole.LIAISON, {"domain": house.domains["NET"]}),
        ("孙党建", PostingRole.COORDINATOR, {}),
    ]:
        actions.post(house.people[name], role=role, since=start, by=None, at=at, **place)
    return house
