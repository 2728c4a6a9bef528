"""Campaigns: which one is current, its settings, its clock policies, and how far it drifted from the notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from huizhen.directory.choices import SETTINGS, default_clocks
from huizhen.directory.models import Campaign, ClockPolicy, Group, Membership


def current_campaign() -> Campaign | None:
    """The campaign that new cases belong to."""
    return Campaign.objects.filter(is_current=True).first()


def next_campaign(campaign: Campaign) -> Campaign | None:
    """The one that begins next after this one and has not ended."""
    later = Campaign.objects.filter(starts_on__gt=campaign.starts_on, ended_at=None)
    return later.order_by("starts_on", "pk").first()


def setting(campaign: Campaign, name: str) -> int:
    """The campaign's value of a setting, else the default of product.md section 7."""
    value = campaign.settings.get(name, SETTINGS[name].default)
    return int(value)


def settings_of(campaign: Campaign) -> dict[str, int]:
    """All settings in force."""
    return {name: setting(campaign, name) for name in SETTINGS}


def policies(campaign: Campaign) -> QuerySet[ClockPolicy]:
    """All versions of the clock table, newest first."""
    return campaign.policies.select_related("by").order_by("-version")


def policy_at(campaign: Campaign, *, at: datetime) -> ClockPolicy:
    """The clock table in force at a moment; before the first version the first one, without any the defaults (unsaved)."""
    found = (
        campaign.policies.filter(at__lte=at).order_by("-version").first()
        or campaign.policies.order_by("version").first()
    )
    return found or ClockPolicy(campaign=campaign, version=0, table=default_clocks(), at=at)


def clock_amount(policy: ClockPolicy, clock: str, urgency: str) -> int:
    """Working minutes; a clock that an old version does not know yet has its default."""
    row = policy.table.get(clock) or {}
    return int(row.get(urgency) or default_clocks()[clock][urgency])


@dataclass(frozen=True)
class Drift:
    """What the notice says against what the roster holds. It warns, it never blocks."""

    experts_notice: int
    experts_today: int
    groups_notice: int
    groups_today: int

    @property
    def is_drifted(self) -> bool:
        return (self.experts_notice, self.groups_notice) != (self.experts_today, self.groups_today)


def drift(campaign: Campaign, *, on: date) -> Drift:
    """Counts of one campaign's roster: some hundreds of rows."""
    active = Membership.objects.filter(Q(until=None) | Q(until__gt=on), group__campaign=campaign, since__lte=on)
    return Drift(
        experts_notice=campaign.notice_experts,
        experts_today=active.values("person_id").distinct().count(),
        groups_notice=campaign.notice_groups,
        groups_today=Group.objects.filter(campaign=campaign, closed_on=None).count(),
    )
