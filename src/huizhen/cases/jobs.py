"""Periodic work: steps of the ladder, answers that ran out, silence, archiving, clocks after a change of calendar or ladder.

What a case waits for by itself stands in `Case.next_due_at`; one query finds the cases whose moment has come.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from huizhen.cases.actions.ending import archive, lapse_form
from huizhen.cases.actions.following import admit_heads, carry_cases
from huizhen.cases.actions.holding import lapse_transfer
from huizhen.cases.actions.importing import carry_out, forget_uploads, give_up
from huizhen.cases.actions.upkeep import climb, postpone, recompute
from huizhen.cases.models import Case, Closing, Transfer
from huizhen.cases.queries.handing import still_needed
from huizhen.cases.queries.imports import waiting
from huizhen.cases.queries.upkeep import cases_to_look_at, complete_among, stale_cases
from huizhen.directory.actions import end_stand_in
from huizhen.directory.models import GONE, Leave
from huizhen.lib.errors import Refusal

log = logging.getLogger(__name__)
BATCH = 500


def sweep(now: datetime) -> dict[str, int]:
    """Everything that is due now; each query is indexed and bounded. Safe in any number of processes: every act compares and sets."""
    done = dict.fromkeys(("transfers", "forms", "archived", "clocks", "steps"), 0)
    for transfer in Transfer.objects.filter(state="open", due_at__lte=now).select_related("case")[:BATCH]:
        done["transfers"] += _try(lambda case=transfer.case: lapse_transfer(case, at=now))
    for sheet in Closing.objects.filter(is_current=True, formed_at=None, silent_at__lte=now).select_related("case")[
        :BATCH
    ]:
        done["forms"] += _try(lambda case=sheet.case: lapse_form(case, at=now))
    for case in stale_cases()[:BATCH]:
        done["clocks"] += _try(lambda case=case: bool(recompute(case, at=now)))
    found = list(cases_to_look_at(now)[:BATCH])
    complete = complete_among(found)
    for case in found:
        if case.pk in complete and _try(lambda case=case: bool(archive(case, by=None, at=now))):
            done["archived"] += 1
        else:
            done["steps"] += _climb(case, now, put_off=case.pk in complete)
    return done


def follow_people(now: datetime) -> dict[str, int]:
    """Cases follow changes among people whose process ended halfway; new heads see 敏感 cases; who has nothing left needs no stand-in."""
    carried = carry_cases(at=now).cases
    admit_heads(at=now)
    gone = Leave.objects.filter(until=GONE, since__lte=timezone.localdate(now)).select_related("person")
    absent = {one.person_id: one.person for one in gone[:BATCH]}
    needed = still_needed(absent)
    ended = sum(end_stand_in(person, at=now) for pk, person in absent.items() if pk not in needed)
    return {"carried": carried, "ended": ended}


def write_imports(now: datetime) -> dict[str, int]:
    """Lists of earlier cases that are to be checked, written or taken back, one after the other. What fails is not tried for ever.

    Uploads that nobody confirmed within a day are forgotten.
    """
    done = 0
    for batch in waiting()[:BATCH]:
        try:
            done += carry_out(batch, at=now)
        except Exception:
            log.exception("The list %s could not be written.", batch.key)
            give_up(batch, trouble="import_broken", at=now)
    return {"lists": done, "forgotten": forget_uploads(at=now)}


def _try(act) -> int:  # type: ignore[no-untyped-def]
    """One case's trouble is logged and does not stop the others."""
    try:
        return int(bool(act()))
    except Refusal as no:
        log.info("sweep: %s", no)
    except Exception:
        log.exception("sweep failed for one case")
    return 0


def _climb(case: Case, now: datetime, *, put_off: bool) -> int:
    """The steps of one case. One that fails, or could not be archived, is put off: it would come first in every sweep and bar the others."""
    told = 0
    try:
        told = climb(case, at=now)
    except Exception:
        log.exception("The ladder of case %s failed; it comes again later.", case.code)
        put_off = True
    if put_off:
        postpone(case, at=now)
    return told
