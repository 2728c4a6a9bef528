"""How far the index is behind, and how far a rebuild has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huizhen.journal.queries import oldest_waiting
from huizhen.search.choices import READER
from huizhen.search.models import Entry, Rebuild
from huizhen.search.models.engines import engine
from huizhen.search.registry import sources


@dataclass(frozen=True)
class Progress:
    """The newest rebuild: things looked at of those there were at its beginning; entries written and removed."""

    asked_at: datetime
    asked_by: str
    started_at: datetime | None
    ended_at: datetime | None
    kind: str
    total: int
    done: int
    written: int
    removed: int

    @property
    def percent(self) -> int:
        """0 to 100; 100 only at the end."""
        if self.ended_at:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


def rebuild_progress() -> Progress | None:
    """The newest rebuild, None when there never was one. One query."""
    row = Rebuild.objects.order_by("-pk").first()
    if row is None:
        return None
    return Progress(
        asked_at=row.asked_at, asked_by=row.asked_by, started_at=row.started_at, ended_at=row.ended_at, kind=row.kind,
        total=row.total, done=row.done, written=row.written, removed=row.removed,
    )  # fmt: skip


def is_unfilled() -> bool:
    """Whether nothing is in the index though there are things to find."""
    if Entry.objects.exists():
        return False
    return any(next(iter(source.documents(list(source.after(0, 20)))), None) for source in sources().values())


def is_whole() -> bool:
    """Whether what makes finding fast is there; broken off bulk data may have left it unmade."""
    return engine().is_whole()


def behind(now: datetime) -> float:
    """Seconds since the oldest happening that search has not read; 0 when it knows all."""
    return oldest_waiting(now).get(READER, 0.0)


def rebuilding(now: datetime) -> float:
    """Seconds since an unfinished rebuild was asked for; 0 when there is none."""
    asked = Rebuild.objects.filter(is_open=True).values_list("asked_at", flat=True).first()
    return max(0.0, (now - asked).total_seconds()) if asked else 0.0
