"""What waits for a reader: each thing with the move that settles it and the moment it is due. Homes are made of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import (
    Ask,
    Case,
    Closing,
    Diagnosis,
    FollowUp,
    Invitation,
    Measure,
    Pause,
    Prescription,
    Proposal,
    Transfer,
)
from huizhen.cases.policy import unhidden
from huizhen.cases.queries.chips import chip
from huizhen.cases.queries.desk import Desk, Todo, make_todo
from huizhen.cases.queries.lists import cases_in
from huizhen.directory.queries import current_campaign, setting

LIMIT = 100
MEASURES_AHEAD = timedelta(days=14)
WAITING = frozenset({"acceptance", "paused", "transfer"})
"""Situations in which the accountable person waits for somebody else."""


def in_order(*sources: Iterable[Todo]) -> list[Todo]:
    """Everything by deadline; of two that ask for the same move on a case the first source is kept."""
    kept: dict[tuple[int, str], Todo] = {}
    for source in sources:
        for one in source:
            kept.setdefault((one.case.pk, one.move), one)
    return sorted(kept.values(), key=lambda one: (one.due_at, one.since, one.case.pk))


# ── whoever holds a case ──

_BY_CLOCK = {"first_contact": "log_contact", "group_informed": "inform_group", "ask_answer": "answer_ask"}
"""Clocks that are answered before the situation is looked at."""
_BY_SITUATION = {
    "contact": "log_contact",
    "session": "hold_session",
    "measures": "update_measure",
    "follow_up": "follow_up",
}


def held(desk: Desk) -> tuple[list[Todo], list[Todo]]:
    """Open cases the reader is accountable for: those that wait for her, and those where she waits for others. One query."""
    of_case = {"case": OuterRef("pk")}
    cases = (
        cases_in(desk.standing, "mine")
        .filter(is_open__in=(True,))
        .select_related("branch", "group")
        .defer("condition", "tried", "questions")
        .annotate(
            is_diagnosed=Exists(Diagnosis.objects.filter(**of_case, round=OuterRef("round"))),
            is_judged=Exists(FollowUp.objects.filter(**of_case, round=OuterRef("round")).exclude(verdict="")),
            has_open_follow_up=Exists(FollowUp.objects.filter(**of_case, verdict="")),
            is_unreplied=Exists(Closing.objects.filter(**of_case, is_current=True, replied_at=None)),
            is_unready=Exists(
                Closing.objects.filter(
                    Q(formed_at=None) | Q(verdict="marked", extraction=""), **of_case, is_current=True
                )
            ),
        )
        .order_by("due_at", "-pk")[:LIMIT]
    )
    mine: list[Todo] = []
    waiting: list[Todo] = []
    for case in cases:
        move = _next_move(desk, case)
        drawn = chip(case, desk.now, desk.calendar)
        row = make_todo("held", move, case, case.registered_at, drawn, whose=desk.whose(person=case.accountable_id))
        (mine if move else waiting).append(row)
    return mine, waiting


def _next_move(desk: Desk, case: Case) -> str:
    """The move the holder should take next; "" when it is somebody else's turn."""
    if case.clock in _BY_CLOCK:
        return _BY_CLOCK[case.clock]
    if case.situation in WAITING or getattr(case, "has_open_follow_up"):  # noqa: B009
        return ""
    if case.situation == "prescription":
        return "prescribe" if getattr(case, "is_diagnosed") else "diagnose"  # noqa: B009
    if case.situation == "archive":
        return _last_move(desk, case)
    if getattr(case, "is_judged") and case.last_verdict in ("marked", "effective"):  # noqa: B009
        return "resolve"
    if case.clock == "follow_up" and case.due_at <= desk.now:
        return "follow_up"  # its day has come, the sweep has not yet been by
    return _BY_SITUATION.get(case.situation, "")


def _last_move(desk: Desk, case: Case) -> str:
    if getattr(case, "is_unreplied"):  # noqa: B009
        return "sign_final_reply" if case.first_responder_id in desk.standing.person_ids else ""
    return "" if getattr(case, "is_unready") else "archive"  # noqa: B009


# ── experts ──


def transfers_to_answer(desk: Desk) -> list[Todo]:
    """Transfers proposed to the reader or to a group she leads; lapsed ones may still be answered. One query."""
    standing = desk.standing
    to_her = Q(to_person__in=standing.person_ids) | Q(to_group__in=standing.led_group_ids)
    rows = Transfer.objects.filter(to_her, state__in=["open", "disputed"], is_refused=False)
    return [
        make_todo(
            "transfer",
            "accept_transfer",
            row.case,
            row.at,
            desk.until("transfer_answer", row.at, row.due_at),
            who=row.from_group.name if row.from_group else row.by.name,
            text=row.reason,
            whose=desk.whose(person=row.to_person_id, led=row.to_group_id),
        )
        for row in rows.select_related("case__branch", "from_group", "by").order_by("due_at")[:LIMIT]
    ]


