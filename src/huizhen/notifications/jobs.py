"""Periodic work: messages from the journal, deliveries to the outside, the weekly digest."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection
from django.utils import timezone

from huizhen.directory.models import Person
from huizhen.directory.queries import standings_of
from huizhen.journal.actions import claim_whole, worker
from huizhen.journal.models import Outbox
from huizhen.lib.budget import pieces
from huizhen.lib.errors import StaleWrite
from huizhen.notifications.actions.deliveries import LEASE, claim, doubt, record_failure, record_sent
from huizhen.notifications.actions.digests import send_digest, week_of
from huizhen.notifications.actions.envelopes import envelope
from huizhen.notifications.actions.messages import tell
from huizhen.notifications.channels import CHANNELS, Permanent, Temporary
from huizhen.notifications.choices import READER
from huizhen.notifications.models import Delivery, Endpoint, Message
from huizhen.notifications.queries.deliveries import lanes
from huizhen.notifications.queries.digest import is_time, leaders
from huizhen.notifications.queries.preferences import chosen_by, digest_days
from huizhen.worktime.queries import calendar

log = logging.getLogger(__name__)
BUDGET = timedelta(seconds=20)
"""For so long one run may begin new work; what is left comes with the next."""
THREADS = 16
LOOK_AGAIN = 0.5
"""Seconds after which a run that waits for a slow lane looks whether others have something new."""
BATCH = 100
"""Deliveries of one lane in one go; mail has a lane of its own."""
MOST_REFUSED = 3
"""Attempts that fail in a row before the mail lane leaves the rest for later: the mail server is down."""


def _elapsed(begun: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - begun)


# ── messages


def drain(now: datetime) -> Mapping[str, int]:
    """Make messages of what the journal has recorded since. Safe in any number of workers at once."""
    done = dict.fromkeys(("transactions", "messages", "deliveries", "failed"), 0)
    me = worker()
    for rows in pieces(lambda: claim_whole(READER, by=me, at=now, lease=LEASE) or None):
        if not _tell(rows, me, now, done):
            # One transaction's trouble must not stop the others. What fails is left to its lease and comes again.
            rows.sort(key=lambda row: (row.entry.txn, row.pk))
            for _txn, some in groupby(rows, key=lambda row: row.entry.txn):
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


# ── deliveries


def deliver(now: datetime) -> Mapping[str, int]:
    """Send what is due, each lane in a thread of its own: mail is one, every endpoint another.

    While a slow lane is under way the run looks again and again for what is due in the others. The run ends with its last lane; no
    attempt takes longer than a channel's ten seconds.
    """
    done: Counter[str] = Counter({"doubtful": doubt(at=now)})
    begun = time.monotonic()
    running: dict[int | None, Future[Counter[str]]] = {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="lane") as pool:
        while True:
            moment = now + _elapsed(begun)
            for key in [key for key, lane in running.items() if lane.done()]:
                done.update(running.pop(key).result())
            fresh = _elapsed(begun) < BUDGET
            found = lanes(at=moment, is_open=calendar().is_open(moment)) if fresh else []
            for endpoint in found:
                key = endpoint.pk if endpoint else None
                if key not in running:
                    running[key] = pool.submit(_in_thread, endpoint, moment)
            if not running:
                return {name: done[name] for name in ("sent", "failed", "postponed", "doubtful")}
            wait(running.values(), timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)


def _in_thread(endpoint: Endpoint | None, now: datetime) -> Counter[str]:
    try:
        return run_lane(endpoint, now)
    finally:
        connection.close()


def run_lane(endpoint: Endpoint | None, now: datetime, *, most: int = BATCH) -> Counter[str]:
    """Send what is due in one lane, one after the other. A lane whose other end does not take it ends early; the rest waits."""
    done: Counter[str] = Counter()
    me, begun, refused = worker(), time.monotonic(), 0
    patience = MOST_REFUSED if endpoint is None else 1
    for _ in range(most):
        moment = now + _elapsed(begun)
        if refused >= patience or _elapsed(begun) > BUDGET:
            break
        delivery = claim(endpoint, by=me, at=moment, is_open=calendar().is_open(moment))
        if delivery is None:
            break
        outcome = attempt(delivery, by=me, now=moment)
        done[outcome] += 1
        refused = refused + 1 if outcome == "postponed" else 0
    return done


def attempt(delivery: Delivery, *, by: str, now: datetime) -> str:
    """One attempt of a claimed delivery, and its record. Whatever a channel raises, the delivery is never lost."""
    begun = time.monotonic()
    error, is_permanent = "", False
    try:
        CHANNELS[delivery.channel].send(envelope(delivery, at=now))
    except Permanent as failure:
        error, is_permanent = str(failure), True
    except Temporary as failure:
        error = str(failure)
    except Exception as failure:
        log.exception("Delivery %s by %s failed in an unknown way.", delivery.key, delivery.channel)
        error = type(failure).__name__
    after = now + _elapsed(begun)
    if not error:
        record_sent(delivery, by=by, at=after)
        return "sent"
    record_failure(delivery, error, by=by, at=after, is_permanent=is_permanent)
    return "failed" if is_permanent else "postponed"


# ── the weekly digest


def digest(now: datetime) -> Mapping[str, int]:
    """Send the weekly digest to whose day has come; once for each person and week, in any number of workers."""
    today, days = timezone.localdate(now), calendar()
    wanted = [pk for pk, day in digest_days(leaders(on=today)).items() if is_time(day, now=now, calendar=days)]
    if not wanted:
        return {"sent": 0}
    told = Message.objects.filter(person__in=wanted, txn=week_of(now)).values_list("person_id", flat=True)
    rest = Person.objects.filter(pk__in=set(wanted) - set(told), left_on=None).select_related("user").order_by("pk")
    people = [one for one in rest if one.user is None or one.user.is_active]
    standings, chosen = standings_of(people, on=today), chosen_by([one.pk for one in people])
    return {"sent": sum(send_digest(one, standings[one.pk], chosen=chosen, at=now) for one in people)}
