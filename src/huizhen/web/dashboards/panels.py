"""Which panels an overview has for a scope, each from its queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from huizhen.cases.queries.desk import Desk
from huizhen.cases.queries.home import GroupPanel, group_panel
from huizhen.cases.queries.lists import solved
from huizhen.directory.models import Campaign, Group
from huizhen.directory.queries import Standing, setting
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.periods import Period, month, months_to, year
from huizhen.reports.policy.scopes import ALL, Scope, scopes
from huizhen.reports.queries import dashboards, figures, monthly
from huizhen.reports.queries.figures import Figures
from huizhen.reports.queries.records import records_of
from huizhen.web.dashboards import squares, words
from huizhen.web.dashboards.calls import Call, calls, falling
from huizhen.web.figures import words as figure_words
from huizhen.web.figures.forms import Choice

MONTHS = figure_words.MONTHS
SOLVED = 6
WALL_MONTHS = 6
"""More would be too small to be read from afar."""


def panels(request: HttpRequest, choice: Choice, standing: Standing, *, now: datetime) -> dict[str, Any]:
    """Everything of the page but its head; a constant number of queries for each kind of scope."""
    today = timezone.localdate(now)
    kind = choice.scope.kind
    told = figures.figures(choice.campaign, choice.scope, choice.period, today=today)
    periods = months(choice.period, today)
    panel = _group(choice, standing, now) if kind == Kind.GROUP else None
    inside = inner(choice) if kind in (Kind.ALL, Kind.DOMAIN) else []
    heat, worse = _heat(request, choice, inside, periods, today) if inside else (None, None)
    here = dashboards.now_of(choice.scope, now=now)
    least = setting(choice.campaign, "minimum_n")
    reports = _reports(choice, now) if kind == Kind.ALL else None
    return {
        "counts": words.counts(here, choice, standing), "heat": heat, "panel": panel, "stops": words.funnel(told, choice, least),
        "calls": calls(here, choice, standing, worse, panel.silent if panel else (), reports),
        "keys": words.keys(told, _before(choice, today), choice), "trend": trend(choice, periods, today), "curves": words.CURVES,
        "reports": words.reports(reports) if reports else None, "mine": _mine(choice, standing, today),
        **_wide(request, choice, inside, standing, today), **_unit(choice, standing, now),
    }  # fmt: skip


def months(period: Period, today: date) -> list[Period]:
    """The months up to the end of a period, none that has not begun."""
    return [one for one in months_to(period, MONTHS) if one.since <= today] or [month(today)]


def _before(choice: Choice, today: date) -> Figures | None:
    earlier = choice.period.compared(today)
    if earlier is None:
        return None
    return figures.by_period(choice.campaign, choice.scope, [earlier], words.COMPARED, today=today)[0]


def trend(choice: Choice, periods: Sequence[Period], today: date) -> list[tuple[str, list[figure_words.Tile]]]:
    """By month, oldest first; empty before anything happened."""
    found = figures.by_period(choice.campaign, choice.scope, periods, figure_words.MONTHLY, today=today)
    return figure_words.month_rows(figure_words.since_first(found), choice.scope)[::-1]


def _heat(
    request: HttpRequest, choice: Choice, known: Sequence[Scope], periods: Sequence[Period], today: date
) -> tuple[squares.Heat | None, Call | None]:
    kind, keys = known[0].kind, [one.key for one in known] if choice.scope.code else None
    grid = dashboards.by_scope_and_period(choice.campaign, kind, periods, squares.HEATS, today=today, keys=keys)
    totals = figures.by_scope(choice.campaign, kind, choice.period, today=today, codes=squares.HEATS)
    told = [each for row in grid.values() for each in row if each["registered"].numerator]
    code = squares.heat_code(request.GET.get("heat", ""), "first_contact_on_time", told)
    drawn = squares.heat(code, grid, totals, known, periods, choice)
    return drawn, falling(grid, [one for one in known if one.key in grid])


def inner(choice: Choice) -> list[Scope]:
    """What a scope is made of: everything of domains, a domain of its groups."""
    if choice.scope.kind == Kind.ALL:
        return [one for one in choice.scopes if one.kind == Kind.DOMAIN]
    keys = set(Group.objects.filter(campaign=choice.campaign, domain=choice.scope.key).values_list("pk", flat=True))
    return [one for one in choice.scopes if one.kind == Kind.GROUP and one.key in keys]


def _wide(
    request: HttpRequest, choice: Choice, inside: Sequence[Scope], standing: Standing, today: date
) -> dict[str, Any]:
    """Groups by load, and of everything the cities."""
    if choice.scope.kind not in (Kind.ALL, Kind.DOMAIN):
        return {}
    limit = setting(choice.campaign, "open_cases_per_person")
    is_whole = choice.scope.kind == Kind.ALL
    groups = [one for one in choice.scopes if one.kind == Kind.GROUP] if is_whole else inside
    found = dashboards.burdens(choice.campaign, Kind.GROUP, keys=None if is_whole else [one.key for one in groups])
    told = {"loads": words.loads(found, groups, choice, standing, limit), "limit": limit}
    return told if choice.scope.code else told | _cities(request, choice, today)


def _cities(request: HttpRequest, choice: Choice, today: date) -> dict[str, Any]:
    units = [one for one in choice.scopes if one.kind == Kind.UNIT]
    found = figures.by_scope(choice.campaign, Kind.UNIT, choice.period, today=today, codes=squares.HEATS)
    code = squares.heat_code(request.GET.get("city", ""), "marked", found.values())
    return {
        "cities": squares.cities(code, found, units, choice), "city": code, "city_label": squares.HEATS[code],
        "city_legend": squares.legend(code), "city_rates": code in squares.BANDS,
    }  # fmt: skip


def _group(choice: Choice, standing: Standing, now: datetime) -> GroupPanel:
    group = Group.objects.select_related("campaign", "domain").get(pk=choice.scope.key)
    return group_panel(group, Desk(standing, now))


def _reports(choice: Choice, now: datetime) -> monthly.Compliance | None:
    newest = monthly.newest_month(choice.campaign)
    return monthly.compliance(choice.campaign, newest.month, now=now) if newest else None


def _mine(choice: Choice, standing: Standing, today: date) -> list[figure_words.Tile]:
    """Of the year, for an expert on the page of her own group."""
    herself = standing.own or standing
    if choice.scope.kind != Kind.GROUP or herself.person is None or choice.scope.key not in herself.group_ids:
        return []
    found = records_of([herself.person.pk], year(today), today=today)[herself.person.pk]
    return [] if found.is_empty else words.mine(herself.person, found)


def _unit(choice: Choice, standing: Standing, now: datetime) -> dict[str, Any]:
    if choice.scope.kind != Kind.UNIT:
        return {}
    return {"branches": dashboards.branches(standing, choice.scope.key, now=now)}


def wall(request: HttpRequest, campaign: Campaign, standing: Standing, *, now: datetime) -> dict[str, Any]:
    """大屏: the whole campaign, and today."""
    today = timezone.localdate(now)
    period = Period("campaign", campaign.starts_on, campaign.ends_on)
    choice = Choice(campaign, scopes(standing, campaign), ALL, period, {"scope": ALL.address, "period": "campaign"})
    told = figures.figures(campaign, ALL, period, today=today)
    periods = months(period, today)
    day = figures.by_period(campaign, ALL, [Period("custom", today, today)], ("registered", "cured"), today=today)[0]
    heat, _worse = _heat(request, choice, inner(choice), periods[-WALL_MONTHS:], today)
    return {
        "campaign": campaign, "now": now, "here": dashboards.now_of(ALL, now=now), "heat": heat,
        "registered_today": day["registered"].numerator, "cured_today": day["cured"].numerator,
        "stops": words.funnel(told, choice, setting(campaign, "minimum_n")), "trend": trend(choice, periods, today),
        "curves": words.CURVES, "solved": solved(standing, limit=SOLVED).closings, **_cities(request, choice, today),
    }  # fmt: skip
