"""A rebuild: every thing of every source is read anew, batch by batch, while searches go on."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from huizhen.journal.actions import record
from huizhen.journal.actions.recording import Actor
from huizhen.search.actions.indexing import refresh, writing
from huizhen.search.models import Entry, Rebuild
from huizhen.search.models.engines import engine
from huizhen.search.registry import sources

BATCH = 100
"""Things of one step; each step is a transaction, and the most a crash can cost."""
COUNTED = 10_000


def ask_rebuild(*, by: Actor | None, at: datetime) -> Rebuild:
    """Ask for a rebuild; one that is under way is given back as it is. Journals `search_rebuild_asked`.

    Who may is decided by the caller: posts are known on an upper floor.
    """
    try:
        with transaction.atomic():
            rebuild = Rebuild.objects.filter(is_open=True).first()
            if rebuild is None:
                rebuild = Rebuild.objects.create(asked_at=at, asked_by=str(by.name) if by else "")
                record("search_rebuild_asked", rebuild, by=by, at=at, label=f"#{rebuild.pk}")
            return rebuild
    except IntegrityError:
        # Somebody asked in the same moment.
        return Rebuild.objects.get(is_open=True)


@transaction.atomic
def rebuild_step(*, at: datetime, count: int = BATCH) -> Rebuild | None:
    """One step of the open rebuild, of at most `count` things; None when there is none. The last step ends it."""
    if not Rebuild.objects.filter(is_open=True).exists():
        return None
    writing()
    rebuild = Rebuild.objects.select_for_update().filter(is_open=True).first()
    if rebuild is None:
        return None
    kinds = list(sources())
    if rebuild.started_at is None:
        engine().mend()
        rebuild.started_at, rebuild.kind = at, kinds[0] if kinds else ""
        rebuild.total = sum(_count(kind) for kind in kinds)
        rebuild.removed += _drop_strangers(kinds)
    if rebuild.kind in kinds:
        _walk(rebuild, kinds, count)
    else:
        rebuild.kind = ""
    if not rebuild.kind:
        rebuild.ended_at, rebuild.is_open = at, False
    rebuild.save()
    return rebuild


def _walk(rebuild: Rebuild, kinds: list[str], count: int) -> None:
    kind = rebuild.kind
    ids = list(sources()[kind].after(rebuild.after, count))
    beyond = Entry.objects.filter(kind=kind, object_id__gt=rebuild.after)
    if ids:
        beyond = beyond.filter(object_id__lt=ids[-1])
    gone = list(beyond.exclude(object_id__in=ids).values_list("id", flat=True))
    engine().drop(gone)
    written, removed = refresh(kind, ids)
    rebuild.written += written
    rebuild.removed += removed + len(gone)
    rebuild.done += len(ids)
    if ids:
        rebuild.after = ids[-1]
    else:
        place = kinds.index(kind) + 1
        rebuild.kind, rebuild.after = (kinds[place], 0) if place < len(kinds) else ("", 0)


def _count(kind: str) -> int:
    after, total = 0, 0
    while ids := sources()[kind].after(after, COUNTED):
        after, total = ids[-1], total + len(ids)
    return total


def _drop_strangers(kinds: list[str]) -> int:
    """Entries of kinds that nobody registers any more."""
    gone = list(Entry.objects.exclude(kind__in=kinds).values_list("id", flat=True))
    engine().drop(gone)
    return len(gone)
