"""Reads of reuse: what a method rests on, where it was used again and what came of it, what waits for a branch's word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from huizhen.cases import policy as cases
from huizhen.cases.models import Case
from huizhen.cases.registry import Source
from huizhen.directory.models import Branch, Unit
from huizhen.directory.queries import Standing
from huizhen.methods.choices import Use
from huizhen.methods.clocks import (
    OTHER_BRANCH,
    OTHER_UNIT,
    PARTLY,
    SAME_BRANCH,
    SOLVED,
    SOURCE_POINTS,
    STANDS,
    Facts,
    Reuse,
    outcome_of,
    source_state,
)
from huizhen.methods.lifecycle import PUBLISHED, Evidence, VersionState
from huizhen.methods.models import Adoption, Citation, Decision, Method, MethodReview, MethodVersion, Proof

SHOWN = 60
"""Reuses that a method's page lists."""


# ── codes in prescriptions


def source_code(method: Method, number: int) -> str:
    """How a measure names the method it was taken from."""
    return f"{method.code}@{number}"


def split_code(text: str) -> tuple[str, int | None]:
    """Method code and version number of a source code; None when it names no version or nonsense."""
    code, _at, number = text.strip().upper().partition("@")
    number = number.removeprefix("V")
    return code[:16], int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else None


def resolve(codes: Collection[str]) -> Mapping[str, Source]:
    """What source codes mean, for `cases.registry`: without a version the published one. One query."""
    asked = {text: split_code(text) for text in codes}
    rows = MethodVersion.objects.filter(
        method__code__in={code for code, _number in asked.values() if "\x00" not in code},
        state__in=[VersionState.PUBLISHED, VersionState.REPLACED],
    ).select_related("method")
    known: dict[str, dict[int, MethodVersion]] = defaultdict(dict)
    for row in rows:
        known[row.method.code][row.number] = row
    found = {}
    for text, (code, number) in asked.items():
        versions = known.get(code, {})
        current = next((one for one in versions.values() if one.state == VersionState.PUBLISHED), None)
        meant = versions.get(number) if number is not None else current
        if meant is None or ("@" in text and number is None):
            continue
        is_offered = meant.method.evidence in PUBLISHED
        found[text] = Source(source_code(meant.method, meant.number), "" if is_offered else "source_retired")
    return found


# ── what confidence rests on


def facts_of(methods: Sequence[Method]) -> dict[int, Facts]:
    """What each of these methods rests on, by its id. Eight queries however many they are."""
    ids = [one.pk for one in methods]
    stages = {
        pk: (stage, verdict)
        for pk, stage, verdict in Case.objects.filter(
            pk__in={one.source_case_id for one in methods if one.source_case_id}
        ).values_list("pk", "stage", "last_verdict")
    }
    measured = set(
        MethodVersion.objects.filter(
            method__in=ids, state=VersionState.PUBLISHED, before__isnull=False, after__isnull=False
        ).values_list("method_id", flat=True)
    )
    reviews: dict[int, int] = defaultdict(int)
    for pk in MethodReview.objects.filter(version__method__in=ids, verdict="published").values_list(
        "version__method_id", flat=True
    ):
        reviews[pk] += 1
    for pk in Decision.objects.filter(method__in=ids, kind="confirm").values_list("method_id", flat=True):
        reviews[pk] += 1
    homes = {
        pk: (branch, unit)
        for pk, branch, unit in Method.objects.filter(pk__in=ids).values_list(
            "pk", "first_branch_id", "first_branch__unit_id"
        )
    }
    reuses = _reuses(ids, homes)
    proofs: dict[int, int] = defaultdict(int)
    for pk in Proof.objects.filter(method__in=ids, case__last_verdict__in=SOURCE_POINTS).values_list(
        "method_id", flat=True
    ):
        proofs[pk] += 1
    found = {}
    for one in methods:
        stage, verdict = stages.get(one.source_case_id or 0, ("", ""))
        state = source_state(stage, verdict) if one.source_case_id else STANDS
        found[one.pk] = Facts(
            verdict,
            state,
            one.pk in measured,
            reviews[one.pk],
            one.looked_at,
            tuple(reuses.get(one.pk, ())),
            proofs[one.pk],
        )
    return found


def _distance(home: tuple[int | None, int | None], branch: int, unit: int) -> float:
    if branch == home[0]:
        return SAME_BRANCH
    return OTHER_BRANCH if unit == home[1] else OTHER_UNIT


@dataclass(frozen=True)
class _Case:
    """A case that cites a method now: once, however many of its measures came from it."""

    outcome: str
    at: datetime
    branch: int
    unit: int
    is_measured: bool


def _cited(rows: QuerySet[Citation]) -> dict[tuple[int, int], _Case]:
    """(method, case) → what came of it; what the branch said outdoes the 复诊. One query."""
    found: dict[tuple[int, int], _Case] = {}
    columns = ("method_id", "case_id", "use", "case_verdict", "at", "unit_id", "case__branch_id", "case__indicator")
    current = rows.filter(is_current=True).order_by("pk").values_list(*columns)
    for method, case, use, verdict, at, unit, branch, indicator in current:
        if (method, case) not in found or use != Use.WAITING:
            found[method, case] = _Case(outcome_of(use, verdict), at, branch, unit, bool(indicator and verdict))
    return found


