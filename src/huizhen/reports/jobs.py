"""Keeping figures in step with the journal, and counting everything where figures are younger than the cases."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from huizhen.directory.models import Campaign
from huizhen.directory.queries import current_campaign, setting
from huizhen.journal.actions import worker
from huizhen.lib import pdf
from huizhen.lib.budget import BUDGET, pieces
from huizhen.reports.actions import fill_step, read_news
from huizhen.reports.actions.ending import carry_some
from huizhen.reports.actions.filled import forget_filled
from huizhen.reports.actions.mailings import send_due
from huizhen.reports.actions.monthly import open_reports, remind_of_day
from huizhen.reports.actions.pdfs import forget_pdfs, make_pdf
from huizhen.reports.actions.rounds import remind_leader
from huizhen.reports.actions.worklist import fail_export, forget_exports, write_export
from huizhen.reports.choices import ExportState
from huizhen.reports.clocks.monthly import step_of
from huizhen.reports.models import Export, Fill
from huizhen.reports.queries import monthly as reported
from huizhen.reports.queries.mailings import due as due_mailings
from huizhen.reports.queries.rounds import period_of, to_remind
from huizhen.worktime.queries import calendar

log = logging.getLogger(__name__)
MOST_LISTS = 20
"""Work lists in one run."""
LAST_REPORT = 62
"""Days after a campaign's end within which its last report is opened."""


def drain(now: datetime) -> dict[str, int]:
    """Bring the figures up to what the journal has recorded. Safe in any number of workers at once."""
    told: Counter[str] = Counter()
    me = worker()
    for read in pieces(lambda: read_news(by=me, at=now)):
        told.update(read)
    return {name: told[name] for name in ("entries", "cases", "changed", "failed")}


def fill(now: datetime) -> dict[str, int]:
    """Go on with the count of all cases, begun where there never was one or the calendar changed."""
    return walk(now, budget=BUDGET)


def walk(now: datetime, *, budget: float | None = None, told: Callable[[Fill], object] | None = None) -> dict[str, int]:
    """Steps of the fill, until its end or the end of the budget (seconds); `told` hears of each."""
    steps = 0
    for step in pieces(lambda: fill_step(at=now), budget=budget):
        steps += 1
        if told:
            told(step)
        if not step.is_open:
            break
    return {"steps": steps}


def remind_rounds(now: datetime) -> Mapping[str, int]:
    """查房: when a period is about to end, remind the leaders who have cases unvisited. Again and again is once for each."""
    campaign, today = current_campaign(), timezone.localdate(now)
    if campaign is None or not campaign.starts_on <= today <= campaign.ends_on:
        return {"reminded": 0}
    period = period_of(campaign, today)
    if period.days_left(today, calendar()) > setting(campaign, "round_remind_days"):
        return {"reminded": 0}
    return {"reminded": sum(remind_leader(one, period, at=now) for one in to_remind(campaign, period))}


def write_worklists(now: datetime) -> dict[str, int]:
    """Work lists that were asked for, the oldest first; what breaks is not tried for ever. Those older than a week are forgotten."""
    written = 0
    for one in Export.objects.filter(state__in=(ExportState.WAITING, ExportState.WRITING)).order_by("pk")[:MOST_LISTS]:
        try:
            written += write_export(one, at=now)
        except Exception:
            log.exception("The work list %s could not be written.", one.key)
            fail_export(one, at=now)
    return {"lists": written, "forgotten": forget_exports(at=now) + forget_filled(at=now)}


def monthly(now: datetime) -> Mapping[str, int]:
    """月报: open the reports of the month, of every campaign that has one to open; remind the clerks of those not sent. Again and again
    is once. A worker that was down catches up: months are opened, of reminders only the latest is told."""
    today, days = timezone.localdate(now), calendar()
    done: Counter[str] = Counter(opened=0, reminded=0)
    for campaign in Campaign.objects.filter(starts_on__lte=today, ends_on__gte=today - timedelta(days=LAST_REPORT)):
        for span in reported.to_open(campaign, today, days):
            done["opened"] += len(open_reports(campaign, span, at=now))
    for report in reported.to_remind(today):
        step = step_of(today, report.due_on, days)
        done["reminded"] += bool(step) and remind_of_day(report, step, at=now)
    return done


def carry(now: datetime) -> Mapping[str, int]:
    """结转: open cases of campaigns that were ended go on in the next one, some at a time. What a crash left is there for the next run."""
    return {"carried": sum(pieces(lambda: carry_some(at=now)))}


def mailings(now: datetime) -> Mapping[str, int]:
    """定时发送: views that are due go out, each moment once for each recipient; what was missed while no worker ran goes out once."""
    sent = 0
    for one in due_mailings(now):
        try:
            sent += send_due(one, at=now)
        except Exception:  # one that breaks must not hold up the others
            log.exception("The mailing %s could not be sent.", one.key)
    return {"sent": sent}


def make_pdfs(now: datetime) -> Mapping[str, int]:
    """Convert the papers that wait, one after the other, until the budget is spent; throw old ones away. Nothing without LibreOffice."""
    done: Counter[str] = Counter(ready=0, failed=0, forgotten=forget_pdfs(at=now))
    soffice = pdf.find(settings.HUIZHEN_SOFFICE)
    if soffice is not None:
        for made in pieces(lambda: make_pdf(soffice=soffice, at=timezone.now())):
            done[made] += 1
    return done
