"""For every move a case on which it is open, and who takes it."""

from __future__ import annotations

from datetime import datetime

from huizhen.cases.models import Case
from tests.cases.plays import PLAYS
from tests.cast import Cast

# move: the play that makes it possible, and who takes it
TABLE = {
    "redirect": ("registered", "requester"),
    "route": ("on_desk", "coordinator"),
    "accept": ("registered", "expert"),
    "log_contact": ("registered", "expert"),
    "inform_group": ("contacted", "expert"),
    "plan_session": ("contacted", "mate"),
    "reschedule_session": ("planned", "mate"),
    "cancel_session": ("planned", "expert"),
    "hold_session": ("planned", "mate"),
    "sign_opinion": ("contacted", "mate"),
    "diagnose": ("contacted", "expert"),
    "exempt": ("contacted", "leader"),
    "prescribe": ("diagnosed", "expert"),
    "accept_prescription": ("prescribed", "requester"),
    "return_prescription": ("prescribed", "second"),
    "rule_prescription": ("twice_returned", "leader"),
    "update_measure": ("treated", "requester"),
    "follow_up": ("treated", "expert"),
    "give_verdict": ("waiting_for_verdict", "requester"),
    "rule_verdict": ("verdicts_differ", "leader"),
    "resolve": ("followed", "expert"),
    "sign_final_reply": ("resolved", "expert"),
    "close_form": ("resolved", "requester"),
    "decide_extraction": ("resolved", "leader"),
    "archive": ("formed", "expert"),
    "withdraw": ("registered", "requester"),
    "propose_decline": ("registered", "expert"),
    "decline": ("decline_proposed", "leader"),
    "propose_unresolved": ("treated", "leader"),
    "close_unresolved": ("unresolved_proposed", "liaison"),
    "refuse_proposal": ("decline_proposed", "leader"),
    "reopen": ("archived", "requester"),
    "propose_transfer": ("contacted", "expert"),
    "take_back_transfer": ("transferring", "expert"),
    "accept_transfer": ("transferring", "other_leader"),
    "refuse_transfer": ("transferring", "other_expert"),
    "rule_transfer": ("disputed", "liaison"),
    "invite": ("contacted", "expert"),
    "accept_invitation": ("invited", "other_leader"),
    "decline_invitation": ("invited", "other_expert"),
    "pause": ("contacted", "expert"),
    "resume": ("paused", "requester"),
    "ask_on": ("contacted", "requester"),
    "answer_ask": ("asked", "mate"),
    "complain": ("contacted", "requester"),
    "answer_complaint": ("complained", "liaison"),
    "ask_support": ("contacted", "mate"),
    "answer_support": ("supported", "clerk"),
    "deny_contact": ("contacted", "second"),
    "attach": ("contacted", "requester"),
    "mark_sensitive": ("contacted", "requester"),
    "unmark_sensitive": ("sensitive", "leader"),
    "follow": ("archived", "liaison"),
    "unfollow": ("archived", "liaison"),
}


def played(cast: Cast, name: str, at: datetime) -> tuple[Case, str]:
    """A case on which the move is open at that moment, and the name of the user who takes it."""
    play, who = TABLE[name]
    case = PLAYS[play](cast)
    if name == "unfollow":
        cast.take(case, "follow", who, at)
    if name == "deny_contact":  # what was logged when the play began is too long ago
        cast.take(case, "log_contact", "expert", at, channel="phone", learned="又谈了一次")
    return Case.objects.select_related("campaign", "group", "domain", "accountable").get(pk=case.pk), who
