"""What waits of methods on a first screen: trials without a result, methods in doubt, methods to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from huizhen.directory.queries import Standing
from huizhen.methods.queries.reuse import again, trials_of, wavering

MOST = 5


@dataclass(frozen=True)
class Line:
    """One method that waits for the reader; `since` when."""

    name: str
    words: str
    since: datetime | None
    url: str


def waiting(standing: Standing, role: str) -> list[Line]:
    """By the reader's first screen; one query, none for who has nothing to do with methods."""
    if role == "requester":
        rows = trials_of(standing, most=MOST)
        return [
            Line(one.method.name, _("试用中，记下结果"), one.at, reverse("methods:tell_result", args=[one.method.code, one.key]))
            for one in rows
        ]  # fmt: skip
    if role in ("leader", "expert"):
        return [
            Line(one.name, _("来源有反复，存疑"), one.wavers_since, _page(one.code))
            for one in wavering(standing, most=MOST)
        ]
    if role in ("liaison", "coordinator"):
        rows_again = again(standing, most=MOST)
        return [Line(one.name, _("久没人用，还有效吗"), one.needs_review_since, _page(one.code)) for one in rows_again]
    return []


def _page(code: str) -> str:
    return reverse("methods:page", args=[code])
