"""Every write of the monthly reports: opening, saving words, sending, withdrawing, reminding. Mails: `mailing`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Campaign, Domain
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import Told, record, record_all
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.reports.choices import REPORT_SECTIONS
from huizhen.reports.clocks.monthly import OVER, Span
from huizhen.reports.models import MonthlyReport, ReportReminder, SentReport
from huizhen.reports.policy.monthly import get_report, need_writer
from huizhen.reports.queries.monthly import clerks_of, is_in_bulletin, reporting_units
from huizhen.reports.queries.monthly_contents import contents, frozen

LONGEST = 3000
LONGEST_LINE = 300
LONGEST_REASON = 200
SHORTEST_REASON = 5
_DAY = timedelta(days=1)


def open_reports(campaign: Campaign, span: Span, *, at: datetime) -> list[MonthlyReport]:
    """The reports of a month for every unit that reports and has none yet; again and again is once.

    Side effects: the rows; journal `report_opened` for each, with its clerks. Two at once: one of them opens.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        today = timezone.localdate(at)
        there = set(MonthlyReport.objects.filter(campaign=campaign, month=span.month).values_list("unit_id", flat=True))
        units = [one for one in reporting_units(campaign, today) if one.pk not in there]
        if not units:
            return []
        deadline = timezone.make_aware(datetime.combine(span.due + _DAY, time.min))
        taken = set(MonthlyReport.objects.filter(month=span.month).values_list("code", flat=True))
        MonthlyReport.objects.bulk_create(
            MonthlyReport(
                code=_code(span.month, unit.code, campaign, taken), campaign=campaign, unit=unit, month=span.month, since=span.since,
                until=span.until, due_on=span.due, deadline=deadline, opened_at=at,
            )
            for unit in units
        )  # fmt: skip
        rows = list(MonthlyReport.objects.filter(campaign=campaign, month=span.month, unit__in=units).order_by("pk"))
        clerks = clerks_of([one.pk for one in units], today)
        told = [
            Told(one, one.code, {"unit": one.unit_id, "due_on": one.due_on, "persons": clerks.get(one.unit_id, [])})
            for one in rows
        ]
        record_all("report_opened", told, by=None, at=at)
        return rows


def _code(month: date, unit: str, campaign: Campaign, taken: set[str]) -> str:
    """YB2603-FS; of two campaigns in one month the second says which."""
    code = f"YB{month:%y%m}-{unit}"
    return code if code not in taken else f"{code}-{campaign.pk}"


def save_words(
    report: MonthlyReport, values: Mapping[str, str], *, by: User, at: datetime, seen: int | None
) -> MonthlyReport:
    """Keep what was typed: sections by name, lines of groups as `line-<code>`; what is not named stays. No journal: nothing happened yet.

    NotVisible, NotAllowed: not her unit's. NotNow: it has been sent. StaleWrite: somebody saved it meanwhile. Invalid: too long.
    """
    with transaction.atomic():
        who, row = _hers(report, by=by, at=at)
        need_unsent(row)
        if seen is not None and seen != row.revision:
            raise StaleWrite("report_saved_elsewhere", name=row.saved_by.name if row.saved_by else "")
        words, lines = _cleaned(values)
        fresh, told = {**row.words, **words}, {**row.lines, **lines}
        if (fresh, told) == (row.words, row.lines):
            return row
        row.words, row.lines, row.saved_at, row.saved_by = fresh, told, at, who.person
        row.revision += 1
        row.save(update_fields=["words", "lines", "saved_at", "saved_by", "revision"])
        return row


