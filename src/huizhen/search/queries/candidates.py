"""What comes into question: keys from the engine, one for each thing, and their texts as they are weighed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.fields.json import KeyTextTransform

from huizhen.lib.zh import normal
from huizhen.search.matching.lexemes import Expression, Joined, Without, all_of
from huizhen.search.matching.score import Text
from huizhen.search.models import Entry
from huizhen.search.models.engines import Ask, engine
from huizhen.search.models.entry import thing_of
from huizhen.search.registry import worths

MOST = 200
"""Things that are scored, of titles and of everything each."""


@dataclass(frozen=True)
class Candidates:
    """Keys of things, newest first, each once: at the fullest level that was found. `twins`: the key of a thing's other level.

    `last`: the least key of the newest MOST things when there are more of them, else 0; `beyond`: older things that are candidates.
    """

    keys: tuple[int, ...] = ()
    twins: dict[int, int] = field(default_factory=dict)
    last: int = 0
    beyond: frozenset[int] = frozenset()

    @property
    def is_many(self) -> bool:
        """Whether there is more than what is weighed."""
        return self.last > 0


def candidates(every: Expression, telling: Sequence[Expression], since: int, before: int) -> Candidates:
    """The newest MOST things that meet `every`; when there are more, as many of each of the `telling` expressions."""
    found, twins, last = _things(every, since, before)
    newest = set(map(thing_of, found))
    if last:
        for one in telling:
            more, others, _ = _things(one, since, before)
            found |= more
            twins |= others
    things = {thing_of(key): key for key in sorted(found)}
    beyond = frozenset(things) - newest
    return Candidates(tuple(sorted(things.values(), reverse=True)), twins, last, beyond)


def _things(wanted: Expression, since: int, before: int) -> tuple[set[int], dict[int, int], int]:
    """Asks for twice as many keys: the levels of a thing lie side by side, the full one first."""
    keys = engine().find(Ask(wanted, MOST * 2, since, before))
    last = 0
    full: dict[int, int] = {}
    twins: dict[int, int] = {}
    for key in keys:
        thing = thing_of(key)
        if thing in full:
            twins[full[thing]] = key
        elif len(full) == MOST:
            return set(full.values()), twins, last
        else:
            full[thing] = key
        last = key
    return set(full.values()), twins, last if len(keys) == MOST * 2 else 0


def joined(base: Expression, parts: Iterable[Expression]) -> Expression:
    """The words and everything else that is asked; what is not wanted stays outermost."""
    flat = list(parts)
    if isinstance(base, Without):
        return Without(joined(base.wanted, flat), base.unwanted)
    more = base.parts if isinstance(base, Joined) and base.how == "and" else (base,)
    return all_of([*flat, *more])


def texts_of(ids: Iterable[int], now: datetime) -> dict[int, Text]:
    """The candidates as they are weighed. Tuples, not models: there may be hundreds. One query."""
    worth = worths()
    state: Any = Value("")
    if worth:
        told = KeyTextTransform("state", F("facets"))
        state = Case(When(kind__in=list(worth), then=told), default=Value(""), output_field=CharField())
    columns = ("id", "kind", "object_id", "level", "code", "title", "keys", "body")
    rows = Entry.objects.filter(pk__in=list(ids)).values_list(*columns, state)
    today = now.timestamp()
    return {
        key: Text(
            key, kind, object_id, level, normal(code), normal(title), normal(keys), body, (today - (key >> 30)) / 86_400,
            worth[kind].get(named, 1.0) if kind in worth else 1.0,
        )
        for key, kind, object_id, level, code, title, keys, body, named in rows
    }  # fmt: skip
