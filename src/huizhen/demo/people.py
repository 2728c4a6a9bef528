"""People of the demo: 359 experts of experts.yaml and the invented secretaries, clerks, liaisons and head-office staff.

It is seed: written in bulk, with one journal row `directory_loaded`. Every demo person has an account; only those of
`DEMO_ACCOUNTS` have a password, and it is the one in the README.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.demo.places import Places, load_places
from huizhen.demo.reading import data
from huizhen.directory.choices import MemberRole, PostingRole, default_clocks
from huizhen.directory.models import (
    Branch,
    Campaign,
    ClockPolicy,
    Duty,
    Leave,
    Membership,
    Person,
    Posting,
    Unit,
)
from huizhen.directory.queries import monday_of
from huizhen.journal import actions as journal
from huizhen.lib.errors import NotNow
from huizhen.lib.zh import sort_key

Progress = Callable[[str, int, int], None]

DEMO_PASSWORD = "huizhen-demo"
SEED = 20240929
DESK_UNIT = "党建工作部"
DEMO_BRANCH = "佛山分公司政企行业拓展党支部"
DEMO_GROUP = "NET-13"
DEMO_EXPERT = "E220"
DEMO_LEADER = "E218"
WEEKS_BACK, WEEKS_AHEAD = 6, 8
ROLES = {"团长": MemberRole.LEADER, "副团长": MemberRole.DEPUTY, "成员": MemberRole.MEMBER}

# Person away, deputy, first day and day of return counted from today. E219 leaves her duties to the demo's expert;
# E015's deputy is away herself, so that the chain ends at E017.
LEAVES = [
    ("E219", "E220", -1, 4, "参加集团培训"),
    ("E015", "E016", -2, 3, "年休假"),
    ("E016", "E017", -1, 2, "外出学习"),
    ("E099", "E100", -20, -12, "年休假"),
    ("E130", "E131", 6, 13, "出差"),
]  # fmt: skip


@dataclass
class _Crowd:
    """The people made so far, with what each will need: her unit, posts and the user name of her account."""

    campaign: Campaign
    places: Places
    persons: list[Person] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    usernames: dict[str, str] = field(default_factory=dict)

    def add(self, code: str, name: str, unit: Unit, *, post: str, phone: int, mail: str) -> Person:
        person = Person(
            code=code,
            name=name,
            sort_key=sort_key(name, person=True),
            unit=unit,
            post=post,
            phone=f"1540000{phone:04d}",
            email=f"{mail}@example.com",
        )
        self.persons.append(person)
        return person

    def post(self, person: Person, role: PostingRole, title: str = "", **place: object) -> None:
        self.postings.append(Posting(person=person, role=role, title=title, since=self.campaign.starts_on, **place))


def demo_accounts() -> dict[str, str]:
    """User name → name of the person, of the eight accounts with the password of the README."""
    found = Person.objects.filter(user__username__in=[role.value for role in PostingRole] + ["expert", "leader"])
    names = {person.user.username: person.name for person in found.select_related("user") if person.user}
    order = ["requester", "expert", "leader", "liaison", "clerk", "coordinator", "viewer", "auditor"]
    return {username: names[username] for username in order if username in names}


@transaction.atomic
def load_people(*, at: datetime, progress: Progress) -> Campaign:
    """Fills an empty directory. Side effects: journal `directory_loaded`. NotNow: there is a campaign already."""
    if Campaign.objects.exists():
        raise NotNow("directory_not_empty")
    on = timezone.localdate(at)
    progress("people", 0, 5)
    campaign = _campaign(on)
    places = load_places(campaign, on=on)
    progress("people", 1, 5)
    crowd = _Crowd(campaign, places)
    _experts(crowd)
    _others(crowd)
    progress("people", 2, 5)
    _accounts(crowd, at)
    persons = {person.code: person for person in Person.objects.bulk_create(crowd.persons, batch_size=200)}
    Posting.objects.bulk_create(crowd.postings, batch_size=200)
    progress("people", 3, 5)
    seats = _seats(crowd, persons)
    _duties(crowd, persons, seats, on)
    progress("people", 4, 5)
    Leave.objects.bulk_create(
        Leave(
            person=persons[away],
            deputy=persons[deputy],
            since=on + timedelta(days=first),
            until=on + timedelta(days=back),
            reason=reason,
        )
        for away, deputy, first, back, reason in LEAVES
    )
    _policy(campaign, persons["D01"])
    journal.record(
        "directory_loaded",
        campaign,
        by=None,
        at=at,
        label=campaign.name,
        persons=len(persons),
        groups=len(places.groups),
        branches=len(places.branches),
    )
    progress("people", 5, 5)
    return campaign


def _campaign(on: date) -> Campaign:
    """The campaign of this year, with room before for what the plays tell and after for their due dates."""
    told = data("campaign")
    return Campaign.objects.create(
        name=told["name"].format(year=on.year),
        short_name=told["short_name"].format(year=on.year),
        basis=told["basis"],
        starts_on=min(date(on.year, 1, 1), on - timedelta(days=200)),
        ends_on=max(date(on.year, 12, 31), on + timedelta(days=60)),
        is_current=True,
    )


def _policy(campaign: Campaign, author: Person) -> None:
    start = timezone.make_aware(datetime.combine(campaign.starts_on, datetime.min.time()))
    ClockPolicy.objects.create(campaign=campaign, version=1, table=default_clocks(), at=start, by=author)


def _experts(crowd: _Crowd) -> None:
    """The people of experts.yaml. Their main line of work is made of a speciality and words of their group."""
    words = {row["id"]: row["keywords"] for row in data("groups")["groups"]}
    posts = data("campaign")["expert_posts"]
    for index, row in enumerate(data("experts")["experts"]):
        person = crowd.add(
            row["id"],
            row["name"],
            crowd.places.unit(row["unit"]),
            post="",
            phone=index + 1,
            mail=row["email"].split("@")[0],
        )
        keywords = words[row["group"]]
        person.phone, person.email, person.level = row["phone"], row["email"], "省级"
        person.post = {"团长": "部门副总经理", "副团长": "室经理"}.get(row["role"], posts[index % len(posts)])
        person.specialities = row["speciality"]
        person.focus = (
            f"{keywords[index % len(keywords)]}、{keywords[(index + 3) % len(keywords)]}方向的{row['speciality']}"
        )
        person.staff_no = f"HZ{10001 + index}"
    crowd.usernames |= {DEMO_EXPERT: "expert", DEMO_LEADER: "leader"}


def _names() -> Iterator[str]:
    """Invented names, none of them an expert's, none twice."""
    told = data("campaign")
    every = [a + b + c for a in told["surnames"] for b in told["first"] for c in told["second"]]
    taken = {row["name"] for row in data("experts")["experts"]}
    random.Random(SEED).shuffle(every)
    return (name for name in every if name not in taken)