def _reuses(ids: list[int], homes: Mapping[int, tuple[int | None, int | None]]) -> dict[int, list[Reuse]]:
    """Every reuse with an outcome: a case once, however many of its measures came from the method. Two queries."""
    found: dict[int, list[Reuse]] = defaultdict(list)
    for (method, _case), one in _cited(Citation.objects.filter(method__in=ids)).items():
        if one.outcome:
            distance = _distance(homes[method], one.branch, one.unit)
            found[method].append(Reuse(one.branch, one.outcome, one.at, distance, one.is_measured))
    trials = Adoption.objects.filter(method__in=ids).exclude(use=Use.WAITING)
    for method, use, at, branch, unit, effective in trials.values_list(
        "method_id", "use", "told_at", "branch_id", "unit_id", "is_effective"
    ):
        if at is not None:
            found[method].append(Reuse(branch, use, at, _distance(homes[method], branch, unit), effective))
    return found


class Counts(NamedTuple):
    """Reuses: cases that cite it now, each once, and trials with a result. Effective: branches but the first that it helped, each once.

    `trying`: trials whose result is still to come.
    """

    reuses: int
    effective: int
    trying: int


def counts_of(ids: Collection[int]) -> dict[int, Counts]:
    """The counts of each method, from its rows. Three queries."""
    total: dict[int, int] = defaultdict(int)
    trying: dict[int, int] = defaultdict(int)
    good: dict[int, set[int]] = defaultdict(set)
    homes = dict(Method.objects.filter(pk__in=ids).values_list("pk", "first_branch_id"))
    for (method, _case), one in _cited(Citation.objects.filter(method__in=ids)).items():
        total[method] += 1
        if one.outcome in (SOLVED, PARTLY):
            good[method].add(one.branch)
    trials = Adoption.objects.filter(method__in=ids).values_list("method_id", "use", "branch_id", "is_effective")
    for method, use, branch, effective in trials:
        (trying if use == Use.WAITING else total)[method] += 1
        if effective:
            good[method].add(branch)
    return {pk: Counts(total[pk], len(good[pk] - {homes.get(pk)}), trying[pk]) for pk in ids}


# ── where it was used again


@dataclass(frozen=True)
class Used:
    """One reuse: a case whose prescription took measures from the method, or a branch that tries it without one.

    `outcome`: solved, partly, no_use or "" while nothing is known; `is_said`: the branch said so, else the last 复诊 did.
    `seen`: "full", "summary" or "" for the case; a case of which she may not even read the summary is only counted.
    """

    at: datetime
    branch: Branch
    number: int
    outcome: str
    is_said: bool
    note: str = ""
    case: Case | None = None
    seen: str = ""
    is_current: bool = True
    may_say: bool = False
    adoption: Adoption | None = None
    may_tell: bool = False


@dataclass(frozen=True)
class Reuses:
    """The newest reuses that the reader may see, and how many more there are that she may not. `more`: the list was cut."""

    rows: tuple[Used, ...]
    hidden: int
    more: bool

    @property
    def branches(self) -> int:
        return len({one.branch.pk for one in self.rows})


def reuses_of(standing: Standing, method: Method, *, most: int = SHOWN) -> Reuses:
    """Where a method was used again, newest first. Four queries."""
    rows = list(
        Citation.objects.filter(method=method)
        .select_related("case__branch__unit")
        .order_by("-is_current", "-at", "-pk")[: most + 1]
    )
    full, summary = seen_of(standing, {one.case_id for one in rows})
    cited: dict[int, Used] = {}
    hidden = 0
    for one in sorted(rows[:most], key=lambda row: (row.is_current, row.used_at is not None), reverse=True):
        if one.case_id in cited:
            continue
        level = "full" if one.case_id in full else "summary" if one.case_id in summary else ""
        if not level:
            hidden += one.is_current
            continue
        may_say = level == "full" and one.is_current and one.case.branch_id in standing.branch_ids
        cited[one.case_id] = Used(
            one.at, one.case.branch, one.number, outcome_of(one.use, one.case_verdict), one.use != Use.WAITING,
            one.note, one.case, level, one.is_current, may_say,
        )  # fmt: skip
    trials = list(
        Adoption.objects.filter(method=method).select_related("branch__unit", "by").order_by("-at", "-pk")[: most + 1]
    )
    tried = [
        Used(
            one.at, one.branch, one.number, "" if one.use == Use.WAITING else one.use, one.use != Use.WAITING, one.result,
            adoption=one, may_tell=one.branch_id in standing.branch_ids,
        )
        for one in trials[:most]
    ]  # fmt: skip
    found = sorted([*cited.values(), *tried], key=lambda one: one.at, reverse=True)
    return Reuses(tuple(found[:most]), hidden, len(rows) > most or len(trials) > most)


