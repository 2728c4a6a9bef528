"""What a method can be made of: the pieces of its source cases, in the order in which a case is treated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from huizhen.cases.models import Case, FollowUp
from huizhen.cases.policy import visible as visible_cases
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.methods.choices import PieceKind
from huizhen.methods.models import Method

CASES_SHOWN = 3
"""Source cases whose pieces are laid out, the first one first: each costs the reading of its file."""


@dataclass(frozen=True)
class SourcePiece:
    """One piece of a case as it can be put into a field. `title`: its own short words; `number`: which cause, measure, 复诊.

    `verdict`: of a 复诊 what it came to, of a measure its state.
    """

    case: Case
    kind: PieceKind
    source_id: int
    text: str
    title: str = ""
    number: int = 0
    verdict: str = ""

    @property
    def key(self) -> str:
        """Names the piece in a form."""
        return f"{self.case.code}.{self.kind}.{self.source_id}"


def plain(value: Decimal | None) -> str:
    """A number without the noughts of its column: 92, 0.5."""
    return "" if value is None else f"{value.normalize():f}"


def measured(case: Case, visit: FollowUp | None) -> str:
    """负荷 92% → 68%; "" without an indicator or a value."""
    if visit is None or visit.value is None or not case.indicator:
        return ""
    unit = case.indicator_unit
    before = f"{plain(case.baseline)}{unit} → " if case.baseline is not None else ""
    return f"{case.indicator} {before}{plain(visit.value)}{unit}"


def _joined(*texts: str, by: str = "\n") -> str:
    return by.join(text.strip() for text in texts if text.strip())


def pieces_of(file: CaseFile) -> list[SourcePiece]:
    """The pieces of one case."""
    case, found = file.case, []

    def piece(
        kind: PieceKind, source_id: int, *texts: str, title: str = "", number: int = 0, verdict: str = ""
    ) -> None:
        if text := _joined(*texts):
            found.append(SourcePiece(case, kind, source_id, text, title, number, verdict))

    piece(PieceKind.CONDITION, case.pk, case.condition, title=case.title)
    if file.standing_causes:
        diagnosis = file.standing_causes[0].diagnosis
        piece(PieceKind.FINDINGS, diagnosis.pk, diagnosis.findings)
    for cause in file.standing_causes:
        piece(PieceKind.CAUSE, cause.pk, _joined(cause.text, cause.evidence, by="。"), number=cause.number)
    for row in file.standing_measures:
        piece(
            PieceKind.MEASURE, row.pk, _joined(row.what, row.expected, row.criterion, by="；"), title=row.what,
            number=row.number, verdict=row.state,
        )  # fmt: skip
    for visit in file.follow_ups:
        piece(
            PieceKind.EFFECT,
            visit.pk,
            measured(case, visit),
            visit.evidence,
            number=visit.number,
            verdict=visit.verdict,
        )
    for session in file.sessions:
        if session.state == "held":
            piece(PieceKind.MINUTES, session.pk, session.record)
    if sheet := file.closing:
        piece(PieceKind.REPLY, sheet.pk, sheet.found, sheet.changed, sheet.keep)
    return found


def source_cases(method: Method, standing: Standing) -> list[Case]:
    """The cases a method came from and was shown by, as far as she sees them in full. One query."""
    keys = [method.source_case_id, *method.proofs.order_by("at").values_list("case_id", flat=True)]
    wanted = [pk for pk in dict.fromkeys(keys) if pk is not None]
    found = visible_cases(standing).filter(pk__in=wanted).select_related(
        "campaign", "group", "domain", "requester", "first_responder", "accountable", "branch", "unit"
    ).in_bulk()  # fmt: skip
    return [found[pk] for pk in wanted if pk in found]


def files_of(cases: Iterable[Case]) -> list[CaseFile]:
    """Their files, of the first few."""
    return [file_of(case) for case in list(cases)[:CASES_SHOWN]]


def parties_in(file: CaseFile) -> set[str]:
    """Names of everybody who had a part in a case: none of them stands in a method unasked."""
    people: set[Person | None] = {file.case.requester, file.case.first_responder, file.case.accountable}
    people |= {one.person for one in file.attendances} | {one.person for one in file.opinions}
    people |= {one.owner for one in file.measures}
    written = {one.owner_name for one in file.measures}
    return {one.name for one in people if one is not None} | {name for name in written if len(name) > 1}
