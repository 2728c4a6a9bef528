"""Every way in which a move says no, in one table: the state of the case, who tries what, and the code of the answer."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huizhen.cases import actions
from huizhen.cases.models import Case, Contact
from huizhen.cases.queries import needs
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.needs import NEEDS, Ask
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from tests.cases.plays import DAY, HOUR, PLAYS, inputs
from tests.cast import MONDAY, Cast

# state of the case · who · move · code. Inputs are right; what refuses is a need of the move.
WAITS = """
contacted            expert       accept               wrong_stage
transferring         expert       prescribe            transfer_runs
registered           expert       route                has_group
contacted            expert       take_back_transfer   no_transfer_open
disputed             other_leader refuse_transfer      no_transfer_open
contacted            expert       cancel_session       no_session_planned
contacted            expert       reschedule_session   no_session_planned
diagnosed            leader       exempt               enough_experts
contacted            expert       prescribe            not_diagnosed
twice_returned       requester    accept_prescription  prescription_is_disputed
treated              requester    return_prescription  prescription_answered
prescribed           expert       follow_up            prescription_not_accepted
prescribed           leader       rule_prescription    prescription_not_disputed
waiting_for_verdict  expert       resolve              verdict_of_branch_missing
verdicts_differ      expert       resolve              verdicts_differ_wait
treated              requester    give_verdict         no_verdict_wanted
waiting_for_verdict  leader       rule_verdict         verdicts_agree
treated              expert       resolve              no_follow_up
no_effect            expert       resolve              no_effect
replied              expert       sign_final_reply     reply_is_signed
resolved             expert       archive              reply_missing
formed               requester    close_form           form_is_filled
replied              expert       archive              form_missing
effective            leader       decide_extraction    not_marked_effect
formed               leader       decide_extraction    extraction_is_decided
undecided            expert       archive              extraction_undecided
decline_proposed     expert       propose_decline      proposal_runs
registered           leader       decline              decline_not_proposed
treated              liaison      close_unresolved     unresolved_not_proposed
registered           leader       refuse_proposal      no_proposal_open
unresolved_proposed  leader       refuse_proposal      proposal_waits_for_other
declined_by_leader   leader       decline              same_hand
paused               leader       pause                is_paused
paused               expert       prescribe            is_paused
contacted            expert       resume               is_not_paused
resumed              expert       pause                pause_used
contacted            expert       answer_ask           no_ask_waiting
sensitive            expert       mark_sensitive       is_sensitive
contacted            leader       unmark_sensitive     is_not_sensitive
contacted            liaison      unfollow             is_not_following
accepted             expert       inform_group         not_yet_contacted
alone                expert       prescribe            too_few_experts
exempted             leader       exempt               already_exempt
followed_by_liaison  liaison      follow               is_following
disputed             coordinator  rule_transfer        liaison_rules_first
archived_long_ago    requester    reopen               too_late_to_reopen
archived_long_ago    requester    complain             too_late_to_complain
heard                liaison      answer_complaint     no_complaint_waiting
complained           coordinator  answer_complaint     handler_answers_first
granted              clerk        answer_support       no_support_waiting
supported            coordinator  answer_support       unit_answers_first
denied               requester    deny_contact         no_contact_to_deny
"""


def _declined_by_leader(cast: Cast) -> Case:
    case = cast.register(group="", person="leader")
    return cast.take(case, "propose_decline", "leader", MONDAY, basis="secret", address="保密办", reason="涉密")


def _resumed(cast: Cast) -> Case:
    return cast.take(PLAYS["paused"](cast), "resume", "requester", MONDAY + 2 * HOUR)


def _alone(cast: Cast) -> Case:
    case = cast.contacted()
    return cast.take(case, "diagnose", "expert", MONDAY + HOUR, findings="容量不足", causes=[{"text": "容量"}])


def _undecided(cast: Cast) -> Case:
    case = PLAYS["replied"](cast)
    return cast.take(case, "close_form", "requester", MONDAY + 9 * DAY, outcome="new_idea", value=5, feasibility=5)


def _granted(cast: Cast) -> Case:
    case = PLAYS["supported"](cast)
    key = str(case.asks.get(answered_at=None).key)
    return cast.take(case, "answer_support", "clerk", MONDAY + 3 * HOUR, ask=key, decision="grant", text="周三给到")


MADE = PLAYS | {
    "granted": _granted,
    "no_effect": lambda cast: cast.followed("none"),
    "effective": lambda cast: cast.resolved("effective"),
    "undecided": _undecided,
    "declined_by_leader": _declined_by_leader,
    "resumed": _resumed,
    "accepted": lambda cast: cast.take(cast.register(), "accept", "expert", MONDAY),
    "alone": _alone,
    "exempted": lambda cast: cast.take(_alone(cast), "exempt", "leader", MONDAY + HOUR, reason="只有一人懂"),
    "followed_by_liaison": lambda cast: cast.take(cast.contacted(), "follow", "liaison", MONDAY + HOUR),
    "archived_long_ago": lambda cast: cast.archived(),
}
# the others are tried on the tenth day; these where the passing of time itself is what matters
MOMENTS = {
    **dict.fromkeys(("liaison_rules_first", "handler_answers_first", "unit_answers_first"), MONDAY + 6 * HOUR),
    **dict.fromkeys(("too_late_to_reopen", "too_late_to_complain"), MONDAY + 120 * DAY),
}
ROWS = [tuple(line.split()) for line in WAITS.strip().splitlines()]


@pytest.mark.parametrize(("state", "who", "move", "code"), ROWS)
def test_move_waits_for_what_it_needs(cast: Cast, state: str, who: str, move: str, code: str) -> None:
    case = Case.objects.get(pk=MADE[state](cast).pk)
    at = MOMENTS.get(code, MONDAY + 10 * DAY)
    values = inputs(move, file_of(case), cast, at)

    with pytest.raises(NotNow) as no:
        actions.take(case, move, by=cast.users[who], at=at, values=values)
    assert no.value.code == code


# Codes of needs behind a role or stage that already says the same; they guard against a caller who forgot.
BEHIND_A_ROLE = {
    "nothing_to_rule": ("transfer_disputed", "contacted"),
    "no_invitation_open": ("invited", "contacted"),
}


@pytest.mark.parametrize("code", BEHIND_A_ROLE)
def test_need_behind_a_role_says_why(cast: Cast, code: str) -> None:
    need, play = BEHIND_A_ROLE[code]
    why = NEEDS[need](Ask(file_of(PLAYS[play](cast)), None, frozenset(), MONDAY))

    assert why is not None
    assert why.code == code


def test_redirect_after_a_contact_is_refused(cast: Cast) -> None:
    """A contact leads on to consultation, so this needs a contact that came in by another way."""
    case = cast.register()
    Contact.objects.create(
        case=case,
        round=1,
        party="branch",
        by=cast.person("expert"),
        channel="phone",
        at=MONDAY,
        logged_at=MONDAY,
        learned="问过",
    )

    with pytest.raises(NotNow) as no:
        cast.take(case, "redirect", "requester", MONDAY + HOUR, group="FIN-01", reason="选错了")
    assert no.value.code == "already_contacted"


def test_every_code_of_a_need_has_a_row() -> None:
    """Read from the source: the first words of `_why(…)` and the second of `_when(…)`."""
    tree = ast.parse(Path(needs.__file__).read_text(encoding="utf-8"))
    codes = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_why", "_when"):
            place = 0 if node.func.id == "_why" else 1
            found = node.args[place]
            parts = (found.body, found.orelse) if isinstance(found, ast.IfExp) else (found,)
            codes |= {part.value for part in parts if isinstance(part, ast.Constant)}
    tested = {row[3] for row in ROWS} | set(BEHIND_A_ROLE) | {"already_contacted"}

    assert len(codes) > 30
    assert codes <= tested
    assert {"decline_not_proposed", "unresolved_not_proposed"} <= tested


# state · who · move · changed inputs · field · code
FAULTS: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    ("registered", "requester", "redirect", {"group": "NET-01"}, "group", "same_group"),
    ("registered", "requester", "redirect", {"group": "XX-99"}, "group", "not_found"),
    ("registered", "requester", "redirect", {"reason": ""}, "reason", "required"),
    ("on_desk", "coordinator", "route", {"person": "outsider"}, "person", "not_in_group"),
    ("on_desk", "coordinator", "route", {"person": "nobody"}, "person", "not_found"),
    ("contacted", "expert", "log_contact", {"spoken_at": "2026-03-20T10:00"}, "spoken_at", "in_future"),
    ("contacted", "expert", "log_contact", {"spoken_at": "2026-03-01T10:00"}, "spoken_at", "before_registration"),
    ("contacted", "expert", "log_contact", {"spoken_at": "2026-03-05T10:00"}, "spoken_at", "too_far_back"),
    ("contacted", "expert", "plan_session", {"mode": "on_site"}, "place", "place_needed"),
    ("contacted", "expert", "plan_session", {"link": "javascript:alert(1)"}, "link", "not_a_link"),
    ("contacted", "expert", "plan_session", {"starts_at": "2026-02-01T09:00"}, "starts_at", "before_registration"),
    ("contacted", "expert", "plan_session", {"people": ["expert", "ghost"]}, "people", "not_found"),
    ("planned", "expert", "cancel_session", {"session": "0"}, "session", "not_found"),
    ("planned", "expert", "reschedule_session", {"session": "0"}, "session", "not_found"),
    ("planned", "expert", "reschedule_session", {"starts_at": "2026-02-01T09:00"}, "starts_at", "before_registration"),
    ("contacted", "expert", "hold_session", {"held_at": "2027-01-01T09:00"}, "held_at", "in_future"),
    ("contacted", "expert", "propose_transfer", {"group": ""}, "group", "choose_receiver"),
    ("contacted", "expert", "propose_transfer", {"group": "NET-01"}, "group", "same_group"),
    ("contacted", "expert", "propose_transfer", {"group": "", "person": "clerk"}, "person", "not_an_expert"),
    ("contacted", "expert", "propose_transfer", {"group": "FIN-01", "person": "mate"}, "person", "not_in_group"),
    ("contacted", "expert", "propose_transfer", {"group": "", "person": "expert"}, "person", "holds_it_already"),
    ("transferring", "other_leader", "accept_transfer", {"person": "mate"}, "person", "not_in_group"),
    ("contacted", "expert", "invite", {"group": "NET-01"}, "group", "same_group"),
    ("contacted", "expert", "diagnose", {"causes": []}, "causes", "required"),
    ("asked", "expert", "answer_ask", {"ask": "x"}, "ask", "not_found"),
    ("complained", "liaison", "answer_complaint", {"ask": "x"}, "ask", "not_found"),
    ("supported", "clerk", "answer_support", {"ask": "x"}, "ask", "not_found"),
    ("contacted", "expert", "ask_support", {"asked_unit": "ZJ"}, "asked_unit", "unit_without_clerk"),
    ("contacted", "expert", "ask_support", {"asked_unit": "??"}, "asked_unit", "not_found"),
    ("contacted", "requester", "deny_contact", {"contact": "x"}, "contact", "not_found"),
    ("treated", "expert", "update_measure", {"measure": "x"}, "measure", "not_found"),
    ("treated", "expert", "update_measure", {"state": "dropped", "note": ""}, "note", "dropped_needs_reason"),
    ("treated", "expert", "follow_up", {"verdict": "none", "next_on": ""}, "next_on", "next_needed"),
    ("treated", "expert", "follow_up", {"verdict": "marked", "value": ""}, "value", "value_needed"),
    ("treated", "expert", "follow_up", {"verdict": "marked", "value": "93"}, "value", "value_contradicts"),
    ("contacted", "expert", "hold_session", {"people": ["expert"]}, "people", "nobody_else"),
    ("treated", "expert", "follow_up", {"verdict": "none", "next_on": "2026-03-02"}, "next_on", "day_is_past"),
    ("followed", "expert", "resolve", {"waiver": ""}, "waiver", "measures_left"),
    ("resolved", "leader", "decide_extraction", {"decision": "no", "reason": ""}, "reason", "required"),
    ("resolved", "requester", "close_form", {"value": 6}, "value", "out_of_range"),
    ("diagnosed", "expert", "prescribe", {"follow_up_on": "2026-03-01"}, "follow_up_on", "day_is_past"),
    ("diagnosed", "expert", "prescribe", {"follow_up_on": "2026-04-30"}, "follow_up_on", "follow_up_too_late"),
]


@pytest.mark.parametrize(("state", "who", "move", "changed", "name", "code"), FAULTS)
def test_wrong_input_is_named(
    cast: Cast, state: str, who: str, move: str, changed: dict[str, Any], name: str, code: str
) -> None:
    case = Case.objects.get(pk=MADE[state](cast).pk)
    at = MONDAY + 10 * DAY
    values = inputs(move, file_of(case), cast, at) | changed

    with pytest.raises(Invalid) as no:
        actions.take(case, move, by=cast.users[who], at=at, values=values)
    assert {key: [one.code for one in found] for key, found in no.value.faults.items()} == {name: [code]}


@pytest.mark.parametrize(
    ("change", "name", "code", "column"),
    [
        ({"owner": "", "owner_name": ""}, "measures", "owner_needed", "owner"),
        ({"main": []}, "measures", "treats_nothing", "main"),
        ({"main": ["1", "9"]}, "measures", "cause_unknown", "main"),
        ({"due_on": "2026-02-27"}, "measures", "day_is_past", "due_on"),
        ({"owner": "ghost"}, "measures", "not_found", None),
    ],
)
def test_wrong_measure_is_named_with_its_row(
    cast: Cast, change: dict[str, Any], name: str, code: str, column: str | None
) -> None:
    case = cast.diagnosed()
    at = MONDAY + 2 * HOUR
    values = cast.prescription(at)
    values["measures"][1] |= change
    values["upward"] = [{"cause": "1", "department": "计划部", "suggestion": "立项"}]

    with pytest.raises(Invalid) as no:
        cast.take(case, "prescribe", "expert", at, **values)
    found = [one for one in no.value.faults[name] if one.code == code]
    assert [one.column for one in found] == [column]
    assert column is None or found[0].row == 1


def test_cause_without_measure_or_suggestion_is_named(cast: Cast) -> None:
    case = cast.diagnosed()
    at = MONDAY + 2 * HOUR
    values = cast.prescription(at)
    values["measures"] = values["measures"][:1]

    with pytest.raises(Invalid) as no:
        cast.take(case, "prescribe", "expert", at, **values)
    assert [(one.code, one.args) for one in no.value.faults[""]] == [("cause_untreated", {"number": 1})]


def test_move_that_does_not_exist_is_not_found_and_reserved_names_are_no_inputs(cast: Cast) -> None:
    case = cast.register()

    with pytest.raises(NotVisible):
        cast.take(case, "delete", "expert", MONDAY)
    for name in ("by", "at", "seen", "case"):
        with pytest.raises(Invalid):
            actions.take(case, "accept", by=cast.expert, at=MONDAY, values={name: "1"})


def test_people_without_a_part_are_refused_before_the_stage_is_looked_at(cast: Cast) -> None:
    case = cast.archived()

    with pytest.raises(NotAllowed):
        cast.take(case, "accept", "viewer", MONDAY + timedelta(days=30))
    with pytest.raises(NotVisible):
        cast.take(case, "accept", "outsider", MONDAY + timedelta(days=30))
    with pytest.raises(NotNow):
        cast.take(case, "accept", "expert", MONDAY + timedelta(days=30))
