"""Cleaning of what people type, before any database sees it. SQLite stores what PostgreSQL refuses, so we decide, once, here."""

from __future__ import annotations

import re
import unicodedata

# C0/C1 controls but tab and newline; NUL; bidi embeddings, overrides and isolates; zero-width space, BOM, word joiner,
# soft hyphen, invisible operators, interlinear marks, noncharacters (XML has no word for two of them), tag characters, lone surrogates.
# ZWJ (U+200D) and ZWNJ (U+200C) stay where an emoji or an Indic letter needs them, and go elsewhere.
_GONE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
_JOINER = re.compile(
    "(?<![\u0900-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]|[\u200c\u200d](?=\\s|$)"
)
_BLANKS = re.compile(r"[^\S\n]+")


def clean(value: str, *, lines: bool = False) -> str:
    """NFC, without invisible characters; one line unless `lines`. Line ends become \\n, runs of blanks one space.

    >>> clean("  支部\\u202e \\x00名 ")
    '支部 名'
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    value = unicodedata.normalize("NFC", _JOINER.sub("", _GONE.sub("", value)))
    if not lines:
        return _BLANKS.sub(" ", value.replace("\n", " ")).strip()
    rows = [_BLANKS.sub(" ", row).rstrip() if not row.startswith(" ") else row.rstrip() for row in value.split("\n")]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(rows)).strip()
