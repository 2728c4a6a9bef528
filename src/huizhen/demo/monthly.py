"""月报 of the demo: some months sent in time, late or not at all, one of them twice; the demo's clerk has hers of this month before her."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.demo.reading import data
from huizhen.demo.stage import Stage
from huizhen.directory.models import Campaign
from huizhen.reports.actions.monthly import open_reports, save_words, send_report, withdraw_report
from huizhen.reports.choices import REPORT_SECTIONS
from huizhen.reports.clocks.monthly import Span, spans
from huizhen.reports.jobs import drain
from huizhen.reports.models import MonthlyReport
from huizhen.reports.queries.monthly import rule_of

Progress = Callable[[str, int, int], None]


def load_monthly(stage: Stage, *, progress: Progress) -> None:
    """The newest months up to the day of the stage. Figures are counted before, for they are what is sent."""
    campaign = Campaign.objects.get(is_current=True)
    drain(stage.at)
    every = spans(campaign.starts_on, campaign.ends_on, rule_of(campaign), stage.calendar)
    months = [one for one in every if one.opens <= stage.on][-data("monthly")["months"] :]
    progress("monthly", 0, len(months))
    for n, span in enumerate(months, 1):
        rows = open_reports(campaign, span, at=_moment(span.opens, 0.2))
        for place, report in enumerate(sorted(rows, key=lambda one: (one.unit.order, one.unit_id))):
            _play(stage, span, report, place, is_newest=n == len(months))
        progress("monthly", n, len(months))


def _moment(day: date, hours: float) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min) + timedelta(hours=hours))


def _play(stage: Stage, span: Span, report: MonthlyReport, place: int, *, is_newest: bool) -> None:
    """What the clerk of a unit does in a month; nothing after the moment of the stage."""
    told, clerk = data("monthly"), stage.clerks.get(report.unit_id)
    if clerk is None or clerk.user is None or _is_left(told, place, span.month, clerk.user, is_newest):
        return
    many, which = told["late"]
    late = (place + 2 * span.month.month) % many == which
    at = _moment(span.due, (33 if late else 9 - 24 * (place % 3)) + place * 5 % 8 + place * 7 % 60 / 60)
    if at < stage.at:
        _send(report, told, place, clerk.user, at)
        if is_newest and place == told["again"] and at + timedelta(hours=2) < stage.at:
            withdraw_report(report, by=clerk.user, at=at + timedelta(hours=1), reason=told["reason"])
            send_report(report, by=clerk.user, at=at + timedelta(hours=2), key=uuid4())


def _is_left(told: Mapping[str, Any], place: int, month: date, clerk: User, is_newest: bool) -> bool:
    """Not sent: each month another unit in so many; of the demo's clerk only the newest."""
    many, which = told["missing"]
    return is_newest if clerk.username == "clerk" else (place + 3 * month.month) % many == which


def _send(report: MonthlyReport, told: Mapping[str, Any], place: int, clerk: User, at: datetime) -> None:
    words = {name: told[name][(place + report.month.month) % len(told[name])] for name in REPORT_SECTIONS}
    save_words(report, words, by=clerk, at=at - timedelta(minutes=5), seen=None)
    send_report(report, by=clerk, at=at, key=uuid4())
