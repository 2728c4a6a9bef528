"""The whole picture: open cases of the house by situation and by domain, for head office and leaders."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from huizhen.cases.models import Case
from huizhen.cases.queries.desk import Desk
from huizhen.directory.models import Domain


@dataclass(frozen=True)
class DomainRow:
    """A domain in the overview."""

    domain: Domain | None
    open: int
    late: int
    today: int


@dataclass(frozen=True)
class Overview:
    """Open cases of the house by situation and by domain. 敏感 cases are counted, never named."""

    open: int
    late: int
    today: int
    situations: tuple[tuple[str, int], ...]
    domains: tuple[DomainRow, ...]

    @property
    def most(self) -> int:
        """The longest bar of the domains; at least one, so that nothing is divided by zero."""
        return max([one.open for one in self.domains] + [1])

    @property
    def most_at_once(self) -> int:
        return max([n for _, n in self.situations] + [1])


def _figures(scope: Q, desk: Desk) -> list[Any]:
    return list(
        Case.objects.filter(scope, is_open__in=(True,))
        .order_by()
        .values("domain", "situation")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=desk.now)),
            today=Count("pk", filter=Q(due_at__gte=desk.now, due_at__lt=desk.tonight)),
        )
    )


def overview(desk: Desk) -> Overview:
    """Figures over open cases only: their number is bounded by what experts can carry. Three queries.

    The domains are named one by one, because only then SQLite walks the open part of their index instead of the whole.
    """
    named = list(Domain.objects.order_by("order", "pk"))
    found = [*_figures(Q(domain__in=[one.pk for one in named]), desk), *_figures(Q(domain=None), desk)]
    by_domain: dict[int | None, list[int]] = {}
    by_situation: Counter[str] = Counter()
    for row in found:
        by_situation[row["situation"]] += row["n"]
        sums = by_domain.setdefault(row["domain"], [0, 0, 0])
        for index, figure in enumerate((row["n"], row["late"], row["today"])):
            sums[index] += figure
    domains = [DomainRow(one, *by_domain.get(one.pk, [0, 0, 0])) for one in named]
    if None in by_domain:
        domains.append(DomainRow(None, *by_domain[None]))
    order = (
        "contact",
        "session",
        "prescription",
        "acceptance",
        "measures",
        "follow_up",
        "archive",
        "transfer",
        "paused",
    )
    return Overview(
        sum(one.open for one in domains),
        sum(one.late for one in domains),
        sum(one.today for one in domains),
        tuple((name, by_situation[name]) for name in order),
        tuple(domains),
    )
