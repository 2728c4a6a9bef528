"""A delivery put into words for its channel, in the language of who receives it. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation

from huizhen.directory.queries import Standing, standing_of_person
from huizhen.journal.models import Entry
from huizhen.notifications.channels import Attached, Envelope
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
from huizhen.reports.actions.mailing import XLSX, files_for
from huizhen.reports.actions.mailings import files_of_mailing


def envelope(delivery: Delivery, *, at: datetime) -> Envelope:
    """The delivery as it leaves, with no more than its receiver may know at this moment. Some queries by key."""
    message, endpoint = delivery.message, delivery.endpoint
    one = message or delivery
    if message is not None:
        user = message.person.user
        language = (user.language if user else "") or settings.LANGUAGE_CODE
        to, secret = message.person.email, ""
        reader = standing_of_person(message.person, on=timezone.localdate(at))
        titles, attached = titles_for(reader, [message]), _attached(message, reader, at)
    elif endpoint is not None:
        language, to, secret = endpoint.language, endpoint.address, endpoint.secret
        titles, attached = titles_in_public([delivery]), ()
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
            attached=attached,
        )


def _attached(message: Message, reader: Standing, at: datetime) -> tuple[Attached, ...]:
    """What goes along: the files of a report or of a view that is sent, as much of it as this reader may see. Nothing for other happenings."""
    if message.verb == "mailing_sent" and message.target_id is not None:
        view = files_of_mailing(message.target_id, reader, at=at)
        return tuple(Attached(name, content, XLSX) for name, content in view)
    if message.verb != "report_sent":
        return ()
    entries = Entry.objects.filter(pk__in=[pk for pk, _event in message.entries], verb=message.verb)
    sent = [one.data["sent"] for one in entries.order_by("pk")]
    return tuple(Attached(one.name, one.content, one.kind) for pk in sent for one in files_for(pk, reader))


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
