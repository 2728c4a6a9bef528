"""Lists of cases: one scope, some filters, next deadline first, one page by keyset. Nothing here counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from huizhen.cases.choices import Urgency
from huizhen.cases.lifecycle import OPEN, STAGES
from huizhen.cases.lifecycle.stages import SITUATIONS
from huizhen.cases.models import FAR, Access, Case, Closing, Following
from huizhen.cases.policy import SUMMARY_STAGES, unhidden, visible
from huizhen.cases.queries.summary import Unnamed, courses
from huizhen.directory.choices import Home
from huizhen.directory.models import Domain, Group, Unit
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.lib.text import clean

PAGE = 50
SCOPES = ("mine", "branch", "group", "joined", "domain", "unit", "all", "following")
"""mine: I am accountable · joined: admitted by an act (invited, proposed to, was first asked) · the others as their names say."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What narrows a list. Empty means any; a list shows either open or closed cases, because each is one index range."""

    situation: str = ""
    stage: str = ""
    urgency: str = ""
    group: str = ""
    unit: str = ""
    domain: str = ""
    q: str = ""
    overdue: bool = False
    today: bool = False
    closed: bool = False

    @property
    def is_open(self) -> bool:
        """Open cases unless closed ones, or a stage after the end, were asked for."""
        if self.stage:
            return self.stage in OPEN
        return not self.closed

    def without(self, name: str) -> Filters:
        """The same filters but one."""
        return filters_of({key: value for key, value in self.as_params().items() if key != name})

    def as_params(self) -> dict[str, str]:
        """As they stand in an address: only what is set."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in named.items() if value}


def filters_of(given: Mapping[str, str]) -> Filters:
    """Filters as they come from an address: cleaned; a value that does not exist filters nothing."""

    def of(name: str, allowed: tuple[str, ...]) -> str:
        return given[name] if given.get(name) in allowed else ""

    def code(name: str) -> str:
        return clean(given.get(name, "")[:20])

    return Filters(
        situation=of("situation", SITUATIONS),
        stage=of("stage", tuple(stage.value for stage in STAGES)),
        urgency=of("urgency", tuple(Urgency.values)),
        group=code("group"),
        unit=code("unit"),
        domain=code("domain"),
        q=clean(given.get("q", "")[:60]).strip(),
        overdue=given.get("overdue") == "1",
        today=given.get("today") == "1",
        closed=given.get("closed") == "1",
    )


def scopes(standing: Standing) -> tuple[str, ...]:
    """The scopes a reader has, in the order of the segments; empty for somebody without a person."""
    if standing.person is None:
        return ()
    is_expert = bool(standing.group_ids)
    works = is_expert or bool(standing.domain_ids) or standing.is_coordinator
    held = {
        "mine": works,
        "branch": bool(standing.branch_ids),
        "group": is_expert,
        "joined": works,
        "domain": bool(standing.domain_ids),
        "unit": bool(standing.unit_ids),
        "all": standing.is_reader_of_all,
        "following": True,
    }
    return tuple(scope for scope in SCOPES if held[scope])


_FIRST = {
    Home.COORDINATOR: "all",
    Home.LIAISON: "domain",
    Home.LEADER: "group",
    Home.EXPERT: "mine",
    Home.REQUESTER: "branch",
    Home.CLERK: "unit",
    Home.VIEWER: "all",
    Home.AUDITOR: "all",
    Home.NONE: "following",
}


def first_scope(standing: Standing) -> str:
    """What a reader's list opens with."""
    return _FIRST[standing.home]


def _in(name: str, ids: frozenset[int]) -> Q:
    """Equality for one id: only then the index gives the order as well."""
    return Q(**{name: next(iter(ids))}) if len(ids) == 1 else Q(**{f"{name}__in": sorted(ids)})


