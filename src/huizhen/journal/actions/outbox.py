"""Handing entries to readers, each to one worker at a time, at least once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from huizhen.journal.models import Outbox, Reader


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
    _lock_reader(reader, at)
    free = Q(done_at__isnull=True) & (Q(lease_until__isnull=True) | Q(lease_until__lte=at))
    open_rows = Outbox.objects.filter(free, reader=reader)
    txns = set(open_rows.order_by("pk").values_list("entry__txn", flat=True)[:limit])
    if not txns:
        return []
    ids = list(open_rows.filter(entry__txn__in=txns).values_list("pk", flat=True))
    Outbox.objects.filter(pk__in=ids).update(claimed_by=by, lease_until=at + lease, tries=F("tries") + 1)
    return list(Outbox.objects.filter(pk__in=ids).select_related("entry").order_by("pk"))


def _lock_reader(name: str, at: datetime) -> None:
    """The row of a reader, ours until the transaction ends; made when it claims for the first time."""
    mine = Reader.objects.select_for_update().filter(name=name)
    if not mine.exists():
        Reader.objects.bulk_create([Reader(name=name)], ignore_conflicts=True)
    mine.get()
    Reader.objects.filter(name=name).update(claimed_at=at)
