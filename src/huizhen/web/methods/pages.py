"""Contexts of the author's and the reviewer's page."""

from __future__ import annotations

from typing import Any

from huizhen.cases.choices import MeasureState
from huizhen.directory.models import Membership, Person
from huizhen.lib.errors import Invalid
from huizhen.methods.actions.writing import TAKES
from huizhen.methods.choices import PieceKind
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.matching import STEP_TITLE_LONGEST, STEPS_LEAST, STEPS_MOST
from huizhen.methods.models import MethodVersion
from huizhen.methods.queries.pieces import SourcePiece, plain
from huizhen.methods.queries.writing import Sheet
from huizhen.web import sentences
from huizhen.web.methods.words import (
    FIELDS,
    INTO,
    KINDS,
    control,
    field_label,
    origins,
    piece_label,
    told,
    verdict_label,
)

BLANK_STEPS = STEPS_LEAST


def sheet_context(sheet: Sheet, typed: dict[str, Any], no: Invalid | None) -> dict[str, Any]:
    """Fields with what is stored in them or what was just typed, pieces by case and kind, findings, experts to choose from."""
    version = sheet.version
    faults = {name: [sentences.of_fault(one) for one in found] for name, found in (no.faults if no else {}).items()}
    sources = origins(sheet.put, sheet.pieces)
    checks = told(version, sheet.findings)

    def drawn(name: str) -> dict[str, Any]:
        value = plain(getattr(version, name)) if name in ("before", "after") else None
        if name in typed:
            value = typed[name]
        return control(version, name, value=value, faults=faults.get(name, []), sources=sources.get(name, []))

    rows = typed.get("steps", version.steps)
    steps = rows or [{"title": "", "text": ""}] * BLANK_STEPS
    return {
        "method": sheet.method,
        "version": version,
        "is_first": version.number == 1,
        "fields": {name: drawn(name) for name in FIELDS if name not in ("steps", "step", "figures", "experts")},
        "steps": [_step(n, row, faults, len(steps)) for n, row in enumerate(steps)],
        "step_sources": sources.get("steps", []),
        "step_faults": faults.get("steps", []),
        "may_add": len(steps) < STEPS_MOST,
        "unused": 0 if len(steps) < STEPS_MOST else _unused(sheet),
        "step_title_max": STEP_TITLE_LONGEST,
        "experts": _experts(version, sheet, typed),
        "sources": [(case, _by_kind(sheet, case.pk)) for case in sheet.cases if _by_kind(sheet, case.pk)],
        "takes": [(name, field_label(name)) for name in TAKES],
        "checks": checks,
        "blocking": sum(1 for one in checks if one.blocks),
        "can_mask": sum(1 for one in checks if one.can_mask),
        "refused": [*faults.get("confirm", []), *faults.get("put", [])],
        "faults": [(field_label(name), words) for name, found in faults.items() for words in found] if no else [],
        "returned": version.reviews.select_related("by").order_by("-at").first(),
    }


def _unused(sheet: Sheet) -> int:
    """Measures of the cases that were carried out and stand in no field: more than a method has steps."""
    put = {(one.case_id, one.kind, one.source_id) for one in sheet.put}
    rows = [one for one in sheet.pieces if one.kind == PieceKind.MEASURE and one.verdict != MeasureState.DROPPED]
    return sum((one.case.pk, str(one.kind), one.source_id) not in put for one in rows)


def _step(n: int, row: dict[str, Any], faults: dict[str, list[str]], count: int) -> dict[str, Any]:
    return {
        "n": n, "number": n + 1, "title": row.get("title", ""), "text": row.get("text", ""), "is_first": n == 0,
        "is_last": n == count - 1, "faults": [*faults.get(f"steps-{n}-title", []), *faults.get(f"steps-{n}-text", [])],
    }  # fmt: skip


def _by_kind(sheet: Sheet, case_pk: int) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(kind, its name, its pieces) in the order in which a case is treated."""
    found = []
    for kind in PieceKind:
        rows = [_piece(sheet, one) for one in sheet.pieces if one.case.pk == case_pk and one.kind == kind]
        if rows:
            found.append((str(kind), str(KINDS[kind]), rows))
    return found


def _piece(sheet: Sheet, one: SourcePiece) -> dict[str, Any]:
    put = [
        (row.field, field_label(row.field))
        for row in sheet.put
        if (row.case_id, row.kind, row.source_id) == (one.case.pk, one.kind, one.source_id)
    ]
    return {
        "piece": one, "label": piece_label(one.kind, one.number), "verdict": verdict_label(one), "put": put,
        "into": INTO[one.kind],
    }  # fmt: skip


def _experts(version: MethodVersion, sheet: Sheet, typed: dict[str, Any]) -> list[tuple[Person, bool]]:
    """Who may be named as having guided it: the group, and who took part in the cases."""
    chosen = {one.pk: one for one in version.experts.all()}
    people: dict[int, Person] = dict(chosen)
    for file in sheet.files:
        people |= file.contributors
    seats = Membership.objects.filter(group=sheet.method.group_id, until=None).select_related("person")
    people |= {one.person_id: one.person for one in seats}
    ticked = typed.get("experts")
    return [
        (one, one.code in ticked if ticked is not None else pk in chosen)
        for pk, one in sorted(people.items(), key=lambda row: row[1].sort_key)
    ]


def figures_of(version: MethodVersion) -> dict[str, str]:
    """Before and after as they are printed."""
    return {"before": plain(version.before), "after": plain(version.after)}


def is_at_work(version: MethodVersion) -> bool:
    return version.state in (VersionState.WRITING, VersionState.IN_REVIEW)
