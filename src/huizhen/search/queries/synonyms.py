"""The table of words that mean the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.cache import cache

from huizhen.lib.errors import NotVisible
from huizhen.search.matching.wording import normal_groups
from huizhen.search.models import Synonym

CACHED = "search.synonyms"
SECONDS = 60
"""How long another process may go on with the table as it was; the one that changed it sees the change at once."""


def synonyms() -> list[Synonym]:
    """Every row that is not removed, in the order of their coming."""
    return list(Synonym.objects.filter(removed_at=None).order_by("pk"))


def get_synonym(code: str) -> Synonym:
    """One row, removed or not. NotVisible: there is none of this code."""
    found = Synonym.objects.filter(code=code).first()
    if found is None:
        raise NotVisible("no_such_synonym")
    return found


def groups() -> Sequence[tuple[str, ...]]:
    """The groups in normal form, cached: asked for at every search."""
    found: list[tuple[str, ...]] | None = cache.get(CACHED)
    if found is None:
        found = normal_groups(Synonym.objects.filter(removed_at=None).order_by("pk").values_list("words", flat=True))
        cache.set(CACHED, found, SECONDS)
    return found
