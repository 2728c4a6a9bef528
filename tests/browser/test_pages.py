"""Pages as they look: nothing wider than a phone, nothing axe calls serious, refusals as pages one can leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page

from huizhen.cases.models import Case
from huizhen.directory.models import Branch
from tests.cast import MONDAY, Cast
from tests.kept import kept

NOW = MONDAY + timedelta(days=9)
LONG = "中国移动通信集团广东有限公司佛山分公司" + "网络运行维护与无线优化" * 20


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@kept("cast", "pages")
def _play(cast: Cast) -> None:
    width = Branch._meta.get_field("name").max_length or 200
    Branch.objects.filter(pk=cast.branch.pk).update(name=LONG[:width])
    cast.archived(), cast.treated(), cast.diagnosed()
    cast.register(at=NOW - timedelta(days=1), urgency="critical", urgency_reason="省公司督办")


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    """The cast, one branch with the longest name there may be, cases in four states."""
    _play(cast)
    return cast


PAGES = {
    "requester": ["/", "/cases/", "/register/", "/challenges/", "/challenges/new/", "/me/", "/cases/{0}/", "/cases/{1}/"],
    "expert": ["/", "/cases/?scope=group", "/agenda/", "/inbox/", "/me/messages/", "/cases/{2}/reminded/", "/experts/expert/",
               "/cases/{2}/", "/cases/{2}/prescribe/", "/cases/{2}/hold_session/"],
    "leader": ["/", "/groups/NET-01/", "/cases/{3}/", "/methods/desk/"],
    "liaison": ["/", "/methods/review/"],
    "clerk": ["/", "/register/"],
    "coordinator": ["/", "/groups/", "/experts/", "/branches/", "/branches/B1/", "/roster/", "/campaign/", "/campaign/clocks/",
                    "/outbox/", "/audit/"],
    "viewer": ["/", "/cases/solved/", "/cases/{0}/summary/", "/contacts/"],
    "auditor": ["/", "/audit/seals/"],
}  # fmt: skip


def _addresses(who: str) -> list[str]:
    codes = list(Case.objects.order_by("pk").values_list("code", flat=True))
    return [address.format(*codes) for address in PAGES[who]]


@pytest.mark.parametrize("who", PAGES)
def test_pages_fit_a_phone_and_satisfy_axe(open_page: Any, check_axe: Any, people: Cast, who: str) -> None:
    page: Page = open_page(people.users[who], phone=True)
    wide, at_fault = [], []
    for address in _addresses(who):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(address)
        try:
            check_axe(page)
        except AssertionError as fault:
            at_fault.append((address, str(fault)[:600]))
    assert (wide, at_fault) == ([], [])


def test_english_pages_fit_a_phone(open_page: Any, people: Cast) -> None:
    wide = []
    for who in ("requester", "expert", "coordinator"):
        page: Page = open_page(people.users[who], phone=True, language="en-GB")
        for address in _addresses(who):
            page.goto(address)
            assert page.get_attribute("html", "lang") == "en", address
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append((who, address))
    assert wide == []


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_refusals_are_pages_one_can_leave(open_page: Any, check_axe: Any, people: Cast, phone: bool) -> None:
    solved, _treated, _diagnosed, fresh = Case.objects.order_by("pk").values_list("code", flat=True)
    page: Page = open_page(people.viewer, phone=phone)
    for address, status in (
        ("/cases/HZ26-99999/", 404),
        ("/no/such/page/", 404),
        (f"/cases/{fresh}/accept/", 403),
        (f"/cases/{solved}/unfollow/", 409),
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, address
        assert len(page.locator("h1").inner_text().strip()) > 3
        assert page.locator("main a:visible").count() > 0, "a way on"
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440)
        check_axe(page)


def test_fault_of_a_form_is_where_the_reader_looks(open_page: Any, check_axe: Any, people: Cast) -> None:
    fresh = Case.objects.order_by("pk").last()
    assert fresh is not None
    page: Page = open_page(people.expert, phone=True)
    page.goto(f"/cases/{fresh.code}/log_contact/")
    page.locator("label:has(input[name=channel][value=phone])").first.click()
    page.fill("main [name=learned]", "一")
    page.locator("main form .btn-primary").first.click()
    page.wait_for_load_state()
    assert page.input_value("main [name=learned]") == "一"
    assert page.locator("[role=alert]").first.is_visible()
    assert page.get_attribute("main [name=learned]", "aria-invalid") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_axe(page)


def test_second_of_two_is_told_who_was_faster(open_page: Any, people: Cast) -> None:
    fresh = Case.objects.order_by("pk").last()
    assert fresh is not None
    slow: Page = open_page(people.leader)
    slow.goto(f"/cases/{fresh.code}/propose_transfer/")
    people.take(fresh, "log_contact", "mate", NOW, channel="phone", learned="已问清楚情况")
    people.take(fresh, "diagnose", "expert", NOW, findings="容量不足的问题", causes=[{"text": "容量不足"}])
    slow.locator("main [name=reason]").fill("属于财务")
    slow.locator("main form .btn-primary").first.click()
    slow.wait_for_load_state()
    assert "沈言行" in slow.locator("main").inner_text()


def test_attachment_is_downloaded_not_shown(open_page: Any, people: Cast) -> None:
    fresh = Case.objects.order_by("pk").last()
    assert fresh is not None
    page: Page = open_page(people.requester)
    page.goto(f"/cases/{fresh.code}/attach/")
    page.set_input_files(
        "main input[type=file]", {"name": "报表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    page.locator("main form .btn-primary").first.click()
    page.wait_for_load_state()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="报表.pdf").first.click()
    assert waiting.value.suggested_filename == "报表.pdf"