def seen_of(standing: Standing, ids: Collection[int]) -> tuple[set[int], set[int]]:
    """Which of these cases she sees in full, and which as a summary. Two queries."""
    full = set(cases.visible(standing).filter(pk__in=ids).values_list("pk", flat=True))
    rest = set(ids) - full
    return full, set(cases.summarised(standing).filter(pk__in=rest).values_list("pk", flat=True)) if rest else set()


@dataclass(frozen=True)
class Spread:
    """How often a unit used a method again, and how many of its branches it helped, the first one aside."""

    unit: Unit
    uses: int
    effective: int
    is_origin: bool


def spread_of(method: Method) -> list[Spread]:
    """Units that used the method again, and the one it came from; 敏感 cases are left out. Three queries."""
    uses: dict[int, int] = defaultdict(int)
    good: dict[int, set[int]] = defaultdict(set)
    for one in _cited(Citation.objects.filter(method=method, case__is_sensitive=False)).values():
        uses[one.unit] += 1
        if one.outcome in (SOLVED, PARTLY):
            good[one.unit].add(one.branch)
    told = Adoption.objects.filter(method=method).exclude(use=Use.WAITING)
    for unit, branch, effective in told.values_list("unit_id", "branch_id", "is_effective"):
        uses[unit] += 1
        if effective:
            good[unit].add(branch)
    home = method.first_branch.unit_id if method.first_branch else None
    wanted = {*uses, *([home] if home else [])}
    return [
        Spread(unit, uses[unit.pk], len(good[unit.pk] - {method.first_branch_id}), unit.pk == home)
        for unit in Unit.objects.filter(Q(pk__in=wanted) | Q(kind="city")).order_by("code")
    ]


# ── what waits


def trials_of(standing: Standing, *, most: int = 20) -> list[Adoption]:
    """Trials of the reader's branches without a result, oldest first. One query."""
    if not standing.branch_ids:
        return []
    rows = Adoption.objects.filter(branch__in=standing.branch_ids, use=Use.WAITING).select_related("method", "branch")
    return list(rows.order_by("at", "pk")[:most])


def wavering(standing: Standing, *, most: int = 20) -> list[Method]:
    """Methods she answers for whose source turned out badly, oldest first. One query."""
    if standing.person is None:
        return []
    rows = Method.objects.filter(owner__in=standing.person_ids, wavers_since__isnull=False, evidence__in=PUBLISHED)
    return list(rows.order_by("wavers_since", "pk")[:most])


def again(standing: Standing, *, most: int = 20) -> list[Method]:
    """Methods of the reader's domains that are for review again, oldest first; head office sees them all. One query."""
    rows = Method.objects.filter(needs_review_since__isnull=False, evidence__in=PUBLISHED)
    if not standing.is_coordinator:
        rows = rows.filter(domain__in=standing.domain_ids)
    return list(rows.order_by("needs_review_since", "pk")[:most]) if standing.person else []


@dataclass(frozen=True)
class Cited:
    """A method that a case's prescription cites, and what the branch said of it."""

    method: Method
    number: int
    use: str
    note: str
    verdict: str


def cited_by(case: Case) -> list[Cited]:
    """The methods a case cites now, each once. One query; the caller has seen that the reader may see the case."""
    rows = Citation.objects.filter(case=case, is_current=True).select_related("method").order_by("measure__number")
    found: dict[int, Cited] = {}
    for one in rows:
        if one.method_id not in found or one.use != Use.WAITING:
            found[one.method_id] = Cited(one.method, one.number, one.use, one.note, one.case_verdict)
    return list(found.values())


def stale(before: datetime) -> QuerySet[Method]:
    """Published methods nobody reviewed, confirmed or reused since then, not yet marked for review."""
    return Method.objects.filter(evidence__in=PUBLISHED, looked_at__lte=before, needs_review_since=None).order_by(
        "looked_at", "pk"
    )


def published_after(pk: int, count: int) -> list[Method]:
    """The next published or retired methods by id, for a walk over all."""
    rows = Method.objects.exclude(evidence=Evidence.DRAFT).filter(pk__gt=pk)
    return list(rows.order_by("pk")[:count])


def from_case(ids: Iterable[Any]) -> list[Method]:
    """Methods whose source is one of these cases."""
    return list(Method.objects.filter(source_case__in=list(ids)).exclude(evidence=Evidence.DRAFT).order_by("pk"))


def miscounted(*, batch: int = 200) -> list[str]:
    """Codes of methods whose counters differ from a recount of their rows. For `huizhen verify`; four queries for each batch."""
    wrong: list[str] = []
    last = 0
    while rows := published_after(last, batch):
        counts = counts_of([one.pk for one in rows])
        wrong += [one.code for one in rows if counts[one.pk] != (one.reuses, one.effective_reuses, one.trying)]
        last = rows[-1].pk
    return wrong
