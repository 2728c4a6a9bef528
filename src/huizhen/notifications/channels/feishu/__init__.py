"""飞书: the group robot. With 签名校验 the body carries a moment and its signature."""

from __future__ import annotations

import base64
import hmac
import re
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from huizhen.notifications.channels.envelope import Envelope, cut, line, without_title
from huizhen.notifications.channels.robot import Robot
from huizhen.notifications.channels.wire import Target
from huizhen.notifications.choices import ChannelName

LONGEST = 30 * 2**10
"""Bytes of a whole request."""


def signature(secret: str, seconds: int) -> str:
    """HMAC-SHA256 of nothing with moment and secret as the key, in base64."""
    return base64.b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", "sha256")).decode()


class Feishu(Robot):
    channel = ChannelName.FEISHU
    hosts = frozenset({"open.feishu.cn", "open.larksuite.com"})
    path = re.compile(r"/open-apis/bot/v2/hook/[\w-]{8,80}/?")
    code_names = ("code", "StatusCode")
    # 19001 no such robot, 19002 19003 message refused, 19021 signature, 19022 sender's address, 19024 keyword
    final = frozenset({19001, 19002, 19003, 19021, 19022, 19024})

    def compose(self, envelope: Envelope, where: Target, now: float) -> tuple[Target, dict[str, Any]]:
        """Rich text, for in plain text `<at user_id="all">` in a title of a case would call everybody."""
        with translation.override(envelope.language):
            words = _("打开")
        room = LONGEST // 2 - 1024  # frame, signature and link; a line break or a quote is two bytes in JSON
        title = cut(line(envelope.subject), room // 4)
        text = cut(without_title(envelope), room - len(title.encode()))
        lines: list[list[dict[str, str]]] = [[{"tag": "text", "text": text}]] if text else []
        if envelope.url:
            lines.append([{"tag": "a", "text": words, "href": envelope.url}])
        body: dict[str, Any] = {
            "msg_type": "post",
            "content": {"post": {"zh_cn": {"title": title, "content": lines}}},
        }
        if envelope.secret:
            moment = int(now)
            body |= {"timestamp": str(moment), "sign": signature(envelope.secret, moment)}
        return where, body
