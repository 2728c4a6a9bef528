"""Work lists that leave the house as XLSX, and columns that a person keeps for herself.

A short list goes out with the answer; a longer one is written by a job, as its asker may see it then, and waits for her some days.
Either is journalled with its purpose and the number of its rows when it is written.
"""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Person
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotVisible, Refusal
from huizhen.lib.text import clean
from huizhen.reports.choices import ExportState
from huizhen.reports.models import ColumnSet, Export
from huizhen.reports.queries.worklist import Asked, asked_of, keys, known
from huizhen.reports.queries.worklist.own import LASTS
from huizhen.reports.sheets import worklist

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Lists of at most so many rows are written while their reader waits."""
LONGEST_PURPOSE = 100
MOST_WAITING = 3
MOST_FORGOTTEN = 200
MOST_SETS = 12
LONGEST_NAME = 20
_BUSY = (ExportState.WAITING, ExportState.WRITING)


def purpose_of(text: str) -> str:
    """What a list is taken out for, as the journal keeps it. Invalid: none, too long."""
    words = clean(text)
    if len(words) < 2:
        raise Invalid.one("purpose", "export_purpose")
    if len(words) > LONGEST_PURPOSE:
        raise Invalid.one("purpose", "too_long", max=LONGEST_PURPOSE, length=len(words))
    return words


def take_out(
    asked: Asked, *, by: User, at: datetime, purpose: str, key: UUID, contacts: bool = False
) -> tuple[Export, bytes]:
    """Ask for a work list as an XLSX. A short one comes with the answer, of a longer one the content is empty: a job writes it.

    The same `key` again is the same request; a short list is then written and journalled again, for it is taken out again.
    Side effects: `Export`; of a short list journal `worklist_exported`. NotVisible: a scope she does not have, somebody else's key.
    Invalid: purpose, too many waiting.
    """
    words = purpose_of(purpose)
    who = standing(by, on=timezone.localdate(at))
    is_long = len(keys(who, asked, now=at, limit=AT_ONCE + 1)) > AT_ONCE
    content = b""
    if not is_long:
        file = io.BytesIO()
        count = worklist.write(who, asked, file, at=at, contacts=contacts)
        content = file.getvalue()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # two clicks at once
        known_one = Export.objects.filter(key=key).first()
        if known_one is not None and known_one.by_id != by.pk:
            raise NotVisible("no_such_export")
        if is_long and known_one is None and Export.objects.filter(by=by, state__in=_BUSY).count() >= MOST_WAITING:
            raise Invalid.one("purpose", "export_many_waiting", max=MOST_WAITING)
        made = known_one or Export.objects.create(
            key=key, by=by, asked=asked.as_params(), purpose=words, has_contacts=contacts, at=at,
            state=ExportState.WAITING if is_long else ExportState.DONE,
        )  # fmt: skip
        if not is_long:
            made.done = made.total = count
            made.size, made.ended_at = len(content), at
            made.save(update_fields=["done", "total", "size", "ended_at"])
            _tell(made, count, at=at)
    return made, content


def _tell(export: Export, count: int, *, at: datetime) -> None:
    record(
        "worklist_exported", export, by=export.by, at=at, label=str(export), count=count, purpose=export.purpose,
        contacts=export.has_contacts, scope=export.asked.get("scope", ""),
    )  # fmt: skip


def write_export(export: Export, *, at: datetime) -> bool:
    """Write a list that waits, as its asker may see it now. Whether it was written here.

    One that a dead process began is begun again. Its file is put down before the row says so: a death in between leaves a file
    that the next attempt replaces. Side effects: journal `worklist_exported`. A refusal fails it.
    """
    rows = Export.objects.filter(pk=export.pk, state__in=_BUSY)
    if not rows.update(state=ExportState.WRITING, done=0, total=0):
        return False
    by = export.by
    try:
        with tempfile.TemporaryFile() as file:
            count = worklist.write(
                standing(by, on=timezone.localdate(at)), asked_of(export.asked, scope=""), file, at=at,
                contacts=export.has_contacts, progress=lambda done, total: rows.update(done=done, total=total),
            )  # fmt: skip
            size = file.tell()
            file.seek(0)
            name = f"exports/{export.key}.xlsx"
            default_storage.delete(name)
            name = default_storage.save(name, File(file))
    except Refusal as no:
        log.info("export %s: %s", export, no)
        rows.update(state=ExportState.FAILED, ended_at=at)
        return False
    with transaction.atomic():
        if not rows.update(
            state=ExportState.DONE, done=count, total=count, size=size, file=name, ended_at=timezone.now()
        ):
            return False
        export.refresh_from_db()
        _tell(export, count, at=at)
    return True


def fail_export(export: Export, *, at: datetime) -> None:
    """It could not be written for a reason nobody foresaw; it is not tried for ever."""
    Export.objects.filter(pk=export.pk, state__in=_BUSY).update(state=ExportState.FAILED, ended_at=at)


def forget_exports(*, at: datetime) -> int:
    """Lists older than a week go with their files. How many."""
    late = list(Export.objects.filter(at__lte=at - LASTS).order_by("pk")[:MOST_FORGOTTEN])
    for one in late:
        default_storage.delete(one.file or f"exports/{one.key}.xlsx")
        one.delete()
    return len(late)


def save_columns(
    person: Person, *, name: str, columns: Sequence[str], at: datetime, key: UUID | None = None
) -> ColumnSet:
    """Keep a set of columns under a name; the same name again is a change of it. `key` gives back one that was dropped.

    Hers alone, so the journal does not hold it. Invalid: no name, too long a name, no column, or twelve are kept already.
    """
    called, wanted = clean(name), list(known(columns))
    if not called:
        raise Invalid.one("name", "required")
    if len(called) > LONGEST_NAME:
        raise Invalid.one("name", "too_long", max=LONGEST_NAME, length=len(called))
    if not wanted:
        raise Invalid.one("columns", "too_few", min=1)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # two pages at once must not keep a thirteenth
        hers = ColumnSet.objects.filter(person=person)
        if hers.filter(name=called).update(columns=wanted, saved_at=at):
            return hers.get(name=called)
        if hers.count() >= MOST_SETS:
            raise Invalid.one("name", "too_many", max=MOST_SETS)
        more = {"key": key} if key else {}
        try:
            with transaction.atomic():
                return ColumnSet.objects.create(person=person, name=called, columns=wanted, saved_at=at, **more)
        except IntegrityError:  # somebody's key
            return ColumnSet.objects.create(person=person, name=called, columns=wanted, saved_at=at)


def drop_columns(kept: ColumnSet) -> None:
    """Forget a set of columns."""
    ColumnSet.objects.filter(pk=kept.pk).delete()
