"""Records that leave the house: made for one reader, written down with the year."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Group, Membership, Person
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record as journal
from huizhen.lib import official
from huizhen.lib.errors import NotAllowed
from huizhen.reports.clocks.periods import Period, year
from huizhen.reports.papers.records import paper_of, paper_of_group
from huizhen.reports.policy.records import reads_group, reads_record
from huizhen.reports.queries.records import (
    Record,
    career_of,
    overdue_talks,
    record_of_group,
    records_of,
    seats_in,
)
from huizhen.reports.sheets.records import write_records


def export_record(person: Person, *, number: int, by: User, at: datetime) -> bytes:
    """The record of an expert in the year `number` as an official document (DOCX).

    Side effects: journal `record_exported`. NotAllowed: not hers to read.
    """
    who, period, today = _asked(number, by, at)
    career = career_of(person, number, today=today)
    if not reads_record(who, person, career.groups):
        raise NotAllowed("record_of_others")
    found = records_of([person.pk], period, today=today)[person.pk]
    is_self = who.person is not None and who.person.pk == person.pk
    reasons = overdue_talks(who, person, period) if is_self else []
    content = official.draw(paper_of(person, career.shown, found, reasons=reasons, at=at))
    with transaction.atomic():
        journal("record_exported", person, by=by, at=at, label=person.name, paper="docx", year=number)
    return content


def export_group_record(group: Group, *, number: int, by: User, at: datetime) -> bytes:
    """The record of a group as an official document (DOCX), with a line for each member whose record is hers to read.

    Side effects: journal `record_exported`. NotAllowed: not hers to read.
    """
    who, period, today = _asked(number, by, at)
    if not reads_group(who, group):
        raise NotAllowed("record_of_others")
    seats = seats_in(group, period)
    members = [(one.person, found) for one, found in _members(who, group, period, seats, today)]
    paper = paper_of_group(group, seats, record_of_group(group, period, today=today), members, at=at)
    content = official.draw(paper)
    with transaction.atomic():
        journal("record_exported", group, by=by, at=at, label=group.name, paper="docx", year=number)
    return content


def export_members(group: Group, *, number: int, by: User, at: datetime) -> bytes:
    """The records of a group's experts as a table (XLSX), those that are hers to read.

    Side effects: journal `record_exported`. NotAllowed: not hers to read.
    """
    who, period, today = _asked(number, by, at)
    if not reads_group(who, group):
        raise NotAllowed("record_of_others")
    rows = _members(who, group, period, seats_in(group, period), today)
    content = write_records(f"{group.name} {number}年度履职记录", rows)
    with transaction.atomic():
        journal("record_exported", group, by=by, at=at, label=group.name, paper="xlsx", year=number)
    return content


def _asked(number: int, by: User, at: datetime) -> tuple[Standing, Period, date]:
    today = timezone.localdate(at)
    return standing(by, on=today), year(date(number, 1, 1)), today


def _members(
    who: Standing, group: Group, period: Period, seats: list[Membership], today: date
) -> list[tuple[Membership, Record]]:
    shown = [one for one in seats if reads_record(who, one.person, [group])]
    found = records_of([one.person_id for one in shown], period, today=today)
    return [(one, found[one.person_id]) for one in shown]
