"""Sealing: the heads that moved since the last seal go to a file outside the database, each file chained to the one before."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from huizhen.journal.models import ChainHead, Entry, Seal, journal_key
from huizhen.journal.queries.seals import SealFile, read_seals, seals_folder
from huizhen.lib.errors import StaleWrite

PAGE = 1000
ROUNDS = 20


def seal(*, at: datetime) -> Path:
    """Seal the journal as it stands and say where.

    Lists unsealed heads in a new file (VAR/seals/YYYY-MM-DD.jsonl, then -2, -3 …; read-only, never written again), notes the
    seal for the audit page, marks the heads as sealed. StaleWrite when another process is sealing.
    """
    try:
        with transaction.atomic():
            return _seal(at)
    except (IntegrityError, FileExistsError) as clash:
        raise StaleWrite("journal_seal") from clash


def _seal(at: datetime) -> Path:
    folder = seals_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = list(read_seals(folder))
    _note_orphans(files)
    before = Seal.objects.order_by("-number").first()
    number, previous = (before.number + 1, before.digest) if before else (1, "")
    fresh = folder / f".seal-{os.getpid()}-{time.monotonic_ns()}"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            writer = _Signed(file, journal_key())
            writer.line({"number": number, "at": at.astimezone(UTC).isoformat(), "previous": previous})
            listed = sum(writer.line(head) for head in _unsealed(at))
            heads, entries = ChainHead.objects.count(), Entry.objects.count()
            writer.line({"listed": listed, "heads": heads, "entries": entries})
            digest = writer.sign()
            os.fchmod(file.fileno(), 0o400)
        day = timezone.localdate(at)
        name = _free_name(day, {file.path.name for file in files})
        # The row first: its unique number makes a second sealer wait, then fail, before there is a second file.
        Seal.objects.create(
            number=number, at=at, day=day, file=name, digest=digest, listed=listed, heads=heads, entries=entries
        )
        os.link(fresh, folder / name)
    finally:
        fresh.unlink(missing_ok=True)
    _sync(folder)
    return folder / name


def _unsealed(at: datetime) -> Iterator[tuple[str, int, int, str]]:
    """Heads that moved since they were sealed; each is marked as sealed in the same transaction.

    On PostgreSQL a head that is being written is passed by and asked for again, so that sealing never waits while it holds locks.
    """
    moved = ChainHead.objects.filter(seq__gt=F("sealed_seq"))
    skip = connection.features.has_select_for_update_skip_locked
    for _ in range(ROUNDS):
        last = 0
        while page := list(moved.filter(pk__gt=last).order_by("pk").select_for_update(skip_locked=skip)[:PAGE]):
            ChainHead.objects.filter(pk__in=[head.pk for head in page]).update(sealed_seq=F("seq"))
            yield from ((head.target_type, head.target_id, head.seq, head.digest) for head in page)
            last = page[-1].pk
        if not moved.filter(changed_at__lte=at).exists():
            return
        time.sleep(0.05)


def _note_orphans(files: list[SealFile]) -> None:
    """A crash between file and commit leaves a true file without its row: note it, or the next seal would take its number."""
    known = set(Seal.objects.values_list("number", flat=True))
    Seal.objects.bulk_create(
        Seal(
            number=file.number, at=file.at, day=timezone.localdate(file.at), file=file.path.name, digest=file.digest,
            listed=file.listed, heads=file.heads, entries=file.entries,
        )
        for file in files
        if file.is_intact and file.number not in known
    )  # fmt: skip


def _free_name(day: date, taken: set[str]) -> str:
    taken = taken | set(Seal.objects.filter(day=day).values_list("file", flat=True))
    turn = 1
    while (name := f"{day.isoformat()}{'' if turn == 1 else f'-{turn}'}.jsonl") in taken:
        turn += 1
    return name


class _Signed:
    """Writes lines of JSON and, at the end, the keyed digest of all of them."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._mac = hmac.new(key, digestmod="sha256")

    def line(self, value: object) -> int:
        row = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._mac.update(row)
        self._file.write(row)
        return 1

    def sign(self) -> str:
        digest = self._mac.hexdigest()
        self._file.write(json.dumps({"seal": digest}).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return digest


def _sync(folder: Path) -> None:
    """Make the new name in the folder durable, where the file system lets folders be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
