"""The whole way of a case in Chromium, by three people: registered, examined, treated, followed up, solved, archived.

The same way on a desk, on a phone, and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from huizhen.cases.models import Case
from huizhen.journal.queries import entries_of, verify
from tests.cast import MONDAY, Cast

WAYS = {
    "desk": {"phone": False, "javascript": True},
    "phone": {"phone": True, "javascript": True},
    "no js": {"phone": False, "javascript": False},
}
ROAD = [
    "register", "log_contact", "inform_group", "hold_session", "sign_opinion", "diagnose", "prescribe", "accept_prescription",
    "update_measure", "update_measure", "follow_up", "give_verdict", "resolve", "sign_final_reply", "close_form",
    "decide_extraction", "archive",
]  # fmt: skip


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    return cast


@dataclass
class Visitor:
    """One of the three at her device."""

    page: Page
    looks: Callable[[Page], None]

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.looks(self.page)

    def press(self) -> None:
        """The filled button of the page's own form."""
        self.page.locator("main form .btn-primary:visible, .hz-dock .btn-primary:visible").first.click()
        self.page.wait_for_load_state()

    def choose(self, name: str, value: str) -> None:
        """A radio or a tick: people press the words, the input itself may be drawn invisible."""
        box = self.page.locator(f"label:has(input[name={name}][value='{value}'])").first
        if not box.locator("input").is_checked():
            box.click()

    def write(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"main [name='{name.replace('__', '-')}']").first.fill(text)

    def start(self, code: str, move: str) -> None:
        """Open the case and press the button of a move, under 更多 where it hides."""
        self.open(f"/cases/{code}/")
        button = self.page.locator(f"a[href$='/{move}/'], form[action$='/{move}/'] button")
        if not button.locator("visible=true").count():
            self.page.locator("summary:visible", has_text="更多").first.click()
        button.locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def told(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words)


def _register(who: Visitor) -> str:
    """Three steps; the number of the receipt."""
    page = who.page
    who.open("/register/")
    who.write(title="宿舍晚高峰小区负荷超限")
    who.write(condition="近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉每周四十件，还在上升。")
    who.press()
    who.looks(page)
    who.write(indicator="晚高峰负荷", unit="%", baseline="92", target="70", question_0="两周内能否把负荷降到七成？")
    who.choose("urgency", "normal")
    who.choose("mode", "either")
    who.press()
    who.looks(page)
    page.locator("summary:visible", has_text="网络运维").first.click()
    who.choose("to", "group:NET-01")
    who.press()
    who.looks(page)
    who.told("首问责任人")
    return page.locator(".hz-rcpt__no").first.inner_text().strip()


def _examine(expert: Visitor, leader: Visitor, code: str) -> None:
    expert.start(code, "log_contact")
    expert.looks(expert.page)
    expert.choose("channel", "phone")
    expert.write(learned="晚高峰二十点到二十三点最重，两栋宿舍楼")
    expert.press()
    expert.start(code, "inform_group")
    expert.write(note="已把情况告知全团，请各位准备意见")
    expert.press()
    expert.start(code, "hold_session")
    expert.choose("mode", "online")
    for person in ("expert", "mate", "requester"):
        expert.choose("people", person)
    expert.write(record="一致认为先均衡后扩容")
    expert.press()
    leader.start(code, "sign_opinion")
    leader.write(text="同意先均衡，扩容列入四月计划")
    leader.press()
    expert.start(code, "diagnose")
    expert.looks(expert.page)
    expert.write(findings="容量与均衡两方面的问题", causes__0__text="小区容量不足", causes__1__text="未做负荷均衡")
    expert.choose("causes-0-chain", "city")
    expert.choose("causes-1-chain", "county")
    expert.press()


def _prescribe(expert: Visitor, code: str) -> None:
    page = expert.page
    expert.start(code, "prescribe")
    expert.looks(page)
    expert.write(thinking="先均衡，再扩容")
    for n, what in enumerate(("做负荷均衡", "扩容两个小区")):
        row = {
            "what": what,
            "owner_name": "梁思远",
            "owner_unit": "网络部",
            "due_on": "2026-03-06",
            "expected": "负荷下降",
            "criterion": "周报达标",
        }
        expert.write(**{f"measures__{n}__{name}": text for name, text in row.items()})
        page.locator(f"select[name='measures-{n}-treat-{2 - n}']").select_option("main")
    expert.write(follow_up_on="2026-03-10")
    page.locator("select[name=innovation]").select_option("technology")
    expert.press()
    expert.told("处方已签发")
    expert.open(f"/cases/{code}/prescription/1/")
    expert.told("先均衡，再扩容")


def _finish_measures(requester: Visitor, code: str) -> None:
    for n in (0, 1):
        requester.start(code, "update_measure")
        select = requester.page.locator("main select[name=measure]")
        select.select_option(index=n + (1 if select.locator("option").first.get_attribute("value") == "" else 0))
        requester.choose("state", "done")
        requester.press()


def _close(requester: Visitor, expert: Visitor, leader: Visitor, code: str) -> None:
    expert.start(code, "follow_up")
    expert.looks(expert.page)
    expert.choose("mode", "online")
    expert.choose("verdict", "marked")
    expert.write(value="68", evidence="三期周报，晚高峰负荷六成八")
    expert.press()
    requester.start(code, "give_verdict")
    requester.choose("verdict", "marked")
    requester.press()
    expert.start(code, "resolve")
    if "/resolve/" in expert.page.url:
        expert.press()
    expert.start(code, "sign_final_reply")
    expert.write(found="容量不足且未做均衡", changed="负荷降到六成八", keep="每周看一次报表")
    expert.press()
    requester.start(code, "close_form")
    requester.looks(requester.page)
    requester.choose("outcome", "new_idea")
    requester.choose("value", "5")
    requester.choose("feasibility", "5")
    requester.press()
    leader.start(code, "decide_extraction")
    leader.choose("decision", "extract")
    leader.press()
    expert.start(code, "archive")
    if "/archive/" in expert.page.url:
        expert.press()


def _looks(way: str, check_axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """What is looked at on each page on the way: nothing wider than the screen; axe on the desk only, it is slow."""

    def look(page: Page) -> None:
        assert page.locator("h1").count() == 1, page.url
        if way == "phone":
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
        if way == "desk":
            check_axe(page)

    return look


@pytest.mark.parametrize("way", WAYS)
def test_case_travels_from_registration_to_archive(
    open_page: Any, check_axe: Any, people: Cast, clock: Any, way: str
) -> None:
    looks = _looks(way, check_axe)
    requester, expert, leader = (
        Visitor(open_page(people.users[who], **WAYS[way]), looks) for who in ("requester", "expert", "leader")
    )
    code = _register(requester)
    _at(clock, hours=1)
    _examine(expert, leader, code)
    _prescribe(expert, code)
    requester.start(code, "accept_prescription")
    if "/accept_prescription/" in requester.page.url:
        requester.press()
    _at(clock, days=4)
    _finish_measures(requester, code)
    _at(clock, days=8)
    _close(requester, expert, leader, code)

    case = Case.objects.get(code=code)
    assert (case.stage, case.accountable) == ("archived", people.person("expert"))
    assert list(entries_of(case).order_by("seq").values_list("verb", flat=True)) == ROAD
    assert verify().faults_found == 0
    requester.open(f"/cases/{code}/")
    requester.told("已归档")


def _at(clock: Any, **later: int) -> None:
    moment: datetime = MONDAY + timedelta(**later)
    clock.move_to(moment, tick=True)
