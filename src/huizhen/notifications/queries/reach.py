"""Which robots and webhooks speak of the cases of one reader."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huizhen.directory.queries import Standing
from huizhen.notifications.choices import ROBOTS, ChannelName, Scope
from huizhen.notifications.models import Endpoint

CHATS = tuple(kind for kind in ROBOTS if kind != ChannelName.WEBHOOK)


def robots_around(standing: Standing) -> QuerySet[Endpoint]:
    """Robots of chats that tell of cases of her groups, her domains or her unit. One query."""
    unit_ids = set(standing.unit_ids)
    if standing.person is not None and standing.person.unit_id:
        unit_ids.add(standing.person.unit_id)
    around = Q(group__in=standing.group_ids) | Q(domain__in=standing.domain_ids) | Q(unit__in=unit_ids)
    if standing.is_coordinator:
        around |= Q(scope=Scope.ALL)
    return Endpoint.objects.filter(around, is_active=True, kind__in=CHATS).order_by("pk")
