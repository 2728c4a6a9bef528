"""Trying an endpoint out, and taking away one that was never used."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from huizhen.accounts.models import User
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.lib.errors import NotAllowed, NotNow
from huizhen.notifications.actions.endpoints import may_keep
from huizhen.notifications.channels import CHANNELS, Envelope, Failure
from huizhen.notifications.models import Delivery, Endpoint
from huizhen.notifications.verbs import SUBJECT, TRIAL, TRIAL_TEXT


def try_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> str:
    """Send a test message now, at any hour. "" when it was taken, else the failure's code.

    Outside any transaction: the message. In one: journal `endpoint_tested`; when it was taken, its rest ends and its troubles are
    forgotten. NotAllowed: not her place.
    """
    if not may_keep(standing(by, on=timezone.localdate(at)), endpoint):
        raise NotAllowed("endpoint_not_yours")
    error = ""
    try:
        CHANNELS[endpoint.kind].send(_trial(endpoint, at))
    except Failure as failure:
        error = str(failure)
    with transaction.atomic():
        if not error:
            Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, resting_until=None)
        record("endpoint_tested", endpoint, by=by, at=at, label=endpoint.name, error=error)
    return error


def _trial(endpoint: Endpoint, at: datetime) -> Envelope:
    with translation.override(endpoint.language):
        return Envelope(
            key=str(uuid.uuid4()),
            subject=str(SUBJECT) % {"title": str(TRIAL)},
            text=str(TRIAL_TEXT) % {"name": endpoint.name},
            url=settings.HUIZHEN_URL,
            to=endpoint.address,
            secret=endpoint.secret,
            language=endpoint.language,
            event="test",
            at=at,
        )


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> None:
    """Take away one that was never used. Journal `endpoint_removed`. NotAllowed: not her place. NotNow: it has a log, which stays."""
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if not may_keep(standing(by, on=timezone.localdate(at)), locked):
        raise NotAllowed("endpoint_not_yours")
    if Delivery.objects.filter(endpoint=locked).exists():
        raise NotNow("endpoint_used")
    record("endpoint_removed", locked, by=by, at=at, label=locked.name, kind=locked.kind)
    locked.delete()
