"""Robots and webhooks: added, changed, stopped by head office or the leader whose group it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Domain, Group, Unit
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Fault, Invalid, NotAllowed
from huizhen.lib.text import clean
from huizhen.notifications.channels import CHANNELS
from huizhen.notifications.choices import ROBOTS, DeliveryState, Event, Scope
from huizhen.notifications.models import Delivery, Endpoint

LANGUAGES = ("zh-hans", "en")


def may_keep(who: Standing, endpoint: Endpoint) -> bool:
    """Head office keeps every endpoint; a leader, a liaison or a clerk those of her own place."""
    if who.is_coordinator:
        return True
    return {
        Scope.GROUP.value: endpoint.group_id in who.led_group_ids,
        Scope.UNIT.value: endpoint.unit_id in who.unit_ids,
        Scope.DOMAIN.value: endpoint.domain_id in who.domain_ids,
        Scope.ALL.value: False,
    }[endpoint.scope]


def _need_keeper(by: User, endpoint: Endpoint, at: datetime) -> Standing:
    who = standing(by, on=timezone.localdate(at))
    if not may_keep(who, endpoint):
        raise NotAllowed("endpoint_not_yours")
    return who


@transaction.atomic
def add_endpoint(
    *,
    kind: str,
    name: str,
    address: str,
    secret: str = "",
    place: Group | Unit | Domain | None = None,
    events: Sequence[str] = (),
    language: str = "zh-hans",
    by: User,
    at: datetime,
) -> Endpoint:
    """Add a robot or webhook for the cases of a place, None for all. Journal `endpoint_added`, without address and secret.

    NotAllowed: not her place. Invalid: kind, name, address, secret, language or kinds of happenings at fault.
    """
    where = "" if place is None else str(place._meta.model_name)
    scope = Scope(where) if where else Scope.ALL
    endpoint = Endpoint(
        kind=kind, name=clean(name)[:40], scope=scope, address=address.strip(), secret=secret.strip(),
        events=list(events), language=language, created_at=at,
        **({where: place} if where else {}),
    )  # fmt: skip
    endpoint.created_by = _need_keeper(by, endpoint, at).person
    _demand_sound(endpoint)
    endpoint.save()
    record("endpoint_added", endpoint, by=by, at=at, label=endpoint.name, kind=kind, scope=str(scope))
    return endpoint


@transaction.atomic
def change_endpoint(endpoint: Endpoint, *, by: User, at: datetime, **changes: Any) -> Endpoint:
    """Change name, address, secret, events or language, or switch it on again; its troubles are forgotten. Journal `endpoint_changed`.

    An empty secret keeps the old one.
    """
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    _need_keeper(by, locked, at)
    for field in ("name", "address", "events", "language", "is_active"):
        if field in changes:
            setattr(locked, field, changes[field])
    if changes.get("secret"):
        locked.secret = changes["secret"].strip()
    locked.name, locked.address = clean(locked.name)[:40], locked.address.strip()
    locked.failures, locked.resting_until = 0, None
    _demand_sound(locked)
    locked.save()
    record("endpoint_changed", locked, by=by, at=at, label=locked.name, fields=sorted(changes))
    return locked


@transaction.atomic
def stop_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> None:
    """Switch it off; what waits for it is put aside. Journal `endpoint_stopped`."""
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    _need_keeper(by, locked, at)
    Endpoint.objects.filter(pk=locked.pk).update(is_active=False)
    Delivery.objects.filter(endpoint=locked, state=DeliveryState.WAITING).update(
        state=DeliveryState.FAILED, last_error="stopped", settled_at=at
    )
    record("endpoint_stopped", locked, by=by, at=at, label=locked.name)


def _demand_sound(endpoint: Endpoint) -> None:
    faults: dict[str, list[Fault]] = {}
    if endpoint.kind not in ROBOTS:
        raise Invalid.one("kind", "not_offered", given=endpoint.kind[:10])
    if not endpoint.name:
        faults["name"] = [Fault("required")]
    if endpoint.language not in LANGUAGES:
        faults["language"] = [Fault("not_offered")]
    if unknown := set(endpoint.events) - set(Event.values):
        faults["events"] = [Fault("not_offered", {"given": min(unknown)[:20]})]
    for field, most in (("address", 500), ("secret", 200)):
        if len(getattr(endpoint, field)) > most:
            faults[field] = [Fault("too_long", {"max": most, "length": len(getattr(endpoint, field))})]
    if not faults:
        for fault in CHANNELS[endpoint.kind].check(endpoint.address, endpoint.secret):
            faults.setdefault(fault.column or "address", []).append(fault)
    if faults:
        raise Invalid(faults)
