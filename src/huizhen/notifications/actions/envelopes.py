"""A delivery put into words for its channel, in the language of who receives it. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation

from huizhen.directory.queries import standing_of_person
from huizhen.notifications.channels import Envelope
from huizhen.notifications.models import Delivery, Message
from huizhen.notifications.queries.scene import CASE
from huizhen.notifications.queries.telling import (
    Told,
    background,
    stands_in,
    tell,
    titles_for,
    titles_in_public,
)
from huizhen.notifications.registry import path_of
from huizhen.notifications.verbs import FOOT, SUBJECT


def envelope(delivery: Delivery, *, at: datetime) -> Envelope:
    """The delivery as it leaves, with no more than its receiver may know at this moment. Some queries by key."""
    message, endpoint = delivery.message, delivery.endpoint
    one = message or delivery
    if message is not None:
        user = message.person.user
        language = (user.language if user else "") or settings.LANGUAGE_CODE
        to, secret = message.person.email, ""
        titles = titles_for(standing_of_person(message.person, on=timezone.localdate(at)), [message])
    elif endpoint is not None:
        language, to, secret = endpoint.language, endpoint.address, endpoint.secret
        titles = titles_in_public([delivery])
    else:
        raise ValueError(f"delivery {delivery.key} is to nobody")
    with translation.override(language):
        told = tell(one, background([one], titles))
        return Envelope(
            key=str(delivery.key),
            subject=_subject(one, told),
            text="\n".join(_lines(told, message)),
            url=settings.HUIZHEN_URL.rstrip("/") + path_of(told.link),
            to=to,
            secret=secret,
            language=language,
            event=str(delivery.event),
            at=delivery.at,
        )


def _subject(one: Message | Delivery, told: Told) -> str:
    """What happened, and the code of the case: mails of one case find each other."""
    code = one.target_label if one.target_type == CASE else ""
    return str(SUBJECT) % {"title": f"{told.title} {code}".strip()}


def _lines(told: Told, message: Message | None) -> Iterable[str]:
    yield from filter(None, [told.about, *told.lines])
    if message is not None:
        if message.stands_in_for is not None:
            yield stands_in(message.stands_in_for)
        yield ""
        yield str(FOOT)
