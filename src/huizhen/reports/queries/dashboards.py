"""What an overview shows beside the figures: scopes by month, what lies there now, who carries how much.

Figures are those of `figures`; here they are only asked for differently. What is open is asked of the cases themselves: their number is
bounded by what experts can carry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Max, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from huizhen.cases.models import Case, Transfer
from huizhen.directory.models import Campaign, Group
from huizhen.directory.queries import Standing, setting
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.periods import Period
from huizhen.reports.models import Load, Tally
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.figures import Figures, figure_of, sums
from huizhen.reports.queries.metrics import METRICS, Metric

LATE_GROUPS = 3
LATE_CASES = 300
BRANCHES = 60


def _metrics(codes: Iterable[str]) -> tuple[list[Metric], set[str]]:
    metrics = [METRICS[code] for code in codes]
    return metrics, {one for metric in metrics for one in (*metric.numerator, *metric.denominator)}


def _figures(
    metrics: Sequence[Metric],
    terms: dict[str, int],
    period: Period,
    today: date,
    least: int,
    scope: Scope | None = None,
) -> Figures:
    return Figures(scope, period, today, {one.code: figure_of(one, terms, {}, least) for one in metrics}, terms)


def by_scope_and_period(
    campaign: Campaign, kind: str, periods: Sequence[Period], codes: Iterable[str], *, today: date,
    keys: Collection[int] | None = None,
) -> dict[int, list[Figures]]:  # fmt: skip
    """Counts and rates of scopes of a kind (all, or those of `keys`) for each of some periods that follow each other. One query, which
    gives a row for each scope and period."""
    metrics, terms = _metrics(codes)
    wanted = {name: total for name, total in sums(today).items() if name.removeprefix("sum_") in terms}
    which = models.Case(
        *(When(day__lte=one.until, then=Value(index)) for index, one in enumerate(periods)),
        output_field=models.IntegerField(),
    )
    rows = Tally.objects.filter(
        campaign=campaign, kind=kind, day__gte=periods[0].since, day__lte=periods[-1].until
    ).order_by()
    if keys is not None:
        rows = rows.filter(scope__in=sorted(keys))
    least = setting(campaign, "minimum_n")
    found: dict[int, list[Figures]] = {}
    told_rows: Any = rows.annotate(which=which).values("scope", "which").annotate(**wanted)
    for row in told_rows:
        told = {one: int(row[f"sum_{one}"] or 0) for one in terms}
        if row["scope"] not in found:
            found[row["scope"]] = [_figures(metrics, dict.fromkeys(terms, 0), one, today, least) for one in periods]
        found[row["scope"]][row["which"]] = _figures(metrics, told, periods[row["which"]], today, least)
    return found


# ── now


_PATHS = {Kind.DOMAIN: "domain", Kind.GROUP: "group", Kind.UNIT: "unit"}


def _place(scope: Scope, prefix: str = "") -> Q:
    return Q(**{f"{prefix}{_PATHS[Kind(scope.kind)]}": scope.key}) if scope.kind in _PATHS else Q()


@dataclass(frozen=True)
class Now:
    """Open cases of a scope at this moment, 敏感 ones among them: how many, past their deadline, due today; of a group and a unit how many
    wait for 复诊, None of more: only the cases themselves know it.

    `transfers`: of a group those it is asked to take, else those nobody took, which wait for a ruling. `late_groups`: where most late
    cases are, the most first.
    """

    open: int
    late: int
    today: int
    follow_ups: int | None
    transfers: int
    late_groups: tuple[tuple[Group, int], ...] = ()


def now_of(scope: Scope, *, now: datetime) -> Now:
    """Of every campaign: cases that stay in one that has ended are still somebody's. At most five queries: the kept loads, what is due
    until tonight, transfers; of a group and a unit what waits for 复诊; else, where something is late, the groups of the first
    `LATE_CASES` late cases."""
    tonight = timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min))
    cases = Case.objects.filter(_place(scope), is_open__in=(True,)).order_by()
    # Only what stands in the indexes by place and deadline is asked for: rows due later are not looked at.
    due = cases.filter(due_at__lt=tonight).aggregate(
        late=Count("pk", filter=Q(due_at__lt=now)), today=Count("pk", filter=Q(due_at__gte=now))
    )
    held = Load.objects.filter(kind=scope.kind, scope=scope.key).aggregate(n=Sum("n"))["n"]
    is_small = scope.kind in (Kind.GROUP, Kind.UNIT)
    return Now(
        open=held or 0, late=due["late"], today=due["today"],
        follow_ups=cases.filter(situation="follow_up").count() if is_small else None, transfers=_transfers(scope).count(),
        late_groups=_late_groups(cases.filter(due_at__lt=now)) if due["late"] and scope.kind != Kind.GROUP else (),
    )  # fmt: skip


def _late_groups(late: QuerySet[Case]) -> tuple[tuple[Group, int], ...]:
    first = late.filter(group__isnull=False).select_related("group").only("group__code", "group__name", "due_at")
    rows = list(first.order_by("due_at", "-pk")[:LATE_CASES])
    found = {one.group_id: one.group for one in rows}
    counts = Counter(one.group_id for one in rows)
    most = sorted(counts, key=lambda pk: (-counts[pk], pk or 0))[:LATE_GROUPS]
    return tuple((group, counts[pk]) for pk in most if (group := found[pk]))


def _transfers(scope: Scope) -> QuerySet[Transfer]:
    if scope.kind == Kind.GROUP:
        return Transfer.objects.filter(to_group=scope.key, state__in=["open", "disputed"], is_refused=False)
    where = _place(scope, "case__" if scope.kind == Kind.UNIT else "from_group__")
    return Transfer.objects.filter(where, state="disputed")


# ── who carries how much


@dataclass(frozen=True)
class Burden:
    """Open cases of a scope, how many people hold them, and how many the one with the most."""

    open: int
    people: int
    most: int


def burdens(campaign: Campaign, kind: str, *, keys: Collection[int] | None = None) -> dict[int, Burden]:
    """Of every scope of a kind by its key. One query over the kept loads."""
    rows = Load.objects.filter(campaign=campaign, kind=kind, n__gt=0).order_by()
    if keys is not None:
        rows = rows.filter(scope__in=sorted(keys))
    told = rows.values("scope").annotate(total=Sum("n"), people=Count("pk"), most=Max("n"))
    return {row["scope"]: Burden(row["total"], row["people"], row["most"]) for row in told}


@dataclass(frozen=True)
class BranchLine:
    """Open cases of a branch: how many, past their deadline, and how many wait for the branch itself."""

    code: str
    name: str
    open: int
    late: int
    waiting: int


OF_BRANCH = ("acceptance", "measures")
"""Situations in which the branch is to act."""


def branches(standing: Standing, unit: int, *, now: datetime, limit: int = BRANCHES) -> tuple[BranchLine, ...]:
    """Branches of a unit with open cases, the most cases first: all of them for her unit and for readers of all, else her own branches.
    敏感 ones are counted. One query over open cases."""
    cases = Case.objects.filter(unit=unit, is_open__in=(True,)).order_by()
    if not (standing.is_reader_of_all or unit in standing.unit_ids):
        if not standing.branch_ids:
            return ()
        cases = cases.filter(branch__in=standing.branch_ids)
    rows = cases.values("branch__code", "branch__name").annotate(
        open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)),
        waiting=Count("pk", filter=Q(situation__in=OF_BRANCH)),
    )  # fmt: skip
    return tuple(
        BranchLine(row["branch__code"], row["branch__name"], row["open"], row["late"], row["waiting"])
        for row in rows.order_by("-open", "branch__name")[:limit]
    )
