"""The cast: a small world with one of everybody, and the verbs to play a case. Used by tests of every floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huizhen.accounts.models import User
from huizhen.cases import actions
from huizhen.cases.models import Case
from huizhen.directory.choices import default_clocks
from huizhen.directory.models import (
    Branch,
    Campaign,
    ClockPolicy,
    Domain,
    Duty,
    Group,
    Membership,
    Person,
    Posting,
    Unit,
)
from huizhen.lib.zh import sort_key
from tests.kept import GROUND, depth, kept

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2026-03-02 9:00 in Shanghai: an ordinary working morning."""
START = date(2026, 1, 1)

ROLES = ("requester", "expert", "leader", "liaison", "clerk", "coordinator", "viewer", "auditor", "outsider")


@dataclass
class Cast:
    """Users by role, and the places they belong to. Further users: mate, second, other_leader, other_expert, other_liaison."""

    campaign: Campaign
    branch: Branch
    other_branch: Branch
    group: Group
    other_group: Group
    users: dict[str, User]
    people: dict[str, Person]

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def person(self, name: str) -> Person:
        return self.people[name]

    def values(self, **changes: Any) -> dict[str, Any]:
        """A registration that has no fault."""
        return {
            "title": "宿舍晚高峰小区负荷超限",
            "condition": "近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉每周四十件，还在上升。",
            "questions": [{"text": "两周内能否把负荷降到七成？"}],
            "indicator": "晚高峰负荷", "unit": "%", "baseline": "92", "target": "70",
            "urgency": "normal", "mode": "either", "group": self.group.code,
        } | changes  # fmt: skip

    @kept("cast")
    def register(self, *, at: datetime = MONDAY, by: str = "requester", **changes: Any) -> Case:
        return actions.register_at_once(self.branch, self.values(**changes), by=self.users[by], at=at)

    def take(self, case: Case, name: str, by: str, at: datetime, **values: Any) -> Case:
        """Take a move on a freshly read case."""
        return actions.take(Case.objects.get(pk=case.pk), name, by=self.users[by], at=at, values=values)

    @kept("cast")
    def contacted(self, *, at: datetime = MONDAY, **changes: Any) -> Case:
        case = self.register(at=at, **changes)
        return self.take(
            case, "log_contact", "expert", at + timedelta(minutes=30), channel="phone", learned="已问清楚情况"
        )

    @kept("cast")
    def diagnosed(self, *, at: datetime = MONDAY, **changes: Any) -> Case:
        case = self.contacted(at=at, **changes)
        at += timedelta(hours=1)
        self.take(case, "inform_group", "expert", at, note="已告知全团")
        self.take(case, "sign_opinion", "mate", at, text="先看小区参数")
        causes = [{"text": "小区容量不足", "chain": ["city"]}, {"text": "未做负荷均衡", "chain": ["county"]}]
        return self.take(case, "diagnose", "expert", at, findings="容量与均衡两方面的问题", causes=causes)

    def prescription(self, at: datetime, **changes: Any) -> dict[str, Any]:
        day = (at + timedelta(days=5)).date().isoformat()
        measure = {
            "owner_name": "梁思远",
            "owner_unit": "网络部",
            "due_on": day,
            "expected": "负荷下降",
            "criterion": "周报达标",
        }
        return {
            "thinking": "先均衡再扩容",
            "measures": [
                {**measure, "what": "做负荷均衡", "main": ["2"]},
                {**measure, "what": "扩容两个小区", "main": ["1"]},
            ],
            "follow_up_on": (at + timedelta(days=8)).date().isoformat(),
            "innovation": "technology",
        } | changes

    @kept("cast")
    def prescribed(self, *, at: datetime = MONDAY, **changes: Any) -> Case:
        case = self.diagnosed(at=at, **changes)
        return self.take(case, "prescribe", "expert", at + timedelta(hours=2), **self.prescription(at))

    @kept("cast")
    def treated(self, *, at: datetime = MONDAY, **changes: Any) -> Case:
        case = self.prescribed(at=at, **changes)
        return self.take(case, "accept_prescription", "requester", at + timedelta(hours=3))

    @kept("cast")
    def followed(
        self, verdict: str = "marked", *, at: datetime = MONDAY, branch_verdict: str | None = None, **changes: Any
    ) -> Case:
        case = self.treated(at=at, **changes)
        later = at + timedelta(days=8)
        more = {"next_on": (later + timedelta(days=5)).date().isoformat()} if verdict == "none" else {}
        self.take(
            case, "follow_up", "expert", later, mode="online", verdict=verdict, value="68", evidence="周报三期", **more
        )
        return self.take(case, "give_verdict", "requester", later, verdict=branch_verdict or verdict)

    @kept("cast")
    def resolved(self, verdict: str = "marked", *, at: datetime = MONDAY, **changes: Any) -> Case:
        case = self.followed(verdict, at=at, **changes)
        return self.take(case, "resolve", "expert", at + timedelta(days=8, hours=1), waiver="其余措施转日常")

    @kept("cast")
    def archived(self, *, at: datetime = MONDAY, **changes: Any) -> Case:
        case = self.resolved(at=at, **changes)
        later = at + timedelta(days=8, hours=2)
        self.take(
            case, "sign_final_reply", "expert", later, found="容量不足", changed="负荷降到六成八", keep="每周看报表"
        )
        self.take(case, "close_form", "requester", later, outcome="new_idea", value=5, feasibility=5)
        self.take(case, "decide_extraction", "leader", later, decision="extract")
        return self.take(case, "archive", "expert", later)


