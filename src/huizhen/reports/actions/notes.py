"""Words beside a case in the work list: 当前进展, 存在问题及需协调事项, 备注. Texts stay in the rows, the journal holds digests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotVisible, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.reports.models import Note
from huizhen.reports.policy.worklist import writes
from huizhen.reports.queries.worklist import WORDS
from huizhen.reports.sheets.worklist import digest

LONGEST = 4000


def write_note(case: Case, *, by: User, at: datetime, seen: int, words: Mapping[str, str]) -> Note | None:
    """Write the words of a case that `words` names (`WORDS`), the others stay; `seen`: the version she had before her, 0 for none.

    The same words again change nothing, whoever was faster: a double click is one change. Personal numbers are masked. None: nothing
    was ever written and nothing is now. Side effects: journal `note_written` on the case. NotVisible. NotAllowed: neither accountable,
    nor leader, nor of the branch. StaleWrite. Invalid: too long.
    """
    with transaction.atomic():
        who = standing(by, on=timezone.localdate(at))
        locked = Case.objects.select_for_update().filter(pk=case.pk).first()
        if locked is None or not visible(who).filter(pk=case.pk).exists():
            raise NotVisible("case_unknown", code=case.code)
        return put_words(locked, who, by=by, at=at, seen=seen, words=cleaned(words))


def cleaned(words: Mapping[str, str]) -> dict[str, str]:
    """Words as they are kept. Invalid: too long."""
    faults: dict[str, list[Fault]] = {}
    found = {}
    for name in WORDS:
        if name in words:
            found[name] = mask_personal(clean(words[name], lines=True))[0]
            if len(found[name]) > LONGEST:
                faults[name] = [Fault("too_long", {"max": LONGEST, "length": len(found[name])})]
    if faults:
        raise Invalid(faults)
    return found


def put_words(
    case: Case, who: Standing, *, by: User, at: datetime, seen: int, words: Mapping[str, str], **told: Any
) -> Note | None:
    """`write_note` of a locked case that she sees, with words that are clean; `told` goes into the journal too."""
    if not writes(who, case) or who.person is None:
        raise NotAllowed("worklist_words_of")
    note = Note.objects.filter(case=case).first()
    changed = [name for name in WORDS if name in words and words[name] != (getattr(note, name) if note else "")]
    if not changed:
        return note
    if seen != (note.version if note else 0):
        raise StaleWrite("worklist_stale", code=case.code)
    note = note or Note(case=case, version=0)
    for name in changed:
        setattr(note, name, words[name])
    note.version, note.by, note.at = seen + 1, who.person, at
    note.save()
    record(
        "note_written", case, by=by, at=at, label=case.code, on_behalf_of=who.lender_name(lambda one: writes(one, case)),
        version=note.version, fields=changed, digests=[digest(words[name]) for name in changed], **told,
    )  # fmt: skip
    return note
