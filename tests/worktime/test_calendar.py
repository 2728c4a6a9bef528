"""The calendar as data: the seed, entering a year, office hours, and what a process keeps."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid
from huizhen.worktime.actions import load_year, set_office_hours
from huizhen.worktime.models import CalendarDay, CalendarVersion, CalendarYear, OfficeHours
from huizhen.worktime.queries import calendar, days_of, next_year_missing, version, years
from huizhen.worktime.sheets import seed_years

pytestmark = pytest.mark.django_db

OFF_2027 = [date(2027, 1, 1), date(2027, 2, 8)]
ON_2027 = [date(2027, 1, 31)]


def enter_2027(at: datetime, **changed: Any) -> CalendarYear:
    facts: dict[str, Any] = {"holidays": OFF_2027, "workdays": ON_2027, "source": "通知", "by": None, "at": at}
    return load_year(2027, **{**facts, **changed})


def test_fresh_database_knows_2024_to_2026() -> None:
    assert [row.year for row in years()] == [2026, 2025, 2024]
    counts = {
        year: [days_of(year).filter(kind=kind).count() for kind in ("holiday", "workday")]
        for year in (2024, 2025, 2026)
    }
    assert counts == {2024: [28, 8], 2025: [28, 5], 2026: [33, 6]}
    assert [(str(day.date), day.name) for day in days_of(2026).filter(kind="workday")] == [
        ("2026-01-04", "元旦"),
        ("2026-02-14", "春节"),
        ("2026-02-28", "春节"),
        ("2026-05-09", "劳动节"),
        ("2026-09-20", "国庆节"),
        ("2026-10-10", "国庆节"),
    ]


def test_fresh_database_counts_over_national_day() -> None:
    cal = calendar()
    start = datetime(2026, 9, 30, 17, 0, tzinfo=cal.tz)
    assert cal.add(start, timedelta(minutes=120)) == datetime(2026, 10, 8, 10, 0, tzinfo=cal.tz)
    assert (cal.day_length, str(cal.tz), cal.years) == (timedelta(hours=7), "Asia/Shanghai", {2024, 2025, 2026})


def test_load_year_ends_the_fallback(at: datetime) -> None:
    new_year = date(2027, 1, 1)
    assert calendar().is_working_day(new_year)
    assert calendar().is_provisional(at, at + timedelta(60))
    row = enter_2027(at, names={new_year: "元旦"})
    assert not calendar().is_working_day(new_year)
    assert calendar().is_working_day(date(2027, 1, 31))
    assert not calendar().is_provisional(at, at + timedelta(60))
    assert (row.source, row.entered_at) == ("通知", at)
    assert [(day.date, day.kind, day.name) for day in days_of(2027)] == [
        (new_year, "holiday", "元旦"),
        (date(2027, 1, 31), "workday", ""),
        (date(2027, 2, 8), "holiday", ""),
    ]


def test_load_year_again_replaces_that_year_only(at: datetime) -> None:
    others = CalendarDay.objects.count()
    first = enter_2027(at)
    second = enter_2027(at, holidays=[date(2027, 10, 1)], workdays=[])
    assert first.pk == second.pk
    assert [day.date for day in days_of(2027)] == [date(2027, 10, 1)]
    assert CalendarDay.objects.count() == others + 1


def test_load_year_is_journaled(at: datetime) -> None:
    row = enter_2027(at, source="电话 13800138000")
    (entry,) = entries_of(row)
    assert (entry.verb, entry.target_label, entry.at) == ("calendar_loaded", "2027", at)
    assert entry.data == {"holidays": ["2027-01-01", "2027-02-08"], "workdays": ["2027-01-31"]}


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"holidays": [date(2026, 12, 31)]}, "holidays", "outside_year"),
        ({"workdays": [date(2028, 1, 1)]}, "workdays", "outside_year"),
        ({"holidays": [date(2027, 1, 31)]}, "workdays", "on_both_lists"),
        ({"workdays": [date(2027, 1, 29)]}, "workdays", "not_a_weekend"),
        ({"holidays": []}, "holidays", "required"),
        ({"source": "文" * 201}, "source", "too_long"),
    ],
)
def test_load_year_refuses(at: datetime, changed: dict[str, Any], field: str, code: str) -> None:
    before = version()
    with pytest.raises(Invalid) as refused:
        enter_2027(at, **changed)
    assert {name: [fault.code for fault in faults] for name, faults in refused.value.faults.items()} == {field: [code]}
    assert (version(), days_of(2027).count()) == (before, 0)


def test_load_year_refuses_an_impossible_year(at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        load_year(12027, holidays=OFF_2027, workdays=[], source="", by=None, at=at)
    assert refused.value.faults["year"][0].code == "bad_year"


def test_seed_can_be_entered_again_through_the_action(at: datetime) -> None:
    before = calendar()
    for sheet in seed_years():
        load_year(
            sheet.year,
            holidays=sheet.holidays,
            workdays=sheet.workdays,
            names=sheet.names,
            source=sheet.source,
            by=None,
            at=at,
        )
    assert calendar() is not before
    assert calendar() == before


def test_calendar_costs_one_query_once_kept(django_assert_num_queries: Any) -> None:
    kept = calendar()
    with django_assert_num_queries(1):
        assert calendar() is kept


def test_calendar_forgets_what_was_rolled_back(at: datetime) -> None:
    class Undo(Exception):
        pass

    def enter_and_regret() -> None:
        with transaction.atomic():
            enter_2027(at)
            assert 2027 in calendar().years
            raise Undo

    before = calendar()
    with pytest.raises(Undo):
        enter_and_regret()
    assert calendar() == before


def test_calendar_sees_what_another_process_wrote(at: datetime) -> None:
    assert 2027 not in calendar().years
    CalendarYear.objects.create(year=2027, entered_at=at)
    CalendarVersion.objects.update(token="written elsewhere")
    assert 2027 in calendar().years


def test_calendar_of_an_empty_database_is_monday_to_friday() -> None:
    for model in (CalendarDay, CalendarYear, OfficeHours, CalendarVersion):
        model.objects.all().delete()
    cal = calendar()
    assert version() == ""
    assert cal.is_working_day(date(2026, 10, 1))
    assert not cal.is_working_day(date(2026, 10, 10))
    assert cal.slots == ((time(8, 30), time(12)), (time(14), time(17, 30)))


def test_office_hours_apply_from_their_day(at: datetime) -> None:
    before = version()
    summer = ((time(8), time(12)), (time(15), time(18)))
    row = set_office_hours(summer, since=date(2027, 6, 1), by=None, at=at)
    assert version() != before
    assert calendar(on=date(2027, 5, 31)).day_length == timedelta(hours=7)
    assert calendar(on=date(2027, 6, 1)).slots == summer
    assert [entry.verb for entry in entries_of(row)] == ["office_hours_set"]


@pytest.mark.parametrize(
    ("slots", "code"),
    [
        ((), "required"),
        (((time(12), time(9)),), "slots_out_of_order"),
        (((time(9), time(13)), (time(12), time(17))), "slots_out_of_order"),
        (((time(14), time(17)), (time(9), time(12))), "slots_out_of_order"),
    ],
)
def test_office_hours_refuse_impossible_slots(at: datetime, slots: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_office_hours(slots, since=date(2027, 1, 1), by=None, at=at)
    assert [fault.code for fault in refused.value.faults["slots"]] == [code]


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), 2027),
        (date(2025, 11, 15), None),
    ],
)
def test_missing_year_is_asked_for_from_november_until_entered(today: date, missing: int | None, at: datetime) -> None:
    assert next_year_missing(today) == missing
    enter_2027(at)
    assert next_year_missing(today) is None


def test_a_day_is_either_off_or_worked() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(date=date(2026, 10, 1), kind="workday")
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(date=date(2027, 1, 1), kind="half")
    assert CalendarDay.objects.get(date=date(2026, 10, 1)).kind == "holiday"
