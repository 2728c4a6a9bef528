"""Which rows are here already, and which come twice in one file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import Case, Imported
from huizhen.cases.sheets.columns import HEADERS
from huizhen.cases.sheets.planning import KNOWN, REPEATED, Past, Row

_DAY = timedelta(days=1)
_BATCH = 300


def mark_twins(rows: Sequence[Row]) -> None:
    """The same row twice in one file: once is enough; the same case told in two ways must be settled by its writer."""
    seen: dict[object, Row] = {}
    for row in rows:
        if row.past is None:
            continue
        past = row.past
        for key in (past.identity, (past.branch.pk, past.title, timezone.localdate(past.registered_at))):
            twin = seen.setdefault(key, row)
            if twin is not row:
                row.twin = twin.number
        if row.twin:
            same = next(one for one in seen.values() if one.number == row.twin)
            if same.past is not None and same.past.cells == past.cells:
                row.outcome = REPEATED
            else:
                row.wrong("list_row_twice", HEADERS["number"] if past.number else HEADERS["title"], row=row.twin)


def mark_known(rows: Sequence[Row], *, but: int | None = None) -> None:
    """Rows whose case is here already: by identity, by its number as a code, by branch, title and day.

    `but`: the list whose cases do not count, when it is half written itself.
    """
    cases = Case.objects.exclude(imported__batch=but) if but else Case.objects.all()
    open_rows = [row for row in rows if row.past is not None and not row.faults and not row.twin]
    here: dict[object, str] = {}
    for start in range(0, len(open_rows), _BATCH):
        some = [row.past for row in open_rows[start : start + _BATCH] if row.past is not None]
        found = Imported.objects.filter(identity__in=[one.identity for one in some]).exclude(batch=but)
        here |= dict(found.values_list("identity", "case__code"))
        codes = cases.filter(code__in=[one.number for one in some if one.number]).values_list("code", "branch_id")
        here |= {(code, branch): code for code, branch in codes}
    if open_rows:
        here |= _told_alike(cases, [row.past for row in open_rows if row.past is not None])
    for row in open_rows:
        past = row.past
        if past is None:
            continue
        day = timezone.localdate(past.registered_at)
        for key in (past.identity, (past.number, past.branch.pk), (past.branch.pk, past.title, day)):
            if key in here:
                row.outcome, row.case = KNOWN, here[key]
                break


def _told_alike(cases: QuerySet[Case], pasts: Sequence[Past]) -> dict[object, str]:
    """(branch, title, day) → code, of cases of these branches and years. Walks what these branches have: once for an import."""
    days = [one.registered_at for one in pasts]
    branches = sorted({one.branch.pk for one in pasts})
    here: dict[object, str] = {}
    for start in range(0, len(branches), _BATCH):
        span = Q(registered_at__gte=min(days) - _DAY, registered_at__lte=max(days) + _DAY)
        found = cases.filter(span, branch__in=branches[start : start + _BATCH])
        for code, branch, title, at in found.values_list("code", "branch_id", "title", "registered_at").iterator():
            here[branch, title, _day(at)] = code
    return here


def _day(at: datetime) -> date:
    return timezone.localdate(at)
