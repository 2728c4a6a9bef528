"""Signing in, in Chromium: desk and phone, with and without JavaScript, in both languages."""

from __future__ import annotations

import pytest

from huizhen.accounts.models import User

PASSWORD = "a long enough password"


@pytest.fixture
def somebody(transactional_db: None) -> User:
    return User.objects.create_user("somebody", PASSWORD, name="某某")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no js"])
def test_person_signs_in(open_page, somebody: User, phone: bool, javascript: bool) -> None:
    page = open_page(phone=phone, javascript=javascript)
    page.goto("/sign-in/")
    page.fill("input[name=username]", somebody.username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button.btn-primary").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    assert any(cookie["name"] == "sessionid" for cookie in page.context.cookies())


def test_wrong_password_is_told_and_nothing_is_lost(open_page, somebody: User) -> None:
    page = open_page()
    page.goto("/sign-in/")
    page.fill("input[name=username]", somebody.username)
    page.fill("input[name=password]", "wrong")
    page.locator("form:has(input[name=password]) button.btn-primary").click()
    page.wait_for_load_state()
    assert "/sign-in/" in page.url
    assert page.input_value("input[name=username]") == somebody.username
    assert page.locator("[role=alert], .invalid-feedback, .hz-errors").count() > 0


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_sign_in_page_is_accessible_and_fits(open_page, check_axe, somebody: User, language: str) -> None:
    page = open_page(phone=True, language=language)
    page.goto("/sign-in/")
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_attribute("html", "lang")[:2] == language[:2]
