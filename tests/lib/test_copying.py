"""The text of COPY: what it says is what the rows say."""

from __future__ import annotations

from datetime import date

import pytest

from huizhen.lib.copying import copied


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ((1, "甲", "", True, date(2026, 1, 31)), "1\t甲\t\tTrue\t2026-01-31\n"),
        ((None, "乙", None), "\\N\t乙\t\\N\n"),
        (("\\N", None, "\\"), "\\\\N\t\\N\t\\\\\n"),
        (("a\tb\nc\rd\\te", 2), "a\\tb\\nc\\rd\\\\te\t2\n"),
        (("\\.",), "\\\\.\n"),
    ],
)
def test_copied_rows_are_told_apart(row: tuple[object, ...], line: str) -> None:
    assert copied([row]).decode() == line
    assert copied([row, row]).decode() == line * 2
