"""Golden moments of the clocks of a case over the calendar of 2026, and what holds for any case. Pure: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huizhen.cases.clocks import Answerable, Clock, Facts, Followed, Policy, Prescribed, due, next_due
from huizhen.directory.choices import default_clocks
from huizhen.lib.workdays import Calendar

TZ = ZoneInfo("Asia/Shanghai")


def days(text: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"2026-{day}") for day in text.split())


CAL = Calendar(
    ((time(8, 30), time(12)), (time(14), time(17, 30))),
    days(
        "01-01 01-02 01-03 02-15 02-16 02-17 02-18 02-19 02-20 02-21 02-22 02-23 04-04 04-05 04-06 05-01 05-02 05-03"
        " 05-04 05-05 06-19 06-20 06-21 09-25 09-26 09-27 10-01 10-02 10-03 10-04 10-05 10-06 10-07"
    ),
    days("01-04 02-14 02-28 05-09 09-20 10-10"),
    frozenset({2026}),
    TZ,
)
FIRST = Policy(datetime(2026, 1, 1, tzinfo=TZ), default_clocks())


def t(text: str) -> datetime:
    """A moment of Shanghai: "03-02 09:00" is of 2026."""
    return datetime.fromisoformat(text if len(text) > 11 else f"2026-{text}").replace(tzinfo=TZ)


def case(start: str, urgency: str = "normal", **more: object) -> Facts:
    """A case registered at `start`."""
    return replace(Facts(urgency, (t(start),), (t(start),)), **more)  # type: ignore[arg-type]


def clocks(facts: Facts, *policies: Policy) -> dict[str, Clock]:
    """The newest clock of each name."""
    return {one.name: one for one in due(facts, policies or (FIRST,), CAL)}


def dues(facts: Facts, *names: str) -> tuple[str, ...]:
    found = clocks(facts)
    return tuple(f"{found[name].due:%m-%d %H:%M}" for name in names)


# ── golden


@pytest.mark.parametrize(
    ("start", "urgency", "contact", "session", "prescription"),
    [
        # an ordinary Monday; 4 h over lunch; used up exactly at the end of a slot is due there
        ("03-02 09:00", "normal", "03-02 15:00", "03-05 09:00", "03-09 09:00"),
        ("03-02 08:30", "normal", "03-02 14:30", "03-04 17:30", "03-06 17:30"),
        ("03-02 10:00", "urgent", "03-02 12:00", "03-03 10:00", "03-04 10:00"),
        ("03-02 11:45", "critical", "03-02 14:15", "03-03 08:45", "03-03 11:45"),
        # Friday evening counts from Monday
        ("03-06 19:00", "critical", "03-09 09:00", "03-09 14:30", "03-09 17:30"),
        # Saturday 02-14 and 02-28 are worked, 02-15…02-23 is Spring Festival
        ("02-13 16:00", "normal", "02-14 11:00", "02-25 16:00", "02-27 16:00"),
        ("02-14 17:00", "critical", "02-14 17:30", "02-24 12:00", "02-24 17:00"),
        ("02-26 17:00", "normal", "02-27 12:00", "03-02 17:00", "03-04 17:00"),
        # National Day and its make-up Saturday 10-10; Sunday 09-20 is worked
        ("09-30 17:00", "normal", "10-08 12:00", "10-10 17:00", "10-13 17:00"),
        ("09-19 10:00", "normal", "09-20 14:30", "09-22 17:30", "09-24 17:30"),
    ],
)
def test_clocks_of_a_registration(start: str, urgency: str, contact: str, session: str, prescription: str) -> None:
    found = dues(case(start, urgency), "first_contact", "session", "prescription")

    assert found == (contact, session, prescription)


def test_new_year_without_calendar_is_monday_to_friday_and_says_so() -> None:
    found = clocks(case("12-30 16:00"))

    # Friday 2027-01-01 counts as a working day: nobody has published otherwise yet
    assert found["session"].due == t("2027-01-04 16:00")
    assert (found["session"].is_provisional, found["first_contact"].is_provisional) == (True, False)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("03-02 10:00", "03-02 11:00", "03-02 16:00"),  # an hour
        ("03-02 12:00", "03-02 14:00", "03-02 15:00"),  # lunch: nothing
        ("03-02 14:30", "03-03 08:45", "03-03 09:15"),
        ("03-02 10:00", "03-09 10:00", "03-09 15:00"),  # over a weekend: five working days
        ("03-02 10:00", "03-07 20:00", "03-09 11:30"),  # resumed on a Saturday
        ("03-02 16:00", "03-03 09:00", "03-02 15:00"),  # begun when it was late already
    ],
)
def test_pause_moves_first_contact(since: str, until: str, expected: str) -> None:
    facts = case("03-02 09:00", pauses=((t(since), t(until)),))

    assert dues(facts, "first_contact") == (expected,)


def test_pause_over_a_weekend_moves_prescription_by_its_working_days() -> None:
    facts = case("03-02 09:00", pauses=((t("03-06 16:00"), t("03-10 16:00")),))

    assert dues(facts, "prescription") == ("03-11 09:00",)


def test_open_pause_stops_what_was_not_late_and_hides_nothing() -> None:
    found = clocks(case("03-02 09:00", pauses=((t("03-03 09:00"), None),)))

    assert (found["session"].due, found["session"].paused_since) == (None, t("03-03 09:00"))
    assert (found["first_contact"].due, found["first_contact"].paused_since) == (t("03-02 15:00"), None)
    assert next_due(tuple(found.values())) == found["first_contact"]


def test_answers_do_not_pause() -> None:
    asked = Answerable("ask_answer", "a", t("03-03 09:00"), None)
    facts = case("03-02 09:00", answerables=(asked,), pauses=((t("03-02 10:00"), None),))

    assert dues(facts, "ask_answer") == ("03-04 09:00",)


def test_transfer_gives_receiver_a_fresh_contact_and_case_clocks_keep_running() -> None:
    before = case("03-02 09:00", contacts=(t("03-02 09:30"),))
    after = replace(before, contact_starts=(t("03-02 09:00"), t("03-04 11:00")))

    assert dues(after, "first_contact") == ("03-04 17:00",)
    assert dues(after, "session", "prescription") == dues(before, "session", "prescription")
    first = due(after, (FIRST,), CAL)[0]
    assert (first.name, first.stop, first.is_met) == ("first_contact", t("03-02 09:30"), True)


def test_late_contact_is_late_for_ever() -> None:
    found = clocks(case("03-02 09:00", contacts=(t("03-03 10:00"),)))["first_contact"]

    assert (found.is_met, found.left(t("03-20 09:00"), CAL)) == (False, -timedelta(hours=4))


def test_clock_keeps_the_policy_of_its_start() -> None:
    shorter = default_clocks()
    shorter["session"]["normal"] = 420
    later = Policy(t("03-03 09:00"), shorter)

    assert clocks(case("03-02 09:00"), FIRST, later)["session"].due == t("03-05 09:00")
    assert clocks(case("03-03 09:00"), later, FIRST)["session"].due == t("03-04 09:00")
    # a reopened case has the policy of its reopening
    again = case("03-02 09:00", round_starts=(t("03-02 09:00"), t("03-12 09:00")))
    assert [one.due for one in due(again, (FIRST, later), CAL) if one.name == "session"] == [
        t("03-05 09:00"),
        t("03-13 09:00"),
    ]


def test_returned_prescription_starts_the_clock_again() -> None:
    returned = Prescribed(t("03-04 10:00"), date(2026, 3, 20), t("03-05 10:00"))
    found = [
        one for one in due(case("03-02 09:00", prescriptions=(returned,)), (FIRST,), CAL) if one.name == "prescription"
    ]

    assert [(one.start, one.due, one.stop) for one in found] == [
        (t("03-02 09:00"), t("03-09 09:00"), t("03-04 10:00")),
        (t("03-05 10:00"), t("03-12 10:00"), None),
    ]


def test_second_version_returned_starts_the_clock_again() -> None:
    """The first stood and was replaced in treatment; the second came back."""
    rows = (
        Prescribed(t("03-04 10:00"), date(2026, 3, 20)),
        Prescribed(t("03-09 10:00"), date(2026, 3, 24), t("03-10 10:00")),
    )

    assert dues(case("03-02 09:00", prescriptions=rows), "prescription") == ("03-17 10:00",)


def test_worsening_starts_session_and_prescription_but_not_first_contact() -> None:
    facts = case(
        "03-02 09:00",
        contacts=(t("03-02 10:00"),),
        notes=(t("03-02 11:00"),),
        sessions=(t("03-03 09:00"),),
        prescriptions=(Prescribed(t("03-04 09:00"), date(2026, 3, 20)),),
        follow_ups=(Followed(t("03-20 09:00")),),
        round_starts=(t("03-02 09:00"), t("03-20 10:00")),
    )
    running = {one.name for one in due(facts, (FIRST,), CAL) if one.is_running}

    assert running == {"session", "prescription"}
    assert dues(facts, "session", "prescription") == ("03-25 10:00", "03-27 10:00")


def test_reopening_starts_every_clock() -> None:
    facts = case(
        "03-02 09:00",
        contacts=(t("03-02 10:00"),),
        round_starts=(t("03-02 09:00"), t("04-03 17:00")),
        contact_starts=(t("03-02 09:00"), t("04-03 17:00")),
    )

    # 04-04…04-06 is 清明
    assert dues(facts, "first_contact", "session") == ("04-07 12:00", "04-09 17:00")


def test_follow_up_on_a_holiday_is_due_on_the_working_day_before() -> None:
    facts = case("09-14 09:00", prescriptions=(Prescribed(t("09-16 10:00"), date(2026, 10, 5)),))

    assert dues(facts, "follow_up") == ("09-30 17:30",)


def test_follow_up_on_a_make_up_saturday_is_due_that_day() -> None:
    facts = case("09-14 09:00", prescriptions=(Prescribed(t("09-16 10:00"), date(2026, 10, 10)),))

    assert dues(facts, "follow_up") == ("10-10 17:30",)


def test_newer_date_replaces_the_follow_up_and_resolution_ends_it() -> None:
    facts = case(
        "03-02 09:00",
        prescriptions=(Prescribed(t("03-04 10:00"), date(2026, 3, 12)),),
        follow_ups=(Followed(t("03-12 10:00"), date(2026, 3, 19)),),
    )
    found = [one for one in due(facts, (FIRST,), CAL) if one.name == "follow_up"]

    assert [(one.due, one.stop) for one in found] == [
        (t("03-12 17:30"), t("03-12 10:00")),
        (t("03-19 17:30"), None),
    ]
    ended = clocks(replace(facts, resolved_at=t("03-18 09:00")))
    assert (ended["follow_up"].stop, ended["final_reply"].due) == (t("03-18 09:00"), t("03-19 09:00"))


def test_closed_case_has_no_running_clock() -> None:
    found = due(case("03-02 09:00", ended_at=t("03-02 16:00")), (FIRST,), CAL)

    assert {one.stop for one in found} == {t("03-02 16:00")}
    assert next_due(found) is None


# ── properties

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30)).map(lambda one: one.replace(tzinfo=TZ))
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=20))
urgencies = st.sampled_from(["normal", "urgent", "critical"])


@given(moments, urgencies, moments, spans)
def test_closed_pause_moves_due_by_exactly_its_working_length(
    start: datetime, urgency: str, since: datetime, length: timedelta
) -> None:
    assume(since >= start)
    until = since + length
    facts = Facts(urgency, (start,), (start,))
    plain = {one.name: one for one in due(facts, (FIRST,), CAL)}
    paused = {one.name: one for one in due(replace(facts, pauses=((since, until),)), (FIRST,), CAL)}

    for name, one in plain.items():
        assert one.due is not None
        moved = CAL.between(one.due, paused[name].due or one.due)
        assert moved == (CAL.between(since, until) if CAL.between(start, since) < one.amount else timedelta(0))


@given(moments, urgencies, st.lists(st.tuples(moments, spans), max_size=4))
def test_adding_then_measuring_gives_back_the_amount(
    start: datetime, urgency: str, given_pauses: list[tuple[datetime, timedelta]]
) -> None:
    pauses: list[tuple[datetime, datetime]] = []
    for since, length in sorted(given_pauses):
        if since > max([start, *(until for _, until in pauses)]):
            pauses.append((since, since + length))
    facts = Facts(urgency, (start,), (start,), pauses=tuple(pauses))

    for one in due(facts, (FIRST,), CAL):
        assert one.due is not None
        assert CAL.between(start, one.due, pauses) == one.amount
        assert one.left(one.due, CAL) == timedelta(0)


@given(moments, moments, urgencies)
def test_later_start_is_never_due_earlier(one: datetime, other: datetime, urgency: str) -> None:
    early, late = sorted((one, other))
    first = {c.name: c.due for c in due(Facts(urgency, (early,), (early,)), (FIRST,), CAL)}
    second = {c.name: c.due for c in due(Facts(urgency, (late,), (late,)), (FIRST,), CAL)}

    assert all((first[name] or early) <= (second[name] or late) for name in first)


@given(moments, st.lists(moments, max_size=6), st.lists(moments, max_size=3))
def test_exactly_one_clock_of_a_kind_runs(
    start: datetime, contacts: list[datetime], hand_overs: list[datetime]
) -> None:
    """However contacts and hand-overs fall, there is one first-contact clock per holder and at most the last one runs."""
    starts = tuple(sorted({start, *(one for one in hand_overs if one > start)}))
    facts = Facts("normal", (start,), starts, contacts=tuple(sorted(one for one in contacts if one >= start)))
    found = [one for one in due(facts, (FIRST,), CAL) if one.name == "first_contact"]

    assert [one.start for one in found] == list(starts)
    assert all(one.stop is not None for one in found[:-1])
    assert found[-1].is_running == all(one < starts[-1] for one in facts.contacts)


@given(moments, urgencies, moments)
def test_left_and_elapsed_add_up_until_due(start: datetime, urgency: str, now: datetime) -> None:
    assume(now >= start)
    for one in due(Facts(urgency, (start,), (start,)), (FIRST,), CAL):
        assert one.due is not None
        if now <= one.due:
            assert one.left(now, CAL) + one.elapsed(now, CAL) == one.amount
        else:
            assert one.left(now, CAL) == -CAL.between(one.due, now)
