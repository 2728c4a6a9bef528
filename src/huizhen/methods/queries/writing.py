"""What authors and reviewers have before them: the extraction desk, versions at work, the queue of the reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from huizhen.cases.choices import RoundWhy
from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import Case, Closing
from huizhen.cases.policy import unhidden
from huizhen.cases.queries.file import CaseFile
from huizhen.directory.queries import Standing, current_campaign, setting
from huizhen.lib.errors import NotVisible
from huizhen.lib.text import clean
from huizhen.lib.workdays import Calendar
from huizhen.methods.lifecycle import PUBLISHED, VersionState
from huizhen.methods.matching import Finding
from huizhen.methods.models import Method, MethodReview, MethodVersion, Piece, Proof
from huizhen.methods.policy import AT_WORK, liaisons, of_author, visible
from huizhen.methods.queries.pieces import CASES_SHOWN, SourcePiece, files_of, pieces_of, source_cases
from huizhen.methods.queries.words import findings_in

LIMIT = 100
"""Rows of one list of the desk or the queue: the oldest, they are to be done first."""


@dataclass(frozen=True)
class Waiting:
    """A case on the extraction desk: since when it waits, until when it is to be decided (None once it is), whether it is hers to decide."""

    case: Case
    since: datetime
    due_at: datetime | None
    is_late: bool


@dataclass(frozen=True)
class Desk:
    """`has_past`: whether cases of earlier lists wait for her too; they stand apart (`past_of`), however many they are."""

    undecided: list[Waiting]
    decided: list[Waiting]
    writing: list[MethodVersion]
    has_past: bool


def extracts(standing: Standing) -> bool:
    """Whether the desk is hers: experts and leaders, and head office for cases without a group."""
    return bool(standing.group_ids) or standing.is_coordinator


def _of_groups(standing: Standing, groups: frozenset[int]) -> Q:
    place = Q(case__group__in=groups)
    return place | Q(case__group=None) if standing.is_coordinator else place


_PAST = Q(round__why=RoundWhy.IMPORTED)
"""Closing sheets that came from an earlier list. A case that was reopened since has a sheet of another round: it is one of today."""


def undecided(standing: Standing, *, past: bool = False) -> QuerySet[Closing]:
    """Closing sheets with 显效 whose extraction she has to decide, oldest first; `past`: those of earlier lists instead."""
    rows = Closing.objects.filter(
        _PAST & Q(case__stage=Stage.ARCHIVED) if past else Q(case__stage=Stage.RESOLVED),
        unhidden(standing, "case__"), _of_groups(standing, standing.led_group_ids), is_current=True, verdict="marked",
        extraction="",
    )  # fmt: skip
    return rows.order_by("resolved_at", "pk")


def _to_write(standing: Standing, *, past: bool = False) -> QuerySet[Closing]:
    made = Exists(Method.objects.filter(source_case=OuterRef("case")))
    joined = Exists(Proof.objects.filter(case=OuterRef("case")))
    rows = Closing.objects.filter(
        ~made, ~joined, _PAST if past else ~_PAST, unhidden(standing, "case__"), _of_groups(standing, standing.group_ids),
        is_current=True, verdict="marked", extraction="extract", case__is_sensitive=False,
    )  # fmt: skip
    return rows.order_by("extraction_at", "pk")


@dataclass(frozen=True)
class Past:
    """Cases of earlier lists on the desk, the last imported first; `after` leads to the next ones, "" at the end."""

    rows: list[Waiting]
    after: str


def past_of(standing: Standing, *, is_decided: bool, after: str = "", limit: int = 50) -> Past:
    """What of earlier lists she has to decide, or what is decided and not written yet. Nothing of it is ever late. One query."""
    found = _to_write(standing, past=True) if is_decided else undecided(standing, past=True)
    if after.isascii() and after.isdecimal() and len(after) < 16:
        found = found.filter(pk__lt=int(after))
    sheets = list(found.select_related("case__group", "case__branch").order_by("-pk")[: limit + 1])
    rows = [Waiting(one.case, one.extraction_at or one.resolved_at, None, False) for one in sheets[:limit]]
    return Past(rows, str(sheets[limit - 1].pk) if len(sheets) > limit else "")


def desk(standing: Standing, *, now: datetime, calendar: Calendar) -> Desk:
    """The extraction desk of a reader; six queries at most."""
    campaign = current_campaign()
    days = setting(campaign, "extraction_days") if campaign else 10
    waiting = []
    for sheet in undecided(standing).select_related("case__group", "case__branch")[:LIMIT]:
        due = calendar.last_moment(calendar.add_days(timezone.localdate(sheet.resolved_at), days))
        waiting.append(Waiting(sheet.case, sheet.resolved_at, due, due < now))
    decided = [
        Waiting(sheet.case, sheet.extraction_at or sheet.resolved_at, None, False)
        for sheet in _to_write(standing).select_related("case__group", "case__branch")[:LIMIT]
    ]
    has_past = undecided(standing, past=True).exists() or _to_write(standing, past=True).exists()
    return Desk(waiting, decided, list(versions_at_work(standing)[:LIMIT]), has_past)


@dataclass(frozen=True)
class Ahead:
    """For a first screen: cases of today to be written, versions that came back, versions to be reviewed; each at most 100."""

    to_write: int = 0
    returned: int = 0
    to_review: int = 0


def ahead(standing: Standing) -> Ahead:
    """What of methods waits for a reader. Two queries for experts, one for reviewers."""
    to_write = returned = to_review = 0
    if standing.group_ids:
        to_write = len(_to_write(standing).values_list("pk")[:LIMIT])
        back = MethodVersion.objects.filter(
            of_author(standing, "method__"), state=VersionState.WRITING, reviews__verdict="returned"
        )
        returned = len(back.values_list("pk").distinct()[:LIMIT])
    if reviews(standing):
        to_review = len(_waiting(standing)[0].values_list("pk")[:LIMIT])
    return Ahead(to_write, returned, to_review)


def versions_at_work(standing: Standing) -> QuerySet[MethodVersion]:
    """What she writes or waits to hear of, newest first; `returned` holds the reviewer's last words about it."""
    note = MethodReview.objects.filter(version=OuterRef("pk"), verdict="returned").order_by("-at").values("note")[:1]
    rows = MethodVersion.objects.filter(of_author(standing, "method__"), state__in=AT_WORK)
    return rows.annotate(returned=Subquery(note)).select_related("method", "by").order_by("-saved_at", "-pk")


