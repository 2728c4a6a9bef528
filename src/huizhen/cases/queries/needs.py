"""Conditions of moves beyond role and stage. Each names why not, for the page, the API and the guard alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from huizhen.cases.models import Contact
from huizhen.cases.policy import is_liaison
from huizhen.cases.queries.file import CaseFile
from huizhen.directory.queries import Standing, setting
from huizhen.worktime.queries import calendar


@dataclass(frozen=True)
class Why:
    """Why a move is not possible now: a code and what fills its sentence."""

    code: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """The question a need answers: this file, this actor (None: the system), these roles, this moment."""

    file: CaseFile
    standing: Standing | None
    roles: frozenset[str]
    at: datetime


Need = Callable[[Ask], Why | None]


def _why(code: str, **args: Any) -> Why:
    return Why(code, args)


def _when(bad: bool, code: str, **args: Any) -> Why | None:
    return Why(code, args) if bad else None


def _collective(ask: Ask) -> Why | None:
    file = ask.file
    wanted = setting(file.case.campaign, "contributing_experts")
    if file.round.exempted_by_id or len(file.contributors) >= wanted:
        return None
    return _why("too_few_experts", wanted=wanted, found=len(file.contributors))


def _pause_left(ask: Ask) -> Why | None:
    """A second list of what is missing needs the leader's consent, which she gives by pausing herself."""
    earlier = [one for one in ask.file.pauses if one.round == ask.file.case.round]
    return _when(bool(earlier) and "leader" not in ask.roles, "pause_used")


def _not_contacted(ask: Ask) -> Why | None:
    return _when(ask.file.is_contacted, "already_contacted")


def _proposal(kind: str) -> Need:
    def need(ask: Ask) -> Why | None:
        proposal = ask.file.proposal
        return _when(proposal is None or proposal.kind != kind, f"{kind}_not_proposed")

    return need


def _other_hand(ask: Ask) -> Why | None:
    """The second hand must be another person's than the first."""
    proposal = ask.file.proposal
    same = (
        proposal is not None and ask.standing is not None and proposal.by_id == getattr(ask.standing.person, "pk", None)
    )
    return _when(same, "same_hand")


def _proposal_open(ask: Ask) -> Why | None:
    """A refusal is the business of whoever would have to agree."""
    proposal = ask.file.proposal
    if proposal is None:
        return _why("no_proposal_open")
    agrees = {"decline": {"leader", "liaison"}, "unresolved": {"liaison"}}[proposal.kind]
    return _when(not agrees & ask.roles, "proposal_waits_for_other")


def _prescription_waiting(ask: Ask) -> Why | None:
    found = ask.file.prescription
    if found is not None and found.state == "disputed":
        return _why("prescription_is_disputed")
    return _when(found is None or found.state != "signed", "prescription_answered")


def _prescription_accepted(ask: Ask) -> Why | None:
    found = ask.file.prescription
    return _when(found is None or found.state != "accepted", "prescription_not_accepted")


def _prescription_disputed(ask: Ask) -> Why | None:
    found = ask.file.prescription
    return _when(found is None or found.state != "disputed", "prescription_not_disputed")


def _verdicts_settled(ask: Ask) -> Why | None:
    found = ask.file.open_follow_up
    if found is None:
        return None
    return _why(
        "verdict_of_branch_missing" if not found.branch_verdict else "verdicts_differ_wait", number=found.number
    )


def _verdict_wanted(ask: Ask) -> Why | None:
    found = ask.file.open_follow_up
    return _when(found is None or bool(found.branch_verdict), "no_verdict_wanted")


def _verdicts_differ(ask: Ask) -> Why | None:
    found = ask.file.open_follow_up
    return _when(found is None or not found.branch_verdict, "verdicts_agree")


def _effect_shown(ask: Ask) -> Why | None:
    """No case resolves without a settled 显效 or 有效 of this round."""
    rows = [one for one in ask.file.follow_ups if one.verdict and one.round == ask.file.case.round]
    if not rows:
        return _why("no_follow_up")
    return _when(rows[-1].verdict not in ("marked", "effective"), "no_effect", verdict=rows[-1].verdict)


