"""Complaints and requests for support that wait for the reader: first screens are made of these, as of `todos`."""

from __future__ import annotations

from django.db.models import Q

from huizhen.cases.choices import AskKind
from huizhen.cases.models import Ask
from huizhen.cases.policy import unhidden
from huizhen.cases.queries.desk import Desk, Todo, make_todo
from huizhen.cases.queries.todos import LIMIT


def complaints_to_answer(desk: Desk) -> list[Todo]:
    """Complaints given to the reader, or about cases of her domains; for head office also those whose clock ran out. One query.

    Not those about cases she had a hand in: somebody else answers these.
    """
    reader = desk.standing
    hers = Q(handler__in=reader.person_ids) | Q(case__domain__in=reader.domain_ids)
    if reader.is_coordinator:
        hers = Q()
    rows = Ask.objects.filter(hers, unhidden(reader, "case__"), kind=AskKind.COMPLAINT, answered_at=None)
    rows = rows.exclude(
        Q(case__accountable__in=reader.person_ids)
        | Q(case__first_responder__in=reader.person_ids)
        | Q(case__requester__in=reader.person_ids)
        | Q(case__branch__in=reader.branch_ids)
        | Q(case__group__isnull=False, case__group__in=reader.group_ids)
    )
    found = []
    for row in rows.select_related("case__branch", "by").order_by("at")[:LIMIT]:
        drawn = desk.promise("complaint_answer", row.at, row.case)
        lost = {
            None,
            row.case.accountable_id,
            row.case.first_responder_id,
        }  # given to head office, or no more independent
        is_hers = row.handler_id in reader.person_ids | lost or row.case.domain_id in reader.domain_ids
        if is_hers or drawn.state == "over":
            whose = desk.whose(person=row.handler_id, domain=row.case.domain_id)
            found.append(
                make_todo(
                    "complaint",
                    "answer_complaint",
                    row.case,
                    row.at,
                    drawn,
                    who=row.by.name,
                    text=row.text,
                    whose=whose,
                )
            )
    return found


def support_to_answer(desk: Desk) -> list[Todo]:
    """Support asked of the reader's units; for head office what no unit answered in time. One query."""
    reader = desk.standing
    hers = Q() if reader.is_coordinator else Q(unit__in=reader.unit_ids)
    rows = Ask.objects.filter(
        hers, unhidden(reader, "case__"), kind=AskKind.SUPPORT, answered_at=None, case__is_open__in=(True,)
    )
    found = []
    for row in rows.select_related("case__branch", "by").order_by("at")[:LIMIT]:
        drawn = desk.promise("support_answer", row.at, row.case)
        if row.unit_id in reader.unit_ids or drawn.state == "over":
            whose = desk.whose(unit=row.unit_id)
            found.append(
                make_todo(
                    "support", "answer_support", row.case, row.at, drawn, who=row.by.name, text=row.text, whose=whose
                )
            )
    return found
