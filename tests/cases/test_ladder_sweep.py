"""Who tells the ladder: sweeps that come late, fail or meet another; what finding the cases costs; and what holds for any story."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huizhen.cases import actions, jobs
from huizhen.cases.actions import upkeep
from huizhen.cases.models import Ask, Case, LadderStep
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.upkeep import cases_to_look_at
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Refusal
from huizhen.worktime.actions import load_year
from huizhen.worktime.queries import calendar, days_of
from tests.cases.plays import DAY, HOUR
from tests.cases.test_ladder import fresh, t, told
from tests.cast import MONDAY, Cast

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


# ── whatever happens to the process


def test_ten_days_of_silence_are_told_in_one_transaction(cast: Cast) -> None:
    case = cast.register()
    jobs.sweep(MONDAY + 10 * DAY)
    entries = entries_of(case).filter(verb__startswith="clock_")

    assert len(set(entries.values_list("txn", flat=True))) == 1
    assert told(case, "first_contact") == [f"first_contact {step}" for step in ("half", "late", "late_1", "late_3")]
    moments = list(case.ladder.order_by("pk").values_list("due_at", flat=True))
    assert moments == sorted(moments)
    assert all(moment <= MONDAY + 10 * DAY for moment in moments)
    assert fresh(case).next_due_at > MONDAY + 10 * DAY


def test_case_that_fails_is_put_off_and_the_others_climb(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = cast.register(), cast.register(at=MONDAY + MINUTE)
    real = upkeep._tell

    def broken(case: Case, *args: Any, **words: Any) -> None:
        if case.pk == bad.pk:
            raise RuntimeError("disk full")
        real(case, *args, **words)

    monkeypatch.setattr(upkeep, "_tell", broken)
    monkeypatch.setattr(jobs, "BATCH", 1)
    now = t("03-02 11:30")
    assert (jobs.sweep(now)["steps"], told(bad), fresh(bad).next_due_at) == (0, [], now + upkeep.POSTPONED)
    assert (jobs.sweep(now)["steps"], told(good)) == (1, ["first_contact half"])
    monkeypatch.setattr(upkeep, "_tell", real)
    jobs.sweep(now + upkeep.POSTPONED)

    assert told(bad) == ["first_contact half"]


def test_second_worker_finds_nothing_left(cast: Cast) -> None:
    case = cast.register()
    page, other = fresh(case), fresh(case)

    assert actions.climb(page, at=t("03-02 15:00")) == 2
    assert actions.climb(other, at=t("03-02 15:00")) == 0
    assert told(case) == ["first_contact half", "first_contact late"]


# ── what it costs


@pytest.mark.parametrize("rows", [1, 3])
def test_due_cases_are_found_by_one_query(cast: Cast, rows: int) -> None:
    cases = [cast.register() for _ in range(rows)]
    with CaptureQueriesContext(connection) as seen:
        found = list(cases_to_look_at(t("03-02 11:00"))[: jobs.BATCH])

    assert (len(seen), set(found)) == (1, set(cases))


def test_due_cases_are_found_by_their_index(cast: Cast) -> None:
    cast.register()
    plan = cases_to_look_at(t("03-02 11:00"))[:500]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "case_next_due" in plan.explain()


def test_move_costs_one_query_more_than_without_a_ladder(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def cost() -> int:
        case = cast.contacted()
        with CaptureQueriesContext(connection) as seen:
            cast.take(case, "inform_group", "expert", MONDAY + HOUR, note="已告知全团")
        return len(seen)

    cost()
    with_ladder = cost()
    monkeypatch.setattr("huizhen.cases.queries.file.CaseFile.steps", lambda *args: ())
    assert with_ladder - cost() == 1


# ── for any story


STORY = ["contact", "inform", "pause", "resume", "propose", "accept", "refuse", "ask", "answer", "calendar"]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    story=st.lists(st.tuples(st.sampled_from(STORY), st.integers(1, 40)), min_size=3, max_size=10),
    sleep=st.integers(1, 60),
)
def test_every_step_is_told_once_and_never_before_its_moment(
    cast: Cast, story: list[tuple[str, int]], sleep: int
) -> None:
    case = cast.register()
    now = MONDAY
    for index, (act, hours) in enumerate(story):
        now += hours * HOUR
        if index % 3 == sleep % 3:
            jobs.sweep(now)
        live(cast, case, act, now)
    now += sleep * HOUR
    jobs.sweep(now)

    rows = list(case.ladder.all())
    assert len({(one.clock, one.key, one.start, one.step) for one in rows}) == len(rows)
    assert all(one.start < one.due_at <= one.at <= now for one in rows)
    entries = entries_of(case).filter(verb__startswith="clock_")
    assert Counter(entry.verb.removeprefix("clock_") for entry in entries) == Counter(one.step for one in rows)
    assert fresh(case).next_due_at > now
    left = {
        step.identity
        for step in file_of(fresh(case)).steps(file_of(fresh(case)).clocks(calendar()), calendar())
        if step.at <= now
    }
    assert left <= {(one.clock, one.key, one.start, one.step) for one in rows}


def live(cast: Cast, case: Case, act: str, now: datetime) -> None:
    """One thing that may happen to a case; what is not possible now does not happen."""
    holder = next(name for name, person in cast.people.items() if person.pk == fresh(case).accountable_id)
    other = "FIN-01" if fresh(case).group == cast.group else "NET-01"
    receiver = "other_leader" if other == "FIN-01" else "leader"
    open_ask = Ask.objects.filter(case=case, answered_at=None).first()
    moves: dict[str, tuple[str, str, dict[str, Any]]] = {
        "contact": ("log_contact", holder, {"channel": "phone", "learned": "问清楚了"}),
        "inform": ("inform_group", holder, {"note": "已告知全团"}),
        "pause": ("pause", holder, {"missing": [{"text": "报表"}], "reason": "缺数据"}),
        "resume": ("resume", "requester", {}),
        "propose": ("propose_transfer", holder, {"group": other, "reason": "不属于本团"}),
        "accept": ("accept_transfer", receiver, {}),
        "refuse": ("refuse_transfer", receiver, {"reason": "也不属于"}),
        "ask": ("ask_on", "requester", {"text": "还要等多久？"}),
        "answer": ("answer_ask", holder, {"ask": str(open_ask.key) if open_ask else "x", "text": "下周"}),
    }
    try:
        if act == "calendar":
            known = {kind: [one.date for one in days_of(2026).filter(kind=kind)] for kind in ("holiday", "workday")}
            off = sorted({*known["holiday"], date(2026, 3, 4 + now.day % 3)})
            load_year(2026, holidays=off, workdays=known["workday"], source="改", by=None, at=now)
        else:
            name, who, values = moves[act]
            cast.take(case, name, who, now, **values)
    except Refusal:
        return


def test_ladder_steps_are_rows_the_database_keeps_single(cast: Cast) -> None:
    case = cast.register()
    row = {"case": case, "clock": "session", "key": "", "start": MONDAY, "step": "half", "due_at": MONDAY, "at": MONDAY}
    LadderStep.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        LadderStep.objects.create(**row)
