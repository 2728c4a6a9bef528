"""Every write of the journal: record a happening, hand outbox rows to readers, seal the heads of the chains."""

from huizhen.journal.actions.outbox import claim, claim_whole, done
from huizhen.journal.actions.recording import record
from huizhen.journal.actions.sealing import seal

__all__ = ["claim", "claim_whole", "done", "record", "seal"]
