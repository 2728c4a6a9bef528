"""Lists of earlier cases: kept, looked at, written all or none, and taken back as a whole.

What is written starts no clock and is told to nobody; it carries its own moments, and `Source.IMPORTED` keeps it out of every
figure of a campaign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from huizhen.accounts.models import User
from huizhen.cases.actions.writing_past import write_past
from huizhen.cases.choices import ImportState
from huizhen.cases.models import (
    Access,
    Case,
    Cause,
    Closing,
    Contact,
    Diagnosis,
    FollowUp,
    Import,
    Imported,
    Invitation,
    Measure,
    Prescription,
    Responsibility,
    Round,
    Session,
)
from huizhen.cases.queries.imports import LASTS, can_take_back, need_importer, touched_among
from huizhen.cases.sheets import KINDS, REJECTED, Plan, plan, read
from huizhen.directory.queries import Standing
from huizhen.journal.actions import Told, record, record_all
from huizhen.lib.errors import NotAllowed, NotNow, Refusal, StaleWrite
from huizhen.lib.text import clean

AT_ONCE = 200
"""Lists of at most so many cases are written while their reader waits; longer ones by a job."""
_MANY = 300
_ANSWERS = 500


def keep_import(*, content: bytes, name: str, by: User | None, at: datetime) -> Import:
    """Keep a readable list until it is confirmed. Forgets uploads older than a day. Invalid: it cannot be read at all."""
    need_importer(by, at)
    read(content, name=name)
    with transaction.atomic():
        Import.objects.filter(state=ImportState.KEPT, at__lte=at - LASTS).delete()
        return Import.objects.create(
            by=by, name=clean(name)[:200], content=content, digest=hashlib.sha256(content).hexdigest(), at=at
        )


def plan_of(batch: Import, *, at: datetime) -> Plan:
    """What the list would do now, read as whoever handed it in. NotAllowed: she may no longer; NotNow: there is no campaign."""
    who = need_importer(batch.by, at)
    everywhere = who is None or who.is_coordinator
    return plan(
        read(bytes(batch.content), name=batch.name),
        content_digest=batch.digest,
        choices=batch.choices,
        unit_ids=None if everywhere or who is None else who.unit_ids,
        importer=who.person if who else None,
        now=at,
    )


def answer_import(batch: Import, answers: Mapping[str, Mapping[str, str]], *, by: User | None, at: datetime) -> Import:
    """Keep what the names mean that fit nobody exactly: kind → written text → code. Unknown codes are asked again. NotNow: confirmed."""
    _need_own(batch, by, at)
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.KEPT:
            raise NotNow("import_confirmed")
        for kind in KINDS:
            told = {clean(key)[:260]: clean(code)[:20] for key, code in answers.get(kind, {}).items()}
            locked.choices[kind] = dict(list({**locked.choices.get(kind, {}), **told}.items())[:_ANSWERS])
        locked.save(update_fields=["choices"])
    return locked


def confirm_import(batch: Import, *, digest: str, by: User | None, at: datetime) -> Import:
    """Have it written as the plan with this digest showed; twice is once. A short list is written at once, a long one by the job.

    NotNow: rows were rejected, or nothing is new. StaleWrite: what it would do is not what was shown.
    """
    _need_own(batch, by, at)
    batch = Import.objects.get(pk=batch.pk)
    # Thousands of rows take seconds to read: not while others wait for the lock. What changes meanwhile is noticed when it is written.
    planned = plan_of(batch, at=at) if batch.state == ImportState.KEPT else None
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.KEPT or planned is None:
            return locked
        if planned.digest != digest or locked.choices != batch.choices:
            raise StaleWrite("import_stale")
        if rejected := planned.counts[REJECTED]:
            raise NotNow("import_has_rejected", count=rejected)
        if not planned.fresh:
            raise NotNow("import_nothing_new")
        locked.state, locked.promise, locked.confirmed_at = ImportState.QUEUED, digest, at
        locked.total = len(planned.fresh)
        locked.save(update_fields=["state", "promise", "confirmed_at", "total"])
    if locked.total <= AT_ONCE:
        carry_out(locked, at=at)
        locked.refresh_from_db()
    return locked


def carry_out(batch: Import, *, at: datetime) -> bool:
    """Write a confirmed list, or take one back: all of it in one transaction, or nothing. Whether it was done here.

    Another process that was faster has done it. What no longer comes out as it was promised leaves no case: the list is failed, with
    the reason. A process that dies leaves everything as it was, and the next one does it.
    """
    try:
        batch = Import.objects.get(pk=batch.pk)
        planned = (
            plan_of(batch, at=at) if batch.state == ImportState.QUEUED else None
        )  # before the lock: it takes seconds
        with transaction.atomic():
            locked = Import.objects.select_for_update().get(pk=batch.pk)
            if locked.state == ImportState.UNDOING:
                _remove(locked, by=locked.by, at=at)
                return True
            if locked.state != ImportState.QUEUED or planned is None:
                return False
            _write(locked, planned, at=at)
            return True
    except Refusal as no:
        return give_up(batch, trouble=no.code, at=at)
    except ProtectedError:  # something above keeps a key to one of the cases
        return give_up(batch, trouble="import_touched", at=at)
    except IntegrityError:  # somebody wrote one of these cases while we did
        return give_up(batch, trouble="import_stale", at=at)


def give_up(batch: Import, *, trouble: str, at: datetime) -> bool:
    """Nothing was written, or nothing was taken back; say why. The file is forgotten: it is handed in again. Always False."""
    rows = Import.objects.filter(pk=batch.pk)
    rows.filter(state=ImportState.QUEUED).update(
        state=ImportState.FAILED, trouble=trouble[:40], ended_at=at, content=b"", total=0
    )
    rows.filter(state=ImportState.UNDOING).update(state=ImportState.DONE, trouble=trouble[:40])
    return False


def _write(batch: Import, planned: Plan, *, at: datetime) -> None:
    """The cases of the plan, in the running transaction. Of two that write the same case, the second fails by its identity."""
    if planned.digest != batch.promise:
        raise StaleWrite("import_stale")
    pasts = [(row.number, row.past) for row in planned.fresh if row.past is not None]
    cases = write_past(batch, pasts, by=batch.by, at=at)
    batch.state, batch.content, batch.total, batch.ended_at = ImportState.DONE, b"", len(cases), at
    batch.save(update_fields=["state", "content", "total", "ended_at"])
    record(
        "cases_imported", batch, by=batch.by, at=at, label=str(batch.key)[:8], on_behalf_of=_lender(batch.by, at),
        count=len(cases), file=batch.digest,
    )  # fmt: skip


def take_back_import(batch: Import, *, by: User | None, at: datetime) -> Import:
    """Take a list back as a whole: its cases go, their journal stays. Twice is once.

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
        _untouched(_case_ids(locked))
        locked.state, locked.trouble = ImportState.UNDOING, ""
        locked.save(update_fields=["state", "trouble"])
    if locked.total <= AT_ONCE:
        carry_out(locked, at=at)
        locked.refresh_from_db()
    return locked