def _others(crowd: _Crowd) -> None:
    """A secretary for every branch, a contact too where a problem names the branch; clerks, liaisons, head office."""
    names, places = _names(), crowd.places
    named = {problem["branch"] for problem in data("problems")["problems"]}
    for index, branch in enumerate(places.branches.values(), start=1):
        secretary = _asker(crowd, f"R{index:03d}", next(names), branch, "党支部书记", 1000 + index)
        if branch.name == DEMO_BRANCH:
            crowd.usernames[secretary.code] = "requester"
        if branch.name in named:
            _asker(crowd, f"R{500 + index:03d}", next(names), branch, "问诊联系人", 1500 + index)
    for index, unit in enumerate(places.units.values(), start=1):
        clerk = crowd.add(
            f"C{index:02d}", next(names), unit, post="综合员", phone=2000 + index, mail=f"clerk{index:02d}"
        )
        crowd.post(clerk, PostingRole.CLERK, unit=unit)
        if unit.name == "佛山分公司":
            crowd.usernames[clerk.code] = "clerk"
    _head_office(crowd, names)
    for index, domain in enumerate(places.domains.values(), start=1):
        if not domain.has_listed_liaison:
            continue
        liaison = crowd.add(
            f"J{index:02d}",
            next(names),
            domain.lead_unit,
            post="领域接口人",
            phone=2100 + index,
            mail=f"liaison{index:02d}",
        )
        crowd.post(liaison, PostingRole.LIAISON, domain=domain)
        if DEMO_GROUP.startswith(domain.code):
            crowd.usernames[liaison.code] = "liaison"