def _cleaned(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    words, lines, faults = {}, {}, {}
    for name, given in values.items():
        is_line = name.startswith("line-") and len(name) <= 40
        if name not in REPORT_SECTIONS and not is_line:
            continue
        text = clean(str(given), lines=not is_line)
        most = LONGEST_LINE if is_line else LONGEST
        if len(text) > most:
            faults[name] = [Fault("too_long", {"max": most, "length": len(text)})]
        elif is_line:
            lines[name.removeprefix("line-")] = text
        else:
            words[name] = text
    if faults:
        raise Invalid(faults)
    return words, lines


def send_report(report: MonthlyReport, *, by: User, at: datetime, key: UUID, seen: int | None = None) -> SentReport:
    """Send the words as they are saved with the numbers of this moment. Numbers of people in the words are masked.

    The same `key` again is the same version. Side effects: the version; its domains; journal `report_sent`, which mails it. NotVisible,
    NotAllowed: not her unit's. NotNow: a version is sent already, or the key is another report's. StaleWrite: the words changed
    since she saw them. Invalid: nothing is said in 总体情况.
    """
    with transaction.atomic():
        who, row = _hers(report, by=by, at=at)
        if known := SentReport.objects.filter(key=key).select_related("report").first():
            if known.report_id != row.pk:
                raise NotNow("report_key_taken")
            return known
        need_unsent(row)
        if seen is not None and seen != row.revision:
            raise StaleWrite("report_saved_elsewhere", name=row.saved_by.name if row.saved_by else "")
        if not row.words.get("overall", "").strip():
            raise Invalid.one("overall", "required")
        numbers = contents(row, today=timezone.localdate(at))
        groups = {one.code for one in numbers.groups}
        last = row.versions.order_by("-version").values_list("version", flat=True).first() or 0
        sent = SentReport(
            key=key, report=row, version=last + 1, at=at, lender=_lender(who, row), figures=frozen(numbers),
            words={name: mask_personal(row.words.get(name, ""))[0] for name in REPORT_SECTIONS},
            lines={code: mask_personal(text)[0] for code, text in row.lines.items() if code in groups and text},
        )  # fmt: skip
        sent.by = who.person  # type: ignore[assignment]
        sent.save(force_insert=True)
        domains = list(Domain.objects.filter(code__in=numbers.domains).order_by("pk"))
        sent.domains.set(domains)
        record(
            "report_sent", row, by=by, at=at, label=row.code, on_behalf_of=sent.lender, sent=sent.pk, version=sent.version,
            unit=row.unit_id, domain=[one.pk for one in domains],
        )  # fmt: skip
        return sent


def withdraw_report(report: MonthlyReport, *, by: User, at: datetime, reason: str) -> SentReport:
    """Take the current version back to send another; it stays to be read. The words can be edited again.

    Side effects: journal `report_withdrawn`. NotVisible, NotAllowed: not her unit's. NotNow: none is sent, or the bulletin of the
    month was issued with it. Invalid: reason.
    """
    with transaction.atomic():
        who, row = _hers(report, by=by, at=at)
        sent = row.versions.select_related("report").filter(is_current=True).first()
        if sent is None:
            raise NotNow("report_not_sent")
        if is_in_bulletin(row, sent):
            raise NotNow("report_in_bulletin")
        words = mask_personal(clean(reason))[0]
        if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
            code = "required" if not words else "too_short" if len(words) < SHORTEST_REASON else "too_long"
            raise Invalid.one("reason", code, min=SHORTEST_REASON, max=LONGEST_REASON, length=len(words))
        sent.is_current, sent.withdrawn_at, sent.withdrawn_by, sent.reason = False, at, who.person, words
        sent.save(update_fields=["is_current", "withdrawn_at", "withdrawn_by", "reason"])
        MonthlyReport.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
        record(
            "report_withdrawn", row, by=by, at=at, label=row.code, on_behalf_of=_lender(who, row), sent=sent.pk,
            version=sent.version, unit=row.unit_id, domain=list(sent.domains.order_by("pk").values_list("pk", flat=True)),
        )  # fmt: skip
        return sent


def remind_clerks(report: MonthlyReport, *, by: User, at: datetime) -> bool:
    """Head office asks for a report: its clerks are told, once a day however often it is pressed (False: told already today).

    Side effects: journal `report_reminded`. NotVisible. NotAllowed: not head office. NotNow: it is sent, or the unit has no clerk.
    """
    with transaction.atomic():
        who = standing(by, on=timezone.localdate(at))
        row = _locked(get_report(who, report.code))
        if not who.is_coordinator:
            raise NotAllowed("report_reminder_of_head_office")
        need_unsent(row)
        persons = clerks_of([row.unit_id], timezone.localdate(at)).get(row.unit_id, [])
        if not persons:
            raise NotNow("unit_without_clerk", unit=row.unit.name)
        if not _once(row, f"asked-{timezone.localdate(at):%y%m%d}", at):
            return False
        lender = who.lender_name(lambda one: one.is_coordinator)
        record(
            "report_reminded", row, by=by, at=at, label=row.code, on_behalf_of=lender, unit=row.unit_id, due_on=row.due_on,
            persons=persons,
        )  # fmt: skip
        return True


def remind_of_day(report: MonthlyReport, step: str, *, at: datetime) -> bool:
    """Five days before, one, on the day, after it: the clerks are told once for each step. False: told already, sent, nobody there.

    Side effects: journal `report_due`, past the day `report_overdue`.
    """
    with transaction.atomic():
        row = _locked(report)
        persons = clerks_of([row.unit_id], timezone.localdate(at)).get(row.unit_id, [])
        if not persons or row.versions.filter(is_current=True).exists() or not _once(row, step, at):
            return False
        verb = "report_overdue" if step == OVER else "report_due"
        record(
            verb, row, by=None, at=at, label=row.code, unit=row.unit_id, due_on=row.due_on, step=step, persons=persons
        )
        return True


# ── beneath


def _hers(report: MonthlyReport, *, by: User, at: datetime) -> tuple[Standing, MonthlyReport]:
    """The report, locked, when it is her unit's."""
    who = standing(by, on=timezone.localdate(at))
    row = _locked(get_report(who, report.code))
    need_writer(who, row)
    return who, row


def _locked(report: MonthlyReport) -> MonthlyReport:
    rows = MonthlyReport.objects.select_for_update(of=("self",)).select_related("unit", "campaign", "saved_by")
    return rows.get(pk=report.pk)


def need_unsent(report: MonthlyReport) -> None:
    """NotNow: a version stands sent."""
    current = report.versions.filter(is_current=True).first()
    if current is not None:
        raise NotNow("report_sent_already", version=current.version, at=current.at)


def _once(report: MonthlyReport, step: str, at: datetime) -> bool:
    return ReportReminder.objects.get_or_create(report=report, step=step, defaults={"at": at})[1]


def _lender(who: Standing, report: MonthlyReport) -> str:
    return who.lender_name(lambda one: report.unit_id in one.unit_ids)
