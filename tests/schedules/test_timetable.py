"""A job that is due is claimed once, runs, is recorded, and comes again; one whose process died is taken up again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from huizhen.accounts.models import User
from huizhen.journal.models import Entry
from huizhen.lib.errors import NotNow, NotVisible
from huizhen.schedules import actions, queries, registry
from huizhen.schedules.models import Outcome, Run, Schedule, Worker

MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)


class Bench:
    """Jobs of the test: each answers or raises what it is told to."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.ran: list[str] = []

    def add(self, name: str, every: timedelta = MINUTE, answer: object = None) -> None:
        def work(now: datetime) -> dict[str, int] | None:
            self.ran.append(name)
            given = self.answers[name]
            if isinstance(given, Exception):
                raise given
            return given  # type: ignore[return-value]

        self.answers[name] = answer
        registry.register_job(name, work, every=every)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(registry, "_jobs", {})
    return Bench()


def clock_at(at: datetime):
    return lambda: at


def run_due(at: datetime, by: str = "w1") -> list[Run]:
    """What is due, run to its end at the same moment."""
    ended: list[Run] = []
    actions.tick(at, by, start=lambda run: ended.append(actions.perform(run, clock=clock_at(at))))
    return ended


def hold(at: datetime, by: str = "w1") -> list[Run]:
    """What is due, claimed and not ended."""
    return actions.tick(at, by, start=lambda run: None)


def schedule(name: str = "a.one") -> Schedule:
    return Schedule.objects.get(name=name)


@pytest.mark.django_db
def test_new_job_runs_at_once_and_then_at_its_pace(bench: Bench, at: datetime) -> None:
    bench.add("a.one", answer={"sent": 2})
    actions.enter_jobs(at=at)
    actions.enter_jobs(at=at + MINUTE)

    [run] = run_due(at)
    assert (run.outcome, run.counts, run.by, run.ended_at) == (Outcome.DONE, {"sent": 2}, "w1", at)
    assert run_due(at + 0.9 * MINUTE) == []
    assert len(run_due(at + MINUTE)) == 1
    assert (schedule().runs, schedule().failing, schedule().succeeded_at) == (2, 0, at + MINUTE)


@pytest.mark.django_db
def test_after_downtime_it_runs_once_and_keeps_its_grid(bench: Bench, at: datetime) -> None:
    bench.add("a.one")
    actions.enter_jobs(at=at)
    late = at + 60 * MINUTE + timedelta(seconds=7)

    assert len(run_due(late)) == 1
    assert run_due(late) == []
    assert schedule().next_run == at + 61 * MINUTE


@pytest.mark.django_db
def test_held_job_is_nobody_elses_while_its_lease_is_renewed(bench: Bench, at: datetime) -> None:
    bench.add("a.one", every=timedelta(seconds=5))
    actions.enter_jobs(at=at)
    [run] = hold(at)

    assert hold(at + timedelta(seconds=29), "w2") == []
    assert actions.renew([run.pk], now=at + timedelta(seconds=29)) == 1
    assert hold(at + timedelta(seconds=50), "w2") == []
    actions.end(run, at=at + timedelta(seconds=51), counts={})
    [again] = hold(at + timedelta(seconds=51), "w2")
    assert again.by == "w2"


@pytest.mark.django_db
def test_job_of_a_dead_process_is_taken_up_when_its_lease_ends(bench: Bench, at: datetime) -> None:
    bench.add("a.one", every=timedelta(hours=1))
    actions.enter_jobs(at=at)
    [lost] = hold(at, "dead")

    assert hold(at + 0.9 * LEASE, "w2") == []
    [again] = run_due(at + LEASE, "w2")
    lost.refresh_from_db()
    assert (lost.outcome, lost.ended_at) == (Outcome.LOST, at + LEASE)
    assert (again.pk != lost.pk, again.outcome, schedule().failures, schedule().failing) == (True, Outcome.DONE, 1, 0)
    # Its hour goes on as it was.
    assert schedule().next_run == at + timedelta(hours=1)


@pytest.mark.django_db
def test_end_that_comes_too_late_changes_nothing(bench: Bench, at: datetime) -> None:
    bench.add("a.one")
    actions.enter_jobs(at=at)
    [slow] = hold(at, "slow")
    [other] = hold(at + MINUTE, "w2")

    ended = actions.end(slow, at=at + 2 * MINUTE, counts={"sent": 1})
    assert (ended.outcome, ended.counts) == (Outcome.LOST, {})
    assert schedule().run_id == other.pk
    assert actions.renew([slow.pk], now=at + 2 * MINUTE) == 0


@pytest.mark.django_db
def test_job_that_ends_its_process_thrice_waits_for_its_time(bench: Bench, at: datetime) -> None:
    bench.add("a.one", every=timedelta(hours=1))
    actions.enter_jobs(at=at)
    for turn in range(4):
        assert len(hold(at + turn * LEASE, f"w{turn}")) == 1
    assert schedule().failing == 3
    assert hold(at + 5 * LEASE) == []
    assert len(hold(at + timedelta(hours=1))) == 1


