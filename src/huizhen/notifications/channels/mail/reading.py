"""Reading the mails that `folder` wrote, as plain text: subject, receiver, body. Their HTML is never looked at."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-([0-9a-f-]{1,36})")
_LONGEST = 200_000


@dataclass(frozen=True)
class Letter:
    """One mail as it was laid into the folder."""

    name: str
    subject: str
    to: str
    at: datetime | None
    text: str


def is_kept() -> bool:
    """Whether mails are laid into a folder here."""
    return str(settings.EMAIL_BACKEND).endswith(".FolderBackend")


def letters_of(keys: Collection[str]) -> dict[str, str]:
    """Delivery id → name of its newest mail. Looks through the folder once."""
    wanted, found = set(keys), {}
    folder = Path(settings.EMAIL_FILE_PATH)
    if is_kept() and wanted and folder.is_dir():
        for path in sorted(folder.glob("*.eml")):
            hit = _NAME.fullmatch(path.stem)
            if hit and hit.group(1) in wanted:
                found[hit.group(1)] = path.stem
    return found


def letter(name: str) -> Letter | None:
    """A mail by its name; None for what is none."""
    if not is_kept() or not _NAME.fullmatch(name):
        return None
    try:
        with (Path(settings.EMAIL_FILE_PATH) / f"{name}.eml").open("rb") as file:
            mail = BytesParser(policy=policy.default).parsebytes(file.read(_LONGEST))
    except OSError:
        return None
    body = mail.get_body(preferencelist=("plain",))
    date = mail["date"]
    at = date.datetime if date is not None else None
    if at is not None and at.tzinfo is None:  # "-0000": the moment is told in UTC
        at = at.replace(tzinfo=UTC)
    return Letter(
        name=name,
        subject=str(mail["subject"] or ""),
        to=str(mail["to"] or ""),
        at=at,
        text=str(body.get_content()) if body is not None else "",
    )
