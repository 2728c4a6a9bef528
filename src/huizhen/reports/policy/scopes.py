"""Whose figures somebody may read. Figures name nobody; the cases behind them are those she sees anyway (`cases.policy.visible`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Branch, Campaign, Domain, Group, Membership, Unit
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.reports.choices import Kind


@dataclass(frozen=True)
class Scope:
    """Everything, or one domain, group or unit. `code`, `name` and `key` are empty for everything."""

    kind: str
    code: str = ""
    name: str = ""
    key: int = 0

    @property
    def address(self) -> str:
        """How addresses name it: `all`, `group:NET-01`."""
        return f"{self.kind}:{self.code}" if self.code else str(self.kind)


ALL = Scope(Kind.ALL.value)


def reads_all(standing: Standing) -> bool:
    """Head office, leaders, audit and the liaisons read figures of everybody: domains learn from each other."""
    return standing.is_reader_of_all or bool(standing.domain_ids)


def scopes(standing: Standing, campaign: Campaign) -> tuple[Scope, ...]:
    """What she may read, her own first. Who reads all: everything, her domains, the other domains, groups, units. The others: their
    groups, their unit and the unit of their branch; a clerk also groups led from her unit, which she reports on. At most four queries;
    empty for who has no part in it."""
    if standing.person is None:
        return ()
    is_wide = reads_all(standing)
    domains = list(Domain.objects.order_by("order", "pk")) if is_wide else []
    domains.sort(key=lambda one: one.pk not in standing.domain_ids)
    groups = Group.objects.filter(campaign=campaign).order_by("domain__order", "order", "code")
    units = Unit.objects.order_by("order", "pk")
    if not is_wide:
        seats = Membership.objects.filter(role=MemberRole.LEADER, until=None, person__unit__in=standing.unit_ids)
        hers = Q(pk__in=standing.group_ids)
        groups = groups.filter(hers | Q(pk__in=seats.values("group")) if standing.unit_ids else hers)
        branches = Branch.objects.filter(pk__in=standing.branch_ids)
        units = units.filter(Q(pk__in=standing.unit_ids) | Q(pk__in=branches.values("unit")))
    named: Sequence[tuple[Kind, Sequence[Domain | Group | Unit]]] = (
        (Kind.DOMAIN, domains), (Kind.GROUP, list(groups)), (Kind.UNIT, list(units)),
    )  # fmt: skip
    found = [Scope(kind.value, one.code, one.name, int(one.pk)) for kind, ones in named for one in ones]
    found.sort(key=lambda one: one.kind == Kind.GROUP and not is_wide and one.key not in standing.group_ids)
    return (ALL, *found) if is_wide else tuple(found)


def get_scope(found: Sequence[Scope], address: str) -> Scope:
    """The scope of this address among those she may read, the first for ""; NotVisible otherwise, whether it exists or not."""
    for one in found:
        if not address or one.address == address:
            return one
    raise NotVisible("scope_unknown", scope=address[:40])
