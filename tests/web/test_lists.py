"""Pages of lists: scopes, chips, paging, what is remembered, solved cases for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine

from huizhen.cases.models import Case
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import visit

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_list_shows_the_first_deadline_first(cast: Cast) -> None:
    later = cast.register(title="后到时限的一例", at=NOW)
    sooner = cast.register(title="先到时限的一例", at=NOW, urgency="critical", urgency_reason="停产")
    text = visit(cast.expert).get("/cases/").content.decode()
    assert 0 < text.index(sooner.title) < text.index(later.title)
    assert f"/cases/{sooner.code}/" in text


@pytest.mark.parametrize("role", ROLES)
def test_list_opens_for_every_role(cast: Cast, role: str) -> None:
    cast.register()
    assert visit(cast.users[role]).get("/cases/").status_code == 200


def test_scope_of_others_is_not_found(cast: Cast) -> None:
    assert visit(cast.expert).get("/cases/", {"scope": "all"}).status_code == 404
    assert visit(cast.expert).get("/cases/", {"scope": "nowhere"}).status_code == 404


def test_chip_takes_one_filter_away(cast: Cast) -> None:
    cast.register()
    answer = visit(cast.expert).get("/cases/", {"scope": "group", "urgency": "normal", "q": "负荷"})
    assert [(str(chip.value), chip.url) for chip in answer.context["chips"]] == [
        ("普通", f"/cases/?{urlencode({'scope': 'group', 'q': '负荷'})}"),
        ("负荷", "/cases/?scope=group&urgency=normal"),
    ]
    assert answer.context["bare"] == "/cases/?scope=group"


def test_filters_are_remembered_until_reset(cast: Cast) -> None:
    cast.register()
    client = visit(cast.expert)
    client.get("/cases/", {"scope": "group", "overdue": "1"})
    again = client.get("/cases/")
    assert (again.status_code, again["Location"]) == (302, "/cases/?scope=group&overdue=1")
    client.get("/cases/?scope=group")
    assert client.get("/cases/")["Location"] == "/cases/?scope=group"


@pytest.mark.parametrize(
    "kept", ["scope=<script>", "https://example.com/", "&" * 300, "scope=all" + "&q=1" * 90, "\x01"]
)
def test_remembered_nonsense_is_forgotten(cast: Cast, kept: str) -> None:
    client = visit(cast.expert)
    client.cookies["hz-list"] = kept
    assert client.get("/cases/").status_code == 200


def test_remembered_scope_that_was_lost_does_not_lock_out(cast: Cast) -> None:
    client = visit(cast.expert)
    client.cookies["hz-list"] = "scope=all"
    assert client.get("/cases/").status_code == 200


def test_looking_at_a_list_writes_nothing(cast: Cast, django_assert_num_queries: Any) -> None:
    cast.register()
    client = visit(cast.expert)
    with django_assert_num_queries(LIST) as seen:
        client.get("/cases/", {"scope": "group"})
    assert [one["sql"] for one in seen.captured_queries if not one["sql"].startswith("SELECT")] == []


LIST = 13
"""Session, user, standing (4), campaign, the bell, the page, kept views, the calendar, groups and units to choose from."""


@pytest.mark.parametrize("rows", [1, 3])
def test_list_page_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    for n in range(rows):
        cast.register(at=NOW - timedelta(minutes=n))
    client = visit(cast.expert)
    with django_assert_num_queries(LIST):
        answer = client.get("/cases/", {"scope": "group"})
    assert len(answer.context["rows"]) == rows


def test_pages_lead_on_and_back(cast: Cast) -> None:
    first = cast.register()
    for n in range(51):
        first.pk, first.code = None, f"HZ26-{80000 + n}"
        first._state.adding = True
        first.save()
    client = visit(cast.expert)
    one = client.get("/cases/", {"scope": "group"})
    assert (len(one.context["rows"]), one.context["previous"]) == (50, "")
    two = client.get(one.context["next"])
    assert (len(two.context["rows"]), two.context["next"]) == (2, "")
    back = client.get(two.context["previous"])
    assert [row[0].code for row in back.context["rows"]] == [row[0].code for row in one.context["rows"]]


def test_list_survives_hostile_parameters(cast: Cast) -> None:
    cast.register(title="<script>alert(1)</script>")
    client = visit(cast.expert)
    text = client.get("/cases/", {"scope": "group"}).content.decode()
    assert "<script>alert(1)" not in text
    for value in ("\x00", "'\"><img>", "%", "_" * 500, "‮", "😀"):
        for name in ("q", "group", "unit", "situation", "after", "before"):
            assert client.get("/cases/", {"scope": "group", name: value}).status_code == 200


def test_closed_cases_are_a_list_of_their_own(cast: Cast) -> None:
    case = cast.register()
    cast.take(case, "withdraw", "requester", NOW, reason="已自行解决")
    text = visit(cast.requester).get("/cases/", {"scope": "branch", "closed": "1"}).content.decode()
    assert case.code in text
    assert "已撤号" in text


def test_solved_cases_are_for_everybody(cast: Cast) -> None:
    case = cast.archived(at=MONDAY - timedelta(days=28), baseline="100", target="70.50")
    client = visit(cast.outsider)
    assert case.title in client.get("/cases/solved/").content.decode()
    assert client.get("/cases/solved/", {"q": "没有这个词", "after": "x"}).status_code == 200
    text = client.get(f"/cases/{case.code}/summary/").content.decode()
    assert "小区容量不足" in text
    assert ("<b>100</b>" in text, "<b>70.5</b>" in text) == (True, True)
    assert [name for name in ("沈言行", "曾维舟", "毛知南") if name in text] == []


def test_summary_of_an_open_case_is_not_found(cast: Cast) -> None:
    case = cast.register()
    assert visit(cast.expert).get(f"/cases/{case.code}/summary/").status_code == 404
    assert Case.objects.get().code == case.code
