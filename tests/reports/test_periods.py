"""Periods: literal days."""

from __future__ import annotations

from datetime import date

import pytest

from huizhen.reports.clocks.periods import custom, month, months_to, report_month, year
from huizhen.reports.queries.figures import percentile


def test_periods_and_what_they_are_compared_with() -> None:
    days = {
        (date(2026, 3, 15), 15): (date(2026, 2, 16), date(2026, 3, 15)),
        (date(2026, 3, 16), 15): (date(2026, 3, 16), date(2026, 4, 15)),
        (date(2026, 1, 3), 15): (date(2025, 12, 16), date(2026, 1, 15)),
        (date(2025, 12, 31), 15): (date(2025, 12, 16), date(2026, 1, 15)),
        (date(2026, 3, 1), 28): (date(2026, 3, 1), date(2026, 3, 28)),
        (date(2024, 2, 29), 1): (date(2024, 2, 2), date(2024, 3, 1)),
    }
    for (day, cutoff), (since, until) in days.items():
        found = report_month(day, cutoff)
        assert (found.since, found.until) == (since, until)
        before = found.before()
        assert before is not None
        assert (found.since - before.until).days == 1
        assert before.cutoff == cutoff
    assert (month(date(2024, 2, 9)).since, month(date(2024, 2, 9)).until) == (date(2024, 2, 1), date(2024, 2, 29))
    assert month(date(2026, 1, 9)).before() == month(date(2025, 12, 9))
    assert year(date(2026, 5, 5)).before() == year(date(2025, 1, 1))
    some = custom(date(2026, 3, 3), date(2026, 3, 9))
    assert some.before() == custom(date(2026, 2, 24), date(2026, 3, 2))
    assert some.compared(date(2026, 3, 9)) == some.before(), "over"
    assert some.compared(date(2026, 3, 5)) == custom(date(2026, 2, 24), date(2026, 2, 26)), "the third day of seven"
    assert month(date(2026, 3, 30)).compared(date(2026, 3, 30)) == custom(date(2026, 2, 1), date(2026, 2, 28))
    assert [one.until for one in months_to(report_month(date(2026, 1, 3), 15), 3)] == [
        date(2025, 11, 15), date(2025, 12, 15), date(2026, 1, 15),
    ]  # fmt: skip
    assert [one.since for one in months_to(some, 2)] == [date(2026, 2, 1), date(2026, 3, 1)]
    for wrong in (
        (date(2026, 3, 9), date(2026, 3, 3)),
        (date(2020, 1, 1), date(2026, 1, 1)),
        (date.min, date.min),
        (date.max, date.max),
    ):
        with pytest.raises(ValueError, match="period"):
            custom(*wrong)


def test_percentiles_are_lengths_that_occurred() -> None:
    assert percentile({}, 50) is None
    assert percentile({5: 1, 9: 1}, 50) == 5
    assert percentile({5: 1, 9: 2}, 50) == 9
    assert [percentile(dict.fromkeys(range(1, 11), 1), percent) for percent in (10, 50, 90, 91)] == [1, 5, 9, 10]
