"""钉钉: the group robot. With 加签 the address carries a moment and its signature."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus

from huizhen.notifications.channels.envelope import Envelope, laid_out
from huizhen.notifications.channels.robot import Robot
from huizhen.notifications.channels.wire import Target
from huizhen.notifications.choices import ChannelName

LONGEST = 20_000
"""Bytes of a message."""


def signature(secret: str, milliseconds: int) -> str:
    """HMAC-SHA256 with the secret over moment and secret, in base64."""
    mac = hmac.digest(secret.encode(), f"{milliseconds}\n{secret}".encode(), "sha256")
    return base64.b64encode(mac).decode()


class DingTalk(Robot):
    channel = ChannelName.DINGTALK
    hosts = frozenset({"oapi.dingtalk.com"})
    path = re.compile(r"/robot/send\?access_token=[\w-]{8,128}")
    # 310000 signature, keyword or sender refused; 300001 300005 400101 no such token; 400102 robot stopped; 400105 kind of message
    # refused; 400106 robot gone; 4301xx the text is refused by their censors
    final = frozenset({310000, 300001, 300005, 400101, 400102, 400105, 400106, 430101, 430102, 430103, 430104})

    def compose(self, envelope: Envelope, where: Target, now: float) -> tuple[Target, dict[str, Any]]:
        if envelope.secret:
            moment = int(now * 1000)
            signed = quote_plus(signature(envelope.secret, moment))
            where = replace(where, path=f"{where.path}&timestamp={moment}&sign={signed}")
        # The frame and the escapes of the body count too; a line break or a quote is two bytes there.
        return where, {"msgtype": "text", "text": {"content": laid_out(envelope, LONGEST // 2)}}
