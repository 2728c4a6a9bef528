"""What somebody, or a group, has given: answered, visited, followed up, extracted, taught. Counted from the rows
themselves: a person has hundreds of each, not thousands, and each count is one range of an index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import Attendance, Case, FollowUp, Responsibility, Session
from huizhen.cases.policy import summarised, visible
from huizhen.directory.models import Campaign, Group, Person
from huizhen.directory.queries import Standing
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.models import ClinicAttendance, ClinicCase, Method, MethodVersion
from huizhen.methods.policy import SHOWN, clinics_visible
from huizhen.methods.policy import visible as methods_visible

KINDS = ("answered", "visited", "followed_up", "extracted", "taught", "attended")
"""In the order in which they are shown."""
DAY = timedelta(days=1)
LEAST = 5
"""With fewer cases judged there is no rate (product.md, section 6)."""
PAGE = 30
FULL, SUMMARY = "full", "summary"
CAME_ON_SITE = Q(session__state="held", session__mode="on_site", came=True)
PUBLISHED = (VersionState.PUBLISHED, VersionState.REPLACED)


@dataclass(frozen=True)
class Figure:
    """One kind of contribution: how many in the campaign, how many ever."""

    kind: str
    campaign: int
    ever: int


@dataclass(frozen=True)
class Contributions:
    """Figures in the order of KINDS. `judged`: cases with a verdict in the campaign, of which `marked` 显效; 敏感 ones count."""

    figures: tuple[Figure, ...]
    judged: int
    marked: int

    @property
    def rate(self) -> int | None:
        """显效率 in per cent; None under five cases."""
        return round(100 * self.marked / self.judged) if self.judged >= LEAST else None

    @property
    def is_empty(self) -> bool:
        return not any(figure.ever for figure in self.figures)


def of_person(person: Person, campaign: Campaign | None) -> Contributions:
    """Six queries, whatever she has done.

    Answered: cases she was accountable for at some time. Visited: sessions on site to which she came. Followed up: 复诊 she recorded.
    Extracted: methods that were published and that she wrote or guided. Taught: cases she presented at clinics that were held.
    """
    held = Responsibility.objects.filter(person=person)
    in_campaign = Q(case__campaign=campaign)
    judged = held.aggregate(
        ever=Count("case", distinct=True),
        here=Count("case", distinct=True, filter=in_campaign),
        judged=Count("case", distinct=True, filter=in_campaign & ~Q(case__last_verdict="")),
        marked=Count("case", distinct=True, filter=in_campaign & Q(case__last_verdict="marked")),
    )
    figures = (
        Figure("answered", judged["here"], judged["ever"]),
        _figure("visited", Attendance.objects.filter(CAME_ON_SITE, person=person), Q(session__case__campaign=campaign)),
        _figure("followed_up", FollowUp.objects.filter(by=person), in_campaign),
        _figure("extracted", published_by(person), _published_in(campaign), "method"),
        _figure(
            "taught", ClinicCase.objects.filter(presenter=person, clinic__state="held"), Q(clinic__campaign=campaign)
        ),
        _figure("attended", ClinicAttendance.objects.filter(person=person, came=True), Q(clinic__campaign=campaign)),
    )
    return Contributions(figures, judged["judged"], judged["marked"])


def of_group(group: Group) -> Contributions:
    """The same of a group, which belongs to one campaign: five queries over its cases."""
    cases = Case.objects.filter(group=group).aggregate(
        n=Count("pk"),
        judged=Count("pk", filter=~Q(last_verdict="")),
        marked=Count("pk", filter=Q(last_verdict="marked")),
    )
    rows: Mapping[str, QuerySet[Any]] = {
        "visited": Session.objects.filter(case__group=group, state="held", mode="on_site"),
        "followed_up": FollowUp.objects.filter(case__group=group),
        "extracted": Method.objects.filter(group=group, evidence__in=SHOWN),
        "taught": ClinicCase.objects.filter(case__group=group, clinic__state="held"),
    }
    counted = [("answered", cases["n"]), *((kind, found.count()) for kind, found in rows.items())]
    return Contributions(tuple(Figure(kind, n, n) for kind, n in counted), cases["judged"], cases["marked"])


def _figure(kind: str, rows: QuerySet[Any], here: Q, key: str = "pk") -> Figure:
    found = rows.order_by().aggregate(ever=Count(key, distinct=True), here=Count(key, distinct=True, filter=here))
    return Figure(kind, found["here"], found["ever"])


def published_by(person: Person) -> QuerySet[MethodVersion]:
    """Versions that were published and that she wrote or guided."""
    out = MethodVersion.objects.filter(state__in=PUBLISHED)
    return out.filter(Q(by=person) | Q(writers=person) | Q(experts=person))


def _published_in(campaign: Campaign | None) -> Q:
    """Methods outlast campaigns; they count for the one in whose days they came out."""
    if campaign is None:
        return Q(pk=None)
    return Q(
        method__published_at__gte=_start(campaign.starts_on), method__published_at__lt=_start(campaign.ends_on + DAY)
    )


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# ── the list behind a figure


@dataclass(frozen=True)
class Deed:
    """One contribution as this reader may see it. `of`: case, method or clinic; `level`: how far she sees the case, "" for the others."""

    of: str
    code: str
    title: str
    at: datetime
    level: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Page:
    """A slice of deeds, latest first; `after` leads to the next one, "" at the end."""

    deeds: tuple[Deed, ...]
    after: str


def deeds(standing: Standing, person: Person, kind: str, *, after: str = "", limit: int = PAGE) -> Page:
    """What stands behind one figure of a person, as far as the reader may see it: at most three queries. ValueError: no such kind."""
    if kind not in KINDS:
        raise ValueError(kind)
    before = int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else None
    return _LISTS[kind](standing, person, before, limit)


def _cut(rows: QuerySet[Any], before: int | None, limit: int) -> tuple[list[Any], str]:
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else ""


def seen_through(standing: Standing, path: str) -> Q:
    """Rows of cases that she sees in full or as a summary."""
    return Q(**{f"{path}__in": visible(standing).values("pk")}) | Q(
        **{f"{path}__in": summarised(standing).values("pk")}
    )


def levels_of(standing: Standing, ids: set[int]) -> dict[int, str]:
    """How far she sees each of these cases, of which she sees at least the summary."""
    return dict.fromkeys(ids, SUMMARY) | dict.fromkeys(
        visible(standing).filter(pk__in=ids).values_list("pk", flat=True), FULL
    )


def _of_cases(
    standing: Standing,
    rows: QuerySet[Any],
    before: int | None,
    limit: int,
    told: Callable[[Any], tuple[Case, datetime, str]],
) -> Page:
    found, after = _cut(rows, before, limit)
    shown = [told(row) for row in found]
    levels = levels_of(standing, {case.pk for case, _at, _verdict in shown})
    return Page(
        tuple(Deed("case", case.code, case.title, at, levels[case.pk], verdict) for case, at, verdict in shown), after
    )


def _answered(standing: Standing, person: Person, before: int | None, limit: int) -> Page:
    held = Responsibility.objects.filter(person=person).values("case")
    rows = Case.objects.filter(seen_through(standing, "pk"), pk__in=held)
    return _of_cases(standing, rows, before, limit, lambda one: (one, one.registered_at, one.last_verdict))


def _visited(standing: Standing, person: Person, before: int | None, limit: int) -> Page:
    rows = Attendance.objects.filter(CAME_ON_SITE, seen_through(standing, "session__case"), person=person)
    return _of_cases(
        standing, rows.select_related("session__case"), before, limit,
        lambda one: (one.session.case, one.session.starts_at, ""),
    )  # fmt: skip


def _followed_up(standing: Standing, person: Person, before: int | None, limit: int) -> Page:
    rows = FollowUp.objects.filter(seen_through(standing, "case"), by=person).select_related("case")
    return _of_cases(standing, rows, before, limit, lambda one: (one.case, one.at, one.verdict))


def _methods(standing: Standing, person: Person, before: int | None, limit: int) -> Page:
    rows = methods_visible(standing).filter(evidence__in=SHOWN, pk__in=published_by(person).values("method"))
    found, after = _cut(rows, before, limit)
    return Page(tuple(Deed("method", one.code, one.name, one.published_at or one.created_at) for one in found), after)


def _clinics(standing: Standing, ids: QuerySet[Any], before: int | None, limit: int) -> Page:
    found, after = _cut(clinics_visible(standing).filter(pk__in=ids, state="held"), before, limit)
    return Page(tuple(Deed("clinic", one.code, one.title, one.starts_at) for one in found), after)


def _taught(standing: Standing, person: Person, before: int | None, limit: int) -> Page:
    return _clinics(standing, ClinicCase.objects.filter(presenter=person).values("clinic"), before, limit)


def _attended(standing: Standing, person: Person, before: int | None, limit: int) -> Page:
    return _clinics(standing, ClinicAttendance.objects.filter(person=person, came=True).values("clinic"), before, limit)


_LISTS: Mapping[str, Callable[[Standing, Person, int | None, int], Page]] = {
    "answered": _answered, "visited": _visited, "followed_up": _followed_up, "extracted": _methods, "taught": _taught,
    "attended": _attended,
}  # fmt: skip


# ── what is new in a domain


def new_methods(domains: Any, *, since: datetime, until: datetime) -> QuerySet[Method]:
    """Methods of these domains that came out in a span of time, latest first; `domains` None is all of them."""
    found = Method.objects.filter(evidence__in=SHOWN, published_at__gt=since, published_at__lte=until)
    if domains is not None:
        found = found.filter(domain__in=domains)
    return found.order_by(F("published_at").desc(), F("pk").desc())
