"""The overview shows the golden month to each role, at a constant cost, and its charts have nothing that its tables lack; 大屏."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.directory.models import Group
from huizhen.reports import jobs
from huizhen.reports.actions.monthly import open_reports
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.monthly import Span
from huizhen.reports.clocks.periods import Period, month, months_to
from huizhen.reports.policy.scopes import ALL, Scope
from huizhen.reports.queries import dashboards, figures
from huizhen.web.dashboards.calls import falling
from huizhen.web.dashboards.squares import HEATS, cell
from tests.cast import Cast
from tests.reports.golden import TODAY, golden_month
from tests.visits import Node, parsed, visit

MARCH = "period=custom&from=2026-02-16&to=2026-03-15"
NOON = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


@pytest.fixture
def monday() -> Iterator[None]:
    """The Monday after the golden month, at noon."""
    with time_machine.travel(NOON, tick=False):
        yield


def words(node: Node) -> str:
    return "".join(node.text.split())


def page(client: Client, address: str) -> Node:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return parsed(answer)


def figure(found: Node, name: str) -> Node:
    return found.all("figure", aria_labelledby=name)[0]


def rows(found: Node, name: str) -> list[list[str]]:
    """The cells of a chart's table, its head first."""
    return [[words(one) for one in row.children if isinstance(one, Node)] for row in figure(found, name).all("tr")]


