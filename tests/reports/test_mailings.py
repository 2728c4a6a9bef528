"""定时发送: on working days, once for each moment and recipient, to each what she may see; who lost the right gets nothing."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from huizhen.directory.models import Membership
from huizhen.journal.models import Entry
from huizhen.notifications import jobs as telling
from huizhen.notifications.models import Message
from huizhen.reports import jobs
from huizhen.reports.actions import mailings as actions
from huizhen.reports.clocks.mailings import next_moment
from huizhen.reports.models import Mailed, Mailing
from huizhen.worktime.queries import calendar
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

SHANGHAI = ZoneInfo("Asia/Shanghai")
VIEW = {
    "kind": "worklist",
    "query": "scope=group&urgency=normal",
    "name": "每周清单",
    "number": "weekly-1",
    "hour": "08:30",
}


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_days_are_those_of_the_chinese_calendar() -> None:
    """Literal: 国庆 2026 is 10-01 to 10-07, 春节 02-15 to 02-23; 02-14 is a Saturday on which people work."""
    days = calendar()
    half_past = time(8, 30)
    for rhythm, number, after, expected in (
        ("weekly", 1, "2026-03-02 08:29", "2026-03-02 08:30"),
        ("weekly", 1, "2026-03-02 08:30", "2026-03-09 08:30"),
        ("weekly", 1, "2026-09-28 09:00", "2026-10-08 08:30"),
        ("weekly", 4, "2026-09-30 09:00", "2026-10-08 08:30"),
        ("weekly", 4, "2026-10-08 08:30", "2026-10-15 08:30"),  # the 1st and the 8th met
        ("weekly", 6, "2026-02-10 09:00", "2026-02-14 08:30"),
        ("weekly", 6, "2026-03-03 09:00", "2026-03-09 08:30"),
        ("monthly", 1, "2026-09-15 09:00", "2026-10-08 08:30"),
        ("monthly", 15, "2026-02-01 09:00", "2026-02-24 08:30"),
        ("monthly", 28, "2026-02-27 09:00", "2026-02-28 08:30"),  # a Saturday on which people work
    ):
        found = next_moment(rhythm, number, half_past, after=shanghai(after), calendar=days)
        assert found == shanghai(expected), (rhythm, number, after)


def make(cast: Cast, by: str = "leader", **changes: Any) -> Mailing:
    answer = visit(cast.users[by]).post("/mailings/new/", {**VIEW, "to": "沈言行、毛知南", "has_file": "on", **changes})
    assert answer.status_code == 302, parsed(answer).text
    return Mailing.objects.latest("pk")


def drained(at: datetime) -> None:
    telling.drain(at)
    telling.run_lane(None, at)


def rows_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_same_name_for_other_people_is_another_mailing(cast: Cast) -> None:
    """A double click is one; who asks again for others must not believe they are told."""
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        one, other = make(cast), make(cast, to="毛知南")
        make(cast, to="毛知南、沈言行")
        assert Mailing.objects.count() == 2, "the order of names does not matter"
        assert [person.name for person in other.recipients.all()] == ["毛知南"]
        assert one.recipients.count() == 2


def test_scope_of_figures_is_said_by_its_name(cast: Cast) -> None:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        query = f"scope=group%3A{cast.group.code}"
        head = visit(cast.leader)
        assert (
            f"统计 · {cast.group.name}" in parsed(head.get("/mailings/new/", {"kind": "figures", "query": query})).text
        )
        make(cast, kind="figures", query=query, to="毛知南")
        assert f"统计 · {cast.group.name}" in parsed(head.get("/mailings/")).text


def test_mailing_goes_out_once_with_what_each_may_see(cast: Cast) -> None:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):  # Monday 10:00
        seen, hidden = cast.register(at=MONDAY), cast.register(at=MONDAY, title="财务共享单据退回太多", group="FIN-01")
        one = make(cast)
        assert make(cast) == one  # a double click
        assert (one.next_at, one.query) == (shanghai("2026-03-09 08:30"), "scope=group&urgency=normal&set=progress")
        page = parsed(visit(cast.expert).get("/mailings/")).text
        assert "每周清单" in page
        assert "毛知南设定" in page
        assert jobs.mailings(MONDAY) == {"sent": 0}
        head = visit(cast.leader)
        for wrong, words in (
            ({"to": "没有这个人"}, "没有找到“没有这个人”"), ({"to": ""}, "要填"), ({"name": ""}, "要填"),
            ({"to": "卢泽安"}, "卢泽安看不到这个范围"), ({"query": "scope=domain"}, "发不了"), ({"kind": "figures", "query": "scope=all"}, "发不了"),
            ({"number": "monthly-31"}, "monthly-31"), ({"hour": "25:00"}, "25:00"),
        ):  # fmt: skip
            answer = head.post("/mailings/new/", {**VIEW, "to": "毛知南", **wrong})
            assert answer.status_code == 422, wrong
            assert words in parsed(answer).text, wrong

    # The worker was down for three Mondays: it goes out once, and on with the next one.
    late = shanghai("2026-03-24 10:00")
    with time_machine.travel(late, tick=False):
        assert jobs.mailings(late) == {"sent": 2}
        assert jobs.mailings(late) == {"sent": 0}
        one.refresh_from_db()
        assert one.next_at == shanghai("2026-03-30 08:30")
        assert [(row.person.code, row.moment, row.state) for row in Mailed.objects.order_by("person__code")] == [
            ("expert", shanghai("2026-03-09 08:30"), "sent"), ("leader", shanghai("2026-03-09 08:30"), "sent"),
        ]  # fmt: skip
        mail.outbox.clear()
        drained(late)
        assert {one.person.code for one in Message.objects.filter(verb="mailing_sent")} == {"expert", "leader"}
        letters = {one.to[0]: one for one in mail.outbox if "每周清单" in one.subject}
        assert set(letters) == {"expert@example.com", "leader@example.com"}
        (name, content, _kind) = letters["expert@example.com"].attachments[0]
        assert name == "每周清单-20260324.xlsx"
        text = str(rows_of(content))
        assert seen.code in text
        assert hidden.code not in text
        assert cast.person("requester").phone not in text
        assert f"/mailings/{one.key}/" in letters["expert@example.com"].body
        opened = visit(cast.expert).get(f"/mailings/{one.key}/")
        assert opened.headers["Location"] == f"/worklist/?{one.query}"

        # Two workers at once: the second finds nothing to do; a person not in it knows nothing of it.
        assert actions.send_due(one, at=late) == 0
        for address in ("", "pause/", "send_me_one/"):
            assert visit(cast.mate).post(f"/mailings/{one.key}/{address}").status_code in (404, 405)
        assert visit(cast.expert).post(f"/mailings/{one.key}/pause/").status_code == 403

    # Somebody lost the right: she gets nothing, the owner is told, the others get theirs.
    Membership.objects.filter(person=cast.person("expert")).update(until=date(2026, 3, 25))
    monday = shanghai("2026-03-30 09:00")
    with time_machine.travel(monday, tick=False):
        assert jobs.mailings(monday) == {"sent": 1}
        mail.outbox.clear()
        drained(monday)
        assert Mailed.objects.get(person=cast.person("expert"), moment=shanghai("2026-03-30 08:30")).state == "refused"
        told = Message.objects.get(verb="mailing_refused")
        assert told.person == cast.person("leader")
        assert any("沈言行" in letter.body or "沈言行" in letter.subject for letter in mail.outbox)
        assert not Message.objects.filter(person=cast.person("expert"), at__gte=monday).exists()
        assert "看不到，没发" in parsed(visit(cast.leader).get("/mailings/")).text


def test_one_now_pausing_and_removing(cast: Cast) -> None:
    at = MONDAY + timedelta(hours=1)
    with time_machine.travel(at, tick=False):
        cast.register(at=MONDAY)
        query = "scope=all&period=year&by=group"
        one = make(
            cast,
            by="coordinator",
            kind="figures",
            query=query,
            to="卢泽安、viewer",
            name="全省统计",
            number="monthly-1",
        )
        assert one.next_at == shanghai("2026-04-01 08:30")
        jobs.drain(at)
        head = visit(cast.coordinator)
        mail.outbox.clear()
        for _n in range(2):
            head.post(f"/mailings/{one.key}/send_me_one/")
        assert Mailed.objects.filter(mailing=one).count() == Entry.objects.filter(verb="mailing_sent").count() == 1
        drained(at)
        (letter,) = [one for one in mail.outbox if "全省统计" in one.subject]
        book = CalamineWorkbook.from_filelike(io.BytesIO(letter.attachments[0][1]))
        assert book.sheet_names == ["统计", "各专家团"]
        assert ["挂号数", 1.0, 1.0] in [row[:3] for row in book.get_sheet_by_index(0).to_python()]
        assert book.get_sheet_by_index(1).to_python()[1][:2] == ["无线网络优化专家团", 1.0]

        with CaptureQueriesContext(connection) as alone:
            head.get("/mailings/")
        for name in ("第二个", "第三个"):
            make(cast, by="coordinator", kind="figures", query=query, to="卢泽安", name=name)
        with CaptureQueriesContext(connection) as three:
            head.get("/mailings/")
        assert len(three) == len(alone)

        head.post(f"/mailings/{one.key}/pause/")
        assert jobs.mailings(shanghai("2026-04-02 10:00"))["sent"] == 2  # the two others
        with time_machine.travel(shanghai("2026-04-02 10:00"), tick=False):
            visit(cast.coordinator).post(f"/mailings/{one.key}/resume/")  # the other session is over
            one.refresh_from_db()
            assert one.next_at == shanghai("2026-05-06 08:30")  # after the holidays of May
        assert visit(cast.viewer).post(f"/mailings/{one.key}/remove/").status_code == 403
        head.post(f"/mailings/{one.key}/remove/")
        assert jobs.mailings(datetime(2026, 6, 30, tzinfo=UTC))["sent"] == 2
        assert head.post(f"/mailings/{one.key}/remove/").status_code == 404
        assert "全省统计" not in parsed(head.get("/mailings/")).text
