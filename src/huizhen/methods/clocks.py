"""How far a method can be trusted at a moment: a number from 0 to 100 with its reasons. Pure; time fades everything it rests on.

Each reason is a whole number of points of its own and the sum of them is the number, so that a reader can count after us. What
people expect holds for the whole: an effective reuse, a measured effect, another review never lowers it; a vote of "no use" or a
source that turned out badly never raises it; and without such votes time alone never raises it. `tests/methods/test_confidence.py`
holds all of this for arbitrary histories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

MARKED, EFFECTIVE = "marked", "effective"
STANDS, REOPENED, WORSENED, UNRESOLVED = "stands", "reopened", "worsened", "unresolved"
SOLVED, PARTLY, NO_USE = "solved", "partly", "no_use"

SOURCE_POINTS: Mapping[str, int] = MappingProxyType({MARKED: 25, EFFECTIVE: 18})
SHAKEN_POINTS: Mapping[str, int] = MappingProxyType({STANDS: 0, REOPENED: -12, WORSENED: -22, UNRESOLVED: -22})
"""A source that is looked at again costs what it brought, and this besides."""
MEASURED_POINTS = 13
REVIEW_POINTS = (0, 8, 10, 12)
"""For no review, one, two, three or more."""
PROOF_POINTS = (0, 4, 7, 9)
"""For no further case that showed the same, one, two, three or more."""
REUSE_POINTS = 50
"""What reuse can bring at most; one fresh measured success in another unit brings 17, three bring 30, five 36."""
REUSE_SCALE = 2.4
NO_USE_POINTS = 40
HALF_LIFE = timedelta(days=730)
"""After two years a reuse counts half."""
AGE_HALF_LIFE = timedelta(days=1095)
AGE_FLOOR = 0.5
"""What does not rest on reuse fades to half of itself while nobody looks at the method."""
OTHER_UNIT, OTHER_BRANCH, SAME_BRANCH = 1.0, 0.8, 0.3
"""Weights of independence: another unit, another branch of the unit it came from, the branch it came from."""
MEASURED, WORTH = 1.25, MappingProxyType({SOLVED: 1.0, PARTLY: 0.5, NO_USE: 1.0})

VERY, RELIABLE, FAIR, EARLY, DOUBTFUL = "very", "reliable", "fair", "early", "doubtful"
STEPS = ((80, VERY), (60, RELIABLE), (40, FAIR), (0, EARLY))


@dataclass(frozen=True)
class Reuse:
    """One reuse with an outcome (solved, partly, no_use) at a moment. `branch`: anything that tells branches apart.

    `distance`: how independent it is of where the method came from, one of OTHER_UNIT, OTHER_BRANCH, SAME_BRANCH.
    """

    branch: int
    outcome: str
    at: datetime
    distance: float = OTHER_UNIT
    is_measured: bool = False


@dataclass(frozen=True)
class Facts:
    """What a method rests on. `source`: verdict of its source case ("" for none); `state`: how that case stands now.

    `reviews`: how often it was found sound. `proofs`: further cases that showed the same. `looked_at`: when somebody last reviewed or confirmed it.
    """

    source: str
    state: str
    is_measured: bool
    reviews: int
    looked_at: datetime
    reuses: tuple[Reuse, ...] = ()
    proofs: int = 0


@dataclass(frozen=True)
class Reason:
    """Points that one thing brings (or costs), and the count behind it."""

    name: str
    points: int
    count: int = 0


@dataclass(frozen=True)
class Confidence:
    """0 to 100, the word for it, and the reasons: those that brought or cost nothing are left out."""

    score: int
    word: str
    reasons: tuple[Reason, ...]


def _fade(age: timedelta, half: timedelta) -> float:
    return float(0.5 ** (max(age, timedelta()) / half))


def _weight(reuses: Iterable[Reuse], at: datetime) -> float:
    """Sum of what reuses weigh; of one branch only the weightiest counts: who repeats herself proves nothing more."""
    branches: dict[int, list[float]] = {}
    for one in reuses:
        weight = WORTH[one.outcome] * one.distance * _fade(at - one.at, HALF_LIFE)
        branches.setdefault(one.branch, []).append(weight * (MEASURED if one.is_measured else 1.0))
    total = 0.0
    for _branch, weights in sorted(branches.items()):
        total += max(weights)
    return total


def _branches(reuses: Iterable[Reuse]) -> int:
    return len({one.branch for one in reuses})


def confidence(facts: Facts, *, at: datetime) -> Confidence:
    """How far the method can be trusted at a moment."""
    good = [one for one in facts.reuses if one.outcome in (SOLVED, PARTLY)]
    bad = [one for one in facts.reuses if one.outcome == NO_USE]
    helped, failed = _weight(good, at), _weight(bad, at)
    source = SOURCE_POINTS.get(facts.source, 0) if facts.state == STANDS else 0
    proofs = PROOF_POINTS[min(facts.proofs, 3)]
    base = source + MEASURED_POINTS * facts.is_measured + REVIEW_POINTS[min(facts.reviews, 3)] + proofs
    seen = max([facts.looked_at, *(one.at for one in good)])
    kept = AGE_FLOOR + (1 - AGE_FLOOR) * _fade(at - seen, AGE_HALF_LIFE)
    reasons = (
        Reason("source", source),
        Reason("measured", MEASURED_POINTS * facts.is_measured),
        Reason("reviews", REVIEW_POINTS[min(facts.reviews, 3)], facts.reviews),
        Reason("proofs", proofs, facts.proofs),
        Reason("reuses", round(REUSE_POINTS * helped / (helped + REUSE_SCALE)), _branches(good)),
        Reason("no_use", -round(NO_USE_POINTS * failed / (failed + helped + 1)), _branches(bad)),
        Reason("age", -round(base * (1 - kept)), (at - seen).days // 30),
        Reason(facts.state, SHAKEN_POINTS[facts.state]),
    )
    score = min(100, max(0, sum(one.points for one in reasons)))
    return Confidence(score, _word(score, facts.state, helped, failed), tuple(one for one in reasons if one.points))


def _word(score: int, state: str, helped: float, failed: float) -> str:
    if state != STANDS or failed > helped:
        return DOUBTFUL
    return word_of(score)


def word_of(score: int, *, wavers: bool = False) -> str:
    """The word for a number, where only the number and whether it wavers are known: lists."""
    return DOUBTFUL if wavers else next(word for least, word in STEPS if score >= least)


def source_state(stage: str, verdict: str) -> str:
    """How a source case stands, from its stage and its last settled verdict; a method is only made of a solved one."""
    if stage == "unresolved":
        return UNRESOLVED
    if verdict in ("none", "worse"):
        return WORSENED
    return STANDS if stage in ("resolved", "archived") or verdict in SOURCE_POINTS else REOPENED


def outcome_of(word: str, verdict: str) -> str:
    """What a citation came to: the branch's word, until then the verdict of the last 复诊; "" while neither is there."""
    if word in WORTH:
        return word
    return {MARKED: SOLVED, EFFECTIVE: PARTLY, "none": NO_USE, "worse": NO_USE}.get(verdict, "")
