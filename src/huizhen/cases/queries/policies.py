"""The clock tables under which cases of a campaign run."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q

from huizhen.cases.clocks import Policy
from huizhen.directory.choices import default_clocks
from huizhen.directory.models import Campaign, ClockPolicy
from huizhen.directory.queries.prepared import Prepared

_POLICIES = Prepared(
    lambda campaign: (
        ClockPolicy.objects.filter(
            Q(campaign=campaign) | Q(campaign__successor=campaign) | Q(campaign__successor__successor=campaign)
        )
        .select_related("campaign")
        .order_by("version")
    )
)


def policies_of(campaign: Campaign) -> tuple[Policy, ...]:
    """The clock tables of a campaign, oldest first, clocks an old table does not know filled in from the defaults.

    Cases that were carried over keep their clocks: until the campaign took over, the tables of the one before are in force (of the
    two before at most). One query.
    """
    rows = _POLICIES(int(campaign.pk))
    defaults = default_clocks()
    ends = sorted({one.campaign.ended_at for one in rows if one.campaign_id != campaign.pk and one.campaign.ended_at})
    tables = []
    for one in rows:
        end = one.campaign.ended_at if one.campaign_id != campaign.pk else None
        begin = max((moment for moment in ends if end is None or moment < end), default=one.at)
        if end is None or one.at < end:
            at = max(one.at, begin)
            tables.append((at, {name: {**defaults[name], **one.table.get(name, {})} for name in defaults}))
    if not tables:
        tables = [(datetime(2000, 1, 1, tzinfo=UTC), {name: dict(row) for name, row in defaults.items()})]
    return tuple(Policy(at, table) for at, table in sorted(tables, key=lambda one: one[0]))
