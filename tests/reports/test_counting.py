"""Facts of cases and their sums follow the journal; nothing is lost or doubled; a recount finds what is wrong and mends it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from huizhen.config import cli
from huizhen.directory.models import Campaign, Unit
from huizhen.journal.models import Outbox
from huizhen.reports import jobs
from huizhen.reports.actions import counting, fill_step, mark_filled, read_news
from huizhen.reports.actions.mending import Recount, recount
from huizhen.reports.actions.sums import Place, Sums
from huizhen.reports.choices import COLUMNS, READER
from huizhen.reports.models import Counted, Fact, Fill, Load, Spread, Tally
from huizhen.worktime.models import CalendarDay, CalendarVersion
from tests.cases.plays import LATER, PLAYS
from tests.cast import MONDAY, Cast, build

NOW = LATER


def sums() -> dict[str, Any]:
    """Everything that is counted, rows of zeros apart."""
    tallies = Tally.objects.values_list("kind", "scope", "campaign", "day", *COLUMNS)
    return {
        "facts": sorted(Fact.objects.values_list("counted", "metric", "day", "value", "n")),
        "tally": sorted(row for row in tallies if any(row[4:])),
        "spread": sorted(
            Spread.objects.exclude(n=0).values_list("kind", "scope", "campaign", "day", "what", "tenths", "n")
        ),
        "load": sorted(Load.objects.exclude(n=0).values_list("kind", "scope", "campaign", "person", "n")),
    }


def again(repair: bool = False) -> Recount:
    return recount(by="test", at=NOW, repair=repair)


def test_counting_follows_the_journal_and_a_recount_proves_it(
    cast: Cast, django_assert_num_queries: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    case = cast.contacted()
    assert jobs.drain(NOW)["changed"] == 1
    assert jobs.drain(NOW) == {"entries": 0, "cases": 0, "changed": 0, "failed": 0}
    assert Load.objects.get(kind="group", n__gt=0).person == cast.person("expert")
    assert Tally.objects.get(kind="group", scope=cast.group.pk, day=date(2026, 3, 5)).session_pending == 1

    # A transfer to another domain takes all of it along; the end takes the load.
    cast.take(case, "propose_transfer", "expert", MONDAY + timedelta(hours=1), group="FIN-01", reason="属于财务")
    cast.take(case, "accept_transfer", "other_leader", MONDAY + timedelta(hours=2), person="other_expert")
    jobs.drain(NOW)
    assert not any(Tally.objects.filter(kind="group", scope=cast.group.pk, **{one: 1}).exists() for one in COLUMNS)
    moved = Fact.objects.filter(metric__in=["transfer", "transfer_gap", "cross"]).order_by("metric")
    assert [(one.metric, one.day, one.value) for one in moved] == [
        ("cross", date(2026, 3, 2), 0), ("transfer", date(2026, 3, 2), 0), ("transfer_gap", date(2026, 3, 2), 10),
    ]  # fmt: skip
    assert Load.objects.get(kind="group", scope=cast.other_group.pk).n == 1

    for name in ("archived", "worsened", "paused", "unresolved"):
        PLAYS[name](cast)
    jobs.drain(NOW)
    right = sums()
    found = again()
    assert (found.is_right, found.cases) == (True, 5)

    # The same from nothing: figures younger than their cases.
    for model in (Fact, Counted, Tally, Spread, Load):
        model.objects.all().delete()
    steps = []
    jobs.walk(NOW, told=lambda step: steps.append((step.done, step.total)))
    assert (steps, sums()) == ([(5, 5)], right)
    assert fill_step(at=NOW) is None
    keys = [one.case_id for one in Counted.objects.all()]
    with django_assert_num_queries(16):
        counting.counts_of(keys)
    with django_assert_num_queries(16):
        counting.counts_of(keys[:1])

    # Whatever is wrong is found, told, and mended.
    Fact.objects.filter(metric="registered", counted__case=case.pk).delete()
    Fact.objects.filter(metric="cured").update(n=3)
    Tally.objects.filter(kind="all", day=date(2026, 3, 2)).update(registered=99)
    Tally.objects.filter(kind="unit", day=date(2026, 3, 10)).delete()
    Spread.objects.filter(kind="domain").update(n=7)
    Load.objects.filter(kind="group", scope=cast.group.pk).update(n=0)
    gone = Counted.objects.create(case_id=10**6, campaign=cast.campaign, group=cast.group, unit=Unit.objects.all()[0])
    Fact.objects.create(counted=gone, metric="registered", day=date(2026, 3, 2))
    found = again()
    assert not found.is_right
    assert found.wrong_cases == 3
    assert "#1000000" in found.codes
    assert any(one.startswith("all registered") and ": 99 ≠ 5" in one for one in found.sums)
    assert cli.main(["recount"]) == 1
    assert case.code in capsys.readouterr().err
    assert [cli.main(["recount", "--repair"]), cli.main(["recount"])] == [0, 0]
    assert "0 cases and 0 sums differ" in capsys.readouterr().out
    assert sums() == right


def test_calendar_changes_count_everything_again(cast: Cast) -> None:
    cast.contacted()
    jobs.drain(NOW)
    assert jobs.fill(NOW) == {"steps": 1}
    assert jobs.fill(NOW) == {"steps": 0}
    pending = Fact.objects.filter(metric="session_pending")
    assert [one.day for one in pending] == [date(2026, 3, 5)]
    CalendarDay.objects.create(date=date(2026, 3, 4), kind="holiday", name="停电")
    CalendarVersion.objects.update_or_create(pk=1, defaults={"token": "another"})
    assert again().wrong_cases == 1, "the due day has moved, and nobody counted it yet"
    assert jobs.fill(NOW) == {"steps": 1}
    assert [one.day for one in pending.all()] == [date(2026, 3, 6)]
    assert again().is_right
    assert Fill.objects.filter(is_open=False).count() == 2
    mark_filled(at=NOW)
    assert jobs.fill(NOW) == {"steps": 0}


def test_case_that_cannot_be_counted_waits_and_the_others_go_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = cast.register(), cast.register(title="另一处宿舍晚高峰小区负荷超限")
    plain = counting.facts_of

    def failing(file: Any, calendar: Any) -> Any:
        if file.case.pk == bad.pk:
            raise RuntimeError("broken")
        return plain(file, calendar)

    monkeypatch.setattr(counting, "facts_of", failing)
    told = read_news(by="one", at=NOW)
    assert told is not None
    assert (told["failed"], told["changed"]) == (1, 1)
    assert [one.case_id for one in Counted.objects.all()] == [good.pk]
    assert read_news(by="one", at=NOW) is None, "it waits for its lease"
    assert again().unreadable == 1
    monkeypatch.undo()
    assert jobs.drain(NOW + timedelta(minutes=3))["changed"] == 1
    assert again().is_right


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_a_mover_and_a_death_lose_and_double_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = build()
    cases = [cast.register(title=f"第{n}处宿舍晚高峰小区负荷超限") for n in range(3)]
    plain, deaths = Sums.write, iter([True])

    def dies_once(self: Sums) -> None:
        plain(self)
        if next(deaths, False):
            raise SystemExit("killed after writing, before the end")

    monkeypatch.setattr(Sums, "write", dies_once)
    with pytest.raises(SystemExit):
        read_news(by="dead", at=timezone.now())
    assert (Fact.objects.count(), Tally.objects.count()) == (0, 0), "all or nothing"
    assert Outbox.objects.filter(reader=READER, done_at=None).count() > 0

    faults: list[BaseException] = []
    stop = threading.Event()

    def alone(work: Any) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    def drains() -> None:
        while not stop.is_set():
            read_news(by=f"w{threading.get_ident()}", at=timezone.now(), limit=1)
            fill_step(at=timezone.now(), limit=1)

    def moves() -> None:
        for case in cases:
            cast.take(case, "log_contact", "expert", MONDAY + timedelta(minutes=30), channel="phone", learned="清楚了")
        stop.set()

    crowd = [threading.Thread(target=alone, args=[work]) for work in (drains, drains, moves)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    stop.set()
    assert not faults
    found = recount(by="after", at=timezone.now())
    assert (found.is_right, found.cases) == (True, 3)
    met = Tally.objects.get(kind="all", day=date(2026, 3, 2), campaign=Campaign.objects.get())
    assert (met.registered, met.first_contact_met, met.first_contact_pending) == (3, 3, 0)


def test_scopes_of_a_case_without_a_group() -> None:
    place = Place(campaign=1, domain=None, group=None, unit=5, holder=None)
    assert place.scopes == ((1, "all", 0), (1, "domain", 0), (1, "group", 0), (1, "unit", 5))
