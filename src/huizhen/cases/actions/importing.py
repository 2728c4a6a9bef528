"""Lists of earlier cases: kept, checked, written a part at a time until all is written, and taken back as a whole.

What is written starts no clock and is told to nobody; it carries its own moments, and `Source.IMPORTED` keeps it out of every
figure of a campaign.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from huizhen.accounts.models import User
from huizhen.cases.actions.writing_past import MANY, remove_past, reserve_codes, write_past
from huizhen.cases.choices import CheckedAs, ImportState
from huizhen.cases.models import Case, Checked, Import, Imported
from huizhen.cases.queries.imports import LASTS, can_take_back, need_importer, report_of, touched_among
from huizhen.cases.sheets import KINDS, Past, Plan, Sheet, plan, read, report_told, told_of
from huizhen.directory.queries import Standing
from huizhen.journal.actions import record
from huizhen.lib.errors import NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from huizhen.lib.text import clean

AT_ONCE = 200
"""Lists of at most so many rows are checked and written while their reader waits; longer ones by a job."""
_ANSWERS = 500
_PAUSE = 0.15
"""Seconds between two parts. Who waits for SQLite's writer looks every tenth of a second: without a gap she could miss each end."""
_UNCONFIRMED = (ImportState.CHECKING, ImportState.KEPT)


def keep_import(*, content: bytes, name: str, by: User | None, at: datetime) -> Import:
    """Keep a readable list until it is confirmed, and check it: a short one now, a long one by the job.

    Forgets uploads older than a day. Invalid: it cannot be read at all.
    """
    need_importer(by, at)
    sheet = read(content, name=name)
    batch = Import(
        by=by, name=clean(name)[:200], content=content, digest=hashlib.sha256(content).hexdigest(), at=at,
        lines=len(sheet.lines), total=len(sheet.lines),
    )  # fmt: skip
    planned = _plan(batch, sheet, at=at) if batch.lines <= AT_ONCE else None
    with transaction.atomic():
        forget_uploads(at=at)
        batch.save(force_insert=True)
        if planned is not None:
            _keep(batch, planned)
    return batch


def forget_uploads(*, at: datetime) -> int:
    """Uploads that nobody confirmed within a day go with their file and what was found in it. How many."""
    late = Import.objects.filter(state__in=_UNCONFIRMED, at__lte=at - LASTS).order_by("pk")
    if not late.exists():  # asked every few seconds: without the lock of a writer
        return 0
    with transaction.atomic():
        keys = list(late.select_for_update().values_list("pk", flat=True)[:MANY])
        Import.objects.filter(pk__in=keys).delete()
    return len(keys)


def drop_import(batch: Import, *, by: User | None, at: datetime) -> None:
    """Throw an upload away, with its file and what was found in it. Nothing of it is in the journal: nothing was written.

    NotVisible: it is gone. NotAllowed: somebody else's. NotNow: confirmed.
    """
    _need_own(batch, by, at)
    with transaction.atomic():
        locked = Import.objects.select_for_update().filter(pk=batch.pk).first()
        if locked is None:
            raise NotVisible("import_unknown")
        if locked.state not in _UNCONFIRMED:
            raise NotNow("import_confirmed")
        locked.delete()


def plan_of(batch: Import, *, at: datetime) -> Plan:
    """What the list would do now, read as whoever handed it in. NotAllowed: she may no longer; NotNow: there is no campaign."""
    return _plan(batch, read(bytes(batch.content), name=batch.name), at=at)


def _plan(batch: Import, sheet: Sheet, *, at: datetime, progress: Callable[[int], object] | None = None) -> Plan:
    who = need_importer(batch.by, at)
    everywhere = who is None or who.is_coordinator
    return plan(
        sheet,
        content_digest=batch.digest,
        choices=batch.choices,
        unit_ids=None if everywhere or who is None else who.unit_ids,
        importer=who.person if who else None,
        now=at,
        but=batch.pk,
        progress=progress,
    )


def check_import(batch: Import, *, at: datetime) -> Plan:
    """Decide on every row and keep what was found for its page. Its own progress is seen meanwhile; twice is as good as once.

    What was answered, confirmed or thrown away while it was decided wins: then nothing is kept.
    """
    batch = Import.objects.get(pk=batch.pk)
    rows = Import.objects.filter(pk=batch.pk, state=ImportState.CHECKING)
    rows.update(done=0, total=batch.lines)
    sheet = read(bytes(batch.content), name=batch.name)
    planned = _plan(batch, sheet, at=at, progress=lambda done: rows.update(done=done))
    with transaction.atomic():
        locked = Import.objects.select_for_update().filter(pk=batch.pk).first()
        if locked is not None and locked.state in _UNCONFIRMED and locked.choices == batch.choices:
            _keep(locked, planned)
    return planned


