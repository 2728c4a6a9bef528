"""Lists of earlier cases: whose they are, what their check found, what became of them, the cases they brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.choices import CheckedAs, ImportState
from huizhen.cases.models import Case, Checked, Import, Imported
from huizhen.directory.queries import Standing, standing
from huizhen.journal.models import ChainHead
from huizhen.lib.errors import Fault, NotAllowed, NotVisible

LASTS = timedelta(days=1)
"""How long an upload waits for its confirmation."""
UNDO = timedelta(days=7)
"""How long an import can be taken back."""
SHOWN = 20
PAGE = 100
QUESTIONS = 100
"""How many names are asked at once; the next come when these are answered."""
_HEAVY = ("content", "choices", "report")
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
    fresh = ~Q(state__in=[ImportState.CHECKING, ImportState.KEPT]) | Q(at__gt=at - LASTS)
    return Import.objects.filter(mine, fresh)


def import_of(key: UUID, *, by: User, at: datetime) -> Import:
    """One of her lists, without its content. NotVisible: somebody else's, or an upload nobody confirmed within a day. One query."""
    found = _hers(by, at).filter(key=key).defer("content").first()
    if found is None:
        raise NotVisible("import_unknown")
    return found


@dataclass(frozen=True)
class Listed:
    """A list as it stands among hers. `is_refused`: its check found rows that are not taken, so it cannot be confirmed as it is."""

    batch: Import
    is_refused: bool


def imports_of(by: User, *, at: datetime, after: str = "", limit: int = SHOWN) -> tuple[list[Listed], str]:
    """Her lists without their content, newest first from a key on, and the key of the next page ("" at the end). One query."""
    rejected = Checked.objects.filter(batch=OuterRef("pk"), kind=CheckedAs.REJECTED)
    found = _hers(by, at).defer(*_HEAVY).annotate(is_refused=Exists(rejected)).order_by("-pk")
    if _is_key(after):
        found = found.filter(pk__lt=int(after))
    rows = list(found[: limit + 1])
    listed = [Listed(one, one.state == ImportState.KEPT and one.is_refused) for one in rows[:limit]]
    return listed, str(rows[limit - 1].pk) if len(rows) > limit else ""


def _is_key(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 10


@dataclass(frozen=True)
class Question:
    """A name that fits nobody exactly: of which kind, as written, who it may be (code, name), how many rows say it, what was chosen.

    Rows of a branch are not taken until it is answered; groups and persons may stay open.
    """

    kind: str
    key: str
    given: str
    options: tuple[tuple[str, str], ...]
    rows: int = 1
    chosen: str = ""


@dataclass(frozen=True)
class Report:
    """What the check of a list found as a whole. `questions`: the first of those asked, of which `open` have no answer yet."""

    digest: str
    counts: Mapping[CheckedAs, int]
    gaps: tuple[tuple[str, int], ...]
    notices: tuple[Fault, ...]
    questions: tuple[Question, ...]
    open: int

    @property
    def fresh(self) -> int:
        """How many cases the list would become."""
        return self.counts[CheckedAs.NEW] + self.counts[CheckedAs.GUESSED]


def report_of(batch: Import) -> Report:
    """What the last check of a list found. No query beyond the list itself."""
    told = batch.report
    return Report(
        digest=told.get("digest", ""),
        counts={kind: told.get("counts", {}).get(str(kind.value), 0) for kind in CheckedAs},
        gaps=tuple((name, count) for name, count in told.get("gaps", ())),
        notices=tuple(fault_of(one) for one in told.get("notices", ())),
        questions=tuple(
            Question(**{**one, "options": tuple((code, name) for code, name in one["options"])})
            for one in told.get("questions", ())
        ),
        open=told.get("open", 0),
    )


@dataclass(frozen=True)
class Looked:
    """A row of a list as its check found it. Branch, group, responder and stage only of rows that become a case."""

    kind: CheckedAs
    row: int
    title: str
    number: str
    branch: str
    group: str
    responder: str
    registered: date | None
    stage: str
    case: str
    twin: int
    faults: tuple[Fault, ...]
    guesses: tuple[Fault, ...]


@dataclass(frozen=True)
class Page:
    """A slice of the rows, what is wrong first; `after` leads to the next one, "" at the end."""

    rows: tuple[Looked, ...]
    after: str


def checked_rows(batch: Import, *, kind: CheckedAs | None = None, after: str = "", limit: int = PAGE) -> Page:
    """The rows of the last check from a key on. One query over one index, however long the list is."""
    found = batch.checked.order_by("kind", "row")
    if kind is not None:
        found = found.filter(kind=kind)
    head, _, tail = after.partition(".")
    if _is_key(head) and _is_key(tail):
        found = found.filter(kind__gte=int(head)).filter(Q(kind__gt=int(head)) | Q(row__gt=int(tail)))
    rows = [_looked(one) for one in found[: limit + 1]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(tuple(rows[:limit]), f"{last.kind}.{last.row}" if last else "")


def faults_of(batch: Import) -> dict[int, tuple[Fault, ...]]:
    """What is wrong in each row that is not taken, by its number. One query."""
    return {one.row: _looked(one).faults for one in batch.checked.filter(kind=CheckedAs.REJECTED)}


def _looked(one: Checked) -> Looked:
    told = dict(one.told)
    day = told.pop("registered")
    faults, guesses = (tuple(fault_of(each, one.row) for each in told.pop(name)) for name in ("faults", "guesses"))
    return Looked(
        CheckedAs(one.kind), one.row, registered=date.fromisoformat(day) if day else None, faults=faults, guesses=guesses,
        **told,
    )  # fmt: skip


def written_down(faults: Iterable[Fault]) -> list[list[Any]]:
    """Faults as JSON: code, column, arguments, of which days are told apart from texts."""
    return [[one.code, one.column, {name: _plain(value) for name, value in one.args.items()}] for one in faults]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return (
        list(map(_plain, value)) if isinstance(value, list | tuple) else value if isinstance(value, int) else str(value)
    )


def fault_of(told: Sequence[Any], row: int | None = None) -> Fault:
    """A fault that was written down."""
    code, column, args = told
    days = {name: date.fromisoformat(value["day"]) for name, value in args.items() if isinstance(value, dict)}
    return Fault(code, {**args, **days}, row, column)


@dataclass(frozen=True)
class Brought:
    """A case that a list brought."""

    code: str
    title: str
    stage: str
    row: int
    number: str


def brought_by(batch: Import, *, after: str = "", limit: int = PAGE) -> tuple[list[Brought], str]:
    """Cases of a list in its order, from a row on, and the row of the next page ("" at the end). One query."""
    found = Imported.objects.filter(batch=batch).select_related("case").order_by("row")
    if _is_key(after):
        found = found.filter(row__gt=int(after))
    rows = [Brought(one.case.code, one.case.title, one.case.stage, one.row, one.number) for one in found[: limit + 1]]
    return rows[:limit], str(rows[limit - 1].row) if len(rows) > limit else ""


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
    """Lists to be checked, written or taken back, the oldest first."""
    busy = Import.objects.filter(state__in=[ImportState.CHECKING, ImportState.QUEUED, ImportState.UNDOING])
    return busy.defer(*_HEAVY).order_by("at", "pk")


def origin_of(case: Case) -> Imported | None:
    """The row of the list a case came from. One query."""
    return Imported.objects.filter(case=case).first()


def cases_numbered(number: str) -> list[int]:
    """Keys of the cases a list knew by this number; two lists may use one number."""
    return list(Imported.objects.filter(number=number).exclude(number="").values_list("case_id", flat=True)[:SHOWN])