def _closing(ask: Ask) -> Any:
    return ask.file.closing


def _form_or_silence(ask: Ask) -> Why | None:
    return _when(_closing(ask).formed_at is None, "form_missing", until=_closing(ask).silent_at)


def _extraction_decided(ask: Ask) -> Why | None:
    closing = _closing(ask)
    return _when(closing.verdict == "marked" and not closing.extraction, "extraction_undecided")


def _within_reopen_days(ask: Ask) -> Why | None:
    case = ask.file.case
    days = setting(case.campaign, "reopen_days")
    since = case.closed_at or (ask.file.closing.resolved_at if ask.file.closing else ask.at)
    return _when(ask.at - since > timedelta(days=days), "too_late_to_reopen", days=days)


def _ruler_turn(ask: Ask) -> Why | None:
    """党建工作部 rules only when the liaison's clock has run out."""
    transfer = ask.file.transfer
    if transfer is None or ask.standing is None or transfer.from_group is None:
        return None
    if is_liaison(ask.standing, transfer.from_group.domain_id):
        return None
    clocks = ask.file.clocks(calendar())
    ruling = next((one for one in clocks if one.name == "ruling" and one.key == str(transfer.pk)), None)
    early = ruling is not None and ruling.due is not None and ask.at < ruling.due
    return _when(early, "liaison_rules_first", until=ruling.due if ruling else None)


def _invited(ask: Ask) -> Why | None:
    """One of her groups was invited and nobody has answered yet."""
    groups = ask.standing.group_ids if ask.standing else frozenset()
    waiting = [one for one in ask.file.invitations if one.state == "invited" and one.group_id in groups]
    return _when(not waiting, "no_invitation_open")


def _complaint_in_time(ask: Ask) -> Why | None:
    """After the end a complaint is heard for as long as the case could be reopened."""
    case = ask.file.case
    days = setting(case.campaign, "reopen_days")
    late = case.closed_at is not None and ask.at - case.closed_at > timedelta(days=days)
    return _when(late, "too_late_to_complain", days=days)


def _turn_of(ask: Ask, clock: str, code: str) -> Why | None:
    """Head office's turn comes when the first such clock has run out."""
    dues = [one.due for one in ask.file.clocks(calendar()) if one.name == clock and one.is_open and one.due is not None]
    first = min(dues, default=ask.at)
    return _when(ask.at < first, code, until=first)


def _handler_turn(ask: Ask) -> Why | None:
    """A complaint is answered by whom it was given to, or the liaison of the domain; else by head office."""
    case, standing = ask.file.case, ask.standing
    if standing is None or case.domain_id in standing.domain_ids:
        return None
    handlers = {one.handler_id for one in ask.file.complaints if one.answered_at is None}
    lost = {None, case.accountable_id, case.first_responder_id}  # given to head office, or no more independent
    if handlers & (standing.person_ids | lost):
        return None
    return _turn_of(ask, "complaint_answer", "handler_answers_first")


def _supporter_turn(ask: Ask) -> Why | None:
    standing = ask.standing
    units = {one.unit_id for one in ask.file.supports if one.answered_at is None}
    if standing is None or units & standing.unit_ids:
        return None
    return _turn_of(ask, "support_answer", "unit_answers_first")


def deniable(file: CaseFile, *, at: datetime) -> list[Contact]:
    """Contacts the branch may still deny: with the branch, of this round, logged within the set days, not denied yet."""
    first = at - timedelta(days=setting(file.case.campaign, "denial_days"))
    held = [one for one in file.contacts if one.party == "branch" and one.round == file.case.round]
    return [one for one in held if one.denied_at is None and one.logged_at >= first]


