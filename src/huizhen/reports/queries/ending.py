"""The end of a campaign: what is still open before it, what it came to, how far its cases have gone on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from huizhen.cases.models import Case
from huizhen.directory.models import Campaign, Domain, Group, Unit
from huizhen.directory.queries import Standing
from huizhen.directory.queries.campaigns import next_campaign
from huizhen.lib.errors import NotVisible
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.models import MethodVersion
from huizhen.reports.choices import Kind, ReportState
from huizhen.reports.clocks.periods import Period
from huizhen.reports.models import CampaignSummary
from huizhen.reports.policy.scopes import ALL, reads_all
from huizhen.reports.queries.figures import TABLE, Figure, Figures, by_scope, figures
from huizhen.reports.queries.metrics import METRICS
from huizhen.reports.queries.monthly import of_months

GRACE = timedelta(minutes=10)
"""So long nothing goes on in the next campaign, and the end can be taken back at leisure."""
COLUMNS = (
    "registered",
    "cured",
    "first_contact_on_time",
    "session_rate",
    "follow_up_on_time",
    "execution",
    "marked",
    "extraction",
)
"""Figures of the tables of a summary."""


def whole_of(campaign: Campaign, *, today: date) -> Period:
    """From its first day to its last, or to `today`, the day on which it is ended, if that is later."""
    return Period("campaign", campaign.starts_on, max(campaign.ends_on, today))


# ── before


@dataclass(frozen=True)
class StillOpen:
    """What a campaign leaves when it ends now. `homeless`: open cases whose group has no counterpart in the next campaign."""

    cases: int
    late: int
    in_review: int
    reports_missing: int
    next: Campaign | None
    homeless: int


def still_open(campaign: Campaign, *, now: datetime) -> StillOpen:
    """Five queries."""
    rows = Case.objects.filter(campaign=campaign, is_open__in=(True,)).order_by()
    found = rows.aggregate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    in_review = MethodVersion.objects.filter(state=VersionState.IN_REVIEW).exclude(method__evidence="retired").count()
    missing = sum(
        one.state == ReportState.MISSING
        for one in of_months(campaign, campaign.starts_on.replace(day=1), campaign.ends_on, now=now)
    )
    coming = next_campaign(campaign)
    homeless = found["n"] - carriable(campaign, coming).count() if coming else found["n"]
    return StillOpen(found["n"], found["late"], in_review, missing, coming, homeless)


def carriable(campaign: Campaign, to: Campaign | None) -> QuerySet[Case]:
    """Open cases that can go on: their group is in the other campaign too, or they have none."""
    codes = Group.objects.filter(campaign=to, closed_on=None).values("code")
    rows = Case.objects.filter(campaign=campaign, is_open__in=(True,))
    return rows.filter(Q(group=None) | Q(group__code__in=codes)) if to else rows.none()


# ── what it came to


def told_of(campaign: Campaign, *, today: date) -> dict[str, Any]:
    """The figures of the whole campaign as they are on `today`, for all and by domain, group and unit. Twelve queries."""
    period = whole_of(campaign, today=today)
    named: Mapping[str, QuerySet[Any]] = {
        Kind.DOMAIN: Domain.objects.order_by("order", "pk"),
        Kind.GROUP: Group.objects.filter(campaign=campaign).order_by("domain__order", "order", "code"),
        Kind.UNIT: Unit.objects.order_by("order", "pk"),
    }
    tables = {}
    for kind, rows in named.items():
        found = by_scope(campaign, kind, period, today=today, codes=TABLE)
        tables[str(kind)] = [
            {"code": one.code, "name": one.name, "figures": _json(found[one.pk])} for one in rows if one.pk in found
        ]
    whole = figures(campaign, ALL, period, today=today)
    left = Case.objects.filter(campaign=campaign, is_open__in=(True,)).count()
    return {
        "name": campaign.name, "since": period.since.isoformat(), "until": period.until.isoformat(),
        "today": today.isoformat(), "open": left, "all": _json(whole), "tables": tables,
    }  # fmt: skip


def _json(found: Figures) -> dict[str, Any]:
    return {
        one.metric.code: [one.numerator, one.denominator, None if one.value is None else str(one.value), one.is_small]
        for one in found
    }


def digest_of(told: Mapping[str, Any]) -> str:
    """SHA-256 of the figures in one spelling."""
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def thawed(told: Mapping[str, Sequence[Any]]) -> dict[str, Figure]:
    """Frozen figures as figures; what is no metric any more is left out."""
    return {
        code: Figure(METRICS[code], top, whole, None if value is None else Decimal(value), is_small)
        for code, (top, whole, value, is_small) in told.items()
        if code in METRICS
    }


@dataclass(frozen=True)
class Summary:
    """A frozen campaign. `before`: the figures of the one before it, empty where there is none. `is_sound`: the figures are those of the
    digest. `carried` and `left`: open cases that went on, that are still here; `homeless` of those have no group there."""

    row: CampaignSummary
    whole: Mapping[str, Figure]
    before: Mapping[str, Figure]
    before_name: str
    tables: Mapping[str, Sequence[tuple[str, str, Mapping[str, Figure]]]]
    is_sound: bool
    carried: int
    left: int
    homeless: int
    registered_since: int

    @property
    def may_be_taken_back(self) -> bool:
        """Nothing happened in the next campaign yet."""
        return not self.carried and not self.registered_since


def get_summary(standing: Standing, key: Any) -> CampaignSummary:
    """The summary with this key, for who reads the figures of all; NotVisible otherwise."""
    row = CampaignSummary.objects.select_related("campaign__successor", "by").filter(key=key).first()
    if row is None or not reads_all(standing):
        raise NotVisible("summary_unknown")
    return row


def summaries(standing: Standing) -> list[CampaignSummary]:
    """All of them, latest first, for who reads the figures of all. One query."""
    rows = CampaignSummary.objects.select_related("campaign", "by").order_by("-campaign__starts_on", "-pk")
    return list(rows) if reads_all(standing) else []


def summary_of(row: CampaignSummary) -> Summary:
    """Five queries."""
    campaign, told = row.campaign, row.told
    earlier = (
        CampaignSummary.objects.filter(campaign__starts_on__lt=campaign.starts_on)
        .select_related("campaign")
        .order_by("-campaign__starts_on")
        .first()
    )
    to = campaign.successor
    left = Case.objects.filter(campaign=campaign, is_open__in=(True,)).count()
    return Summary(
        row, thawed(told["all"]), thawed(earlier.told["all"]) if earlier else {},
        earlier.campaign.short_name if earlier else "",
        {
            kind: [(one["code"], one["name"], thawed(one["figures"])) for one in rows]
            for kind, rows in told["tables"].items()
        },
        digest_of(told) == row.digest, Case.objects.filter(carried_from=campaign).count(), left,
        left - carriable(campaign, to).count() if to else 0, registered_in(to),
    )  # fmt: skip


def registered_in(campaign: Campaign | None) -> int:
    """Cases registered in a campaign itself."""
    return Case.objects.filter(campaign=campaign, carried_from=None).count() if campaign else 0


def to_carry(now: datetime) -> list[CampaignSummary]:
    """Campaigns whose cases go on, their time to think over. One query."""
    rows = CampaignSummary.objects.filter(carries=True, at__lte=now - GRACE, campaign__successor__isnull=False)
    return list(rows.select_related("campaign__successor", "by__user").order_by("pk"))
