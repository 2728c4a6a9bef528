"""The one table of moves. Its readers: `actions._move`, the buttons, the API, the permission tests, the diagram in the docs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huizhen.cases.lifecycle.inputs import Input
from huizhen.cases.lifecycle.stages import OPEN, Stage
from huizhen.lib.errors import Fault

REG, CON, TRE, RES = Stage.REGISTERED, Stage.IN_CONSULTATION, Stage.IN_TREATMENT, Stage.RESOLVED
ARC, WIT, DEC, UNR = Stage.ARCHIVED, Stage.WITHDRAWN, Stage.DECLINED, Stage.UNRESOLVED

VERDICTS = ("marked", "effective", "none", "worse")
MODES = ("on_site", "online")
CAUSES = tuple(str(n) for n in range(1, 10))


@dataclass(frozen=True)
class Move:
    """One row of the table.

    `targets[source]` lists the stages the case may be in afterwards, the ordinary one first; a move that leaves the stage alone
    names the source itself. `roles` are relative to the case. `needs` name further conditions, checked in this order.
    An `exclusive` move fails for the second of two people ("someone was faster"); the others queue behind each other.
    `starts` and `stops` name clocks. `file` marks the move that carries an upload.
    """

    name: str
    targets: Mapping[Stage, tuple[Stage, ...]]
    roles: frozenset[str]
    inputs: tuple[Input, ...] = ()
    needs: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    exclusive: bool = True
    file: bool = False
    grave: bool = field(default=False)  # cannot be undone by the same person: pages ask once more

    @property
    def sources(self) -> frozenset[Stage]:
        return frozenset(self.targets)


def _same(*stages: Stage) -> dict[Stage, tuple[Stage, ...]]:
    return {stage: (stage,) for stage in stages}


def _to(target: Stage, *stages: Stage) -> dict[Stage, tuple[Stage, ...]]:
    return dict.fromkeys(stages, (target,))


def _roles(words: str) -> frozenset[str]:
    return frozenset(words.split())


ROLES = _roles(
    "requester accountable participant leader liaison coordinator first_responder owner receiver ruler invitee"
    " complaint_handler supporter reader system"
)

_reason = Input("reason", "text", least=2, most=500)
_measure = (
    Input("what", "line", least=2, most=120),
    Input("owner", "person", required=False),
    Input("owner_name", "line", required=False, most=40),
    Input("owner_unit", "line", required=False, most=60),
    Input("due_on", "day"),
    Input("expected", "line", most=120),
    Input("criterion", "line", most=120),
    Input("main", "choices", required=False, options=CAUSES),
    Input("aid", "choices", required=False, options=CAUSES),
    Input("source_code", "line", required=False, most=40),
)
_cause = (
    Input("text", "line", least=2, most=120),
    Input("evidence", "line", required=False, most=300),
    Input("chain", "choices", required=False, options=("province", "city", "county", "team")),
)
REGISTRATION = (
    Input("title", "line", least=4, most=30),
    Input("condition", "text", least=30, most=2000),
    Input("tried", "text", required=False, most=1000),
    Input("indicator", "line", required=False, most=40),
    Input("unit", "line", required=False, most=12),
    Input("baseline", "number", required=False),
    Input("target", "number", required=False),
    Input("questions", "rows", least=1, most=3, columns=(Input("text", "line", least=4, most=100),)),
    Input("urgency", "choice", options=("normal", "urgent", "critical")),
    Input("urgency_reason", "line", required=False, most=200),
    Input("mode", "choice", options=(*MODES, "either")),
    Input("challenge", "key", required=False),
    Input("group", "group", required=False),
    Input("person", "person", required=False),
    Input("unknown", "flag", required=False),
)


_SAYS_ENOUGH = 30
# Digits, masks, punctuation and blanks say nothing by themselves.
_SAYS_NOTHING = re.compile(r"[\W\d_]+")
# Marks of classified papers: 【机密】, 秘密★, 绝密级. 商业秘密 is an ordinary word.
_SECRET = re.compile(r"【?(?<!商业)(绝密|机密|秘密)(★|级|【|】|：)")


def registration_faults(values: Mapping[str, Any]) -> dict[str, list[Fault]]:
    """What is wrong between the inputs of a registration, or of one of its steps: only what `values` holds is looked at."""
    faults: dict[str, list[Fault]] = {}
    if "condition" in values and len(_SAYS_NOTHING.sub("", values["condition"])) < _SAYS_ENOUGH:
        faults["condition"] = [Fault("too_little")]
    for name in ("title", "condition", "tried", "urgency_reason"):
        if _SECRET.search(values.get(name) or ""):
            faults[name] = [Fault("secret_text")]
    for row, question in enumerate(values.get("questions") or []):
        if _SECRET.search(question["text"]):
            faults.setdefault("questions", []).append(Fault("secret_text", row=row))
    if values.get("urgency", "normal") != "normal" and not values["urgency_reason"]:
        faults["urgency_reason"] = [Fault("urgency_needs_reason")]
    if not values.get("indicator", "-") and (values["baseline"] is not None or values["target"] is not None):
        faults["indicator"] = [Fault("number_needs_indicator")]
    if "group" in values and sum(1 for name in ("group", "person", "unknown") if values[name]) != 1:
        faults["group"] = [Fault("choose_one")]
    return faults


_ROWS = (
    # ── before anyone has spoken
    Move(
        "redirect", _same(REG), _roles("requester"),
        (Input("group", "group"), _reason), needs=("not_contacted", "no_transfer"), starts=("first_contact",),
    ),
    Move(
        "route", _same(REG, CON), _roles("accountable coordinator"),
        (Input("group", "group"), Input("person", "person", required=False), _reason),
        needs=("on_desk", "no_transfer"), starts=("first_contact",),
    ),
    Move("accept", _to(CON, REG), _roles("accountable"), needs=("no_transfer",)),
    # ── consultation
    Move(
        "log_contact", {REG: (CON,), CON: (CON,), TRE: (TRE,)}, _roles("accountable participant"),
        (
            Input("channel", "choice", options=("phone", "visit", "video", "chat", "mail")),
            Input("spoken_at", "moment", required=False),
            Input("learned", "text", least=2, most=1000),
        ),
        starts=("group_informed",), stops=("first_contact",), exclusive=False,
    ),
    Move(
        "inform_group", _same(CON), _roles("accountable participant"),
        (Input("note", "text", least=2, most=1000),), needs=("contacted",), stops=("group_informed",), exclusive=False,
    ),
    Move(
        "plan_session", _same(CON, TRE), _roles("accountable participant"),
        (
            Input("mode", "choice", options=MODES),
            Input("starts_at", "moment"),
            Input("minutes", "whole", least=10, most=1440),
            Input("place", "line", required=False, most=120),
            Input("link", "line", required=False, most=300),
            Input("people", "people", least=1, most=60),
        ),
        exclusive=False,
    ),
    Move(
        "reschedule_session", _same(CON, TRE), _roles("accountable participant"),
        (
            Input("session", "key"),
            Input("starts_at", "moment"),
            Input("minutes", "whole", least=10, most=1440),
            Input("place", "line", required=False, most=120),
            Input("link", "line", required=False, most=300),
            Input("reason", "text", required=False, most=500),
        ),
        needs=("session_planned",), exclusive=False,
    ),
    Move(
        "cancel_session", _same(CON, TRE), _roles("accountable"),
        (Input("session", "key"), _reason), needs=("session_planned",), exclusive=False,
    ),
    Move(
        "hold_session", _same(CON), _roles("accountable participant"),
        (
            Input("session", "key", required=False),
            Input("mode", "choice", options=MODES),
            Input("held_at", "moment", required=False),
            Input("place", "line", required=False, most=120),
            Input("people", "people", least=1, most=60),
            Input("record", "text", least=2, most=4000),
        ),
        stops=("session",), exclusive=False,
    ),
    Move(
        "sign_opinion", _same(CON), _roles("accountable participant"),
        (Input("text", "text", least=2, most=2000), Input("dissent", "flag", required=False)),
        stops=("opinion",), exclusive=False,
    ),
    Move(
        "diagnose", _same(CON), _roles("accountable participant"),
        (Input("findings", "text", least=4, most=4000), Input("causes", "rows", least=1, most=9, columns=_cause)),
    ),
    Move("exempt", _same(CON), _roles("leader"), (_reason,), needs=("not_exempt", "not_collective")),
    # ── treatment
    Move(
        "prescribe", {CON: (TRE,), TRE: (TRE,)}, _roles("accountable"),
        (
            Input("thinking", "text", least=4, most=2000),
            Input("measures", "rows", least=1, most=20, columns=_measure),
            Input("upward", "rows", required=False, most=9, columns=(
                Input("cause", "choice", options=CAUSES), Input("department", "line", most=60), Input("suggestion", "line", most=300),
            )),
            Input("follow_up_on", "day"),
            Input("innovation", "choice", options=("technology", "product", "management", "mechanism", "service")),
        ),
        needs=("no_transfer", "not_paused", "diagnosed", "collective", "verdicts_settled"),
        starts=("follow_up",), stops=("prescription",),
    ),
    Move("accept_prescription", _same(TRE), _roles("requester"), needs=("prescription_waiting",)),
    Move(
        "return_prescription", {TRE: (CON, TRE)}, _roles("requester"),
        (_reason,), needs=("prescription_waiting",), starts=("prescription",),
    ),
    Move(
        "rule_prescription", {TRE: (TRE, CON)}, _roles("leader"),
        (Input("decision", "choice", options=("uphold", "send_back")), _reason), needs=("prescription_disputed",),
    ),
    Move(
        "update_measure", _same(TRE), _roles("requester accountable owner"),
        (
            Input("measure", "key"),
            Input("state", "choice", options=("todo", "doing", "done", "dropped")),
            Input("note", "line", required=False, most=300),
        ),
        exclusive=False,
    ),
    Move(
        "follow_up", {TRE: (TRE, CON)}, _roles("accountable"),
        (
            Input("mode", "choice", options=MODES),
            Input("verdict", "choice", options=VERDICTS),
            Input("value", "number", required=False),
            Input("evidence", "text", least=2, most=2000),
            Input("next_on", "day", required=False),
        ),
        needs=("not_paused", "prescription_accepted", "verdicts_settled"), stops=("follow_up",),
    ),
    Move(
        "give_verdict", {TRE: (TRE, CON)}, _roles("requester"),
        (Input("verdict", "choice", options=VERDICTS), Input("note", "text", required=False, most=500)),
        needs=("verdict_wanted",),
    ),
    Move(
        "rule_verdict", {TRE: (TRE, CON)}, _roles("leader"),
        (Input("verdict", "choice", options=VERDICTS), _reason), needs=("verdicts_differ",),
    ),
    Move(
        "resolve", _to(RES, TRE), _roles("accountable"),
        (Input("waiver", "text", required=False, most=500),),
        needs=("not_paused", "no_transfer", "verdicts_settled", "effect_shown"), starts=("final_reply",),
    ),
    # ── the end
    Move(
        "sign_final_reply", _same(RES), _roles("first_responder"),
        (
            Input("found", "text", least=2, most=2000),
            Input("changed", "text", least=2, most=2000),
            Input("keep", "text", least=2, most=2000),
        ),
        needs=("reply_unsigned",), stops=("final_reply",),
    ),
    Move(
        "close_form", _same(RES), _roles("requester"),
        (
            Input("outcome", "choice", options=("new_idea", "confirmed", "little")),
            Input("value", "whole", least=1, most=5),
            Input("feasibility", "whole", least=1, most=5),
            Input("words", "line", required=False, most=200),
        ),
        needs=("form_unfilled",),
    ),
    Move(  # archived ones: of earlier lists, and only while nobody has decided (`extraction_open`)
        "decide_extraction", _same(RES, ARC), _roles("leader"),
        (Input("decision", "choice", options=("extract", "no")), Input("reason", "text", required=False, most=500)),
        needs=("marked_effect", "extraction_open"),
    ),
    Move("archive", _to(ARC, RES), _roles("accountable system"), needs=("reply_signed", "form_or_silence", "extraction_decided")),
    Move("withdraw", _to(WIT, REG, CON), _roles("requester"), (_reason,), grave=True),
    Move(
        "propose_decline", _same(REG), _roles("accountable"),
        (
            Input("basis", "choice", options=("not_a_problem", "secret", "whistle", "emergency", "duplicate")),
            Input("address", "line", least=2, most=120),
            _reason,
        ),
        needs=("no_proposal", "no_transfer"),
    ),
    Move("decline", _to(DEC, REG), _roles("leader liaison"), needs=("decline_proposed", "other_hand"), grave=True),
    Move("propose_unresolved", _same(CON, TRE), _roles("leader"), (_reason,), needs=("no_proposal", "no_transfer")),
    Move("close_unresolved", _to(UNR, CON, TRE), _roles("liaison"), (_reason,), needs=("unresolved_proposed", "other_hand"), grave=True),
    Move("refuse_proposal", _same(REG, CON, TRE), _roles("leader liaison"), (_reason,), needs=("proposal_open", "other_hand")),
    Move(
        "reopen", _to(CON, RES, ARC, UNR), _roles("requester accountable leader"),
        (_reason,), needs=("within_reopen_days",), starts=("first_contact", "session", "prescription"),
    ),
    # ── who holds it
    Move(
        "propose_transfer", _same(REG, CON, TRE), _roles("accountable leader coordinator"),
        (Input("group", "group", required=False), Input("person", "person", required=False), _reason),
        needs=("no_transfer", "no_proposal"), starts=("transfer_answer",),
    ),
    Move(
        "take_back_transfer", _same(REG, CON, TRE), _roles("accountable leader coordinator"),
        needs=("transfer_open",), stops=("transfer_answer",),
    ),
    Move(
        "accept_transfer", _same(REG, CON, TRE), _roles("receiver"),
        (Input("person", "person", required=False),), needs=("transfer_open",),
        starts=("first_contact",), stops=("transfer_answer",),
    ),
    Move(
        "refuse_transfer", _same(REG, CON, TRE), _roles("receiver"),
        (_reason,), needs=("transfer_unanswered",), starts=("ruling",), stops=("transfer_answer",),
    ),
    Move(
        "rule_transfer", _same(REG, CON, TRE), _roles("ruler"),
        (Input("group", "group"), Input("person", "person", required=False), _reason),
        needs=("transfer_disputed", "ruler_turn"), starts=("first_contact",), stops=("ruling",),
    ),
    Move(
        "invite", _same(CON), _roles("accountable"),
        (Input("group", "group"), Input("ask", "text", least=2, most=500)), starts=("invitation_answer",), exclusive=False,
    ),
    Move(
        "accept_invitation", _same(CON, TRE), _roles("invitee"), needs=("invited",),
        starts=("opinion",), stops=("invitation_answer",), exclusive=False,
    ),
    Move(
        "decline_invitation", _same(CON, TRE), _roles("invitee"),
        (_reason,), needs=("invited",), stops=("invitation_answer",), exclusive=False,
    ),
    # ── on the way
    Move(
        "pause", _same(CON, TRE), _roles("accountable leader"),
        (Input("missing", "rows", least=1, most=12, columns=(Input("text", "line", least=2, most=120),)), _reason),
        needs=("not_paused", "pause_left"),
    ),
    Move("resume", _same(CON, TRE), _roles("requester accountable leader"), (Input("note", "text", required=False, most=500),), needs=("paused",)),
    Move(
        "ask_on", _same(REG, CON, TRE, RES), _roles("requester"),
        (Input("text", "text", least=2, most=1000),), starts=("ask_answer",), exclusive=False,
    ),
    Move(
        "answer_ask", _same(REG, CON, TRE, RES), _roles("accountable participant"),
        (Input("ask", "key"), Input("text", "text", least=2, most=1000)), needs=("ask_waiting",), stops=("ask_answer",), exclusive=False,
    ),
    Move(
        "complain", _same(*Stage), _roles("requester"),
        (Input("text", "text", least=4, most=1000),), needs=("complaint_in_time",), starts=("complaint_answer",), exclusive=False,
    ),
    Move(
        "answer_complaint", _same(*Stage), _roles("complaint_handler"),
        (Input("ask", "key"), Input("text", "text", least=4, most=2000)),
        needs=("complaint_waiting", "handler_turn"), stops=("complaint_answer",), exclusive=False,
    ),
    Move(
        "ask_support", _same(REG, CON, TRE), _roles("requester accountable participant"),
        (
            Input("topic", "choice", options=("travel", "data", "access", "time")),
            Input("asked_unit", "unit", required=False),
            Input("text", "text", least=4, most=1000),
        ),
        starts=("support_answer",), exclusive=False,
    ),
    Move(
        "answer_support", _same(*OPEN), _roles("supporter"),
        (
            Input("ask", "key"), Input("decision", "choice", options=("grant", "refuse")),
            Input("text", "text", least=2, most=1000),
        ),
        needs=("support_waiting", "supporter_turn"), stops=("support_answer",), exclusive=False,
    ),
    Move(
        "deny_contact", _same(CON, TRE), _roles("requester"),
        (Input("contact", "key"), Input("text", "text", least=2, most=500)),
        needs=("contact_deniable",), starts=("first_contact",), exclusive=False,
    ),
    Move("attach", _same(*OPEN), _roles("requester accountable participant owner"), exclusive=False, file=True),
    Move("mark_sensitive", _same(*Stage), _roles("requester accountable leader coordinator"), (_reason,), needs=("not_sensitive",)),
    Move("unmark_sensitive", _same(*Stage), _roles("leader coordinator"), (_reason,), needs=("sensitive",)),
    Move("follow", _same(*Stage), _roles("reader"), needs=("not_following",), exclusive=False),
    Move("unfollow", _same(*Stage), _roles("reader"), needs=("following",), exclusive=False),
)  # fmt: skip

MOVES: dict[str, Move] = {move.name: move for move in _ROWS}
