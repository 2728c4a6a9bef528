"""What search keeps: entries with their index in the database's own full-text engine, words that mean the same, rebuilds."""

from __future__ import annotations

from huizhen.search.models.entry import Entry, entry_id
from huizhen.search.models.rebuild import Rebuild
from huizhen.search.models.synonym import Synonym

__all__ = ["Entry", "Rebuild", "Synonym", "entry_id"]
