"""The inbox of a person: how much is unread, and its pages, newest first. Constant queries whatever the inbox holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.notifications.choices import Event
from huizhen.notifications.models import Message
from huizhen.notifications.queries.telling import Told, background, stands_in, tell, titles_for
from huizhen.notifications.registry import Link

PAGE = 20
MOST_COUNTED = 100


@dataclass(frozen=True)
class Item:
    """One line of the inbox. `kind` is the kind of happening in words; `stands_in`: 代甲."""

    id: int
    event: str
    kind: str | Promise
    told: Told
    stands_in: str
    at: datetime
    is_read: bool
    is_urgent: bool

    @property
    def link(self) -> Link:
        return self.told.link


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox and the id below which the next one begins; None at the end."""

    items: tuple[Item, ...]
    before: int | None


def unread(person: Person | None) -> int:
    """How many messages nobody opened, counted to at most MOST_COUNTED. One query on an index of unread messages only."""
    if person is None:
        return 0
    waiting = Message.objects.filter(person=person, read_at=None).order_by("-pk").values_list("pk", flat=True)
    return len(waiting[:MOST_COUNTED])


def unread_words(count: int) -> str:
    """The number as a badge shows it; "" for none."""
    return "99+" if count >= MOST_COUNTED else str(count or "")


def inbox(
    standing: Standing,
    *,
    before: int | None = None,
    only_unread: bool = False,
    events: Collection[str] = (),
    limit: int = PAGE,
) -> Inbox:
    """A page in the active language, of some kinds of happening or of all.

    Four queries: messages, their entries, the titles the reader may see, the names mentioned.
    """
    if standing.person is None:
        return Inbox((), None)
    found = Message.objects.filter(person=standing.person).select_related("stands_in_for")
    if only_unread:
        found = found.filter(read_at=None)
    if events:
        found = found.filter(event__in=events)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: limit + 1])
    shown = rows[:limit]
    known = background(shown, titles_for(standing, shown))
    items = tuple(
        Item(
            id=row.pk,
            event=row.event,
            kind=Event(row.event).label,
            told=tell(row, known),
            stands_in=stands_in(row.stands_in_for),
            at=row.at,
            is_read=row.read_at is not None,
            is_urgent=row.is_urgent,
        )
        for row in shown
    )
    return Inbox(items, shown[-1].pk if len(rows) > limit else None)


def message_of(person: Person, pk: int) -> Message | None:
    """A message of this person, for following its link."""
    return Message.objects.filter(person=person, pk=pk).first()


def message_before(message: Message) -> Message | None:
    """The message of the same kind that this person got before; for comparing one digest with the last. One query."""
    mine = Message.objects.filter(person=message.person_id, event=message.event, pk__lt=message.pk)
    return mine.order_by("-pk").first()
