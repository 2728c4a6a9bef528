"""Who was told of the steps of a case's ladders, and whether she read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from huizhen.cases.models import Case
from huizhen.journal.models import Entry
from huizhen.journal.queries import entries_of
from huizhen.notifications.models import Message

MOST_STEPS = 40
VERBS = tuple(f"clock_{step}" for step in ("half", "late", "late_1", "late_3")) + tuple(
    f"measure_{step}" for step in ("soon", "due", "late_1", "late_3")
)


@dataclass(frozen=True)
class Hearer:
    """One who was told. `stands_in_for`: she acts for somebody away, whose name it is."""

    name: str
    stands_in_for: str
    read_at: datetime | None


@dataclass(frozen=True)
class Told:
    """A step that was told: the words' verb, its figures, and who heard of it. Empty `hearers`: nobody yet, or nobody could."""

    verb: str
    at: datetime
    amount: int | None
    due: str
    hearers: tuple[Hearer, ...]


@dataclass(frozen=True)
class Ladder:
    """The steps of one clock or measure, first step first. `number` is that of a measure."""

    clock: str
    number: int | None
    is_running: bool
    steps: tuple[Told, ...]


def ladders_of(case: Case) -> list[Ladder]:
    """The ladders of a case, the clock that runs first, then the newest. Two queries."""
    steps = list(entries_of(case).filter(verb__in=VERBS).order_by("-seq")[:MOST_STEPS])
    heard = _hearers({one.txn for one in steps})
    grouped: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for one in steps:
        grouped[_of(one)].append(one)
    found = [_ladder(case, rows, heard) for rows in grouped.values()]
    return sorted(found, key=lambda one: not one.is_running)


def _of(entry: Entry) -> tuple[str, str, str]:
    data = entry.data
    return str(data.get("clock", "")), str(data.get("measure") or data.get("key", "")), str(data.get("start", ""))


def _ladder(case: Case, rows: list[Entry], heard: dict[str, list[tuple[set[int], Hearer]]]) -> Ladder:
    first = rows[0]
    clock, _key, start = _of(first)
    runs = bool(clock) and case.is_open and clock == case.clock and _moment(start) == case.clock_since
    steps = tuple(
        Told(
            verb=one.verb,
            at=one.at,
            amount=one.data.get("amount") if isinstance(one.data.get("amount"), int) else None,
            due=str(one.data.get("due") or one.data.get("due_on") or ""),
            # steps of one transaction are told together, by the last of them
            hearers=tuple(
                hearer
                for entries, hearer in heard.get(one.txn, ())
                if any(row.pk in entries for row in rows if row.txn == one.txn and row.seq >= one.seq)
            ),
        )
        for one in reversed(rows)
    )
    number = first.data.get("number")
    return Ladder(clock, number if isinstance(number, int) else None, runs, steps)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _hearers(txns: Iterable[str]) -> dict[str, list[tuple[set[int], Hearer]]]:
    """Transaction → who was told of which of its entries, in order of names."""
    found: dict[str, list[tuple[set[int], Hearer]]] = defaultdict(list)
    rows = Message.objects.filter(txn__in=set(txns)).select_related("person", "stands_in_for")
    for one in rows.order_by("person__sort_key", "pk"):
        away = one.stands_in_for.name if one.stands_in_for else ""
        found[one.txn].append(({pk for pk, _event in one.entries}, Hearer(one.person.name, away, one.read_at)))
    return found
