"""Mail: what it looks like, where it goes, and what a mail server may say to it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from huizhen.notifications.channels import CHANNELS, Envelope, Permanent, Temporary
from tests.stub.smtp import MailStub

KEY = "0f8a3c52-95f7-4f0e-9c05-3f4f3f1f9d11"


def letter(to: str = "chen@example.com", **changes: Any) -> Envelope:
    fields = {
        "key": KEY,
        "subject": "[会诊] 处方已开出，请支部接受或退回 HZ26-00932",
        "text": "处方已开出，请支部接受或退回\nHZ26-00932 <b>宽带</b> & 装机 🛠️",
        "url": "https://huizhen.example.cn/cases/HZ26-00932/?a=1&b=2",
        "to": to,
    }
    return Envelope(**(fields | changes))


@pytest.fixture
def server(settings: Any) -> Iterator[MailStub]:
    with MailStub() as stub:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", stub.port, 1
        settings.HUIZHEN_MAIL_FROM = "会诊 <huizhen@mail.example.cn>"
        yield stub


def test_a_mail_arrives_with_its_id_twice(server: MailStub) -> None:
    CHANNELS["mail"].send(letter())
    (found,) = server.mails
    assert str(found["Subject"]).strip() == "[会诊] 处方已开出，请支部接受或退回 HZ26-00932"
    assert found["From"] == "会诊 <huizhen@mail.example.cn>"
    assert found["To"] == "chen@example.com"
    assert found["Message-ID"] == f"<{KEY}@mail.example.cn>"
    assert found["X-Huizhen-Delivery"] == KEY
    assert found["Auto-Submitted"] == "auto-generated"


def test_a_mail_is_plain_text_with_simple_html_beside_it(server: MailStub) -> None:
    CHANNELS["mail"].send(letter(language="en"))
    plain, html = (part.get_content() for part in server.mails[0].iter_parts())
    assert plain.splitlines() == [
        "处方已开出，请支部接受或退回",
        "HZ26-00932 <b>宽带</b> & 装机 🛠️",
        "",
        "https://huizhen.example.cn/cases/HZ26-00932/?a=1&b=2",
    ]
    assert "<p>HZ26-00932 &lt;b&gt;宽带&lt;/b&gt; &amp; 装机 🛠️</p>" in html
    assert '<html lang="en">' in html
    assert re.search(r'<a href="https://huizhen.example.cn/cases/HZ26-00932/\?a=1&amp;b=2">Open</a>', html)


@pytest.mark.parametrize(
    "name, fault, told",
    [("nobody", Permanent, "smtp 550"), ("full", Temporary, "smtp 452"), ("spam", Permanent, "smtp 554")],
)
def test_what_the_server_says_is_told_apart(server: MailStub, name: str, fault: type, told: str) -> None:
    with pytest.raises(fault, match=f"^{told}$") as caught:
        CHANNELS["mail"].send(letter(f"{name}@example.com"))
    assert "example" not in repr(caught.value)
    assert server.mails == []


def test_a_server_that_hangs_or_is_away_is_temporary(server: MailStub, settings: Any) -> None:
    with pytest.raises(Temporary):
        CHANNELS["mail"].send(letter("slow@example.com"))
    settings.EMAIL_PORT = 1
    with pytest.raises(Temporary, match=r"^connection$"):
        CHANNELS["mail"].send(letter())


def test_a_server_that_drips_is_cut_off(server: MailStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huizhen.notifications.channels.mail.TOTAL", 0.7)
    began = time.monotonic()
    with pytest.raises(Temporary, match=r"^timeout$"):
        CHANNELS["mail"].send(letter("drip@example.com"))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "address",
    ["", "chen", "chen@example.com\r\nBcc: all@example.com", "a@b, c@d", "Chen <chen@example.com>", "a@@b", "a b@c"],
)
def test_an_address_is_one_address(address: str) -> None:
    assert [fault.code for fault in CHANNELS["mail"].check(address, "")] == ["address_form"]
    with pytest.raises(Permanent, match=r"^address_form$"):
        CHANNELS["mail"].send(letter(address))
    assert mail.outbox == []


def test_a_subject_stays_in_its_line(server: MailStub) -> None:
    CHANNELS["mail"].send(letter(subject="第一行\r\nBcc: all@example.com"))
    assert str(server.mails[0]["Subject"]).strip() == "第一行 Bcc: all@example.com"
    assert server.mails[0]["Bcc"] is None


def test_without_a_mail_server_each_mail_is_a_file(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "huizhen.notifications.channels.mail.folder.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    for number in range(3):
        CHANNELS["mail"].send(letter(key=f"key-{number}"))
    files = sorted((tmp_path / "mail").iterdir())
    assert [re.sub(r"^\d{8}T\d{6}\.\d{6}-", "", path.name) for path in files] == ["key-0.eml", "key-1.eml", "key-2.eml"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    found = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert (str(found["Subject"]).strip(), found["X-Huizhen-Delivery"]) == (letter().subject, "key-0")
