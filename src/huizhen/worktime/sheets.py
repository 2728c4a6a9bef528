"""Holiday arrangements as files: the one we ship and the one an administrator brings."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.text import clean
from huizhen.worktime.choices import DayKind

SEED = Path(__file__).with_name("seed") / "cn_workdays.yaml"
MAX_LINES = 400  # a year has 366 days; more is another kind of file
MAX_CHARS = 40_000
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_KINDS = {
    **dict.fromkeys(("holiday", "休", "休息", "放假", "节假日"), DayKind.HOLIDAY),
    **dict.fromkeys(("workday", "班", "上班", "补班", "工作日"), DayKind.WORKDAY),
}


@dataclass(frozen=True)
class YearSheet:
    """The arrangement of one year: days off and make-up working days, and what each belongs to."""

    year: int
    holidays: frozenset[date]
    workdays: frozenset[date]
    names: Mapping[date, str] = field(default_factory=dict)
    source: str = ""


def seed_years() -> list[YearSheet]:
    """The arrangements shipped with Huizhen, oldest first."""
    sheets = []
    for year, listed in sorted(yaml.safe_load(SEED.read_text(encoding="utf-8")).items()):
        days: dict[str, frozenset[date]] = {}
        names: dict[date, str] = {}
        for kind in ("holidays", "workdays"):
            named = {date.fromisoformat(f"{year}-{day}"): name for name, group in listed[kind].items() for day in group}
            days[kind] = frozenset(named)
            names |= named
        sheets.append(YearSheet(year, days["holidays"], days["workdays"], names, listed["source"]))
    return sheets


def parse_year_file(text: str) -> YearSheet:
    """The arrangement in lines `date,kind[,name]` of one year. A heading, blank lines and # lines are passed over.

    Dates as 2027-02-06, 2027/2/6 or 2027年2月6日; kinds holiday 休 放假 or workday 班 上班 补班; full-width too.
    Refuses with `Invalid`; all faults are of the field `text`, with the row counted from 0 over all lines.
    Whether the days make sense together is for `actions.load_year` to say.
    """
    lines = unicodedata.normalize("NFKC", text[: MAX_CHARS + 1].lstrip("\ufeff")).splitlines()
    if len(text) > MAX_CHARS or len(lines) > MAX_LINES:
        raise Invalid.one("text", "too_long", lines=MAX_LINES)
    faults: list[Fault] = []
    days: dict[date, tuple[DayKind, str]] = {}
    begun = False
    for row, line in enumerate(lines):
        cells = [clean(cell) for cell in _cells(line)]
        if not any(cells) or cells[0].startswith("#"):
            continue
        heading, begun = not begun and not any(map(str.isdigit, line)), True
        if heading:
            continue
        day, kind = _day(cells[0]), _KINDS.get(cells[1].lower() if len(cells) > 1 else "")
        if day is None:
            faults.append(Fault("bad_date", {"value": cells[0][:40]}, row, "date"))
        elif kind is None:
            faults.append(Fault("bad_kind", {"value": cells[1][:40] if len(cells) > 1 else ""}, row, "kind"))
        elif day in days:
            faults.append(Fault("date_twice", {"date": day.isoformat()}, row, "date"))
        else:
            days[day] = kind, (cells[2][:40] if len(cells) > 2 else "")
    years = sorted({day.year for day in days})
    if len(years) > 1:
        faults.append(Fault("more_than_one_year", {"years": years}))
    if not days and not faults:
        faults.append(Fault("empty"))
    if faults:
        raise Invalid({"text": faults})
    return YearSheet(
        years[0],
        frozenset(day for day, (kind, _) in days.items() if kind == DayKind.HOLIDAY),
        frozenset(day for day, (kind, _) in days.items() if kind == DayKind.WORKDAY),
        {day: name for day, (_, name) in days.items() if name},
    )


def _cells(line: str) -> list[str]:
    """The cells of one line; tabs, as pasted from a spreadsheet, separate too. A stray quote spoils only its line."""
    return next(csv.reader([line.replace("\x00", "").replace("\t", ",").replace("、", ",")]), [])


def _day(value: str) -> date | None:
    hit = _DATE.fullmatch(value)
    try:
        return date(*map(int, hit.groups())) if hit else None
    except ValueError:
        return None
