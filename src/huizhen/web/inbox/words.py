"""Words of the inbox: days, relative times, the picture of each kind of happening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huizhen.notifications.choices import Event
from huizhen.notifications.queries.inbox import Item
from huizhen.web.inbox.paths import paths
from huizhen.web.moments import day_words

# kind of happening → icon, colour of its disc
PICTURES: dict[str, tuple[str, str]] = {
    Event.ASSIGNED: ("user-round-check", "key"),
    Event.AWAITED: ("circle-question-mark", "ask"),
    Event.ANSWER: ("message-circle", ""),
    Event.DEADLINE: ("alarm-clock", "ask"),
    Event.ESCALATION: ("triangle-alert", "red"),
    Event.TRANSFER: ("git-pull-request-arrow", "zi"),
    Event.RULING: ("gavel", "key"),
    Event.JOINT: ("users", "zi"),
    Event.COMPLAINT: ("megaphone", "ask"),
    Event.PROGRESS: ("route", ""),
    Event.DIGEST: ("newspaper", ""),
    Event.REPORT: ("file-text", ""),
    Event.SYSTEM: ("info", ""),
}
VIEWS: dict[str, str | Promise] = {
    "": gettext_lazy("全部"),
    "unread": gettext_lazy("未读"),
    "mine": gettext_lazy("需要我处理"),
}
EMPTY: dict[str, tuple[str | Promise, str | Promise]] = {
    "": (gettext_lazy("还没有消息"), gettext_lazy("病例派给您、有人等您答复、时限快到时，会在这里告诉您。")),
    "unread": (gettext_lazy("没有未读的消息"), gettext_lazy("都看过了。")),
    "mine": (
        gettext_lazy("没有需要您处理的消息"),
        gettext_lazy("派给您的、等您答复的、要您裁定的和期限提醒会列在这里。"),
    ),
}


@dataclass(frozen=True)
class Line:
    """A message as it is drawn. `more`: what else happened in the same act, in one line."""

    item: Item
    url: str
    icon: str
    disc: str
    when: str
    more: str


@dataclass(frozen=True)
class Day:
    """The messages of one day."""

    title: str
    lines: tuple[Line, ...]


def days(items: Sequence[Item], *, now: datetime) -> list[Day]:
    """Messages under their days, in the order given."""
    places = paths(item.link for item in items)
    grouped: dict[date, list[Line]] = {}
    for item in items:
        icon, disc = PICTURES.get(item.event, ("info", ""))
        line = Line(item, places[item.link], icon, disc, ago(item.at, now), _("；").join(item.told.lines))
        grouped.setdefault(timezone.localdate(item.at), []).append(line)
    return [Day(_day(day, timezone.localdate(now)), tuple(lines)) for day, lines in grouped.items()]


def _day(day: date, today: date) -> str:
    if day == today:
        return _("今天")
    return _("昨天") if day == today - timedelta(days=1) else day_words(day)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, today; the hour on another day, which stands above."""
    if timezone.localdate(moment) != timezone.localdate(now) or moment > now:
        return timezone.localtime(moment).strftime("%-H:%M")
    minutes = int((now - moment).total_seconds()) // 60
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return ngettext("%(n)s 分钟前", "%(n)s 分钟前", minutes) % {"n": minutes}
    hours = minutes // 60
    return ngettext("%(n)s 小时前", "%(n)s 小时前", hours) % {"n": hours}