def invitations_to_answer(desk: Desk) -> list[Todo]:
    """Invitations of the reader's groups: to answer, or accepted and an opinion is owed. One query and the policies."""
    rows = Invitation.objects.filter(
        unhidden(desk.standing, "case__"),
        group__in=desk.standing.group_ids,
        state__in=["invited", "accepted"],
        case__stage__in=["in_consultation", "in_treatment"],
    )
    found = []
    for row in rows.select_related("case__branch", "case__group", "by").order_by("at")[:LIMIT]:
        who = row.case.group.name if row.case.group else row.by.name
        said = {"who": who, "text": row.ask, "whose": desk.whose(group=row.group_id)}
        if row.state == "invited":
            drawn = desk.promise("invitation_answer", row.at, row.case)
            found.append(make_todo("invitation", "accept_invitation", row.case, row.at, drawn, **said))
        elif row.answered_at and row.case.stage == "in_consultation":
            drawn = desk.promise("opinion", row.answered_at, row.case)
            found.append(make_todo("opinion", "sign_opinion", row.case, row.answered_at, drawn, **said))
    return found


def asks_to_answer(desk: Desk) -> list[Todo]:
    """Questions asked on in cases the reader holds. One query and the policies."""
    rows = Ask.objects.filter(
        kind="ask", case__accountable__in=desk.standing.person_ids, case__is_open__in=(True,), answered_at=None
    ).select_related("case__branch", "by")
    return [
        make_todo(
            "ask",
            "answer_ask",
            row.case,
            row.at,
            desk.promise("ask_answer", row.at, row.case),
            who=row.by.name,
            text=row.text,
            whose=desk.whose(person=row.case.accountable_id),
        )
        for row in rows.order_by("at")[:LIMIT]
    ]


def measures_to_do(desk: Desk) -> list[Todo]:
    """Measures the reader owns that are due within two weeks or late. One query."""
    rows = Measure.objects.filter(
        unhidden(desk.standing, "prescription__case__"),
        owner__in=desk.standing.person_ids,
        due_on__lte=desk.today + MEASURES_AHEAD,
        state__in=["todo", "doing"],
        prescription__state="accepted",
        prescription__case__stage="in_treatment",
    ).select_related("prescription__case__branch")
    found = []
    for row in rows.order_by("due_on")[:LIMIT]:
        since = row.prescription.answered_at or row.prescription.signed_at
        drawn = desk.until("measure", since, desk.calendar.last_moment(row.due_on))
        whose = desk.whose(person=row.owner_id)
        found.append(
            make_todo("measure", "update_measure", row.prescription.case, since, drawn, text=row.what, whose=whose)
        )
    return found


def replies_to_sign(desk: Desk) -> list[Todo]:
    """Final replies the reader owes as first responder, of cases others hold by now as well. One query and the policies."""
    rows = _closings(desk, case__first_responder__in=desk.standing.person_ids, replied_at=None)
    return [
        make_todo(
            "reply",
            "sign_final_reply",
            row.case,
            row.resolved_at,
            desk.promise("final_reply", row.resolved_at, row.case),
            whose=desk.whose(person=row.case.first_responder_id),
        )
        for row in rows
    ]


def _closings(desk: Desk, **scope: object) -> QuerySet[Closing]:
    resolved = {"case__is_open__in": (True,), "case__stage": "resolved"}
    rows = Closing.objects.filter(unhidden(desk.standing, "case__"), is_current=True, **resolved, **scope)
    return rows.select_related("case__branch", "case__group").order_by("resolved_at")[:LIMIT]


# ── leaders ──


def decisions_of_leader(desk: Desk) -> list[Todo]:
    """What only the leader decides: ends proposed, prescriptions and verdicts in dispute, extraction. Five queries."""
    led = desk.standing.led_group_ids
    found = proposals(desk, Q(case__group__in=led, kind="decline"))
    disputed = Prescription.objects.filter(
        unhidden(desk.standing, "case__"), case__group__in=led, case__is_open__in=(True,), state="disputed"
    )
    for row in disputed.select_related("case__branch")[:LIMIT]:
        since, whose = row.answered_at or row.signed_at, desk.whose(led=row.case.group_id)
        found.append(make_todo("dispute", "rule_prescription", row.case, since, text=row.return_reason, whose=whose))
    differing = FollowUp.objects.filter(
        unhidden(desk.standing, "case__"), case__group__in=led, case__is_open__in=(True,), verdict=""
    )
    for visit in differing.exclude(branch_verdict="").select_related("case__branch")[:LIMIT]:
        since, whose = visit.branch_at or visit.at, desk.whose(led=visit.case.group_id)
        found.append(make_todo("verdicts", "rule_verdict", visit.case, since, text=visit.branch_note, whose=whose))
    campaign = current_campaign()
    days = setting(campaign, "extraction_days") if campaign else 10
    for sheet in _closings(desk, case__group__in=led, verdict="marked", extraction=""):
        due = desk.calendar.last_moment(desk.calendar.add_days(timezone.localdate(sheet.resolved_at), days))
        drawn = desk.until("extraction", sheet.resolved_at, due)
        whose = desk.whose(led=sheet.case.group_id)
        found.append(make_todo("extraction", "decide_extraction", sheet.case, sheet.resolved_at, drawn, whose=whose))
    return found


