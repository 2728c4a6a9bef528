"""The summary of a solved case, for everybody: problem, causes, measures, effect, group. No names of persons, no phones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from huizhen.cases.models import (
    Access,
    Ask,
    Attendance,
    Case,
    Cause,
    Closing,
    Contact,
    Diagnosis,
    FollowUp,
    Invitation,
    Measure,
    Opinion,
    Prescription,
    Responsibility,
    Transfer,
)
from huizhen.cases.policy import get_summarised
from huizhen.directory.queries import Standing
from huizhen.lib.zh import mask_personal

NAMELESS = "×××"
_MASKED = re.compile(r"\d{2,4}\*{4,}[\dXx]{2,4}")
"""What masking leaves of a phone, a card or an identity number: not even its end is for everybody."""


@dataclass(frozen=True)
class CauseLine:
    number: int
    text: str
    evidence: str
    chain: tuple[str, ...]


@dataclass(frozen=True)
class MeasureLine:
    number: int
    what: str
    expected: str
    criterion: str
    state: str
    treats: dict[str, str]


@dataclass(frozen=True)
class Summary:
    """What may be told of a case to somebody who has no part in it."""

    case: Case
    title: str
    condition: str
    tried: str
    causes: tuple[CauseLine, ...]
    measures: tuple[MeasureLine, ...]
    verdict: str
    actual: Decimal | None
    evidence: str
    changed: str
    keep: str
    visits: int
    resolved_at: datetime | None


@dataclass(frozen=True)
class Course:
    """What stands of a case after its last round, in order; `names`: everybody who had a part in it."""

    causes: tuple[Cause, ...]
    measures: tuple[Measure, ...]
    visits: tuple[FollowUp, ...]
    closing: Closing | None
    names: frozenset[str]


class Unnamed:
    """Takes the names of those who had a part in the case out of free text, and numbers of people with them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted((name for name in names if len(name) > 1), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        shown = _unnumbered(text)
        for name in self.names:
            shown = shown.replace(name, NAMELESS)
        return shown


@lru_cache(maxsize=1 << 12)
def _unnumbered(text: str) -> str:
    return _MASKED.sub(NAMELESS, mask_personal(text)[0])


_ROLES = ("accountable", "first_responder")
_PLACES = ("group__memberships__person", "branch__postings__person")


def _parts(ids: Sequence[int], roles: Sequence[str], column: str) -> QuerySet[Case, tuple[int, Any]]:
    """Case and that column of everybody who had a part in one of these, and of those whom `roles` lead to; one query."""
    own = Case.objects.filter(pk__in=ids)
    told: list[Any] = [own.values_list("pk", f"{role}__{column}") for role in roles]
    for model, *roles in (
        (Responsibility, "person"),
        (Opinion, "person"),
        (Contact, "by", "denied_by"),
        (Ask, "by", "answered_by", "handler"),
        (Transfer, "by", "to_person", "answered_by"),
        (Invitation, "by", "answered_by"),
        (FollowUp, "by", "branch_by", "ruled_by"),
        (Closing, "resolved_by", "replied_by", "extraction_by"),
        (Access, "person"),
    ):
        told += [model.objects.filter(case__in=ids).values_list("case_id", f"{role}__{column}") for role in roles]
    told.append(Attendance.objects.filter(session__case__in=ids).values_list("session__case_id", f"person__{column}"))
    return own.values_list("pk", f"requester__{column}").union(*told)


def people_of(ids: Sequence[int]) -> dict[int, set[int]]:
    """The keys of those who had a part in each of these cases themselves, not by their seat or post."""
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    for case, person in _parts(ids, _ROLES, "pk"):
        found[case] |= {person} - {None}
    signed = (
        Diagnosis.objects.filter(case__in=ids)
        .values_list("case_id", "by")
        .union(
            Prescription.objects.filter(case__in=ids).values_list("case_id", "signed_by"),
            Measure.objects.filter(prescription__case__in=ids)
            .exclude(owner=None)
            .values_list("prescription__case_id", "owner"),
        )
    )
    for case, person in signed:
        found[case].add(person)
    return found


def courses(ids: Sequence[int]) -> dict[int, Course]:
    """The course of each of these cases by its key; five queries however many."""
    causes: dict[int, list[Cause]] = defaultdict(list)
    measures: dict[int, list[Measure]] = defaultdict(list)
    visits: dict[int, list[FollowUp]] = defaultdict(list)
    names: dict[int, set[str]] = defaultdict(set)
    for cause in (
        Cause.objects.filter(diagnosis__case__in=ids).select_related("diagnosis__by").order_by("diagnosis", "number")
    ):
        causes[cause.diagnosis.case_id].append(cause)
        names[cause.diagnosis.case_id].add(cause.diagnosis.by.name)
    found = Measure.objects.filter(prescription__case__in=ids).select_related("prescription__signed_by", "owner")
    for one in found.order_by("prescription__version", "number"):
        measures[one.prescription.case_id].append(one)
        names[one.prescription.case_id] |= {
            one.owner.name if one.owner else one.owner_name,
            one.prescription.signed_by.name,
        }
    for visit in FollowUp.objects.filter(case__in=ids).order_by("number"):
        visits[visit.case_id].append(visit)
    closings = {one.case_id: one for one in Closing.objects.filter(case__in=ids, is_current=True)}
    for case, name in _parts(ids, (*_ROLES, *_PLACES), "name"):
        names[case].add(name or "")
    return {
        case: Course(
            tuple(one for one in causes[case] if one.diagnosis_id == causes[case][-1].diagnosis_id),
            tuple(one for one in measures[case] if one.prescription_id == measures[case][-1].prescription_id),
            tuple(visits[case]),
            closings.get(case),
            frozenset(names[case] - {""}),
        )
        for case in ids
    }


def summary(standing: Standing, code: str) -> Summary:
    """The summary of a case. NotVisible unless it is solved and not 敏感. Six queries."""
    case = get_summarised(standing, code)
    return summary_of(case, courses([case.pk])[case.pk])


def summary_of(case: Case, course: Course) -> Summary:
    """What may be told of a case whose course was read; whoever calls has made sure that it may be."""
    plain = Unnamed(course.names)
    last = next((one for one in reversed(course.visits) if one.verdict), None)
    reached = [one.value for one in course.visits if one.verdict and one.value is not None]
    closing = course.closing
    return Summary(
        case=case,
        title=plain(case.title),
        condition=plain(case.condition),
        tried=plain(case.tried),
        causes=tuple(
            CauseLine(one.number, plain(one.text), plain(one.evidence), tuple(one.chain)) for one in course.causes
        ),
        measures=tuple(
            MeasureLine(
                one.number, plain(one.what), plain(one.expected), plain(one.criterion), one.state, dict(one.treats)
            )
            for one in course.measures
        ),
        verdict=last.verdict if last else case.last_verdict,
        actual=reached[-1] if reached else None,
        evidence=plain(last.evidence) if last else "",
        changed=plain(closing.changed) if closing else "",
        keep=plain(closing.keep) if closing else "",
        visits=len(course.visits),
        resolved_at=closing.resolved_at if closing else None,
    )