def _person(code: str, name: str, unit: Unit, user: bool = True) -> Person:
    account = User.objects.create(username=code, name=name) if user else None
    number = f"154000{sum(code.encode()) % 100000:05d}"
    return Person.objects.create(
        code=code,
        name=name,
        sort_key=sort_key(name, person=True),
        unit=unit,
        phone=number,
        email=f"{code}@example.com",
        user=account,
    )


def build() -> Cast:
    """Make the world. Units, branches, two groups of two domains, everybody with an account."""
    campaign = Campaign.objects.create(
        name="领题破题 2026", short_name="领题破题 2026", starts_on=START, ends_on=date(2026, 12, 31), is_current=True
    )
    unit = Unit.objects.create(code="FS", name="佛山分公司", kind="city")
    head = Unit.objects.create(code="D06", name="网络部", kind="department")
    far = Unit.objects.create(code="ZJ", name="湛江分公司", kind="city")
    net = Domain.objects.create(code="NET", name="网络运维", lead_unit=head)
    fin = Domain.objects.create(code="FIN", name="财务", lead_unit=head)
    branch = Branch.objects.create(code="B1", unit=unit, name="佛山分公司网络部党支部", sort_key="a")
    other_branch = Branch.objects.create(code="B2", unit=far, name="湛江分公司网络部党支部", sort_key="b")
    group = Group.objects.create(campaign=campaign, code="NET-01", domain=net, name="无线网络优化专家团")
    other = Group.objects.create(campaign=campaign, code="FIN-01", domain=fin, name="财务共享专家团")
    names = {
        "requester": "曾维舟", "second": "麦承宇", "expert": "沈言行", "mate": "顾知微", "leader": "毛知南", "other_leader": "钱致之",
        "other_expert": "石知和", "liaison": "蒋景川", "other_liaison": "范景舟", "clerk": "姜书竹", "coordinator": "卢泽安",
        "viewer": "欧阳启辰", "auditor": "白泽禾", "outsider": "韩怀朗",
    }  # fmt: skip
    people = {
        code: _person(code, name, unit if code in ("requester", "second", "clerk") else head)
        for code, name in names.items()
    }
    seats = [
        ("leader", group, "leader"), ("expert", group, "member"), ("mate", group, "member"),
        ("other_leader", other, "leader"), ("other_expert", other, "member"),
    ]  # fmt: skip
    for code, seat, role in seats:
        Membership.objects.create(group=seat, person=people[code], role=role, since=START)
    posts: list[tuple[str, str, dict[str, Any]]] = [
        ("requester", "requester", {"branch": branch}), ("second", "requester", {"branch": branch}),
        ("outsider", "requester", {"branch": other_branch}), ("liaison", "liaison", {"domain": net}),
        ("other_liaison", "liaison", {"domain": fin}), ("clerk", "clerk", {"unit": unit}),
        ("coordinator", "coordinator", {}), ("viewer", "viewer", {}), ("auditor", "auditor", {}),
    ]  # fmt: skip
    for code, role, place in posts:
        Posting.objects.create(person=people[code], role=role, since=START, **place)
    mondays = [date(2025, 12, 29) + timedelta(days=7 * week) for week in range(60)]
    on_duty = ((group, people["expert"]), (other, people["other_expert"]))
    Duty.objects.bulk_create(
        Duty(group=seat, person=person, week=monday) for monday in mondays for seat, person in on_duty
    )
    ClockPolicy.objects.create(
        campaign=campaign, version=1, table=default_clocks(), at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    users = {code: person.user for code, person in people.items() if person.user}
    return Cast(campaign, branch, other_branch, group, other, users, people)


_build = kept("seeds")(build)


@pytest.fixture
def cast(db: None, _ground: None) -> Cast:
    is_first = GROUND.is_still("seeds")
    made = _build()
    if is_first:
        GROUND.is_now("cast", depth=depth(), world=GROUND.laid)
    return made
