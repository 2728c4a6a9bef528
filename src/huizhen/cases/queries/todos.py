"""What waits for a reader: each thing with the move that settles it and the moment it is due. Homes are made of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huizhen.cases.clocks import Policy
from huizhen.cases.models import (
    FAR,
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
from huizhen.cases.queries.chips import Chip, chip, running
from huizhen.cases.queries.file import policies_of
from huizhen.cases.queries.lists import cases_in, day_after
from huizhen.directory.models import Campaign
from huizhen.directory.queries import Standing, current_campaign, setting
from huizhen.lib.workdays import Calendar
from huizhen.worktime.queries import calendar

LIMIT = 100
MEASURES_AHEAD = timedelta(days=14)
WAITING = frozenset({"acceptance", "paused", "transfer"})
"""Situations in which the accountable person waits for somebody else."""


@dataclass(frozen=True)
class Todo:
    """One thing. `kind` says why it waits, `move` what settles it ("": look at the case). `who` and `text` quote who asked.

    `version` is of the prescription that waits to be read before it is accepted.
    """

    kind: str
    move: str
    case: Case
    since: datetime
    due_at: datetime = FAR
    chip: Chip | None = None
    who: str = ""
    text: str = ""
    version: int = 0


@dataclass
class Desk:
    """Whose things, when, and what the sums need: asked once per page."""

    standing: Standing
    now: datetime
    calendar: Calendar = field(default_factory=calendar)
    policies: dict[int, tuple[Policy, ...]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def tonight(self) -> datetime:
        """The end of today."""
        return day_after(self.now)

    def promise(self, name: str, since: datetime, case: Case) -> Chip:
        """The clock of an answer that is awaited since a moment, under the policy of that moment."""
        if case.campaign_id not in self.policies:
            self.policies[case.campaign_id] = policies_of(Campaign(pk=case.campaign_id))
        table = self.policies[case.campaign_id]
        policy = next((one for one in reversed(table) if one.at <= since), table[0])
        span = timedelta(minutes=policy.table[name][case.urgency])
        return self.until(name, since, self.calendar.add(since, span), span=span)

    def until(self, name: str, since: datetime, due: datetime, *, span: timedelta | None = None) -> Chip:
        """A deadline drawn like a clock."""
        used = self.calendar.between(since, self.now)
        whole = self.calendar.between(since, due) if span is None else span
        return running(name, used, whole, due, self.now, self.calendar)


def _todo(
    kind: str, move: str, case: Case, since: datetime, drawn: Chip | None = None, *, who: str = "", text: str = ""
) -> Todo:
    due = drawn.due if drawn and drawn.due else FAR
    return Todo(kind, move, case, since, due, drawn, who, text)


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
        row = _todo("held", move, case, case.registered_at, chip(case, desk.now, desk.calendar))
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
        _todo(
            "transfer",
            "accept_transfer",
            row.case,
            row.at,
            desk.until("transfer_answer", row.at, row.due_at),
            who=row.from_group.name if row.from_group else row.by.name,
            text=row.reason,
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
        if row.state == "invited":
            drawn = desk.promise("invitation_answer", row.at, row.case)
            found.append(_todo("invitation", "accept_invitation", row.case, row.at, drawn, who=who, text=row.ask))
        elif row.answered_at and row.case.stage == "in_consultation":
            drawn = desk.promise("opinion", row.answered_at, row.case)
            found.append(_todo("opinion", "sign_opinion", row.case, row.answered_at, drawn, who=who, text=row.ask))
    return found


def asks_to_answer(desk: Desk) -> list[Todo]:
    """Questions asked on in cases the reader holds. One query and the policies."""
    rows = Ask.objects.filter(
        kind="ask", case__accountable__in=desk.standing.person_ids, case__is_open__in=(True,), answered_at=None
    ).select_related("case__branch", "by")
    return [
        _todo(
            "ask",
            "answer_ask",
            row.case,
            row.at,
            desk.promise("ask_answer", row.at, row.case),
            who=row.by.name,
            text=row.text,
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
        found.append(_todo("measure", "update_measure", row.prescription.case, since, drawn, text=row.what))
    return found


def replies_to_sign(desk: Desk) -> list[Todo]:
    """Final replies the reader owes as first responder, of cases others hold by now as well. One query and the policies."""
    rows = _closings(desk, case__first_responder__in=desk.standing.person_ids, replied_at=None)
    return [
        _todo(
            "reply",
            "sign_final_reply",
            row.case,
            row.resolved_at,
            desk.promise("final_reply", row.resolved_at, row.case),
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
        found.append(
            _todo("dispute", "rule_prescription", row.case, row.answered_at or row.signed_at, text=row.return_reason)
        )
    differing = FollowUp.objects.filter(
        unhidden(desk.standing, "case__"), case__group__in=led, case__is_open__in=(True,), verdict=""
    )
    for visit in differing.exclude(branch_verdict="").select_related("case__branch")[:LIMIT]:
        found.append(_todo("verdicts", "rule_verdict", visit.case, visit.branch_at or visit.at, text=visit.branch_note))
    campaign = current_campaign()
    days = setting(campaign, "extraction_days") if campaign else 10
    for sheet in _closings(desk, case__group__in=led, verdict="marked", extraction=""):
        due = desk.calendar.last_moment(desk.calendar.add_days(timezone.localdate(sheet.resolved_at), days))
        drawn = desk.until("extraction", sheet.resolved_at, due)
        found.append(_todo("extraction", "decide_extraction", sheet.case, sheet.resolved_at, drawn))
    return found


_AGREE = {"decline": "decline", "unresolved": "close_unresolved", "withdraw": "withdraw"}


def proposals(desk: Desk, scope: Q) -> list[Todo]:
    """Ends that wait for a second hand which is not the first. One query."""
    rows = Proposal.objects.filter(
        scope, unhidden(desk.standing, "case__"), is_open=True, case__is_open__in=(True,)
    ).exclude(by=desk.standing.person)
    return [
        _todo("proposal", _AGREE[row.kind], row.case, row.at, who=row.by.name, text=row.reason)
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
        found.append(_todo("ruling", move, row.case, since, drawn, who=sender, text=row.answer or row.reason))
    return found


def cases_to_route(desk: Desk) -> list[Todo]:
    """Cases at the triage desk: no group yet. One query."""
    rows = Case.objects.filter(
        unhidden(desk.standing), group=None, is_open__in=(True,), stage__in=["registered", "in_consultation"]
    )
    rows = rows.select_related("branch", "accountable").defer("condition", "tried", "questions")
    return [
        _todo("desk", "route", one, one.registered_at, chip(one, desk.now, desk.calendar), who=one.accountable.name)
        for one in rows.order_by("due_at", "-pk")[:LIMIT]
    ]


# ── branches ──


def of_branch(desk: Desk) -> list[Todo]:
    """What the reader's branches owe: an answer to a prescription, a verdict, what is missing, the closing form. Four queries."""
    hers = {"case__branch__in": desk.standing.branch_ids, "case__is_open__in": (True,)}
    seen = unhidden(desk.standing, "case__")
    found = []
    signed = Prescription.objects.filter(seen, state="signed", **hers).select_related("case__branch", "signed_by")
    for row in signed[:LIMIT]:
        read_first = _todo("acceptance", "accept_prescription", row.case, row.signed_at, who=row.signed_by.name)
        found.append(replace(read_first, version=row.version))
    visits = FollowUp.objects.filter(seen, verdict="", branch_verdict="", **hers).select_related("case__branch", "by")
    for visit in visits[:LIMIT]:
        found.append(_todo("verdict", "give_verdict", visit.case, visit.at, who=visit.by.name, text=visit.evidence))
    pauses = Pause.objects.filter(seen, until=None, **hers).select_related("case__branch", "by")
    for pause in pauses[:LIMIT]:
        missing = "；".join(str(one) for one in pause.missing)
        found.append(_todo("missing", "resume", pause.case, pause.since, who=pause.by.name, text=missing))
    for sheet in _closings(desk, case__branch__in=desk.standing.branch_ids, formed_at=None):
        drawn = desk.until("form", sheet.resolved_at, sheet.silent_at)
        found.append(_todo("form", "close_form", sheet.case, sheet.resolved_at, drawn))
    return found
