"""What other apps make known to the journal from their `apps.ready()`: phrases of their verbs, readers of the outbox."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_VERB = re.compile(r"[a-z][a-z0-9_]{1,59}")
_READER = re.compile(r"[a-z][a-z0-9_]{1,31}")
_phrases: dict[str, tuple[str, str | _StrPromise]] = {}
_readers: list[str] = []


def register_phrases(app: str, phrases: Mapping[str, str | _StrPromise]) -> None:
    """Make known what people read for each verb of an app. A verb belongs to one app: a second owner is a ValueError."""
    for verb in phrases:
        if not _VERB.fullmatch(verb):
            raise ValueError(f"journal verb {verb!r} of {app} is not a lower-case word of at most 60 characters")
        if verb in _phrases:
            raise ValueError(f"journal verb {verb!r} of {app} is already a verb of {_phrases[verb][0]}")
    _phrases.update({verb: (app, words) for verb, words in phrases.items()})


def phrase(verb: str) -> str | _StrPromise:
    """What people read for a verb. A verb nobody knows any more reads as itself: old rows outlive the code that wrote them."""
    return _phrases[verb][1] if verb in _phrases else verb


def verbs(app: str | None = None) -> tuple[str, ...]:
    """Every verb made known, or those of one app."""
    return tuple(verb for verb, (owner, _) in _phrases.items() if app in (None, owner))


def register_reader(name: str) -> None:
    """From now on each entry leaves one outbox row for this reader. A name twice is a ValueError."""
    if not _READER.fullmatch(name):
        raise ValueError(f"journal reader {name!r} is not a lower-case word of at most 32 characters")
    if name in _readers:
        raise ValueError(f"journal reader {name!r} is already registered")
    _readers.append(name)


def readers() -> tuple[str, ...]:
    """The registered readers, in the order of their registration."""
    return tuple(_readers)
