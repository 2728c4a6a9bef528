"""Handing entries to readers, each to one worker at a time, at least once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from huizhen.journal.models import Outbox


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
