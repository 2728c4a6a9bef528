"""What readers have before them: the shelf of published methods, one method as it is read, the picker of a prescription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.directory.models import Branch, Domain, Person
from huizhen.directory.queries import Standing
from huizhen.lib.text import clean
from huizhen.methods.clocks import Confidence, confidence
from huizhen.methods.lifecycle import MOVES, PUBLISHED, Evidence, Move, VersionState
from huizhen.methods.models import Adoption, Decision, Method, MethodVersion
from huizhen.methods.policy import reads_unpublished, roles_on, sees_origin, visible
from huizhen.methods.queries.reuse import Reuses, Spread, facts_of, reuses_of, seen_of, spread_of

PAGE = 20
PICKED = 8
CONFIDENCE, NEWEST = "confidence", "newest"
ORDERS = (CONFIDENCE, NEWEST)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROW = ("domain", "first_branch")


@dataclass(frozen=True)
class Page:
    """A slice of the shelf, and the key of what comes after it; "" at the end."""

    methods: Sequence[Method]
    after: str


def shelf(
    standing: Standing,
    *,
    text: str = "",
    domain: str = "",
    evidence: str = "",
    kind: str = "",
    order: str = CONFIDENCE,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """Published methods, most trusted or newest first; retired ones only when asked for. `kind`: 创新类型 of the source case. One query."""
    states = [evidence] if evidence in (*PUBLISHED, Evidence.RETIRED) else list(PUBLISHED)
    found = visible(standing).filter(evidence__in=states).select_related(*_ROW)
    if domain:
        found = found.filter(domain__code=domain)
    if kind:
        found = found.filter(source_case__innovation=kind, source_case__is_sensitive=False)
    found = _with_words(found, text)
    if order == NEWEST:
        rows = _below(found, "published_at", _moment(after)).order_by("-published_at", "-pk")
    else:
        rows = _below(found, "confidence", _pair(after)).order_by("-confidence", "-pk")
    methods = list(rows[: limit + 1])
    last = methods[limit - 1] if len(methods) > limit else None
    return Page(methods[:limit], _key(last, order) if last else "")


def _with_words(found: QuerySet[Method], text: str) -> QuerySet[Method]:
    """Every word stands in code, name or meaning. A shelf is some hundreds of rows long; texts in full are found by search."""
    for word in clean(text)[:60].split()[:5]:
        found = found.filter(Q(code__iexact=word) | Q(name__icontains=word) | Q(meaning__icontains=word))
    return found


def _key(last: Method, order: str) -> str:
    value = last.confidence
    if order == NEWEST and last.published_at:
        value = (last.published_at - _EPOCH) // timedelta(microseconds=1)
    return f"{value}.{last.pk}"


def _pair(after: str) -> tuple[int, int] | None:
    """A key from an address; nonsense is the beginning."""
    value, _dot, pk = after[:40].partition(".")
    if not (value.isascii() and value.isdecimal() and pk.isascii() and pk.isdecimal()) or len(pk) > 18:
        return None
    return int(value), int(pk)


def _moment(after: str) -> tuple[datetime, int] | None:
    pair = _pair(after)
    if pair is None or pair[0] > 4_000_000_000_000_000:
        return None
    return _EPOCH + timedelta(microseconds=pair[0]), pair[1]


def _below(found: QuerySet[Method], column: str, key: tuple[object, int] | None) -> QuerySet[Method]:
    if key is None:
        return found
    value, pk = key
    return found.filter(Q(**{f"{column}__lt": value}) | Q(**{column: value, "pk__lt": pk}))


@dataclass(frozen=True)
class Offered:
    """A method to cite: what fills a measure of a prescription."""

    method: Method
    number: int
    steps: tuple[str, ...]


def offered(standing: Standing, text: str, *, most: int = PICKED) -> list[Offered]:
    """Published methods whose code, name or meaning hold these words, most trusted first. Two queries."""
    found = _with_words(visible(standing).filter(evidence__in=PUBLISHED).select_related(*_ROW), text)
    methods = list(found.order_by("-confidence", "-pk")[:most])
    versions = {
        one.method_id: one for one in MethodVersion.objects.filter(method__in=methods, state=VersionState.PUBLISHED)
    }
    return [Offered(one, versions[one.pk].number, _titles(versions[one.pk])) for one in methods if one.pk in versions]


def _titles(version: MethodVersion) -> tuple[str, ...]:
    return tuple(str(one.get("title", "")) for one in version.steps if isinstance(one, dict))


def branches_of(standing: Standing, *, on: date) -> list[Branch]:
    """The reader's own branches that are not dissolved. One query."""
    rows = Branch.objects.filter(pk__in=standing.branch_ids).filter(Q(until=None) | Q(until__gt=on))
    return list(rows.order_by("code")) if standing.branch_ids else []


