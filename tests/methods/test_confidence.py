"""Confidence: what raises it, what lowers it, and that its reasons add up. Arbitrary histories, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huizhen.methods.clocks import (
    DOUBTFUL,
    EARLY,
    FAIR,
    OTHER_BRANCH,
    OTHER_UNIT,
    REOPENED,
    SAME_BRANCH,
    STANDS,
    STEPS,
    UNRESOLVED,
    VERY,
    WORSENED,
    Facts,
    Reuse,
    confidence,
    outcome_of,
    source_state,
    word_of,
)

NOW = datetime(2026, 11, 2, tzinfo=UTC)
_past = st.integers(0, 4000).map(lambda days: NOW - timedelta(days=days))
_reuses = st.builds(
    Reuse,
    branch=st.integers(1, 4),
    outcome=st.sampled_from(["solved", "partly", "no_use"]),
    at=_past,
    distance=st.sampled_from([OTHER_UNIT, OTHER_BRANCH, SAME_BRANCH]),
    is_measured=st.booleans(),
)
_good = _reuses.filter(lambda one: one.outcome != "no_use")
_facts = st.builds(
    Facts,
    source=st.sampled_from(["", "marked", "effective", "none", "worse"]),
    state=st.sampled_from([STANDS, REOPENED, WORSENED, UNRESOLVED]),
    is_measured=st.booleans(),
    reviews=st.integers(0, 5),
    looked_at=_past,
    reuses=st.lists(_reuses, max_size=6).map(tuple),
    proofs=st.integers(0, 4),
)


def _score(facts: Facts, at: datetime = NOW) -> int:
    return confidence(facts, at=at).score


@given(_facts, _good, st.sampled_from([OTHER_UNIT, OTHER_BRANCH]))
def test_success_never_lowers_it_and_counts_more_from_further_away(facts: Facts, one: Reuse, distance: float) -> None:
    with_it = replace(facts, reuses=(*facts.reuses, one))
    assert _score(with_it) >= _score(facts)
    further = replace(one, distance=max(one.distance, distance))
    assert _score(replace(facts, reuses=(*facts.reuses, further))) >= _score(with_it)
    measured = replace(one, is_measured=True)
    assert _score(replace(facts, reuses=(*facts.reuses, measured))) >= _score(with_it)
    solved = replace(one, outcome="solved")
    assert _score(replace(facts, reuses=(*facts.reuses, solved))) >= _score(with_it)


@given(_facts, _reuses)
def test_failure_never_raises_it(facts: Facts, one: Reuse) -> None:
    failed = replace(one, outcome="no_use")
    with_it = _score(replace(facts, reuses=(*facts.reuses, failed)))
    assert with_it <= _score(facts)
    assert _score(replace(facts, reuses=(*facts.reuses, replace(one, outcome="partly")))) >= with_it


@given(_facts)
def test_what_stands_behind_it_never_lowers_it(facts: Facts) -> None:
    assert _score(replace(facts, is_measured=True)) >= _score(facts)
    assert _score(replace(facts, reviews=facts.reviews + 1)) >= _score(facts)
    assert _score(replace(facts, looked_at=NOW)) >= _score(facts)
    assert _score(replace(facts, proofs=facts.proofs + 1)) >= _score(facts)
    stands = replace(facts, state=STANDS)
    assert (
        _score(replace(stands, source="marked")) >= _score(replace(stands, source="effective")) >= _score(stands) - 25
    )
    shaken = [_score(replace(stands, state=state)) for state in (STANDS, REOPENED, WORSENED)]
    assert shaken == sorted(shaken, reverse=True)


@given(_facts, st.integers(0, 3000))
def test_time_alone_never_raises_it(facts: Facts, days: int) -> None:
    kind = replace(facts, reuses=tuple(one for one in facts.reuses if one.outcome != "no_use"))
    assert _score(kind, NOW + timedelta(days=days)) <= _score(kind)


@given(_facts, st.randoms(use_true_random=False))
def test_reasons_add_up_whatever_the_order_of_reuses(facts: Facts, chance: object) -> None:
    found = confidence(facts, at=NOW)
    total = sum(one.points for one in found.reasons)
    assert found.score == min(100, max(0, total))
    assert all(one.points for one in found.reasons)
    assert (found.word == DOUBTFUL) or found.word == word_of(found.score)
    mixed = list(facts.reuses)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert confidence(replace(facts, reuses=tuple(mixed)), at=NOW) == found


def test_confidence_of_ordinary_lives() -> None:
    fresh = Facts(source="marked", state=STANDS, is_measured=True, reviews=1, looked_at=NOW)
    assert (confidence(fresh, at=NOW).score, confidence(fresh, at=NOW).word) == (46, FAIR)
    weak = replace(fresh, source="effective", is_measured=False)
    assert (confidence(weak, at=NOW).score, confidence(weak, at=NOW).word) == (26, EARLY)
    spread = replace(fresh, reuses=tuple(Reuse(n, "solved", NOW, OTHER_UNIT, True) for n in range(5)))
    assert (confidence(spread, at=NOW).score, confidence(spread, at=NOW).word) == (82, VERY)
    at_home = replace(fresh, reuses=tuple(Reuse(1, "solved", NOW, SAME_BRANCH, True) for _n in range(5)))
    assert 46 < confidence(at_home, at=NOW).score < 60
    shaken = replace(spread, state=REOPENED)
    assert (confidence(shaken, at=NOW).score, confidence(shaken, at=NOW).word) == (45, DOUBTFUL)
    refused = replace(fresh, reuses=(Reuse(7, "no_use", NOW),))
    assert (confidence(refused, at=NOW).score, confidence(refused, at=NOW).word) == (26, DOUBTFUL)
    assert [word_of(least) for least, _word in STEPS] == [word for _least, word in STEPS]


def test_source_and_outcome_are_read_from_the_case() -> None:
    assert source_state("archived", "marked") == source_state("archived", "") == STANDS
    assert source_state("in_consultation", "") == source_state("withdrawn", "") == REOPENED
    assert source_state("in_treatment", "effective") == STANDS
    assert source_state("in_treatment", "none") == source_state("in_consultation", "worse") == WORSENED
    assert source_state("unresolved", "marked") == UNRESOLVED
    assert [outcome_of("waiting", verdict) for verdict in ("marked", "effective", "none", "worse", "")] == [
        "solved", "partly", "no_use", "no_use", "",
    ]  # fmt: skip
    assert outcome_of("no_use", "marked") == "no_use"
