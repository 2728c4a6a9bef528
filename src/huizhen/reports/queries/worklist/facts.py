"""Facts of many cases at once, for the columns of the work list: each kind is read when a column asks for it, one query for a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from huizhen.cases.choices import Innovation as InnovationKind
from huizhen.cases.choices import MeasureState, Mode, Source, Urgency, Verdict
from huizhen.cases.models import (
    Attendance,
    Case,
    Cause,
    Contact,
    Diagnosis,
    FollowUp,
    Imported,
    Invitation,
    Measure,
    Opinion,
    Prescription,
    Session,
)
from huizhen.cases.verbs import SITUATIONS, STAGES
from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Membership
from huizhen.methods.lifecycle import PUBLISHED
from huizhen.methods.models import Method, Proof
from huizhen.reports.models import Note

BATCH = 500
"""Cases read at once."""
Rows = dict[int, list[Any]]
_ZONE = ZoneInfo(settings.TIME_ZONE)

OF_CASE = (
    "pk", "code", "stage", "situation", "is_open", "is_sensitive", "source", "title", "urgency", "mode", "registered_at", "closed_at",
    "indicator", "indicator_unit", "baseline", "innovation", "last_verdict", "branch_id", "unit_id", "group_id", "domain_id",
    "accountable_id", "first_responder_id", "requester_id", "group__name", "domain__name", "unit__name", "branch__name",
    "requester__name", "requester__phone", "first_responder__name", "challenge__lead__name",
)  # fmt: skip


def moment(at: datetime | None) -> str:
    """2026-03-02 09:00, in the time of the house."""
    return f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}" if at else ""


def _by_case(rows: Iterable[tuple[Any, ...]]) -> Rows:
    """Rows under their first value, without it."""
    found: Rows = defaultdict(list)
    for case, *rest in rows:
        found[case].append(rest)
    return found


class Facts:
    """What columns ask about these cases. Words are in the language that is active when they are read."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids

    @cached_property
    def cases(self) -> dict[int, Any]:
        """The cases themselves, with the names of what they belong to."""
        return {row.pk: row for row in Case.objects.filter(pk__in=self.ids).values_list(*OF_CASE, named=True)}

    @cached_property
    def conditions(self) -> dict[int, str]:
        """病情: apart, because it is long and seldom shown."""
        return dict(Case.objects.filter(pk__in=self.ids).values_list("pk", "condition"))

    @cached_property
    def leaders(self) -> dict[int, str]:
        """Leader of each group, the first of several."""
        groups = {row.group_id for row in self.cases.values()} - {None}
        found = Membership.objects.filter(group__in=groups, role=MemberRole.LEADER, until=None)
        return dict(found.order_by("-pk").values_list("group_id", "person__name"))

    @cached_property
    def contacts(self) -> dict[int, datetime]:
        """First conversation with the branch that it does not deny."""
        found = Contact.objects.filter(case__in=self.ids, party="branch", denied_at=None)
        return dict(found.order_by("-at").values_list("case_id", "at"))

    @cached_property
    def sessions(self) -> dict[int, tuple[datetime, str]]:
        """Start and mode of the last session that was held, else of the next that is planned."""
        found = Session.objects.filter(case__in=self.ids, state__in=["planned", "held"])
        rows = found.order_by("case_id", "-state", "starts_at").values_list("case_id", "starts_at", "mode", "state")
        told: dict[int, tuple[datetime, str]] = {}
        for case, at, mode, state in rows:  # planned before held
            if state == "held" or case not in told:
                told[case] = (at, mode)
        return told

    @cached_property
    def people(self) -> dict[int, dict[str, None]]:
        """Experts who came to a session or signed an opinion, each once."""
        came = Attendance.objects.filter(session__case__in=self.ids, is_expert=True, came=True)
        signed = Opinion.objects.filter(case__in=self.ids)
        found: dict[int, dict[str, None]] = defaultdict(dict)
        for case, name in came.order_by("pk").values_list("session__case_id", "person__name"):
            found[case][name] = None
        for case, name in signed.order_by("pk").values_list("case_id", "person__name"):
            found[case][name] = None
        return found

    @cached_property
    def invited(self) -> Rows:
        """Groups that take part at somebody's invitation."""
        found = Invitation.objects.filter(case__in=self.ids, state__in=["accepted", "signed"])
        return _by_case(found.order_by("pk").values_list("case_id", "group__name"))

    @cached_property
    def diagnoses(self) -> dict[int, tuple[int, str]]:
        """The last diagnosis: its key and what was found."""
        rows = Diagnosis.objects.filter(case__in=self.ids).order_by("pk").values_list("case_id", "pk", "findings")
        return {case: (pk, findings) for case, pk, findings in rows}

    @cached_property
    def causes(self) -> Rows:
        """Number and text of the causes of the last diagnosis, under its key."""
        keys = [pk for pk, _ in self.diagnoses.values()]
        found = Cause.objects.filter(diagnosis__in=keys).order_by("number")
        return _by_case(found.values_list("diagnosis_id", "number", "text"))

    @cached_property
    def prescriptions(self) -> dict[int, tuple[int, str]]:
        """The last signed version: its key and kind of innovation."""
        found = Prescription.objects.filter(case__in=self.ids).order_by("version")
        return {case: (pk, kind) for case, pk, kind in found.values_list("case_id", "pk", "innovation")}

    @cached_property
    def measures(self) -> Rows:
        """number, what, owner's name, written name, due day, state; of the last prescription, under the case."""
        keys = {pk: case for case, (pk, _) in self.prescriptions.items()}
        rows = Measure.objects.filter(prescription__in=list(keys)).order_by("number")
        told = rows.values_list("prescription_id", "number", "what", "owner__name", "owner_name", "due_on", "state")
        return _by_case((keys[pk], *rest) for pk, *rest in told)

    @cached_property
    def visits(self) -> Rows:
        """Moment, verdict and value of each follow-up, in order."""
        found = FollowUp.objects.filter(case__in=self.ids).order_by("number")
        return _by_case(found.values_list("case_id", "at", "verdict", "value"))

    @cached_property
    def methods(self) -> dict[int, list[tuple[str, str]]]:
        """Name and evidence of the published methods that came of the case, or that it proved."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        own = Method.objects.filter(source_case__in=self.ids, evidence__in=PUBLISHED)
        for case, name, evidence in own.order_by("pk").values_list("source_case_id", "name", "evidence"):
            found[case][name] = evidence
        proofs = Proof.objects.filter(case__in=self.ids, method__evidence__in=PUBLISHED).order_by("pk")
        for case, name, evidence in proofs.values_list("case_id", "method__name", "method__evidence"):
            found[case][name] = evidence
        return {case: list(rows.items()) for case, rows in found.items()}

    @cached_property
    def notes(self) -> dict[int, tuple[str, str, str, int]]:
        """progress, trouble, remark and version of what people wrote."""
        rows = Note.objects.filter(case__in=self.ids).values_list("case_id", "progress", "trouble", "remark", "version")
        return {case: (progress, trouble, remark, version) for case, progress, trouble, remark, version in rows}

    @cached_property
    def imported(self) -> dict[int, dict[str, str]]:
        """Heading → text of the row of an earlier list from which a case came. Asked only where there is one."""
        ids = [row.pk for row in self.cases.values() if row.source == Source.IMPORTED]
        rows = Imported.objects.filter(case__in=ids).values_list("case_id", "cells") if ids else ()
        return {case: dict(cells) for case, cells in rows}

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """Labels of codes, by kind."""
        kinds: dict[str, Iterable[tuple[Any, Any]]] = {
            "source": Source.choices, "urgency": Urgency.choices, "mode": Mode.choices, "verdict": Verdict.choices,
            "innovation": InnovationKind.choices, "measure": MeasureState.choices, "situation": SITUATIONS.items(), "stage": STAGES.items(),
        }  # fmt: skip
        return {kind: {"": "", **{str(key): str(words) for key, words in rows}} for kind, rows in kinds.items()}
