"""Golden moments of the calendar of 2026, properties over any calendar, and a clock that walks minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as sized
from hypothesis import strategies as st

from huizhen.lib.workdays import Calendar

TZ = ZoneInfo("Asia/Shanghai")
ZERO = timedelta(0)
HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))


def days(text: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"2026-{day}") for day in text.split())


CAL = Calendar(
    HOURS,
    days(
        "01-01 01-02 01-03 02-15 02-16 02-17 02-18 02-19 02-20 02-21 02-22 02-23 04-04 04-05 04-06 05-01 05-02 05-03"
        " 05-04 05-05 06-19 06-20 06-21 09-25 09-26 09-27 10-01 10-02 10-03 10-04 10-05 10-06 10-07"
    ),
    days("01-04 02-14 02-28 05-09 09-20 10-10"),
    frozenset({2026}),
    TZ,
)


def t(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-11-25 09:00", 60, "2026-11-25 10:00"),
        # used up exactly at the end of a slot is due there
        ("2026-11-25 08:30", 210, "2026-11-25 12:00"),
        ("2026-11-25 08:30", 211, "2026-11-25 14:01"),
        ("2026-11-25 08:30", 420, "2026-11-25 17:30"),
        ("2026-11-25 08:30", 840, "2026-11-26 17:30"),
        ("2026-11-25 14:00", 420, "2026-11-26 12:00"),
        # starts outside working time count from the next slot
        ("2026-11-25 12:00", 1, "2026-11-25 14:01"),
        ("2026-11-25 13:00", 30, "2026-11-25 14:30"),
        ("2026-11-25 17:30", 30, "2026-11-26 09:00"),
        ("2026-11-25 23:59", 30, "2026-11-26 09:00"),
        ("2026-11-26 00:00", 30, "2026-11-26 09:00"),
        ("2026-11-27 18:00", 240, "2026-11-30 14:30"),
        ("2026-11-28 10:00", 240, "2026-11-30 14:30"),
        # National Day
        ("2026-09-30 17:00", 120, "2026-10-08 10:00"),
        ("2026-10-03 11:00", 120, "2026-10-08 10:30"),
        ("2026-10-09 17:00", 60, "2026-10-10 09:00"),  # Saturday, worked
        ("2026-10-10 17:00", 60, "2026-10-12 09:00"),
        ("2026-09-18 17:00", 60, "2026-09-20 09:00"),  # Sunday, worked; the Saturday before it is off
        # Spring Festival, a make-up Saturday before it and one after
        ("2026-02-13 17:00", 60, "2026-02-14 09:00"),
        ("2026-02-14 17:00", 60, "2026-02-24 09:00"),
        ("2026-02-27 17:00", 60, "2026-02-28 09:00"),
        ("2026-02-28 17:00", 60, "2026-03-02 09:00"),
        ("2026-02-13 08:30", 420 * 3, "2026-02-24 17:30"),
        # New Year without a published calendar is exactly Monday to Friday
        ("2026-12-31 17:00", 60, "2027-01-01 09:00"),
        ("2027-01-01 17:00", 60, "2027-01-04 09:00"),
    ],
)
def test_add_golden(start: str, amount: int, due: str) -> None:
    assert CAL.add(t(start), minutes(amount)) == t(due)
    assert CAL.between(t(start), t(due)) == minutes(amount)


@pytest.mark.parametrize("start", ["2026-11-25 09:00", "2026-11-25 13:00", "2026-11-28 03:00"])
def test_add_nothing_is_due_at_once(start: str) -> None:
    assert CAL.add(t(start), ZERO) == t(start)


def test_add_answers_in_the_zone_of_the_office() -> None:
    due = CAL.add(datetime(2026, 11, 25, 1, 0, tzinfo=UTC), minutes(60))
    assert (due.tzinfo, due.isoformat()) == (TZ, "2026-11-25T10:00:00+08:00")


def test_add_counts_a_utc_evening_as_the_next_day() -> None:
    # 2026-09-30 17:00 UTC is already 1 October in Shanghai
    assert CAL.add(datetime(2026, 9, 30, 17, 0, tzinfo=UTC), minutes(30)) == t("2026-10-08 09:00")


def test_add_keeps_seconds() -> None:
    assert CAL.add(t("2026-11-25 11:59:30.000001"), minutes(1)) == t("2026-11-25 14:00:30.000001")


def test_add_refuses_a_negative_amount_and_a_moment_without_zone() -> None:
    with pytest.raises(ValueError, match="not negative"):
        CAL.add(t("2026-11-25 09:00"), minutes(-1))
    with pytest.raises(ValueError, match="without a time zone"):
        CAL.add(datetime(2026, 11, 25, 9), minutes(1))


@pytest.mark.parametrize(
    ("breaks", "due"),
    [
        ([("2026-11-25 10:00", "2026-11-25 11:00")], "2026-11-25 15:00"),
        ([("2026-11-25 10:00", "2026-11-25 10:00")], "2026-11-25 12:00"),  # no length
        ([("2026-11-25 11:00", "2026-11-25 10:00")], "2026-11-25 12:00"),  # inverted
        ([("2026-11-25 12:00", "2026-11-25 15:00")], "2026-11-25 12:00"),  # opens as the time is up
        ([("2026-11-25 11:59", "2026-11-25 15:00")], "2026-11-25 15:01"),
        ([("2026-11-25 07:00", "2026-11-25 09:00")], "2026-11-25 12:00"),  # over before the start
        ([("2026-11-24 09:00", "2026-11-25 11:00")], "2026-11-25 15:00"),  # begun before the start
        # nested, overlapping, touching and out of order: together 09:30–11:30
        (
            [
                ("2026-11-25 11:00", "2026-11-25 11:30"),
                ("2026-11-25 09:30", "2026-11-25 10:30"),
                ("2026-11-25 09:45", "2026-11-25 10:00"),
                ("2026-11-25 10:15", "2026-11-25 11:00"),
            ],
            "2026-11-25 15:30",
        ),
        ([("2026-11-25 17:00", "2026-11-26 09:00"), ("2026-11-25 11:00", "2026-11-25 14:30")], "2026-11-25 15:30"),
        ([("2026-11-25 11:00", "2026-11-26 09:00")], "2026-11-26 10:00"),  # overnight
        ([("2026-11-25 11:00", "2026-11-30 09:00")], "2026-11-30 10:00"),  # over the weekend
        ([("2026-11-25 11:00", "2026-11-28 10:00")], "2026-11-30 09:30"),  # ends on a Saturday
    ],
)
def test_breaks_golden(breaks: list[tuple[str, str]], due: str) -> None:
    pauses = [(t(since), t(until)) for since, until in breaks]
    start = t("2026-11-25 10:00")
    assert CAL.add(start, minutes(120), pauses) == t(due)  # without breaks: noon
    assert CAL.between(start, t(due), pauses) == minutes(120)


def test_break_over_spring_festival_costs_only_its_working_time() -> None:
    pause = (t("2026-02-14 16:30"), t("2026-02-24 09:30"))
    assert CAL.between(*pause) == minutes(120)
    assert CAL.add(t("2026-02-14 16:00"), minutes(90), [pause]) == t("2026-02-24 10:30")


def test_between_is_nothing_backwards_and_outside_office_hours() -> None:
    assert CAL.between(t("2026-11-26 09:00"), t("2026-11-25 09:00")) == ZERO
    assert CAL.between(t("2026-11-25 12:00"), t("2026-11-25 14:00")) == ZERO
    assert CAL.between(t("2026-10-01 00:00"), t("2026-10-08 00:00")) == ZERO


def test_between_measures_a_year() -> None:
    worked = sum(CAL.is_working_day(date(2026, 1, 1) + timedelta(n)) for n in range(365))
    assert worked == 248  # 104 weekend days, 19 holidays on weekdays, 6 make-up days
    assert CAL.between(t("2026-01-01"), t("2027-01-01")) == 248 * CAL.day_length


def test_working_days_follow_the_published_year_only() -> None:
    assert [CAL.is_working_day(date(2026, *day)) for day in [(2, 14), (2, 15), (2, 23), (2, 24), (2, 28), (3, 1)]] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    unknown = replace(CAL, years=frozenset())
    assert unknown.is_working_day(date(2026, 10, 1))
    assert not unknown.is_working_day(date(2026, 2, 14))


@pytest.mark.parametrize(
    ("day", "n", "found"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-03", 1, "2026-10-08"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-05", -1, "2026-09-30"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-24", -2, "2026-02-13"),
        ("2026-03-02", -1, "2026-02-28"),
        ("2026-11-25", 0, "2026-11-25"),
        ("2026-11-28", 0, "2026-11-28"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2027-01-01", -1, "2026-12-31"),
        ("2026-01-01", 248, "2026-12-31"),
    ],
)
def test_add_days_golden(day: str, n: int, found: str) -> None:
    assert CAL.add_days(date.fromisoformat(day), n) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        ("2026-11-25", "2026-11-25 17:30"),
        ("2026-11-29", "2026-11-27 17:30"),
        ("2026-02-15", "2026-02-14 17:30"),
        ("2026-02-23", "2026-02-14 17:30"),
        ("2026-10-07", "2026-09-30 17:30"),
        ("2026-10-11", "2026-10-10 17:30"),
        ("2027-01-03", "2027-01-01 17:30"),
    ],
)
def test_last_moment_golden(day: str, moment: str) -> None:
    assert CAL.last_moment(date.fromisoformat(day)) == t(moment)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        ("2026-11-25", "2026-11-25 08:30"),
        ("2026-11-28", "2026-11-30 08:30"),  # a Saturday
        ("2026-02-14", "2026-02-14 08:30"),  # a worked one
        ("2026-02-15", "2026-02-24 08:30"),  # Spring Festival
    ],
)
def test_first_moment_golden(day: str, moment: str) -> None:
    assert CAL.first_moment(date.fromisoformat(day)) == t(moment)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-25 09:00", "2026-11-25 09:00"),
        ("2026-11-25 08:30", "2026-11-25 08:30"),
        ("2026-11-25 08:29", "2026-11-25 08:30"),
        ("2026-11-25 12:00", "2026-11-25 14:00"),
        ("2026-11-25 17:29", "2026-11-25 17:29"),
        ("2026-11-25 17:30", "2026-11-26 08:30"),
        ("2026-11-27 20:00", "2026-11-30 08:30"),
        # the make-up Saturday after the National Day holiday, and the holiday itself
        ("2026-10-10 10:00", "2026-10-10 10:00"),
        ("2026-09-30 18:00", "2026-10-08 08:30"),
    ],
)
def test_next_open_golden(moment: str, opens: str) -> None:
    assert CAL.next_open(t(moment)) == t(opens)
    assert CAL.next_open(t(moment).astimezone(UTC)) == t(opens)
    assert CAL.is_open(t(moment)) is (moment == opens)


def test_provisional_when_the_span_touches_an_unknown_year() -> None:
    assert not CAL.is_provisional(t("2026-01-01 00:00"), t("2026-12-31 23:59"))
    assert CAL.is_provisional(t("2026-12-31 09:00"), t("2027-01-01 09:00"))
    assert CAL.is_provisional(t("2025-12-31 09:00"), t("2026-01-05 09:00"))
    # still 2026 in London, already 2027 in Shanghai
    assert CAL.is_provisional(t("2026-12-31 09:00"), datetime(2026, 12, 31, 16, 30, tzinfo=UTC))
    assert replace(CAL, years=frozenset({2026, 2028})).is_provisional(t("2026-12-31"), t("2028-01-03"))


def test_day_length_is_seven_hours() -> None:
    assert CAL.day_length == timedelta(hours=7)


@pytest.mark.parametrize(
    "slots",
    [
        (),
        ((time(9), time(9)),),
        ((time(12), time(9)),),
        ((time(14), time(17)), (time(9), time(12))),
        ((time(9), time(13)), (time(12), time(17))),
    ],
)
def test_calendar_refuses_impossible_office_hours(slots: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        replace(CAL, slots=slots)


# -- properties

_FIRST = datetime(2026, 1, 1, tzinfo=TZ)
moments = st.integers(0, 600 * 24 * 60 * 4).map(lambda n: _FIRST + timedelta(seconds=15 * n))
amounts = st.integers(0, 420 * 60 * 40).map(lambda n: timedelta(seconds=n))
spans = st.tuples(moments, amounts.map(lambda amount: amount * 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))
pauses_ = st.lists(spans, max_size=4)
_dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    clocks = draw(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True).filter(lambda c: len(c) % 2 == 0))
    clocks.sort()
    slots = tuple(
        (time(begin // 60, begin % 60), time(end // 60, end % 60))
        for begin, end in zip(clocks[::2], clocks[1::2], strict=True)
    )
    return Calendar(
        slots if draw(st.booleans()) else HOURS,
        CAL.holidays | draw(st.frozensets(_dates, max_size=8)),
        CAL.workdays | draw(st.frozensets(_dates, max_size=8)),
        draw(st.sampled_from([frozenset({2026}), frozenset({2026, 2027}), frozenset()])),
        TZ,
    )


@given(calendars(), moments, amounts, pauses_)
def test_measuring_gives_back_what_was_added(
    cal: Calendar, start: datetime, amount: timedelta, pauses: list[tuple[datetime, datetime]]
) -> None:
    due = cal.add(start, amount, pauses)
    assert due >= start
    assert cal.between(start, due, pauses) == amount
    # and it is the earliest such moment
    assert not amount or cal.between(start, due - timedelta.resolution, pauses) < amount


@given(calendars(), moments, amounts, amounts, pauses_)
def test_adding_twice_is_adding_the_sum(
    cal: Calendar, start: datetime, one: timedelta, two: timedelta, pauses: list[tuple[datetime, datetime]]
) -> None:
    assert cal.add(cal.add(start, one, pauses), two, pauses) == cal.add(start, one + two, pauses)


@given(calendars(), moments, moments, amounts, amounts, pauses_)
def test_later_or_more_is_never_due_earlier(
    cal: Calendar,
    one: datetime,
    two: datetime,
    little: timedelta,
    more: timedelta,
    pauses: list[tuple[datetime, datetime]],
) -> None:
    early, late = sorted((one, two))
    small, large = sorted((little, more))
    assert cal.add(early, small, pauses) <= cal.add(late, small, pauses)
    assert cal.add(early, small, pauses) <= cal.add(early, large, pauses)


@given(calendars(), moments, amounts, spans)
def test_break_moves_the_due_moment_by_its_working_length(
    cal: Calendar, start: datetime, amount: timedelta, pause: tuple[datetime, datetime]
) -> None:
    plain = cal.add(start, amount)
    shifted = cal.add(start, amount, [pause])
    since, until = max(pause[0], start), pause[1]
    inside = cal.between(start, since) < amount
    assert cal.between(plain, shifted) == (cal.between(since, until) if inside else ZERO)


@given(calendars(), moments, moments, moments, pauses_)
def test_between_adds_up(
    cal: Calendar, one: datetime, two: datetime, three: datetime, pauses: list[tuple[datetime, datetime]]
) -> None:
    a, b, c = sorted((one, two, three))
    assert cal.between(a, b, pauses) + cal.between(b, c, pauses) == cal.between(a, c, pauses)


@given(calendars(), _dates, st.integers(-200, 200))
def test_add_days_counts_one_by_one(cal: Calendar, day: date, n: int) -> None:
    found, left = day, abs(n)
    while left:
        found += timedelta(1 if n > 0 else -1)
        left -= cal.is_working_day(found)
    assert cal.add_days(day, n) == found


# -- a clock that walks

STEP = timedelta(minutes=1)


def walked(cal: Calendar, start: datetime, pauses: list[tuple[datetime, datetime]], length: int) -> list[bool]:
    """For each minute after `start`, whether it counts; straight from the words of the rule."""
    counts = []
    for n in range(length):
        minute = start + n * STEP
        day, clock = minute.date(), minute.time()
        if day.year in cal.years and (day in cal.workdays or day in cal.holidays):
            works = day in cal.workdays
        else:
            works = day.weekday() < 5
        works = works and any(begin <= clock < end for begin, end in cal.slots)
        counts.append(works and not any(since <= minute < until for since, until in pauses))
    return counts


_oddities = st.sampled_from(["2026-02-12", "2026-02-26", "2026-09-17", "2026-09-29", "2026-11-26", "2026-12-30"])


@sized(max_examples=60)
@given(
    st.one_of(st.just(CAL), calendars()),
    st.builds(lambda day, n: t(day) + n * STEP, _oddities, st.integers(0, 2880)),
    st.integers(1, 900),
    st.lists(st.tuples(st.integers(-600, 6000), st.integers(0, 3000)), max_size=4),
)
def test_add_and_between_equal_a_walk_by_minutes(
    cal: Calendar, start: datetime, amount: int, gaps: list[tuple[int, int]]
) -> None:
    pauses = [(start + since * STEP, start + (since + length) * STEP) for since, length in gaps]
    counts = walked(cal, start, pauses, 14 * 1440)
    assert cal.between(start, start + len(counts) * STEP, pauses) == sum(counts) * STEP
    total = 0
    for n, count in enumerate(counts, start=1):
        total += count
        if total == amount:
            assert cal.add(start, amount * STEP, pauses) == start + n * STEP
            break
