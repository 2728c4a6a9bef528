"""What a channel is given, what it promises, and the two ways in which it fails. No channel in particular lives here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from huizhen.lib.errors import Fault

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Attached:
    """A file that goes along; only mail can carry it."""

    name: str
    content: bytes
    kind: str


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One delivery, ready to leave. `key` is the delivery id, the same at every attempt; `at` is when the thing happened.

    `subject` is one line, `text` the lines under it, `url` where to read on. `to` is an address of the channel's own kind.
    """

    key: str
    subject: str
    text: str
    url: str
    to: str
    secret: str = ""
    language: str = "zh-hans"
    event: str = ""
    at: datetime | None = None
    attached: tuple[Attached, ...] = ()


class Failure(Exception):
    """An attempt that failed. The text is a code, at times with a number (`timeout`, `status 503`, `code 93000`): what the other side

    said is never quoted, nor its address, for both may hold secrets. Words for it are made in `web`.
    """


class Temporary(Failure):
    """May go well next time."""


class Permanent(Failure):
    """Will go the same way until somebody changes something."""


class Channel(Protocol):
    """A way out of the house."""

    @property
    def name(self) -> str:
        """As in `choices.ChannelName`."""
        ...

    @property
    def label(self) -> str | _StrPromise:
        """What people call it."""
        ...

    def check(self, address: str, secret: str) -> list[Fault]:
        """What is wrong with an address and its secret, without asking anybody. Columns: address, secret."""
        ...

    def send(self, envelope: Envelope) -> None:
        """One attempt, at most ten seconds long, outside any transaction. Temporary or Permanent when it failed."""
        ...


def line(text: str) -> str:
    """One line of it: control characters and line breaks become spaces."""
    return " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text).split())


def cut(text: str, most: int) -> str:
    """The beginning of a text in at most so many bytes of UTF-8, with … where something is missing; no character is torn."""
    if len(text.encode()) <= most:
        return text
    kept = text.encode()[: max(most - len("…".encode()), 0)].decode(errors="ignore")
    while kept and (_continues(text[len(kept)]) or kept[-1] == _JOINER):
        kept = kept[:-1]
    return f"{kept}…" if most >= len("…".encode()) else ""


_JOINER = "\u200d"


def _continues(char: str) -> bool:
    """It is drawn as part of the character before it: accents, variants, skin tones, and what joins several to one picture."""
    return char == _JOINER or unicodedata.category(char) in ("Mn", "Me") or "\U0001f3fb" <= char <= "\U0001f3ff"


def laid_out(envelope: Envelope, most: int) -> str:
    """Subject, text and address one under the other in at most so many bytes; the text gives way first, the address never."""
    head, tail = cut(line(envelope.subject), most // 4), envelope.url
    room = most - len(head.encode()) - len(tail.encode()) - 2
    return "\n".join(part for part in (head, cut(without_title(envelope), max(room, 0)), tail) if part)


def without_title(envelope: Envelope) -> str:
    """The text; without its first line where the subject says the same already."""
    first, _break, rest = envelope.text.strip().partition("\n")
    return rest.strip() if line(first) in line(envelope.subject) else envelope.text.strip()
