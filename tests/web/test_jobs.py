"""The jobs page: what ran and how, what comes next, who works; running one now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huizhen.journal.models import Entry
from huizhen.schedules import actions, registry
from huizhen.schedules.models import Run, Schedule
from huizhen.web.jobs import words
from tests.cast import Cast
from tests.visits import parsed, visit


def text(cast: Cast, address: str = "/jobs/", **headers: str) -> str:
    client = visit(cast.coordinator)
    return " ".join(parsed(client.get(address, headers=headers)).text.split())


def ran(name: str, **facts: Any) -> Run:
    now = timezone.now()
    Schedule.objects.filter(name=name).update(next_run=now + timedelta(hours=1))
    given = {"due": now, "since": now, "started_at": now, "by": "host:1:a", "ended_at": now, "outcome": "done"}
    return Run.objects.create(name=name, **{**given, **facts})


def test_every_job_has_words() -> None:
    assert [name for name in registry.jobs() if name not in words.JOBS] == []


def test_page_before_anything_ran_says_so(cast: Cast) -> None:
    told = text(cast)
    assert "现在没有工作进程" in told
    assert "巡查时限还没有运行过" in told
    assert "30 天里每一次都成功。" in told
    assert "工作进程启动后几秒内就会运行第一次" in text(cast, "/jobs/cases.sweep/")


def test_page_tells_runs_failures_and_workers(cast: Cast) -> None:
    now = timezone.now()
    actions.enter_jobs(at=now)
    actions.beat("host:7:abc", "worker", at=now)
    ran("cases.sweep", counts={"forms": 2, "clocks": 0}, ended_at=now + timedelta(seconds=3.25))
    ran("journal.seal_daily", outcome="failed", error="OSError · journal/jobs.py:9 seal")
    ran("accounts.forget", outcome="lost")
    Schedule.objects.filter(name="journal.seal_daily").update(failing=3)
    told = text(cast)
    assert "现在没有工作进程" not in told
    assert "“封存流水”连续 3 次没有成功" in told
    assert "每 30 秒" in told
    assert "默认反馈 2" in told
    assert "重算 0" not in told
    assert "OSError · journal/jobs.py:9 seal" in told
    assert "工作进程中途停了" in told
    assert "host:7:abc后台" in told


def test_runs_of_one_job_are_paged(cast: Cast) -> None:
    for number in range(52):
        ran("cases.sweep", counts={"forms": number + 1})
    ran("cases.sweep", times=9)
    told = text(cast, "/jobs/cases.sweep/")
    assert "以来 9 次，都没有要做的" in told
    assert "默认反馈 52" in told
    assert "默认反馈 3用时" not in told
    oldest = Run.objects.order_by("id")[3].pk
    assert "默认反馈 3用时" in text(cast, f"/jobs/cases.sweep/?after={oldest}")


def test_job_is_run_now_and_journalled(cast: Cast) -> None:
    client = visit(cast.coordinator)
    later = timezone.now() + timedelta(hours=1)
    actions.enter_jobs(at=later)
    answer = client.post("/jobs/journal.seal_daily/run/", follow=True)
    assert "已排上，等工作进程启动就运行" in answer.content.decode()
    assert Schedule.objects.get(name="journal.seal_daily").next_run < later
    assert Entry.objects.get(verb="job_hurried").target_label == "journal.seal_daily"
    assert client.post("/jobs/nothing/run/").status_code == 404


@pytest.mark.parametrize("runs", [1, 3])
def test_page_costs_the_same_for_one_and_three_runs(cast: Cast, runs: int, django_assert_max_num_queries: Any) -> None:
    actions.enter_jobs(at=timezone.now())
    for _ in range(runs):
        for name in registry.jobs():
            ran(name, outcome="failed", error="x")
    client = visit(cast.coordinator)
    with django_assert_max_num_queries(12):
        client.get("/jobs/")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.04, "0 秒"), (0.44, "0.4 秒"), (12.4, "12 秒"), (185, "3 分 5 秒"), (7200, "2 小时"), (90000, "1 天 1 小时")],
)
def test_span_is_said_briefly(seconds: float, told: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == told
