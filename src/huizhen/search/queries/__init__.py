"""What is found, by whom; the words that mean the same; how far the index is behind and a rebuild has come."""

from __future__ import annotations

from huizhen.search.queries.finding import AGED, Hit, Hits, find
from huizhen.search.queries.state import Progress, behind, is_unfilled, is_whole, rebuild_progress
from huizhen.search.queries.synonyms import get_synonym, groups, synonyms

__all__ = [
    "AGED",
    "Hit",
    "Hits",
    "Progress",
    "behind",
    "find",
    "get_synonym",
    "groups",
    "is_unfilled",
    "is_whole",
    "rebuild_progress",
    "synonyms",
]
