"""What may have been meant, from what everybody may read: titles and keys of the scope "all", and the synonyms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.core.cache import cache

from huizhen.lib.zh import query_terms
from huizhen.search.matching.lexemes import Lexeme, any_of, scope_mark
from huizhen.search.matching.question import Word
from huizhen.search.matching.spelling import Vocabulary, vocabulary
from huizhen.search.models import Entry
from huizhen.search.models.engines import Ask, engine
from huizhen.search.queries.synonyms import groups
from huizhen.search.registry import EVERYBODY, sources

CACHED = "search.vocabulary"
SECONDS = 600
NEWEST = 600
"""Entries whose titles and keys are known words."""


def suggested(words: Sequence[Word]) -> list[Word]:
    """The words with what was probably meant in place of what nobody knows; empty when nothing comes to mind."""
    if not words:
        return []
    known = known_words()
    found = []
    for word in words:
        text = word.text
        for term in word.terms:
            if meant := known.meant(term.text):
                text = text.replace(term.text, meant, 1)
        found.append(replace(word, text=text, terms=tuple(query_terms(text)), is_phrase=False))
    return found if [word.text for word in found] != [word.text for word in words] else []


def known_words() -> Vocabulary:
    """The vocabulary, cached: nothing depends on its being the newest."""
    found: Vocabulary | None = cache.get(CACHED)
    if found is None:
        texts = [word for group in groups() for word in group for _ in range(3)]
        if sources():
            everybody = any_of(Lexeme(scope_mark(kind, EVERYBODY)) for kind in sources())
            ids = engine().find(Ask(everybody, NEWEST))
            for title, keys in Entry.objects.filter(pk__in=ids).values_list("title", "keys"):
                texts += [title, keys]
        found = vocabulary(texts)
        cache.set(CACHED, found, SECONDS)
    return found
