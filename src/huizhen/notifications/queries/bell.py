"""The bell in the frame of every page: what nobody opened yet, by the account alone, so that asking costs one query."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from huizhen.accounts.models import User
from huizhen.notifications.models import Message
from huizhen.notifications.queries.inbox import MOST_COUNTED, unread_words


@dataclass(frozen=True)
class Bell:
    """How many messages wait, counted to at most MOST_COUNTED, and the newest of them (0: none)."""

    count: int = 0
    newest: int = 0

    @property
    def words(self) -> str:
        """The number as the badge shows it; "" for none."""
        return unread_words(self.count)

    @property
    def stamp(self) -> str:
        """What a page knows; the same stamp means that nothing is new."""
        return f"{self.count}-{self.newest}"


def bell(user: User | AnonymousUser) -> Bell:
    """One query: the person by her account, then the index of unread messages."""
    if not user.pk:
        return Bell()
    waiting = Message.objects.filter(person__user_id=user.pk, read_at=None).order_by("-pk")
    found = list(waiting.values_list("pk", flat=True)[:MOST_COUNTED])
    return Bell(len(found), found[0] if found else 0)
