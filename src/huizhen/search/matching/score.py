"""How well a text meets a question: fields weighted and saturated after BM25F, age, kind. The same numbers on both databases.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009). There are no statistics of the whole collection:
how rare a word is, is measured among the candidates, and by its length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from huizhen.lib.zh import normal, squeezed
from huizhen.search.matching.question import Word
from huizhen.search.matching.wording import Wanted

FIELDS = {"title": 3.0, "keys": 2.0, "body": 1.0}
K1, B, MIDDLING = 1.2, 0.6, 600
"""Saturation, how much length counts, and the length of a middling body in characters."""
HALF_LIFE = 400.0
"""Days after which the part that age has in a score is halved."""
AGED = 0.25
OF_KIND: Mapping[str, float] = {"method": 1.15, "group": 0.9, "challenge": 0.8, "expert": 0.6}
"""What a hit in the body alone counts; one in title, code or keys counts whole."""
SYNONYM = 0.85
"""What meeting another word of the same meaning is worth."""
EXACT = 4.0
"""What a code, key or title that is just what was typed has on top: more than everything else together."""
KIND_NAMED = 2.5
"""A word that names the kind of the hit: "工作法" is met by each of them, and better than by a text that says it."""
_PLAIN = re.compile("[\u4e00-\u9fff]+")
"""Terms that `normal` leaves as they are, wherever they stand."""


@dataclass(frozen=True)
class Text:
    """One candidate, all but `raw` in normal form. `keys` are joined by newlines; `age` in days.

    `raw`: its body as it is: to bring hundreds into normal form costs more than all the rest. `worth`: what its state makes of a score.
    """

    id: int
    kind: str
    object_id: int
    level: str
    code: str
    title: str
    keys: str
    raw: str
    age: float
    worth: float = 1.0

    @cached_property
    def body(self) -> str:
        """The body in normal form."""
        return normal(self.raw)

    def is_named(self, text: str) -> bool:
        """Whether that is its code, or one of its keys."""
        return text == self.code or (text in self.keys and f"\n{text}\n" in f"\n{self.keys}\n")

    @cached_property
    def squeezed(self) -> str:
        """All of it without the dashes inside Latin runs."""
        return squeezed("\n".join((self.title, self.code, self.keys, self.body)))


def met(wanted: Wanted, text: Text) -> float:
    """How well one word is met, 0 when it is not: the index answers with more than what stands together."""
    best = 0.0
    for place, word in enumerate(wanted.alternatives):
        if score := _word(word, text):
            best = max(best, score * (SYNONYM if place else 1.0))
    return max(best, KIND_NAMED) if wanted.kind == text.kind else best


def _word(word: Word, text: Text) -> float:
    """The mean of its terms, which must all be there; more when it is all of a name."""
    exact = EXACT if word.where != "title" and text.is_named(word.text) else 0.0
    if word.where == "code":
        return 1.0 + exact if _numbered(word.text, text) else 0.0
    terms = [word.text] if word.is_phrase else [term.text for term in word.terms]
    total = 0.0
    for term in terms:
        score = _term(term, word.where, text)
        if not score:
            return 0.0
        total += score
    return total / len(terms) + (exact if len(terms) > 1 else 0.0)


def _numbered(text: str, of: Text) -> bool:
    """Whether it stands in the code, or begins a number that the thing had elsewhere ("旧-12"). Names without a digit are no numbers."""
    return text in of.code or any(key.startswith(text) and any(map(str.isdigit, key)) for key in of.keys.split("\n"))


def _term(term: str, where: str, text: Text) -> float:
    title = text.title.count(term)
    keys = 0 if where else text.code.count(term) + text.keys.count(term)
    body = 0 if where else _in_body(term, text, is_elsewhere=bool(title or keys))
    if not (title or keys or body):
        # "mkt01" is met by "mkt-01", and counts a little.
        return 0.1 if len(term) > 2 and term.isascii() and not where and term in text.squeezed else 0.0
    long = 1 - B + B * max(len(text.raw), MIDDLING // 2) / MIDDLING
    weighted = FIELDS["title"] * title + FIELDS["keys"] * keys + FIELDS["body"] * body / long
    score = weighted * (K1 + 1) / (weighted + K1)
    if term == text.title or (keys and text.is_named(term)):
        score += EXACT
    elif text.title.startswith(term):
        score += 0.3
    return score


def _in_body(term: str, text: Text, *, is_elsewhere: bool) -> int:
    """How often, at most 20 times. Chinese is looked for in the body as it is, and in its normal form only if it is found nowhere."""
    if not _PLAIN.fullmatch(term):
        return min(text.body.count(term), 20)
    count = text.raw.count(term)
    return min(count if count or is_elsewhere else text.body.count(term), 20)


def _named(wanted: Wanted, text: Text) -> bool:
    """Whether a word stands in the title or the code, or begins a key, or names its kind."""
    return wanted.kind == text.kind or any(
        term.text in text.title or term.text in text.code or f"\n{term.text}" in f"\n{text.keys}"
        for word in wanted.alternatives
        for term in word.terms
    )


def ranked(wanted: Sequence[Wanted], texts: Sequence[Text], *, is_relaxed: bool = False) -> list[tuple[float, Text]]:
    """The candidates that meet every word, best first; relaxed, those that meet any, by how much of the question they meet."""
    rows = [(text, [met(one, text) for one in wanted]) for text in texts]
    if not is_relaxed:
        rows = [(text, scores) for text, scores in rows if all(scores)]
    counts = [sum(1 for _, scores in rows if scores[place]) for place in range(len(wanted))]
    weights = [one.weight * math.log(1.5 + len(rows) / (1 + counts[place])) for place, one in enumerate(wanted)]
    whole = sum(weights) or 1.0
    found = []
    for text, scores in rows:
        if wanted and not any(scores):
            continue
        score = sum(weight * score for weight, score in zip(weights, scores, strict=True)) / whole
        if is_relaxed:
            score *= (sum(weight for weight, score in zip(weights, scores, strict=True) if score) / whole) ** 2
        fresh = 1 - AGED + AGED * 0.5 ** (max(text.age, 0.0) / HALF_LIFE)
        kind = OF_KIND.get(text.kind, 1.0)
        if kind < 1 and any(_named(one, text) for one in wanted):
            kind = 1.0
        worth = (
            1.0
            if any(one.text in (text.code, text.title) for wish in wanted for one in wish.alternatives)
            else text.worth
        )
        found.append(((score or 1.0) * fresh * kind * worth, text))
    found.sort(key=lambda pair: (-pair[0], -pair[1].id))
    return found