def test_overview_shows_the_golden_month_and_each_number_opens_its_cases(
    cast: Cast, monday: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    golden_month(cast)
    jobs.drain(timezone.now())
    span = Span(date(2026, 3, 1), date(2026, 2, 16), date(2026, 3, 15), date(2026, 3, 13))
    open_reports(cast.campaign, span, at=timezone.now())
    head = visit(cast.coordinator)
    head.get("/overview/")
    with django_assert_num_queries(30):
        head.get(f"/overview/?scope=all&{MARCH}")
    found = page(head, f"/overview/?scope=all&{MARCH}")
    assert rows(found, "funnel")[1:] == [
        ["挂号", "", "9", "", "", ""],
        ["首次沟通", "", "7", "78%", "87.5%", "1"],
        ["会诊", "", "0", "0%", "0/4", "4"],
        ["处方", "", "4", "", "57.1%", "3"],
        ["复诊", "", "3", "", "3/3", "0"],
        ["显效或有效", "", "2", "", "", ""],
        ["萃取成工作法", "", "2", "", "", ""],
    ]
    # What is drawn is what is written: data-v is the number of its cell, and nothing where there is no rate.
    trend = figure(found, "trend")
    assert [words(one) for one in trend.all("th", data_line="")] == ["首次沟通及时率", "复诊及时率"]
    assert [words(row.all("th")[0]) for row in trend.all("tr")[1:]] == ["3月"]
    assert [one.attributes["data-v"] for one in trend.all("td")] == ["9", "87.5%", "", "57.1%", "", ""]
    heat = rows(page(head, f"/overview/?scope=all&{MARCH}&heat=first_contact_on_time"), "heat")
    assert ["网络运维", "88", "88"] in heat
    assert ["网络运维", "9", "9"] in rows(page(head, f"/overview/?scope=all&{MARCH}&heat=registered"), "heat")
    assert ["网络运维", "88", "88"] in rows(page(head, f"/overview/?scope=all&{MARCH}&heat=nonsense"), "heat")
    square = next(one for one in figure(found, "cities").all("tr") if words(one).startswith("佛山"))
    assert (square.attributes["data-x"], square.attributes["data-y"]) == ("2", "3")
    assert ["无线网络优化专家团", "6", "1", "6"] in rows(found, "loads")
    for name in ("funnel", "trend", "heat", "cities", "loads"):
        link = figure(found, name).all("td")[-1 if name == "trend" else 2 if name == "funnel" else 0].all("a")[0]
        assert head.get(link.attributes["href"]).status_code == 200, name
    told = words(found)
    assert "超时没办" in told
    assert "3个单位没交3月月报佛山、网络部、湛江，应于3月13日前交。看谁没交" in told
    assert "3月月报未报3报送情况市公司2佛山未报湛江未报省公司部门1网络部未报" in told
    assert "这段时间没有数" in words(page(head, "/overview/?scope=all&period=custom&from=2026-01-01&to=2026-01-31"))
    assert head.get("/overview/?scope=group:NOWHERE").status_code == 404

    # 大屏: the same figures and no names; once signed out it is asked no more.
    with django_assert_num_queries(30):
        head.get("/overview/screen/fresh/")
    wall = page(head, "/overview/screen/")
    told = words(wall)
    assert "今天挂号0例，破题0例·在诊6例" in told
    assert wall.all("html")[0].attributes["data-bs-theme"] == "dark"
    assert not [name for name in (cast.expert.name, cast.requester.name, cast.leader.name) if name in told]
    part = head.get("/overview/screen/fresh/")
    assert part.content.strip().startswith(b"<main")
    assert "no-store" in part.headers["Cache-Control"]
    assert Client().get("/overview/screen/fresh/").status_code == 286
    assert visit(cast.leader).get("/overview/screen/").status_code == 403

    _each_role(cast, django_assert_num_queries)
    _squares_are_figures(cast)


def _each_role(cast: Cast, django_assert_num_queries: Callable[..., Any]) -> None:
    leader = visit(cast.leader)
    mine = page(leader, "/overview/")
    assert "无线网络优化专家团·整个活动" in words(mine)
    assert [row[:3] for row in rows(mine, "members")[1:]][:1] == [[cast.leader.name, "0", ""]]
    assert any(row[0] == cast.expert.name and row[1] == "6" for row in rows(mine, "members"))
    assert "领域×月" not in words(mine)
    assert not mine.all("figure", aria_labelledby="cities")
    expert = visit(cast.expert)
    expert.get("/overview/")
    with django_assert_num_queries(52):
        expert.get("/overview/")
    told = words(page(expert, "/overview/"))
    assert "我自己今年履职记录首问的病例9" in told
    assert expert.get("/overview/?scope=all").status_code == 404

    liaison = visit(cast.liaison)
    hers = page(liaison, "/overview/")
    assert "网络运维·整个活动" in words(hers)
    assert ["无线网络优化专家团", "9", "9"] in rows(page(liaison, "/overview/?heat=registered"), "heat")
    assert "财务" not in words(figure(hers, "heat")), "only groups of the domain"
    assert liaison.get("/overview/?scope=all").status_code == 200

    clerk = visit(cast.clerk)
    assert rows(page(clerk, "/overview/"), "branches")[1][1:] == ["6", "4", ""]
    requester = visit(cast.requester)
    assert len(rows(page(requester, "/overview/"), "branches")) == 2
    other = page(visit(cast.outsider), "/overview/")
    assert not other.all("figure", aria_labelledby="branches")

    # Chosen once, remembered here and on the page of all figures.
    answer = clerk.post(
        "/overview/choose/", {"scope": "unit:FS", "period": "custom", "since": "2026-03-01", "until": "2026-03-09"}
    )
    assert answer.headers["Location"] == "/overview/?scope=unit%3AFS&period=custom&from=2026-03-01&to=2026-03-09"
    assert "3月1日至3月9日" in words(page(clerk, "/overview/"))
    assert "3月1日至3月9日" in words(page(clerk, "/figures/"))
    clerk.post("/overview/choose/", {"scope": "all", "period": "month"})
    assert "3月1日至3月9日" in words(page(clerk, "/overview/")), "what she may not read is not remembered"


def _squares_are_figures(cast: Cast) -> None:
    """A scope in a month has the figures that it has alone; more cases cost no more queries."""
    group = Group.objects.get(code="NET-01")
    scope = Scope(Kind.GROUP.value, group.code, group.name, group.pk)
    periods = months_to(month(TODAY), 4)
    grid = dashboards.by_scope_and_period(cast.campaign, Kind.GROUP, periods, HEATS, today=TODAY)
    alone = figures.by_period(cast.campaign, scope, periods, HEATS, today=TODAY)
    assert [dict(one.rows) for one in grid[group.pk]] == [dict(one.rows) for one in alone]
    assert grid[group.pk][-1]["registered"].numerator == 9
    every = dashboards.by_scope_and_period(cast.campaign, Kind.ALL, periods, HEATS, today=TODAY, keys=[0])
    assert every[0][-1]["registered"].numerator == 9
    assert dashboards.by_scope_and_period(cast.campaign, Kind.GROUP, periods, HEATS, today=TODAY, keys=[]) == {}
    here = dashboards.now_of(ALL, now=NOON)
    assert here.open == Case.objects.filter(is_open=True).count() == 6
    late = Case.objects.filter(is_open=True, due_at__lt=NOON).count()
    assert (here.late, here.follow_ups, dict(here.late_groups)) == (late, None, {group: late})
    there = dashboards.now_of(scope, now=NOON)
    assert (there.open, there.late, there.today, there.follow_ups, there.transfers) == (6, late, here.today, 0, 0)
    assert dashboards.burdens(cast.campaign, Kind.GROUP)[group.pk] == dashboards.Burden(6, 1, 6)


def test_what_is_small_has_counts_and_who_gets_worse_is_called() -> None:
    from huizhen.reports.queries.figures import Figures, figure_of
    from huizhen.reports.queries.metrics import METRICS

    def one(met: int, late: int, period: Period) -> Figures:
        codes = ("first_contact_on_time", "follow_up_on_time")
        terms = {"first_contact_met": met, "first_contact_late": late}
        return Figures(None, period, TODAY, {code: figure_of(METRICS[code], terms, {}, 5) for code in codes}, terms)

    scope = Scope("domain", "NET", "网络运维", 7)
    periods = months_to(month(date(2026, 3, 1)), 3)
    falls = [one(*counts, period) for counts, period in zip([(19, 1), (18, 2), (8, 2)], periods, strict=True)]
    told = falling({7: falls}, [scope])
    assert told is not None
    assert (told.title, told.why) == ("网络运维：首次沟通及时率连降两月", "95.0% → 90.0% → 80.0%")
    assert "metric=first_contact_on_time" in told.url
    assert "from=2026-03-01" in told.url
    assert falling({7: falls[::-1]}, [scope]) is None
    assert falling({7: [*falls[:2], one(1, 1, periods[2])]}, [scope]) is None, "two cases are no trend"
    square = cell(falls[2]["first_contact_on_time"], scope, periods[2])
    assert (square.text, square.of, square.step, square.value) == ("80", "8 / 10", "q2", "80.0")
    small = cell(one(1, 1, periods[2])["first_contact_on_time"], scope, periods[2])
    assert (small.text, small.step, small.value) == ("n=2", "q0", "")
    edge = cell(one(1999, 1, periods[2])["first_contact_on_time"], scope, periods[2])
    assert (edge.text, edge.value, Decimal(edge.value)) == ("100", "100.0", Decimal(100))