NEEDS: dict[str, Need] = {
    "not_contacted": _not_contacted,
    "contacted": lambda ask: _when(not ask.file.is_contacted, "not_yet_contacted"),
    "on_desk": lambda ask: _when(ask.file.case.group_id is not None, "has_group"),
    "no_transfer": lambda ask: _when(ask.file.transfer is not None, "transfer_runs"),
    "transfer_open": lambda ask: _when(ask.file.transfer is None, "no_transfer_open"),
    "transfer_unanswered": lambda ask: _when(
        ask.file.transfer is None or (ask.file.transfer.state == "disputed" and ask.file.transfer.is_refused),
        "no_transfer_open",
    ),
    "transfer_disputed": lambda ask: _when(
        ask.file.transfer is None or ask.file.transfer.state != "disputed", "nothing_to_rule"
    ),
    "ruler_turn": _ruler_turn,
    "session_planned": lambda ask: _when(
        not any(one.state == "planned" for one in ask.file.sessions), "no_session_planned"
    ),
    "not_exempt": lambda ask: _when(bool(ask.file.round.exempted_by_id), "already_exempt"),
    "not_collective": lambda ask: _when(_collective(ask) is None, "enough_experts"),
    "collective": _collective,
    "diagnosed": lambda ask: _when(ask.file.diagnosis is None, "not_diagnosed"),
    "prescription_waiting": _prescription_waiting,
    "prescription_accepted": _prescription_accepted,
    "prescription_disputed": _prescription_disputed,
    "verdicts_settled": _verdicts_settled,
    "verdict_wanted": _verdict_wanted,
    "verdicts_differ": _verdicts_differ,
    "effect_shown": _effect_shown,
    "reply_unsigned": lambda ask: _when(bool(_closing(ask).replied_at), "reply_is_signed"),
    "reply_signed": lambda ask: _when(not _closing(ask).replied_at, "reply_missing"),
    "form_unfilled": lambda ask: _when(bool(_closing(ask).formed_at), "form_is_filled"),
    "form_or_silence": _form_or_silence,
    "marked_effect": lambda ask: _when(_closing(ask) is None or _closing(ask).verdict != "marked", "not_marked_effect"),
    "extraction_open": lambda ask: _when(bool(_closing(ask).extraction), "extraction_is_decided"),
    "extraction_decided": _extraction_decided,
    "no_proposal": lambda ask: _when(ask.file.proposal is not None, "proposal_runs"),
    "decline_proposed": _proposal("decline"),
    "unresolved_proposed": _proposal("unresolved"),
    "proposal_open": _proposal_open,
    "other_hand": _other_hand,
    "within_reopen_days": _within_reopen_days,
    "invited": _invited,
    "not_paused": lambda ask: _when(ask.file.pause is not None, "is_paused"),
    "paused": lambda ask: _when(ask.file.pause is None, "is_not_paused"),
    "pause_left": _pause_left,
    "ask_waiting": lambda ask: _when(all(one.answered_at for one in ask.file.questions), "no_ask_waiting"),
    "complaint_in_time": _complaint_in_time,
    "complaint_waiting": lambda ask: _when(all(one.answered_at for one in ask.file.complaints), "no_complaint_waiting"),
    "handler_turn": _handler_turn,
    "support_waiting": lambda ask: _when(all(one.answered_at for one in ask.file.supports), "no_support_waiting"),
    "supporter_turn": _supporter_turn,
    "contact_deniable": lambda ask: _when(not deniable(ask.file, at=ask.at), "no_contact_to_deny"),
    "not_sensitive": lambda ask: _when(ask.file.case.is_sensitive, "is_sensitive"),
    "sensitive": lambda ask: _when(not ask.file.case.is_sensitive, "is_not_sensitive"),
    "not_following": lambda ask: _when(_follows(ask), "is_following"),
    "following": lambda ask: _when(not _follows(ask), "is_not_following"),
}


def _follows(ask: Ask) -> bool:
    case, standing = ask.file.case, ask.standing
    if standing is None or standing.person is None:
        return False
    known = getattr(case, "is_followed", None)
    return bool(known) if known is not None else case.followings.filter(person=standing.person).exists()


def why_not(needs: tuple[str, ...], ask: Ask) -> Why | None:
    """The first need that is not met."""
    return next((why for need in needs if (why := NEEDS[need](ask)) is not None), None)