def _keep(batch: Import, planned: Plan) -> None:
    """The rows of a check in place of those of the one before, in the running transaction."""
    batch.checked.all().delete()
    Checked.objects.bulk_create(
        (Checked(batch=batch, kind=row.kind, row=row.number, told=told_of(row)) for row in planned.rows), batch_size=500
    )
    batch.state, batch.report, batch.done, batch.total = ImportState.KEPT, report_told(planned), batch.lines, 0
    batch.save(update_fields=["state", "report", "done", "total"])


def answer_import(batch: Import, answers: Mapping[str, Mapping[str, str]], *, by: User | None, at: datetime) -> Import:
    """Keep what the names mean that fit nobody exactly: kind → written text → code; check the list again. NotNow: confirmed.

    Unknown codes are asked again. Without answers it is only checked again.
    """
    _need_own(batch, by, at)
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state not in _UNCONFIRMED:
            raise NotNow("import_confirmed")
        for kind in KINDS:
            told = {clean(key)[:260]: clean(code)[:20] for key, code in answers.get(kind, {}).items()}
            locked.choices[kind] = dict(list({**locked.choices.get(kind, {}), **told}.items())[:_ANSWERS])
        locked.state, locked.done, locked.total = ImportState.CHECKING, 0, locked.lines
        locked.save(update_fields=["choices", "state", "done", "total"])
    if locked.lines <= AT_ONCE:
        check_import(locked, at=at)
        locked.refresh_from_db()
    return locked


def confirm_import(batch: Import, *, digest: str, by: User | None, at: datetime) -> Import:
    """Have it written as the check with this digest showed; twice is once. A short list is written at once, a long one by the job.

    NotNow: it is being checked, rows were rejected, or nothing is new. StaleWrite: what it would do is not what was shown; of a
    short list the page shows the new check then, a long one is compared when it is written.
    """
    _need_own(batch, by, at)
    batch = Import.objects.get(pk=batch.pk)
    if batch.state == ImportState.KEPT and batch.lines <= AT_ONCE and plan_of(batch, at=at).digest != digest:
        check_import(batch, at=at)
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state == ImportState.CHECKING:
            raise NotNow("import_checking")
        if locked.state != ImportState.KEPT:
            return locked
        report = report_of(locked)
        if report.digest != digest:
            raise StaleWrite("import_stale")
        if rejected := report.counts[CheckedAs.REJECTED]:
            raise NotNow("import_has_rejected", count=rejected)
        if not report.fresh:
            raise NotNow("import_nothing_new")
        locked.checked.all().delete()
        locked.state, locked.promise, locked.confirmed_at = ImportState.QUEUED, digest, at
        locked.report, locked.total, locked.done = {}, report.fresh, 0
        locked.save(update_fields=["state", "promise", "confirmed_at", "report", "total", "done"])
    if locked.lines <= AT_ONCE:
        carry_out(locked, at=at)
        locked.refresh_from_db()
    return locked


def carry_out(batch: Import, *, at: datetime) -> bool:
    """Check a list, write a confirmed one, or take one back. Whether it was done here.

    Writing goes a part at a time, each in a transaction of its own with the number of cases that are written: a process that dies
    leaves whole parts, and the next one goes on behind them; two at once take turns. What no longer comes out as it was promised
    leaves no case when none is written yet (the list is failed, with the reason), else those that are (`give_up`).
    """
    try:
        found = Import.objects.filter(pk=batch.pk).first()
        if found is None:  # thrown away meanwhile
            return False
        batch = found
        if batch.state == ImportState.CHECKING:
            check_import(batch, at=at)
            return True
        if batch.state == ImportState.UNDOING:
            return _to_the_end(lambda: _remove_some(batch, at=at))
        if batch.state != ImportState.QUEUED:
            return False
        planned = plan_of(batch, at=at)  # before any lock: it takes seconds
        if planned.digest != batch.promise:
            raise StaleWrite("import_stale")
        pasts = [(row.number, row.past) for row in planned.fresh if row.past is not None]
        return _to_the_end(lambda: _write_some(batch, pasts, at=at))
    except Refusal as no:
        return give_up(batch, trouble=no.code, at=at)
    except ProtectedError:  # something above keeps a key to one of the cases
        return give_up(batch, trouble="import_touched", at=at)
    except IntegrityError:  # somebody wrote one of these cases while we did
        return give_up(batch, trouble="import_stale", at=at)


def _to_the_end(step: Callable[[], bool | None]) -> bool:
    """Take a step until it says that all is done (True), or that it was done elsewhere (None); others write between two steps."""
    while (done := step()) is False:
        time.sleep(_PAUSE)
    return bool(done)


