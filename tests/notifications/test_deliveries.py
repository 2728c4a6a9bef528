"""What leaves the house: when, how often it is tried, with which id, and what the coordinator is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from huizhen.lib.errors import Fault, Invalid, NotAllowed
from huizhen.notifications import jobs
from huizhen.notifications.actions import (
    add_endpoint,
    change_endpoint,
    choose,
    deliveries,
    send_again,
    settle,
    stop_endpoint,
)
from huizhen.notifications.channels import CHANNELS, Envelope, Permanent, Temporary
from huizhen.notifications.models import Delivery, Endpoint
from huizhen.notifications.queries import log_of, troubles, wishes
from huizhen.notifications.queries.deliveries import in_trouble, lanes, oldest_waiting, waiting
from tests.cast import MONDAY, Cast

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EVENING = MONDAY + 11 * HOUR  # 20:00 in Shanghai
TUESDAY_OPENS = MONDAY + timedelta(hours=23, minutes=30)  # 8:30


@dataclass
class Stub:
    """A channel that notes what it is given, and does what the test says: an exception to raise, or something to do."""

    name: str = "wecom"
    label: str = "机器人"
    acts: list[Any] = field(default_factory=list)
    seen: list[Envelope] = field(default_factory=list)

    def check(self, address: str, secret: str) -> list[Fault]:
        return [] if address.startswith("https://") else [Fault("address_form", column="address")]

    def send(self, envelope: Envelope) -> None:
        self.seen.append(envelope)
        act = self.acts.pop(0) if self.acts else None
        if isinstance(act, BaseException):
            raise act
        if act is not None:
            act()


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    found = Stub()
    names = {**CHANNELS, "wecom": found, "dingtalk": found}
    monkeypatch.setattr(jobs, "CHANNELS", names)
    monkeypatch.setattr("huizhen.notifications.actions.endpoints.CHANNELS", names)
    return found


@pytest.fixture
def robot(cast: Cast, stub: Stub, clock: object) -> Endpoint:
    """The robot of the network group's chat."""
    return add_endpoint(
        kind="wecom", name="网络团群", address="https://robot.example/key", place=cast.group, by=cast.leader, at=MONDAY
    )