def _asker(crowd: _Crowd, code: str, name: str, branch: Branch, title: str, phone: int) -> Person:
    person = crowd.add(code, name, branch.unit, post=title, phone=phone, mail=f"branch{phone}")
    crowd.post(person, PostingRole.REQUESTER, title, branch=branch)
    return person


def _head_office(crowd: _Crowd, names: Iterator[str]) -> None:
    """Three coordinators; the second is liaison of the domains whose liaison the notice does not list. Two leaders, one auditor."""
    units = crowd.places.units
    for index in (1, 2, 3):
        person = crowd.add(
            f"D{index:02d}",
            next(names),
            units[DESK_UNIT],
            post="专家会诊工作专班",
            phone=2200 + index,
            mail=f"desk{index:02d}",
        )
        crowd.post(person, PostingRole.COORDINATOR, "导诊台")
        if index == 2:
            for domain in crowd.places.domains.values():
                if not domain.has_listed_liaison:
                    crowd.post(person, PostingRole.LIAISON, domain=domain)
    for index, post in enumerate(data("campaign")["viewers"], start=1):
        person = crowd.add(
            f"V{index:02d}", next(names), units["综合部"], post=post, phone=2300 + index, mail=f"viewer{index:02d}"
        )
        crowd.post(person, PostingRole.VIEWER)
    person = crowd.add("A01", next(names), units["内审部"], post="审计主管", phone=2401, mail="auditor01")
    crowd.post(person, PostingRole.AUDITOR)
    crowd.usernames |= {"D01": "coordinator", "V01": "viewer", "A01": "auditor"}


def _accounts(crowd: _Crowd, at: datetime) -> None:
    """One account each. The password of the demo is hashed once: eight times argon2 would be most of the loading."""
    known = make_password(DEMO_PASSWORD)
    users = [
        User(
            username=crowd.usernames.get(person.code, person.code.lower()),
            name=person.name,
            password=known if person.code in crowd.usernames else make_password(None),
            is_demo=True,
            created_at=at,
        )
        for person in crowd.persons
    ]
    for person, user in zip(crowd.persons, User.objects.bulk_create(users, batch_size=200), strict=True):
        person.user = user


def _seats(crowd: _Crowd, persons: dict[str, Person]) -> dict[str, list[Person]]:
    """Memberships since the campaign began, and one who was elsewhere before. Returns group → its people in file order."""
    start = crowd.campaign.starts_on
    seats: dict[str, list[Person]] = {code: [] for code in crowd.places.groups}
    rows = []
    for row in data("experts")["experts"]:
        person, group = persons[row["id"]], crowd.places.groups[row["group"]]
        seats[row["group"]].append(person)
        since = start + timedelta(days=90) if row["id"] == "E224" else start
        rows.append(Membership(group=group, person=person, role=ROLES[row["role"]], since=since))
    earlier = crowd.places.groups["NET-01"]
    rows.append(Membership(group=earlier, person=persons["E224"], since=start, until=start + timedelta(days=90)))
    Membership.objects.bulk_create(rows, batch_size=200)
    return seats


def _duties(crowd: _Crowd, persons: dict[str, Person], seats: dict[str, list[Person]], on: date) -> None:
    """Everybody of a group takes weeks in turn; the demo's expert has this one. Coordinators take turns at the desk."""
    this = monday_of(on)
    weeks = [(shift, this + timedelta(weeks=shift)) for shift in range(-WEEKS_BACK, WEEKS_AHEAD + 1)]
    rows = [Duty(person=persons[f"D{shift % 3 + 1:02d}"], week=week) for shift, week in weeks]
    for code, people in seats.items():
        first = people.index(persons[DEMO_EXPERT]) if code == DEMO_GROUP else 2
        rows += [
            Duty(group=crowd.places.groups[code], person=people[(first + shift) % len(people)], week=week)
            for shift, week in weeks
        ]
    Duty.objects.bulk_create(rows, batch_size=400)
