"""Robots and webhook against a server that plays them: signatures, every way to fail, and how long a text may be."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from huizhen.notifications.channels import CHANNELS, Envelope, Permanent, Temporary, wire
from huizhen.notifications.channels.dingtalk import signature as dingtalk_signature
from huizhen.notifications.channels.envelope import cut
from huizhen.notifications.channels.feishu import signature as feishu_signature
from huizhen.notifications.channels.webhook import signature as webhook_signature
from huizhen.notifications.choices import ChannelName
from tests.stub.server import SECRET, Stub

TOKENS = {"wecom": "wecom-0001", "dingtalk": "ding-0001", "feishu": "feishu-0001", "webhook": "hook-0001"}
KINDS = sorted(TOKENS)
Write = Callable[..., Envelope]


@pytest.fixture
def stub(settings: Any) -> Iterator[Stub]:
    """The stub, which the operator has named as a host of robots inside the house."""
    settings.HUIZHEN_ALLOW_PRIVATE_TARGETS = True
    with Stub() as server:
        settings.HUIZHEN_ROBOT_HOSTS = [server.host]
        yield server


@pytest.fixture
def write(stub: Stub) -> Write:
    """An envelope to the stub's robot of that kind."""

    def envelope(kind: str, **changes: Any) -> Envelope:
        fields = {
            "key": "0f8a3c52-95f7-4f0e-9c05-3f4f3f1f9d11",
            "subject": "[会诊] 首次沟通时限已到期，请马上办 HZ26-00932",
            "text": "首次沟通时限已到期，请马上办\nHZ26-00932 宽带装机来回跑 🛠️",
            "url": "https://huizhen.example.cn/cases/HZ26-00932/#duty",
            "to": getattr(stub, kind)(TOKENS[kind]),
            "secret": "" if kind == "wecom" else SECRET,
            "event": "deadline",
            "at": datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        }
        return Envelope(**(fields | changes))

    return envelope


def test_every_channel_has_its_transport() -> None:
    assert list(CHANNELS) == [one.value for one in ChannelName]
    assert {name: channel.label for name, channel in CHANNELS.items()} == {one.value: one.label for one in ChannelName}


