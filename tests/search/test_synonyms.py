"""The table of words that mean the same: what it takes, what it tells, and that a search knows at once."""

from __future__ import annotations

import pytest

from huizhen.journal.models import Entry as Happening
from huizhen.lib.errors import Invalid, NotNow, NotVisible, StaleWrite
from huizhen.search import actions, queries
from huizhen.search.models import Synonym
from tests.search.things import NOW, document, shelves

pytestmark = pytest.mark.django_db


def test_synonyms_begin_with_words_of_the_trade() -> None:
    groups = queries.groups()
    assert len(groups) >= 40
    assert next(group for group in groups if "携转" in group) == ("携转", "携号转网", "转网")
    words = [word for group in groups for word in group]
    assert len(words) == len(set(words)), "no word stands for two things"


def test_synonym_counts_at_once_until_it_is_removed() -> None:
    def found() -> bool:
        page = queries.find(frozenset({"all"}), "龙虾卡", at=NOW)
        return bool(page.hits) and not page.is_relaxed

    with shelves("case"):
        actions.put([document(1, "小龙虾套餐投诉")])
        assert not found()
        synonym = actions.add_synonym(words=["龙虾卡", " 小龙虾套餐 ", "龙虾卡"], by=None, at=NOW)
        assert synonym.words == ["龙虾卡", "小龙虾套餐"]
        assert found()
        changed = actions.change_synonym(synonym, words=["龙虾卡", "大龙虾"], seen=1, by=None, at=NOW)
        assert changed.version == 2
        assert not found()
        actions.change_synonym(changed, words=["龙虾卡", "小龙虾套餐"], by=None, at=NOW)
        removed = actions.remove_synonym(changed, by=None, at=NOW)
        assert actions.remove_synonym(removed, by=None, at=NOW).version == removed.version, "twice is once"
        assert not found()
        assert removed.pk not in [one.pk for one in queries.synonyms()]
        with pytest.raises(NotNow):
            actions.change_synonym(removed, words=["a1", "b1"], by=None, at=NOW)
        actions.restore_synonym(removed, by=None, at=NOW)
        actions.restore_synonym(removed, by=None, at=NOW)
        assert found()
    told = Happening.objects.filter(target_id=synonym.pk, verb__startswith="synonym_").order_by("pk")
    assert [one.verb.removeprefix("synonym_") for one in told] == ["added", "changed", "changed", "removed", "restored"]


def test_synonym_refuses_what_makes_no_sense() -> None:
    synonym = actions.add_synonym(words=["甲一", "乙一"], by=None, at=NOW)
    for words, code in (
        ([], "too_few_words"), (["只有一个", "只有一个"], "too_few_words"), ([f"词{n}" for n in range(20)], "too_many_words"),
        (["好", "长" * 25], "too_long"), (["好", "！！"], "no_word"), (["甲一", "丙一"], "word_taken"), (["ONU", "丁"], "word_taken"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.add_synonym(words=words, by=None, at=NOW)
        assert [fault.code for fault in refused.value.faults["words"]] == [code], words
    actions.change_synonym(synonym, words=["甲一", "丙一"], by=None, at=NOW)
    with pytest.raises(StaleWrite):
        actions.change_synonym(synonym, words=["甲一", "丁一"], seen=1, by=None, at=NOW)
    actions.remove_synonym(synonym, by=None, at=NOW)
    actions.add_synonym(words=["甲一", "戊一"], by=None, at=NOW)
    with pytest.raises(Invalid):
        actions.restore_synonym(synonym, by=None, at=NOW)
    with pytest.raises(NotVisible):
        queries.get_synonym("nothing")
    with pytest.raises(NotVisible):
        actions.remove_synonym(Synonym(pk=10**9), by=None, at=NOW)