def _case_ids(batch: Import) -> list[int]:
    return list(Imported.objects.filter(batch=batch).order_by("case_id").values_list("case_id", flat=True))


def _untouched(ids: Sequence[int]) -> None:
    if count := touched_among(ids):
        raise NotNow("import_touched", count=count)


_BELOW = (
    (Invitation, "case__in"), (Contact, "case__in"), (Session, "case__in"), (FollowUp, "case__in"),
    (Measure, "prescription__case__in"), (Prescription, "case__in"), (Cause, "diagnosis__case__in"), (Diagnosis, "case__in"),
    (Closing, "case__in"), (Round, "case__in"), (Access, "case__in"),
)  # fmt: skip
"""What is written with a case of the past, in the order in which it can go."""


def _remove(batch: Import, *, by: User | None, at: datetime) -> None:
    """Lock the cases, look again whether they are untouched, tell it in the journal of each, remove them."""
    ids = _case_ids(batch)
    cases: list[Case] = []
    for start in range(0, len(ids), _MANY):
        some = Case.objects.select_for_update().filter(pk__in=ids[start : start + _MANY])
        cases += some.only("code").order_by("pk")
    _untouched(ids)
    record_all("case_taken_back", [Told(one, one.code, {"batch": batch.pk}) for one in cases], by=by, at=at)
    for start in range(0, len(ids), _MANY):
        some_ids = ids[start : start + _MANY]
        for model, path in _BELOW:
            model.objects.filter(**{path: some_ids}).delete()  # type: ignore[attr-defined]
        Responsibility.objects.filter(case__in=some_ids).delete()
        Case.objects.filter(pk__in=some_ids).delete()
    batch.state, batch.ended_at, batch.trouble = ImportState.UNDONE, at, ""
    batch.save(update_fields=["state", "ended_at", "trouble"])
    record(
        "import_taken_back", batch, by=by, at=at, label=str(batch.key)[:8], on_behalf_of=_lender(by, at), count=len(ids)
    )


def _lender(by: User | None, at: datetime) -> str:
    who = need_importer(by, at)
    return who.lender_name(_may) if who else ""


def _may(one: Standing) -> bool:
    return one.is_coordinator or bool(one.unit_ids)


def _need_own(batch: Import, by: User | None, at: datetime) -> None:
    who = need_importer(by, at)
    if who is None or (by is not None and batch.by_id == by.pk) or (batch.by_id is None and who.is_coordinator):
        return
    raise NotAllowed("import_not_yours")
