"""Moments and amounts of working time in words, in the reader's language. Times are shown in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTES_PER_DAY = 420  # a working day is 7 h (product.md 3.4)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _this_year() -> int:
    return timezone.localdate().year


def day_words(day: date, *, weekday: bool = True) -> str:
    """11月25日 周三 | Wed 25 Nov; the year is said when it is not this one."""
    if isinstance(day, datetime):
        day = _local(day).date()
    other = day.year != _this_year()
    if _english():
        text = f"{day.day} {_MONTHS_EN[day.month - 1]}" + (f" {day.year}" if other else "")
        return f"{_WEEKDAYS_EN[day.weekday()]} {text}" if weekday else text
    text = (f"{day.year}年" if other else "") + f"{day.month}月{day.day}日"
    return f"{text} 周{_WEEKDAYS_ZH[day.weekday()]}" if weekday else text


def when_words(moment: datetime) -> str:
    """11月25日 周三 17:30 | Wed 25 Nov 17:30."""
    local = _local(moment)
    return f"{day_words(local.date())} {local.hour}:{local.minute:02d}"


def table_words(moment: datetime | date) -> str:
    """11-25 17:30, in tables; with the year when it is not this one."""
    if not isinstance(moment, datetime):
        return moment.strftime("%m-%d" if moment.year == _this_year() else "%Y-%m-%d")
    local = _local(moment)
    return local.strftime("%m-%d %H:%M" if local.year == _this_year() else "%Y-%m-%d %H:%M")


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
    day, hour, minute = ("d", "h", "min") if _english() else ("天", "小时", "分")
    if days:
        parts = [(days, day), (hours, hour)]
    elif hours:
        parts = [(hours, hour), (rest, minute)]
    else:
        return f"{rest} {minute}"
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
