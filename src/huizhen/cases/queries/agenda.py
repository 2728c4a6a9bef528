"""日程: what a reader has to be at, to come back to, or to finish, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from huizhen.cases.models import Attendance, Case, Measure, Session
from huizhen.cases.policy import unhidden, visible
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible

LIMIT = 500


@dataclass(frozen=True)
class Item:
    """One entry of a day. `kind`: session, follow_up, measure. A session has times, the others fill a day.

    `is_open`: the reader sees the case in full, so the entry may lead there.
    """

    kind: str
    day: date
    case: Case
    session: Session | None = None
    measure: Measure | None = None
    is_open: bool = True

    @property
    def starts_at(self) -> datetime | None:
        return self.session.starts_at if self.session else None


@dataclass(frozen=True)
class Day:
    """A day and its entries, sessions by the hour first."""

    day: date
    items: tuple[Item, ...]


def items(standing: Standing, *, since: date, until: date) -> list[Item]:
    """Sessions she is invited to, follow-ups of cases she holds or asked for, measures she owns, from `since` to `until` inclusive.

    Four queries. Cancelled sessions are in it, so that calendars learn of them.
    """
    if standing.person is None:
        return []
    start = timezone.make_aware(datetime.combine(since, time.min))
    end = timezone.make_aware(datetime.combine(until, time.min)) + timedelta(days=1)
    found = [*_sessions(standing, start, end), *_follow_ups(standing, start, end), *_measures(standing, since, until)]
    order = {"session": 0, "follow_up": 1, "measure": 2}
    return sorted(found, key=lambda one: (one.day, order[one.kind], one.starts_at or end, one.case.pk))


def _sessions(standing: Standing, start: datetime, end: datetime) -> list[Item]:
    invited = Attendance.objects.filter(
        person__in=standing.person_ids, session__starts_at__gte=start, session__starts_at__lt=end
    )
    sessions = {one.session_id: one.session for one in invited.select_related("session__case__branch")[:LIMIT]}
    seen = set(visible(standing).filter(pk__in={one.case_id for one in sessions.values()}).values_list("pk", flat=True))
    return [
        Item("session", timezone.localdate(one.starts_at), one.case, session=one, is_open=one.case_id in seen)
        for one in sessions.values()
    ]


def _follow_ups(standing: Standing, start: datetime, end: datetime) -> list[Item]:
    hers = Q(accountable__in=standing.person_ids) | Q(branch__in=standing.branch_ids)
    cases = Case.objects.filter(
        hers, unhidden(standing), is_open__in=(True,), clock="follow_up", due_at__gte=start, due_at__lt=end
    )
    return [
        Item("follow_up", timezone.localdate(one.due_at), one)
        for one in cases.select_related("branch", "accountable").order_by("due_at")[:LIMIT]
    ]


def _measures(standing: Standing, since: date, until: date) -> list[Item]:
    owned = Measure.objects.filter(
        unhidden(standing, "prescription__case__"),
        owner__in=standing.person_ids,
        due_on__gte=since,
        due_on__lte=until,
        state__in=["todo", "doing"],
        prescription__state__in=["signed", "accepted"],
        prescription__case__is_open__in=(True,),
    )
    rows = list(owned.select_related("prescription__case__branch").order_by("due_on")[:LIMIT])
    return [Item("measure", one.due_on, one.prescription.case, measure=one) for one in rows]


def days(found: list[Item]) -> list[Day]:
    """The entries under their days."""
    kept: dict[date, list[Item]] = {}
    for one in found:
        kept.setdefault(one.day, []).append(one)
    return [Day(day, tuple(entries)) for day, entries in sorted(kept.items())]


def session_of(standing: Standing, code: str, key: str) -> Session:
    """A session of a case the reader sees, or to which she is invited. NotVisible otherwise. Two queries."""
    session = (
        Session.objects.select_related("case__branch", "by")
        .prefetch_related("attendances__person")
        .filter(case__code=code, key=key)
        .first()
    )
    if session is None:
        raise NotVisible("case_unknown", code=code[:20])
    is_invited = any(one.person_id in standing.person_ids for one in session.attendances.all())
    if not is_invited and not visible(standing).filter(pk=session.case_id).exists():
        raise NotVisible("case_unknown", code=code[:20])
    return session
