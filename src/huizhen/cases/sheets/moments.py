"""Dates as people write them into a list: real ones, serial numbers, 2025-03-05, 2025年3月5日, 3月5日 of a year named elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from huizhen.lib.workbooks import text_of

_DAWN = datetime(
    1899, 12, 30
)  # ECMA-376 part 1, 18.17.4.1: day 0 of the 1900 date system, with its leap-year fault allowed for
EARLIEST, SERIALS = 2000, (36_526, 73_050)  # 2000-01-01 … 2099-12-31
MORNING = time(9, 0)
"""The time of a day of which only the day was written."""

_FULL = re.compile(
    r"(?P<y>20\d{2})\s*(?:[-/.年])\s*(?P<m>\d{1,2})\s*(?:[-/.月])\s*(?P<d>\d{1,2})\s*[日号]?"
    r"(?:\s*T?\s*(?P<h>\d{1,2})\s*[:时点]\s*(?P<i>\d{1,2})?\s*分?)?"
)
_SOLID = re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)")
_MONTH = re.compile(r"(?P<y>20\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*月?(?!\d)")
_DAY = re.compile(
    r"(?<!\d)(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?(?:\s*(?P<h>\d{1,2})\s*[:时点]\s*(?P<i>\d{1,2})?\s*分?)?"
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|\u3015|\]|\)|】)|[\u3014(\[【]\s*(20\d{2})")


@dataclass(frozen=True)
class Written:
    """A date as read. `at`: in the office's zone. `guess`: what had to be assumed — "", "year", "day"; `has_time`: an hour stood there."""

    at: datetime
    has_time: bool = False
    guess: str = ""

    @property
    def day(self) -> date:
        """The local day."""
        return timezone.localdate(self.at)


def year_in(*texts: str) -> int | None:
    """The year that a title, a sheet's or a file's name speaks of."""
    for text in texts:
        hit = _YEAR.search(unicodedata.normalize("NFKC", text)) or re.search(r"(?<!\d)()(20\d{2})(?!\d)", text)
        if hit:
            return int(hit.group(1) or hit.group(2))
    return None


def written(value: object, *, year: int | None) -> Written | None:
    """The moment a cell speaks of; None when it speaks of none. `year`: for dates without one. Of a span its beginning."""
    if isinstance(value, datetime):
        return _at(value.year, value.month, value.day, value.hour, value.minute, timed=value.time() != time(0))
    if isinstance(value, date):
        return _at(value.year, value.month, value.day)
    if isinstance(value, bool | time | timedelta):
        return None
    if isinstance(value, int | float):
        return _serial(float(value))
    text = unicodedata.normalize("NFKC", text_of(value)).strip()
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _serial(float(text))
    for pattern in (_FULL, _SOLID, _DAY, _MONTH):
        if hit := pattern.search(text[:200]):
            return _hit(hit.groupdict(), year)
    return None


def _hit(found: dict[str, str | None], year: int | None) -> Written | None:
    guess = "year" if "y" not in found else "day" if "d" not in found else ""
    known = int(found.get("y") or 0) or year
    if not known:
        return None
    hour, minute = found.get("h"), found.get("i")
    return _at(
        known, int(found["m"] or 0), int(found.get("d") or 1), int(hour or 0), int(minute or 0),
        timed=hour is not None, guess=guess,
    )  # fmt: skip


def _serial(number: float) -> Written | None:
    if not SERIALS[0] <= number <= SERIALS[1]:
        return None
    day = _DAWN + timedelta(minutes=round(number * 1440))
    return _at(day.year, day.month, day.day, day.hour, day.minute, timed=day.time() != time(0))


def _at(y: int, m: int, d: int, h: int = 0, i: int = 0, *, timed: bool = False, guess: str = "") -> Written | None:
    try:
        moment = datetime(y, m, d, h, i) if timed else datetime.combine(date(y, m, d), MORNING)
    except ValueError:
        return None
    return Written(timezone.make_aware(moment), timed, guess) if y >= EARLIEST else None


def likely_year(values: Iterable[object]) -> int | None:
    """The year that most of the complete dates among these cells have."""
    years = [found.day.year for value in values if (found := written(value, year=None)) is not None]
    return max(sorted(set(years)), key=years.count) if years else None
