"""Parts of the plays: how a case ends, well or otherwise, and what comes after the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huizhen.demo.plays_consulting import diagnose, late_transfers, opinion, session
from huizhen.demo.plays_treating import accept_prescription, measures, prescribe
from huizhen.demo.scenes import DAY, Script, Step

Text = Mapping[str, Any]
SILENCE = 11
"""Working days after which a form that nobody filled counts as filled, and one more."""


def _is_worse(text: Text) -> bool:
    return any(visit[0] == "worse" for visit in text.get("visits", ()))


def resolve(script: Script, text: Text) -> None:
    if not _is_worse(text):
        script.act("resolve", "accountable", 190)


def sign_final_reply(script: Script, text: Text) -> None:
    if "reply" in text:
        found, changed, keep = text["reply"]
        script.act("sign_final_reply", "first", 140, found=found, changed=changed, keep=keep)


def close_form(script: Script, text: Text) -> None:
    if "form" in text:
        outcome, value, feasibility, words = text["form"]
        script.act("close_form", "requester", 260, outcome=outcome, value=value, feasibility=feasibility, words=words)


def decide_extraction(script: Script, text: Text) -> None:
    if "extraction" not in text:
        return
    decision, _, reason = text["extraction"].partition(": ")
    script.act("decide_extraction", "leader", 350, decision=decision, reason=reason)


def archive(script: Script, text: Text) -> None:
    """By the accountable person; after the branch's silence by the system."""
    if _is_worse(text):
        return
    if text.get("silent"):
        script.steps.append(Step("lapse_form", "system", SILENCE * DAY, {}))
        script.act("archive", "system", 5)
    else:
        script.act("archive", "accountable", 120)


def other_end(script: Script, text: Text) -> None:
    """Turned away, taken back, given up, or in somebody else's hands."""
    if "decline" in text:
        basis, address, reason = text["decline"]
        script.act(
            "propose_decline", "accountable", script.pace(70, 30, 9), basis=basis, address=address, reason=reason
        )
        if text["until"] == "decline":
            script.act("decline", "consent", 130)
    if "withdraw" in text:
        script.act("withdraw", "requester", 300, reason=text["withdraw"])
    if "unresolved" in text and text["until"] in ("propose_unresolved", "unresolved"):
        script.act("propose_unresolved", "leader", 260, reason=text["unresolved"][0])
        if text["until"] == "unresolved":
            script.act("close_unresolved", "liaison", 240, reason=text["unresolved"][1])
    late_transfers(script, text)


def again(script: Script, text: Text) -> None:
    """A second round: after 加重 it is told to its end, after reopening it has just begun."""
    told = text.get("again")
    if not told:
        return
    if "reason" in told:
        script.act("reopen", "requester", 30 * DAY, reason=told["reason"])
        return
    script.act("log_contact", "accountable", 90, channel="phone", learned=told["learned"])
    round_two = {"length": text["length"], "until": "measures", **told}
    for part in (session, opinion, diagnose, prescribe, accept_prescription, measures):
        part(script, round_two)
