"""Periodic work: messages from the journal, deliveries to the outside, the weekly digest."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from huizhen.journal.actions import claim_whole
from huizhen.journal.models import Outbox
from huizhen.lib.errors import StaleWrite
from huizhen.notifications.actions.messages import tell
from huizhen.notifications.choices import READER

log = logging.getLogger(__name__)
BUDGET = 20.0
"""Seconds one run may take; what is left comes with the next."""


def worker() -> str:
    """A name for this thread of this process, for leases."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{threading.get_ident() % 10**9}"


def drain(now: datetime) -> Mapping[str, int]:
    """Make messages of what the journal has recorded since. Safe in any number of workers at once."""
    done = dict.fromkeys(("transactions", "messages", "deliveries", "failed"), 0)
    end = time.monotonic() + BUDGET
    me = worker()
    while time.monotonic() < end and (rows := claim_whole(READER, by=me, at=now)):
        if not _tell(rows, me, now, done):
            # One transaction's trouble must not stop the others. What fails is left to its lease and comes again.
            for _txn, some in groupby(
                sorted(rows, key=lambda row: (row.entry.txn, row.pk)), key=lambda row: row.entry.txn
            ):
                done["failed"] += not _tell(list(some), me, now, done)
    return done


def _tell(rows: list[Outbox], me: str, now: datetime, done: dict[str, int]) -> bool:
    try:
        plan = tell(rows, by=me, at=now)
    except StaleWrite:
        return True
    except Exception:
        log.exception("No messages from outbox rows %s–%s; they come again.", rows[0].pk, rows[-1].pk)
        return False
    done["transactions"] += len({row.entry.txn for row in rows})
    done["messages"] += len(plan.messages)
    done["deliveries"] += len(plan.deliveries)
    return True
