"""Handing over: what somebody holds, what of it can go now, who could take it; and who holds cases though she is gone or long away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from huizhen.cases.lifecycle import MOVES
from huizhen.cases.models import Case, Proposal, Transfer
from huizhen.cases.policy import visible
from huizhen.directory.models import Leave, Membership, Person
from huizhen.directory.queries import Standing
from huizhen.directory.queries.presence import is_long_leave

LIMIT = 100
AHEAD = timedelta(days=14)
SOURCES = MOVES["propose_transfer"].sources


@dataclass(frozen=True)
class Held:
    """A case somebody holds. `why` says why it cannot be proposed now ("": it can); `transfer` is the one that runs."""

    case: Case
    why: str
    transfer: Transfer | None


@dataclass(frozen=True)
class Handover:
    """What somebody holds, as far as the reader sees it; `hidden` are those she does not (敏感), at most LIMIT."""

    person: Person
    rows: tuple[Held, ...]
    hidden: int

    @property
    def ready(self) -> tuple[Held, ...]:
        return tuple(one for one in self.rows if not one.why)


def handover(standing: Standing, person: Person) -> Handover:
    """Four queries, however many cases."""
    held = Case.objects.filter(accountable=person, is_open=True)
    seen = visible(standing).filter(accountable=person, is_open=True)
    cases = list(seen.select_related("branch", "group", "accountable").order_by("due_at", "-pk")[:LIMIT])
    ids = [one.pk for one in cases]
    running = Transfer.objects.filter(case__in=ids, state__in=["open", "disputed"])
    transfers = {one.case_id: one for one in running.select_related("to_person", "to_group")}
    proposed = set(Proposal.objects.filter(case__in=ids, is_open=True).values_list("case_id", flat=True))
    rows = tuple(
        Held(one, _why(one, standing, transfers.get(one.pk), one.pk in proposed), transfers.get(one.pk))
        for one in cases
    )
    every = len(held.order_by().values_list("pk", flat=True)[: LIMIT + 1])
    return Handover(person, rows, max(every - len(cases), 0))


def _why(case: Case, standing: Standing, transfer: Transfer | None, is_proposed: bool) -> str:
    if transfer is not None:
        return "transfer_runs"
    if is_proposed:
        return "proposal_runs"
    if case.stage not in SOURCES:
        return "nothing_to_hand"
    leads = case.group_id in standing.led_group_ids if case.group_id else False
    if not (standing.is_coordinator or leads or case.accountable_id in standing.person_ids):
        return "not_yours_to_hand"
    return ""


def may_hand_over(standing: Standing, person: Person) -> bool:
    """Head office, the leader of a group whose cases she holds, herself and who acts for her. One query at most."""
    if standing.is_coordinator or person.pk in standing.person_ids:
        return True
    if not standing.led_group_ids:
        return False
    return Case.objects.filter(accountable=person, is_open=True, group__in=standing.led_group_ids).exists()


def receivers(found: Handover, *, on: date) -> list[Membership]:
    """Who could take them: the members of the groups of these cases, leader or not, but herself. One query."""
    groups = {one.case.group_id for one in found.rows if one.case.group_id}
    lasting = Q(until=None) | Q(until__gt=on)
    here = Q(person__left_on=None) | Q(person__left_on__gt=on)
    seats = Membership.objects.filter(lasting, here, group__in=groups, since__lte=on).exclude(person=found.person)
    return list(seats.select_related("person__unit", "group").order_by("group__order", "person__sort_key", "pk"))


@dataclass(frozen=True)
class Absent:
    """Somebody with open cases who left, or is away so long that they should be handed over; `last` is the last day away."""

    person: Person
    cases: int
    last: date | None


def absent_holders(standing: Standing, *, on: date) -> tuple[Absent, ...]:
    """For the home of a leader and of head office. At most four queries."""
    scope = _scope(standing)
    if scope is None:
        return ()
    gone = Person.objects.filter(left_on__lte=on)
    found = list(_counted(scope & Q(accountable__in=gone.values("pk"))))
    long = {}
    if standing.led_group_ids:
        holds = Exists(
            Case.objects.filter(is_open=True, group__in=standing.led_group_ids, accountable=OuterRef("person"))
        )
        leaves = Leave.objects.filter(holds, since__lte=on + AHEAD, until__gt=on, person__left_on=None)
        long = {
            one.person_id: one.until - timedelta(days=1)
            for one in leaves.order_by("since")[:LIMIT]
            if is_long_leave(one.since, one.until)
        }
    if long:
        found += list(_counted(scope & Q(accountable__in=list(long))))
    people = Person.objects.in_bulk({pk for pk, _ in found})
    return tuple(Absent(people[pk], n, long.get(pk)) for pk, n in found)


def _scope(standing: Standing) -> Q | None:
    if standing.is_coordinator:
        return Q(is_open=True)
    if standing.led_group_ids:
        return Q(is_open=True, group__in=standing.led_group_ids)
    return None


def _counted(scope: Q) -> Iterable[tuple[int, int]]:
    rows = Case.objects.filter(scope).order_by("accountable").values_list("accountable")
    return rows.annotate(n=Count("pk"))[:LIMIT]


def still_needed(person_ids: Iterable[int]) -> set[int]:
    """Those of these people who still answer for an open case or were first asked about one."""
    wanted = set(person_ids)
    held = Case.objects.filter(is_open=True)
    found = set(held.filter(accountable__in=wanted).values_list("accountable", flat=True))
    return found | set(held.filter(first_responder__in=wanted).values_list("first_responder", flat=True))


def offered(standing: Standing) -> list[Transfer]:
    """Transfers the reader may answer, the next deadline first; one query. `todos.transfers_to_answer` as rows."""
    to_her = Q(to_person__in=standing.person_ids) | Q(to_group__in=standing.led_group_ids)
    rows = Transfer.objects.filter(to_her, state__in=["open", "disputed"], is_refused=False, case__is_open=True)
    found = rows.select_related(
        "case__branch", "case__group", "from_group", "to_group", "to_person", "by", "case__accountable"
    )
    return list(found.order_by("due_at", "pk")[:LIMIT])
