"""The weekly digest as a message, once for each person and week."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.notifications.actions.messages import leaves_at
from huizhen.notifications.choices import ChannelName, Event
from huizhen.notifications.models import Delivery, Message
from huizhen.notifications.queries.digest import digest
from huizhen.notifications.queries.preferences import Chosen, is_wanted
from huizhen.worktime.queries import calendar


def week_of(at: datetime) -> str:
    """What stands for a transaction: digest:2026-W48."""
    year, week, _day = timezone.localdate(at).isocalendar()
    return f"digest:{year}-W{week:02d}"


def send_digest(person: Person, who: Standing, *, chosen: Chosen, at: datetime) -> bool:
    """Tell one person the figures of her week, in the inbox and by mail if she wants. False: told already, or nothing to tell.

    The unique key of person and week makes it once, however many workers try.
    """
    figures = digest(who, now=at)
    if figures.is_empty:
        return False
    message = Message(
        person=person, txn=week_of(at), event=Event.DIGEST, verb="digest", at=at,
        data={
            "place": figures.place, "open": figures.open, "late": figures.late, "registered": figures.registered,
            "resolved": figures.resolved, "situations": [list(pair) for pair in figures.situations], "reused": figures.reused,
            "methods": list(figures.methods),
        },
    )  # fmt: skip
    try:
        with transaction.atomic():
            message.save()
            if person.email and is_wanted(person.pk, Event.DIGEST, ChannelName.MAIL, chosen):
                Delivery.objects.create(
                    channel=ChannelName.MAIL, message=message, txn=message.txn, event=Event.DIGEST, verb="digest", at=at,
                    not_before=leaves_at(at, calendar(), is_urgent=False),
                )  # fmt: skip
    except IntegrityError:
        return False
    return True