def cases_in(standing: Standing, scope: str) -> QuerySet[Case]:
    """Cases of one scope that the reader sees in full. NotVisible: a scope she does not have.

    The scopes by place repeat that half of `policy.visible` which they imply, and leave its OR away: with it no database
    would walk one index. A test compares both.
    """
    if scope not in scopes(standing):
        raise NotVisible("scope_unknown", scope=scope[:20])
    if scope == "joined":
        return Case.objects.filter(unhidden(standing), pk__in=_admitted_ids(standing)).exclude(
            _in("group", standing.group_ids) if standing.group_ids else Q(pk=None)
        )
    if scope == "following":
        followed = Following.objects.filter(person=standing.person).values("case")
        return visible(standing).filter(pk__in=followed)
    if scope == "all":
        return Case.objects.filter(unhidden(standing))
    column, ids = {
        "mine": ("accountable", standing.person_ids),
        "branch": ("branch", standing.branch_ids),
        "group": ("group", standing.group_ids),
        "domain": ("domain", standing.domain_ids),
        "unit": ("unit", standing.unit_ids),
    }[scope]
    return Case.objects.filter(_in(column, ids), unhidden(standing))


def _admitted_ids(standing: Standing) -> QuerySet[Access, Any]:
    who = Q(person__in=standing.person_ids) | Q(group__in=standing.group_ids) | Q(unit__in=standing.unit_ids)
    return Access.objects.filter(who, until=None).values("case")


def narrowed(cases: QuerySet[Case], filters: Filters, *, now: datetime) -> QuerySet[Case]:
    """The cases that pass the filters. `__in` of one value, because a bare boolean column is no index condition on SQLite."""
    cases = cases.filter(is_open__in=(filters.is_open,))
    if filters.situation:
        cases = cases.filter(situation=filters.situation)
    if filters.stage:
        cases = cases.filter(stage=filters.stage)
    if filters.urgency:
        cases = cases.filter(urgency=filters.urgency)
    if filters.group:
        cases = cases.filter(group__in=Group.objects.filter(code=filters.group).values("pk"))
    if filters.unit:
        cases = cases.filter(unit__in=Unit.objects.filter(code=filters.unit).values("pk"))
    if filters.domain:
        cases = cases.filter(domain__in=Domain.objects.filter(code=filters.domain).values("pk"))
    if filters.overdue:
        cases = cases.filter(due_at__lt=now)
    if filters.today:
        cases = cases.filter(due_at__gte=now, due_at__lt=day_after(now))
    for word in filters.q.split()[:5]:
        cases = cases.filter(Q(title__icontains=word) | Q(code__icontains=word))
    return cases


def day_after(now: datetime) -> datetime:
    """The end of the local day."""
    return timezone.make_aware(datetime.combine(timezone.localdate(now), time.min)) + timedelta(days=1)


@dataclass(frozen=True)
class Page:
    """A slice of a list. `after` leads to the next one, `before` to the one before; "" where there is none."""

    cases: tuple[Case, ...]
    after: str = ""
    before: str = ""


def cursor(case: Case) -> str:
    """Where a row stands in the order: its due moment in microseconds, and its id."""
    return f"{(case.due_at - _EPOCH) // _US}.{case.pk}"


def _position(given: str) -> tuple[datetime, int] | None:
    micros, _, pk = given.partition(".")
    if not (given.isascii() and micros.isdecimal() and pk.isdecimal() and len(micros) <= 17 and len(pk) <= 18):
        return None
    return _EPOCH + int(micros) * _US, int(pk)


_WITH = ("group", "unit", "branch", "accountable")
_LONG = ("condition", "tried", "questions")


def page(
    standing: Standing,
    *,
    scope: str,
    filters: Filters,
    now: datetime,
    after: str = "",
    before: str = "",
    limit: int = PAGE,
    among: Q | None = None,
) -> Page:
    """One page by next deadline, newest first among equals; one query. A cursor that cannot be read starts at the beginning.

    `among`: a condition of an upper floor's list beside the filters.
    """
    cases = narrowed(cases_in(standing, scope), filters, now=now).select_related(*_WITH).defer(*_LONG)
    if among:
        cases = cases.filter(among)
    if place := _position(before):
        found = list(_earlier(cases, *place, is_open=filters.is_open)[: limit + 1])
        more, rows = len(found) > limit, found[:limit][::-1]
        return Page(tuple(rows), cursor(rows[-1]) if rows else "", cursor(rows[0]) if more else "")
    place = _position(after)
    if place:
        cases = _later(cases, *place)
    found = list(cases.order_by("due_at", "-pk")[: limit + 1])
    rows = found[:limit]
    return Page(tuple(rows), cursor(rows[-1]) if len(found) > limit else "", cursor(rows[0]) if place and rows else "")


