"""Periods as people write them: 今年, 近30天, 2026-03..2026-06, 2026年3月."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "半": 0}
_DAY = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?|年)?|(\d{4})(\d{2})(\d{2})")
_LAST = re.compile(
    r"(?:近|最近|last)(\d{1,4}|[一两二三四五六七八九十半])(?:个)?(天|日|周|星期|月|年|d|w|m|y|days?|weeks?|months?|years?)"
)
_UNITS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30, "年": 365, "d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True)
class Period:
    """Days from `since` to `until`, both included; None is open."""

    since: date | None = None
    until: date | None = None

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return self.since is not None or self.until is not None

    def within(self, other: Period) -> Period:
        """The days of both."""
        sinces = [day for day in (self.since, other.since) if day]
        untils = [day for day in (self.until, other.until) if day]
        return Period(max(sinces, default=None), min(untils, default=None))


ALWAYS = Period()


def period(text: str, *, today: date) -> Period | None:
    """The period that a normalised text names, None when it names none.

    >>> period("2026-03..2026-06", today=date(2026, 11, 23))
    Period(since=datetime.date(2026, 3, 1), until=datetime.date(2026, 6, 30))
    """
    text = "".join(text.split())
    for between in ("..", "~", "至", "到"):
        if between in text:
            head, tail = text.split(between, 1)
            first, last = _span(head, today), _span(tail.lstrip("."), today)
            if (head and first is None) or (tail.strip(".") and last is None) or not (first or last):
                return None
            return Period(first.since if first else None, last.until if last else None)
    return _span(text, today)


def _span(text: str, today: date) -> Period | None:
    if text in _NAMED:
        return _NAMED[text](today)
    if hit := _LAST.fullmatch(text):
        number = int(hit[1]) if hit[1].isdigit() else _NUMBERS[hit[1]]
        unit = _UNITS[hit[2]] if hit[2] in _UNITS else _UNITS[hit[2][0]]
        days = min(number * unit if number else unit // 2, 36_500)
        return Period(today - timedelta(days=max(days - 1, 0)), today)
    if hit := _DAY.fullmatch(text):
        return _dated(hit)
    return None


def _dated(hit: re.Match[str]) -> Period | None:
    year, month, day = (hit[4], hit[5], hit[6]) if hit[4] else (hit[1], hit[2], hit[3])
    try:
        if not month:
            return Period(date(int(year), 1, 1), date(int(year), 12, 31))
        if not day:
            return _month(date(int(year), int(month), 1))
        return Period(date(int(year), int(month), int(day)), date(int(year), int(month), int(day)))
    except (ValueError, OverflowError):
        return None


def _month(first: date) -> Period:
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _year(number: int) -> Period:
    return Period(date(number, 1, 1), date(number, 12, 31))


def _week(monday: date) -> Period:
    return Period(monday, monday + timedelta(days=6))


def _one(day: date) -> Period:
    return Period(day, day)


_NAMED: dict[str, Callable[[date], Period]] = {
    "今天": _one, "today": _one,
    "昨天": lambda today: _one(today - timedelta(days=1)), "yesterday": lambda today: _one(today - timedelta(days=1)),
    "本周": lambda today: _week(today - timedelta(days=today.weekday())),
    "thisweek": lambda today: _week(today - timedelta(days=today.weekday())),
    "上周": lambda today: _week(today - timedelta(days=today.weekday() + 7)),
    "lastweek": lambda today: _week(today - timedelta(days=today.weekday() + 7)),
    "本月": lambda today: _month(today.replace(day=1)), "thismonth": lambda today: _month(today.replace(day=1)),
    "上月": lambda today: _month((today.replace(day=1) - timedelta(days=1)).replace(day=1)),
    "上个月": lambda today: _month((today.replace(day=1) - timedelta(days=1)).replace(day=1)),
    "lastmonth": lambda today: _month((today.replace(day=1) - timedelta(days=1)).replace(day=1)),
    "今年": lambda today: _year(today.year), "thisyear": lambda today: _year(today.year),
    "去年": lambda today: _year(today.year - 1), "lastyear": lambda today: _year(today.year - 1),
}  # fmt: skip
