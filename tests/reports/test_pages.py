"""The page, its lists, its help and the interface show the golden month as the queries do; scopes and periods are remembered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from huizhen.accounts.actions import issue_token
from huizhen.directory.models import Posting
from huizhen.reports import jobs
from huizhen.reports.queries.metrics import METRICS
from tests.cast import Cast
from tests.reports.golden import EXPECTED, TODAY, golden_month
from tests.visits import parsed, visit


@pytest.fixture
def monday() -> Iterator[None]:
    """The Monday after the golden month, at noon."""
    with time_machine.travel(datetime(2026, 3, 16, 4, 0, tzinfo=UTC), tick=False):
        yield


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return "".join(parsed(answer).text.split())


MARCH = "period=custom&from=2026-02-16&to=2026-03-15"


def test_pages_and_interface_show_the_golden_month(
    cast: Cast, monday: None, django_assert_max_num_queries: Any
) -> None:
    golden_month(cast)
    jobs.drain(timezone.now())
    head = visit(cast.coordinator)
    told = text(head, f"/figures/?scope=all&{MARCH}")
    for piece in (
        "挂号数9", "已破题2", "首次沟通及时率87.5%7/8", "会诊及时率0/4数量少，不算比率", "处方及时率57.1%4/7",
        "响应中位时长0.5小时7次", "采纳率50.0%4/8", "跨条线占比11.1%1/9", "复诊333%", "网络运维9287.5%",
    ):  # fmt: skip
        assert piece in told, piece

    token = issue_token(cast.coordinator, at=timezone.now())
    answer = (
        Client()
        .get(
            "/api/v1/figures?scope=all&since=2026-02-16&until=2026-03-15", headers={"Authorization": f"Bearer {token}"}
        )
        .json()
    )
    assert answer["today"] == TODAY.isoformat()
    assert {one["code"]: (one["numerator"], one["denominator"], one["value"]) for one in answer["figures"]} == EXPECTED
    assert answer["scopes"][0]["address"] == "all"
    for wrong, status in (("since=2026-03-15&until=2026-03-01", 422), ("since=x", 422), ("scope=unit:nowhere", 404)):
        refused = Client().get(f"/api/v1/figures?{wrong}", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == status

    # Every number with a list opens it.
    for code, (top, whole, _value) in EXPECTED.items():
        if METRICS[code].has_list and (top or whole):
            address = f"/figures/cases/?metric={code}&scope=all&from=2026-02-16&to=2026-03-15"
            assert f"{top}条" in text(head, address), code
            if METRICS[code].denominator:
                assert f"{whole}条" in text(head, f"{address}&part=whole"), code
    reached = "/figures/cases/?metric=reached_contact&scope=group:NET-01&from=2026-02-16&to=2026-03-15"
    assert "7条另有1条您看不到" in text(head, reached)
    for strange in ("metric=x", "metric=registered&from=2026-03-01&to=2026-02-01", "metric=registered&from=&to="):
        assert head.get(f"/figures/cases/?scope=all&{strange}").status_code == 404

    # Constant cost, whatever is there: the same page of a world with nothing in the period.
    with django_assert_max_num_queries(26):
        head.get(f"/figures/?scope=all&{MARCH}&by=group&sort=-marked")
    assert "这段时间没有数" in text(head, "/figures/?scope=all&period=custom&from=2026-01-01&to=2026-01-31")
    assert "按时沟通÷（按时＋超时）" in text(head, "/figures/help/")


def test_choice_is_remembered_and_nobody_reads_what_is_not_hers(cast: Cast, monday: None) -> None:
    leader = visit(cast.leader)
    assert "无线网络优化专家团·本报送月·3月16日至4月15日" in text(leader, "/figures/")
    answer = leader.post(
        "/figures/choose/",
        {"scope": "group:NET-01", "period": "custom", "since": "2026-03-01", "until": "2026-03-09"},
    )
    assert answer.headers["Location"] == "/figures/?scope=group%3ANET-01&period=custom&from=2026-03-01&to=2026-03-09"
    assert "自选日期·3月1日至3月9日" in text(leader, "/figures/")
    assert "上一报送月·2月16日至3月15日" in text(leader, "/figures/?period=last_report")
    assert "整个活动" in text(leader, "/figures/?period=campaign")
    for wrong in ("from=2026-03-09&to=2026-03-01", "from=0001-01-01&to=0001-01-02", "from=9999-12-01&to=9999-12-31"):
        assert "请选好起止日期" in text(leader, f"/figures/?period=custom&{wrong}")
        assert "请选好起止日期" in text(leader, f"/overview/?period=custom&{wrong}")
    assert "自选日期" in text(leader, "/figures/?period=never"), "a period nobody knows is as good as none"

    # Days typed beside a named period are meant; days that stayed behind when another one was named are not.
    days = {"since": "2026-03-18", "until": "2026-04-15"}
    for shown, chosen in (("report", "period=custom&from=2026-03-18&to=2026-04-15"), ("month", "period=report")):
        answer = leader.post("/figures/choose/", {"scope": "group:NET-01", "period": "report", "shown": shown, **days})
        assert answer.headers["Location"] == f"/figures/?scope=group%3ANET-01&{chosen}"
    days = {"since": "2026-03-16", "until": "2026-04-15"}
    answer = leader.post("/figures/choose/", {"scope": "group:NET-01", "period": "report", "shown": "report", **days})
    assert answer.headers["Location"] == "/figures/?scope=group%3ANET-01&period=report"
    assert "箭头是与2月16日至2月16日相比" in text(leader, "/figures/"), "of a month that began today, one day"
    assert leader.get("/figures/?scope=all").status_code == 404
    leader.post("/figures/choose/", {"scope": "all", "period": "month"})
    assert "本报送月" in text(leader, "/figures/"), "what she may not read is not remembered"

    clerk = visit(cast.clerk)
    assert "佛山分公司·本报送月" in text(clerk, "/figures/")
    assert "横向看" not in text(clerk, "/figures/")
    liaison = visit(cast.liaison)
    assert "横向看" in text(liaison, "/figures/")
    assert "湛江分公司·本报送月" in text(visit(cast.outsider), "/figures/")
    Posting.objects.filter(person=cast.person("clerk")).update(until=TODAY)
    assert clerk.get("/figures/").status_code == 403