def give_up(batch: Import, *, trouble: str, at: datetime) -> bool:
    """Say why it cannot go on. The file is forgotten: it is handed in again. Always False.

    Nothing written yet: the list is failed. Some written: they stay, as a list of so many that can be taken back; handed in again it
    brings the others. The same for one that was to be taken back: what is gone is gone, the others stay.
    """
    with transaction.atomic():
        locked = Import.objects.select_for_update().filter(pk=batch.pk).first()
        if locked is None:
            return False
        begun = locked.done > 0
        if locked.state == ImportState.UNDOING:
            locked.state, locked.trouble = ImportState.DONE, "import_half_back" if begun else trouble[:40]
            locked.total -= locked.done
            locked.done = locked.total
        elif locked.state == ImportState.QUEUED and begun:
            _finish(locked, count=locked.done, trouble="import_half_written", at=at)
        elif locked.state in (ImportState.CHECKING, ImportState.QUEUED):
            locked.state, locked.trouble, locked.ended_at = ImportState.FAILED, trouble[:40], at
            locked.content, locked.total, locked.done = b"", 0, 0
        locked.save()
    return False


def _write_some(batch: Import, pasts: Sequence[tuple[int, Past]], *, at: datetime) -> bool | None:
    """The next cases of the list. Of two that write the same case, the second fails by its identity. None: another was faster."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.QUEUED:
            return None
        if not locked.done:
            reserve_codes([past for _, past in pasts], at=at)
        some = pasts[locked.done : locked.done + MANY]
        write_past(locked, some, by=locked.by, at=at)
        locked.done += len(some)
        if is_all := locked.done >= len(pasts):
            _finish(locked, count=locked.done, trouble="", at=at)
        locked.save()
        return is_all


def _finish(batch: Import, *, count: int, trouble: str, at: datetime) -> None:
    """The list is written, as far as it goes; one row in its journal."""
    batch.state, batch.trouble, batch.content = ImportState.DONE, trouble, b""
    batch.total, batch.ended_at = count, at
    record(
        "cases_imported", batch, by=batch.by, at=at, label=str(batch.key)[:8], on_behalf_of=_lender(batch.by, at),
        count=count, file=batch.digest,
    )  # fmt: skip


def take_back_import(batch: Import, *, by: User | None, at: datetime) -> Import:
    """Take a list back as a whole: its cases go, their journal stays. Twice is once. A short list at once, a long one by the job.

    NotAllowed: somebody else's. NotNow: seven days are over, or somebody did something about a case.
    """
    _need_own(batch, by, at)
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state in (ImportState.UNDOING, ImportState.UNDONE):
            return locked
        if locked.state != ImportState.DONE:
            raise NotNow("import_not_done")
        if not can_take_back(locked, at=at):
            raise NotNow("import_too_late")
        _untouched(list(Imported.objects.filter(batch=locked).values_list("case_id", flat=True)))
        locked.state, locked.trouble, locked.done = ImportState.UNDOING, "", 0
        locked.save(update_fields=["state", "trouble", "done"])
    if locked.total <= AT_ONCE:
        carry_out(locked, at=at)
        locked.refresh_from_db()
    return locked


def _untouched(ids: Sequence[int]) -> None:
    if count := touched_among(ids):
        raise NotNow("import_touched", count=count)


def _remove_some(batch: Import, *, at: datetime) -> bool | None:
    """The next cases go: locked, looked at again whether they are untouched, removed. None: another was faster."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.UNDOING:
            return None
        ids = list(Imported.objects.filter(batch=locked).order_by("case_id").values_list("case_id", flat=True)[:MANY])
        cases = list(Case.objects.select_for_update().filter(pk__in=ids).only("code").order_by("pk"))
        _untouched(ids)
        remove_past(locked, cases, by=locked.by, at=at)
        locked.done += len(cases)
        if is_all := not Imported.objects.filter(batch=locked).exists():
            locked.state, locked.ended_at, locked.trouble = ImportState.UNDONE, at, ""
            record(
                "import_taken_back", locked, by=locked.by, at=at, label=str(locked.key)[:8],
                on_behalf_of=_lender(locked.by, at), count=locked.done,
            )  # fmt: skip
        locked.save()
        return is_all


def _lender(by: User | None, at: datetime) -> str:
    """For whom she did it; nobody when she may no longer import, and half a list still has to be written down."""
    try:
        who = need_importer(by, at)
    except NotAllowed:
        return ""
    return who.lender_name(_may) if who else ""


def _may(one: Standing) -> bool:
    return one.is_coordinator or bool(one.unit_ids)


def _need_own(batch: Import, by: User | None, at: datetime) -> None:
    who = need_importer(by, at)
    if who is None or (by is not None and batch.by_id == by.pk) or (batch.by_id is None and who.is_coordinator):
        return
    raise NotAllowed("import_not_yours")
