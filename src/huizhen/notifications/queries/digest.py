"""The figures of a week for one reader: her groups, her domain, the whole, or what she is accountable for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from huizhen.cases.choices import Source
from huizhen.cases.models import Case, Closing
from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Domain, Group, Membership
from huizhen.directory.queries import Standing
from huizhen.lib.workdays import Calendar
from huizhen.methods.models import Citation
from huizhen.methods.queries.contributions import new_methods

WEEK = timedelta(days=7)
NO_TIME = timedelta(0)
MOST_METHODS = 8
"""New methods named in one digest; the shelf has the others."""
OWN = ~Q(source=Source.IMPORTED)
"""Cases of earlier lists are no work of this week, whatever their dates."""


@dataclass(frozen=True)
class Digest:
    """Open cases and those of them overdue; registered and resolved in the last seven days; open ones by situation. 敏感 ones count.

    `reused`: of the resolved ones those whose prescription took a measure from a method. `methods`: keys of what came out in her domain.
    """

    place: str
    open: int
    late: int
    registered: int
    resolved: int
    situations: tuple[tuple[str, int], ...]
    reused: int = 0
    methods: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to tell: no mail for a group without cases."""
        return not (self.open or self.registered or self.resolved or self.methods)


def digest(who: Standing, *, now: datetime) -> Digest:
    """At most six queries over open cases and one week, whose number is bounded by what experts can carry."""
    scope, place = _scope(who)
    week = Closing.objects.filter(
        case__in=Case.objects.filter(scope & OWN), resolved_at__gt=now - WEEK, resolved_at__lte=now
    ).aggregate(
        n=Count("pk"), reused=Count("pk", filter=Q(case__in=Citation.objects.filter(is_current=True).values("case")))
    )
    rows = list(
        Case.objects.filter(scope, is_open=True)
        .order_by()
        .values("situation")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
        .order_by("-n", "situation")
    )
    return Digest(
        place=place,
        open=sum(row["n"] for row in rows),
        late=sum(row["late"] for row in rows),
        registered=Case.objects.filter(scope & OWN, registered_at__gt=now - WEEK, registered_at__lte=now).count(),
        resolved=week["n"],
        situations=tuple((row["situation"], row["n"]) for row in rows),
        reused=week["reused"],
        methods=_new_methods(who, now),
    )


def _scope(who: Standing) -> tuple[Q, str]:
    """The widest of what she answers for, and its name."""
    if who.is_coordinator:
        return Q(), ""
    if who.domain_ids:
        return Q(domain__in=who.domain_ids), _names(Domain.objects.filter(pk__in=who.domain_ids))
    if who.led_group_ids:
        return Q(group__in=who.led_group_ids), _names(Group.objects.filter(pk__in=who.led_group_ids))
    return Q(accountable__in=who.person_ids), ""


def _new_methods(who: Standing, now: datetime) -> tuple[int, ...]:
    """What came out in a week in the domains of a liaison or of the groups of a leader; everything for head office."""
    if not (who.is_coordinator or who.domain_ids or who.group_ids):
        return ()
    of_groups = Group.objects.filter(pk__in=who.group_ids).values("domain")
    domains = None if who.is_coordinator else who.domain_ids or of_groups
    return tuple(new_methods(domains, since=now - WEEK, until=now).values_list("pk", flat=True)[:MOST_METHODS])


def _names(found: object) -> str:
    return "、".join(found.order_by("pk").values_list("name", flat=True))  # type: ignore[attr-defined]


def leaders(*, on: date) -> set[int]:
    """Everybody who leads a group on a day."""
    held = Membership.objects.filter(Q(until=None) | Q(until__gt=on), role=MemberRole.LEADER, since__lte=on)
    return set(held.values_list("person_id", flat=True))


def comes_at(day: int, *, now: datetime, calendar: Calendar) -> datetime | None:
    """When this week's digest comes to who chose that day of the week: the first working moment from it on; None if the week has none left."""
    today = now.astimezone(calendar.tz).date()
    monday = today - timedelta(days=today.weekday())
    moment = calendar.first_moment(monday + timedelta(days=day - 1))
    return moment if moment.date() < monday + WEEK else None


def is_time(day: int, *, now: datetime, calendar: Calendar) -> bool:
    """From its moment to the end of the next working day: a worker that slept longer does not tell old news."""
    moment = comes_at(day, now=now, calendar=calendar)
    return moment is not None and moment <= now <= calendar.last_moment(calendar.add_days(moment.date(), 1))
