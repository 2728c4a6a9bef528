"""When the steps of the ladder come: golden moments over the calendar of 2026, and what holds for any clock. Pure: no database."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.cases.clocks import Answerable, Facts, Ladder, Policy, Prescribed, Standing, Step, due, steps
from huizhen.directory.choices import default_clocks
from tests.cases.test_clocks import CAL, FIRST, case, t

NAMES = ("half", "late", "late_1", "late_3")


def ladder(facts: Facts, clock: str, *policies: Policy, rules: Ladder | None = None) -> list[str]:
    """Moments of the steps of one clock that runs."""
    found = steps(due(facts, policies or (FIRST,), CAL), (), rules or Ladder(), CAL)
    return [f"{one.at:%m-%d %H:%M}" for one in found if one.clock == clock]


def measure(since: str, on: str, rules: Ladder | None = None) -> dict[str, str]:
    """Moments of the steps of one measure, by name."""
    one = Standing("m", t(since), date.fromisoformat(f"2026-{on}"))
    return {step.name: f"{step.at:%m-%d %H:%M}" for step in steps((), (one,), rules or Ladder(), CAL)}


# ── golden


@pytest.mark.parametrize(
    ("start", "urgency", "expected"),
    [
        # Monday 9:00, 4 h: half before lunch; +1 and +3 at the same hour of a working day
        ("03-02 09:00", "normal", "03-02 11:00, 03-02 15:00, 03-03 15:00, 03-05 15:00"),
        # 30 min across lunch
        ("03-02 11:45", "critical", "03-02 12:00, 03-02 14:15, 03-03 14:15, 03-05 14:15"),
        # Thursday afternoon: the days after lie beyond a weekend
        ("03-05 14:00", "urgent", "03-05 15:00, 03-05 16:00, 03-06 16:00, 03-10 16:00"),
        # Friday evening counts from Monday
        ("03-06 19:00", "urgent", "03-09 09:30, 03-09 10:30, 03-10 10:30, 03-12 10:30"),
        # used up exactly at noon and at the end of a day: so are the days after
        ("03-02 10:00", "urgent", "03-02 11:00, 03-02 12:00, 03-03 12:00, 03-05 12:00"),
        ("03-02 15:30", "urgent", "03-02 16:30, 03-02 17:30, 03-03 17:30, 03-05 17:30"),
        # Saturday 02-14 is worked, Spring Festival is 02-15…02-23, Saturday 02-28 is worked
        ("02-13 16:00", "normal", "02-14 09:00, 02-14 11:00, 02-24 11:00, 02-26 11:00"),
        ("02-14 16:30", "urgent", "02-14 17:30, 02-24 09:30, 02-25 09:30, 02-27 09:30"),
        ("02-26 09:00", "urgent", "02-26 10:00, 02-26 11:00, 02-27 11:00, 03-02 11:00"),
        # Sunday 09-20 is worked; National Day until 10-07, Saturday 10-10 is worked
        ("09-19 10:00", "normal", "09-20 10:30, 09-20 14:30, 09-21 14:30, 09-23 14:30"),
        ("09-30 16:30", "urgent", "09-30 17:30, 10-08 09:30, 10-09 09:30, 10-12 09:30"),
    ],
)
def test_steps_of_first_contact(start: str, urgency: str, expected: str) -> None:
    assert ladder(case(start, urgency), "first_contact") == expected.split(", ")


def test_steps_carry_how_far_it_is() -> None:
    found = [one for one in steps(due(case("03-02 09:00"), (FIRST,), CAL), (), Ladder(), CAL) if one.clock == "session"]

    assert [(one.name, one.amount) for one in found] == [("half", 50), ("late", 0), ("late_1", 1), ("late_3", 3)]
    assert {one.due for one in found} == {t("03-05 09:00")}


def test_campaign_sets_its_own_ladder() -> None:
    rules = Ladder(half_percent=75, late_days=(2, 5), soon_days=1, measure_late_days=(2, 4))

    assert ladder(case("03-02 09:00"), "first_contact", rules=rules) == [
        "03-02 12:00",
        "03-02 15:00",
        "03-04 15:00",
        "03-09 15:00",
    ]
    assert list(measure("03-02 09:00", "03-20", rules).values()) == [
        "03-19 08:30",
        "03-20 08:30",
        "03-24 08:30",
        "03-26 08:30",
    ]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("03-02 10:00", "03-02 11:00", "03-02 12:00, 03-02 16:00, 03-03 16:00, 03-05 16:00"),  # before the half
        ("03-02 14:30", "03-03 08:45", "03-02 11:00, 03-03 09:15, 03-04 09:15, 03-06 09:15"),  # between half and end
        ("03-02 12:00", "03-02 14:00", "03-02 11:00, 03-02 15:00, 03-03 15:00, 03-05 15:00"),  # over lunch: nothing
        ("03-02 16:00", "03-06 09:00", "03-02 11:00, 03-02 15:00, 03-03 15:00, 03-05 15:00"),  # late: hides nothing
        ("02-13 10:00", "02-24 10:00", "02-24 11:00, 02-24 15:00, 02-25 15:00, 02-27 15:00"),  # over Spring Festival
    ],
)
def test_pause_moves_what_was_still_to_come(since: str, until: str, expected: str) -> None:
    start = "02-13 09:00" if since < "03" else "03-02 09:00"
    facts = case(start, pauses=((t(since), t(until)),))

    assert ladder(facts, "first_contact") == expected.split(", ")


def test_clock_in_a_pause_has_no_steps_and_one_that_was_late_before_goes_on() -> None:
    assert ladder(case("03-02 09:00", pauses=((t("03-02 10:00"), None),)), "first_contact") == []
    late = case("03-02 09:00", pauses=((t("03-02 16:00"), None),))
    assert len(ladder(late, "first_contact")) == 4
    assert ladder(late, "session") == []


def test_stopped_and_void_clocks_have_no_steps() -> None:
    facts = case("03-02 09:00", contacts=(t("03-02 10:00"),), ended_at=t("03-03 10:00"))

    assert steps(due(facts, (FIRST,), CAL), (), Ladder(), CAL) == ()


def test_new_holder_has_a_ladder_of_her_own_and_the_old_one_ends() -> None:
    """A transfer starts 首次沟通 anew; 会诊 and 处方 go on as they were."""
    before, moved = case("03-02 09:00"), case("03-02 09:00", contact_starts=(t("03-02 09:00"), t("03-03 10:00")))

    assert ladder(moved, "first_contact") == ["03-03 12:00", "03-03 16:00", "03-04 16:00", "03-06 16:00"]
    assert ladder(moved, "session") == ladder(before, "session")


def test_policy_of_the_start_counts_and_reopening_brings_the_new_one() -> None:
    later = Policy(
        t("03-03 00:00"),
        {name: {urgency: 2 * n for urgency, n in row.items()} for name, row in default_clocks().items()},
    )
    old = ladder(case("03-02 09:00"), "first_contact", FIRST, later)
    reopened = case(
        "03-02 09:00",
        round_starts=(t("03-02 09:00"), t("03-10 09:00")),
        contact_starts=(t("03-02 09:00"), t("03-10 09:00")),
    )

    assert old == ["03-02 11:00", "03-02 15:00", "03-03 15:00", "03-05 15:00"]
    assert ladder(reopened, "first_contact", FIRST, later) == [
        "03-10 15:00",
        "03-11 10:00",
        "03-12 10:00",
        "03-16 10:00",
    ]


def test_clocks_of_one_name_side_by_side_have_ladders_side_by_side() -> None:
    asks = tuple(Answerable("ask_answer", key, t(at), None) for key, at in (("a", "03-02 09:00"), ("b", "03-02 10:00")))
    found = steps(due(case("03-02 09:00", answerables=asks), (FIRST,), CAL), (), Ladder(), CAL)

    assert len({one.identity for one in found if one.clock == "ask_answer"}) == 8


def test_follow_up_set_for_a_day_that_is_over_is_late_at_once() -> None:
    facts = case("03-02 09:00", prescriptions=(Prescribed(t("03-06 18:00"), date(2026, 3, 7)),))

    assert ladder(facts, "follow_up") == ["03-06 18:00", "03-09 17:30", "03-11 17:30"]


@pytest.mark.parametrize(
    ("on", "soon", "day", "late_1", "late_3"),
    [
        ("03-20", "03-17", "03-20", "03-23", "03-25"),  # Friday
        ("03-22", "03-17", "03-20", "03-23", "03-25"),  # Sunday: due on the Friday before
        ("02-14", "02-11", "02-14", "02-24", "02-26"),  # a worked Saturday before Spring Festival
        ("02-18", "02-11", "02-14", "02-24", "02-26"),  # in the middle of it
        ("02-24", "02-12", "02-24", "02-25", "02-27"),  # the first day after it
        ("02-27", "02-24", "02-27", "02-28", "03-03"),  # Saturday 02-28 is worked
        (
            "09-30",
            "09-24",
            "09-30",
            "10-08",
            "10-10",
        ),  # Mid-Autumn before, National Day after; Saturday 10-10 is worked
    ],
)
def test_steps_of_a_measure_come_when_the_day_begins(on: str, soon: str, day: str, late_1: str, late_3: str) -> None:
    found = measure("01-05 09:00", on)

    assert found == {
        name: f"{moment} 08:30"
        for name, moment in zip(("soon", "due", "late_1", "late_3"), (soon, day, late_1, late_3), strict=True)
    }


def test_measure_given_for_soon_is_not_announced_twice() -> None:
    assert list(measure("03-02 10:00", "03-04")) == ["due", "late_1", "late_3"]
    assert list(measure("03-04 10:00", "03-04")) == ["late_1", "late_3"]
    assert list(measure("03-07 10:00", "03-08")) == ["late_1", "late_3"]  # a weekend


# ── for any clock


moments = st.datetimes(datetime(2026, 1, 5), datetime(2026, 11, 30), timezones=st.just(t("01-01 00:00").tzinfo))  # type: ignore[arg-type]


@given(
    start=moments,
    urgency=st.sampled_from(["normal", "urgent", "critical"]),
    pauses=st.lists(st.tuples(moments, st.timedeltas(timedelta(0), timedelta(days=9))), max_size=3),
    percent=st.integers(1, 99),
)
def test_steps_are_in_order_within_the_clock_and_once(
    start: datetime, urgency: str, pauses: list[tuple[datetime, timedelta]], percent: int
) -> None:
    facts = Facts(
        urgency, (start,), (start,), pauses=tuple(sorted((since, since + length) for since, length in pauses))
    )
    found = steps(due(facts, (FIRST,), CAL), (), Ladder(half_percent=percent), CAL)
    by_clock: dict[str, list[Step]] = {}
    for one in found:
        by_clock.setdefault(one.clock, []).append(one)

    assert len({one.identity for one in found}) == len(found)
    for climbed in by_clock.values():
        assert [one.name for one in climbed] == list(NAMES)
        half, late, first, third = climbed
        assert start < half.at < late.at == late.due < first.at < third.at
        assert CAL.between(late.at, first.at) == CAL.day_length
        assert CAL.between(late.at, third.at) == 3 * CAL.day_length


@given(since=moments, days=st.integers(0, 60))
def test_steps_of_any_measure_begin_a_working_day_after_it_was_given(since: datetime, days: int) -> None:
    one = Standing("m", since, since.date() + timedelta(days))
    found = steps((), (one,), Ladder(), CAL)

    assert all(step.at > since for step in found)
    assert all(CAL.is_working_day(step.at.date()) and step.at == CAL.first_moment(step.at.date()) for step in found)
    assert [step.name for step in found][-2:] == ["late_1", "late_3"]
    assert all((step.name in ("soon", "due")) == (step.at <= step.due) for step in found)
