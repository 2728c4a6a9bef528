"""The summary of a solved case, for everybody: problem, causes, measures, effect, group. No names of persons, no phones."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from huizhen.cases.models import Case, Cause, Closing, FollowUp, Measure
from huizhen.cases.policy import get_summarised
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.lib.zh import mask_personal

NAMELESS = "×××"


@dataclass(frozen=True)
class CauseLine:
    text: str
    evidence: str
    chain: tuple[str, ...]


@dataclass(frozen=True)
class MeasureLine:
    what: str
    expected: str
    state: str


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


class _Unnamed:
    """Takes the names of those who had a part in the case out of free text, and numbers of people with them."""

    def __init__(self, names: set[str]) -> None:
        self.names = sorted((name for name in names if len(name) > 1), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        shown = mask_personal(text)[0]
        for name in self.names:
            shown = shown.replace(name, NAMELESS)
        return shown


def summary(standing: Standing, code: str) -> Summary:
    """The summary of a case. NotVisible unless it is solved and not 敏感. Six queries."""
    case = get_summarised(standing, code)
    causes = list(Cause.objects.filter(diagnosis__case=case).select_related("diagnosis__by").order_by("number"))
    measures = list(
        Measure.objects.filter(prescription__case=case)
        .select_related("prescription__signed_by", "owner")
        .order_by("number")
    )
    visits = list(FollowUp.objects.filter(case=case).select_related("by").order_by("number"))
    closing = Closing.objects.filter(case=case, is_current=True).first()
    parties = Person.objects.filter(pk__in=[case.requester_id, case.accountable_id, case.first_responder_id])
    names = set(parties.values_list("name", flat=True))
    names |= {one.owner.name if one.owner else one.owner_name for one in measures}
    names |= {one.diagnosis.by.name for one in causes} | {one.by.name for one in visits}
    names |= {one.prescription.signed_by.name for one in measures}
    plain = _Unnamed(names)
    diagnosis = max((one.diagnosis_id for one in causes), default=None)
    prescription = max((one.prescription for one in measures), key=lambda one: one.version, default=None)
    last = next((one for one in reversed(visits) if one.verdict), None)
    return Summary(
        case=case,
        title=plain(case.title),
        condition=plain(case.condition),
        tried=plain(case.tried),
        causes=tuple(
            CauseLine(plain(one.text), plain(one.evidence), tuple(one.chain))
            for one in causes
            if one.diagnosis_id == diagnosis
        ),
        measures=tuple(
            MeasureLine(plain(one.what), plain(one.expected), one.state)
            for one in measures
            if prescription is not None and one.prescription_id == prescription.pk
        ),
        verdict=last.verdict if last else case.last_verdict,
        actual=last.value if last else None,
        evidence=plain(last.evidence) if last else "",
        changed=plain(closing.changed) if closing else "",
        keep=plain(closing.keep) if closing else "",
        visits=len(visits),
    )
