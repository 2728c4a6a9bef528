"""Every verb of the journal is heard by somebody or by nobody on purpose, and every sentence belongs to a rule."""

from __future__ import annotations

from huizhen.journal import registry
from huizhen.notifications.choices import DEFAULTS, PERSONAL, WEIGHTS, Event
from huizhen.notifications.queries.audience import AUDIENCES, ELSEWHERE
from huizhen.notifications.rules import RULES, SILENT
from huizhen.notifications.verbs import SENTENCES


def test_every_verb_is_heard_or_silent() -> None:
    """A new verb: say in `notifications.rules` who hears of it, or put it into SILENT."""
    known = set(registry.verbs())
    assert sorted(known - set(RULES) - SILENT) == [], "verbs without a rule"
    assert sorted((set(RULES) | SILENT) - known) == [], "rules of verbs nobody writes"
    assert sorted(set(RULES) & SILENT) == []


def test_every_audience_is_known() -> None:
    named = {name for rules in RULES.values() for rule in rules for name in rule.audience}
    assert sorted(named - set(AUDIENCES) - set(ELSEWHERE)) == []
    assert sorted((set(AUDIENCES) | set(ELSEWHERE)) - named) == [], "audiences nobody uses"
    assert set(AUDIENCES) & set(ELSEWHERE) == set()


def test_every_sentence_belongs_to_a_rule() -> None:
    told = {(verb, str(rule.event)) for verb, rules in RULES.items() for rule in rules} | {("digest", "digest")}
    assert sorted(set(SENTENCES) - told) == []


def test_what_needs_its_reader_has_its_own_words() -> None:
    """The generic sentence tells what somebody did; who is to do something must read what."""
    calls = {Event.AWAITED, Event.ASSIGNED, Event.RULING, Event.DEADLINE, Event.ESCALATION}
    wanted = {(verb, str(rule.event)) for verb, rules in RULES.items() for rule in rules if rule.event in calls}
    assert sorted(wanted - set(SENTENCES)) == []


def test_every_kind_has_its_weight_and_default() -> None:
    assert set(WEIGHTS) == set(DEFAULTS) == set(Event)
    assert len(set(WEIGHTS.values())) == len(WEIGHTS)
    assert all(channels <= set(PERSONAL) for channels in DEFAULTS.values())