@pytest.fixture
def sendings(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> Callable[[datetime], dict[str, int]]:
    """Everything that is due at a moment, sent lane by lane in this thread, in no time."""
    monkeypatch.setattr(jobs, "_elapsed", lambda begun: timedelta(0))

    def send(at: datetime) -> dict[str, int]:
        clock.move_to(at)
        jobs.drain(at)
        done = jobs.Counter({"doubtful": deliveries.doubt(at=at)})
        for lane in lanes(at=at, is_open=jobs.calendar().is_open(at)):
            done.update(jobs.run_lane(lane, at))
        return {name: n for name, n in done.items() if n}

    return send


def test_mail_goes_to_whom_it_concerns_in_her_language(cast: Cast, sendings: Callable) -> None:
    cast.expert.language = "en"
    cast.expert.save()
    case = cast.register()

    assert sendings(MONDAY) == {"sent": 1}

    [letter] = mail.outbox
    assert letter.to == ["expert@example.com"]
    assert letter.subject == f"[Huizhen] A new case is yours; you are its first responder {case.code}"
    assert f"{case.code} 宿舍晚高峰小区负荷超限" in letter.body
    assert "154" not in letter.body
    assert sendings(MONDAY + HOUR) == {}


def test_sensitive_case_leaves_by_code_alone_and_to_no_robot(
    cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub
) -> None:
    case = cast.contacted()
    cast.take(case, "mark_sensitive", "leader", MONDAY, reason="涉及人员")
    cast.take(case, "ask_on", "requester", MONDAY, text="什么时候来？")
    sendings(MONDAY + HOUR)

    assert stub.seen == []
    letter = next(one for one in mail.outbox if "续问" in one.subject)
    assert case.code in letter.body
    assert "负荷" not in letter.body + letter.subject


def test_quiet_hours_hold_everything_but_critical(cast: Cast, sendings: Callable, clock: Any) -> None:
    clock.move_to(EVENING)
    cast.register(at=EVENING)
    urgent = cast.register(at=EVENING, urgency="critical", urgency_reason="全省中断")
    assert sendings(EVENING) == {"sent": 1}
    assert urgent.code in mail.outbox[0].subject

    held = Delivery.objects.get(state="waiting")
    assert held.not_before == TUESDAY_OPENS
    assert sendings(TUESDAY_OPENS - MINUTE) == {}
    assert sendings(TUESDAY_OPENS) == {"sent": 1}


def test_a_worker_that_was_away_does_not_send_what_was_due_by_day_at_night(cast: Cast, sendings: Callable) -> None:
    cast.register()
    jobs.drain(MONDAY)

    assert sendings(EVENING) == {}
    assert sendings(TUESDAY_OPENS) == {"sent": 1}


def test_preferences_turn_mail_off_and_on(cast: Cast, sendings: Callable) -> None:
    choose(cast.person("expert"), wanted={("assigned", "mail"): False}, by=cast.expert, at=MONDAY)
    choose(cast.person("leader"), wanted={("progress", "mail"): True}, digest_day="off", by=cast.leader, at=MONDAY)
    cast.register()
    sendings(MONDAY)

    assert [letter.to for letter in mail.outbox] == [["leader@example.com"]]
    page = wishes(cast.person("leader"))
    assert page.digest_day == "off"
    assert [row.event for row in page.rows for wish in row.wishes if not wish.is_default] == ["progress"]
    choose(cast.person("leader"), wanted={("progress", "mail"): False}, by=cast.leader, at=MONDAY)
    assert all(wish.is_default for row in wishes(cast.person("leader")).rows for wish in row.wishes)
    with pytest.raises(Invalid):
        choose(cast.person("leader"), wanted={("progress", "wecom"): True}, by=cast.leader, at=MONDAY)


def test_robot_hears_of_its_group_once_for_each_transaction(
    cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub
) -> None:
    case = cast.register()
    cast.register(group=cast.other_group.code)
    sendings(MONDAY)

    [envelope] = stub.seen
    assert (envelope.to, envelope.event, envelope.key) == (
        robot.address,
        "assigned",
        str(Delivery.objects.get(endpoint=robot).key),
    )
    assert case.code in envelope.subject
    assert [row.to for row in log_of(robot).rows] == ["网络团群"]


def test_robot_hears_only_what_it_wants(cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub) -> None:
    change_endpoint(robot, events=["transfer"], by=cast.leader, at=MONDAY)
    case = cast.contacted()
    cast.take(case, "propose_transfer", "expert", MONDAY + HOUR, group=cast.other_group.code, reason="属于财务")
    sendings(MONDAY + HOUR)

    assert [one.event for one in stub.seen] == ["transfer"]


def test_temporary_failures_come_again_later_with_the_same_id_and_end(
    cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub
) -> None:
    stub.acts = [Temporary(f"status {500 + n}") for n in range(20)]
    cast.register(urgency="critical", urgency_reason="全省中断")
    at, waits = MONDAY, []
    for _ in range(8):
        sendings(at)
        row = Delivery.objects.get(endpoint=robot)
        waits.append((row.not_before - at) / MINUTE if row.state == "waiting" else None)
        at = max(row.not_before, Endpoint.objects.get().resting_until or at)

    assert waits == [1, 5, 15, 60, 240, 240, 240, None]
    assert (row.state, row.attempts, row.last_error) == ("failed", 8, "status 507")
    assert {one.key for one in stub.seen} == {str(row.key)}
    assert [one.error for one in troubles().rows] == ["status 507"]


def test_backoff_waits_for_working_time(cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub) -> None:
    stub.acts = [Temporary("timeout")]
    cast.register()
    sendings(MONDAY + timedelta(hours=2, minutes=59, seconds=30))  # half a minute before noon

    assert timezone.localtime(Delivery.objects.get(endpoint=robot).not_before).hour == 14


def test_permanent_failure_stops_and_is_shown_to_the_coordinator(
    cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub
) -> None:
    stub.acts = [Permanent("code 93000")]
    cast.register()
    sendings(MONDAY)

    row = Delivery.objects.get(endpoint=robot)
    assert (row.state, row.attempts) == ("failed", 1)
    assert in_trouble(MONDAY) == 1
    with pytest.raises(NotAllowed):
        send_again(row, by=cast.leader, at=MONDAY)
    assert send_again(row, by=cast.coordinator, at=MONDAY)
    assert sendings(MONDAY + MINUTE) == {"sent": 1}
    assert troubles().rows == ()
    assert not settle(row, by=cast.coordinator, at=MONDAY)


def test_a_failure_can_be_put_aside(cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub) -> None:
    stub.acts = [ValueError("nonsense nobody expected"), Permanent("gone")]
    cast.register()
    sendings(MONDAY)
    assert Delivery.objects.get(endpoint=robot).last_error == "ValueError"
    sendings(MONDAY + MINUTE)

    assert settle(Delivery.objects.get(endpoint=robot), by=cast.coordinator, at=MONDAY)
    assert troubles().rows == ()


def test_endpoint_in_trouble_rests_then_one_tries(cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub) -> None:
    stub.acts = [Temporary("timeout")] * 3
    for _ in range(5):
        cast.register()
    at = MONDAY
    for _ in range(3):
        sendings(at)
        at += MINUTE
    robot.refresh_from_db()
    assert robot.failures == 3
    assert robot.resting_until == MONDAY + 7 * MINUTE
    assert "wecom" not in {lane.kind for lane in lanes(at=at, is_open=True) if lane}
    assert len(stub.seen) == 3

    assert sendings(MONDAY + 8 * MINUTE)["sent"] >= 4
    robot.refresh_from_db()
    assert (robot.failures, robot.resting_until) == (0, None)


def test_killed_between_send_and_record_is_doubtful_and_sent_once_more(
    cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub
) -> None:
    stub.acts = [SystemExit(), None]
    cast.register()
    with pytest.raises(SystemExit):
        sendings(MONDAY)
    row = Delivery.objects.get(endpoint=robot)
    assert row.state == "sending"
    assert sendings(MONDAY + MINUTE) == {}, "the lease still runs"

    assert sendings(MONDAY + 2 * MINUTE) == {"doubtful": 1, "sent": 1}
    row.refresh_from_db()
    assert (row.state, row.is_doubtful, row.attempts) == ("sent", True, 2)
    assert [one.key for one in stub.seen] == [str(row.key)] * 2


def test_killed_twice_stays_doubtful_and_is_shown(cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub) -> None:
    stub.acts = [SystemExit(), SystemExit()]
    cast.register()
    for minute in (0, 2):
        with pytest.raises(SystemExit):
            sendings(MONDAY + minute * MINUTE)
    sendings(MONDAY + 4 * MINUTE)

    assert Delivery.objects.get(endpoint=robot).state == "doubtful"
    assert [str(one.state_words) for one in troubles().rows] == ["可能已送达"]
    assert sendings(MONDAY + HOUR) == {}


def test_who_lost_the_lease_records_nothing(cast: Cast, robot: Endpoint, stub: Stub) -> None:
    cast.register()
    jobs.drain(MONDAY)
    first = deliveries.claim(robot, by="slow", at=MONDAY, is_open=True)
    assert first is not None
    assert deliveries.claim(robot, by="other", at=MONDAY, is_open=True) is None, "one under way for an endpoint"
    deliveries.doubt(at=MONDAY + deliveries.LEASE)
    assert not deliveries.record_sent(first, by="slow", at=MONDAY)
    assert not deliveries.record_failure(first, "late", by="slow", at=MONDAY, is_permanent=True)
    assert Delivery.objects.get(pk=first.pk).state == "waiting"


def test_stopped_endpoint_sends_nothing_more(cast: Cast, sendings: Callable, robot: Endpoint, stub: Stub) -> None:
    cast.register()
    jobs.drain(MONDAY)
    stop_endpoint(robot, by=cast.coordinator, at=MONDAY)
    cast.register()
    sendings(MONDAY)

    assert stub.seen == []
    assert troubles().rows == ()
    assert (waiting(MONDAY), oldest_waiting(MONDAY)) == (0.0, 0.0)


def test_endpoint_is_kept_by_its_leader_or_head_office(cast: Cast, stub: Stub, clock: object) -> None:
    def add(by: str, place: Any, **changes: Any) -> Endpoint:
        facts = {"kind": "wecom", "name": "群", "address": "https://robot.example/key"} | changes
        return add_endpoint(**facts, place=place, by=cast.users[by], at=MONDAY)

    assert add("leader", cast.group).scope == "group"
    assert add("liaison", cast.group.domain).scope == "domain"
    assert add("clerk", cast.branch.unit).scope == "unit"
    assert add("coordinator", None).scope == "all"
    for by, place in (("leader", cast.other_group), ("expert", cast.group), ("leader", None), ("viewer", None)):
        with pytest.raises(NotAllowed):
            add(by, place)
    for changes in ({"address": "http://x"}, {"name": " "}, {"kind": "mail"}, {"events": ["x"]}, {"language": "fr"}):
        with pytest.raises(Invalid):
            add("coordinator", None, **changes)


def test_gauges_tell_what_waits(cast: Cast, clock: Any, robot: Endpoint) -> None:
    cast.register()
    jobs.drain(MONDAY)

    assert waiting(MONDAY + HOUR) == 2
    assert oldest_waiting(MONDAY + HOUR) == 3600


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_hanging_endpoint_delays_nobody_else(cast: Cast, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Must hold 4, with one robot that hangs and one that answers; mail goes on as well."""
    release = threading.Event()
    slow, quick = Stub(acts=[lambda: release.wait(30)] * 3), Stub()
    monkeypatch.setattr(jobs, "CHANNELS", {**CHANNELS, "wecom": slow, "dingtalk": quick})
    monkeypatch.setattr(jobs, "LOOK_AGAIN", 0.05)
    with time_machine.travel(MONDAY, tick=True):
        for kind in ("wecom", "dingtalk"):
            add_endpoint(
                kind=kind, name=kind, address="https://robot.example/key", place=cast.group, by=cast.leader, at=MONDAY
            )
        cast.register()
        jobs.drain(MONDAY)
        run = threading.Thread(target=_closing(lambda: jobs.deliver(MONDAY)))
        run.start()
        _until(lambda: len(quick.seen) == 1 and len(mail.outbox) == 1)
        # While one hangs, what comes later still leaves.
        cast.register()
        jobs.drain(MONDAY)
        _until(lambda: len(quick.seen) == 2 and len(mail.outbox) == 2)
        assert len(slow.seen) == 1
        release.set()
        run.join(30)
    assert not run.is_alive()
    assert len(slow.seen) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def _closing(work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run


def _until(come: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
