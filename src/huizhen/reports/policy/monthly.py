"""Who writes a unit's monthly report, who reads it, who looks after everybody's."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.reports.models import MonthlyReport, SentReport


def writes(standing: Standing, report: MonthlyReport) -> bool:
    """The clerks of the unit, and who acts 代 for them."""
    return report.unit_id in standing.unit_ids


def reads_whole(standing: Standing, report: MonthlyReport) -> bool:
    """The clerks of the unit and readers of all. A liaison reads the extract of her domains."""
    return writes(standing, report) or (standing.person is not None and standing.is_reader_of_all)


def reports_visible(standing: Standing) -> QuerySet[MonthlyReport]:
    """Of her unit; for readers of all every report; for liaisons those of which a version concerns her domains."""
    if standing.person is None:
        return MonthlyReport.objects.none()
    if standing.is_reader_of_all:
        return MonthlyReport.objects.all()
    hers = Q(unit__in=standing.unit_ids)
    if standing.domain_ids:
        sent = SentReport.objects.filter(report=OuterRef("pk"), domains__in=standing.domain_ids)
        hers |= Q(Exists(sent))
    return MonthlyReport.objects.filter(hers)


def get_report(standing: Standing, code: str) -> MonthlyReport:
    """The report with this code; NotVisible otherwise, whether it exists or not."""
    found = reports_visible(standing).select_related("unit", "campaign", "saved_by")
    row = found.filter(code=code[:32].replace("\x00", "")).first()
    if row is None:
        raise NotVisible("report_unknown")
    return row


def oversees(standing: Standing) -> bool:
    """Who sees how all units report: readers of all and the liaisons."""
    return standing.person is not None and (standing.is_reader_of_all or bool(standing.domain_ids))


def need_overseer(standing: Standing) -> None:
    """NotAllowed: she looks after no reports."""
    if not oversees(standing):
        raise NotAllowed("reports_of_overseers")


def need_writer(standing: Standing, report: MonthlyReport) -> None:
    """NotAllowed: not a clerk of the unit."""
    if not writes(standing, report):
        raise NotAllowed("report_of_clerk", unit=report.unit.name)
