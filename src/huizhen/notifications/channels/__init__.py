"""The ways out of the house, one folder each. The sixth is a folder and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from huizhen.notifications.channels.dingtalk import DingTalk
from huizhen.notifications.channels.envelope import Attached, Channel, Envelope, Failure, Permanent, Temporary
from huizhen.notifications.channels.feishu import Feishu
from huizhen.notifications.channels.mail import Mail
from huizhen.notifications.channels.webhook import Webhook
from huizhen.notifications.channels.wecom import WeCom

_ALL: tuple[Channel, ...] = (Mail(), WeCom(), DingTalk(), Feishu(), Webhook())
CHANNELS: Mapping[str, Channel] = MappingProxyType({one.name: one for one in _ALL})
"""Name → channel; every `choices.ChannelName` has one."""

__all__ = ["CHANNELS", "Attached", "Channel", "Envelope", "Failure", "Permanent", "Temporary"]
