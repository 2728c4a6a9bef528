"""Moments and amounts of working time in words, in the reader's language. Times are shown in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

MINUTES_PER_DAY = 420  # a working day is 7 h (product.md 3.4)
_WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _this_year() -> int:
    return timezone.localdate().year


def day_words(day: date, *, weekday: bool = True) -> str:
    """11月25日 周三 | Wed 25 Nov; the year is said when it is not this one."""
    if isinstance(day, datetime):
        day = _local(day).date()
    # Letters of Django's date filter; 年月日 and spaces stand for themselves.
    text = date_format(day, _("n月j日") if day.year == _this_year() else _("Y年n月j日"))
    if not weekday:
        return text
    return _("%(day)s %(weekday)s") % {"day": text, "weekday": _WEEKDAYS[day.weekday()]}


def when_words(moment: datetime) -> str:
    """11月25日 周三 17:30 | Wed 25 Nov 17:30."""
    local = _local(moment)
    return f"{day_words(local.date())} {local.hour}:{local.minute:02d}"


def table_words(moment: datetime | date) -> str:
    """11-25 17:30 | 25 Nov 17:30, in tables; with the year when it is not this one."""
    local = _local(moment) if isinstance(moment, datetime) else moment
    day = pgettext("table", "m-d") if local.year == _this_year() else pgettext("table", "Y-m-d")
    return date_format(local, f"{day} H:i" if isinstance(local, datetime) else day)


def clock_words(moment: datetime) -> str:
    """17:30 when it is today, else with the day."""
    local = _local(moment)
    if local.date() == timezone.localdate():
        return f"{local.hour}:{local.minute:02d}"
    return when_words(local)


def span_words(amount: timedelta) -> str:
    """Working time: 48 分, 1 小时 12 分, 2 天 5 小时 | 48 min, 1 h 12 min, 2 d 5 h. The sign is left to the caller."""
    minutes = abs(int(amount.total_seconds())) // 60
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    hours, rest = divmod(rest, 60)
    said = []
    if days:
        said.append(_("%(n)s 天") % {"n": days})
    if hours:
        said.append(_("%(n)s 小时") % {"n": hours})
    if (rest and not days) or not said:
        said.append(_("%(n)s 分") % {"n": rest})
    return " ".join(said)
