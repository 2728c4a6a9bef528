"""Writing messages from the journal's entries, and reading them off. What leaves the house is written down beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huizhen.directory.models import Person
from huizhen.journal.actions import done
from huizhen.journal.models import Entry, Outbox
from huizhen.lib.errors import StaleWrite
from huizhen.lib.workdays import Calendar
from huizhen.notifications.choices import DEFAULTS, PERSONAL, WEIGHTS, ChannelName, Event
from huizhen.notifications.models import Delivery, Endpoint, Message
from huizhen.notifications.queries.audience import Listeners, is_urgent, listeners, people
from huizhen.notifications.queries.preferences import chosen_by, is_wanted
from huizhen.notifications.queries.scene import Scene
from huizhen.notifications.rules import RULES
from huizhen.worktime.queries import calendar

HISTORY = timedelta(hours=1)
"""An entry written so long after it happened was loaded from the past: it makes no mail, and no unread message unless it is recent."""

Heard = tuple[Entry, Event]


@dataclass
class Plan:
    """What some transactions come to: messages, and what leaves by which channel."""

    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)


def tell(rows: Sequence[Outbox], *, by: str, at: datetime) -> Plan:
    """Make messages of claimed outbox rows, all rows of a transaction among them.

    In one transaction: the rows are done, one message for each person and transaction, its deliveries. StaleWrite, and nothing
    written: the lease ran out meanwhile and another worker has them.
    """
    plan = planned([row.entry for row in rows], at=at)
    with transaction.atomic():
        if done(rows, by=by, at=at) != len(rows):
            raise StaleWrite("outbox_lease")
        _write(plan)
    return plan


def _write(plan: Plan) -> None:
    """Add what is not there yet: a transaction that is read a second time adds nothing."""
    there = set(
        Message.objects.filter(
            person__in={one.person_id for one in plan.messages}, txn__in={one.txn for one in plan.messages}
        ).values_list("person_id", "txn")
    )
    sent = set(
        Delivery.objects.filter(
            endpoint__in={one.endpoint_id for one in plan.deliveries if one.endpoint_id},
            txn__in={one.txn for one in plan.deliveries if one.endpoint_id},
        ).values_list("endpoint_id", "txn")
    )
    plan.messages = [one for one in plan.messages if (one.person_id, one.txn) not in there]
    plan.deliveries = [
        one
        for one in plan.deliveries
        if (one.endpoint_id is not None and (one.endpoint_id, one.txn) not in sent)
        or (one.message is not None and (one.message.person_id, one.message.txn) not in there)
    ]
    Message.objects.bulk_create(plan.messages)
    Delivery.objects.bulk_create(plan.deliveries)


def planned(entries: Sequence[Entry], *, at: datetime) -> Plan:
    """What these transactions come to, without writing: the number of queries is that of one transaction."""
    entries = [entry for entry in entries if entry.verb in RULES and at - entry.at <= kept_for()]
    scene = Scene(entries, on=timezone.localdate(at))
    meant = {entry.pk: _meant(scene, entry) for entry in entries}
    heard = listeners(scene, {pk for audiences in meant.values() for ids in audiences.values() for pk in ids})
    plan = Plan()
    days = calendar(on=timezone.localdate(at))
    by_txn: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_txn[entry.txn].append(entry)
    told = [_told(scene, heard, txn, group, meant) for txn, group in by_txn.items()]
    plan.messages = [message for messages in told for message in messages]
    for message in plan.messages:
        message.read_at = _read_already(message, scene, at)
    plan.deliveries = _by_mail(plan.messages, heard, scene, at=at, days=days)
    plan.deliveries += _to_endpoints(by_txn, meant, scene, at=at, days=days)
    return plan


def kept_for() -> timedelta:
    """What happened longer ago is not told at all."""
    return timedelta(days=settings.HUIZHEN_INBOX_DAYS)


def is_history(entry: Entry, *, at: datetime) -> bool:
    """Too old for anything but the inbox: loaded from the past, or left lying while nobody drained."""
    return entry.recorded_at - entry.at > HISTORY or at - entry.at > timedelta(days=settings.HUIZHEN_NEWS_DAYS)


def _read_already(message: Message, scene: Scene, at: datetime) -> datetime | None:
    """Loaded from the past and no news any more: it comes as read, so that a loaded installation begins with a plausible inbox."""
    loaded = all(
        entry.recorded_at - entry.at > HISTORY for entry in scene.entries if entry.pk in _ids_of(message.entries)
    )
    return message.at if loaded and at - message.at > timedelta(days=settings.HUIZHEN_NEWS_DAYS) else None


def _ids_of(pairs: Iterable[Sequence[object]]) -> set[object]:
    return {pair[0] for pair in pairs}


def _meant(scene: Scene, entry: Entry) -> dict[Event, set[int]]:
    """Kind of happening → whom the rules mean, before it is asked who may hear."""
    return {
        rule.event: {pk for name in rule.audience for pk in people(scene, entry, name)} for rule in RULES[entry.verb]
    }


def _weight(heard: Heard) -> tuple[int, int]:
    """The weightiest first; among equals the latest."""
    entry, event = heard
    return -WEIGHTS[event], -entry.pk


def _standing(parts: Iterable[Heard]) -> list[Heard]:
    """Without the steps of a ladder that a later step of the same transaction overtook: who is late need not hear that half was used up."""
    latest: dict[tuple[object, ...], Heard] = {}
    for entry, event in sorted(parts, key=lambda one: one[0].pk):
        step = (
            entry.data.get("clock") or entry.data.get("measure")
            if entry.verb.startswith(("clock_", "measure_"))
            else None
        )
        latest[(entry.target_id, step, entry.data.get("key"), None if step else entry.pk)] = (entry, event)
    return sorted(latest.values(), key=_weight)


def _told(
    scene: Scene,
    heard: Listeners,
    txn: str,
    entries: Sequence[Entry],
    meant: dict[int, dict[Event, set[int]]],
) -> list[Message]:
    """One message for each person that the entries of one transaction concern: of each entry the weightiest kind counts."""
    mine: dict[int, dict[int, Heard]] = defaultdict(dict)
    stand_ins: dict[int, int] = {}
    themselves: set[int] = set()
    for entry in entries:
        for event, ids in meant[entry.pk].items():
            for away in ids:
                for pk in (away, heard.stand_in(away)):
                    if pk is None or not heard.may_hear(pk, entry):
                        continue
                    if pk == away:
                        themselves.add(pk)
                    else:
                        stand_ins.setdefault(pk, away)
                    known = mine[pk].get(entry.pk)
                    if known is None or WEIGHTS[event] > WEIGHTS[known[1]]:
                        mine[pk][entry.pk] = (entry, event)
    found = []
    for pk, parts in sorted(mine.items()):
        ordered = _standing(parts.values())
        first, event = ordered[0]
        found.append(
            Message(
                person=heard.persons[pk],
                txn=txn,
                event=event,
                verb=first.verb,
                entries=[[entry.pk, str(kind)] for entry, kind in ordered],
                target_type=first.target_type,
                target_id=first.target_id,
                target_label=first.target_label,
                stands_in_for_id=stand_ins.get(pk) if pk not in themselves else None,
                is_urgent=is_urgent(scene, first),
                at=first.at,
            )
        )
    return found


# ── what leaves the house


def _by_mail(
    messages: Sequence[Message], heard: Listeners, scene: Scene, *, at: datetime, days: Calendar
) -> list[Delivery]:
    """A mail for each message whose reader wants one of this kind and has an address."""
    fresh = {entry.pk for entry in scene.entries if not is_history(entry, at=at)}
    chosen = chosen_by({message.person_id for message in messages})
    return [
        Delivery(
            channel=channel,
            message=message,
            txn=message.txn,
            event=message.event,
            verb=message.verb,
            is_urgent=message.is_urgent,
            at=message.at,
            not_before=leaves_at(at, days, is_urgent=message.is_urgent),
        )
        for message in messages
        for channel in PERSONAL
        if message.entries[0][0] in fresh
        and message.person.email
        and is_wanted(message.person_id, message.event, channel, chosen)
    ]


def leaves_at(at: datetime, days: Calendar, *, is_urgent: bool) -> datetime:
    """Quiet hours: outside working time everything but 特急 waits for the next slot."""
    return at if is_urgent else days.next_open(at)


OUTSIDE = frozenset(event for event, channels in DEFAULTS.items() if channels) - {Event.DIGEST, Event.REPORT}
"""What an endpoint hears that chose nothing."""


def _to_endpoints(
    by_txn: dict[str, list[Entry]],
    meant: dict[int, dict[Event, set[int]]],
    scene: Scene,
    *,
    at: datetime,
    days: Calendar,
) -> list[Delivery]:
    """One delivery for each endpoint and transaction that concerns it; 敏感 cases go to none."""
    found = []
    endpoints = list(Endpoint.objects.filter(is_active=True).order_by("pk")) if by_txn else []
    for txn, entries in by_txn.items():
        for endpoint in endpoints:
            wanted = set(endpoint.events) or OUTSIDE
            parts: list[Heard] = []
            for entry in entries:
                events = [event for event, ids in meant[entry.pk].items() if ids and event in wanted]
                if events and _concerns(endpoint, entry, scene) and not is_history(entry, at=at):
                    parts.append((entry, max(events, key=lambda one: WEIGHTS[one])))
            if not parts:
                continue
            parts = _standing(parts)
            first, event = parts[0]
            urgent = is_urgent(scene, first)
            found.append(
                Delivery(
                    channel=ChannelName(endpoint.kind),
                    endpoint=endpoint,
                    txn=txn,
                    event=event,
                    verb=first.verb,
                    entries=[[entry.pk, str(kind)] for entry, kind in parts],
                    target_type=first.target_type,
                    target_id=first.target_id,
                    target_label=first.target_label,
                    is_urgent=urgent,
                    at=first.at,
                    not_before=leaves_at(at, days, is_urgent=urgent),
                )
            )
    return found


def _concerns(endpoint: Endpoint, entry: Entry, scene: Scene) -> bool:
    case = scene.case(entry)
    if case is None or case.is_sensitive:
        return False
    places = {"group": case.group_id, "unit": case.unit_id, "domain": case.domain_id}
    return endpoint.scope == "all" or places[endpoint.scope] == getattr(endpoint, f"{endpoint.scope}_id")


# ── reading them off


def mark_read(person: Person, ids: Iterable[int], *, at: datetime) -> int:
    """Put messages of this person aside as read; those already read stay as they were."""
    return Message.objects.filter(person=person, pk__in=list(ids), read_at=None).update(read_at=at)


def mark_all_read(person: Person, *, up_to: int, at: datetime) -> int:
    """Put aside everything up to the newest message the person was shown; what came meanwhile stays unread."""
    return Message.objects.filter(person=person, pk__lte=up_to, read_at=None).update(read_at=at)


def undo_read(person: Person, *, at: datetime) -> int:
    """Make unread again what one act at that moment put aside."""
    return Message.objects.filter(person=person, read_at=at).update(read_at=None)
