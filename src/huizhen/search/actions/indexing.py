"""Documents into the index and out of it. One writer at a time: who reads documents to write them holds `writing` meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from huizhen.journal.actions import hold, read_whole
from huizhen.journal.models import Outbox
from huizhen.search.choices import READER
from huizhen.search.matching.lexemes import LONGEST_BODY, VERSION, lexemes_of
from huizhen.search.models import Entry, entry_id
from huizhen.search.models.engines import Row, engine
from huizhen.search.registry import Document, sources

BATCH = 500
BULK = 5_000
LEASE = timedelta(minutes=2)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest_of(document: Document) -> str:
    """32 hexadecimal digits over all of a document and the version of our tokens."""
    whole = [
        VERSION, document.kind, document.object_id, document.level, document.code, document.at.timestamp(), document.title,
        document.body, document.scopes, document.keys, dict(document.facets),
    ]  # fmt: skip
    return hashlib.blake2b(_encode(whole).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _row(one: Document) -> Row:
    return Row(
        entry_id(one.at, one.kind, one.object_id, one.level), one.kind, one.object_id, one.level, one.code, one.at, one.title,
        "\n".join(one.keys), one.body[:LONGEST_BODY], "\n".join(one.scopes), _encode(dict(one.facets)), digest_of(one),
        lexemes_of(one),
    )  # fmt: skip


def writing() -> None:
    """Waits until this transaction is the only one that writes the index; two could else write one thing in the wrong order."""
    hold(READER)


def put(documents: Iterable[Document]) -> int:
    """Write documents into the index; what is there unchanged is left alone. Counts the entries written.

    Replaces the entry of the same kind, object and level. ValueError: an object beyond the 25 bits of the key.
    """
    return sum(_put(some) for some in _batches(documents, BATCH))


@transaction.atomic
def _put(documents: Sequence[Document]) -> int:
    wanted = {(one.kind, one.object_id, one.level): one for one in documents}
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, object_id, _level in wanted:
        by_kind[kind].add(object_id)
    there: dict[tuple[str, int, str], tuple[int, str]] = {}
    for kind, ids in by_kind.items():
        rows = Entry.objects.filter(kind=kind, object_id__in=ids)
        for key, object_id, level, digest in rows.values_list("id", "object_id", "level", "digest"):
            there[kind, object_id, level] = key, digest
    fresh = {thing: one for thing, one in wanted.items() if thing not in there or there[thing][1] != digest_of(one)}
    if gone := [there[thing][0] for thing in fresh if thing in there]:
        engine().drop(gone)
    if fresh:
        engine().put(pack(fresh.values()))
    return len(fresh)


def put_many(documents: Iterable[Document], *, fresh: bool = False) -> int:
    """Write very many documents, BULK in a transaction. `fresh`: none of them is in the index yet, which nobody then checks.

    Counts the entries written. IntegrityError: they were not fresh.
    """
    if not fresh:
        return put(documents)
    count = 0
    for some in _batches(documents, BULK):
        with transaction.atomic():
            engine().put(pack(some))
        count += len(some)
    return count


def pack(documents: Iterable[Document]) -> Any:
    """Documents as `put_packed` takes them: all the work on them but writing. Asks nothing of the database; another process may do it."""
    return engine().pack([_row(one) for one in documents])


@transaction.atomic
def put_packed(packed: Any) -> None:
    """Write packed documents, none of which is in the index yet. IntegrityError: one of them is."""
    engine().put(packed)


@contextmanager
def bulk_load() -> Iterator[None]:
    """Around `put_many` of very many: what makes finding fast is made once, at the end. Searches are slow meanwhile, but right.

    Who dies in between leaves it unmade: `huizhen doctor` says so, a rebuild makes it.
    """
    engine().unmake()
    try:
        yield
    finally:
        engine().mend()


def mend() -> None:
    """Make what makes finding fast, if somebody died before he had made it again."""
    if not engine().is_whole():
        engine().mend()


@transaction.atomic
def drop(kind: str, ids: Collection[int]) -> int:
    """Take everything about these things out of the index. Counts the entries."""
    gone = list(Entry.objects.filter(kind=kind, object_id__in=ids).values_list("id", flat=True))
    engine().drop(gone)
    return len(gone)


def refresh(kind: str, ids: Collection[int]) -> tuple[int, int]:
    """Read these things anew from their source; entries of what has no document any more go. Counts written and removed.

    Belongs to the caller's transaction, which holds `writing`.
    """
    asked = sorted(ids)
    written = removed = 0
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        documents = list(sources()[kind].documents(some))
        now = {(one.object_id, one.level) for one in documents}
        rows = Entry.objects.filter(kind=kind, object_id__in=some).values_list("id", "object_id", "level")
        gone = [key for key, object_id, level in rows if (object_id, level) not in now]
        engine().drop(gone)
        removed += len(gone)
        written += put(documents)
    return written, removed


# ── news from the journal


def read_news(*, by: str, at: datetime, limit: int = 30) -> dict[str, int] | None:
    """Take the oldest unread entries of the journal and bring the index up to them; None when there is nothing to read.

    A thing whose source fails is put off for LEASE, with its entries; the others go on.
    """
    return read_whole(READER, _take, by=by, at=at, limit=limit, lease=LEASE)


def _take(rows: list[Outbox]) -> dict[str, int]:
    entries = [row.entry for row in rows]
    changes = [refresh(kind, ids) for kind, source in sources().items() if (ids := source.touched(entries))]
    return {"written": sum(written for written, _ in changes), "removed": sum(removed for _, removed in changes)}


def _batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    rest = iter(documents)
    while some := list(islice(rest, size)):
        yield some
