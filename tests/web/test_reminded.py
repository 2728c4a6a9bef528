"""谁已被提醒, and the weekly digest as a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from huizhen.cases.jobs import sweep
from huizhen.cases.models import Case
from huizhen.notifications import jobs
from huizhen.notifications.models import Message
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

FIGURES = {"place": "无线网络优化专家团", "open": 5, "late": 2, "registered": 3, "resolved": 1}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def overdue(cast: Cast, clock: time_machine.Traveller, count: int = 1) -> Case:
    """A case nobody called, two days later."""
    cases = [cast.register(at=MONDAY, title=f"宿舍晚高峰小区负荷超限{n}") for n in range(count)]
    later = MONDAY + timedelta(days=2)
    for hours in range(0, 56, 4):
        sweep(MONDAY + timedelta(hours=hours))
    jobs.drain(later)
    clock.move_to(later)
    return Case.objects.get(pk=cases[0].pk)


def test_steps_say_who_was_told_and_who_read(cast: Cast, clock: time_machine.Traveller) -> None:
    case = overdue(cast, clock)
    Message.objects.filter(person=cast.person("expert"), verb="clock_half").update(read_at=MONDAY + timedelta(hours=5))
    text = " ".join(parsed(visit(cast.requester).get(f"/cases/{case.code}/reminded/")).text.split())
    assert "时限过半" in text
    assert "到期" in text
    assert "沈言行 03-02 14:00 已读" in text
    assert "毛知南 未读" in text


def test_part_is_the_list_alone_and_page_leads_back(cast: Cast, clock: time_machine.Traveller) -> None:
    case = overdue(cast, clock)
    client = visit(cast.expert)
    part = client.get(f"/cases/{case.code}/reminded/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hz-told" in part
    details = parsed(client.get(f"/cases/{case.code}/")).all("details", hx_get=f"/cases/{case.code}/reminded/")
    assert details[0].all("a")[0].attributes["href"] == f"/cases/{case.code}/reminded/"


def test_nobody_reminded_yet_says_so(cast: Cast) -> None:
    case = cast.register()
    assert "还没有人被提醒" in visit(cast.expert).get(f"/cases/{case.code}/reminded/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_part_costs_the_same(
    cast: Cast, clock: time_machine.Traveller, count: int, django_assert_num_queries: Any
) -> None:
    case = overdue(cast, clock, count)
    client = visit(cast.expert)
    with django_assert_num_queries(9):  # session, user, standing 4, case, entries, messages
        client.get(f"/cases/{case.code}/reminded/", headers={"HX-Request": "true"})


def digest(cast: Cast, txn: str, **facts: Any) -> Message:
    data = {**FIGURES, "situations": [["contact", 3], ["session", 2], ["gone", 1]], **facts}
    return Message.objects.create(
        person=cast.person("leader"), txn=txn, event="digest", verb="digest", data=data, at=MONDAY
    )


def test_digest_is_read_as_a_page_beside_last_weeks(cast: Cast) -> None:
    digest(cast, "digest:2026-W09", open=4, late=2, resolved=3)
    message = digest(cast, "digest:2026-W10")
    client = visit(cast.leader)
    line = next(one for one in parsed(client.get("/inbox/")).all("li") if one.attributes.get("class") == "hz-msg")
    assert line.all("a")[0].attributes["href"] == f"/inbox/{message.pk}/digest/"
    text = " ".join(parsed(client.get(f"/inbox/{message.pk}/digest/")).all("main")[0].text.split())
    assert "无线网络优化专家团 · 2月23日–3月2日" in text
    for words in ("在诊5比上周多 1", "超时2和上周一样", "本周破题1比上周少 2", "待沟通"):
        assert words in text
    assert client.post(f"/inbox/{message.pk}/open/").url == f"/inbox/{message.pk}/digest/"


@pytest.mark.parametrize("data", [{}, {"open": "x", "situations": [["contact", 1]]}, {"late": None}])
def test_digest_without_its_figures_breaks_no_page(cast: Cast, data: dict[str, Any]) -> None:
    message = Message.objects.create(
        person=cast.person("leader"), txn="digest:x", event="digest", verb="digest", data=data, at=MONDAY
    )
    assert visit(cast.leader).get(f"/inbox/{message.pk}/digest/").status_code == 200
    assert visit(cast.mate).get(f"/inbox/{message.pk}/digest/").status_code == 404
