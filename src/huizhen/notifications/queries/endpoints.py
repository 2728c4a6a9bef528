"""Endpoints as those who keep them see them: which are hers, how each is doing, and for which places she may add one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huizhen.directory.models import Domain, Group, Unit
from huizhen.directory.queries import Standing, current_campaign
from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.notifications.choices import DeliveryState, Scope
from huizhen.notifications.models import Delivery, Endpoint

Place = Group | Unit | Domain
_AGAIN = (DeliveryState.WAITING, DeliveryState.FAILED, DeliveryState.DOUBTFUL)


@dataclass(frozen=True)
class EndpointState:
    """How an endpoint is doing. `failing_since`: when the oldest happened of what was tried and did not arrive,

    leaving out what somebody put aside; `last_error` is the newest of these.
    """

    endpoint: Endpoint
    place: str
    last_sent_at: datetime | None
    failing_since: datetime | None
    last_error: str
    is_used: bool


def is_keeper(who: Standing) -> bool:
    """Has endpoints to keep, or may add some: head office, leaders, liaisons, clerks."""
    return bool(who.is_coordinator or who.led_group_ids or who.domain_ids or who.unit_ids)


def endpoints_of(who: Standing) -> list[EndpointState]:
    """Every endpoint she keeps, those in use first. One query. NotAllowed: she is no keeper."""
    if not is_keeper(who):
        raise NotAllowed("endpoints_not_yours")
    return [_state(one) for one in _kept(who).order_by("-is_active", "name", "pk")]


def endpoint_of(who: Standing, pk: int) -> EndpointState:
    """One of hers. One query. NotVisible: not hers, or there is none."""
    found = _kept(who).filter(pk=pk).first() if is_keeper(who) else None
    if found is None:
        raise NotVisible("no_such_endpoint")
    return _state(found)


def places_of(who: Standing) -> Mapping[str, list[Place]]:
    """Scope → places for which she may add an endpoint; for all cases head office alone. Three queries."""
    campaign = current_campaign()
    groups = Group.objects.filter(campaign=campaign).order_by("order", "pk")
    domains, units = Domain.objects.order_by("order", "pk"), Unit.objects.order_by("order", "pk")
    if not who.is_coordinator:
        groups, domains = groups.filter(pk__in=who.led_group_ids), domains.filter(pk__in=who.domain_ids)
        units = units.filter(pk__in=who.unit_ids)
    return {Scope.GROUP.value: list(groups), Scope.DOMAIN.value: list(domains), Scope.UNIT.value: list(units)}


def _kept(who: Standing) -> QuerySet[Endpoint]:
    """Her endpoints with how they are doing; each subquery reads the newest rows of the endpoint's log."""
    log = Delivery.objects.filter(endpoint=OuterRef("pk"))
    sent = log.filter(state=DeliveryState.SENT).order_by("-pk")
    found = Endpoint.objects.select_related("group", "unit", "domain").annotate(
        sent_at=Subquery(sent.values("sent_at")[:1]),
        used=Subquery(log.order_by("-pk").values("pk")[:1]),
    )
    stuck = log.filter(state__in=_AGAIN, settled_at=None).exclude(last_error="")
    found = found.annotate(
        since=Subquery(stuck.order_by("pk").values("at")[:1]),
        error=Subquery(stuck.order_by("-pk").values("last_error")[:1]),
    )
    if who.is_coordinator:
        return found
    return found.filter(Q(group__in=who.led_group_ids) | Q(domain__in=who.domain_ids) | Q(unit__in=who.unit_ids))


def _state(one: Endpoint) -> EndpointState:
    place = one.group or one.unit or one.domain
    facts = vars(one)
    return EndpointState(
        endpoint=one,
        place=place.name if place else "",
        last_sent_at=facts["sent_at"],
        failing_since=facts["since"],
        last_error=facts["error"] or "",
        is_used=facts["used"] is not None,
    )
