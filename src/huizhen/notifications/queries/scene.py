"""What is read once for a batch of entries, so that its cost does not grow with the batch: cases, who holds which post, rows named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from huizhen.cases.models import (
    Access,
    Ask,
    Attendance,
    Case,
    Following,
    Invitation,
    Measure,
    Prescription,
    Proposal,
    Responsibility,
    Transfer,
)
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Membership, Posting
from huizhen.directory.queries.standings import deputies_on
from huizhen.journal.models import Entry

CASE = "cases.case"
STANDING = ("signed", "accepted")


class Scene:
    """The facts around some entries on a day. Each property is one query for all of them, asked only when a rule needs it."""

    def __init__(self, entries: Sequence[Entry], *, on: date) -> None:
        self.entries = entries
        self.on = on
        self.case_ids = {entry.target_id for entry in entries if entry.target_type == CASE}

    def case(self, entry: Entry) -> Case | None:
        """The case an entry is about."""
        return self.cases.get(entry.target_id) if entry.target_type == CASE else None

    def named(self, *names: str) -> set[int]:
        """The ids that the entries' data holds under these names, alone or in lists."""
        found: set[int] = set()
        for entry in self.entries:
            for name in names:
                found.update(ids(entry.data.get(name)))
        return found

    @cached_property
    def cases(self) -> dict[int, Case]:
        return Case.objects.in_bulk(self.case_ids)

    @cached_property
    def accesses(self) -> Mapping[int, list[Access]]:
        return _by_case(Access.objects.filter(case__in=self.case_ids, until=None))

    @cached_property
    def deputies(self) -> dict[int, int]:
        return deputies_on(self.on)

    # -- posts and seats of the day

    @property
    def _today(self) -> Q:
        return Q(since__lte=self.on) & (Q(until=None) | Q(until__gt=self.on))

    @cached_property
    def leaders(self) -> dict[int, int]:
        """Group → its leader; one for each group, some dozens of rows."""
        held = Membership.objects.filter(self._today, role=MemberRole.LEADER).order_by("since", "pk")
        return dict(held.values_list("group_id", "person_id"))

    @cached_property
    def members(self) -> Mapping[int, set[int]]:
        """Group of a case of the batch → its people."""
        groups = {case.group_id for case in self.cases.values() if case.group_id}
        found: dict[int, set[int]] = defaultdict(set)
        seats = Membership.objects.filter(self._today, group__in=groups)
        for group, person in seats.values_list("group_id", "person_id"):
            found[group].add(person)
        return found

    @cached_property
    def _posts(self) -> list[Posting]:
        """Head office, all liaisons, the contacts of the branches and the clerks of the units of the batch."""
        branches = {case.branch_id for case in self.cases.values()} | self.named("branch")
        wanted = Q(role__in=[PostingRole.COORDINATOR, PostingRole.LIAISON])
        wanted |= Q(role=PostingRole.REQUESTER, branch__in=branches)
        wanted |= Q(role=PostingRole.CLERK, unit__in={ask.unit_id for ask in self.asks.values() if ask.unit_id})
        return list(Posting.objects.filter(self._today, wanted).order_by("since", "pk"))

    @cached_property
    def coordinators(self) -> set[int]:
        return {post.person_id for post in self._posts if post.role == PostingRole.COORDINATOR}

    def liaisons(self, domain_id: int | None) -> set[int]:
        """The liaisons of a domain; where there is none, head office stands in."""
        found = {
            post.person_id
            for post in self._posts
            if post.role == PostingRole.LIAISON and domain_id is not None and post.domain_id == domain_id
        }
        return found or self.coordinators

    def contacts(self, branch_id: int | None) -> set[int]:
        """Who asks for a branch."""
        return {
            post.person_id for post in self._posts if post.role == PostingRole.REQUESTER and post.branch_id == branch_id
        }

    def clerks(self, unit_id: int | None) -> set[int]:
        return {post.person_id for post in self._posts if post.role == PostingRole.CLERK and post.unit_id == unit_id}

    # -- rows of the cases

    @cached_property
    def followers(self) -> Mapping[int, list[Following]]:
        return _by_case(Following.objects.filter(case__in=self.case_ids))

    @cached_property
    def transfers(self) -> dict[int, Transfer]:
        return _by_id(Transfer.objects.filter(case__in=self.case_ids).select_related("from_group").order_by("pk"))

    @cached_property
    def invitations(self) -> dict[int, Invitation]:
        return _by_id(Invitation.objects.filter(case__in=self.case_ids).order_by("pk"))

    @cached_property
    def proposals(self) -> dict[int, Proposal]:
        return _by_id(Proposal.objects.filter(case__in=self.case_ids).order_by("pk"))

    @cached_property
    def asks(self) -> dict[int, Ask]:
        return _by_id(Ask.objects.filter(case__in=self.case_ids).order_by("pk"))

    @cached_property
    def prescriptions(self) -> dict[int, Prescription]:
        return _by_id(Prescription.objects.filter(pk__in=self.named("prescription")))

    @cached_property
    def measures(self) -> Mapping[int, list[Measure]]:
        """Case → measures of the prescription in force."""
        found: dict[int, list[Measure]] = defaultdict(list)
        rows = Measure.objects.filter(prescription__case__in=self.case_ids, prescription__state__in=STANDING)
        for row in rows.select_related("prescription").order_by("prescription__version", "number"):
            found[row.prescription.case_id].append(row)
        return found

    @cached_property
    def attendances(self) -> Mapping[int, set[int]]:
        """Session → people."""
        found: dict[int, set[int]] = defaultdict(set)
        rows = Attendance.objects.filter(session__in=self.named("session"))
        for session, person in rows.values_list("session_id", "person_id"):
            found[session].add(person)
        return found

    @cached_property
    def former(self) -> dict[tuple[int, Any], int]:
        """Case and moment → whose responsibility ended there."""
        rows = Responsibility.objects.filter(case__in=self.case_ids, until__isnull=False)
        return {(case, until): person for case, until, person in rows.values_list("case_id", "until", "person_id")}


def ids(value: Any) -> set[int]:
    """The ids in a value of journal data."""
    if isinstance(value, bool):
        return set()
    if isinstance(value, int):
        return {value}
    return {one for one in value if isinstance(one, int)} if isinstance(value, list) else set()


def _by_case(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _by_id(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.pk: row for row in rows}
