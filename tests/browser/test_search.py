"""Searching with the keyboard on a desk, and on a phone without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from huizhen.search.jobs import drain
from tests.cast import MONDAY, Cast

NOW = MONDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    """Two cases that can be found."""
    cast.register(at=NOW), cast.register(at=NOW, title="主干光缆衰耗大，偶发误码")
    drain(NOW)
    return cast


def test_search_is_typed_read_and_opened_by_keyboard(open_page: Any, people: Cast, check_axe: Any) -> None:
    page: Page = open_page(people.expert)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("负荷")
    page.keyboard.press("Enter")
    hits = page.locator("[data-hit]")
    expect(hits).to_have_count(2)  # both speak of it
    check_axe(page)
    page.keyboard.press("/")
    box = page.locator("main [data-find]")
    expect(box).to_be_focused()
    box.press("Control+a")
    page.keyboard.type("光缆衰耗")
    expect(hits).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=%E5%85%89%E7%BC%86"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit] a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/HZ26-\d+/$"))
    page.goto("/search/")
    expect(page.locator("[data-recent-list] a").first).to_have_text("光缆衰耗")
    page.locator("[data-forget]").click()
    expect(page.locator("[data-recent]")).to_be_hidden()


def test_search_works_on_a_phone_without_script(open_page: Any, people: Cast) -> None:
    page: Page = open_page(people.coordinator, phone=True, javascript=False)
    page.goto("/cases/")
    page.locator(".hz-top .hz-lens").click()
    page.locator("main [data-find]").fill("光缆")
    page.locator("main [data-find]").press("Enter")
    expect(page.locator("[data-hit]")).to_have_count(1)
    page.locator(".hz-pick summary").filter(has_text="领域").first.click()
    page.get_by_role("link", name="财务", exact=True).click()
    expect(page.locator("[data-hit]")).to_have_count(0)
    page.locator(".hz-chip--on").click()
    expect(page.locator("[data-hit]")).to_have_count(1)
    page.locator(".hz-pick--help summary").click()
    expect(page.get_by_text("两个词都有")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
