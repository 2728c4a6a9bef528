"""The overview in a browser: drawn from its table, shown as its table by the keyboard, taken along as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from playwright.sync_api import Page, expect

from huizhen.reports import jobs
from tests.cast import MONDAY, Cast

NOW = MONDAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def test_overview_is_drawn_read_as_a_table_and_taken_along(
    open_page: Any, transactional_db: None, cast: Cast, check_axe: Any, tmp_path: Path
) -> None:
    for _n in range(5):  # fewer make no rate
        cast.contacted(at=MONDAY)
    jobs.drain(NOW)
    page: Page = open_page(cast.coordinator)
    page.goto("/overview/?scope=all&period=campaign")
    trend = page.locator("figure[data-chart=lines]")
    drawing, table = trend.locator("[data-draw] svg"), trend.locator("table")
    expect(drawing).to_be_visible()
    expect(table).to_be_hidden()
    expect(drawing.get_by_text("100%", exact=True)).to_be_visible()  # the end of the line
    switch = trend.get_by_role("button", name="表格")
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(table).to_be_visible()
    expect(table.get_by_role("link", name="100.0%").first).to_be_visible()
    check_axe(page)
    page.keyboard.press("Enter")
    expect(drawing).to_be_visible()

    for name in ("lines", "tiles", "funnel"):
        with page.expect_download() as taken:
            page.locator(f"figure[data-chart={name}] [data-do=svg]").click()
        taken.value.save_as(tmp_path / "chart.svg")
        told = (tmp_path / "chart.svg").read_text(encoding="utf-8")
        assert told.startswith("<svg")
        assert ElementTree.fromstring(told).tag.endswith("svg"), "programs stricter than a browser can open it"
        assert "http" not in told.replace("http://www.w3.org/", "")
    with page.expect_download() as taken:
        page.locator("figure[data-chart=heat] [data-do=png]").click()
    taken.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")

    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/overview/screen/")
    expect(page.locator("[data-wall] [data-draw] svg")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") == 1080
    with page.expect_response("**/overview/screen/fresh/"):
        page.evaluate("htmx.ajax('GET', '/overview/screen/fresh/', {target: '[data-wall]', swap: 'outerHTML'})")
    expect(page.locator("[data-wall] [data-draw] svg")).to_be_visible()  # drawn again in what came

    bare: Page = open_page(cast.coordinator, phone=True, javascript=False)
    bare.goto("/overview/?scope=all&period=campaign")
    expect(bare.locator("figure[data-chart=lines] table")).to_be_visible()
    expect(bare.locator("[data-do]").first).to_be_hidden()
    assert bare.evaluate("document.documentElement.scrollWidth") <= 390
