"""From words to expressions: other words for the same, what is looked up in the index, and what a text must then really contain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from huizhen.lib.traditional import simplified
from huizhen.lib.zh import Term, normal, query_terms, squeezed
from huizhen.search.matching.lexemes import Expression, Lexeme, all_of, any_of
from huizhen.search.matching.question import Word

MOST_ALTERNATIVES = 12

Groups = Sequence[tuple[str, ...]]
"""Words that mean the same, in normal form, group by group."""

# What a sentence consists of besides its matter. Longer ones first, so that 为什么 goes whole.
_FILLING = re.compile(
    "为什么|怎么样|怎么办|怎样|怎么|如何|哪些|哪个|哪里|什么|是不是|有没有|能不能|可不可以|可以|请问|关于|以及|或者|还是|我们|你们|他们"
    "|一直|总是|老是|经常|已经|需要|应该|这个|那个|一下|问题|情况|办法"
    "|[的了吗呢吧啊是在和与及或被把对将从向给让就都也还又很太最我你他她它这那有没不要会能着过]"
)


@dataclass(frozen=True)
class Wanted:
    """A word with everything that may stand for it, itself first. `weight` says how much meeting it counts.

    `kind`: the kind of things that the word names, "" for most: "工作法" is met by every one of them.
    """

    alternatives: tuple[Word, ...]
    weight: float = 1.0
    kind: str = ""


def widened(word: Word, groups: Groups) -> Wanted:
    """The word and, in place of each synonym in it, the others of its group. A phrase is taken literally."""
    if word.is_phrase or word.where == "code":
        return Wanted((word,), _weight(word))
    close = squeezed(word.text)
    texts = [word.text, simplified(word.text), *([] if close.isdigit() else [close])]
    for group in groups:
        for one in (one for one in group if _stands_in(one, word.text)):
            texts += [word.text.replace(one, other) for other in group if other != one and one not in other]
            texts += [other for other in group if one in other and word.text == one]
    alternatives = [word]
    for text in list(dict.fromkeys(texts))[1:MOST_ALTERNATIVES]:
        if terms := tuple(dict.fromkeys(query_terms(text))):
            alternatives.append(replace(word, text=text, terms=terms))
    return Wanted(tuple(alternatives), _weight(word))


def other_words(text: str, groups: Groups) -> list[str]:
    """The other words for what a text names.

    >>> other_words("携转预警滞后", [("携号转网", "携转"), ("断站", "退服")])
    ['携号转网']
    """
    plain = normal(text)
    named = [(group, [one for one in group if _stands_in(one, plain)]) for group in groups]
    found = [
        other
        for group, ours in named
        if ours
        for other in group
        if not any(other in one or one in other for one in ours)
    ]
    return list(dict.fromkeys(found))


def _stands_in(one: str, text: str) -> bool:
    """As part of Chinese, or as a whole Latin word: "olt" does not stand in "volte"."""
    if not one.isascii():
        return one in text
    return re.search(rf"(?<![a-z0-9]){re.escape(one)}(?![a-z0-9])", text) is not None


def _weight(word: Word) -> float:
    """Long words are rare words: 1 for two characters, a little more for each further one."""
    return 1.0 + 0.25 * min(sum(max(len(term.text) - 2, 0) for term in word.terms), 8)


def lookup(word: Word, *, where: str = "", is_whole: bool = False) -> Expression:
    """What the index is asked for one word. It may answer with more than really meets it (see `score.met`), never with less.

    `is_whole`: its numbers and Latin words not as beginnings, but as they are.
    """
    sign = "^" if "title" in (word.where, where) else ""
    return all_of(
        Lexeme(f"{sign}{token}", is_prefix=term.is_prefix and not is_whole)
        for term in word.terms
        for token in term.tokens
    )


def lookup_any(wanted: Wanted, *, where: str = "") -> Expression:
    """What the index is asked for a word with its alternatives."""
    return any_of(lookup(word, where=where) for word in wanted.alternatives)


def matter(words: Iterable[Word]) -> list[Word]:
    """What is left of a sentence when its filling is taken out: each piece a word of its own; single characters only alone.

    >>> [word.text for word in matter([Word("专线中断怎么办", tuple(query_terms("专线中断怎么办")))])]
    ['专线中断']
    """
    found: dict[str, Word] = {}
    for word in words:
        for piece in _FILLING.sub(" ", simplified(word.text)).split():
            for term in query_terms(piece):
                found.setdefault(term.text, replace(word, text=term.text, terms=(term,), is_phrase=False))
    telling = [word for word in found.values() if len(word.text) > 1]
    return telling or list(found.values())


def fragments(words: Iterable[Word]) -> list[Word]:
    """Every bigram and every Latin word of these, each a word of its own: the widest net."""
    found: dict[str, Word] = {}
    for word in words:
        for term in word.terms:
            for token in term.tokens:
                one = Term(token, (token,), term.is_prefix)
                found.setdefault(token, replace(word, text=token, terms=(one,), is_phrase=False))
    return list(found.values())


def normal_groups(groups: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
    """Groups as the table has them → groups in normal form, each word once, groups of one left out."""
    found = [tuple(dict.fromkeys(filter(None, (normal(word).strip() for word in group)))) for group in groups]
    return [group for group in found if len(group) > 1]
