"""Who was told of an act on a thing, and what became of the mail: for the page of the thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from huizhen.journal.models import Entry
from huizhen.notifications.choices import DeliveryState
from huizhen.notifications.models import Delivery, Message


@dataclass(frozen=True)
class Receipt:
    """One who was told. `state`: of the mail, "" when none was to be sent (no address, or she wants none); `has_address`."""

    name: str
    unit: str
    read_at: datetime | None
    state: str
    state_words: str | Promise
    attempts: int
    error: str
    sent_at: datetime | None
    has_address: bool


@dataclass(frozen=True)
class Receipts:
    """`is_told`: the messages have been made; shortly after the act they have not."""

    is_told: bool
    rows: tuple[Receipt, ...]


def receipts(entry: Entry | None) -> Receipts:
    """Of the transaction of an entry, by name. Two queries; people who were not told are not named."""
    if entry is None:
        return Receipts(False, ())
    heard = Message.objects.filter(txn=entry.txn, verb=entry.verb).select_related("person__unit")
    rows = list(heard.order_by("person__sort_key", "pk"))
    mails = {one.message_id: one for one in Delivery.objects.filter(message__in=[one.pk for one in rows])}
    return Receipts(bool(rows), tuple(_receipt(one, mails.get(one.pk)) for one in rows))


def _receipt(one: Message, mail: Delivery | None) -> Receipt:
    return Receipt(
        name=one.person.name,
        unit=one.person.unit.name if one.person.unit else "",
        read_at=one.read_at,
        state=mail.state if mail else "",
        state_words=DeliveryState(mail.state).label if mail else "",
        attempts=mail.attempts if mail else 0,
        error=mail.last_error if mail else "",
        sent_at=mail.sent_at if mail else None,
        has_address=bool(one.person.email),
    )