def _later(cases: QuerySet[Case], due_at: datetime, pk: int) -> QuerySet[Case]:
    """Rows behind a place. Closed cases share one due moment: for them the id alone is the key."""
    if due_at >= FAR:
        return cases.filter(due_at=due_at, pk__lt=pk)
    return cases.filter(Q(due_at__gt=due_at) | Q(pk__lt=pk), due_at__gte=due_at)


def _earlier(cases: QuerySet[Case], due_at: datetime, pk: int, *, is_open: bool) -> QuerySet[Case]:
    if due_at >= FAR and not is_open:
        return cases.filter(due_at=due_at, pk__gt=pk).order_by("pk")
    return cases.filter(Q(due_at__lt=due_at) | Q(pk__gt=pk), due_at__lte=due_at).order_by("-due_at", "pk")


@dataclass(frozen=True)
class Solved:
    """A page of summaries, newest resolution first."""

    closings: tuple[Closing, ...]
    after: str = ""


def solved(standing: Standing, *, q: str = "", group: str = "", after: str = "", limit: int = PAGE) -> Solved:
    """Cases whose summary everybody may read (the condition of `policy.summarised`), newest resolution first.

    Walks the closing sheets backwards by their key: no index is needed for the order, and hardly a sheet is passed over. Titles name
    nobody who had a part, and no such name finds them. Six queries.
    """
    if standing.person is None:
        return Solved(())
    sheets = Closing.objects.filter(is_current=True, case__is_sensitive=False, case__stage__in=SUMMARY_STAGES)
    if group:
        sheets = sheets.filter(case__group__in=Group.objects.filter(code=clean(group[:20])).values("pk"))
    words = clean(q[:60]).split()[:5]
    for word in words:
        sheets = sheets.filter(Q(case__title__icontains=word) | Q(case__group__name__icontains=word))
    if after.isdecimal() and len(after) <= 18:
        sheets = sheets.filter(pk__lt=int(after))
    found = list(
        sheets.select_related("case__group", "case__domain").only(
            "verdict", "resolved_at", "case__code", "case__title", "case__baseline", "case__target", "case__indicator",
            "case__indicator_unit", "case__innovation", "case__last_verdict", "case__group__name", "case__domain__name",
        ).order_by("-pk")[: limit + 1]
    )  # fmt: skip
    rows = found[:limit]
    after = str(rows[-1].pk) if len(found) > limit else ""
    told = courses([one.case_id for one in rows])
    for one in rows:
        one.case.title = Unnamed(told[one.case_id].names)(one.case.title)
    return Solved(tuple(one for one in rows if _shows(one.case, words)), after)


def _shows(case: Case, words: Sequence[str]) -> bool:
    """Whether what may be told of a case still has these words."""
    told = f"{case.title}\n{case.group.name if case.group else ''}".lower()
    return all(word.lower() in told for word in words)


def groups_to_choose(standing: Standing, scope: str) -> list[Group]:
    """Groups worth a filter in a scope: those of the domains for a liaison, all of the current campaign else. One query."""
    groups = (
        Group.objects.filter(campaign__is_current=True)
        .select_related("domain")
        .order_by("domain__order", "order", "code")
    )
    if scope == "domain":
        groups = groups.filter(domain__in=standing.domain_ids)
    return list(groups)


def units_to_choose() -> list[Unit]:
    """All units, city companies first as in the notice. One query."""
    return list(Unit.objects.order_by("kind", "order", Length("code"), "code"))
