"""A success that can be taken back: its words on the page and in the toast carry a button that posts the way back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest


def offer(request: HttpRequest, words: str, *, url: str, fields: Mapping[str, str]) -> None:
    """Say that it is done; 撤回 posts `fields` to `url`."""
    messages.success(request, words, extra_tags=json.dumps({"url": url, "fields": dict(fields)}))


def offered(extra_tags: str | None) -> dict[str, Any] | None:
    """What `offer` put into a message; None for an ordinary one."""
    try:
        found = json.loads(extra_tags or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) and "url" in found else None
