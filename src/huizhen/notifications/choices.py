"""Enumerations of notifications with the words people read, and what is on until somebody chooses otherwise. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

READER = "notifications"
"""Name of the outbox reader."""


class Event(models.TextChoices):
    """What a person chooses by: kinds of happenings, each a line of the page of preferences."""

    ASSIGNED = "assigned", _("派到我")
    AWAITED = "awaited", _("有人等我答复")
    ANSWER = "answer", _("给我的答复")
    DEADLINE = "deadline", _("期限提醒")
    ESCALATION = "escalation", _("超时升级")
    TRANSFER = "transfer", pgettext_lazy("event", "转诊")
    RULING = "ruling", _("裁定")
    JOINT = "joint", pgettext_lazy("event", "协诊")
    COMPLAINT = "complaint", pgettext_lazy("event", "投诉与支撑")
    REPORT = "report", pgettext_lazy("event", "报送")
    PROGRESS = "progress", _("病例进展")
    DIGEST = "digest", _("每周小结")
    SYSTEM = "system", pgettext_lazy("event", "系统")


class ChannelName(models.TextChoices):
    """Ways out of the house; `notifications.channels` has one transport for each."""

    MAIL = "mail", _("邮件")
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")
    FEISHU = "feishu", _("飞书群机器人")
    WEBHOOK = "webhook", _("系统对接（Webhook）")


PERSONAL = (ChannelName.MAIL,)
"""Channels that reach one person; a person chooses among these. The others reach an endpoint, which chooses for itself."""

ROBOTS = (ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.FEISHU, ChannelName.WEBHOOK)
"""Kinds an endpoint may have."""

_BY_MAIL = frozenset({ChannelName.MAIL.value})
DEFAULTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Event.ASSIGNED: _BY_MAIL,
        Event.AWAITED: _BY_MAIL,
        Event.ANSWER: _BY_MAIL,
        Event.DEADLINE: _BY_MAIL,
        Event.ESCALATION: _BY_MAIL,
        Event.TRANSFER: _BY_MAIL,
        Event.RULING: _BY_MAIL,
        Event.JOINT: _BY_MAIL,
        Event.COMPLAINT: _BY_MAIL,
        Event.REPORT: _BY_MAIL,
        Event.PROGRESS: frozenset(),
        Event.DIGEST: _BY_MAIL,
        Event.SYSTEM: frozenset(),
    }
)
"""Event → channels that are on until somebody chooses otherwise. What needs the reader goes out; mere progress stays in the inbox."""


WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        Event.AWAITED: 100,
        Event.RULING: 95,
        Event.ASSIGNED: 90,
        Event.DEADLINE: 85,
        Event.ESCALATION: 80,
        Event.ANSWER: 65,
        Event.COMPLAINT: 55,
        Event.TRANSFER: 50,
        Event.JOINT: 40,
        Event.REPORT: 35,
        Event.DIGEST: 30,
        Event.SYSTEM: 20,
        Event.PROGRESS: 10,
    }
)
"""Where several happenings meet in one message, the weightiest gives its title: first what waits for the reader, last mere progress."""

NEEDED = frozenset({Event.AWAITED, Event.ASSIGNED, Event.RULING, Event.DEADLINE, Event.COMPLAINT})
"""Kinds that ask the reader for an act; the others tell."""


class DeliveryState(models.TextChoices):
    """Life of one delivery. `doubtful`: sent twice with the same id, and never known to have arrived."""

    WAITING = "waiting", _("待发")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已送达")
    DOUBTFUL = "doubtful", _("可能已送达")
    FAILED = "failed", _("发送失败")


class Scope(models.TextChoices):
    """Of whose cases an endpoint hears."""

    GROUP = "group", pgettext_lazy("scope", "专家团")
    UNIT = "unit", pgettext_lazy("scope", "单位")
    DOMAIN = "domain", pgettext_lazy("scope", "领域")
    ALL = "all", pgettext_lazy("scope", "全部")


class DigestDay(models.TextChoices):
    """On which day the weekly digest comes. Nothing chosen: leaders get it on Monday, others not at all."""

    DEFAULT = "", _("按岗位默认")
    OFF = "off", _("不要")
    MONDAY = "1", _("星期一")
    TUESDAY = "2", _("星期二")
    WEDNESDAY = "3", _("星期三")
    THURSDAY = "4", _("星期四")
    FRIDAY = "5", _("星期五")
