"""What went out and what did not, for head office: all deliveries, newest first, with what they tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.notifications.choices import DeliveryState, Event
from huizhen.notifications.models import Delivery
from huizhen.notifications.queries.deliveries import Sending, sending_of
from huizhen.notifications.queries.inbox import MOST_COUNTED
from huizhen.notifications.queries.telling import Told, background, tell, titles_for

PAGE = 30
_WAITING = (DeliveryState.WAITING, DeliveryState.SENDING)

VIEWS: Mapping[str, Q] = {
    "": Q(),
    "waiting": Q(state__in=_WAITING),
    "failed": Q(state=DeliveryState.FAILED, settled_at=None),
    "doubtful": Q(state=DeliveryState.DOUBTFUL, settled_at=None),
    "sent": Q(state=DeliveryState.SENT),
}
"""What head office may look at: everything, what waits, the two troubles nobody put aside, what arrived."""


@dataclass(frozen=True)
class Line:
    """A delivery and what it tells the reader; `is_settled`: a trouble that was put aside."""

    sending: Sending
    told: Told
    kind: str | Promise
    channel: str
    is_settled: bool


@dataclass(frozen=True)
class Outbox:
    """A page of deliveries; `before` is the id below which the next one begins."""

    lines: tuple[Line, ...]
    before: int | None


def outbox(standing: Standing, *, view: str = "", channel: str = "", before: int | None = None) -> Outbox:
    """A page in the active language. Four queries: deliveries, their entries, the titles the reader may see, the names mentioned."""
    found = Delivery.objects.filter(VIEWS[view])
    if channel:
        found = found.filter(channel=channel)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("message__person", "endpoint").order_by("-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    about = [row.message or row for row in shown]
    known = background(about, titles_for(standing, about))
    lines = tuple(
        Line(sending_of(row), tell(one, known), Event(row.event).label, row.channel, row.settled_at is not None)
        for row, one in zip(shown, about, strict=True)
    )
    return Outbox(lines, shown[-1].pk if len(rows) > PAGE else None)


def counts() -> dict[str, int]:
    """View → how many wait there, each counted to at most MOST_COUNTED. Two queries on partial indexes."""
    trouble = Delivery.objects.filter(VIEWS["failed"] | VIEWS["doubtful"]).order_by("-pk")
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING).order_by("not_before")
    told = Counter(trouble.values_list("state", flat=True)[: 2 * MOST_COUNTED])
    return {
        "waiting": len(waiting.values_list("pk", flat=True)[:MOST_COUNTED]),
        "failed": min(told[DeliveryState.FAILED], MOST_COUNTED),
        "doubtful": min(told[DeliveryState.DOUBTFUL], MOST_COUNTED),
    }


def stuck() -> int:
    """Deliveries that failed and nobody put aside, at most MOST_COUNTED. One query on a partial index."""
    found = Delivery.objects.filter(VIEWS["failed"]).order_by("-pk").values_list("pk", flat=True)
    return len(found[:MOST_COUNTED])


def delivery_of(key: UUID) -> Delivery:
    """A delivery by its id. NotVisible: there is none."""
    found = Delivery.objects.filter(key=key).first()
    if found is None:
        raise NotVisible("no_such_delivery")
    return found
