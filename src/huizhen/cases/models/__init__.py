"""Nouns of a case. `case`: the case, who holds it, who may see it. `care`: examining and treating. `course`: transfers, pauses, ends.
`ladder`: steps told about what nobody answered. `flags`: what a leader should talk about with an expert. `saved`: views of lists.
`imports`: lists of earlier cases."""

from huizhen.cases.models.care import (
    Attendance,
    Cause,
    Contact,
    Diagnosis,
    FollowUp,
    Measure,
    Opinion,
    Prescription,
    PrescriptionDraft,
    Session,
)
from huizhen.cases.models.case import FAR, Access, Attachment, Case, CodeCounter, Draft, Following, Responsibility
from huizhen.cases.models.course import Ask, Closing, Invitation, Pause, Proposal, Round, Transfer
from huizhen.cases.models.flags import Flag
from huizhen.cases.models.imports import Checked, Import, Imported
from huizhen.cases.models.ladder import LadderStep
from huizhen.cases.models.saved import SavedFilter

__all__ = [
    "FAR",
    "Access",
    "Ask",
    "Attachment",
    "Attendance",
    "Case",
    "Cause",
    "Checked",
    "Closing",
    "CodeCounter",
    "Contact",
    "Diagnosis",
    "Draft",
    "Flag",
    "FollowUp",
    "Following",
    "Import",
    "Imported",
    "Invitation",
    "LadderStep",
    "Measure",
    "Opinion",
    "Pause",
    "Prescription",
    "PrescriptionDraft",
    "Proposal",
    "Responsibility",
    "Round",
    "SavedFilter",
    "Session",
    "Transfer",
]