_AGREE = {"decline": "decline", "unresolved": "close_unresolved", "withdraw": "withdraw"}


def proposals(desk: Desk, scope: Q) -> list[Todo]:
    """Ends that wait for a second hand which is not the first. One query."""
    rows = Proposal.objects.filter(
        scope, unhidden(desk.standing, "case__"), is_open=True, case__is_open__in=(True,)
    ).exclude(by=desk.standing.person)
    return [
        make_todo(
            "proposal",
            _AGREE[row.kind],
            row.case,
            row.at,
            who=row.by.name,
            text=row.reason,
            whose=desk.whose(led=row.case.group_id, domain=row.case.domain_id),
        )
        for row in rows.select_related("case__branch", "by").order_by("at")[:LIMIT]
    ]


# ── liaisons and head office ──


def rulings(desk: Desk) -> list[Todo]:
    """Transfers in dispute: of the reader's domains, or all for head office, whose turn comes when the clock ran out. One query."""
    scope = Q() if desk.standing.is_coordinator else Q(from_group__domain__in=desk.standing.domain_ids)
    rows = Transfer.objects.filter(scope, unhidden(desk.standing, "case__"), state="disputed")
    found = []
    for row in rows.select_related("case__branch", "from_group__domain", "to_group").order_by("disputed_at")[:LIMIT]:
        since = row.disputed_at or row.at
        drawn = desk.promise("ruling", since, row.case)
        hers = row.from_group is None or row.from_group.domain_id in desk.standing.domain_ids
        move = "rule_transfer" if hers or drawn.state == "over" else ""
        sender = row.from_group.name if row.from_group else ""
        whose = desk.whose(domain=row.from_group.domain_id if row.from_group else None)
        text = row.answer or row.reason
        found.append(make_todo("ruling", move, row.case, since, drawn, who=sender, text=text, whose=whose))
    return found


def cases_to_route(desk: Desk) -> list[Todo]:
    """Cases at the triage desk: no group yet. One query."""
    rows = Case.objects.filter(
        unhidden(desk.standing), group=None, is_open__in=(True,), stage__in=["registered", "in_consultation"]
    )
    rows = rows.select_related("branch", "accountable").defer("condition", "tried", "questions")
    return [
        make_todo("desk", "route", one, one.registered_at, chip(one, desk.now, desk.calendar), who=one.accountable.name)
        for one in rows.order_by("due_at", "-pk")[:LIMIT]
    ]


# ── branches ──


def of_branch(desk: Desk) -> list[Todo]:
    """What the reader's branches owe: an answer to a prescription, a verdict, what is missing, the closing form. Four queries."""
    hers = {"case__branch__in": desk.standing.branch_ids, "case__is_open__in": (True,)}
    seen = unhidden(desk.standing, "case__")
    found = []

    def whose(case: Case) -> str:
        return desk.whose(branch=case.branch_id)

    signed = Prescription.objects.filter(seen, state="signed", **hers).select_related("case__branch", "signed_by")
    for row in signed[:LIMIT]:
        read_first = make_todo(
            "acceptance",
            "accept_prescription",
            row.case,
            row.signed_at,
            who=row.signed_by.name,
            whose=whose(row.case),
        )
        found.append(replace(read_first, version=row.version))
    visits = FollowUp.objects.filter(seen, verdict="", branch_verdict="", **hers).select_related("case__branch", "by")
    for visit in visits[:LIMIT]:
        found.append(
            make_todo(
                "verdict",
                "give_verdict",
                visit.case,
                visit.at,
                who=visit.by.name,
                text=visit.evidence,
                whose=whose(visit.case),
            )
        )
    pauses = Pause.objects.filter(seen, until=None, **hers).select_related("case__branch", "by")
    for pause in pauses[:LIMIT]:
        missing = "；".join(str(one) for one in pause.missing)
        found.append(
            make_todo(
                "missing", "resume", pause.case, pause.since, who=pause.by.name, text=missing, whose=whose(pause.case)
            )
        )
    for sheet in _closings(desk, case__branch__in=desk.standing.branch_ids, formed_at=None):
        drawn = desk.until("form", sheet.resolved_at, sheet.silent_at)
        found.append(make_todo("form", "close_form", sheet.case, sheet.resolved_at, drawn, whose=whose(sheet.case)))
    return found
