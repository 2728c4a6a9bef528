"""Which of the moves a reader may take is the one to do next: one filled button, two beside it, the rest under 更多."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huizhen.cases.lifecycle import Stage
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.options import Option
from huizhen.cases.verbs import MOVES as LABELS
from huizhen.lib.errors import NotNow
from huizhen.web import sentences

ICONS = {
    "log_contact": "phone", "inform_group": "megaphone", "hold_session": "users", "plan_session": "calendar-plus",
    "reschedule_session": "calendar-clock",
    "sign_opinion": "signature", "diagnose": "microscope", "prescribe": "clipboard-list", "follow_up": "stethoscope",
    "accept_prescription": "thumbs-up", "give_verdict": "star", "update_measure": "list-checks", "resolve": "circle-check-big",
    "sign_final_reply": "signature", "close_form": "message-square-heart", "decide_extraction": "sprout", "archive": "archive",
    "accept_transfer": "git-pull-request-arrow", "rule_transfer": "gavel", "answer_ask": "message-circle-reply", "ask_on": "circle-question-mark",
    "complain": "message-square-warning", "answer_complaint": "message-square-reply", "ask_support": "hand-helping",
    "answer_support": "package-check", "deny_contact": "phone-off",
    "accept_invitation": "handshake", "resume": "play", "accept": "check", "route": "route", "attach": "paperclip",
}  # fmt: skip
_AFTER_ALL = (
    "log_contact", "plan_session", "update_measure", "ask_on", "attach", "pause", "invite", "propose_transfer", "follow_up",
    "prescribe", "diagnose", "sign_opinion", "hold_session", "inform_group", "return_prescription", "refuse_transfer", "decline_invitation",
)  # fmt: skip
_HIDDEN = {"follow", "unfollow"}
_NEVER_FIRST = {"complain", "deny_contact"}
"""Always found under 更多, never offered as what to do next."""


@dataclass(frozen=True)
class Button:
    """A move that can be taken now. `direct`: it asks nothing and may be posted from the page."""

    name: str
    label: Any
    icon: str
    url: str
    direct: bool


def _wanted(file: CaseFile) -> list[str]:
    """What the case needs, most pressing first; the first of these that is the reader's becomes the filled button."""
    case = file.case
    first = [
        "accept_transfer",
        "rule_transfer",
        "accept_invitation",
        "decline",
        "close_unresolved",
        "rule_verdict",
        "rule_prescription",
    ]
    if case.group_id is None:
        first.append("route")
    first += ["answer_complaint", "answer_support", "answer_ask"]
    if file.pause is not None:
        return [*first, "resume"]
    if case.stage == Stage.REGISTERED:
        return [*first, "log_contact", "accept"]
    if case.stage == Stage.IN_CONSULTATION:
        return first + _consulting(file)
    if case.stage == Stage.IN_TREATMENT:
        return first + _treating(file)
    return [*first, "sign_final_reply", "close_form", "decide_extraction", "archive"]


def _consulting(file: CaseFile) -> list[str]:
    now = file.case.round
    done = [
        ("log_contact", file.is_contacted),
        ("inform_group", any(one.party == "group" and one.round == now for one in file.contacts)),
        ("hold_session", any(one.state == "held" and one.round == now for one in file.sessions)),
        ("diagnose", file.diagnosis is not None),
    ]
    return [name for name, is_done in done if not is_done] + ["prescribe", "sign_opinion"]


def _treating(file: CaseFile) -> list[str]:
    effect = [one.verdict for one in file.follow_ups if one.round == file.case.round and one.verdict]
    good = bool(effect) and effect[-1] in ("marked", "effective")
    return [
        "accept_prescription",
        "give_verdict",
        *(["resolve"] if good else ["follow_up", "resolve"]),
        "update_measure",
    ]


def buttons(file: CaseFile, found: list[Option]) -> tuple[Button | None, list[Button], list[Button]]:
    """Primary, secondary (at most two), more."""
    open_now = {one.name: one for one in found if one.is_open and one.name not in _HIDDEN}
    wanted = [name for name in _wanted(file) if name in open_now]
    rest = [name for name in _AFTER_ALL if name in open_now and name not in wanted]
    ordered = [*wanted, *rest, *(name for name in open_now if name not in wanted and name not in rest)]
    made = [_button(file, open_now[name]) for name in ordered if name not in _NEVER_FIRST]
    apart = [_button(file, open_now[name]) for name in ordered if name in _NEVER_FIRST]
    if not wanted and not rest:
        return None, made[:2], made[2:] + apart  # nothing is waited for: no button is filled
    return made[0], made[1:3], made[3:] + apart


def _button(file: CaseFile, option: Option) -> Button:
    move = option.move
    direct = not move.inputs and not move.grave and not move.file
    url = reverse(f"case:{move.name}", args=[file.case.code])
    return Button(move.name, LABELS[move.name], ICONS.get(move.name, "chevron-right"), url, direct)


_TOLD = (
    "resolve",
    "archive",
    "prescribe",
    "accept_transfer",
    "follow_up",
    "inform_group",
    "decline",
    "close_unresolved",
)


def locks(found: list[Option]) -> list[tuple[Any, str]]:
    """还不能…: up to two closed moves that the reader is waiting for, with the reason in words."""
    closed = {one.name: one for one in found if not one.is_open}
    told = []
    for name in _TOLD:
        why = closed[name].why if name in closed else None
        if why is not None and not why.code.endswith("_not_proposed"):
            told.append((LABELS[name], sentences.of_refusal(NotNow(why.code, **why.args)).headline))
    return told[:2]
