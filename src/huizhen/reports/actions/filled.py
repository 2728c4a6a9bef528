"""Work lists that come back filled in: kept with what they would change, then written all or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.directory.queries import standing
from huizhen.lib.errors import NotNow, NotVisible
from huizhen.lib.text import clean
from huizhen.reports.actions.notes import put_words
from huizhen.reports.models import FilledList
from huizhen.reports.queries.worklist.own import FILLED_LASTS
from huizhen.reports.sheets.filled import Told, check_one, decide, read

SOME = 200


def keep_filled(*, content: bytes, name: str, by: User, at: datetime) -> FilledList:
    """Keep a filled-in list with what it would change, as whoever hands it in may see and write now. Nothing is written to a case.

    Invalid: the file cannot be taken.
    """
    found = decide(read(content), standing(by, on=timezone.localdate(at)))
    told = [one for one in found if one.changes or one.faults or one.ignored]
    return FilledList.objects.create(
        by=by, name=clean(name)[:200], content=content, at=at, told=[one.as_json() for one in told],
        same=sum(1 for one in found if not one.changes and not one.faults),
    )  # fmt: skip


def rows_of(filled: FilledList) -> list[Told]:
    """What the list would change, row by row."""
    return [check_one(one) for one in filled.told]


def confirm_filled(filled: FilledList, *, by: User, at: datetime) -> FilledList:
    """Write its words, all or none; twice is once. Side effects: as `write_note` for each case, with the key of the list.

    NotVisible: somebody else's, or a case that she sees no more. NotNow: rows are wrong, or nothing changes. StaleWrite: somebody wrote
    one of them meanwhile. NotAllowed: a case is no longer hers to write.
    """
    with transaction.atomic():
        locked = FilledList.objects.select_for_update().filter(pk=filled.pk, by=by).first()
        if locked is None:
            raise NotVisible("no_such_filled")
        if locked.written_at is not None:
            return locked
        told = rows_of(locked)
        if wrong := sum(1 for one in told if one.faults):
            raise NotNow("filled_has_faults", count=wrong)
        changes = {one.case: one for one in told if one.changes}
        if not changes:
            raise NotNow("filled_nothing_new")
        who = standing(by, on=timezone.localdate(at))
        cases = list(Case.objects.select_for_update().filter(pk__in=changes).order_by("pk"))
        seen = set(visible(who).filter(pk__in=changes).values_list("pk", flat=True))
        for case in cases:
            one = changes[case.pk]
            if case.pk not in seen:
                raise NotVisible("case_unknown", code=one.code)
            words = {name: new for name, (_, new) in one.changes.items()}
            put_words(case, who, by=by, at=at, seen=one.version, words=words, list=str(locked.key))
        locked.written_at, locked.changed, locked.content, locked.told = at, len(cases), b"", []
        locked.save(update_fields=["written_at", "changed", "content", "told"])
        return locked


def check_again(filled: FilledList, *, by: User, at: datetime) -> FilledList:
    """Decide anew what it would change: somebody wrote meanwhile, or a case came or went. Nothing when it is written."""
    with transaction.atomic():
        locked = FilledList.objects.select_for_update().filter(pk=filled.pk, by=by).first()
        if locked is None:
            raise NotVisible("no_such_filled")
        if locked.written_at is None:
            found = decide(read(bytes(locked.content)), standing(by, on=timezone.localdate(at)))
            locked.told = [one.as_json() for one in found if one.changes or one.faults or one.ignored]
            locked.same = sum(1 for one in found if not one.changes and not one.faults)
            locked.save(update_fields=["told", "same"])
        return locked


def drop_filled(filled: FilledList, *, by: User) -> None:
    """Throw it away with its file. NotVisible: somebody else's. Nothing of it is in the journal: nothing was written."""
    with transaction.atomic():
        found = FilledList.objects.select_for_update().filter(pk=filled.pk, by=by).first()
        if found is None:
            raise NotVisible("no_such_filled")
        if found.written_at is not None:
            raise NotNow("filled_is_written")
        found.delete()


def forget_filled(*, at: datetime) -> int:
    """Lists older than a day go, written or not. How many."""
    late = list(FilledList.objects.filter(at__lte=at - FILLED_LASTS).order_by("pk").values_list("pk", flat=True)[:SOME])
    if late:
        FilledList.objects.filter(pk__in=late).delete()
    return len(late)
