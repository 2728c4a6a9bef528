"""Several workers at once: messages once, deliveries to an endpoint one at a time, a digest once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from huizhen.journal.models import Outbox
from huizhen.notifications import jobs
from huizhen.notifications.actions import add_endpoint, messages
from huizhen.notifications.channels import CHANNELS
from huizhen.notifications.models import Delivery, Message
from tests.cast import MONDAY, Cast
from tests.notifications.test_deliveries import Stub
from tests.racing import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_messages_are_written_once_by_workers_that_are_killed_and_come_again(
    cast: Cast, unlimited: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three workers, each broken off before its commit every now and then; whoever lost its lease writes nothing."""
    with time_machine.travel(MONDAY, tick=False):
        for _ in range(12):
            cast.contacted(person="expert", group="")
    expected = Counter({"expert": 12, "leader": 12, "second": 24, "requester": 12})
    dice, write, broken = random.Random(7), messages._write, []

    def killed(plan: messages.Plan) -> None:
        write(plan)
        if len(broken) < 5 and dice.random() < 0.7:
            broken.append(1)
            raise RuntimeError("killed before commit")

    monkeypatch.setattr(messages, "_write", killed)
    with time_machine.travel(MONDAY, tick=True):
        for minutes in range(0, 60, 3):  # each time the leases of those killed have run out
            moment = MONDAY + timedelta(minutes=minutes)
            together(*[lambda moment=moment: jobs.drain(moment) for _ in range(3)])
            if not Outbox.objects.filter(reader="notifications", done_at=None).exists():
                break

    assert len(broken) == 5
    assert Outbox.objects.filter(reader="notifications", done_at=None).count() == 0
    assert Counter(Message.objects.values_list("person__code", flat=True)) == expected
    assert Delivery.objects.filter(message__person__code="expert").count() == 12


def test_an_endpoint_gets_one_at_a_time_and_each_delivery_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [], []

    class Narrow(Stub):
        def send(self, envelope) -> None:  # type: ignore[no-untyped-def]
            inside.append(1)
            most.append(len(inside))
            super().send(envelope)
            inside.pop()

    robot, post = Narrow(), Stub()
    names = {**CHANNELS, "wecom": robot, "mail": post}
    monkeypatch.setattr(jobs, "CHANNELS", names)
    monkeypatch.setattr("huizhen.notifications.actions.endpoints.CHANNELS", names)
    with time_machine.travel(MONDAY, tick=True):
        add_endpoint(
            kind="wecom", name="群", address="https://robot.example/key", place=cast.group, by=cast.leader, at=MONDAY
        )
        for _ in range(10):
            cast.register(at=MONDAY)
        jobs.drain(MONDAY)
        together(*[lambda: jobs.deliver(MONDAY) for _ in range(3)])
        jobs.deliver(MONDAY)

    assert max(most) == 1
    assert Counter(one.key for one in robot.seen).most_common(1)[0][1] == 1
    assert (len(robot.seen), len(post.seen)) == (10, 10)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_digest_comes_once_from_three_workers(cast: Cast) -> None:
    monday = MONDAY + timedelta(days=7)
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        cast.register(at=MONDAY + timedelta(days=3))
        cast.register(at=MONDAY + timedelta(days=3), group=cast.other_group.code)
    together(*[lambda: jobs.digest(monday) for _ in range(3)])

    assert sorted(Message.objects.filter(verb="digest").values_list("person__code", flat=True)) == [
        "leader", "other_leader",
    ]  # fmt: skip
    assert Delivery.objects.filter(event="digest").count() == 2
