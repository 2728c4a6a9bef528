"""Lists of earlier cases: whose they are, what became of them, the cases they brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.choices import ImportState
from huizhen.cases.models import Case, Import, Imported
from huizhen.directory.queries import Standing, standing
from huizhen.journal.models import ChainHead
from huizhen.lib.errors import NotAllowed, NotVisible

LASTS = timedelta(days=1)
"""How long an upload waits for its confirmation."""
UNDO = timedelta(days=7)
"""How long an import can be taken back."""
SHOWN = 20
_MANY = 500


def need_importer(by: User | None, at: datetime) -> Standing | None:
    """Who may import: head office every branch, a clerk those of her unit; None is who sits at the server. NotAllowed otherwise."""
    if by is None:
        return None
    who = standing(by, on=timezone.localdate(at))
    if who.person is None or not (who.is_coordinator or who.unit_ids):
        raise NotAllowed("import_staff_only")
    return who


def _hers(by: User, at: datetime) -> QuerySet[Import]:
    """Her own lists, and for head office those handed in at the server."""
    who = need_importer(by, at)
    mine = Q(by=by) | (Q(by=None) if who is not None and who.is_coordinator else Q(pk=None))
    fresh = ~Q(state=ImportState.KEPT) | Q(at__gt=at - LASTS)
    return Import.objects.filter(mine, fresh)


def import_of(key: UUID, *, by: User, at: datetime) -> Import:
    """One of her lists. NotVisible: somebody else's, or an upload nobody confirmed within a day."""
    found = _hers(by, at).filter(key=key).first()
    if found is None:
        raise NotVisible("import_unknown")
    return found


def imports_of(by: User, *, at: datetime) -> Sequence[Import]:
    """Her newest lists, without their content. One query."""
    return list(_hers(by, at).defer("content", "choices").order_by("-pk")[:SHOWN])


@dataclass(frozen=True)
class Brought:
    """A case that a list brought."""

    code: str
    title: str
    stage: str
    row: int
    number: str


def brought_by(batch: Import, *, limit: int = 100) -> list[Brought]:
    """The first cases of a list in its order. One query."""
    rows = Imported.objects.filter(batch=batch).select_related("case").order_by("row")[:limit]
    return [Brought(one.case.code, one.case.title, one.case.stage, one.row, one.number) for one in rows]


def touched_among(case_ids: Sequence[int]) -> int:
    """How many of these cases somebody did anything about since they were imported: their journal has more than the one row."""
    found = 0
    for start in range(0, len(case_ids), _MANY):
        heads = ChainHead.objects.filter(target_type="cases.case", target_id__in=case_ids[start : start + _MANY])
        found += heads.filter(seq__gt=1).count()
    return found


def can_take_back(batch: Import, *, at: datetime) -> bool:
    """Within seven days of being written. Whether somebody touched a case is asked when it is done."""
    return batch.state == ImportState.DONE and batch.ended_at is not None and at < batch.ended_at + UNDO


def waiting() -> QuerySet[Import, Any]:
    """Lists to be written or taken back, the oldest first."""
    busy = Import.objects.filter(state__in=[ImportState.QUEUED, ImportState.UNDOING])
    return busy.defer("content", "choices").order_by("at", "pk")


def origin_of(case: Case) -> Imported | None:
    """The row of the list a case came from. One query."""
    return Imported.objects.filter(case=case).first()


def cases_numbered(number: str) -> list[int]:
    """Keys of the cases a list knew by this number; two lists may use one number."""
    return list(Imported.objects.filter(number=number).exclude(number="").values_list("case_id", flat=True)[:SHOWN])
