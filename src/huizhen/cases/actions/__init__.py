"""Every write of a case. Callers name moves, never stages: `log_contact(case, by=…, at=…, …)` or `take(case, "log_contact", …)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from huizhen.accounts.models import User
from huizhen.cases.actions.consulting import (
    accept,
    cancel_session,
    diagnose,
    exempt,
    hold_session,
    inform_group,
    log_contact,
    plan_session,
    reschedule_session,
    sign_opinion,
)
from huizhen.cases.actions.ending import (
    archive,
    close_form,
    close_unresolved,
    decide_extraction,
    decline,
    lapse_form,
    propose_decline,
    propose_unresolved,
    refuse_proposal,
    reopen,
    resolve,
    sign_final_reply,
    withdraw,
)
from huizhen.cases.actions.flags import note_talk, state_reasons
from huizhen.cases.actions.holding import (
    accept_invitation,
    accept_transfer,
    decline_invitation,
    invite,
    lapse_transfer,
    propose_transfer,
    refuse_transfer,
    rule_transfer,
    take_back_transfer,
)
from huizhen.cases.actions.importing import (
    AT_ONCE,
    answer_import,
    carry_out,
    check_import,
    confirm_import,
    drop_import,
    forget_uploads,
    keep_import,
    plan_of,
    take_back_import,
)
from huizhen.cases.actions.registering import (
    discard_draft,
    draft_for,
    hand_draft,
    may_register_for,
    redirect,
    register,
    register_at_once,
    route,
    save_draft,
    start_draft,
)
from huizhen.cases.actions.saved import drop_filter, rename_filter, save_filter
from huizhen.cases.actions.treating import (
    accept_prescription,
    follow_up,
    give_verdict,
    latest_follow_up,
    prescribe,
    return_prescription,
    rule_prescription,
    rule_verdict,
    save_prescription_draft,
    update_measure,
)
from huizhen.cases.actions.upkeep import climb, postpone, recompute
from huizhen.cases.actions.voices import answer_complaint, answer_support, ask_support, complain, deny_contact
from huizhen.cases.actions.waiting import (
    FILE_KINDS,
    answer_ask,
    ask_on,
    attach,
    follow,
    mark_sensitive,
    pause,
    resume,
    reveal,
    unfollow,
    unmark_sensitive,
)
from huizhen.cases.models import Case
from huizhen.lib.errors import Invalid, NotVisible

_TAKERS: tuple[Callable[..., Case], ...] = (
    redirect, route, accept, log_contact, inform_group, plan_session, reschedule_session, cancel_session, hold_session,
    sign_opinion, diagnose, exempt,
    prescribe, accept_prescription, return_prescription, rule_prescription, update_measure, follow_up, give_verdict, rule_verdict,
    resolve, sign_final_reply, close_form, decide_extraction, archive, withdraw, propose_decline, decline, propose_unresolved,
    close_unresolved, refuse_proposal, reopen, propose_transfer, take_back_transfer, accept_transfer, refuse_transfer, rule_transfer,
    invite, accept_invitation, decline_invitation, pause, resume, ask_on, answer_ask, complain, answer_complaint, ask_support,
    answer_support, deny_contact, mark_sensitive, unmark_sensitive, follow, unfollow,
)  # fmt: skip
ACTIONS: dict[str, Callable[..., Case]] = {taker.__name__: taker for taker in _TAKERS}


def take(case: Case, name: str, *, by: User, at: datetime, values: Mapping[str, Any], seen: int | None = None) -> Case:
    """Take a move by its name, for callers that got the name from a table. NotVisible: no such move. `attach` has its own door."""
    if name not in ACTIONS:
        raise NotVisible("move_unknown", name=name[:40])
    for reserved in ("case", "by", "at", "seen"):
        if reserved in values:
            raise Invalid.one("", "unknown_input", name=reserved)
    return ACTIONS[name](case, by=by, at=at, seen=seen, **values)


__all__ = [
    "ACTIONS",
    "AT_ONCE",
    "FILE_KINDS",
    "answer_import",
    "attach",
    "carry_out",
    "check_import",
    "climb",
    "confirm_import",
    "discard_draft",
    "draft_for",
    "drop_filter",
    "drop_import",
    "forget_uploads",
    "hand_draft",
    "keep_import",
    "lapse_form",
    "lapse_transfer",
    "latest_follow_up",
    "may_register_for",
    "note_talk",
    "plan_of",
    "postpone",
    "recompute",
    "register",
    "register_at_once",
    "rename_filter",
    "reveal",
    "save_draft",
    "save_filter",
    "save_prescription_draft",
    "start_draft",
    "state_reasons",
    "take",
    "take_back_import",
    *ACTIONS,
]
