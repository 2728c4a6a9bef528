"""The record itself, the heads of its chains, the seals, and the outbox. Nothing here points at another app: it outlives what it names."""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class AppendOnlyError(TypeError):
    """A programmer tried to change or remove a row that may only be added."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A query set that reads and adds. The database's triggers say the same to those who go past Python."""

    def _no(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def update(self, **kwargs: Any) -> NoReturn:
        self._no()

    def delete(self) -> NoReturn:
        self._no()

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        self._no()

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        if ignore_conflicts or update_conflicts:
            self._no()
        return super().bulk_create(objs, batch_size)


class AppendOnly(models.Model):
    """Rows that are added and never changed. The one place where `save` is overridden: it guards, it does not act."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} is append-only")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} is append-only")


class Entry(AppendOnly):
    """One happening: who did what to which thing, when. Only ids, labels and digests of texts; no phones and no texts.

    `at` is when it happened (a contact may be noted later), `recorded_at` when the row was written. `txn` is one random id
    per outermost action. The rows of one target form a chain: `seq` counts from 1 without gaps, `previous` is the digest of
    the row before, `digest` is the keyed digest of this row (see `digest_of`).
    """

    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    txn = models.CharField(max_length=32)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=64, blank=True)
    on_behalf_of = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    target_label = models.CharField(max_length=200)
    seq = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        # The unique index also serves the timeline of one target and the walk of `verify`. The audit page reads newest first by id.
        constraints = [models.UniqueConstraint(fields=["target_type", "target_id", "seq"], name="journal_entry_chain")]
        indexes = [
            models.Index(fields=["verb", "-id"], name="journal_entry_verb"),  # audit page: 号码查看, 导出记录, one verb
            models.Index(fields=["actor_id", "-id"], name="journal_entry_actor"),  # audit page: what somebody did
            models.Index(
                fields=["txn"], name="journal_entry_txn"
            ),  # a reader takes the entries of one transaction together
        ]

    def __str__(self) -> str:
        return f"{self.target_type}:{self.target_id}#{self.seq} {self.verb}"


# What the digest covers, in this order. The columns of the database, so that a row read back gives the same digest.
COVERED = (
    "at", "recorded_at", "txn", "actor_id", "actor_name", "on_behalf_of", "verb", "target_type", "target_id", "target_label",
    "seq", "data", "previous",
)  # fmt: skip


def journal_key() -> bytes:
    """The key of every digest. It lives outside the database, so whoever can write to the database still cannot forge a row."""
    return str(settings.HUIZHEN_JOURNAL_KEY).encode()


def digest_of(values: Sequence[Any], key: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) over the canonical JSON of the covered values.

    Moments are UTC with microseconds, object keys are sorted, and there are no floats: both databases give back what they took.
    """
    at: datetime = values[0]
    recorded_at: datetime = values[1]
    moments = [moment.astimezone(UTC).isoformat(timespec="microseconds") for moment in (at, recorded_at)]
    return hmac.digest(key, _encode([*moments, *values[2:]]).encode(), "sha256").hex()


class ChainHead(models.Model):
    """The end of the chain of one target. Locked first by every writer, so two acts on one thing queue, and others do not wait."""

    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    seq = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()
    sealed_seq = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[ChainHead]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target_type", "target_id"], name="journal_head_target")]
        # The daily seal asks for the heads that moved since the last one.
        indexes = [models.Index(fields=["id"], condition=Q(seq__gt=F("sealed_seq")), name="journal_head_unsealed")]

    def __str__(self) -> str:
        return f"{self.target_type}:{self.target_id}#{self.seq}"


class Seal(AppendOnly):
    """What the audit page shows of a seal. The seal itself is the file; this row is how a missing file is noticed."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    day = models.DateField(db_index=True, help_text="Local day; the job asks whether today's seal exists.")
    file = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    listed = models.PositiveIntegerField(help_text="Heads in the file: those that moved since the seal before.")
    heads = models.PositiveBigIntegerField(help_text="All heads at that moment.")
    entries = models.PositiveBigIntegerField(help_text="All entries at that moment.")

    def __str__(self) -> str:
        return self.file


class Outbox(models.Model):
    """One entry still to be read by one reader. Written with the entry, claimed with a lease, kept until done."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    reader = models.CharField(max_length=32)
    claimed_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reader"], name="journal_outbox_once")]
        # A reader asks for its oldest open rows.
        indexes = [models.Index(fields=["reader", "id"], condition=Q(done_at__isnull=True), name="journal_outbox_open")]

    def __str__(self) -> str:
        return f"{self.reader} ← {self.entry_id}"


class Reader(models.Model):
    """One reader of the outbox. Its row is the lock under which whole transactions are claimed, so that none is split in two."""

    name = models.CharField(max_length=32, unique=True)
    claimed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
