"""Every write of search: into the index, into the table of synonyms, and how a rebuild goes on."""

from __future__ import annotations

from huizhen.search.actions.indexing import bulk_load, drop, mend, pack, put, put_many, put_packed, read_news
from huizhen.search.actions.rebuilding import ask_rebuild, rebuild_step
from huizhen.search.actions.synonyms import add_synonym, change_synonym, remove_synonym, restore_synonym

__all__ = [
    "add_synonym",
    "ask_rebuild",
    "bulk_load",
    "change_synonym",
    "drop",
    "mend",
    "pack",
    "put",
    "put_many",
    "put_packed",
    "read_news",
    "rebuild_step",
    "remove_synonym",
    "restore_synonym",
]
