"""Messages of the inbox: who hears, once, and only what she may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from huizhen.cases.actions import register_at_once
from huizhen.cases.models import Case, Following
from huizhen.directory.actions import record_leave
from huizhen.directory.models import Person
from huizhen.directory.queries import standing_of_person
from huizhen.journal.models import Outbox
from huizhen.notifications import jobs
from huizhen.notifications.actions import mark_all_read, mark_read, messages, undo_read
from huizhen.notifications.models import Delivery, Message
from huizhen.notifications.queries import inbox, unread, unread_words
from tests.cases.plays import PLAYS
from tests.cast import MONDAY, Cast

HOUR = timedelta(hours=1)
LATER = MONDAY + 3 * HOUR
Heard = Callable[..., list[tuple[str, str, str]]]


def titles(person: Person) -> list[str]:
    return [item.told.title for item in inbox(standing_of_person(person, on=date(2026, 3, 2))).items]


def test_registration_tells_responder_leader_and_the_other_contact(cast: Cast, heard: Heard) -> None:
    cast.register()

    assert heard() == [
        ("expert", "register", "assigned"),
        ("leader", "register", "progress"),
        ("second", "register", "progress"),
    ]


def test_nothing_is_told_twice(cast: Cast, heard: Heard) -> None:
    cast.register()
    heard()

    assert heard() == []
    assert Outbox.objects.filter(reader="notifications", done_at=None).count() == 0


def test_one_transaction_that_touches_three_assignees_gives_each_one_message(cast: Cast, heard: Heard) -> None:
    """Must hold 3."""
    with transaction.atomic():
        # not `cast.register`, which may put back what another test played, with its transaction
        first = register_at_once(cast.branch, cast.values(), by=cast.requester, at=MONDAY)
        second = cast.register(group=cast.other_group.code, title="财务共享单据退回太多")
        third = cast.register(title="另一个小区的负荷也超限")
        cast.take(first, "log_contact", "expert", MONDAY, channel="phone", learned="问清楚了")
        cast.take(second, "propose_transfer", "other_expert", MONDAY, group=cast.group.code, reason="属于网络")
        cast.take(third, "ask_on", "requester", MONDAY, text="什么时候来？")
    heard()

    told = [(one.person.code, len(one.entries)) for one in Message.objects.order_by("person__code")]
    assert told == [
        ("expert", 4), ("leader", 3), ("other_expert", 1), ("other_leader", 2), ("requester", 2), ("second", 6),
    ]  # fmt: skip
    assert Message.objects.values("txn").distinct().count() == 1
    top = Message.objects.get(person=cast.person("expert"))
    assert (top.verb, top.event, top.target_label) == ("ask_on", "awaited", third.code)


@pytest.mark.parametrize("play", sorted(PLAYS))
def test_every_play_is_told_in_both_languages(cast: Cast, heard: Heard, play: str) -> None:
    """No sentence lacks a fact, nobody hears of her own act, and each person of a transaction has one message."""
    PLAYS[play](cast)
    heard(MONDAY + timedelta(days=28))

    for language in ("zh-hans", "en"):
        with translation.override(language):
            for person in cast.people.values():
                for item in inbox(standing_of_person(person, on=date(2026, 3, 2)), limit=200).items:
                    assert item.told.title
                    assert "%(" not in item.told.title + "".join(item.told.lines)


def test_inbox_costs_the_same_for_three_as_for_thirty(cast: Cast, unlimited: None, heard: Heard) -> None:
    standing = standing_of_person(cast.person("expert"), on=date(2026, 3, 2))
    for number in range(3):
        cast.register(title=f"第 {number} 个问题请专家来看看")
    heard()
    with CaptureQueriesContext(connection) as few:
        assert len(inbox(standing).items) == 3
    for number in range(27):
        cast.register(title=f"再来 {number} 个问题请专家来看看", person="expert", group="")
    heard()
    with CaptureQueriesContext(connection) as many:
        page = inbox(standing)
    assert len(page.items) == 20
    assert len(few) == len(many) == 4
    rest = inbox(standing, before=page.before)
    assert (len(rest.items), rest.before) == (10, None)


def test_draining_costs_the_same_for_two_transactions_as_for_twenty(cast: Cast, clock: object) -> None:
    def cost(number: int) -> int:
        for _ in range(number):
            cast.register()
        with CaptureQueriesContext(connection) as context:
            jobs.drain(MONDAY + HOUR)
        return len(context)

    cost(1)
    assert cost(2) == cost(20)


def test_reading_marks_only_ones_own_and_can_be_undone(cast: Cast, heard: Heard) -> None:
    for _ in range(3):
        cast.register()
    heard()
    me, other = cast.person("expert"), cast.person("leader")
    ids = list(Message.objects.filter(person=me).order_by("pk").values_list("pk", flat=True))

    assert unread(me) == 3
    assert mark_read(other, ids, at=LATER) == 0
    assert mark_read(me, ids[:1], at=LATER) == 1
    assert mark_all_read(me, up_to=ids[1], at=LATER + HOUR) == 1
    assert unread(me) == 1
    assert undo_read(me, at=LATER + HOUR) == 1
    assert unread(me) == 2
    assert unread(other) == 3
    assert (unread_words(0), unread_words(7), unread_words(100)) == ("", "7", "99+")


def test_the_count_is_one_query_and_bounded(cast: Cast, django_assert_num_queries: Callable) -> None:
    me = cast.person("expert")
    Message.objects.bulk_create(
        Message(person=me, txn=str(n), event="system", verb="duty_set", at=MONDAY) for n in range(150)
    )
    with django_assert_num_queries(1):
        assert unread(me) == 100


def test_sensitive_case_is_told_to_participants_and_by_code_only(cast: Cast, heard: Heard) -> None:
    case = cast.contacted()
    cast.take(case, "mark_sensitive", "leader", MONDAY + HOUR, reason="涉及人员")
    Following.objects.create(case=case, person=cast.person("coordinator"), since=MONDAY)
    heard()
    cast.take(case, "diagnose", "expert", MONDAY + HOUR, findings="容量不足的问题", causes=[{"text": "小区容量不足"}])

    told = heard()

    # The coordinator follows it, but a sensitive case is closed to her.
    assert "coordinator" not in {person for person, _, _ in told}
    assert ("requester", "diagnose", "progress") in told
    item = inbox(standing_of_person(cast.person("requester"), on=date(2026, 3, 2))).items[0]
    assert item.told.about == case.code


def test_deputy_of_somebody_away_is_told_too(cast: Cast, heard: Heard) -> None:
    record_leave(
        cast.person("leader"), deputy=cast.person("mate"), since=date(2026, 3, 2), until=date(2026, 3, 5), by=cast.coordinator,
        at=MONDAY,
    )  # fmt: skip
    assert heard() == [("leader", "leave_recorded", "system"), ("mate", "leave_recorded", "assigned")]
    cast.register()

    assert heard() == [
        ("expert", "register", "assigned"),
        ("leader", "register", "progress"),
        ("mate", "register", "progress"),
        ("second", "register", "progress"),
    ]
    told = Message.objects.get(person=cast.person("mate"), verb="register")
    assert told.stands_in_for == cast.person("leader")
    items = inbox(standing_of_person(cast.person("mate"), on=date(2026, 3, 2))).items
    assert [item.stands_in for item in items] == ["代毛知南", ""]
    assert items[1].told.title == "毛知南请假期间由您代理：3月2日至3月4日"


def test_who_left_and_whose_account_is_closed_hear_nothing(cast: Cast, heard: Heard) -> None:
    Person.objects.filter(code="leader").update(left_on=date(2026, 3, 1))
    second = cast.second
    second.is_active = False
    second.save()
    cast.register()

    assert heard() == [("expert", "register", "assigned")]


def test_what_was_loaded_from_the_past_makes_no_mail(cast: Cast, clock: object) -> None:
    cast.register(at=MONDAY - timedelta(days=60))
    cast.register(at=MONDAY - timedelta(days=10))
    cast.register(at=MONDAY - timedelta(days=2))
    cast.register(at=MONDAY)

    jobs.drain(MONDAY)

    mine = Message.objects.filter(person=cast.person("expert")).order_by("pk")
    assert [one.read_at is None for one in mine] == [False, True, True]
    assert Delivery.objects.filter(message__person=cast.person("expert")).count() == 1


def test_a_broken_transaction_does_not_stop_the_others(
    cast: Cast, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = cast.register()
    cast.register()
    plan = messages.planned

    def planned(entries, **kwargs):  # type: ignore[no-untyped-def]
        if any(entry.target_id == bad.pk for entry in entries):
            raise RuntimeError("broken")
        return plan(entries, **kwargs)

    monkeypatch.setattr(messages, "planned", planned)
    done = jobs.drain(MONDAY)
    assert (done["transactions"], done["failed"]) == (1, 1)

    monkeypatch.setattr(messages, "planned", plan)
    assert jobs.drain(MONDAY)["transactions"] == 0, "its lease still runs"
    assert jobs.drain(MONDAY + HOUR)["transactions"] == 1
    assert Case.objects.count() == 2


def test_killed_before_commit_is_told_once_afterwards(
    cast: Cast, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.register()

    def killed(*args, **kwargs):  # type: ignore[no-untyped-def]
        raise SystemExit

    monkeypatch.setattr(type(Delivery.objects), "bulk_create", killed, raising=False)
    with pytest.raises(SystemExit):
        jobs.drain(MONDAY)
    monkeypatch.undo()
    assert Message.objects.count() == 0

    jobs.drain(MONDAY + HOUR)
    jobs.drain(MONDAY + 2 * HOUR)
    assert Message.objects.count() == 3
