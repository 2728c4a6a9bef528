"""A slow recount: every case is counted anew and compared with what was counted, then every sum with its facts. May mend what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count as Number
from django.db.models import Sum as Total

from huizhen.cases.models import Case
from huizhen.reports.actions.counting import Count, count, counted, counts_of, read_news, writing
from huizhen.reports.actions.sums import Key, Sums
from huizhen.reports.choices import COLUMNS, SPREADS, Kind
from huizhen.reports.models import Counted, Fact, Load, Spread, Tally

BATCH = 100
SHOWN = 50
PATHS = {Kind.ALL: None, Kind.DOMAIN: "domain", Kind.GROUP: "group", Kind.UNIT: "unit"}


@dataclass
class Recount:
    """What was looked at and what differed; of the names at most SHOWN are kept. `unreadable`: cases that could not be counted at all."""

    cases: int = 0
    wrong_cases: int = 0
    unreadable: int = 0
    wrong_sums: int = 0
    is_mended: bool = False
    codes: list[str] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not (self.wrong_cases or self.unreadable or self.wrong_sums)


def recount(*, by: str, at: datetime, repair: bool = False, told: Callable[[int], object] | None = None) -> Recount:
    """Compare everything, after the outbox was read to its end; `told` hears how many cases were looked at.

    Memory and length of a transaction are bounded: BATCH cases, or the sums of one kind of fact. Figures may change meanwhile: what
    differs is looked at again after the news were read.
    """
    found = Recount(is_mended=repair)
    _read_all(by, at)
    for keys in _batches():
        found.cases += len(keys)
        if wrong := _differing(keys):
            _read_all(by, at)
            _settle(wrong, found, repair)
        if told:
            told(found.cases)
    for compare in _comparisons():
        _compare_sums(compare, found, repair)
    return found


def _read_all(by: str, at: datetime) -> None:
    while read_news(by=by, at=at) is not None:
        pass


def _batches() -> Iterator[list[int]]:
    """Keys of cases and of what was counted of cases that are gone."""
    after = 0
    while True:
        keys = list(Case.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
        gone = Counted.objects.filter(pk__gt=after).exclude(case__in=keys).order_by("pk")
        if len(keys) == BATCH:
            gone = gone.filter(pk__lt=keys[-1])
        both = sorted({*keys, *gone.values_list("pk", flat=True)})
        if not both:
            return
        yield both
        after = both[-1]


def _now(keys: Collection[int]) -> tuple[dict[int, Count], set[int]]:
    """What there is to count, and the cases that cannot be counted."""
    try:
        return counts_of(keys), set()
    except Exception:
        found: dict[int, Count] = {}
        bad = set()
        for key in keys:
            try:
                found |= counts_of([key])
            except Exception:
                bad.add(key)
        return found, bad


@transaction.atomic
def _differing(keys: Collection[int]) -> set[int]:
    writing()
    (now, bad), before = _now(keys), counted(keys)
    return bad | {key for key in keys if before.get(key) != now.get(key)}


@transaction.atomic
def _settle(keys: Collection[int], found: Recount, repair: bool) -> None:
    writing()
    (now, bad), before = _now(keys), counted(keys)
    wrong = sorted(key for key in keys if key not in bad and before.get(key) != now.get(key))
    found.wrong_cases += len(wrong)
    found.unreadable += len(bad)
    codes = dict(Case.objects.filter(pk__in=[*wrong, *bad]).values_list("pk", "code"))
    found.codes += [codes.get(key, f"#{key}") for key in sorted({*wrong, *bad})][: SHOWN - len(found.codes)]
    if repair and wrong:
        count(wrong)


Compared = tuple[str, Counter[Key], Counter[Key], Callable[[Sums, Key, int], None]]
"""Its name, what the facts give, what the sums say, and how a difference is put right."""
Comparison = Callable[[], Compared]


def _comparisons() -> Iterator[Comparison]:
    for kind, path in PATHS.items():
        for metric in COLUMNS:
            yield partial(_tally, kind, path, metric)
        for what in SPREADS:
            yield partial(_spread, kind, path, what)
        yield partial(_load, kind, path)


@transaction.atomic
def _compare_sums(compare: Comparison, found: Recount, repair: bool) -> None:
    writing()
    name, right, there, put = compare()
    sums = Sums()
    for key in sorted(right.keys() | there.keys(), key=str):
        if right[key] != there[key]:
            found.wrong_sums += 1
            if len(found.sums) < SHOWN:
                found.sums.append(f"{name} {' '.join(map(str, key))}: {there[key]} ≠ {right[key]}")
            put(sums, key, right[key] - there[key])
    if repair:
        sums.write()


def _keyed(rows: Iterable[Any], has_scope: bool) -> Counter[Key]:
    """Rows campaign, [scope,] …, n by what is before n; no scope is 0."""
    found: Counter[Key] = Counter()
    for campaign, *rest in rows:
        scope, *more = rest if has_scope else [0, *rest]
        found[campaign, scope or 0, *more[:-1]] += more[-1]
    return found


def _tally(kind: Kind, path: str | None, metric: str) -> Compared:
    places = ["counted__campaign", *([f"counted__{path}"] if path else [])]
    facts = Fact.objects.filter(metric=metric).order_by().values_list(*places, "day").annotate(total=Total("n"))
    rows = Tally.objects.filter(kind=kind).exclude(**{metric: 0}).values_list("campaign", "scope", "day", metric)

    def put(sums: Sums, key: Key, n: int) -> None:
        campaign, scope, day = key
        sums.tallies.setdefault((campaign, kind.value, scope, day), Counter())[metric] += n

    return f"{kind} {metric}", _keyed(facts, bool(path)), _keyed(rows, True), put


def _spread(kind: Kind, path: str | None, what: str) -> Compared:
    places = ["counted__campaign", *([f"counted__{path}"] if path else [])]
    facts = Fact.objects.filter(metric=what).order_by().values_list(*places, "day", "value").annotate(total=Total("n"))
    rows = Spread.objects.filter(kind=kind, what=what).exclude(n=0)

    def put(sums: Sums, key: Key, n: int) -> None:
        campaign, scope, day, tenths = key
        sums.spreads[campaign, kind.value, scope, day, what, tenths] += n

    there = rows.values_list("campaign", "scope", "day", "tenths", "n")
    return f"{kind} {what}", _keyed(facts, bool(path)), _keyed(there, True), put


def _load(kind: Kind, path: str | None) -> Compared:
    places = ["campaign", *([path] if path else [])]
    held = Counted.objects.exclude(holder=None).order_by().values_list(*places, "holder").annotate(total=Number("pk"))
    rows = Load.objects.filter(kind=kind).exclude(n=0)

    def put(sums: Sums, key: Key, n: int) -> None:
        campaign, scope, person = key
        sums.loads[campaign, kind.value, scope, person] += n

    there = rows.values_list("campaign", "scope", "person", "n")
    return f"{kind} load", _keyed(held, bool(path)), _keyed(there, True), put
