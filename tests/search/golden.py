"""The golden set: what people type over the demo and what must be among the first five; and words that must be found because they occur."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.queries import Standing, standing
from huizhen.lib.zh import normal
from huizhen.search.models import Entry
from huizhen.search.queries import Hit, find
from huizhen.search.registry import SUMMARY

FIRST = 5
COMMON = 3
"""A run of two characters in the texts of this many things is taken for a word."""
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_LATIN = re.compile(r"(?<![0-9a-z.])[0-9a-z][0-9a-z.\-]*[0-9a-z](?![0-9a-z.])")


@dataclass(frozen=True)
class Query:
    """One line of the set."""

    sort: str
    text: str
    reader: str
    expected: tuple[str, ...]
    why: str


def queries() -> list[Query]:
    """Every line, in the order of the file."""
    lines = yaml.safe_load(Path(__file__).with_name("golden.yaml").read_text(encoding="utf-8"))
    return [
        Query(sort, str(text), reader, tuple(map(str, expected)), ", ".join(why))
        for sort, rows in lines.items()
        for text, reader, expected, *why in rows
    ]


def reader(role: str, at: datetime) -> Standing:
    """The demo account of a role."""
    return standing(User.objects.get(username=role), on=timezone.localdate(at))


def is_met(expected: str, hit: Hit) -> bool:
    """Whether a hit is the thing that was meant: "case …", "summary …" and "challenge …" by title, the others by code."""
    kind, _, name = expected.partition(" ")
    title = "".join(text for text, _ in hit.title)
    if kind == "summary":
        return hit.kind == "case" and hit.level == SUMMARY and title.startswith(name)
    named = hit.code == name if kind in ("group", "expert") else title.startswith(name)
    return hit.kind == kind and hit.level != SUMMARY and named


def missed(query: Query, who: Standing, at: datetime) -> list[str]:
    """What was expected and is not among the first five."""
    hits = find(who, query.text, size=FIRST, at=at).hits[:FIRST]
    return [one for one in query.expected if not any(is_met(one, hit) for hit in hits)]


def occurring() -> Iterator[str]:
    """Words of the data, found by machine: runs of two characters that many things have, and every Latin or number word."""
    pairs: Counter[str] = Counter()
    words: set[str] = set()
    for title, body in Entry.objects.filter(level="full").values_list("title", "body"):
        text = normal(f"{title}\n{body}")
        pairs.update({run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)})
        words.update(_LATIN.findall(text))
    yield from sorted(pair for pair, count in pairs.items() if count >= COMMON)
    yield from sorted(words)


@cache
def roles() -> tuple[str, ...]:
    return tuple(dict.fromkeys(query.reader for query in queries()))


def figures(at: datetime, *, every: int = 1) -> dict[str, Any]:
    """How the whole set is met: share of queries, what is missed, and words that occur but find nothing (each `every`-th is asked)."""
    people = {role: reader(role, at) for role in roles()}
    lost = {query: gone for query in queries() if (gone := missed(query, people[query.reader], at))}
    words = list(occurring())[::every]
    silent = [word for word in words if not find(people["coordinator"], word, size=1, at=at).hits]
    total = len(queries())
    return {"queries": total, "met": (total - len(lost)) / total, "lost": lost, "words": len(words), "silent": silent}
