"""The English catalogue: what the source says to people, found without gettext's own tools.

`python -m tests.catalogue --update` adds what is new, drops what is gone, keeps every translation, and compiles.
Without an option it lists what has no translation yet.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.house.floors import SOURCE, source_files

PO = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACES = re.compile(r"%\((\w+)\)|\{(\w+)\}|%[sd]")

Key = tuple[str | tuple[str, ...], str | None]


def python_of(path: Path) -> str:
    """Python as it is; a template as the calls of gettext that Django makes of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    from django.utils.translation.template import templatize

    # What is no call has become a row of X. Their indentation means nothing, but a Python tokeniser would mind it.
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def messages_of(source: str) -> Iterator[Key]:
    """(msgid, context) of every call of gettext in Python source."""
    file = io.BytesIO(source.encode())
    for _line, message, _comments, context in extract("python", file, KEYWORDS, options={"encoding": "utf-8"}):
        identity = tuple(message) if isinstance(message, list | tuple) else message
        if identity and any(identity):
            yield identity, context


def wanted() -> dict[Key, str]:
    """Everything the source says, with the first file that says it."""
    found: dict[Key, str] = {}
    for path in source_files(".py", ".html", ".txt", below=("src/huizhen",)):
        for key in messages_of(python_of(path)):
            found.setdefault(key, str(path.relative_to(SOURCE)))
    return found


def kept(path: Path = PO) -> Catalog:
    if not path.exists():
        return Catalog(locale="en", project="huizhen", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en")


def key_of(message: Message) -> Key:
    identity = message.id
    return (tuple(identity) if isinstance(identity, list | tuple) else identity), message.context


def is_translated(message: Message) -> bool:
    words = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return bool(words) and all(words) and not message.fuzzy


def places(text: str) -> set[str]:
    """The places that a translation must leave open."""
    return {hit.group(1) or hit.group(2) or hit.group(0) for hit in PLACES.finditer(text)}


def misplaced(message: Message) -> bool:
    """Whether the translation opens other places than the original."""
    sources = message.id if isinstance(message.id, list | tuple) else (message.id,)
    words = message.string if isinstance(message.string, list | tuple) else (message.string,)
    allowed = set().union(*(places(one) for one in sources))
    # A plural form may do without the number; an ordinary sentence must use every place.
    return any(places(one) - allowed for one in words) or (
        len(sources) == 1 and any(places(one) != allowed for one in words)
    )


def update() -> int:
    """Rewrite the catalogue. Returns how many messages still wait for a translation."""
    old = {key_of(message): message for message in kept() if message.id}
    fresh = Catalog(locale="en", project="huizhen", fuzzy=False, header_comment="# English of 会诊 Huizhen.")
    # A fixed date: the file changes when a sentence does, not when a day has passed.
    fresh.creation_date = fresh.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    for key in wanted():
        identity, context = key
        before = old.get(key)
        string = before.string if before else (("",) * 2 if isinstance(identity, tuple) else "")
        flags = (
            {"python-format"}
            if re.search(r"%\(\w+\)s", identity if isinstance(identity, str) else identity[0])
            else set()
        )
        fresh.add(identity, string, context=context, flags=flags)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, fresh, sort_output=True, width=0, no_location=True)
    compile_catalogue()
    return sum(not is_translated(message) for message in fresh if message.id)


def compile_catalogue() -> None:
    """Make the .mo when it is older than its source."""
    compiled = PO.with_suffix(".mo")
    if PO.exists() and (not compiled.exists() or compiled.stat().st_mtime < PO.stat().st_mtime):
        with compiled.open("wb") as file:
            write_mo(file, kept())


def main(words: list[str]) -> int:
    if words == ["--update"]:
        print(f"{PO.name}: {update()} without translation")
        return 0
    have = {key_of(message) for message in kept() if message.id and is_translated(message)}
    missing = {key: where for key, where in wanted().items() if key not in have}
    for (identity, _context), where in missing.items():
        print(f"{where}: {identity}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
