"""Reading seal files. A file is: a head line, one line per chain head, a totals line, and the keyed digest of all lines before."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from huizhen.journal.models import journal_key

Line = tuple[str, int, int, str]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SealFile:
    """What one file says of itself; `is_intact` when its digest is right. `number` is 0 when it cannot be read."""

    path: Path
    is_intact: bool
    number: int = 0
    at: datetime = _EPOCH
    previous: str = ""
    listed: int = 0
    heads: int = 0
    entries: int = 0
    digest: str = ""


def seals_folder() -> Path:
    """Where the seals lie. Copy it to another machine: that copy is what a forger cannot reach."""
    return Path(settings.HUIZHEN_VAR) / "seals"


def read_seals(folder: Path) -> Iterator[SealFile]:
    """Every seal file, in the order of its number; unreadable ones first. Reads line by line, holds no list of heads."""
    files = (read_seal(path) for path in folder.glob("*.jsonl"))
    yield from sorted(files, key=lambda file: (file.number, file.path.name))


def read_seal(path: Path) -> SealFile:
    """One file, its digest checked."""
    mac = hmac.new(journal_key(), digestmod="sha256")
    first = totals = last = b""
    try:
        with path.open("rb") as file:
            for row in file:
                mac.update(last)
                totals, last = last, row
                first = first or row
        head, total, signature = json.loads(first), json.loads(totals), json.loads(last)
        return SealFile(
            path=path,
            is_intact=hmac.compare_digest(str(signature["seal"]).encode(), mac.hexdigest().encode()),
            number=int(head["number"]),
            at=datetime.fromisoformat(head["at"]),
            previous=str(head["previous"]),
            listed=int(total["listed"]),
            heads=int(total["heads"]),
            entries=int(total["entries"]),
            digest=str(signature["seal"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return SealFile(path=path, is_intact=False)


def read_lines(path: Path) -> Iterator[Line]:
    """The heads listed in an intact file: type, id, seq, digest."""
    with path.open("rb") as file:
        for row in file:
            if row.startswith(b"["):
                kind, target_id, seq, digest = json.loads(row)
                yield kind, target_id, seq, digest
