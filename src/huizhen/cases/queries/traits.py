"""What a case is about, in words, for comparing it with others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from huizhen.cases.models import Case, Cause


@dataclass(frozen=True)
class Traits:
    """Its indicator and the causes of its newest diagnosis."""

    indicator: str
    causes: tuple[str, ...]


def traits_of(ids: Collection[int]) -> dict[int, Traits]:
    """Of cases the caller has found visible. Two queries."""
    causes: dict[int, tuple[int, list[str]]] = {}
    rows = Cause.objects.filter(diagnosis__case__in=ids).order_by("diagnosis_id", "number")
    for case, diagnosis, text in rows.values_list("diagnosis__case_id", "diagnosis_id", "text"):
        if case not in causes or causes[case][0] != diagnosis:
            causes[case] = (diagnosis, [])
        causes[case][1].append(text)
    indicators = Case.objects.filter(pk__in=ids).values_list("pk", "indicator")
    return {case: Traits(indicator, tuple(causes.get(case, (0, []))[1])) for case, indicator in indicators}
