"""发送记录: what went out, why something did not, sent again once with the same id; mails of the folder as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives

from huizhen.journal.models import Entry
from huizhen.notifications.channels.mail.folder import FolderBackend
from huizhen.notifications.models import Delivery, Endpoint, Message
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

NOW = MONDAY + timedelta(hours=1)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def by_mail(cast: Cast, count: int = 1, who: str = "expert", **facts: Any) -> list[Delivery]:
    """Mails about a case."""
    case = cast.register(at=NOW - timedelta(minutes=20))
    entry = Entry.objects.get(verb="register", target_id=case.pk)
    made = []
    for n in range(count):
        message = Message.objects.create(
            person=cast.person(who), txn=f"{case.pk}-{n}", event="assigned", verb="register", at=NOW,
            entries=[[entry.pk, "assigned"]], target_type="cases.case", target_id=case.pk, target_label=case.code,
        )  # fmt: skip
        given = {"state": "failed", "last_error": "smtp 550", "attempts": 1, "not_before": NOW, **facts}
        made.append(
            Delivery.objects.create(
                message=message, channel="mail", txn=message.txn, event="assigned", verb="register", at=NOW, **given
            )
        )
    return made


def said(cast: Cast, address: str = "/outbox/") -> str:
    return " ".join(parsed(visit(cast.coordinator).get(address)).all("main")[0].text.split())


def test_failed_one_is_told_with_its_reason_and_no_address(cast: Cast) -> None:
    (one,) = by_mail(cast)
    told = said(cast)
    assert "新病例派给您，您是首问责任人" in told
    assert "给 沈言行" in told
    assert "邮件服务器不收（550）" in told
    assert str(one.key)[:8] in told
    assert "expert@example.com" not in told


def test_views_and_channels_narrow(cast: Cast) -> None:
    by_mail(cast), by_mail(cast, state="waiting"), by_mail(cast, state="sent", sent_at=NOW)
    by_mail(cast, state="doubtful", is_doubtful=True), by_mail(cast, settled_at=NOW)
    robot = Endpoint.objects.create(
        kind="wecom", name="无线群", scope="group", group=cast.group, address="https://example.com/?key=SECRET",
        created_at=NOW,
    )  # fmt: skip
    Delivery.objects.create(
        endpoint=robot, channel="wecom", txn="x", event="assigned", verb="register", at=NOW, not_before=NOW
    )
    rows = {
        query: said(cast, f"/outbox/?{query}").count("给 ")
        for query in (
            "",
            "show=waiting",
            "show=failed",
            "show=doubtful",
            "show=sent",
            "channel=wecom",
            "show=x&channel=y",
        )
    }
    assert list(rows.values()) == [6, 2, 1, 1, 1, 1, 6]
    assert "SECRET" not in said(cast)
    assert "没有发不出去的" in said(cast, "/outbox/?show=failed&channel=feishu")


def test_failed_one_is_sent_again_once_with_its_id(cast: Cast) -> None:
    (one,) = by_mail(cast)
    client = visit(cast.coordinator)
    answer = client.post(f"/outbox/{one.key}/send_again/", {"next": "/outbox/?show=failed"}, follow=True)
    assert "已排队重发" in answer.content.decode()
    again = Delivery.objects.get()
    assert (again.key, again.state, again.attempts, again.not_before) == (one.key, "waiting", 0, NOW)
    twice = client.post(f"/outbox/{one.key}/send_again/", {"next": "//example.com"}, follow=False)
    assert twice.url == "/"
    assert Delivery.objects.count() == 1


def test_failed_one_is_put_aside(cast: Cast) -> None:
    (one,) = by_mail(cast)
    client = visit(cast.coordinator)
    assert "条消息发不出去" in client.get("/").content.decode()
    assert "不再发了" in client.post(f"/outbox/{one.key}/settle/", {"next": "/outbox/"}, follow=True).content.decode()
    assert "已经处理过" in client.post(f"/outbox/{one.key}/settle/", {"next": "/outbox/"}, follow=True).content.decode()
    assert "条消息发不出去" not in client.get("/").content.decode()
    assert "没有发不出去的" in said(cast, "/outbox/?show=failed")


def test_unknown_id_is_not_found(cast: Cast) -> None:
    client = visit(cast.coordinator)
    for verb in ("send_again", "settle"):
        assert client.post(f"/outbox/{UUID(int=0)}/{verb}/").status_code == 404


def test_counts_stop_at_99(cast: Cast) -> None:
    by_mail(cast, 120)
    assert "没有送到 99+" in said(cast)


@pytest.mark.parametrize("count", [1, 3])
def test_outbox_costs_the_same_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        by_mail(cast), by_mail(cast, state="sent", sent_at=NOW)
    client = visit(cast.coordinator)
    with django_assert_num_queries(14):  # frame 8; deliveries, entries, titles, names; two counts
        client.get("/outbox/")


def test_pages_follow_each_other_without_gap(cast: Cast) -> None:
    by_mail(cast, 65)
    client, address, seen = visit(cast.coordinator), "/outbox/", 0
    while address:
        page = parsed(client.get(address))
        seen += len([one for one in page.all("li") if "hz-out" in one.attributes.get("class", "")])
        further = page.all("a", rel="next")
        address = f"/outbox/{further[0].attributes['href']}" if further else ""
    assert seen == 65


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "huizhen.notifications.channels.mail.folder.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def posted(key: object, *, subject: str = "[会诊] 新病例", body: str = "请看\nhttp://localhost/") -> None:
    mail = EmailMultiAlternatives(
        subject, body, "huizhen@localhost", ["expert@example.com"], headers={"X-Huizhen-Delivery": str(key)}
    )
    mail.attach_alternative(f"<p>{HOSTILE}</p>", "text/html")
    FolderBackend().send_messages([mail])


def test_mail_of_the_folder_is_read_as_text(cast: Cast, folder: Path) -> None:
    (one,) = by_mail(cast, state="sent", sent_at=NOW)
    posted(one.key, subject=HOSTILE, body=f"第一行\n{HOSTILE}")
    client = visit(cast.coordinator)
    (link,) = [a for a in parsed(client.get("/outbox/")).all("a") if "/outbox/mail/" in a.attributes.get("href", "")]
    answer = client.get(link.attributes["href"])
    assert b"<script>alert" not in answer.content
    text = parsed(answer).text
    assert f"第一行{HOSTILE}" in text
    assert "e***@example.com" in text
    assert "expert@example.com" not in text


@pytest.mark.parametrize("name", ["nothing", "..", "20260302T020000.000000-..", "20260302T020000.000000-abc", "%2e%2e"])
def test_no_other_file_is_read(cast: Cast, folder: Path, name: str) -> None:
    (folder / "secret.eml").write_text("Subject: x\n\nx")
    assert visit(cast.coordinator).get(f"/outbox/mail/{name}/").status_code == 404
    assert visit(cast.coordinator).get("/outbox/mail/secret/").status_code == 404


def test_spoiled_mail_breaks_no_page(cast: Cast, folder: Path) -> None:
    name = "20260302T020000.000000-abc"
    (folder / f"{name}.eml").write_bytes(b"\xff\xfe\x00Content-Type: multipart/x\n\n--\n\xff")
    assert visit(cast.coordinator).get(f"/outbox/mail/{name}/").status_code == 200
