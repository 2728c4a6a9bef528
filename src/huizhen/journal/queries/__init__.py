"""Every read of the journal: timelines, the newest entries, and whether the record is whole."""

from huizhen.journal.queries.entries import entries_of, missing_guards, newest, newest_seals, sought
from huizhen.journal.queries.verification import ChainFault, Report, verify

__all__ = ["ChainFault", "Report", "entries_of", "missing_guards", "newest", "newest_seals", "sought", "verify"]
