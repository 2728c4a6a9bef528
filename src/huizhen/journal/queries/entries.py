"""Reading entries and seals for people, and whether the database still guards them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, models
from django.db.models import QuerySet

from huizhen.journal.models import Entry, Seal

GUARDED = ("journal_entry", "journal_seal")


def guards() -> tuple[str, ...]:
    """Names of the triggers that migration 0002 makes in this kind of database."""
    events = ("row", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "insert")
    return tuple(f"{table}_append_only_{event}" for table in GUARDED for event in events)


def missing_guards() -> tuple[str, ...]:
    """Append-only triggers that are gone or switched off. Remaking a table on SQLite, for one, drops its triggers."""
    if connection.vendor == "postgresql":
        sql = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
    else:
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        present = {str(name) for (name,) in cursor.fetchall()}
    return tuple(name for name in guards() if name not in present)


def entries_of(target: models.Model) -> QuerySet[Entry]:
    """The timeline of one thing, oldest first. One index range."""
    kind = (target._meta.concrete_model or type(target))._meta.label_lower
    return Entry.objects.filter(target_type=kind, target_id=target.pk).order_by("seq")


def newest(*, before: int | None = None) -> QuerySet[Entry]:
    """Every entry, newest first, from below the id `before`: the audit page's keyset."""
    entries = Entry.objects.order_by("-id")
    return entries if before is None else entries.filter(id__lt=before)


def sought(
    *,
    verbs: Collection[str] = (),
    actor_ids: Collection[int] | None = None,
    target: models.Model | None = None,
    before: int | None = None,
) -> QuerySet[Entry]:
    """Entries of some verbs, some actors (an empty collection: nobody, so nothing) or one target, newest first."""
    entries = newest(before=before)
    if verbs:
        entries = entries.filter(verb__in=verbs)
    if actor_ids is not None:
        entries = entries.filter(actor_id__in=actor_ids)
    if target is not None:
        kind = (target._meta.concrete_model or type(target))._meta.label_lower
        entries = entries.filter(target_type=kind, target_id=target.pk)
    return entries


def newest_seals() -> QuerySet[Seal]:
    """The seals, newest first."""
    return Seal.objects.order_by("-number")
