"""The bell looks again by itself; a link read in any tab is marked read; without script a button does the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from huizhen.notifications import jobs
from huizhen.notifications.models import Message
from tests.cast import MONDAY, Cast

NOW = MONDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    """Two cases that were assigned to the expert, who was told of both."""
    cast.register(at=NOW), cast.register(at=NOW, title="另一个小区的负荷也超限")
    jobs.drain(NOW)
    return cast


def look(page: Page) -> None:
    """What hz.js does once a minute; what asks was put in anew by the last answer, and hears only when htmx is done with it."""
    expect(page.locator("#bell-look:not(.htmx-added)")).to_have_count(1)
    page.evaluate("htmx.trigger(document.getElementById('bell-look'), 'hz:look')")


def test_bell_follows_what_happens_and_stops_when_signed_out(open_page: Any, people: Cast) -> None:
    page: Page = open_page(people.expert)
    page.goto("/inbox/")
    bell = page.locator("#bell-desk")
    expect(bell).to_have_attribute("aria-label", "消息，2 条未读")
    people.register(at=NOW, title="第三个小区的负荷也超限")
    jobs.drain(NOW)
    look(page)
    expect(bell).to_have_attribute("aria-label", "消息，3 条未读")
    expect(page.locator("#inbox-news")).to_contain_text("有新消息")
    Session.objects.all().delete()
    look(page)
    expect(page.locator("#bell-look")).to_have_count(0)
    assert page.url.endswith("/inbox/")


def test_followed_link_is_read_in_this_tab_and_in_another(open_page: Any, people: Cast) -> None:
    page: Page = open_page(people.expert)
    page.goto("/inbox/")
    page.locator("a.hz-msg__t").last.click(button="middle")
    expect(page.locator("#bell-desk")).to_have_attribute("aria-label", "消息，1 条未读")
    page.locator("a.hz-msg__t").first.click()
    page.wait_for_url("**/cases/*/#duty")
    expect(page.locator("#bell-desk")).to_have_attribute("aria-label", "消息，没有未读", timeout=5000)
    assert not Message.objects.filter(person=people.person("expert"), read_at=None).exists()


def test_keys_walk_and_mark(open_page: Any, people: Cast) -> None:
    page: Page = open_page(people.expert)
    page.goto("/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("a.hz-msg__t").nth(1)).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator(".hz-flash")).to_contain_text("1 条消息已标为已读")
    page.locator(".hz-flash .hz-undo button").click()
    expect(page.locator("#bell-desk")).to_have_attribute("aria-label", "消息，2 条未读")


def test_everything_works_without_script(open_page: Any, people: Cast) -> None:
    page: Page = open_page(people.expert, javascript=False)
    page.goto("/")
    page.locator("#bell-desk").click()
    page.get_by_role("button", name="打开并标为已读").first.click()
    page.wait_for_url("**/cases/*/#duty")
    page.goto("/inbox/?show=unread")
    expect(page.locator(".hz-msg")).to_have_count(1)
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.locator("main")).to_contain_text("没有未读的消息")
    page.locator(".hz-undo button").click()
    assert Message.objects.filter(person=people.person("expert"), read_at=None).count() == 1


def test_case_page_opens_who_was_reminded(open_page: Any, people: Cast) -> None:
    page: Page = open_page(people.expert)
    page.goto("/cases/HZ26-00001/")
    page.locator(".hz-reminded summary").click()
    expect(page.locator(".hz-reminded")).to_contain_text("还没有人被提醒")
