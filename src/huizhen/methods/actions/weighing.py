"""Confidence and counters kept from the rows of reuse; what happens to cases read from the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from huizhen.cases.models import Case, FollowUp, Measure, Prescription
from huizhen.journal.actions import record
from huizhen.methods.actions.moving import label_of
from huizhen.methods.clocks import STANDS, confidence
from huizhen.methods.lifecycle import PUBLISHED, Evidence, VersionState
from huizhen.methods.models import Citation, Method, MethodVersion, Proof
from huizhen.methods.queries.reuse import counts_of, facts_of, split_code

READER = "methods"
"""Reader of the outbox."""
TOLD = frozenset(
    {
        "prescribe", "return_prescription", "rule_prescription", "follow_up", "give_verdict", "rule_verdict", "resolve",
        "reopen", "close_unresolved", "withdraw", "archive", "mark_sensitive", "unmark_sensitive",
    }
)  # fmt: skip
"""Verbs of cases after which citations or the standing of a source may be others."""


def weigh(method: Method, *, at: datetime) -> Method:
    """Recompute confidence and counters of one method from its rows.

    Side effects: journal `method_wavered` when its source turned out badly, `method_steadied` when it turned out well again;
    `method_hushed` when it became 敏感, `method_unhushed` when it is no more. Once each.
    """
    with transaction.atomic():
        _weigh(list(Method.objects.select_for_update().filter(pk=method.pk)), at=at)
    method.refresh_from_db(
        fields=["confidence", "reuses", "effective_reuses", "trying", "wavers_since", "hushed_since", "version"]
    )
    return method


def weigh_all(methods: Sequence[Method], *, at: datetime) -> int:
    """The same for many, in one transaction, in the order of their keys. Returns how many changed."""
    with transaction.atomic():
        return _weigh(
            list(Method.objects.select_for_update().filter(pk__in=[one.pk for one in methods]).order_by("pk")), at=at
        )


def _weigh(methods: list[Method], *, at: datetime) -> int:
    facts = facts_of(methods)
    counts = counts_of([one.pk for one in methods])
    hushed = set(
        Case.objects.filter(pk__in={one.source_case_id for one in methods}, is_sensitive=True).values_list(
            "pk", flat=True
        )
    )
    changed = 0
    for one in methods:
        if one.evidence == Evidence.DRAFT:
            continue
        count = counts[one.pk]
        wavers = facts[one.pk].state != STANDS
        since = (one.wavers_since or at) if wavers else None
        columns = {
            "confidence": confidence(facts[one.pk], at=at).score,
            "reuses": count.reuses,
            "effective_reuses": count.effective,
            "trying": count.trying,
            "wavers_since": since,
            "hushed_since": (one.hushed_since or at) if one.source_case_id in hushed else None,
        }
        if columns == {name: getattr(one, name) for name in columns}:
            continue
        changed += 1
        Method.objects.filter(pk=one.pk).update(**columns)
        if wavers != (one.wavers_since is not None):
            verb = "method_wavered" if wavers else "method_steadied"
            record(
                verb, one, by=None, at=at, label=label_of(one),
                person=one.owner_id, case=one.source_case_id, state=facts[one.pk].state,
            )  # fmt: skip
        if (columns["hushed_since"] is None) != (one.hushed_since is None):
            record(
                "method_hushed" if columns["hushed_since"] else "method_unhushed", one, by=None, at=at, label=label_of(one),
                person=one.owner_id, domain=one.domain_id, case=one.source_case_id,
            )  # fmt: skip
    return changed


# ── what happened to cases


@dataclass(frozen=True)
class Learned:
    """What a batch of happenings came to."""

    cited: int
    weighed: int


def learn(case_ids: Collection[int], *, at: datetime) -> Learned:
    """Bring citations and methods up to date with these cases as they are now. Any number of times, in any order: the same rows.

    Side effects: rows of Citation; `weigh` of every method cited by or made of the cases; a fresh citation ends the wish for another review.
    """
    with transaction.atomic():
        # The cases first, as in every act on them: their prescriptions stand still meanwhile.
        cases = {one.pk: one for one in Case.objects.select_for_update().filter(pk__in=case_ids).order_by("pk")}
        fresh = _cite(cases)
        touched = set(Citation.objects.filter(case__in=cases).values_list("method_id", flat=True))
        touched |= set(Method.objects.filter(source_case__in=cases).values_list("pk", flat=True))
        touched |= set(Proof.objects.filter(case__in=cases).values_list("method_id", flat=True))
        methods = list(Method.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
        for one in methods:
            seen = max((row.at for row in fresh if row.method_id == one.pk), default=None)
            if seen is not None and (seen > one.looked_at or one.needs_review_since):
                one.looked_at, one.needs_review_since = max(seen, one.looked_at), None
                one.save(update_fields=["looked_at", "needs_review_since"])
        return Learned(len(fresh), _weigh(methods, at=at))


def _cite(cases: dict[int, Case]) -> list[Citation]:
    """Rows for new measures, then which ones are in force and how each came out. Returns the new ones."""
    newest: dict[int, Prescription] = {}
    for sheet in Prescription.objects.filter(case__in=cases).exclude(state="returned").order_by("version"):
        newest[sheet.case_id] = sheet
    measures = list(
        Measure.objects.filter(prescription__case__in=cases)
        .exclude(source_code="")
        .select_related("prescription")
        .order_by("pk")
    )
    known = {one.measure_id: one for one in Citation.objects.filter(case__in=cases)}
    versions = _versions({one.source_code for one in measures if one.pk not in known})
    fresh = [
        Citation(
            method_id=versions[one.source_code].method_id, number=versions[one.source_code].number,
            case=cases[one.prescription.case_id], measure=one, unit_id=cases[one.prescription.case_id].unit_id,
            at=one.prescription.signed_at,
        )
        for one in measures
        if one.pk not in known and one.source_code in versions
    ]  # fmt: skip
    # Another worker may have been here before: the measure is unique.
    Citation.objects.bulk_create(fresh, ignore_conflicts=True)
    visits = list(FollowUp.objects.filter(case__in=cases).exclude(verdict="").select_related("prescription"))
    for row in Citation.objects.filter(case__in=cases).select_related("measure__prescription"):
        case, sheet = cases[row.case_id], row.measure.prescription
        in_force = newest.get(case.pk)
        columns = {
            "is_current": in_force is not None and in_force.pk == sheet.pk,
            "case_verdict": _verdict(case, sheet, visits),
        }
        if columns != {name: getattr(row, name) for name in columns}:
            Citation.objects.filter(pk=row.pk).update(**columns)
    return fresh


def _versions(codes: Collection[str]) -> dict[str, MethodVersion]:
    """The version each source code names; whatever became of the method since it was signed. One query."""
    asked = {code: split_code(code) for code in codes}
    rows = MethodVersion.objects.filter(
        method__code__in={code for code, _number in asked.values()},
        state__in=[VersionState.PUBLISHED, VersionState.REPLACED],
    ).select_related("method")
    known = {(row.method.code, row.number): row for row in rows}
    return {text: known[code, number] for text, (code, number) in asked.items() if number and (code, number) in known}


def _verdict(case: Case, sheet: Prescription, visits: list[FollowUp]) -> str:
    """How the last 复诊 of this prescription, or of one after it, came out; nothing while the case is looked at anew."""
    if not case.last_verdict:
        return ""
    own = [one for one in visits if one.case_id == case.pk and one.prescription.version >= sheet.version]
    return max(own, key=lambda one: one.number).verdict if own else ""


# ── time


def mark_stale(method: Method, *, at: datetime, before: datetime) -> bool:
    """长期无人使用: for review again. Once; whoever used or confirmed it meanwhile was faster.

    Side effects: journal `method_stale`, which tells the reviewers of its domain.
    """
    with transaction.atomic():
        won = Method.objects.filter(
            pk=method.pk, needs_review_since=None, looked_at__lte=before, evidence__in=PUBLISHED
        ).update(needs_review_since=at, version=F("version") + 1)
        if won:
            record("method_stale", method, by=None, at=at, label=label_of(method), domain=method.domain_id)
    return bool(won)
