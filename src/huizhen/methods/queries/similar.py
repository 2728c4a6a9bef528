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
LEAST = 0.18
"""Alike from here on. Dice over pairs of characters of name, meaning and problem's title; measured on the demo's names: unrelated
titles of one domain stay below 0.15."""
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
