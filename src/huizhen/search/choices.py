"""Numbers that stand in the index for words. They are written into keys: a number once given is never given again."""

from __future__ import annotations

import zlib

READER = "search"
"""Search's name among the readers of the outbox."""

KINDS = {
    "case": 0,
    "method": 1,
    "group": 2,
    "expert": 3,
    "challenge": 4,
    "clinic": 5,
    "document": 6,
    "policy": 7,
    "answer": 8,
    "story": 9,
    "bulletin": 10,
}
"""Four bits of the key of an entry."""

LEVEL_NUMBERS = {"summary": 0, "full": 1}


def kind_number(kind: str) -> int:
    """The four bits of a kind. Kinds that are not in the table share what is left."""
    return KINDS[kind] if kind in KINDS else len(KINDS) + zlib.crc32(kind.encode()) % (16 - len(KINDS))
