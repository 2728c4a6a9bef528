"""Before a second method of the same thing is made: what is there already, and why it is thought to be alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from huizhen.cases.models import Case
from huizhen.directory.queries import Standing
from huizhen.methods.lifecycle import PUBLISHED, Evidence
from huizhen.methods.matching import grams, likeness, shared_words
from huizhen.methods.models import Method, MethodVersion
from huizhen.methods.policy import visible

COMPARED = 400
"""Methods that are compared: the newest of the domain, then the newest of all. Bounded, so that the cost is."""
SHOWN = 5
LEAST = 0.2
"""Alike from here on: Dice over pairs of neighbouring characters. Of all pairs of the 65 titles of the demo, each against the name
proposed for the other, 2 of 4,160 reach it (0.26 at most); a title and the name proposed for itself lie at 0.29 to 1, 0.70 on average.
"""
VERY = 0.4


@dataclass(frozen=True)
class Alike:
    """A method that may be the same. `percent`: pairs of characters in common; `words`: the longest pieces both hold."""

    method: Method
    percent: int
    words: list[str]
    is_very: bool
    same_domain: bool


def made_from(case: Case) -> list[Method]:
    """Methods made of this very case and still in use, the draft first. One query."""
    rows = Method.objects.filter(source_case=case).exclude(evidence=Evidence.RETIRED)
    return sorted(rows.order_by("-pk")[:SHOWN], key=lambda one: one.evidence != Evidence.DRAFT)


def same_name(version: MethodVersion) -> Method | None:
    """A published method that bears the name of this version already. One query."""
    rows = Method.objects.filter(evidence__in=PUBLISHED, name__iexact=version.name.strip())
    return rows.exclude(pk=version.method_id).order_by("pk").first() if version.name.strip() else None


def hushed_sources(version: MethodVersion) -> bool:
    """Whether a case whose words may stand in the version is 敏感 now: its source, or one a piece was taken from. One query."""
    taken = Q(pk__in=version.pieces.values("case")) | Q(
        pk__in=Method.objects.filter(pk=version.method_id).values("source_case")
    )
    return Case.objects.filter(taken, is_sensitive=True).exists()


def similar_methods(case: Case, standing: Standing) -> list[Alike]:
    """Methods she may see that resemble a case, the likest first. Two queries."""
    domain_id = case.domain_id or (case.group.domain_id if case.group else None)
    rows = visible(standing).exclude(evidence=Evidence.RETIRED).exclude(source_case=case).select_related("domain")
    rows = rows.order_by("-id")
    near = list(rows.filter(domain=domain_id)[:COMPARED]) if domain_id else []
    far = list(rows.exclude(domain=domain_id)[: COMPARED - len(near)])
    own = grams(case.title)
    wide = f"{case.title} {case.indicator} {case.condition[:200]}"
    found = []
    for one in (*near, *far):
        score = max(likeness(own, grams(one.name)), likeness(own, grams(one.meaning)))
        words = shared_words(wide, f"{one.name} {one.meaning}")
        if score >= LEAST and words:
            found.append(Alike(one, round(score * 100), words, score >= VERY, one.domain_id == domain_id))
    return sorted(found, key=lambda one: (-one.percent, -one.method.pk))[:SHOWN]
