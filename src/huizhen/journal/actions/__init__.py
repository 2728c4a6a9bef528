"""Every write of the journal: record a happening, hand outbox rows to readers, seal the heads of the chains."""

from huizhen.journal.actions.outbox import claim, claim_whole, done, hold, read_whole, worker
from huizhen.journal.actions.recording import Told, record, record_all
from huizhen.journal.actions.sealing import seal

__all__ = ["Told", "claim", "claim_whole", "done", "hold", "read_whole", "record", "record_all", "seal", "worker"]