def domains() -> list[Domain]:
    """Domains to filter by. One query."""
    return list(Domain.objects.order_by("code"))


@dataclass(frozen=True)
class SourceCase:
    """A case the method came from, and how far the reader sees it: "full", "summary" or "" (she only learns that there is one)."""

    case: Case
    seen: str


@dataclass(frozen=True)
class Reading:
    """One method as its reader gets it."""

    method: Method
    version: MethodVersion
    versions: tuple[MethodVersion, ...]
    experts: tuple[Person, ...]
    source: SourceCase | None
    confidence: Confidence
    reuses: Reuses
    spread: tuple[Spread, ...]
    decisions: tuple[Decision, ...]
    moves: tuple[Move, ...]
    branches: tuple[Branch, ...]
    """Branches the reader may try it for."""
    trials: tuple[Adoption, ...]
    """Their open trials."""
    is_veiled: bool
    """Its source is 敏感 and not the reader's: neither the branch it came from nor its numbers are given."""
    at_work: bool
    """A newer version is being written or reviewed, and the reader may know."""

    @property
    def is_offered(self) -> bool:
        return self.method.evidence in PUBLISHED


DECIDED = ("confirm", "promote", "retire", "revive", "revise")


def veil(method: Method, *versions: MethodVersion) -> None:
    """Take the branch it came from and what was measured there out of these objects, as they are shown; nothing is written."""
    method.first_branch = None
    for one in versions:
        one.indicator = one.indicator_unit = one.sample = one.period = ""
        one.before = one.after = None


def reading(standing: Standing, method: Method, *, at: datetime, number: int | None = None) -> Reading | None:
    """A method for one reader, of the published version unless another published one is asked for by number. None: no such version."""
    versions = tuple(
        method.versions.filter(state__in=[VersionState.PUBLISHED, VersionState.REPLACED])
        .select_related("by")
        .order_by("-number")
    )
    shown = next((one for one in versions if number in (None, one.number)), None)
    if shown is None:
        return None
    source = None
    if method.source_case is not None:
        full, summary = seen_of(standing, {method.source_case.pk})
        source = SourceCase(method.source_case, "full" if full else "summary" if summary else "")
    sees = sees_origin(standing, method)
    facts, spread = facts_of([method])[method.pk], spread_of(method)
    if not sees:
        spread = [replace(one, is_origin=False) for one in spread if one.uses or one.unit.kind == "city"]
        veil(method, *versions)
    branches = tuple(branches_of(standing, on=timezone.localdate(at)))
    roles = roles_on(standing, method)
    newest = method.versions.order_by("-number").values_list("state", flat=True)[0]
    return Reading(
        method=method,
        version=shown,
        versions=versions,
        experts=tuple(shown.experts.select_related("unit").order_by("sort_key", "pk")),
        source=source,
        confidence=confidence(facts, at=at),
        reuses=reuses_of(standing, method),
        spread=tuple(spread),
        decisions=tuple(method.decisions.select_related("by").order_by("-at", "-pk")[:10]),
        moves=tuple(
            MOVES[name]
            for name in DECIDED
            if MOVES[name].roles & roles
            and method.evidence in MOVES[name].evidence
            and (name != "revise" or newest == VersionState.PUBLISHED)
        ),
        branches=branches,
        trials=tuple(
            Adoption.objects.filter(method=method, branch__in=[one.pk for one in branches], use="waiting")
            .select_related("branch")
            .order_by("pk")
        )
        if branches
        else (),
        is_veiled=not sees,
        at_work=newest != VersionState.PUBLISHED and reads_unpublished(standing, method),
    )
