"""What was typed: shown masked once it was stored masked, and offered again after the session had ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.cast import MONDAY, Cast

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    return cast


def test_number_is_masked_in_the_field_once_it_is_left(open_page: Any, people: Cast) -> None:
    page = open_page(people.requester)
    page.goto("/register/new/?branch=B1")
    field = page.locator("[name=condition]")
    field.fill("联系人 13912345678，近三个月晚高峰负荷过高")
    expect(page.locator("[data-masked]")).to_be_visible()
    assert "13912345678" in field.input_value()  # she is still in the field
    page.locator("[name=title]").click()
    expect(field).to_have_value("联系人 139****5678，近三个月晚高峰负荷过高")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no js"])
def test_form_survives_the_end_of_the_session(open_page: Any, people: Cast, javascript: bool) -> None:
    case = people.register()
    people.expert.set_password(PASSWORD)
    people.expert.save()
    page = open_page(people.expert, javascript=javascript)
    page.goto(f"/cases/{case.code}/log_contact/")
    page.locator("[name=learned]").fill("第一段\n第二段")
    page.locator("main form [name=channel]").first.check(force=True)
    Session.objects.all().delete()
    page.locator("main form .btn-primary").first.click()
    page.fill("input[name=username]", people.expert.username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("第二段")
    assert not case.contacts.exists()
    page.locator("main form .btn-primary").click()
    page.wait_for_url(lambda address: address.endswith(f"/cases/{case.code}/"))
    assert case.contacts.get().learned.replace("\r\n", "\n") == "第一段\n第二段"
