"""What the sweep looks for. Each query reads an index from its edge: its cost grows with what it finds, not with the open cases."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from django.db.models import Q, QuerySet

from huizhen.cases.models import Case, Closing
from huizhen.cases.queries.file import ladder_of
from huizhen.directory.models import Campaign
from huizhen.worktime.queries import version

_ENOUGH = ("code", "version", "next_due_at")  # an action reads the case anew under its lock


def cases_to_look_at(now: datetime) -> QuerySet[Case]:
    """Cases whose moment has come, the longest waiting first."""
    return Case.objects.filter(next_due_at__lte=now).order_by("next_due_at").only(*_ENOUGH)


def complete_among(cases: Collection[Case]) -> frozenset[int]:
    """Keys of those of the cases that wait for nothing but to be archived: `CaseFile.is_complete` as one query."""
    sheets = Closing.objects.filter(
        case__in=[one.pk for one in cases], case__stage="resolved", is_current=True, formed_at__isnull=False, replied_at__isnull=False
    )  # fmt: skip
    return frozenset(sheets.filter(~Q(verdict="marked") | ~Q(extraction="")).values_list("case_id", flat=True))


def measured_by(campaign: Campaign) -> str:
    """What `Case.calendar_version` says when nothing changed under a case since its clocks were turned: calendar and ladder.

    Hexadecimal and of one length, so that every collation of every database orders it alike.
    """
    told = f"{campaign.pk} {version()} {ladder_of(campaign)}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def stale_cases() -> QuerySet[Case]:
    """Open cases whose clocks were turned with another calendar or another ladder than those in force.

    Asked for as the gaps between the values in force, one search of the index for each: "none of these" would read all of it.
    """
    open_cases = Case.objects.filter(is_open=True).only(*_ENOUGH)
    first, *rest = [open_cases.filter(gap) for gap in _gaps(sorted(map(measured_by, Campaign.objects.all())))]
    return first.union(*rest, all=True)


def _gaps(values: Sequence[str]) -> list[Q]:
    """Every value of `calendar_version` but these, which are in order."""
    edges = [None, *values, None]
    gaps = []
    for low, high in pairwise(edges):
        above = Q(calendar_version__gt=low) if low is not None else Q()
        gaps.append(above & Q(calendar_version__lt=high) if high is not None else above)
    return gaps
