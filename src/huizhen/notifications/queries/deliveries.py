"""What goes out: lanes with something due, troubles for the coordinator, the log of an endpoint, gauges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from huizhen.notifications.choices import ChannelName, DeliveryState
from huizhen.notifications.models import Delivery, Endpoint

PAGE = 50
MOST_COUNTED = 10_000
_TROUBLE = (DeliveryState.FAILED, DeliveryState.DOUBTFUL)


def lanes(*, at: datetime, is_open: bool) -> list[Endpoint | None]:
    """Lanes with something to send: mail (None) first, then endpoints that do not rest, those without trouble before the others."""
    due = Q(state=DeliveryState.WAITING, not_before__lte=at) & (Q() if is_open else Q(is_urgent=True))
    mine = Delivery.objects.filter(due, endpoint=OuterRef("pk"))
    rested = Q(resting_until=None) | Q(resting_until__lte=at)
    found: list[Endpoint | None] = [None] if Delivery.objects.filter(due, endpoint=None).exists() else []
    return [*found, *Endpoint.objects.filter(rested, Exists(mine), is_active=True).order_by("failures", "pk")]


# ── for the coordinator


@dataclass(frozen=True)
class Sending:
    """A line of a log: what went where, how often, and how it stands. `to` is a person's or an endpoint's name, never an address."""

    id: int
    key: str
    channel: str | Promise
    to: str
    label: str
    state: str
    state_words: str | Promise
    is_doubtful: bool
    attempts: int
    error: str
    at: datetime
    next_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True)
class Sendings:
    """A page of a log; `before` is the id below which the next one begins."""

    rows: tuple[Sending, ...]
    before: int | None


def troubles(*, before: int | None = None) -> Sendings:
    """Failed and doubtful deliveries that nobody put aside, newest first. One query."""
    return _page(Delivery.objects.filter(state__in=_TROUBLE, settled_at=None), before)


def log_of(endpoint: Endpoint, *, before: int | None = None) -> Sendings:
    """Everything sent or to be sent to an endpoint, newest first. One query."""
    return _page(Delivery.objects.filter(endpoint=endpoint), before)


def _page(found: QuerySet[Delivery], before: int | None) -> Sendings:
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("message__person", "endpoint").order_by("-pk")[: PAGE + 1])
    return Sendings(tuple(map(sending_of, rows[:PAGE])), rows[PAGE - 1].pk if len(rows) > PAGE else None)


def sending_of(one: Delivery) -> Sending:
    """A line of a log. Wants `message__person` and `endpoint` to be there."""
    message = one.message
    return Sending(
        id=one.pk,
        key=str(one.key),
        channel=ChannelName(one.channel).label,
        to=message.person.name if message else one.endpoint.name if one.endpoint else "",
        label=message.target_label if message else one.target_label,
        state=one.state,
        state_words=DeliveryState(one.state).label,
        is_doubtful=one.is_doubtful,
        attempts=one.attempts,
        error=one.last_error,
        at=one.at,
        next_at=one.not_before if one.state == DeliveryState.WAITING else None,
        sent_at=one.sent_at,
    )


# ── gauges


def waiting(now: datetime) -> float:
    """Deliveries whose time has come, at most MOST_COUNTED."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, not_before__lte=now).order_by("not_before")
    return float(len(due.values_list("pk", flat=True)[:MOST_COUNTED]))


def oldest_waiting(now: datetime) -> float:
    """For how many seconds the oldest delivery whose time has come waits; 0 when there is none."""
    oldest = (
        Delivery.objects.filter(state=DeliveryState.WAITING, not_before__lte=now)
        .order_by("not_before")
        .values_list("not_before", flat=True)
        .first()
    )
    return max((now - oldest).total_seconds(), 0.0) if oldest else 0.0


def in_trouble(now: datetime) -> float:
    """Failed and doubtful deliveries that nobody put aside, at most MOST_COUNTED."""
    found = Delivery.objects.filter(state__in=_TROUBLE, settled_at=None).order_by("-pk")
    return float(len(found.values_list("pk", flat=True)[:MOST_COUNTED]))