def test_signatures_are_those_that_openssl_makes() -> None:
    assert dingtalk_signature("this is secret", 1577262236757) == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert feishu_signature("demo", 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
    assert webhook_signature("s" * 16, 1, b"{}") == (
        "sha256=ba3a899b97862e8ea3728ddf1d36f069b70e58babde701eda90d63b5cc6a4284"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_message_arrives_with_its_delivery_id(stub: Stub, write: Write, kind: str) -> None:
    CHANNELS[kind].send(write(kind))
    (seen,) = stub.seen
    assert (seen.kind, seen.delivery, seen.event, seen.accepted) == (kind, write(kind).key, "deadline", True)


def test_robots_say_subject_text_and_address_once(stub: Stub, write: Write) -> None:
    for kind in ("wecom", "dingtalk", "feishu"):
        CHANNELS[kind].send(write(kind))
    wecom, dingtalk, feishu = (seen.body for seen in stub.seen)
    assert wecom["text"]["content"].splitlines() == [
        "[会诊] 首次沟通时限已到期，请马上办 HZ26-00932",
        "HZ26-00932 宽带装机来回跑 🛠️",
        "https://huizhen.example.cn/cases/HZ26-00932/#duty",
    ]
    assert dingtalk["text"] == wecom["text"]
    assert feishu["content"]["post"]["zh_cn"] == {
        "title": "[会诊] 首次沟通时限已到期，请马上办 HZ26-00932",
        "content": [
            [{"tag": "text", "text": "HZ26-00932 宽带装机来回跑 🛠️"}],
            [{"tag": "a", "text": "打开", "href": "https://huizhen.example.cn/cases/HZ26-00932/#duty"}],
        ],
    }


def test_webhook_gets_the_fields_apart(stub: Stub, write: Write) -> None:
    CHANNELS["webhook"].send(write("webhook"))
    assert stub.seen[0].body == {
        "delivery": write("webhook").key,
        "event": "deadline",
        "at": "2026-11-23T01:30:00+00:00",
        "subject": "[会诊] 首次沟通时限已到期，请马上办 HZ26-00932",
        "text": "首次沟通时限已到期，请马上办\nHZ26-00932 宽带装机来回跑 🛠️",
        "url": "https://huizhen.example.cn/cases/HZ26-00932/#duty",
        "language": "zh-hans",
    }


def test_nobody_is_called_by_what_stands_in_a_title(stub: Stub, write: Write) -> None:
    text = '<at user_id="all">所有人</at> <@all> @all [去看](https://example.cn)'
    for kind in ("wecom", "dingtalk", "feishu"):
        CHANNELS[kind].send(write(kind, text=text))
    wecom, dingtalk, feishu = (seen.body for seen in stub.seen)
    assert (wecom["msgtype"], set(wecom["text"])) == ("text", {"content"})
    assert (dingtalk["msgtype"], set(dingtalk)) == ("text", {"msgtype", "text"})
    assert feishu["content"]["post"]["zh_cn"]["content"][0] == [{"tag": "text", "text": text}]


WRONG = {
    "wecom": ({"to": "{base}/cgi-bin/webhook/send?key=another-key"}, "code 93000"),
    "dingtalk": ({"secret": "SECanother0123456789"}, "code 310000"),
    "feishu": ({"secret": "SECanother0123456789"}, "code 19021"),
    "webhook": ({"secret": "SECanother0123456789"}, "status 401"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_key_or_signature_is_final(stub: Stub, write: Write, kind: str) -> None:
    changes, told = WRONG[kind]
    with pytest.raises(Permanent, match=f"^{told}$"):
        CHANNELS[kind].send(write(kind, **{name: text.format(base=stub.base) for name, text in changes.items()}))
    assert [seen.accepted for seen in stub.seen] == [False]


BUSY = {"wecom": "code 45009", "dingtalk": "code 130101", "feishu": "code 11232", "webhook": "status 429"}


@pytest.mark.parametrize("kind", KINDS)
def test_too_many_at_once_passes(stub: Stub, write: Write, kind: str) -> None:
    stub.behave(TOKENS[kind], "busy")
    with pytest.raises(Temporary, match=f"^{BUSY[kind]}$"):
        CHANNELS[kind].send(write(kind))


@pytest.mark.parametrize(
    "mode, fault, told",
    [
        ("500", Temporary, "status 500"),
        ("429", Temporary, "status 429"),
        ("404", Permanent, "status 404"),
        ("redirect", Permanent, "status 302"),
        ("reset", Temporary, "connection"),
        ("garbage", Temporary, "nonsense"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_told_apart(stub: Stub, write: Write, kind: str, mode: str, fault: type, told: str) -> None:
    stub.behave(TOKENS[kind], mode)
    with pytest.raises(fault, match=f"^{told}$"):
        CHANNELS[kind].send(write(kind))
    assert len(stub.seen) == 1  # nobody was led on to another address


@pytest.mark.parametrize("mode", ["nonsense", "html", "huge"])
@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_that_says_nothing_sensible_is_asked_again(stub: Stub, write: Write, kind: str, mode: str) -> None:
    stub.behave(TOKENS[kind], mode)
    with pytest.raises(Temporary, match=r"^nonsense$"):
        CHANNELS[kind].send(write(kind))


def test_a_webhook_acknowledges_with_its_status_alone(stub: Stub, write: Write) -> None:
    for mode in ("html", "nonsense"):
        stub.behave(TOKENS["webhook"], mode)
        CHANNELS["webhook"].send(write("webhook"))
    assert len(stub.seen) == 2  # each asked once and believed


@pytest.mark.parametrize("mode", ["hang", "dribble", "drip_head"])
@pytest.mark.parametrize("kind", KINDS)
def test_time_is_up_whatever_comes_in(
    stub: Stub, write: Write, monkeypatch: pytest.MonkeyPatch, kind: str, mode: str
) -> None:
    monkeypatch.setattr(wire, "TOTAL", 0.7)
    stub.behave(TOKENS[kind], mode)
    began = time.monotonic()
    with pytest.raises(Temporary, match=r"^timeout$"):
        CHANNELS[kind].send(write(kind))
    assert 0.6 < time.monotonic() - began < 3


def test_the_times_are_short() -> None:
    assert (wire.CONNECT, wire.TOTAL) == (3.0, 10.0)


def test_nobody_at_home_is_temporary(stub: Stub, write: Write, settings: Any) -> None:
    closed = Stub()
    closed._server.server_close()
    settings.HUIZHEN_ROBOT_HOSTS = [closed.host]
    with pytest.raises(Temporary, match=r"^connection$"):
        CHANNELS["wecom"].send(write("wecom", to=closed.wecom()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["refuse", "500", "garbage", "reset", "busy"])
def test_no_secret_and_no_address_is_told(
    stub: Stub, write: Write, caplog: pytest.LogCaptureFixture, kind: str, mode: str
) -> None:
    caplog.set_level(logging.DEBUG)
    stub.behave(TOKENS[kind], mode)
    with pytest.raises((Temporary, Permanent)) as caught:
        CHANNELS[kind].send(write(kind))
    told = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
    assert not [part for part in (TOKENS[kind], SECRET, stub.base, "127.0.0.1", "192.0.2.1") if part in told]


# ── how long a text may be


@pytest.mark.parametrize("text", ["会诊" * 1000, "🛠️" * 1000, '"\n' * 1000, "a" * 2000, "👩‍🔬" * 700])
def test_two_thousand_characters_fit(stub: Stub, write: Write, text: str) -> None:
    for kind in KINDS:
        CHANNELS[kind].send(write(kind, text=text))
    assert [seen.accepted for seen in stub.seen] == [True] * 4
    content = next(seen.body["text"]["content"] for seen in stub.seen if seen.kind == "wecom")
    assert len(content.encode()) <= 2048
    assert content.endswith("\nhttps://huizhen.example.cn/cases/HZ26-00932/#duty")


def test_a_very_long_text_fits_too(stub: Stub, write: Write) -> None:
    for kind in ("wecom", "dingtalk", "feishu"):
        CHANNELS[kind].send(write(kind, text='"' * 60_000, subject="长" * 9000))
    assert [seen.accepted for seen in stub.seen] == [True] * 3
    assert len(json.dumps(stub.seen[1].body, ensure_ascii=False).encode()) < 20_000
    assert len(json.dumps(stub.seen[2].body, ensure_ascii=False).encode()) < 30 * 2**10


def test_a_cut_tears_no_character() -> None:
    assert cut("会诊", 6) == "会诊"
    assert cut("会诊室", 8) == "会…"
    assert cut("会诊👍🏽好", 13) == "会诊…"  # 👍 would fit, but not its colour
    assert cut("好👩‍🔬" + "x" * 9, 12) == "好…"  # half of the scientist would be a woman
    assert cut("e\u0301" * 4, 7) == "e\u0301…"
    assert cut("会诊", 2) == ""


def test_line_breaks_in_a_subject_stay_in_their_line(stub: Stub, write: Write) -> None:
    for kind in KINDS:
        CHANNELS[kind].send(
            replace(write(kind), subject="第一行\r\nHuizhen-Event: x\u2028三", event="a\r\nb", text="正文")
        )
    assert stub.seen[0].event == "unknown"
    assert "第一行 Huizhen-Event: x 三" in {seen.body.get("subject") for seen in stub.seen}
