"""企业微信: the group robot. The key stands in the address; there is no signature."""

from __future__ import annotations

import re
from typing import Any

from huizhen.notifications.channels.envelope import Envelope, laid_out
from huizhen.notifications.channels.robot import Robot
from huizhen.notifications.channels.wire import Target
from huizhen.notifications.choices import ChannelName

LONGEST = 2048
"""Bytes of a text message. Markdown may have 4096, but in it a title of a case could call people or hide a link."""


class WeCom(Robot):
    channel = ChannelName.WECOM
    hosts = frozenset({"qyapi.weixin.qq.com"})
    path = re.compile(r"/cgi-bin/webhook/send\?key=[\w-]{8,80}")
    # 40008 40058 message refused, 93000 no such key, 93004 robot stopped, 93008 not in the group any more
    final = frozenset({40008, 40058, 93000, 93004, 93008})
    signs = False

    def compose(self, envelope: Envelope, where: Target, now: float) -> tuple[Target, dict[str, Any]]:
        return where, {"msgtype": "text", "text": {"content": laid_out(envelope, LONGEST)}}
