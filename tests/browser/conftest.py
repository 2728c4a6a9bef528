"""Chromium for the browser tests: pages of a phone or a desk, with and without JavaScript, that must stay quiet and at home.

A page fails its test when the console shows an error, when a script throws, when anything but a document is missing, when the
server answers 5xx, or when a request leaves the server's own host.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

from tests.chromium import ARGUMENTS, chromium
from tests.kept import GROUND

# Playwright's loop runs in the thread of the test, which also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PATIENCE = 30_000  # milliseconds; a busy machine is slow, not wrong

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives Chromium."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium()), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """`open_page(user=None, phone=False, javascript=True, language="zh-CN")` → a Page with a context of its own, signed in as `user`.

    Addresses are relative to the live server: `page.goto("/cases/")`.
    """
    contexts = []
    trouble: list[str] = []
    home = urlsplit(live_server.url).netloc

    def watch_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != home:
            trouble.append(f"request left the host: {request.url}")

    def watch_response(response: Response) -> None:
        bare = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (bare and response.status >= 400):
            trouble.append(f"{response.status} for {response.url}")

    def opener(user: Any = None, *, phone: bool = False, javascript: bool = True, language: str = "zh-CN") -> Page:
        GROUND.is_now("visited", depth=None)  # from here on the server writes too, which this thread does not see
        context = browser.new_context(
            base_url=live_server.url,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            java_script_enabled=javascript,
            locale=language,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            service_workers="block",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if user is not None:
            client = Client()
            client.force_login(user, backend="huizhen.accounts.backends.Backend")
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("request", watch_request)
        page.on("response", watch_response)
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        # A refused form or an error page is a 4xx document, which the console reports in these words; responses are watched above.
        page.on(
            "console",
            lambda message: (
                trouble.append(f"console: {message.text}")
                if message.type == "error" and not message.text.startswith("Failed to load resource")
                else None
            ),
        )
        return page

    yield opener
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def check_axe() -> Callable[[Page], None]:
    """`check_axe(page)`: axe finds nothing serious or critical on the page."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Page) -> None:
        found = Axe().run(page).response["violations"]
        assert [
            (one["id"], one["help"], [node["target"] for node in one["nodes"]])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ] == []

    return check
