"""From a solved case to a published method in a browser, counted click by click; without a script nothing is lost either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from huizhen.cases.models import Case, Measure
from huizhen.methods.models import Method
from huizhen.methods.queries.writing import newest
from tests.cast import MONDAY, Cast

NOW = MONDAY + timedelta(days=8, hours=2)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def solved(transactional_db: None, cast: Cast) -> Cast:
    """A case with 显效 that waits for its leader."""
    case = cast.followed()
    for measure in Measure.objects.filter(prescription__case=case):
        cast.take(case, "update_measure", "requester", NOW, measure=str(measure.key), state="done")
    cast.take(case, "resolve", "expert", NOW)
    return cast


class Clicks:
    """Clicks, counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, place: Locator) -> None:
        self.count += 1
        place.click()


def test_solved_case_becomes_a_method_in_under_ten_clicks(open_page: Any, check_axe: Any, solved: Cast) -> None:
    click = Clicks()
    page: Page = open_page(solved.leader)
    page.goto("/")
    click(page.get_by_role("link", name="萃取台").first)
    click(page.get_by_role("button", name="决定萃取"))
    click(page.get_by_role("button", name="萃取成文"))
    check_axe(page)
    page.get_by_label("不适用").fill("没有宿舍的小区")
    expect(page.locator("[data-saved]").last).to_contain_text("已存", timeout=10_000)
    click(page.get_by_role("button", name="提交评审"))
    expect(page.get_by_text("已提交评审").first).to_be_visible()

    page = open_page(solved.users["liaison"])
    page.goto("/")
    click(page.get_by_role("link", name="等您评审"))
    click(page.get_by_role("link", name="评审", exact=True))
    check_axe(page)
    click(page.get_by_role("button", name="通过并发布"))
    method = Method.objects.get()
    expect(page.get_by_role("heading", name=method.name, level=1)).to_be_visible()
    assert (method.evidence, method.source_case) == ("reviewed", Case.objects.get())
    assert newest(method).applies_not == "没有宿舍的小区"
    assert click.count < 10


def test_writing_on_a_phone_without_a_script(open_page: Any, solved: Cast) -> None:
    case = Case.objects.get()
    solved.take(case, "decide_extraction", "leader", NOW, decision="extract")
    page: Page = open_page(solved.users["expert"], phone=True, javascript=False)
    page.goto("/methods/desk/")
    page.get_by_role("button", name="萃取成文").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("一句话说清").fill("先均衡，再扩容，每周看")
    page.get_by_role("button", name="放进：诊断").click()  # what was typed goes with it
    page.get_by_role("button", name="加一步").click()
    page.get_by_label("第 3 步的小标题").fill("每周看报表")
    page.get_by_role("button", name="第 3 步上移").click()
    version = newest(Method.objects.get())
    assert version.meaning == "先均衡，再扩容，每周看"
    assert "容量与均衡两方面的问题" in version.problem
    assert [row["title"] for row in version.steps] == ["做负荷均衡", "每周看报表", "扩容两个小区"]
    page.get_by_role("button", name="提交评审").click()
    expect(page.get_by_text("还差几处，填过的都还在：")).to_be_visible()
    assert page.get_by_label("一句话说清").input_value() == "先均衡，再扩容，每周看"
