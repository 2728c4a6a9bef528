"""Handing entries to readers, each to one worker at a time, at least once."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from huizhen.journal.models import Outbox, Reader

log = logging.getLogger(__name__)


def worker() -> str:
    """A name for this thread of this process, for leases."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{threading.get_ident() % 10**9}"


@transaction.atomic
def claim(
    reader: str, *, by: str, at: datetime, limit: int = 100, lease: timedelta = timedelta(minutes=5)
) -> list[Outbox]:
    """Take the oldest open rows of a reader for the worker `by`, with their entries, until the lease runs out.

    `by` names one worker (host, process, thread). Rows of a worker that died become free again when its lease ends.
    """
    free = Q(done_at__isnull=True) & (Q(lease_until__isnull=True) | Q(lease_until__lte=at))
    rows = Outbox.objects.filter(free, reader=reader).order_by("pk")
    # Where several writers exist at once (PostgreSQL), pass by what another worker is claiming at this moment.
    rows = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    ids = list(rows.values_list("pk", flat=True)[:limit])
    Outbox.objects.filter(free, pk__in=ids).update(claimed_by=by, lease_until=at + lease, tries=F("tries") + 1)
    return list(Outbox.objects.filter(pk__in=ids).select_related("entry").order_by("pk"))


def done(rows: Iterable[Outbox], *, by: str, at: datetime) -> int:
    """Mark claimed rows as read. Counts those still ours: a row whose lease ran out and went to another worker is not."""
    ids = [row.pk for row in rows]
    return Outbox.objects.filter(pk__in=ids, claimed_by=by, done_at__isnull=True).update(done_at=at, lease_until=None)


@transaction.atomic
def claim_whole(
    reader: str, *, by: str, at: datetime, limit: int = 50, lease: timedelta = timedelta(minutes=2)
) -> list[Outbox]:
    """Like `claim`, but every open row of a transaction comes with its oldest: the rows of about `limit` rows' transactions.

    The reader's own row is locked meanwhile, so that two workers never share a transaction out between them.
    """
    hold(reader)
    Reader.objects.filter(name=reader).update(claimed_at=at)
    free = Q(done_at__isnull=True) & (Q(lease_until__isnull=True) | Q(lease_until__lte=at))
    open_rows = Outbox.objects.filter(free, reader=reader)
    txns = set(open_rows.order_by("pk").values_list("entry__txn", flat=True)[:limit])
    if not txns:
        return []
    ids = list(open_rows.filter(entry__txn__in=txns).values_list("pk", flat=True))
    Outbox.objects.filter(pk__in=ids).update(claimed_by=by, lease_until=at + lease, tries=F("tries") + 1)
    return list(Outbox.objects.filter(pk__in=ids).select_related("entry").order_by("pk"))


def hold(reader: str) -> None:
    """The row of a reader is ours until the transaction ends; it is made when there is none. Who else wants it waits."""
    mine = Reader.objects.select_for_update().filter(name=reader)
    if not mine.exists():
        Reader.objects.bulk_create([Reader(name=reader)], ignore_conflicts=True)
    mine.get()


@transaction.atomic
def read_whole(
    reader: str,
    take: Callable[[list[Outbox]], Mapping[str, int]],
    *,
    by: str,
    at: datetime,
    limit: int = 30,
    lease: timedelta = timedelta(minutes=2),
) -> dict[str, int] | None:
    """Hand the oldest open rows of a reader to `take`, which says what it made of them; None when there are none.

    One transaction, in which the reader is held: who dies on the way leaves everything as it was. What `take` fails over together it is
    given row by row; a row it fails over alone is left to its lease and counted under `failed`. The rest is counted under `entries`.
    """
    rows = claim_whole(reader, by=by, at=at, limit=limit, lease=lease)
    if not rows:
        return None
    together = _taken(reader, take, rows, by, at)
    told = [together] if together is not None else [_taken(reader, take, [row], by, at) for row in rows]
    counts = Counter({"entries": 0, "failed": 0})
    for one in told:
        counts.update({"failed": 1} if one is None else one)
    return dict(counts)


def _taken(
    reader: str, take: Callable[[list[Outbox]], Mapping[str, int]], rows: list[Outbox], by: str, at: datetime
) -> Mapping[str, int] | None:
    try:
        with transaction.atomic():
            told = take(rows)
            done(rows, by=by, at=at)
    except Exception:
        log.exception("%s failed over outbox rows %s–%s; they come again.", reader, rows[0].pk, rows[-1].pk)
        return None
    return {"entries": len(rows), **told}
