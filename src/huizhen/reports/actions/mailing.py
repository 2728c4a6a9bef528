"""A sent report with its files: attached to the mails that go out, and as a mail file to be sent by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Domain, Person, Posting
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import NotNow, NotVisible
from huizhen.reports.models import HandMail, MonthlyReport, SentReport
from huizhen.reports.papers.monthly import docx_of, title_of
from huizhen.reports.policy.monthly import get_report, need_writer
from huizhen.reports.queries.monthly_contents import Told, extract_of, name_of, thawed, told_for, told_of
from huizhen.reports.sheets.monthly import xlsx_of

HEADQUARTERS = "headquarters"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class File:
    """Something to be attached."""

    name: str
    content: bytes
    kind: str


def files_of(told: Told) -> tuple[File, File]:
    """The paper and the table."""
    name = name_of(told)
    return File(f"{name}.docx", docx_of(told), DOCX), File(f"{name}.xlsx", xlsx_of(told), XLSX)


def files_for(sent_id: int, reader: Standing) -> tuple[File, ...]:
    """What goes along with the mail about a version: the whole, or the extract of her domains. Nothing of one that was withdrawn, nor for
    who may not read it any more."""
    sent = (
        SentReport.objects.select_related("report__unit", "report__campaign")
        .filter(pk=sent_id, is_current=True)
        .first()
    )
    if sent is None:
        return ()
    try:
        return files_of(told_for(reader, sent))
    except NotVisible:
        return ()


def mail_by_hand(sent: SentReport, audience: str, *, by: User, at: datetime) -> tuple[HandMail, bytes]:
    """A version as a mail file (RFC 5322) with its files, for `HEADQUARTERS` or the code of one of its domains. Each time counts.

    Side effects: its row; journal `report_mailed`. NotVisible: not hers to read, no such audience. NotAllowed: not her unit's. NotNow: it
    was withdrawn.
    """
    with transaction.atomic():
        who = standing(by, on=timezone.localdate(at))
        row = get_report(who, sent.report.code)
        need_writer(who, row)
        MonthlyReport.objects.select_for_update().get(pk=row.pk)
        if not SentReport.objects.filter(pk=sent.pk, is_current=True).exists():
            raise NotNow("report_version_withdrawn", version=sent.version)
        sent.report = row
        domains = list(sent.domains.filter(code=audience)) if audience != HEADQUARTERS else []
        told = told_of(sent, thawed(sent)) if audience == HEADQUARTERS else extract_of(sent, domains)
        made = HandMail(sent=sent, audience=audience, at=at)
        made.by = who.person  # type: ignore[assignment]
        made.save(force_insert=True)
        lender = who.lender_name(lambda one: row.unit_id in one.unit_ids)
        record("report_mailed", row, by=by, at=at, label=row.code, on_behalf_of=lender, sent=sent.pk, audience=audience)
    to = _addressees(domains, at)
    return made, _mail(told, made.by, to)


def _addressees(domains: Sequence[Domain], at: datetime) -> list[Person]:
    """Head office, or the liaisons of the domains; where there is no liaison head office stands in. Who has no address is left out."""
    today = timezone.localdate(at)
    held = Posting.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today, person__left_on=None)
    meant = held.filter(role=PostingRole.LIAISON, domain__in=domains)
    rows = (meant if domains and meant.exists() else held.filter(role=PostingRole.COORDINATOR)).select_related("person")
    found = {row.person_id: row.person for row in rows.order_by("since", "pk") if row.person.email}
    return list(found.values())


def _mail(told: Told, by: Person, to: Sequence[Person]) -> bytes:
    """Opened by a mail program as a draft (X-Unsent) that wants only to be sent."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = title_of(told)
    if sender := _address(by):
        mail["From"] = sender
    if people := [one for one in map(_address, to) if one]:
        mail["To"] = people
    mail["X-Unsent"] = "1"
    mail.set_content(f"{title_of(told)}见附件。\n\n{told.numbers.unit}\n{by.name}\n")
    for one in files_of(told):
        main, _slash, sub = one.kind.partition("/")
        mail.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    return mail.as_bytes()


def _address(one: Person) -> Address | None:
    """None for what no mail program would take."""
    user, _at, domain = one.email.rpartition("@")
    try:
        return Address(one.name, user, domain) if user and domain and one.email.isascii() else None
    except ValueError:
        return None
