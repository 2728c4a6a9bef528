"""The weekly digest: whose day has come, with which figures, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import translation

from huizhen.directory.queries import standing_of_person
from huizhen.methods.models import Citation, Method
from huizhen.notifications import jobs
from huizhen.notifications.actions import choose
from huizhen.notifications.models import Message
from huizhen.notifications.queries import inbox
from huizhen.notifications.queries.digest import comes_at
from huizhen.notifications.queries.preferences import digest_days
from huizhen.worktime.queries import calendar
from tests.cast import MONDAY, Cast
from tests.notifications.test_deliveries import sendings  # noqa: F401

WEEK = timedelta(days=7)
OPENS = MONDAY + WEEK - timedelta(minutes=30)
"""Monday 2026-03-09, 8:30."""


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(verb="digest").values_list("person__code", "txn"))


def test_leaders_get_it_with_the_first_working_moment_of_monday(cast: Cast, clock: object) -> None:
    cast.register(at=MONDAY + timedelta(days=2))
    cast.register(at=MONDAY + timedelta(days=6))

    jobs.digest(OPENS - timedelta(minutes=1))
    assert told() == []
    for _ in range(3):
        jobs.digest(OPENS)
        jobs.digest(OPENS + timedelta(hours=5))

    assert told() == [("leader", "digest:2026-W11")], "a group without cases has nothing to tell"
    figures = Message.objects.get(verb="digest").data
    assert (figures["open"], figures["late"], figures["registered"], figures["resolved"]) == (2, 1, 2, 0)


def test_digest_reads_well_in_both_languages(cast: Cast, sendings: Callable[[datetime], object]) -> None:  # noqa: F811
    cast.register(at=MONDAY + timedelta(days=2))
    jobs.digest(OPENS)
    sendings(OPENS)

    leader = standing_of_person(cast.person("leader"), on=date(2026, 3, 9))
    titles = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            titles[language] = next(item.told for item in inbox(leader).items if item.event == "digest")
    assert titles["zh-hans"].title == "本周小结：未结 1 例，超时 1 例，破题 0 例"
    assert titles["zh-hans"].lines == ("待沟通 1 例",)
    assert titles["zh-hans"].about == "无线网络优化专家团"
    assert titles["en"].title == "This week: 1 open, 1 overdue, 0 resolved"
    assert "本周小结" in mail.outbox[-1].subject


def test_who_chose_another_day_or_none_is_heeded(cast: Cast, clock: object) -> None:
    cast.register(at=MONDAY + timedelta(days=2))
    choose(cast.person("leader"), wanted={}, digest_day="off", by=cast.leader, at=MONDAY)
    choose(cast.person("coordinator"), wanted={}, digest_day="3", by=cast.coordinator, at=MONDAY)
    choose(cast.person("liaison"), wanted={}, digest_day="1", by=cast.liaison, at=MONDAY)
    choose(cast.person("expert"), wanted={}, digest_day="1", by=cast.expert, at=MONDAY)
    assert digest_days({cast.person("leader").pk, cast.person("mate").pk}) == {
        cast.person("mate").pk: 1,
        cast.person("coordinator").pk: 3,
        cast.person("liaison").pk: 1,
        cast.person("expert").pk: 1,
    }

    jobs.digest(OPENS)
    assert told() == [("expert", "digest:2026-W11"), ("liaison", "digest:2026-W11")]
    jobs.digest(OPENS + timedelta(days=2))
    assert ("coordinator", "digest:2026-W11") in told()
    assert len(told()) == 3


@pytest.mark.parametrize(
    ("now", "day", "moment"),
    [
        ("2026-03-11 10:00", 1, "2026-03-09 08:30"),
        ("2026-03-09 00:30", 3, "2026-03-11 08:30"),
        # the week of the National Day holiday: Monday waits for Thursday, and Saturday is a working day
        ("2026-10-08 09:00", 1, "2026-10-08 08:30"),
        # nothing is left of the week of the Spring Festival after its Saturday
        ("2026-02-18 09:00", 1, None),
    ],
)
def test_holidays_move_it_within_the_week(db: None, now: str, day: int, moment: str | None) -> None:
    days = calendar(on=date(2026, 3, 2))
    found = comes_at(day, now=datetime.fromisoformat(now).replace(tzinfo=days.tz), calendar=days)
    assert (found and found.strftime("%Y-%m-%d %H:%M")) == moment


def test_a_worker_that_slept_for_days_does_not_tell_old_news(cast: Cast, clock: object) -> None:
    cast.register(at=MONDAY + timedelta(days=2))
    jobs.digest(OPENS + timedelta(days=3))

    assert told() == []


def test_digest_tells_of_new_methods_of_the_domain_and_of_cases_solved_with_one(cast: Cast) -> None:
    case = cast.resolved(at=MONDAY - timedelta(days=2))
    named = {}
    for code, domain, evidence, days in (
        ("GF26-0001", cast.group.domain, "reviewed", 1),
        ("GF26-0002", cast.group.domain, "draft", 1),
        ("GF26-0003", cast.group.domain, "verified", 8),
        ("GF26-0004", cast.other_group.domain, "reviewed", 1),
    ):
        named[code] = Method.objects.create(
            code=code, domain=domain, owner=cast.person("leader"), evidence=evidence, name="负荷三步法", created_at=MONDAY,
            looked_at=MONDAY, published_at=OPENS - timedelta(days=days),
        )  # fmt: skip
    measure = case.prescriptions.get().measures.first()
    assert measure is not None
    Citation.objects.create(method=named["GF26-0003"], number=1, case=case, measure=measure, unit=case.unit, at=MONDAY)

    jobs.digest(OPENS)
    data = {one.person.code: one.data for one in Message.objects.filter(verb="digest").select_related("person")}
    assert {who: (found["methods"], found["reused"]) for who, found in data.items()} == {
        "leader": ([named["GF26-0001"].pk], 1), "other_leader": ([named["GF26-0004"].pk], 0),
    }  # fmt: skip
    lines = next(
        item.told for item in inbox(standing_of_person(cast.person("leader"), on=date(2026, 3, 9))).items
    ).lines
    assert lines[-2:] == ("本领域新工作法 1 个", "用工作法破题 1 例")
