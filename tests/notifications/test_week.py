"""Must hold 2: a simulated week with 300 cases gives exactly the expected messages, and nothing leaves outside working time but 特急.

The week is that of 2026-10-07: the last day of the National Day holiday, two working days, a make-up Saturday, a free Sunday, two working
days. What is expected is counted here by half hours over a written list of days, with none of the product's arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from huizhen.cases.jobs import sweep
from huizhen.directory.actions import record_leave
from huizhen.directory.models import Person
from huizhen.notifications import jobs
from huizhen.notifications.actions.deliveries import doubt
from huizhen.notifications.channels import CHANNELS, Envelope
from huizhen.notifications.models import Delivery, Message
from huizhen.notifications.queries.deliveries import lanes
from huizhen.worktime.queries import calendar
from tests.cast import Cast

ZONE = ZoneInfo("Asia/Shanghai")
HALF_HOUR = timedelta(minutes=30)
WORKING_DAYS = ("2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15",
                "2026-10-16", "2026-10-19", "2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23", "2026-10-26")  # fmt: skip
HALF_HOURS = ("08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30",
              "14:00", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00")  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


OFFICE = [at(f"{day} {begin}") for day in WORKING_DAYS for begin in HALF_HOURS]
"""The beginning of every working half hour."""
FIRST, LAST = at("2026-10-07 00:00"), at("2026-10-13 23:30")
DAY = 14
# Half hours of working time: first contact, consultation, prescription (product.md 3.4). 特急 has 30 minutes for the first contact.
CLOCKS = {
    "normal": {"first_contact": 8, "session": 3 * DAY, "prescription": 5 * DAY},
    "urgent": {"first_contact": 4, "session": DAY, "prescription": 2 * DAY},
    "critical": {"first_contact": 1, "session": 8, "prescription": DAY},
}
STEPS = ("clock_half", "clock_late", "clock_late_1", "clock_late_3")
MAIL = {"assigned", "deadline", "escalation", "complaint", "digest"}
RANK = ("assigned", "deadline", "escalation", "complaint", "progress")
AWAY = {"leader": ("mate", date(2026, 10, 8), date(2026, 10, 10))}
"""The leader is away on the two days before the make-up Saturday, and her deputy hears with her."""

Line = tuple[datetime, str, str, str, str]
"""When, to whom, about which case, what, as which kind."""


def used_up(start: datetime, half_hours: float) -> datetime:
    """When so much working time has gone by; what ends inside a half hour is noticed at its end."""
    to_come = [begin for begin in OFFICE if begin >= start]
    return to_come[ceil(half_hours) - 1] + HALF_HOUR


def open_from(moment: datetime) -> datetime:
    return next(begin for begin in OFFICE if begin >= moment)


def plan() -> list[tuple[datetime, str, bool, datetime | None]]:
    """300 registrations: when, how urgent, whether of the network group, when the branch withdraws it again."""
    found: list[tuple[datetime, str, bool, datetime | None]] = []
    kept = ("10-07 20:00", "10-08 09:00", "10-08 13:00", "10-09 16:30", "10-10 10:00", "10-11 11:00")
    for n, day in enumerate(kept):
        for urgency in ("normal", "urgent", "critical", "normal"):
            found.append((at(f"2026-{day}"), urgency, n % 2 == 0, None))
    soon = (
        "10-07 08:00",
        "10-07 23:30",
        "10-08 08:30",
        "10-09 11:30",
        "10-10 16:00",
        "10-11 00:00",
        "10-12 09:00",
        "10-12 12:00",
    )
    for n in range(60):
        moment = at(f"2026-{soon[n % len(soon)]}")
        found.append((moment, ("normal", "urgent")[n % 2], n % 3 == 0, moment + HALF_HOUR))
    for n in range(216):
        urgency = "critical" if n % 36 == 0 else "normal"
        found.append((at("2026-10-13 18:00") + (n % 11) * HALF_HOUR, urgency, n % 4 == 0, None))
    return sorted(found, key=lambda row: (row[0], row[1], row[2], row[3] is None))


def moments(planned: Iterable[datetime]) -> list[datetime]:
    """When the jobs run: every half hour from eight to six on working days, now and then by night, and whenever somebody acts."""
    acts = {moment + delay for moment in planned for delay in (timedelta(0), HALF_HOUR)}
    nights = {FIRST + n * timedelta(hours=3) for n in range(7 * 8)}
    office = {begin + delay for begin in OFFICE for delay in (-HALF_HOUR, timedelta(0), HALF_HOUR)}
    return sorted(moment for moment in acts | nights | office | {LAST} if FIRST <= moment <= LAST)


def people(is_network: bool) -> dict[str, str]:
    if is_network:
        return {"holder": "expert", "leader": "leader", "liaison": "liaison"}
    return {"holder": "other_expert", "leader": "other_leader", "liaison": "other_liaison"}


def expected(cases: list[tuple[str, datetime, str, bool, datetime | None]]) -> list[Line]:
    """Every message of the week, counted by hand."""
    lines: list[Line] = []
    for code, start, urgency, is_network, end in cases:
        who = people(is_network)
        for moment, verb in ((start, "register"), (end, "withdraw")):
            if moment is not None:
                parts = {who["holder"]: "assigned", who["leader"]: "progress", "second": "progress"}
                lines += [
                    line for person, kind in parts.items() for line in told(moment, code, person, [Heard(verb, kind)])
                ]
        if end is None:
            lines += ladder(code, start, urgency, who)
    # The Monday of the holiday week is free: its digest comes with the first working moment.
    for day in ("2026-10-08", "2026-10-12"):
        lines += [(at(f"{day} 08:30"), person, "", "digest", "digest") for person in ("leader", "other_leader")]
    return sorted(lines)


@dataclass(frozen=True)
class Heard:
    """What a person hears of one case at one moment; `spent` and `clock` of a step of the ladder."""

    verb: str
    kind: str
    spent: float = 0
    clock: str = ""


def ladder(code: str, start: datetime, urgency: str, who: dict[str, str]) -> list[Line]:
    """Who must act hears every step; the leader the end, the liaison one day later, head office three days later."""
    heard: dict[tuple[datetime, str], list[Heard]] = defaultdict(list)
    for clock, amount in CLOCKS[urgency].items():
        for step, spent in zip(STEPS, (amount / 2, amount, amount + DAY, amount + 3 * DAY), strict=True):
            moment = used_up(start, spent)
            if moment > LAST:
                continue
            heard[moment, who["holder"]].append(Heard(step, "deadline", spent, clock))
            if step == "clock_late_1":  # and a talk is suggested to the leader
                heard[moment, who["leader"]].append(Heard("flag_raised", "complaint", spent, f"{clock} flag"))
            above = {"clock_late": who["leader"], "clock_late_1": who["liaison"], "clock_late_3": "coordinator"}
            if step in above:
                heard[moment, above[step]].append(Heard(step, "escalation", spent, clock))
    return [line for (moment, person), parts in heard.items() for line in told(moment, code, person, parts)]


def told(moment: datetime, code: str, person: str, heard: list[Heard]) -> list[Line]:
    """One message, from the weightiest kind, among equals the latest; somebody away hears it together with her deputy.

    Of one clock only the last step counts.
    """
    last = {one.clock: one for one in sorted(heard, key=lambda one: one.spent)}
    first = min(last.values(), key=lambda one: (RANK.index(one.kind), -one.spent, [-ord(char) for char in one.clock]))
    lines = [(moment, person, code, first.verb, first.kind)]
    deputy, since, until = AWAY.get(person, ("", date.max, date.max))
    if since <= moment.astimezone(ZONE).date() < until:
        lines.append((moment, deputy, code, first.verb, first.kind))
    return lines


class Post:
    """Notes what leaves, and when."""

    name, label = "mail", "邮件"

    def __init__(self) -> None:
        self.now = FIRST
        self.left: list[tuple[datetime, str, str]] = []

    def send(self, envelope: Envelope) -> None:
        self.left.append((self.now, envelope.to.removesuffix("@example.com"), envelope.key))


def test_a_week_gives_exactly_the_expected_messages(
    cast: Cast, unlimited: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post()
    monkeypatch.setattr(jobs, "CHANNELS", {**CHANNELS, "mail": post})
    monkeypatch.setattr(jobs, "_elapsed", lambda begun: timedelta(0))
    Person.objects.filter(code__startswith="other_").update(email="")
    todo: dict[datetime, list[Any]] = defaultdict(list)
    cases: list[tuple[str, datetime, str, bool, datetime | None]] = []
    for row in plan():
        todo[row[0]].append(row)
    assert len(plan()) == 300
    ending: dict[datetime, list[Any]] = defaultdict(list)
    with time_machine.travel(FIRST, tick=False) as clock:
        deputy, since, until = AWAY["leader"]
        record_leave(
            cast.person("leader"), deputy=cast.person(deputy), since=since, until=until, by=cast.leader, at=FIRST
        )
        for now in moments(todo):
            clock.move_to(now)
            post.now = now
            for case in ending.pop(now, ()):
                cast.take(case, "withdraw", "requester", now, reason="已经自己解决")
            for start, urgency, is_network, end in todo.pop(now, ()):
                reason = "" if urgency == "normal" else "影响面大"
                holder = people(is_network)["holder"]
                case = cast.register(at=start, urgency=urgency, urgency_reason=reason, group="", person=holder)
                cases.append((case.code, start, urgency, is_network, end))
                if end is not None:
                    ending[end].append(case)
            sweep(now)
            jobs.digest(now)
            jobs.drain(now)
            assert doubt(at=now) == 0
            for lane in lanes(at=now, is_open=calendar().is_open(now)):
                jobs.run_lane(lane, now, most=1000)
    assert not todo
    assert not ending

    messages = Message.objects.exclude(verb="leave_recorded").select_related("person")
    found = sorted((one.at, one.person.code, one.target_label, one.verb, str(one.event)) for one in messages)
    wanted = expected(cases)
    assert (sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))) == ([], [])
    assert found == wanted

    # What left: each wanted message of who has an address, at once if 特急, else with the next working half hour.
    urgent = {code for code, _start, urgency, _network, _end in cases if urgency == "critical"}
    leaves = [
        (moment if code in urgent and verb != "flag_raised" else open_from(moment), person)
        for moment, person, code, verb, kind in wanted
        if kind in MAIL and not person.startswith("other_")
    ]
    noted = {str(one.key): one for one in Delivery.objects.select_related("message")}
    left = [
        (moment, to) for moment, to, key in post.left if noted[key].verb != "leave_recorded"
    ]  # the deputy's own notice of the leave is not of the week's cases
    assert sorted(left) == sorted(one for one in leaves if one[0] <= LAST)
    outside = [key for moment, _to, key in post.left if moment not in OFFICE]
    assert outside
    assert {noted[key].message.target_label for key in outside} <= urgent
    assert len({key for _moment, _to, key in post.left}) == len(post.left)
    held = Delivery.objects.filter(state="waiting")
    assert {one.not_before for one in held} == {at("2026-10-14 08:30")}
    assert Delivery.objects.exclude(state__in=["waiting", "sent"]).count() == 0
    print(
        f"{len(cases)} cases, {len(found)} messages, {len(post.left)} mails, {len(outside)} of them outside working time"
    )
