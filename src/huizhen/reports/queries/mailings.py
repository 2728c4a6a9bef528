"""Saved views that are sent: whose they are, who may see what they show, what is due, to whom they went."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl
from uuid import UUID

from django.db.models import Q, QuerySet

from huizhen.cases.queries import lists
from huizhen.directory.models import Campaign, Person
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.reports.choices import MailedView
from huizhen.reports.models import Mailed, Mailing
from huizhen.reports.policy.scopes import Scope, scopes
from huizhen.reports.queries.figures import period_of
from huizhen.reports.queries.worklist import Asked, asked_of

BYS = ("domain", "group", "unit")
_FIGURES = ("scope", "period", "from", "to", "by")


def params_of(kind: str, query: str) -> dict[str, str]:
    """What an address of this kind of page asks for, as the page itself writes it. ValueError: nothing of ours."""
    given = dict(parse_qsl(query[:1600], max_num_fields=20))
    if kind == MailedView.FIGURES:
        told = {name: given[name][:40] for name in _FIGURES if given.get(name)}
        return told | {"period": told.get("period", "report")}
    if kind not in MailedView.values or given.get("scope") not in lists.SCOPES:
        raise ValueError(kind)
    if kind == MailedView.CASES:
        return {"scope": given["scope"], **lists.filters_of(given).as_params()}
    return asked_of(given, scope=given["scope"]).as_params()


def may_see(standing: Standing, kind: str, params: Mapping[str, str], campaign: Campaign | None) -> bool:
    """Whether there is anything in it for her: the scope is one of hers. What she sees in it is hers alone."""
    if standing.person is None:
        return False
    if kind != MailedView.FIGURES:
        return params.get("scope", "") in lists.scopes(standing)
    return campaign is not None and scope_in(standing, params, campaign) is not None


def scope_in(standing: Standing, params: Mapping[str, str], campaign: Campaign) -> Scope | None:
    """The scope of figures that is asked for, her first without; None: not hers."""
    found = scopes(standing, campaign)
    wanted = params.get("scope", "")
    return next((one for one in found if not wanted or one.address == wanted), None)


def asked_for(params: Mapping[str, str]) -> Asked:
    """The work list behind a list or a work list."""
    return asked_of(params, scope=params.get("scope", ""))


def is_sound(kind: str, params: Mapping[str, str], campaign: Campaign, *, today: date) -> bool:
    """Whether the days of a period of figures make one."""
    if kind != MailedView.FIGURES:
        return True
    try:
        period_of(campaign, params, today=today)
    except ValueError:
        return False
    return True


# ── lists of them


@dataclass(frozen=True)
class Line:
    """A mailing with its recipients, each with what she got last."""

    mailing: Mailing
    is_own: bool
    people: tuple[tuple[Person, Mailed | None], ...]


def own(person: Person | None) -> QuerySet[Mailing]:
    """Those she made and those she gets, that are not removed."""
    rows = Mailing.objects.filter(removed_at=None).select_related("owner")
    if person is None:
        return rows.none()
    return rows.filter(Q(owner=person) | Q(recipients=person)).distinct()


def mailings(person: Person | None) -> list[Line]:
    """Her own first, then those she gets, by when they go out next. Three queries."""
    rows = list(own(person).prefetch_related("recipients").order_by("next_at", "pk")[:100])
    last = last_of([one.pk for one in rows])
    lines = [
        Line(
            one, person is not None and one.owner_id == person.pk,
            tuple((who, last.get((one.pk, who.pk))) for who in sorted(one.recipients.all(), key=lambda who: who.sort_key)),
        )
        for one in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda one: not one.is_own)


def last_of(mailing_ids: Collection[int]) -> dict[tuple[int, int], Mailed]:
    """What each recipient got last. One query, over the rows of these mailings."""
    rows = Mailed.objects.filter(mailing__in=mailing_ids).order_by("moment", "pk")
    return {(one.mailing_id, one.person_id): one for one in rows}


def get_mailing(person: Person | None, key: UUID) -> Mailing:
    """One she made or gets. NotVisible otherwise."""
    found = own(person).filter(key=key).first()
    if found is None:
        raise NotVisible("mailing_unknown")
    return found


def due(now: datetime) -> list[Mailing]:
    """What is to go out, the oldest first. One query over an index."""
    return list(
        Mailing.objects.filter(is_paused=False, removed_at=None, next_at__lte=now).order_by("next_at", "pk")[:50]
    )


def people_called(names: Sequence[str], *, on: date) -> tuple[dict[str, Person], list[str], list[str]]:
    """People by name or human code: found, unknown, and names that several bear. One query."""
    here = Person.objects.filter(Q(left_on=None) | Q(left_on__gt=on))
    rows = list(here.filter(Q(name__in=names) | Q(code__in=names)).select_related("unit")[:200])
    found: dict[str, Person] = {}
    several: list[str] = []
    for name in names:
        hits = [one for one in rows if one.code == name] or [one for one in rows if one.name == name]
        if len(hits) == 1:
            found[name] = hits[0]
        elif hits:
            several.append(name)
    return found, [one for one in names if one not in found and one not in several], several
