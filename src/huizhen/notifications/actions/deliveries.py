"""The life of a delivery: claimed for a moment, sent outside any transaction, recorded. The same id at every attempt.

A worker that vanishes between sending and recording leaves a delivery in state `sending`; when its lease runs out nobody knows whether
it arrived. It is marked doubtful and sent once more with the same id; a second time it stays doubtful.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.queries import standing
from huizhen.lib.errors import NotAllowed
from huizhen.notifications.actions.messages import leaves_at
from huizhen.notifications.choices import DeliveryState
from huizhen.notifications.models import Delivery, Endpoint
from huizhen.worktime.queries import calendar

LEASE = timedelta(seconds=4 * settings.HUIZHEN_JOB_LEASE)
"""Longer than any attempt takes: a worker that did not answer for so long is taken for dead. Two minutes by default."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 240, 240))
MOST_TRIES = len(BACKOFF) + 1
REST_AFTER = 3
"""After so many failures in a row an endpoint rests; then one delivery tries whether it is back."""
_SHORTEST_REST, _LONGEST_REST = timedelta(minutes=5), timedelta(hours=1)
WAITING, SENDING, SENT = DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.SENT
DOUBTFUL, FAILED = DeliveryState.DOUBTFUL, DeliveryState.FAILED


def due(endpoint: Endpoint | None, *, at: datetime, is_open: bool) -> QuerySet[Delivery]:
    """What a lane may send now: mail (no endpoint), or what is for one endpoint. While the office is closed only 特急."""
    found = Delivery.objects.filter(endpoint=endpoint, state=WAITING, not_before__lte=at)
    return found if is_open else found.filter(is_urgent=True)


@transaction.atomic
def claim(endpoint: Endpoint | None, *, by: str, at: datetime, is_open: bool) -> Delivery | None:
    """Take the next delivery of a lane for the worker `by` until its lease runs out. An endpoint has at most one under way."""
    if endpoint is not None:
        Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if Delivery.objects.filter(endpoint=endpoint, state=SENDING).exists():
            return None
    rows = due(endpoint, at=at, is_open=is_open).order_by("not_before", "pk")
    rows = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    pk = rows.values_list("pk", flat=True).first()
    if pk is None:
        return None
    Delivery.objects.filter(pk=pk, state=WAITING).update(
        state=SENDING, claimed_by=by, lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    return Delivery.objects.select_related("message__person__user", "endpoint").get(pk=pk)


def _mine(delivery: Delivery, by: str) -> QuerySet[Delivery]:
    """The row, if the lease is still ours."""
    return Delivery.objects.filter(pk=delivery.pk, state=SENDING, claimed_by=by)


@transaction.atomic
def record_sent(delivery: Delivery, *, by: str, at: datetime) -> bool:
    """It was taken at the other end. False: the lease ran out meanwhile, and it may be sent once more."""
    if delivery.endpoint_id and (delivery.endpoint is not None and delivery.endpoint.failures):
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(failures=0, resting_until=None)
    return bool(_mine(delivery, by).update(state=SENT, sent_at=at, lease_until=None, last_error=""))


@transaction.atomic
def record_failure(delivery: Delivery, error: str, *, by: str, at: datetime, is_permanent: bool) -> bool:
    """It was not taken. For good, or the last try: failed, and the coordinator sees it. Else it waits, always longer, for working time.

    An endpoint that fails several times in a row rests. False: the lease ran out meanwhile.
    """
    if not is_permanent and delivery.endpoint_id:
        _note_trouble(delivery.endpoint_id, at=at)
    if is_permanent or delivery.attempts >= MOST_TRIES:
        return bool(_mine(delivery, by).update(state=FAILED, last_error=error[:300], lease_until=None))
    again = at + BACKOFF[delivery.attempts - 1]
    not_before = leaves_at(again, calendar(), is_urgent=delivery.is_urgent)
    return bool(
        _mine(delivery, by).update(state=WAITING, last_error=error[:300], lease_until=None, not_before=not_before)
    )


def _note_trouble(endpoint_id: int, *, at: datetime) -> None:
    Endpoint.objects.filter(pk=endpoint_id).update(failures=F("failures") + 1)
    failures = Endpoint.objects.values_list("failures", flat=True).get(pk=endpoint_id)
    if failures >= REST_AFTER:
        rest = min(_SHORTEST_REST * 2 ** min(failures - REST_AFTER, 10), _LONGEST_REST)
        Endpoint.objects.filter(pk=endpoint_id).update(resting_until=at + rest)


def doubt(*, at: datetime) -> int:
    """Take up what a vanished worker left: 可能已送达. The first time it is sent once more; the second time it stays so."""
    left = Delivery.objects.filter(state=SENDING, lease_until__lte=at)
    found = left.filter(is_doubtful=True).update(state=DOUBTFUL, lease_until=None)
    again = left.filter(is_doubtful=False, is_urgent=True)
    found += again.update(state=WAITING, is_doubtful=True, not_before=at, lease_until=None)
    later = leaves_at(at, calendar(), is_urgent=False)
    found += left.filter(is_doubtful=False).update(state=WAITING, is_doubtful=True, not_before=later, lease_until=None)
    return found


def _need_coordinator(by: User, at: datetime) -> None:
    if not standing(by, on=timezone.localdate(at)).is_coordinator:
        raise NotAllowed("coordinator_only")


def send_again(delivery: Delivery, *, by: User, at: datetime) -> bool:
    """A failed delivery begins anew, with its old id. For head office."""
    _need_coordinator(by, at)
    not_before = leaves_at(at, calendar(), is_urgent=delivery.is_urgent)
    stopped = Delivery.objects.filter(pk=delivery.pk, state__in=[FAILED, DOUBTFUL])
    return bool(stopped.update(state=WAITING, attempts=0, settled_at=None, not_before=not_before))


def settle(delivery: Delivery, *, by: User, at: datetime) -> bool:
    """Put a failed or doubtful delivery aside: somebody has seen to it. For head office."""
    _need_coordinator(by, at)
    stopped = Delivery.objects.filter(pk=delivery.pk, state__in=[FAILED, DOUBTFUL], settled_at=None)
    return bool(stopped.update(settled_at=at))
