"""The ladder of played cases: told once, at its moment, whatever happens to the case, the calendar, or the process that sweeps."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from huizhen.cases import jobs
from huizhen.cases.clocks import MEASURE
from huizhen.cases.models import FAR, Case
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.upkeep import stale_cases
from huizhen.directory.choices import default_clocks
from huizhen.directory.models import Campaign, ClockPolicy
from huizhen.journal.queries import entries_of
from huizhen.worktime.actions import load_year
from huizhen.worktime.queries import calendar, days_of
from tests.cases.plays import DAY, HOUR, LATER, PLAYS
from tests.cast import MONDAY, Cast
from tests.conftest import SHANGHAI

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def t(text: str) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable", "group", "campaign").get(pk=case.pk)


def told(case: Case, clock: str = "") -> list[str]:
    """Steps in the order in which they were told: "first_contact late"."""
    rows = case.ladder.order_by("pk").values_list("clock", "step")
    return [f"{name} {step}" for name, step in rows if clock in ("", name)]


def verbs(case: Case) -> list[str]:
    return [verb for verb in entries_of(case).order_by("seq").values_list("verb", flat=True) if "_" in verb]


def tick(start: datetime, end: datetime, step: timedelta = HOUR) -> None:
    """Sweep again and again, as a worker does."""
    while start <= end:
        jobs.sweep(start)
        start += step


# ── each step at its moment


def test_each_step_is_told_at_its_moment_and_only_then(cast: Cast) -> None:
    case = cast.register()
    assert fresh(case).next_due_at == t("03-02 11:00")
    for moment, step in (
        ("03-02 11:00", "half"),
        ("03-02 15:00", "late"),
        ("03-03 15:00", "late_1"),
        ("03-05 15:00", "late_3"),
    ):
        jobs.sweep(t(moment) - MINUTE)
        assert f"first_contact {step}" not in told(case)
        jobs.sweep(t(moment))
        assert told(case, "first_contact")[-1] == f"first_contact {step}"
        jobs.sweep(t(moment) + MINUTE)

    assert told(case, "first_contact") == [f"first_contact {step}" for step in ("half", "late", "late_1", "late_3")]


def test_step_is_journalled_with_what_those_who_hear_must_know(cast: Cast) -> None:
    case = cast.register(urgency="urgent", urgency_reason="下周一停机割接")
    jobs.sweep(t("03-02 11:30"))
    half, late = entries_of(case).filter(verb__startswith="clock_").order_by("seq")

    assert (half.verb, late.verb, late.actor_id, late.at) == ("clock_half", "clock_late", None, t("03-02 11:30"))
    assert half.data | {"amount": 0} == late.data | {"amount": 0}
    assert half.data == {
        "clock": "first_contact", "key": "", "start": "2026-03-02T09:00:00+08:00", "due": "2026-03-02T11:00:00+08:00",
        "urgency": "urgent", "amount": 50,
    }  # fmt: skip
    assert "amount" not in late.data
    assert late.txn == half.txn


def test_answer_in_time_is_never_told_of(cast: Cast) -> None:
    case = cast.register()
    cast.take(case, "log_contact", "expert", MONDAY + HOUR, channel="phone", learned="问清楚了")
    jobs.sweep(LATER)

    assert told(case, "first_contact") == []
    assert told(case, "group_informed") != []


def test_case_that_ended_waits_for_nothing(cast: Cast) -> None:
    for play in ("withdrawn", "declined", "archived", "unresolved"):
        case = PLAYS[play](cast)
        assert fresh(case).next_due_at == FAR
        before = told(case)
        jobs.sweep(LATER + 100 * DAY)
        assert told(case) == before


# ── measures


def test_measure_is_told_of_before_on_and_after_its_day(cast: Cast) -> None:
    case = cast.treated(at=t("03-02 09:00"))  # two measures for Saturday 03-07, signed 03-02 11:00
    tick(t("03-02 13:00"), t("03-13 18:00"))

    measures = [row for row in told(case) if row.startswith(MEASURE)]
    assert Counter(measures) == {"measure soon": 2, "measure due": 2, "measure late_1": 2, "measure late_3": 2}
    assert dict(case.ladder.filter(clock=MEASURE).values_list("step", "due_at")) == {
        "soon": t("03-03 08:30"), "due": t("03-06 08:30"), "late_1": t("03-09 08:30"), "late_3": t("03-11 08:30"),
    }  # fmt: skip
    entry = entries_of(case).filter(verb="measure_late_1").first()
    assert entry is not None
    number = entry.data["number"]
    key = str(file_of(fresh(case)).standing_measures[number - 1].key)
    assert entry.data == {"measure": key, "number": number, "due_on": "2026-03-07", "amount": 1}


def test_measure_that_is_done_or_dropped_is_left_alone(cast: Cast) -> None:
    case = cast.treated()
    one, other = file_of(fresh(case)).standing_measures
    cast.take(case, "update_measure", "requester", MONDAY + 4 * HOUR, measure=str(one.key), state="done")
    cast.take(
        case, "update_measure", "requester", MONDAY + 4 * HOUR, measure=str(other.key), state="dropped", note="停产"
    )
    jobs.sweep(LATER)

    assert told(case, MEASURE) == []


def test_new_version_of_a_prescription_has_measures_of_its_own(cast: Cast) -> None:
    case = cast.treated()
    jobs.sweep(t("03-03 09:00"))
    later = t("03-03 10:00")  # its measures are for Sunday 03-08, so due on Friday; three days before is past
    cast.take(case, "prescribe", "expert", later, **cast.prescription(later))
    jobs.sweep(t("03-08 09:00"))

    keys = {str(one.key): one.prescription.version for one in file_of(fresh(case)).measures}
    rows = case.ladder.filter(clock=MEASURE).values_list("key", "step")
    assert Counter((keys[key], step) for key, step in rows) == {(1, "soon"): 2, (2, "due"): 2}


def test_measures_of_a_prescription_sent_back_or_of_a_resolved_case_are_silent(cast: Cast) -> None:
    back = cast.prescribed()
    cast.take(back, "return_prescription", "requester", MONDAY + 3 * HOUR, reason="做不到")
    solved = cast.resolved()
    before = told(solved, MEASURE)
    jobs.sweep(LATER)

    assert (told(back, MEASURE), told(solved, MEASURE)) == ([], before)


# ── whatever happens to the case


def test_pause_puts_steps_off_and_what_was_told_stays_told(cast: Cast) -> None:
    case = cast.contacted()  # 处方: 5 days, half of them on Wednesday
    cast.take(case, "inform_group", "expert", MONDAY + HOUR, note="已告知全团")
    due = next(one.due for one in file_of(fresh(case)).clocks(calendar()) if one.name == "prescription")
    half = t("03-04 14:30")
    jobs.sweep(half)
    assert "prescription half" in told(case)
    cast.take(case, "pause", "expert", half + HOUR, missing=[{"text": "报表"}], reason="缺数据")
    silent = told(case)
    assert fresh(case).next_due_at == FAR
    tick(half + HOUR, half + 20 * DAY, DAY)
    assert told(case) == silent
    cast.take(case, "resume", "requester", half + 21 * DAY + HOUR)

    moved = calendar().add(due, calendar().between(half + HOUR, half + 21 * DAY + HOUR))  # type: ignore[arg-type]
    jobs.sweep(moved - MINUTE)
    assert "prescription late" not in told(case)
    jobs.sweep(moved)
    assert told(case, "prescription") == ["prescription half", "prescription late"]


def test_transfer_starts_a_new_ladder_and_leaves_the_others(cast: Cast) -> None:
    case = cast.register()
    jobs.sweep(t("03-02 16:00"))
    cast.take(case, "propose_transfer", "expert", t("03-02 16:00"), group="FIN-01", reason="属于财务")
    cast.take(case, "accept_transfer", "other_expert", t("03-02 17:00"))
    tick(t("03-02 17:00"), t("03-13 17:00"))

    assert told(case, "first_contact") == [
        f"first_contact {step}" for step in ("half", "late", "half", "late", "late_1", "late_3")
    ]
    assert told(case, "session") == [f"session {step}" for step in ("half", "late", "late_1", "late_3")]
    starts = case.ladder.filter(clock="first_contact", step="half").values_list("start", flat=True)
    assert set(starts) == {t("03-02 09:00"), t("03-02 17:00")}


def test_answer_that_runs_out_climbs_and_is_for_the_liaison_at_once(cast: Cast) -> None:
    case = PLAYS["transferring"](cast)
    due = case.transfers.get().due_at
    done = jobs.sweep(due)

    assert (done["transfers"], case.transfers.get().state) == (1, "disputed")
    assert told(case, "transfer_answer") == ["transfer_answer half", "transfer_answer late"]
    tick(due, due + 8 * DAY)
    assert told(case, "ruling") == [f"ruling {step}" for step in ("half", "late", "late_1", "late_3")]


def test_reopened_case_climbs_anew(cast: Cast) -> None:
    case = cast.register()
    jobs.sweep(t("03-09 09:00"))
    cast.take(case, "propose_decline", "expert", t("03-09 09:00"), basis="secret", address="保密办", reason="涉密")
    other = PLAYS["reopened"](cast)
    again = other.rounds.order_by("number").last()
    assert again is not None
    tick(again.since, again.since + 8 * DAY, 4 * HOUR)

    steps = other.ladder.filter(clock="first_contact", start=again.since).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["half", "late", "late_1", "late_3"]
    assert told(case, "first_contact") == [f"first_contact {step}" for step in ("half", "late", "late_1", "late_3")]


def test_new_clock_table_changes_no_ladder_that_is_under_way(cast: Cast) -> None:
    case = cast.register()
    longer = {name: {urgency: 2 * n for urgency, n in row.items()} for name, row in default_clocks().items()}
    ClockPolicy.objects.create(campaign=cast.campaign, version=2, table=longer, at=MONDAY + HOUR)
    jobs.sweep(t("03-02 15:00"))
    after = cast.register(at=MONDAY + 2 * HOUR)
    jobs.sweep(t("03-02 15:00"))

    assert told(case, "first_contact") == ["first_contact half", "first_contact late"]
    assert told(after) == []
    assert fresh(after).next_due_at == t("03-02 17:00")


def test_campaign_that_changes_its_ladder_changes_it_for_open_cases(cast: Cast) -> None:
    case = cast.register()
    jobs.sweep(MONDAY)
    assert not stale_cases().exists()
    Campaign.objects.filter(pk=cast.campaign.pk).update(settings={"half_percent": 25})
    assert list(stale_cases()) == [case]

    assert jobs.sweep(MONDAY + MINUTE)["clocks"] == 1
    assert fresh(case).next_due_at == t("03-02 10:00")
    assert not stale_cases().exists()


def test_holiday_entered_later_moves_the_steps_that_were_not_told(cast: Cast) -> None:
    case = cast.register()
    jobs.sweep(t("03-02 15:00"))
    known = {kind: [one.date for one in days_of(2026).filter(kind=kind)] for kind in ("holiday", "workday")}
    load_year(
        2026,
        holidays=[*known["holiday"], date(2026, 3, 3)],
        workdays=known["workday"],
        source="改",
        by=None,
        at=t("03-02 15:30"),
    )
    jobs.sweep(t("03-02 16:00"))
    jobs.sweep(t("03-03 15:00"))
    assert told(case, "first_contact") == ["first_contact half", "first_contact late"]
    jobs.sweep(t("03-04 15:00"))

    assert told(case, "first_contact") == [f"first_contact {step}" for step in ("half", "late", "late_1")]


def test_year_entered_at_last_moves_the_ladders_that_cross_it(cast: Cast) -> None:
    """Until then 2027-01-01 counts as a working Friday."""
    case = cast.register(at=datetime(2026, 12, 31, 16, 0, tzinfo=SHANGHAI))
    before = fresh(case)
    assert (before.due_at, before.next_due_at, before.is_provisional) == (
        datetime(2027, 1, 1, 11, 0, tzinfo=SHANGHAI), datetime(2027, 1, 1, 9, 0, tzinfo=SHANGHAI), True,
    )  # fmt: skip
    now = datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI)
    load_year(2027, holidays=[date(2027, 1, day) for day in (1, 2, 3)], workdays=[], source="国办", by=None, at=now)

    assert jobs.sweep(now)["clocks"] == 1
    after = fresh(case)
    assert (after.due_at, after.next_due_at, after.is_provisional) == (
        datetime(2027, 1, 4, 11, 0, tzinfo=SHANGHAI), datetime(2027, 1, 4, 9, 0, tzinfo=SHANGHAI), False,
    )  # fmt: skip


def test_follow_up_day_that_moved_after_it_was_told_still_comes(cast: Cast) -> None:
    case = cast.treated()  # 复诊 on Tuesday 03-10
    jobs.sweep(t("03-10 17:30"))
    assert fresh(case).situation == "follow_up"
    known = {kind: [one.date for one in days_of(2026).filter(kind=kind)] for kind in ("holiday", "workday")}
    load_year(
        2026,
        holidays=[*known["holiday"], date(2026, 3, 10)],
        workdays=known["workday"],
        source="改",
        by=None,
        at=t("03-10 18:00"),
    )
    earlier = next(one.due for one in file_of(fresh(case)).clocks(calendar()) if one.name == "follow_up")

    assert earlier == t("03-09 17:30")
    jobs.sweep(t("03-10 18:01"))
    assert fresh(case).situation == "follow_up"
    assert told(case, "follow_up").count("follow_up late") == 1
