"""What was posted when nobody was signed in any more: carried through the sign-in page, then offered again. Never sent by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest
from django.utils.functional import Promise

from huizhen.cases.verbs import INPUTS

MOST = 64 * 1024
_SALT = "huizhen.web.accounts.kept"
_LASTS = 12 * 3600
_OWN = {"csrfmiddlewaretoken", "once", "next", "username"}
# A form that holds one of these is about a password and is not kept at all.
_SECRET = {"password", "old", "new", "again"}
# Codes, versions and choices; whatever else somebody typed is shown, so that it can be copied.
_CODE = re.compile(r"[\x21-\x7e]{0,80}")


@dataclass(frozen=True)
class Kept:
    """A form that was not taken: its address and its fields, in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool

    @property
    def texts(self) -> list[tuple[str | Promise, str]]:
        """What people wrote: (label or nothing, text)."""
        return [(INPUTS.get(name, ""), text) for name, text in self.fields if not _CODE.fullmatch(text)]


def keep(request: HttpRequest) -> str:
    """The posted form as a signed text; "" when there is nothing to keep, too much of it, or a password in it."""
    names = set(request.POST)
    fields = [(name, text) for name, texts in request.POST.lists() if name not in _OWN for text in texts]
    size = sum(len(name.encode()) + len(text.encode()) for name, text in fields)
    if not fields or names & _SECRET or size > MOST:
        return ""
    value = {"path": request.get_full_path(), "fields": fields, "files": bool(request.FILES)}
    return signing.dumps(value, salt=_SALT, compress=True)


def read(signed: str) -> Kept | None:
    """The form behind a signed text; None when it is not ours or half a day old."""
    try:
        value = signing.loads(signed, salt=_SALT, max_age=_LASTS) if signed else None
    except signing.BadSignature:
        return None
    if value is None:
        return None
    return Kept(value["path"], tuple((name, text) for name, text in value["fields"]), value["files"])
