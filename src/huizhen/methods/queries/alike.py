"""相似: cases and methods like a case, open cases a method might help, what was solved before like a text somebody types.

Found by the words of the index, each as far as the reader sees it; the reason is said with it and quotes only the text she started
from or words that both say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huizhen.cases.lifecycle import Stage
from huizhen.cases.lifecycle.stages import OPEN
from huizhen.cases.policy import SUMMARY_STAGES, get_visible
from huizhen.cases.queries.traits import Traits, traits_of
from huizhen.directory.queries import Standing
from huizhen.lib.prose import plain
from huizhen.methods.lifecycle import PUBLISHED
from huizhen.methods.queries.papers import paper_of
from huizhen.search.matching.likeness import is_same_matter
from huizhen.search.queries.alike import Alike, alike

CASE, METHOD = "case", "method"
SHOWN = 4
"""Of each kind."""
SHORTEST = 6
"""Characters below which a text says too little to compare."""
_KEPT = (*OPEN, *SUMMARY_STAGES, Stage.UNRESOLVED)
_WAITING = (Stage.REGISTERED, Stage.IN_CONSULTATION, Stage.IN_TREATMENT)
_BONUS = {"cause": 0.3, "indicator": 0.15, "group": 0.05, "domain": 0.02}


@dataclass(frozen=True)
class Reason:
    """Why it is alike: sort "cause", "indicator", "group", "domain" or "words", and the words that belong to it."""

    sort: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Similar:
    """One thing alike. `state`: stage of a case, evidence of a method. `level`: how far the reader sees it."""

    kind: str
    code: str
    level: str
    title: str
    state: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Found:
    """Cases and methods, most alike first."""

    cases: tuple[Similar, ...] = ()
    methods: tuple[Similar, ...] = ()


def similar_to_case(standing: Standing, code: str) -> Found:
    """Cases and published methods like this one. NotVisible: not seen in full. Ten queries at most, whatever is found."""
    case = get_visible(standing, code)
    own = traits_of([case.pk])[case.pk]
    strong = "\n".join([case.title, case.indicator, *own.causes])
    weak = f"{case.condition}\n{case.tried}"
    found = alike(
        standing,
        strong=strong,
        weak=weak,
        kinds=(CASE, METHOD),
        states=(*_KEPT, *PUBLISHED),
        but=(CASE, case.pk),
        most=24,
    )
    places = {
        "group": case.group.code if case.group else "",
        "domain": case.domain.code if case.domain else "",
    }
    return _sorted(found, own, places)


def cases_for_method(standing: Standing, code: str) -> Found:
    """Open cases, of those she sees, that say what the method is for. NotVisible as for the method."""
    method, version = paper_of(standing, code)
    steps = [plain(str(one.get("title", ""))) for one in version.steps if isinstance(one, dict)]
    found = alike(
        standing,
        strong="\n".join([version.name, plain(version.meaning), plain(version.problem)]),
        weak="\n".join([plain(version.applies), version.indicator, *steps]),
        kinds=(CASE,),
        states=_WAITING,
        most=SHOWN * 2,
    )
    return _sorted(found, Traits(version.indicator, ()), {"domain": method.domain.code})


def solved_before(standing: Standing, *, title: str, condition: str) -> Found:
    """What other branches solved that sounds like what she is writing, and methods for it. Nothing for a few characters."""
    if len(title) + len(condition) < SHORTEST:
        return Found()
    found = alike(
        standing,
        strong=title,
        weak=condition,
        kinds=(CASE, METHOD),
        states=(*SUMMARY_STAGES, *PUBLISHED),
        most=SHOWN * 3,
    )
    return _sorted(found, Traits("", ()), {})


def _sorted(found: Iterable[Alike], own: Traits, places: dict[str, str]) -> Found:
    rows = list(found)
    traits = traits_of([one.object_id for one in rows if one.kind == CASE])
    told = [(one, _reasons(one, own, traits.get(one.object_id), places)) for one in rows]
    told.sort(key=lambda pair: -(pair[0].likeness + sum(_BONUS.get(reason.sort, 0.0) for reason in pair[1])))
    similar = [
        Similar(one.kind, one.code, one.level, one.title, one.facets.get("state", ""), reasons)
        for one, reasons in told
        if reasons
    ]
    return Found(
        tuple(one for one in similar if one.kind == CASE)[:SHOWN],
        tuple(one for one in similar if one.kind == METHOD)[:SHOWN],
    )


def _reasons(one: Alike, own: Traits, its: Traits | None, places: dict[str, str]) -> tuple[Reason, ...]:
    found: list[Reason] = []
    if its is not None:
        causes = [cause for cause in own.causes if any(is_same_matter(cause, other) for other in its.causes)]
        found += [Reason("cause", (cause,)) for cause in causes[:1]]
        if own.indicator and its.indicator and is_same_matter(own.indicator, its.indicator, share=0.8):
            found.append(Reason("indicator", (own.indicator,)))
    if one.words:
        found.append(Reason("words", one.words))
    same = [sort for sort, code in places.items() if code and one.facets.get(sort) == code]
    if not found and "group" not in same:
        return ()  # to be of one domain is no reason by itself
    return (*found, *(Reason(sort) for sort in same[:1]))
