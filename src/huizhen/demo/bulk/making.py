"""One more case from a template: its rows, and its chain in the journal."""

from __future__ import annotations

import hmac
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from huizhen.demo.bulk.days import Days
from huizhen.demo.bulk.shapes import Template
from huizhen.demo.bulk.templates import ORDER, encode
from huizhen.demo.bulk.words import Unchanged, Wording, wording
from huizhen.demo.bulk.world import Cast, World
from huizhen.reports.actions.loading import Loading
from huizhen.search.registry import Document

Stamp = Callable[[datetime], str]
_NOBODY = (None, "", '""')
_LABELS = [model._meta.label_lower for model in ORDER]


def stamp_of() -> Stamp:
    """How a moment, in UTC without its zone, is written for the database: SQLite keeps none."""
    if connection.vendor == "sqlite":
        return lambda moment: moment.isoformat(" ")
    return lambda moment: moment.isoformat(" ") + "+00"


@dataclass
class Telling:
    """The case being made: its code, its first key in each table, its people, words and days."""

    code: str
    begins: int
    first: list[int]
    cast: Cast
    words: Wording
    keys: list[str]
    days: Days
    world: World
    stamp: Stamp

    def name_of(self, number: int) -> str:
        """The key of a row as people's addresses have it, with its hyphens."""
        key = self.keys[number]
        return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"

    def iso(self, moment: datetime) -> str:
        """A moment as the digests of the journal have it."""
        return moment.isoformat(timespec="microseconds") + "+00:00"

    def local(self, moment: datetime) -> str:
        """A moment as journal data have it: in the zone of the office."""
        return moment.replace(tzinfo=UTC).astimezone(self.days.tz).isoformat()

    def namesake(self, name: str) -> str:
        """Who stands for somebody told by name."""
        person = self.world.named.get(name)
        return name if person is None else self.world.users[self.cast.people.get(person, person)][1]


@dataclass
class Made:
    """Rows of many cases, by the number of their table; journal rows and the ends of their chains; what search finds and what is counted of them."""

    rows: list[list[Sequence[Any]]]
    entries: list[tuple[Any, ...]]
    heads: list[tuple[Any, ...]]
    documents: list[Document]
    figures: Loading = field(default_factory=Loading)


class Maker:
    """Makes cases one after the other. `first` are the first free keys of the tables, `journal` of entries and heads."""

    def __init__(
        self, *, world: World, days: Days, key: bytes, stamp: Stamp, first: list[int], journal: tuple[int, int]
    ) -> None:
        self.world, self.days, self.key, self.stamp = world, days, key, stamp
        self.first, self.journal = first, list(journal)
        self.actors = {person: (user, name, encode(name)) for person, (user, name) in world.users.items()}
        self.made = Made([[] for _ in ORDER], [], [], [])

    def take(self) -> Made:
        """What was made since the last time."""
        made, self.made = self.made, Made([[] for _ in ORDER], [], [], [])
        return made

    def add(
        self, template: Template, *, rng: random.Random, code: str, begins: int, now: datetime, recast: bool = True
    ) -> int:
        """One more case on the working day `begins`; its key. `now`: when its journal rows are said to be written.

        Unless `recast`, its people and texts are those of the template.
        """
        cast = self.world.cast(template.parts, rng) if recast else Cast(city=self.world.city_of(template.parts.branch))
        telling = Telling(
            code=code,
            begins=begins,
            first=self.first,
            cast=cast,
            words=wording(rng, cast.city) if recast else Unchanged(),
            keys=[_uuid(rng) for _ in range(template.keys)],
            days=self.days,
            world=self.world,
            stamp=self.stamp,
        )
        values = [make(telling) for make in template.slots]
        self._tell(template, telling, values, rng, now.astimezone(UTC).replace(tzinfo=None))
        if template.story:
            self.made.documents += template.story.documents(telling, values)
        figures = template.figures
        self.made.figures.add(self.first[0], figures.place_of(cast), figures.facts_of(begins, self.days))
        values += template.kept
        rows = self.made.rows
        for table, pick in template.rows:
            rows[table].append(pick(values))
        pk = self.first[0]
        self.first = [first + size for first, size in zip(self.first, template.sizes, strict=True)]
        return pk

    def _tell(self, template: Template, telling: Telling, made: list[Any], rng: random.Random, now: datetime) -> None:
        """The journal rows: numbered and chained for each target, then the heads of the chains.

        The digest is that of `journal.models.digest_of`, over the same text put together from pieces.
        """
        txns = [_uuid(rng) for _ in range(template.txns)]
        ends: dict[tuple[int, int], tuple[int, str]] = {}
        written, recorded = self.stamp(now), telling.iso(now)
        add, key, code = self.made.entries.append, self.key, telling.code
        entry = self.journal[0]
        for one in template.happenings:
            seq, previous = ends.get(one.target, (0, ""))
            seq += 1
            user, name, quoted = _NOBODY if one.actor is None else self.actors[made[one.actor]]
            label, target, txn = _LABELS[one.target[0]], made[one.target_id], txns[one.txn]
            told = "".join([piece if isinstance(piece, str) else str(made[piece]) for piece in one.told])
            covered = (
                f'["{made[one.at]}","{recorded}","{txn}",{"null" if user is None else user},{quoted},"",'
                f'"{one.verb}","{label}",{target},"{code}",{seq},{told},"{previous}"]'
            )
            digest = hmac.digest(key, covered.encode(), "sha256").hex()
            add(
                (entry, made[one.stamp], written, txn, user, name, "", one.verb, label, target, code, seq, told, previous, digest)
            )  # fmt: skip
            entry += 1
            ends[one.target] = (seq, digest)
        self.journal[0] = entry
        for (table, number), (seq, digest) in ends.items():
            target = telling.first[table] + number
            self.made.heads.append((self.journal[1], _LABELS[table], target, seq, digest, written, 0))
            self.journal[1] += 1


def _uuid(rng: random.Random) -> str:
    """32 hexadecimal digits of a random UUID (RFC 9562, version 4)."""
    bits = f"{rng.getrandbits(128):032x}"
    return f"{bits[:12]}4{bits[13:16]}{'89ab'[int(bits[16], 16) & 3]}{bits[17:]}"
