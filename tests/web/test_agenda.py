"""日程: days of a reader, a private feed that can be renewed, one session as an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from huizhen.accounts.actions import renew_feed
from huizhen.accounts.queries import feed_token, user_of_feed
from huizhen.cases.models import Case, Session
from huizhen.cases.queries.agenda import days, items
from huizhen.directory.queries import Standing, standing
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import visit

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)
TODAY = date(2026, 3, 3)
STARTS = MONDAY + timedelta(days=2, hours=5)


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def planned(cast: Cast, **changes: Any) -> Case:
    case = cast.contacted()
    values = {
        "mode": "online", "starts_at": STARTS.isoformat(), "minutes": 90, "link": "https://meet.example.com/a",
        "place": "三楼会议室；B座", "people": ["expert", "requester", "mate"],
    }  # fmt: skip
    return cast.take(case, "plan_session", "expert", MONDAY + timedelta(hours=1), **{**values, **changes})


def entries(cast: Cast, role: str) -> list[tuple[str, date, bool]]:
    reader = standing(cast.users[role], on=TODAY)
    found = items(reader, since=TODAY - timedelta(days=7), until=TODAY + timedelta(days=28))
    return [(one.kind, one.day, one.is_open) for one in found]


def test_agenda_holds_sessions_follow_ups_and_measures(cast: Cast) -> None:
    planned(cast)
    case = cast.diagnosed()
    measure = {
        "what": "扩容", "owner": "mate", "due_on": "2026-03-09", "expected": "下降", "criterion": "周报", "main": ["1"], "aid": ["2"],
    }  # fmt: skip
    values = cast.prescription(MONDAY, measures=[measure], follow_up_on="2026-03-11")
    cast.take(case, "prescribe", "expert", MONDAY + timedelta(hours=2), **values)
    session, follow_up = ("session", date(2026, 3, 4), True), ("follow_up", date(2026, 3, 11), True)
    assert entries(cast, "expert") == [session, follow_up]
    assert entries(cast, "mate") == [session, ("measure", date(2026, 3, 9), True)]
    assert entries(cast, "requester") == [session, follow_up]
    assert entries(cast, "leader") == []
    assert items(Standing(), since=TODAY, until=TODAY) == []
    text = visit(cast.mate).get("/agenda/").content.decode()
    assert "扩容" in text
    assert "14:00" in text


def test_guest_sees_the_session_but_gets_no_way_into_the_case(cast: Cast) -> None:
    case = planned(cast, people=["expert", "outsider"])
    assert entries(cast, "outsider") == [("session", date(2026, 3, 4), False)]
    client = visit(cast.outsider)
    assert f'href="/cases/{case.code}/"' not in client.get("/agenda/").content.decode()
    session = Session.objects.get()
    assert client.get(f"/cases/{case.code}/sessions/{session.key}.ics").status_code == 200
    assert client.get(f"/cases/{case.code}/").status_code == 404


def test_days_keep_their_entries_in_order(cast: Cast) -> None:
    planned(cast)
    planned(cast, starts_at=(STARTS - timedelta(hours=3)).isoformat())
    found = days(items(standing(cast.expert, on=TODAY), since=TODAY, until=TODAY + timedelta(days=9)))
    assert [(one.day, [item.starts_at for item in one.items]) for one in found] == [
        (date(2026, 3, 4), [STARTS - timedelta(hours=3), STARTS])
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_agenda_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        planned(cast)
        cast.treated()
    reader = standing(cast.expert, on=TODAY)
    with django_assert_num_queries(4):
        found = items(reader, since=TODAY, until=TODAY + timedelta(days=28))
        assert len({(one.kind, one.case.branch.name, one.case.title) for one in found}) == 2


def test_agenda_opens_for_every_role(cast: Cast) -> None:
    planned(cast)
    assert {visit(cast.users[role]).get("/agenda/").status_code for role in ROLES} == {200}


def calendar_of(content: bytes) -> Any:
    return Calendar.from_ical(content)


def test_session_is_an_invitation_and_then_called_off(cast: Cast) -> None:
    case = planned(cast)
    session = Session.objects.get()
    client, address = visit(cast.requester), f"/cases/{case.code}/sessions/{session.key}.ics"
    answer = client.get(address)
    made = calendar_of(answer.content)
    event = made.walk("VEVENT")[0]
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert (made["METHOD"], event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "REQUEST",
        f"{session.key}@huizhen",
        0,
        "CONFIRMED",
    )
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (STARTS, STARTS + timedelta(minutes=90))
    assert event["SUMMARY"] == f"会诊：{case.title}"
    assert event["LOCATION"] == "三楼会议室；B座"
    assert "沈言行" in event["DESCRIPTION"]
    assert [str(one) for one in made.walk("VTIMEZONE")[0]["TZID"].split()] == ["Asia/Shanghai"]
    assert event["ATTENDEE"] == "mailto:requester@example.com"
    # No address of anybody else.
    assert b"expert@example.com" not in answer.content
    later = STARTS + timedelta(days=1)
    cast.take(
        case,
        "reschedule_session",
        "mate",
        NOW,
        session=str(session.key),
        starts_at=later.isoformat(),
        minutes=30,
        place="二楼",
    )
    event = calendar_of(client.get(address).content).walk("VEVENT")[0]
    assert (event["SEQUENCE"], event.decoded("DTSTART"), event.decoded("DTEND"), event["LOCATION"]) == (
        1, later, later + timedelta(minutes=30), "二楼",
    )  # fmt: skip
    cast.take(case, "cancel_session", "expert", NOW, session=str(session.key), reason="不开了")
    made = calendar_of(client.get(address).content)
    event = made.walk("VEVENT")[0]
    assert (made["METHOD"], event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 2, "CANCELLED")


def test_session_of_an_unseen_case_is_not_found(cast: Cast) -> None:
    case = planned(cast)
    session = Session.objects.get()
    assert visit(cast.outsider).get(f"/cases/{case.code}/sessions/{session.key}.ics").status_code == 404
    other = cast.register()
    assert visit(cast.expert).get(f"/cases/{other.code}/sessions/{session.key}.ics").status_code == 404


def test_feed_needs_no_sign_in_and_ends_with_a_new_address(cast: Cast) -> None:
    case = planned(cast)
    cast.treated(title="要复诊的一例")
    client = visit(cast.expert)
    assert client.post("/agenda/renew/").status_code == 302
    cast.expert.refresh_from_db()
    token = feed_token(cast.expert)
    assert f"/agenda/{token}.ics" in client.get("/agenda/").content.decode()
    made = calendar_of(Client().get(f"/agenda/{token}.ics").content)
    assert made["METHOD"] == "PUBLISH"
    titles = sorted(str(one["SUMMARY"]) for one in made.walk("VEVENT"))
    assert titles == [f"会诊：{case.title}", "复诊：要复诊的一例"]
    renew_feed(cast.expert, at=NOW)
    assert Client().get(f"/agenda/{token}.ics").status_code == 404


def test_feed_of_a_sensitive_case_does_not_say_its_title(cast: Cast) -> None:
    case = planned(cast, people=["expert", "mate"])
    cast.take(case, "mark_sensitive", "leader", NOW, reason="涉及个人")
    renew_feed(cast.mate, at=NOW)
    content = Client().get(f"/agenda/{feed_token(cast.mate)}.ics").content.decode()
    assert "敏感病例" in content
    assert case.title not in content


def test_feed_address_of_nobody_is_refused(cast: Cast) -> None:
    assert feed_token(cast.expert) == ""
    renew_feed(cast.expert, at=NOW)
    good = feed_token(cast.expert)
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        f"{cast.mate.pk}.{good.partition('.')[2]}",
        "x",
        "1",
        "." * 90,
        "9" * 200,
    ]
    assert [user_of_feed(token) for token in forged] == [None] * len(forged)
    assert user_of_feed(good) == cast.expert
    cast.expert.is_active = False
    cast.expert.save()
    assert user_of_feed(good) is None


def test_looking_at_the_agenda_makes_no_address(cast: Cast) -> None:
    visit(cast.expert).get("/agenda/")
    cast.expert.refresh_from_db()
    assert cast.expert.feed_salt == ""
    assert visit(cast.expert).get("/agenda/renew/").status_code == 405
