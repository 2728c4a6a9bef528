"""What is alike: texts that share rare words with one, as far as the reader sees them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models.functions import Substr

from huizhen.lib.zh import normal
from huizhen.search.matching.lexemes import Expression, Lexeme, all_of, any_of, facet_mark, scope_mark
from huizhen.search.matching.likeness import LEAST, RARE, likeness, shared, weighed
from huizhen.search.matching.wording import other_words
from huizhen.search.models import Entry
from huizhen.search.models.engines import Ask, engine
from huizhen.search.queries.synonyms import groups
from huizhen.search.registry import FULL, sources

SAMPLE, READ = 200, 3000
"""Newest entries from which rarity is estimated, and how much of each body is read for it and for likeness."""
MOST = 300
"""Candidates of each of the two looks."""
ASKED = 24
"""Words that each look asks for."""
CACHED, SECONDS = "search.terms", 600
LONGEST_TERM = 8
"""Characters of a keyword that is quoted."""
_LISTED = re.compile(r"[、，,；;。/\s]+")


@dataclass(frozen=True)
class Alike:
    """One thing that is alike. `words`: what both say. `facets` as its source gave them; `likeness` from 0 to about 1.5."""

    kind: str
    object_id: int
    level: str
    code: str
    title: str
    facets: Mapping[str, str]
    words: tuple[str, ...]
    likeness: float


def alike(
    reader: Any,
    *,
    strong: str,
    weak: str = "",
    kinds: Collection[str],
    states: Collection[str] = (),
    but: tuple[str, int] | None = None,
    most: int = 12,
) -> list[Alike]:
    """Things of these kinds, in one of these states, that say what this text says and few others do; most alike first.

    `strong` weighs more than `weak`; other words for the same, from the table of synonyms, count a little less. `but`: the thing itself.
    Four queries, one more for each kind found and one for the table when it is not cached: the words of the index are asked for
    candidates, their owners for who may see them.
    """
    known = {kind: source for kind, source in sources().items() if kind in kinds}
    sample = _sample()
    same = groups()
    weights = weighed(strong[:READ], weak[:READ], sample, groups=same)
    scopes = [Lexeme(scope_mark(kind, one)) for kind, source in known.items() for one in sorted(source.scopes(reader))]
    if len(weights) < 2 or not scopes:
        return []
    base: list[Expression] = [any_of(scopes)]
    if states:
        base.append(any_of(Lexeme(facet_mark("state", one)) for one in states))
    found = _ranked(_candidates(weights, sample, base), weights, but)
    seen = _readable(reader, found)
    text = "\n".join([strong, weak, *other_words(f"{strong}\n{weak}"[: 2 * READ], same)])
    spoken, terms = "\n".join(sample), _terms()
    shown: dict[tuple[str, int], Alike] = {}
    for score, row in found:
        thing = (row["kind"], row["object_id"])
        if (row["kind"], row["object_id"], row["level"]) not in seen or (thing in shown and row["level"] != FULL):
            continue
        if thing not in shown and len(shown) == most:
            break
        words = shared(text, f"{row['title']}\n{row['read']}", weights, sample=spoken, terms=terms)
        shown[thing] = Alike(
            row["kind"], row["object_id"], row["level"], row["code"], row["title"], row["facets"], words, score
        )
    return list(shown.values())


def _terms() -> frozenset[str]:
    """Words known as such: those of the table of synonyms, and the keywords of groups. Cached with the latter."""
    found: frozenset[str] | None = cache.get(CACHED)
    if found is None:
        bodies = Entry.objects.filter(kind="group").order_by("-pk").values_list("body", flat=True)[:SAMPLE]
        words = (normal(word).strip() for body in bodies for word in _LISTED.split(body))
        found = frozenset(word for word in words if 1 < len(word) <= LONGEST_TERM)
        cache.set(CACHED, found, SECONDS)
    return found | {word for group in groups() for word in group}


def _sample() -> list[str]:
    rows = Entry.objects.order_by("-pk").annotate(read=Substr("body", 1, READ // 2)).values_list("title", "read")
    return [normal(f"{title}\n{read}") for title, read in rows[:SAMPLE]]


def _candidates(weights: Mapping[str, float], sample: list[str], base: list[Expression]) -> set[int]:
    """The newest that have one of the rare words, and the newest that have two of the others: one of each half."""
    rare: list[str] = []
    rest: list[str] = []
    for token in weights:
        (rare if sum(token in one for one in sample) <= RARE * len(sample) + 1 else rest).append(token)
    ids: set[int] = set()
    if rare:
        ids.update(_found(rare[:ASKED], base))
    if len(rest) > 1:
        half = [any_of(Lexeme(one) for one in rest[at : 2 * ASKED : 2]) for at in (0, 1)]
        ids.update(engine().find(Ask(all_of([*half, *base]), MOST)))
    return ids


def _found(tokens: list[str], base: list[Expression]) -> list[int]:
    return engine().find(Ask(all_of([any_of(Lexeme(one) for one in tokens), *base]), MOST))


def _ranked(
    ids: Iterable[int], weights: Mapping[str, float], but: tuple[str, int] | None
) -> list[tuple[float, dict[str, Any]]]:
    columns = ("id", "kind", "object_id", "level", "code", "title", "facets")
    rows = Entry.objects.filter(pk__in=list(ids)).annotate(read=Substr("body", 1, READ)).values(*columns, "read")
    scored = [
        (likeness(weights, normal(row["title"]), normal(row["read"])), row)
        for row in rows
        if (row["kind"], row["object_id"]) != but
    ]
    near = [one for one in scored if one[0] >= LEAST]
    return sorted(near, key=lambda one: (-round(one[0], 6), -one[1]["id"]))[:60]


def _readable(reader: Any, found: list[tuple[float, dict[str, Any]]]) -> set[tuple[str, int, str]]:
    """What the owners let her see, whatever the index says. One call for each kind."""
    pairs: dict[str, list[tuple[int, str]]] = {}
    for _score, row in found:
        pairs.setdefault(row["kind"], []).append((row["object_id"], row["level"]))
    known = sources()
    return {
        (kind, *pair) for kind, some in pairs.items() if kind in known for pair in known[kind].readable(reader, some)
    }
