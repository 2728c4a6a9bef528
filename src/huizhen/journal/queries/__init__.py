"""Every read of the journal: timelines, the newest entries, and whether the record is whole."""

from huizhen.journal.queries.entries import entries_of, missing_guards, newest, newest_seals, sought
from huizhen.journal.queries.verification import ChainFault, Report, verify
from huizhen.journal.queries.waiting import oldest_waiting, waiting

__all__ = [
    "ChainFault",
    "Report",
    "entries_of",
    "missing_guards",
    "newest",
    "newest_seals",
    "oldest_waiting",
    "sought",
    "verify",
    "waiting",
]
