"""月报: when it is due and about which days, opening, words, sending, versions, who is told and reminded, how units report."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from huizhen.directory.models import Campaign, Posting
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.lib.workdays import Calendar
from huizhen.reports import jobs
from huizhen.reports.actions.monthly import remind_clerks, save_words, send_report, withdraw_report
from huizhen.reports.choices import ReportState
from huizhen.reports.clocks.monthly import Rule, Span, due_day, month_after, spans, step_of
from huizhen.reports.models import MonthlyReport, SentReport
from huizhen.reports.queries import monthly as queries
from huizhen.worktime.queries import calendar
from tests.cast import START, Cast
from tests.racing import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# By hand from the holiday notices of 2024, 2025 and 2026: the 15th, or the last working day before it.
DUE = [
    "2024-10-15", "2024-11-15", "2024-12-13",
    "2025-01-15", "2025-02-14", "2025-03-14", "2025-04-15", "2025-05-15", "2025-06-13",
    "2025-07-15", "2025-08-15", "2025-09-15", "2025-10-15", "2025-11-14", "2025-12-15",
    "2026-01-15", "2026-02-14", "2026-03-13", "2026-04-15", "2026-05-15", "2026-06-15",
    "2026-07-15", "2026-08-14", "2026-09-15", "2026-10-15", "2026-11-13", "2026-12-15",
]  # fmt: skip


def moment(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture
def days(db: None) -> Calendar:
    return calendar()


def test_due_days_are_those_of_the_table(days: Calendar) -> None:
    months = [date.fromisoformat(one).replace(day=1) for one in DUE]
    assert [due_day(one, Rule(15), days).isoformat() for one in months] == DUE
    assert due_day(date(2026, 2, 1), Rule(15), days).weekday() == 5, "a Saturday on which is worked"
    # not inclusive: the day before, moved too; a report day that the month lacks; one before the month begins
    told = [due_day(date(2026, month, 1), Rule(15, is_inclusive=False), days).day for month in (1, 2, 3, 11)]
    assert told == [14, 14, 13, 13]
    assert due_day(date(2026, 2, 1), Rule(31), days) == date(2026, 2, 28)
    assert due_day(date(2026, 10, 1), Rule(1), days) == date(2026, 9, 30)


@pytest.mark.parametrize("rule", [Rule(15), Rule(15, is_inclusive=False), Rule(1), Rule(28)])
def test_no_day_is_reported_twice_or_never(days: Calendar, rule: Rule) -> None:
    begin, end = date(2024, 9, 18), date(2026, 12, 20)
    found = list(spans(begin, end, rule, days))
    assert (found[0].since, found[-1].until) == (begin, end)
    assert all(a.until + DAY == b.since and month_after(a.month) == b.month for a, b in itertools.pairwise(found))
    counted = [one.since + n * DAY for one in found for n in range((one.until - one.since).days + 1)]
    assert counted == [begin + n * DAY for n in range((end - begin).days + 1)]
    assert all(one.opens <= one.due and one.until <= one.due for one in found)


def test_reminders_come_five_and_one_working_days_before(days: Calendar) -> None:
    due = date(2026, 2, 14)  # Saturday, worked; the week before has five working days
    told = {n: step_of(date(2026, 2, n), due, days) for n in range(5, 17)}
    assert told == {
        5: "", 6: "", 7: "", 8: "", 9: "five", 10: "five", 11: "five", 12: "five", 13: "one", 14: "today", 15: "over", 16: "over",
    }  # fmt: skip


# ── with the cast: FS has a clerk; D06, where the leaders sit, gets one; ZJ has a branch only

FIRST = moment("2026-03-01T00:05")
BEFORE = moment("2026-03-10T10:00")
DEADLINE = moment("2026-03-14T00:00")
"""2026-03-15 is a Sunday: due is Friday the 13th, until midnight."""


@pytest.fixture
def opened(cast: Cast) -> Cast:
    """January and February were opened before, then March: since the day after the cut-off of February."""
    for day in ("2026-01-05T08:00", "2026-02-02T08:00"):
        jobs.monthly(moment(day))
    jobs.monthly(FIRST)
    return cast


def report_of(cast: Cast, unit: str = "FS", month: str = "2603") -> MonthlyReport:
    return MonthlyReport.objects.select_related("unit", "campaign").get(code=f"YB{month}-{unit}")


def sent(cast: Cast, at: datetime = BEFORE, **words: str) -> SentReport:
    report = report_of(cast)
    save_words(report, {"overall": "各支部按计划问诊。", **words}, by=cast.clerk, at=at, seen=None)
    return send_report(report, by=cast.clerk, at=at, key=uuid4())


def state(cast: Cast, now: datetime) -> tuple[str, int, bool]:
    found = queries.one_of(report_of(cast), now=now)
    return found.state.value, found.version, found.is_withdrawn


def test_reports_open_once_for_every_unit_that_reports(opened: Cast) -> None:
    rows = MonthlyReport.objects.order_by("month", "unit__code")
    told = [(one.unit.code, one.since.isoformat(), one.until.isoformat()) for one in rows if one.month.month > 1]
    feb, march = ("2026-01-16", "2026-02-14"), ("2026-02-15", "2026-03-13")
    assert told == [(unit, *span) for span in (feb, march) for unit in ("D06", "FS", "ZJ")]
    assert rows[0].since == START
    report = report_of(opened)
    assert report.deadline == DEADLINE
    entry = Entry.objects.get(verb="report_opened", target_id=report.pk)
    assert entry.data == {"unit": report.unit_id, "due_on": "2026-03-13", "persons": [opened.person("clerk").pk]}
    assert jobs.monthly(FIRST + HOUR)["opened"] == 0
    # a worker that was down all through April catches up in May; nothing is left out
    assert jobs.monthly(moment("2026-05-04T08:00"))["opened"] == 6
    assert report_of(opened, month="2605").since == date(2026, 4, 16)
    assert report_of(opened, month="2604").since == date(2026, 3, 14)
    # a unit that joins before the due day reports for that month, not for those before
    Posting.objects.create(person=opened.person("outsider"), role="clerk", unit=_unit("KX"), since=START)
    assert jobs.monthly(moment("2026-05-05T08:00"))["opened"] == 1
    assert list(MonthlyReport.objects.filter(unit__code="KX").values_list("code", flat=True)) == ["YB2605-KX"]


def _unit(code: str) -> Any:
    from huizhen.directory.models import Unit

    return Unit.objects.create(code=code, name=f"{code}中心", kind="direct")


def test_first_report_begins_with_the_campaign_and_the_last_ends_with_it(cast: Cast, days: Calendar) -> None:
    assert queries.to_open(cast.campaign, date(2026, 3, 20), days) == [], "installed after the due day"
    april = queries.to_open(cast.campaign, date(2026, 4, 1), days)
    assert april == [Span(date(2026, 4, 1), START, date(2026, 4, 15), date(2026, 4, 15))]
    Campaign.objects.update(ends_on=date(2026, 3, 31), report_day=20)
    jobs.monthly(moment("2026-03-02T08:00"))
    assert report_of(cast).until == date(2026, 3, 20)
    jobs.monthly(moment("2026-04-02T08:00"))
    last = report_of(cast, month="2604")
    assert (last.since, last.until, last.due_on) == (date(2026, 3, 21), date(2026, 3, 31), date(2026, 4, 20))
    assert jobs.monthly(moment("2026-05-02T08:00"))["opened"] == 0


def test_words_are_kept_and_who_was_slower_loses_nothing(opened: Cast) -> None:
    report = report_of(opened)
    first = save_words(
        report, {"overall": " 开了\x00头 ", "line-NET-01": "一\n行", "x": "y"}, by=opened.clerk, at=BEFORE, seen=1
    )
    assert (first.words, first.lines, first.revision) == ({"overall": "开了头"}, {"NET-01": "一 行"}, 2)
    same = save_words(report, {"overall": "开了头"}, by=opened.clerk, at=BEFORE, seen=2)
    assert same.revision == 2
    with pytest.raises(StaleWrite) as no:
        save_words(report, {"overall": "另一个头"}, by=opened.clerk, at=BEFORE, seen=1)
    assert no.value.args_ == {"name": "姜书竹"}
    with pytest.raises(Invalid) as long:
        save_words(report, {"plans": "字" * 3001, "line-NET-01": "字" * 301}, by=opened.clerk, at=BEFORE, seen=2)
    assert sorted(long.value.faults) == ["line-NET-01", "plans"]
    for who, refusal in (
        ("coordinator", NotAllowed),
        ("viewer", NotAllowed),
        ("leader", NotVisible),
        ("liaison", NotVisible),
    ):
        with pytest.raises(refusal):
            save_words(report, {"overall": "不该写"}, by=opened.users[who], at=BEFORE, seen=2)
        with pytest.raises(refusal):
            send_report(report, by=opened.users[who], at=BEFORE, key=uuid4())
    assert report_of(opened).words == {"overall": "开了头"}


def test_double_click_is_one_version_and_sending_again_is_two_with_one_current(opened: Cast) -> None:
    report, key = report_of(opened), uuid4()
    with pytest.raises(Invalid):
        send_report(report, by=opened.clerk, at=BEFORE, key=key)
    save_words(report, {"overall": "问诊正常，找 15400012345"}, by=opened.clerk, at=BEFORE, seen=1)
    with pytest.raises(StaleWrite):
        send_report(report, by=opened.clerk, at=BEFORE, key=key, seen=1)
    one = send_report(report, by=opened.clerk, at=BEFORE, key=key, seen=2)
    assert send_report(report, by=opened.clerk, at=BEFORE + HOUR, key=key).pk == one.pk
    assert "15400012345" not in one.words["overall"]
    for act in (
        lambda: send_report(report, by=opened.clerk, at=BEFORE, key=uuid4()),
        lambda: send_report(report_of(opened, month="2602"), by=opened.clerk, at=BEFORE, key=key),
        lambda: save_words(report, {"overall": "改一改"}, by=opened.clerk, at=BEFORE, seen=2),
    ):
        with pytest.raises(NotNow):
            act()
    with pytest.raises(Invalid):
        withdraw_report(report, by=opened.clerk, at=BEFORE, reason="错了")
    withdraw_report(report, by=opened.clerk, at=BEFORE + HOUR, reason="漏写了需要协调的事")
    with pytest.raises(NotNow):
        withdraw_report(report, by=opened.clerk, at=BEFORE + HOUR, reason="再撤一次试试")
    save_words(report, {"needs": "请财务领域给口径"}, by=opened.clerk, at=BEFORE + HOUR, seen=None)
    two = send_report(report, by=opened.clerk, at=BEFORE + 2 * HOUR, key=uuid4())
    rows = SentReport.objects.filter(report=report).order_by("version").values_list("version", "is_current", "reason")
    assert list(rows) == [(1, False, "漏写了需要协调的事"), (2, True, "")]
    assert "needs" not in {name for name, text in one.words.items() if text}
    assert two.words["needs"] == "请财务领域给口径"
    with pytest.raises(IntegrityError), transaction.atomic():
        SentReport.objects.filter(pk=one.pk).update(is_current=True, withdrawn_at=None)
    verbs = Entry.objects.filter(target_id=report.pk, target_type="reports.monthlyreport").order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == [
        "report_opened",
        "report_sent",
        "report_withdrawn",
        "report_sent",
    ]
    assert not any("口径" in str(one.data) for one in verbs)


def test_in_time_is_what_stood_sent_at_midnight(opened: Cast) -> None:
    late = DEADLINE + DAY
    assert state(opened, DEADLINE - timedelta(seconds=1)) == ("open", 0, False)
    assert state(opened, DEADLINE) == ("missing", 0, False)
    made = sent(opened, DEADLINE - timedelta(seconds=1))
    assert state(opened, late) == ("on_time", 1, False)
    SentReport.objects.filter(pk=made.pk).update(at=DEADLINE)
    assert state(opened, late) == ("late", 1, False), "at 00:00:00 of the next day"
    SentReport.objects.filter(pk=made.pk).update(at=BEFORE)
    # a correction afterwards does not make it late; while nothing stands it is missing
    withdraw_report(report_of(opened), by=opened.clerk, at=late, reason="更正一个说法")
    assert state(opened, late) == ("missing", 1, True)
    send_report(report_of(opened), by=opened.clerk, at=late, key=uuid4())
    assert state(opened, late) == ("on_time", 2, False)
    # withdrawn before midnight and sent after it is late
    SentReport.objects.filter(pk=made.pk).update(withdrawn_at=DEADLINE - HOUR)
    assert state(opened, late) == ("late", 2, False)


def test_compliance_and_board_tell_how_units_report(opened: Cast, django_assert_num_queries: Any) -> None:
    sent(opened)
    now = DEADLINE + HOUR
    with django_assert_num_queries(1):
        march = queries.compliance(opened.campaign, date(2026, 3, 1), now=now)
    assert march is not None
    assert (march.due_on, march.due, {key.value: n for key, n in march.counts.items()}) == (
        date(2026, 3, 13), 3, {"open": 0, "on_time": 1, "late": 0, "missing": 2},
    )  # fmt: skip
    assert [one.code for one in march.of(ReportState.MISSING)] == ["D06", "ZJ"]
    assert queries.compliance(opened.campaign, date(2025, 3, 1), now=now) is None
    assert queries.in_time(opened.campaign, date(2026, 3, 1), date(2026, 3, 31), now=now) == (1, 3)
    assert queries.in_time(
        opened.campaign, date(2026, 1, 1), date(2026, 12, 31), now=now, unit=report_of(opened).unit_id
    ) == (1, 3)
    with django_assert_num_queries(3):
        board = queries.board(opened.campaign, now=now, today=date(2026, 3, 14))
    assert [one.month.month for one in board.months] == [1, 2, 3]
    assert board.rate is not None
    assert (board.rate.numerator, board.rate.denominator, str(board.rate.value)) == (1, 9, "11.1")
    few = queries.on_time(opened.campaign, date(2026, 3, 1), date(2026, 3, 31), now=now)
    assert (few.numerator, few.denominator, few.value, few.is_small) == (1, 3, None, True)
    assert [(row.unit.code, row.on_time, row.due, row.has_clerk) for row in board.rows] == [
        ("FS", 1, 3, True), ("D06", 0, 3, False), ("ZJ", 0, 3, False),
    ]  # fmt: skip
    asked = {"now": now, "today": date(2026, 3, 14)}
    assert [row.unit.code for row in queries.board(opened.campaign, state="missing", **asked).rows] == ["D06", "ZJ"]
    assert [row.unit.code for row in queries.board(opened.campaign, kind="department", **asked).rows] == ["D06"]
    moved = queries.board(opened.campaign, last=date(2026, 2, 1), months=1, **asked)
    assert (moved.earlier, moved.later, len(moved.months)) == (date(2026, 1, 1), date(2026, 3, 1), 1)


def test_clerks_are_reminded_once_for_each_step(opened: Cast) -> None:
    def told(verb: str) -> list[Any]:
        found = Entry.objects.filter(verb=verb, target_id=report_of(opened).pk).order_by("pk")
        return [one.data.get("step") for one in found]

    for day in (5, 6, 10, 11, 12, 12, 13, 14, 15):
        jobs.monthly(moment(f"2026-03-{day:02d}T09:00"))
    assert told("report_due") == ["five", "one", "today"]
    assert told("report_overdue") == ["over"]
    assert Entry.objects.filter(verb="report_due").exclude(target_id=report_of(opened).pk).count() == 0, (
        "no clerk, no reminder"
    )
    now = moment("2026-03-20T09:00")
    assert remind_clerks(report_of(opened), by=opened.coordinator, at=now) is True
    assert remind_clerks(report_of(opened), by=opened.coordinator, at=now + HOUR) is False
    assert remind_clerks(report_of(opened), by=opened.coordinator, at=now + DAY) is True
    with pytest.raises(NotAllowed):
        remind_clerks(report_of(opened), by=opened.viewer, at=now)
    with pytest.raises(NotNow):
        remind_clerks(report_of(opened, "ZJ"), by=opened.coordinator, at=now)
    sent(opened, now + DAY)
    with pytest.raises(NotNow):
        remind_clerks(report_of(opened), by=opened.coordinator, at=now + 2 * DAY)
    # what is sent is not asked for
    jobs.monthly(moment("2026-04-01T08:00"))
    save_words(
        report_of(opened, month="2604"),
        {"overall": "早早报了"},
        by=opened.clerk,
        at=moment("2026-04-02T08:00"),
        seen=None,
    )
    send_report(report_of(opened, month="2604"), by=opened.clerk, at=moment("2026-04-02T08:00"), key=uuid4())
    before = Entry.objects.filter(verb="report_due").count()
    jobs.monthly(moment("2026-04-14T09:00"))
    assert Entry.objects.filter(verb="report_due").count() == before


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_make_one_version(transactional_db: None) -> None:
    from tests.cast import build

    cast = build()
    assert at_once(lambda: jobs.monthly(FIRST), lambda: jobs.monthly(FIRST)) in (
        [{"opened": 3, "reminded": 0}, {"opened": 0, "reminded": 0}], [{"opened": 0, "reminded": 0}, {"opened": 3, "reminded": 0}],
    )  # fmt: skip
    report = report_of(cast)
    save_words(report, {"overall": "两个人同时点"}, by=cast.clerk, at=BEFORE, seen=None)
    answers = at_once(*[lambda: send_report(report, by=cast.clerk, at=BEFORE, key=uuid4())] * 2)
    assert sorted(type(one).__name__ for one in answers) == ["NotNow", "SentReport"]
    assert SentReport.objects.count() == 1
