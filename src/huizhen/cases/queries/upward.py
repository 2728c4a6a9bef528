"""上行建议: causes beyond the power of the branch, each with the department it is meant for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from huizhen.cases.models import Cause
from huizhen.cases.policy import unhidden
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotAllowed

PAGE = 50


@dataclass(frozen=True)
class Upward:
    """A page of upward suggestions, the newest first; `after` leads to the next one."""

    causes: tuple[Cause, ...]
    after: str = ""


def may_read_upward(standing: Standing) -> bool:
    """Leaders of their groups', liaisons of their domains', head office and leaders of everything."""
    return bool(standing.led_group_ids or standing.domain_ids) or standing.is_reader_of_all


def upward(standing: Standing, *, after: str = "", limit: int = PAGE) -> Upward:
    """Upward suggestions of the reader's groups and domains; one query along the index `cause_upward`. NotAllowed: others."""
    if not may_read_upward(standing):
        raise NotAllowed("not_for_you")
    scope = Q()
    if not standing.is_reader_of_all:
        scope = Q(diagnosis__case__group__in=standing.led_group_ids)
        scope |= Q(diagnosis__case__domain__in=standing.domain_ids)
    rows = Cause.objects.filter(scope, unhidden(standing, "diagnosis__case__"), is_upward=True)
    if after.isdecimal() and len(after) <= 18:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("diagnosis__case__branch", "diagnosis__case__group").order_by("-pk")[: limit + 1])
    shown = found[:limit]
    return Upward(tuple(shown), str(shown[-1].pk) if len(found) > limit else "")
