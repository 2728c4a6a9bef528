"""Changing the table of words that mean the same. Who may is decided by the caller: posts are known on an upper floor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from huizhen.journal.actions import record
from huizhen.journal.actions.recording import Actor
from huizhen.lib.errors import Fault, Invalid, NotNow, NotVisible, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import normal, query_terms
from huizhen.search.models import Synonym
from huizhen.search.queries.synonyms import CACHED

LONGEST, MOST = 24, 12
"""Characters of a word; words of a group."""
LABEL = 60


@transaction.atomic
def add_synonym(*, words: Iterable[str], by: Actor | None, at: datetime) -> Synonym:
    """A new group of words that mean the same. Journals `synonym_added`.

    Invalid("words"): fewer than two different words, more than MOST, one longer than LONGEST, one without a letter or number, or one that
    another group has.
    """
    synonym = Synonym.objects.create(words=_checked(words, None), changed_at=at)
    return _told("synonym_added", synonym, by, at)


@transaction.atomic
def change_synonym(
    synonym: Synonym, *, words: Iterable[str], by: Actor | None, at: datetime, seen: int | None = None
) -> Synonym:
    """Other words for a group; `seen` is the version the editor had before her. Journals `synonym_changed`.

    NotNow: it was removed. StaleWrite: somebody changed it meanwhile. Invalid("words"): as for adding.
    """
    locked = _locked(synonym, seen)
    if locked.removed_at is not None:
        raise NotNow("synonym_removed")
    fresh = _checked(words, locked)
    if fresh == locked.words:
        return locked
    locked.words = fresh
    return _told("synonym_changed", _saved(locked, at), by, at)


@transaction.atomic
def remove_synonym(synonym: Synonym, *, by: Actor | None, at: datetime) -> Synonym:
    """The group no longer counts; it can be restored. Twice is once. Journals `synonym_removed`."""
    locked = _locked(synonym, None)
    if locked.removed_at is not None:
        return locked
    locked.removed_at = at
    return _told("synonym_removed", _saved(locked, at), by, at)


@transaction.atomic
def restore_synonym(synonym: Synonym, *, by: Actor | None, at: datetime) -> Synonym:
    """A removed group counts again. Twice is once. Journals `synonym_restored`.

    Invalid("words"): another group has taken one of its words meanwhile.
    """
    locked = _locked(synonym, None)
    if locked.removed_at is None:
        return locked
    _checked(locked.words, locked)
    locked.removed_at = None
    return _told("synonym_restored", _saved(locked, at), by, at)


def _locked(synonym: Synonym, seen: int | None) -> Synonym:
    locked = Synonym.objects.select_for_update().filter(pk=synonym.pk).first()
    if locked is None:
        raise NotVisible("no_such_synonym")
    if seen is not None and locked.version != seen:
        raise StaleWrite("stale")
    return locked


def _saved(locked: Synonym, at: datetime) -> Synonym:
    locked.version, locked.changed_at = locked.version + 1, at
    locked.save()
    return locked


def _told(verb: str, synonym: Synonym, by: Actor | None, at: datetime) -> Synonym:
    record(verb, synonym, by=by, at=at, label=str(synonym)[:LABEL])
    cache.delete(CACHED)
    transaction.on_commit(lambda: cache.delete(CACHED) and None)
    return synonym


def _checked(words: Iterable[str], own: Synonym | None) -> list[str]:
    """The words cleaned, each once. They are compared in normal form."""
    given = {normal(word): word for word in (clean(str(word)) for word in words) if word}
    if len(given) < 2:
        raise Invalid.one("words", "too_few_words", least=2)
    if len(given) > MOST:
        raise Invalid.one("words", "too_many_words", most=MOST)
    faults = [
        Fault("too_long", {"max": LONGEST, "length": len(word)}) for word in given.values() if len(word) > LONGEST
    ]
    faults += [Fault("no_word", {"word": word}) for word in given.values() if not query_terms(word)]
    others = Synonym.objects.filter(removed_at=None).exclude(pk__in=[own.pk] if own else [])
    taken = {normal(word) for group in others.values_list("words", flat=True) for word in group}
    faults += [Fault("word_taken", {"word": given[one]}) for one in given if one in taken]
    if faults:
        raise Invalid({"words": faults})
    return list(given.values())
