"""What a case shows of the earlier list it came from: its old number, the row as it was written, the moments the list told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.imports import origin_of
from huizhen.cases.verbs import CLOCKS
from huizhen.web.moments import day_words


def origin(file: CaseFile) -> dict[str, Any] | None:
    """The old number and the row, for cases of a list; one query for these and none for others."""
    row = origin_of(file.case) if file.past_rounds else None
    if row is None:
        return None
    number = row.number if row.number != file.case.code else ""
    return {"number": number, "cells": [(head, text) for head, text in row.cells]}


def moments(file: CaseFile) -> list[tuple[Any, Any]]:
    """What was done and when, as far as the list told: contact, session, prescription."""
    past = file.past_rounds
    found = [
        ("first_contact", [one.at for one in file.contacts if one.round in past]),
        ("session", [one.starts_at for one in file.sessions if one.round in past]),
        ("prescription", [one.signed_at for one in file.prescriptions if one.round in past]),
    ]
    return [(CLOCKS[name], min(when)) for name, when in found if when]


def tell(file: CaseFile, data: dict[str, Any], line: Any) -> None:
    """The timeline's one line about all that was before: the condition, then each moment with what the list told of it."""
    past = file.past_rounds
    line.text = file.case.condition
    steps = [(_("挂号"), file.rounds[0].since), *moments(file)]
    line.points = [_("%(day)s %(what)s") % {"day": day_words(when), "what": what} for what, when in steps]
    found = {one.diagnosis.findings: None for one in file.causes if one.diagnosis.round in past}
    line.points += [_("诊断：%(t)s") % {"t": text} for text in found]
    for visit in file.follow_ups:
        if visit.round in past:
            line.points.append(_("%(day)s %(what)s") % {"day": day_words(visit.at), "what": _("复诊")})
            line.verdict, line.quote = visit.verdict, visit.evidence
