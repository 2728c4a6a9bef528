"""Writing one entry: who may be named in it, what may stand in it, and how it joins its chain."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.utils import timezone

from huizhen.journal import registry
from huizhen.journal.models import COVERED, ChainHead, Entry, Outbox, digest_of, journal_key
from huizhen.lib.errors import StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal

LONGEST = 300
# A mobile number inside a hexadecimal digest is an accident (one digest in some four hundred has one), hence the letters.
_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?![0-9A-Za-z])")


class Actor(Protocol):
    """What the journal asks of a user: `accounts` stands above and is not imported."""

    @property
    def pk(self) -> Any: ...

    @property
    def name(self) -> Any: ...


class _Mark:
    """Remembers the id of a transaction among its commit hooks, which Django drops when the transaction ends either way.

    The Atomic object itself cannot carry the id: `@transaction.atomic` uses one object for every call of its function.
    """

    def __init__(self, block: str | None) -> None:
        self.block = block
        self.txn = uuid.uuid4().hex

    def __call__(self) -> None:
        """Nothing is to be done at commit."""


def _transaction_id() -> str:
    """One random id per outermost atomic block; the blocks a test case wraps around a test do not count.

    Inside a test case the outermost block of ours is a savepoint, whose name tells one action from the next.
    """
    db: Any = connection
    depth = next((depth for depth, block in enumerate(db.atomic_blocks) if not block._from_testcase), None)
    if depth is None:
        raise RuntimeError("journal.record outside transaction.atomic: the entry must stand or fall with what it tells")
    block = db.savepoint_ids[depth - 1] if depth else None
    newest = next((hook for _, hook, _ in reversed(db.run_on_commit) if isinstance(hook, _Mark)), None)
    if newest is None or newest.block != block:
        newest = _Mark(block)
        transaction.on_commit(newest)
    return newest.txn


def _plain(value: Any, where: str) -> Any:
    """The value as JSON that both databases give back unchanged, or a ValueError: an entry holds no texts and no phones."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = str(value)
        if len(text) > LONGEST:
            raise ValueError(f"journal data {where}: texts do not belong into the journal ({len(text)} characters)")
        if _PHONE.search(text):
            raise ValueError(f"journal data {where}: a phone number does not belong into the journal")
        if "\0" in text:
            raise ValueError(f"journal data {where}: NUL")
        text.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
        return text
    if isinstance(value, int):
        if _PHONE.fullmatch(str(int(value))):
            raise ValueError(f"journal data {where}: a phone number does not belong into the journal")
        return int(value)
    if isinstance(value, datetime):
        return _aware(value, where).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_plain(_key(key, where), where): _plain(inner, f"{where}.{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, f"{where}[{index}]") for index, inner in enumerate(value)]
    raise ValueError(f"journal data {where}: {type(value).__name__} is not an id, a label, a digest or a moment")


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        raise ValueError(f"journal data {where}: key {key!r} is not a string")
    return key


def _aware(moment: datetime, where: str) -> datetime:
    if timezone.is_naive(moment):
        raise ValueError(f"journal {where}: {moment} has no time zone")
    return moment


def _label(value: str, length: int) -> str:
    """A label of one line, personal data masked, cut to its column."""
    return mask_personal(clean(value))[0][:length]


def _lock_head(target_type: str, target_id: int, now: datetime) -> ChainHead:
    """The head of a chain, ours until the transaction ends: by row lock on PostgreSQL, by the IMMEDIATE transaction on SQLite."""
    heads = ChainHead.objects.select_for_update().filter(target_type=target_type, target_id=target_id)
    if head := heads.first():
        return head
    # Two first writers: the second waits here for the first to commit, then adds nothing and locks the row it finds.
    ChainHead.objects.bulk_create(
        [ChainHead(target_type=target_type, target_id=target_id, changed_at=now)], ignore_conflicts=True
    )
    return heads.get()


def record(
    verb: str,
    target: models.Model,
    *,
    by: Actor | None,
    at: datetime,
    label: str = "",
    on_behalf_of: str = "",
    **data: Any,
) -> Entry:
    """Write down one happening in the running transaction.

    Locks the target's chain head, moves it, adds the entry, adds one outbox row per registered reader. An action that writes
    about several targets takes them in the order of (type, id), or two of them may deadlock. RuntimeError outside
    `transaction.atomic`; ValueError for data that does not belong into the journal.
    """
    txn = _transaction_id()
    if target.pk is None:
        raise ValueError("journal.record of a target that is not saved")
    now = timezone.now()  # not `at`: when the row was really written is evidence, not an argument
    target_type = (target._meta.concrete_model or type(target))._meta.label_lower
    told = _plain(data, verb)
    head = _lock_head(target_type, int(target.pk), now)
    entry = Entry(
        at=_aware(at, "at"),
        recorded_at=now,
        txn=txn,
        actor_id=None if by is None else by.pk,
        actor_name="" if by is None else _label(by.name, 64),
        on_behalf_of=_label(on_behalf_of, 64),
        verb=verb,
        target_type=target_type,
        target_id=int(target.pk),
        target_label=_label(label or str(target), 200),
        seq=head.seq + 1,
        data=told,
        previous=head.digest,
    )
    entry.digest = digest_of([getattr(entry, name) for name in COVERED], journal_key())
    mine = ChainHead.objects.filter(pk=head.pk, seq=head.seq)
    if not mine.update(seq=entry.seq, digest=entry.digest, changed_at=now):
        raise StaleWrite("journal_head", target=f"{target_type}:{target.pk}")
    entry.save()
    if readers := registry.readers():
        Outbox.objects.bulk_create([Outbox(entry=entry, reader=reader) for reader in readers])
    return entry


@dataclass(frozen=True)
class Told:
    """One of many entries that are written together: about what, under which label, with what data."""

    target: models.Model
    label: str
    data: Mapping[str, Any] = field(default_factory=dict)


def record_all(
    verb: str, rows: Sequence[Told], *, by: Actor | None, at: datetime, on_behalf_of: str = ""
) -> list[Entry]:
    """Write down the same happening of many things of one kind, each once, in the running transaction: a handful of queries for thousands.

    What is written is what `record` writes for each; the heads are locked in the order of their targets. ValueError also when a
    target comes twice or the kinds differ.
    """
    if not rows:
        return []
    txn, now, key = _transaction_id(), timezone.now(), journal_key()
    kinds = {(row.target._meta.concrete_model or type(row.target))._meta.label_lower for row in rows}
    by_id = {int(row.target.pk): row for row in sorted(rows, key=lambda row: int(row.target.pk))}
    if len(kinds) > 1 or len(by_id) < len(rows):
        raise ValueError("journal.record_all wants different targets of one kind")
    kind = kinds.pop()
    heads = _lock_heads(kind, list(by_id), now)
    entries = []
    for target_id, row in by_id.items():
        head = heads[target_id]
        entry = Entry(
            at=_aware(at, "at"), recorded_at=now, txn=txn, actor_id=None if by is None else by.pk,
            actor_name="" if by is None else _label(by.name, 64), on_behalf_of=_label(on_behalf_of, 64), verb=verb,
            target_type=kind, target_id=target_id, target_label=_label(row.label, 200), seq=head.seq + 1,
            data=_plain(row.data, verb), previous=head.digest,
        )  # fmt: skip
        entry.digest = digest_of([getattr(entry, name) for name in COVERED], key)
        head.seq, head.digest, head.changed_at = entry.seq, entry.digest, now
        entries.append(entry)
    ChainHead.objects.bulk_update(heads.values(), ["seq", "digest", "changed_at"], batch_size=_BATCH)
    entries = Entry.objects.bulk_create(entries, batch_size=_BATCH)
    for reader in registry.readers():
        Outbox.objects.bulk_create([Outbox(entry=entry, reader=reader) for entry in entries], batch_size=_BATCH)
    return entries


_BATCH = 200


def _lock_heads(kind: str, ids: Sequence[int], now: datetime) -> dict[int, ChainHead]:
    """The heads of many chains by target, new ones made, all ours until the transaction ends. Batches, in order: SQLite takes 999 values."""
    found: dict[int, ChainHead] = {}
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        ChainHead.objects.bulk_create(
            [ChainHead(target_type=kind, target_id=one, changed_at=now) for one in some], ignore_conflicts=True
        )
        locked = ChainHead.objects.select_for_update().filter(target_type=kind, target_id__in=some)
        found |= {one.target_id: one for one in locked.order_by("target_id")}
    return found
