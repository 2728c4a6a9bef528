"""Files of a holiday arrangement, well written and otherwise."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.lib.errors import Invalid
from huizhen.worktime.sheets import MAX_CHARS, parse_year_file


def faults(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(Invalid) as refused:
        parse_year_file(text)
    assert set(refused.value.faults) == {"text"}
    return [(fault.code, fault.row) for fault in refused.value.faults["text"]]


def test_file_is_read_with_heading_names_and_comments() -> None:
    sheet = parse_year_file(
        "\ufeffdate,kind,name\r\n# 国务院办公厅通知\r\n\r\n2027-01-01,holiday,元旦\r\n2027/2/6,workday\r\n2027年2月8日,休, 春节 \r\n"
    )
    assert sheet.year == 2027
    assert sheet.holidays == {date(2027, 1, 1), date(2027, 2, 8)}
    assert sheet.workdays == {date(2027, 2, 6)}
    assert sheet.names == {date(2027, 1, 1): "元旦", date(2027, 2, 8): "春节"}


def test_file_is_read_from_chinese_keyboards_and_spreadsheets() -> None:
    wide = "2027-01-01,放假".translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0127-,"})
    sheet = parse_year_file(f"日期，类型\n{wide}\n2027-02-06\t上班\n")
    assert (sheet.holidays, sheet.workdays) == ({date(2027, 1, 1)}, {date(2027, 2, 6)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("empty", None)]),
        ("date,kind\n# nothing\n", [("empty", None)]),
        ("2027-02-30,holiday", [("bad_date", 0)]),
        ("date,kind\n01/02/2027,holiday", [("bad_date", 1)]),
        ("2027-01-01", [("bad_kind", 0)]),
        ("2027-01-01,maybe\n2027-01-02,休\n20270103,休", [("bad_kind", 0), ("bad_date", 2)]),
        ("2027-01-01,休\n2027-01-01,班", [("date_twice", 1)]),
        ("2027-01-01,休\n2028-01-01,休", [("more_than_one_year", None)]),
        ("2027-01-01,休\n" * 401, [("too_long", None)]),
        ("x" * (MAX_CHARS + 1), [("too_long", None)]),
    ],
)
def test_file_faults_are_named_with_their_row(text: str, found: list[tuple[str, int | None]]) -> None:
    assert faults(text) == found


@given(st.text(max_size=300) | st.lists(st.sampled_from('2027-01-,"\n\t\0年休班#，'), max_size=60).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    years: set[int] = set()
    with contextlib.suppress(Invalid):  # anything else is a crash
        sheet = parse_year_file(text)
        years = {day.year for day in sheet.holidays | sheet.workdays}
        assert years == {sheet.year}
    assert len(years) <= 1
