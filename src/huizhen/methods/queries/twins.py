"""Before a second method of the same thing is made: what is there already, and why it is thought to be alike."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.cases.models import Case
from huizhen.directory.queries import Standing
from huizhen.methods.lifecycle import Evidence
from huizhen.methods.matching import grams, likeness, shared_words
from huizhen.methods.models import Method
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