@pytest.mark.django_db
def test_failing_job_comes_again_sooner_and_keeps_no_text(bench: Bench, at: datetime) -> None:
    bench.add("a.one", every=timedelta(hours=1), answer=LookupError("张三 13800000000"))
    bench.add("b.two", answer=NotNow("no_campaign"))
    bench.add("c.three", answer={"sent": 1})
    actions.enter_jobs(at=at)

    failed, refused, good = run_due(at)
    assert (failed.outcome, refused.outcome, good.outcome) == (Outcome.FAILED, Outcome.FAILED, Outcome.DONE)
    assert failed.error.startswith("LookupError · ")
    assert "138" not in failed.error
    assert refused.error.startswith("NotNow no_campaign")
    assert schedule().next_run == at + MINUTE
    run_due(at + MINUTE)
    assert schedule().next_run == at + 3 * MINUTE
    run_due(at + 3 * MINUTE)
    assert [(name, times) for name, times, _error in queries.failing_jobs()] == [("a.one", 3), ("b.two", 3)]
    bench.answers["a.one"] = None
    run_due(at + 7 * MINUTE)
    assert (schedule().failing, schedule().failures) == (0, 3)


@pytest.mark.django_db
def test_runs_that_find_nothing_share_a_row(bench: Bench, at: datetime) -> None:
    bench.add("a.one", answer={"sent": 0})
    actions.enter_jobs(at=at)
    for turn in range(3):
        run_due(at + turn * MINUTE)
    bench.answers["a.one"] = {"sent": 1}
    run_due(at + 3 * MINUTE)
    bench.answers["a.one"] = None
    run_due(at + 4 * MINUTE)

    run_due(at + 5 * MINUTE)

    told = Run.objects.order_by("id").values_list("times", "since", "started_at", "counts")
    assert list(told) == [
        (1, at + 3 * MINUTE, at + 3 * MINUTE, {"sent": 1}),
        (2, at + 4 * MINUTE, at + 5 * MINUTE, {}),
    ]
    assert schedule().runs == 6


@pytest.mark.django_db
def test_hurried_job_is_due_now_and_journalled(bench: Bench, at: datetime) -> None:
    bench.add("a.one", every=timedelta(hours=1))
    actions.enter_jobs(at=at)
    run_due(at)
    user = User.objects.create(username="c", name="卢泽安")

    actions.hurry("a.one", by=user, at=at + MINUTE)
    assert len(run_due(at + MINUTE)) == 1
    entry = Entry.objects.get(verb="job_hurried")
    assert (entry.target_label, entry.actor_name) == ("a.one", "卢泽安")
    with pytest.raises(NotVisible):
        actions.hurry("a.none", by=user, at=at)


@pytest.mark.django_db
def test_old_runs_and_dead_workers_are_forgotten(bench: Bench, at: datetime) -> None:
    bench.add("a.one", answer={"sent": 1})
    actions.enter_jobs(at=at)
    actions.beat("gone", "web", at=at)
    run_due(at)
    later = at + timedelta(days=31)
    actions.beat("here", "worker", at=later)
    actions.beat("here", "worker", at=later + MINUTE)
    run_due(later)

    assert actions.forget(at=later) == {"runs": 1, "workers": 1}
    assert Run.objects.count() == 1
    assert [(one.name, one.started_at) for one in queries.live_workers(later + MINUTE)] == [("here", later)]
    actions.leave("here")
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_pace_that_changed_takes_effect(bench: Bench, at: datetime) -> None:
    bench.add("a.one", every=timedelta(days=1))
    actions.enter_jobs(at=at)
    run_due(at)
    registry._jobs.clear()
    bench.add("a.one", every=timedelta(hours=1))
    actions.enter_jobs(at=at + MINUTE)
    assert len(run_due(at + MINUTE)) == 1
    assert schedule().every == 3600


@pytest.mark.django_db
def test_finding_what_is_due_costs_one_query(bench: Bench, at: datetime, django_assert_num_queries) -> None:
    for name in ("a.one", "a.two", "a.three"):
        bench.add(name)
    actions.enter_jobs(at=at)
    with django_assert_num_queries(1):
        assert len(queries.due(at)) == 3
    run_due(at)
    with django_assert_num_queries(2):
        assert [one.last is not None for one in queries.job_states()] == [True] * 3


@pytest.mark.parametrize("name", ["one", "A.one", "a.one.two", ""])
def test_badly_named_job_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(ValueError, match=r"app\.job"):
        bench.add(name)


def test_job_and_gauge_are_registered_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.add("a.one")
    with pytest.raises(ValueError, match="already"):
        bench.add("a.one")
    with pytest.raises(ValueError, match="pace"):
        bench.add("a.two", every=timedelta(milliseconds=1))
    monkeypatch.setattr(registry, "_gauges", {})
    registry.register_gauge("huizhen_x", "x", lambda now: 1.0)
    with pytest.raises(ValueError, match="already"):
        registry.register_gauge("huizhen_x", "x", lambda now: 1.0)
    with pytest.raises(ValueError, match="not called"):
        registry.register_gauge("x", "x", lambda now: 1.0)
