"""What the sweep looks for. Each query reads an index from its edge: its cost grows with what it finds, not with the open cases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from huizhen.cases.models import Case
from huizhen.cases.queries.file import ladder_of
from huizhen.directory.models import Campaign
from huizhen.worktime.queries import version


def cases_to_climb(now: datetime) -> QuerySet[Case]:
    """Cases whose next step has come, the longest waiting first."""
    return Case.objects.filter(next_due_at__lte=now).order_by("next_due_at")


def measured_by(campaign: Campaign) -> str:
    """What `Case.calendar_version` says when nothing changed under a case since its clocks were turned: calendar and ladder.

    Hexadecimal and of one length, so that every collation of every database orders it alike.
    """
    told = f"{campaign.pk} {version()} {ladder_of(campaign)}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def stale_cases() -> QuerySet[Case]:
    """Open cases whose clocks were turned with another calendar or another ladder than those in force.

    Asked for as the gaps between the values in force, because an index cannot be read for "none of these".
    """
    return Case.objects.filter(
        _gaps(sorted({measured_by(campaign) for campaign in Campaign.objects.all()})), is_open=True
    )


def _gaps(values: Iterable[str]) -> Q:
    """Every value of `calendar_version` but these, which are in order."""
    gaps, since = Q(pk__in=[]), Q()
    for value in values:
        gaps |= since & Q(calendar_version__lt=value)
        since = Q(calendar_version__gt=value)
    return gaps | since
