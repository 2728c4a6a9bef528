"""Where nothing is ever sent: other schemes, other hosts, one's own network, and names that lead there."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from huizhen.notifications.channels import CHANNELS, Envelope, Permanent, Temporary, wire
from tests.stub.server import SECRET, Stub

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/f19a5f2c-0000-4a4b-9d8c-1d1c1c1c1c1c"


def faults(kind: str, address: str, secret: str = SECRET) -> list[tuple[str, str | None]]:
    return [(fault.code, fault.column) for fault in CHANNELS[kind].check(address, secret)]


def to(address: str) -> Envelope:
    return Envelope(key="k", subject="s", text="t", url="", to=address, secret=SECRET, event="test")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as server:
        yield server


def test_addresses_as_the_chat_tools_give_them() -> None:
    assert faults("wecom", WECOM, "") == faults("dingtalk", DINGTALK) == faults("feishu", FEISHU) == []
    assert faults("dingtalk", DINGTALK, "") == faults("feishu", FEISHU, "") == []
    assert faults("webhook", "https://mis.example.com:8443/hooks/huizhen?from=1") == []


@pytest.mark.parametrize(
    "address, code",
    [
        ("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_scheme"),
        ("https://qyapi.weixin.qq.com.example.cn/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_host"),
        ("https://example.cn/qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_host"),
        ("https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_host"),
        ("https://qyapi.weixin.qq.com@example.cn/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_userinfo"),
        ("https://qyapi.weixin.qq.com\\@example.cn/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_form"),
        ("https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec", "address_host"),
        ("https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=1&corpsecret=2", "address_robot"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "address_robot"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx&debug=1", "address_robot"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx\r\nX: y", "address_form"),
    ],
)
def test_a_robot_has_one_host_and_one_path(address: str, code: str) -> None:
    assert faults("wecom", address, "") == [(code, "address")]


def test_a_named_host_is_a_robot_host_too(settings: Any) -> None:
    address = "https://im.example.cn:8443/cgi-bin/webhook/send?key=693a91f6-7xxx"
    assert faults("wecom", address, "") == [("address_host", "address")]
    for named in ("im.example.cn", "im.example.cn:8443"):
        settings.HUIZHEN_ROBOT_HOSTS = [named]
        assert faults("wecom", address, "") == []
    settings.HUIZHEN_ROBOT_HOSTS = ["im.example.cn:443"]
    assert faults("wecom", address, "") == [("address_host", "address")]


def test_a_secret_where_none_is_used_is_told() -> None:
    assert faults("wecom", WECOM, SECRET) == [("secret_unused", "secret")]
    assert faults("webhook", "https://mis.example.com/", "short") == [("secret_short", "secret")]


@pytest.mark.parametrize(
    "address, code",
    [
        ("http://mis.example.com/", "address_scheme"),
        ("ftp://mis.example.com/", "address_scheme"),
        ("file:///etc/passwd", "address_scheme"),
        ("gopher://127.0.0.1:6379/_SET", "address_scheme"),
        ("javascript:alert(1)", "address_scheme"),
        ("//mis.example.com/", "address_scheme"),
        ("mis.example.com", "address_scheme"),
        ("https://user:pass@mis.example.com/", "address_userinfo"),
        ("https://mis.example.com/a b", "address_form"),
        ("https://mis.example.com/a\r\nHost: x", "address_form"),
        ("https://mis.example.com/病例", "address_form"),
        ("https://mis.example.com/#part", "address_form"),
        ("https://mis.example.com:99999/", "address_form"),
        ("https://mis.example.com:0/", "address_form"),
        ("https://[::1/", "address_form"),
        ("https:///path", "address_form"),
        ("https://", "address_form"),
        ("https://[fe80::1%25eth0]/", "address_form"),
        ("https://mis.example.com/" + "x" * 500, "address_form"),
        ("https://127.0.0.1/", "address_private"),
        ("https://127.1/", "address_private"),
        ("https://2130706433/", "address_private"),
        ("https://0x7f000001/", "address_private"),
        ("https://0177.0.0.1/", "address_private"),
        ("https://0/", "address_private"),
        ("https://10.20.30.40/", "address_private"),
        ("https://172.16.0.1/", "address_private"),
        ("https://192.168.1.1./", "address_private"),
        ("https://100.64.0.1/", "address_private"),
        ("https://169.254.169.254/latest/meta-data/", "address_private"),
        ("https://224.0.0.1/", "address_private"),
        ("https://255.255.255.255/", "address_private"),
        ("https://[::1]/", "address_private"),
        ("https://[::]/", "address_private"),
        ("https://[::ffff:127.0.0.1]/", "address_private"),
        ("https://[64:ff9b::7f00:1]/", "address_private"),
        ("https://[2002:7f00:1::]/", "address_private"),
        ("https://[fd00::1]/", "address_private"),
        ("https://[fe80::1]/", "address_private"),
        ("https://localhost/", "address_private"),
        ("https://LOCALHOST./", "address_private"),
        ("https://x.localhost/", "address_private"),
    ],
)
def test_a_webhook_leaves_the_house_or_is_refused(address: str, code: str) -> None:
    assert faults("webhook", address) == [(code, "address")]
    with pytest.raises(Permanent, match=f"^{code}$"):
        CHANNELS["webhook"].send(to(address))


def test_public_addresses_are_public() -> None:
    for text in ("1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"):
        assert wire.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("name", ["127.0.0.1", "::1", "10.0.0.8", "169.254.169.254", "fd00::1", "::ffff:192.168.0.1"])
def test_a_name_that_leads_inside_is_found_when_connecting(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    _answer_with(monkeypatch, ["1.1.1.1", name])
    assert faults("webhook", "https://rebound.example.com/") == []
    with pytest.raises(Permanent, match=r"^private$"):
        CHANNELS["webhook"].send(to("https://rebound.example.com/"))
    with pytest.raises(Permanent, match=r"^private$"):
        CHANNELS["wecom"].send(to(WECOM))


def test_the_address_that_was_checked_is_the_one_connected_to(
    stub: Stub, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HUIZHEN_ALLOW_PRIVATE_TARGETS = True
    asked = _answer_with(monkeypatch, ["127.0.0.1"], port=stub.port)
    CHANNELS["webhook"].send(to(f"http://rebound.example.com:{stub.port}/hook/hook-0001"))
    assert asked == ["rebound.example.com"]  # once: what was answered later would not matter
    assert stub.seen[0].accepted


def test_the_setting_opens_ones_own_network_but_no_link_local(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HUIZHEN_ALLOW_PRIVATE_TARGETS = True
    assert faults("webhook", "http://10.20.30.40:8080/hook") == faults("webhook", "http://localhost/") == []
    for address in (
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://[::ffff:169.254.169.254]/",
    ):
        assert faults("webhook", address) == [("address_private", "address")]
    _answer_with(monkeypatch, ["169.254.169.254"])
    with pytest.raises(Permanent, match=r"^private$"):
        CHANNELS["webhook"].send(to("http://metadata.example.com/"))


def test_a_named_robot_host_may_lie_inside_others_not(
    stub: Stub, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer_with(monkeypatch, ["127.0.0.1"], port=stub.port)
    settings.HUIZHEN_ROBOT_HOSTS = ["im.example.cn"]
    inside = f"https://im.example.cn:{stub.port}/cgi-bin/webhook/send?key=wecom-0001"
    with pytest.raises(Temporary, match=r"^tls$"):  # it was reached; the stub speaks no TLS
        CHANNELS["wecom"].send(to(inside))
    with pytest.raises(Permanent, match=r"^private$"):
        CHANNELS["wecom"].send(to(WECOM))


def test_no_redirect_is_followed(stub: Stub, settings: Any) -> None:
    settings.HUIZHEN_ALLOW_PRIVATE_TARGETS = True
    stub.redirect_to = f"{stub.base}/inside"
    stub.behave("hook-0001", "redirect")
    with pytest.raises(Permanent, match=r"^status 302$"):
        CHANNELS["webhook"].send(to(stub.webhook()))
    assert [seen.kind for seen in stub.seen] == ["webhook"]


def test_a_slow_resolver_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CONNECT", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(1) or [])
    began = time.monotonic()
    with pytest.raises(Temporary, match=r"^name$"):
        CHANNELS["webhook"].send(to("https://slow.example.com/"))
    assert time.monotonic() - began < 0.9


def test_a_name_nobody_knows_is_temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_more: object) -> list:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Temporary, match=r"^name$"):
        CHANNELS["webhook"].send(to("https://nobody.example.com/"))


def _answer_with(monkeypatch: pytest.MonkeyPatch, addresses: list[str], port: int = 443) -> list[str]:
    """The resolver gives these addresses to whatever it is asked; the names it was asked are kept."""
    asked: list[str] = []

    def answer(host: str, *_args: object, **_more: object) -> list:
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port))
            for text in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked
