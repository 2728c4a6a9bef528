"""Cases as other pages show them beside a challenge, a branch, a group or a person. Only what the reader sees in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.cases.queries.chips import Chip, chip
from huizhen.cases.verbs import SITUATIONS, STAGES
from huizhen.challenges.models import Challenge
from huizhen.directory.models import Branch, Group, Person
from huizhen.directory.queries import Standing
from huizhen.lib.workdays import Calendar

LINES = 20
MOST_COUNTED = 100
_SOLVED = (Stage.RESOLVED, Stage.ARCHIVED)


@dataclass(frozen=True)
class Line:
    """A case with its clock; `state` and `words` are its situation while it is open, its stage after that."""

    case: Case
    chip: Chip | None
    state: str
    words: str | Promise


@dataclass(frozen=True)
class Lines:
    """The first cases of a place; `has_more`: there are others."""

    rows: tuple[Line, ...]
    has_more: bool


def lines(found: QuerySet[Case], *, now: datetime, calendar: Calendar, limit: int = LINES) -> Lines:
    """Open cases first, by their next deadline; one query."""
    rows = list(
        found.select_related("branch", "group", "accountable").order_by("-is_open", "due_at", "-pk")[: limit + 1]
    )
    return Lines(tuple(_line(case, now, calendar) for case in rows[:limit]), len(rows) > limit)


def _line(case: Case, now: datetime, calendar: Calendar) -> Line:
    if case.is_open:
        return Line(case, chip(case, now, calendar), case.situation, SITUATIONS[case.situation])
    return Line(case, None, case.stage, STAGES[case.stage])


def of_challenge(standing: Standing, challenge: Challenge) -> QuerySet[Case]:
    """Cases that point to a challenge."""
    return visible(standing).filter(challenge=challenge)


def of_branch(standing: Standing, branch: Branch) -> QuerySet[Case]:
    """Cases of a branch."""
    return visible(standing).filter(branch=branch)


def of_group(standing: Standing, group: Group) -> QuerySet[Case]:
    """Open cases in the hands of a group."""
    return visible(standing).filter(group=group, is_open=True)


def of_person(standing: Standing, person: Person) -> QuerySet[Case]:
    """Open cases a person is accountable for."""
    return visible(standing).filter(accountable=person, is_open=True)


def without_case(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Challenges to which no case points yet."""
    return challenges.exclude(Exists(Case.objects.filter(challenge=OuterRef("pk"))))


def counts_by_challenge(challenge_ids: Iterable[int]) -> dict[int, int]:
    """How many cases point to each of a page of challenges; 敏感 ones count."""
    rows = Case.objects.filter(challenge__in=list(challenge_ids)).order_by().values_list("challenge")
    return dict(rows.annotate(n=Count("pk")))


def open_by_branch(branch_ids: Iterable[int]) -> dict[int, int]:
    """Open cases of each of a page of branches; one index range each."""
    rows = Case.objects.filter(branch__in=list(branch_ids), is_open=True).order_by().values_list("branch")
    return dict(rows.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Record:
    """What somebody has on hand and has done. Counted to at most MOST_COUNTED each; 敏感 cases count."""

    accountable: int
    first_asked: int
    solved: int


def record_of(person: Person) -> Record:
    """Three bounded counts over the cases of one person."""
    return Record(
        accountable=_bounded(Q(accountable=person, is_open=True)),
        first_asked=_bounded(Q(first_responder=person)),
        solved=_bounded(Q(accountable=person, stage__in=_SOLVED)),
    )


def _bounded(wanted: Q) -> int:
    return len(Case.objects.filter(wanted).order_by().values_list("pk", flat=True)[:MOST_COUNTED])
