"""Verbs and readers are made known once."""

from __future__ import annotations

import pytest

from huizhen.journal import registry


@pytest.fixture(autouse=True)
def _empty(monkeypatch):
    monkeypatch.setattr(registry, "_phrases", {})
    monkeypatch.setattr(registry, "_readers", [])


def test_phrase_of_a_known_verb():
    registry.register_phrases("beds", {"noted": "记录了"})

    assert registry.phrase("noted") == "记录了"
    assert registry.verbs("beds") == ("noted",)
    assert registry.verbs("others") == ()


def test_forgotten_verb_reads_as_itself():
    assert registry.phrase("bled") == "bled"


def test_verb_of_two_apps_is_refused():
    registry.register_phrases("beds", {"noted": "记录了"})

    with pytest.raises(ValueError, match="already a verb of beds"):
        registry.register_phrases("doors", {"opened": "开了", "noted": "记下了"})
    assert registry.verbs() == ("noted",)


@pytest.mark.parametrize("verb", ["Noted", "two words", "", "é", "x" * 61])
def test_odd_verb_is_refused(verb):
    with pytest.raises(ValueError, match="not a lower-case word"):
        registry.register_phrases("beds", {verb: "记录了"})


def test_reader_is_registered_once():
    registry.register_reader("figures")

    with pytest.raises(ValueError, match="already registered"):
        registry.register_reader("figures")
    assert registry.readers() == ("figures",)
