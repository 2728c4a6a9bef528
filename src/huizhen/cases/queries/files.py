"""病历 of many cases at once: the rows of `file.file_of`, in a constant number of queries for hundreds of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from huizhen.cases.models import (
    Ask,
    Attendance,
    Case,
    Cause,
    Contact,
    FollowUp,
    Invitation,
    Measure,
    Opinion,
    Pause,
    Proposal,
    Responsibility,
    Round,
    Transfer,
)
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.policies import policies_of


def _rows(keys: Sequence[int]) -> dict[str, tuple[QuerySet[Any], str]]:
    """Rows by the name they have in a file, in its order, and the path from a row to the key of its case. People are left to be asked for."""
    own = {"case__in": keys}
    return {
        "rounds": (Round.objects.filter(**own).select_related("closing").order_by("number"), "case_id"),
        "responsibilities": (Responsibility.objects.filter(**own).order_by("since", "pk"), "case_id"),
        "contacts": (Contact.objects.filter(**own).order_by("at", "pk"), "case_id"),
        "attendances": (
            Attendance.objects.filter(session__case__in=keys)
            .select_related("session")
            .order_by("session__starts_at", "session_id", "pk"),
            "session.case_id",
        ),
        "opinions": (Opinion.objects.filter(**own).order_by("at", "pk"), "case_id"),
        "causes": (
            Cause.objects.filter(diagnosis__case__in=keys)
            .select_related("diagnosis")
            .order_by("diagnosis_id", "number"),
            "diagnosis.case_id",
        ),
        "measures": (
            Measure.objects.filter(prescription__case__in=keys)
            .select_related("prescription")
            .order_by("prescription__version", "number"),
            "prescription.case_id",
        ),
        "follow_ups": (FollowUp.objects.filter(**own).order_by("number"), "case_id"),
        "transfers": (
            Transfer.objects.filter(**own).select_related("from_group", "to_group").order_by("at", "pk"),
            "case_id",
        ),
        "invitations": (Invitation.objects.filter(**own).select_related("group").order_by("at", "pk"), "case_id"),
        "pauses": (Pause.objects.filter(**own).order_by("since", "pk"), "case_id"),
        "asks": (Ask.objects.filter(**own).order_by("at", "pk"), "case_id"),
        "proposals": (Proposal.objects.filter(**own).order_by("at", "pk"), "case_id"),
    }


def files_of(cases: Iterable[Case]) -> dict[int, CaseFile]:
    """The files of some hundred cases by their keys; fourteen queries, and one for each campaign. Ask with their campaigns read."""
    by_key = {int(case.pk): case for case in cases}
    if not by_key:
        return {}
    found: dict[int, dict[str, list[Any]]] = {key: defaultdict(list) for key in by_key}
    for name, (rows, path) in _rows(sorted(by_key)).items():
        *through, last = path.split(".")
        for row in rows:
            owner = getattr(row, through[0]) if through else row
            found[getattr(owner, last)][name].append(row)
    campaigns = {case.campaign_id: case.campaign for case in by_key.values()}
    tables = {key: policies_of(campaign) for key, campaign in campaigns.items()}
    names = _rows([]).keys()
    return {
        key: CaseFile(case=case, policies=tables[case.campaign_id], **{name: tuple(found[key][name]) for name in names})
        for key, case in by_key.items()
    }