@dataclass(frozen=True)
class Queue:
    """What waits for a reviewer: versions, and published methods that are for review again. Oldest first."""

    versions: list[MethodVersion]
    again: list[Method]


def reviews(standing: Standing) -> bool:
    return bool(standing.domain_ids) or standing.is_coordinator


def queue(standing: Standing) -> Queue:
    """The review queue: of her domains; for head office those whose domain has no liaison but the author. Two queries."""
    versions, methods = _waiting(standing)
    return Queue(
        list(versions.select_related("method__domain", "method__group", "by").order_by("submitted_at", "pk")[:LIMIT]),
        list(methods.select_related("domain", "owner").order_by("needs_review_since", "pk")[:LIMIT]),
    )


def _waiting(standing: Standing) -> tuple[QuerySet[MethodVersion], QuerySet[Method]]:
    place, again = Q(method__domain__in=standing.domain_ids), Q(domain__in=standing.domain_ids)
    if standing.is_coordinator:
        wrote = MethodVersion.writers.through.objects.filter(
            methodversion=OuterRef(OuterRef("pk")), person=OuterRef("person")
        )
        place |= Q(~Exists(liaisons(OuterRef("method__domain")).filter(~Exists(wrote))))
        again |= Q(~Exists(liaisons(OuterRef("domain"))))
    versions = MethodVersion.objects.filter(place, state=VersionState.IN_REVIEW).exclude(method__evidence="retired")
    mine = MethodVersion.writers.through.objects.filter(methodversion=OuterRef("pk"), person__in=standing.person_ids)
    versions = versions.filter(~Exists(mine))
    methods = visible(standing).filter(again, evidence__in=PUBLISHED, needs_review_since__isnull=False)
    return versions, methods


def newest(method: Method) -> MethodVersion:
    """The version with the highest number."""
    return method.versions.select_related("by__unit").order_by("-number")[0]


def version_of(method: Method, number: int) -> MethodVersion:
    """One version by its number; NotVisible if there is none."""
    found = method.versions.select_related("by__unit").filter(number=number).first()
    if found is None:
        raise NotVisible("version_unknown")
    return found


def published(method: Method) -> MethodVersion | None:
    """The version readers see."""
    return method.versions.select_related("by__unit").filter(state=VersionState.PUBLISHED).first()


def made_of(case: Case, standing: Standing) -> list[Method]:
    """Methods that came from a case or were shown by it, as far as she may read them. One query."""
    shown = Exists(Proof.objects.filter(method=OuterRef("pk"), case=case))
    return list(visible(standing).filter(Q(source_case=case) | Q(shown)).order_by("pk")[:CASES_SHOWN])


@dataclass(frozen=True)
class Sheet:
    """A version being written, beside what it is made of."""

    method: Method
    version: MethodVersion
    cases: list[Case]
    files: list[CaseFile]
    pieces: list[SourcePiece]
    put: list[Piece]
    findings: list[Finding]


def sheet_of(method: Method, version: MethodVersion, standing: Standing) -> Sheet:
    """All that the page of an author or reviewer shows. Queries depend on the number of source cases, three files at most."""
    cases = source_cases(method, standing)
    files = files_of(cases)
    pieces = [piece for file in files for piece in pieces_of(file)]
    put = list(version.pieces.select_related("case").order_by("pk"))
    return Sheet(method, version, cases, files, pieces, put, findings_in(version, files))


def collisions(version: MethodVersion, typed: Mapping[str, object]) -> list[tuple[str, str]]:
    """Fields whose stored text is not what was typed: (name, stored text), steps as lines."""
    found = []
    for name, value in typed.items():
        if name in ("before", "after"):
            continue
        if name == "experts":
            people = {one.code: one.name for one in version.experts.order_by("sort_key")}
            if set(people) != set(value if isinstance(value, list) else []):
                found.append((name, "、".join(people.values()) or "—"))
            continue
        stored = getattr(version, name)
        mine, theirs = (_lines(value), _lines(stored)) if name == "steps" else (clean(str(value), lines=True), stored)
        if theirs and mine != theirs:
            found.append((name, theirs))
    return found


def _lines(steps: object) -> str:
    rows = steps if isinstance(steps, list) else []
    return "\n".join(f"{row.get('title', '')}：{clean(str(row.get('text', '')), lines=True)}" for row in rows)
