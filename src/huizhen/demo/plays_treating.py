"""Parts of the plays: the prescription and its answer, measures, 复诊 and its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from huizhen.demo.scenes import DAY, Scene, Script
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.models import Method
from huizhen.methods.queries.reuse import source_code

Text = Mapping[str, Any]
INNOVATION = {
    "技术创新": "technology",
    "产品创新": "product",
    "管理创新": "management",
    "机制创新": "mechanism",
    "服务创新": "service",
}
LATER = 12
"""Working days from now until 复诊 where nothing else is told."""


def _whats(script: Script, text: Text) -> list[str]:
    return list(text.get("measures") or script.problem["rx"])


def _follow_up_day(scene: Scene, text: Text) -> date:
    visit = scene.coming("follow_up")
    if visit is not None:
        return timezone.localdate(visit)
    return scene.stage.day(text.get("follow_in", LATER))


def prescription(scene: Scene, text: Text, thinking: str) -> dict[str, Any]:
    """The prescription as it is signed at this moment: measures due one after the other before 复诊."""
    script, cal = scene.script, scene.stage.calendar
    whats = _whats(script, text)
    last = _follow_up_day(scene, text)
    days = 1
    while cal.add_days(scene.day, days + 1) < last:
        days += 1
    rows = []
    for number, (what, (main, aid, owner, expected, criterion)) in enumerate(zip(whats, text["cures"], strict=True), 1):
        due = cal.add_days(scene.day, max(1, round(days * number / len(whats))))
        rows.append(
            {"what": what, "due_on": due.isoformat(), "expected": expected, "criterion": criterion}
            | {"main": main.split(), "aid": aid.split(), **_owner(scene, owner)}
            | _cited(scene, text, number)
        )
    upward = [
        {"cause": str(cause), "department": department, "suggestion": suggestion}
        for cause, department, suggestion in text.get("upward", ())
    ]
    return {
        "thinking": thinking, "measures": rows, "upward": upward, "follow_up_on": last.isoformat(),
        "innovation": INNOVATION[script.problem["innov"]],
    }  # fmt: skip


def _owner(scene: Scene, told: str) -> dict[str, str]:
    roles = {"branch": "requester", "expert": "accountable", "mate": "mate"}
    if told in roles:
        return {"owner": scene.person(roles[told]).code}
    name, _, unit = told.partition("/")
    return {"owner_name": name, "owner_unit": unit}


def _cited(scene: Scene, text: Text, number: int) -> dict[str, str]:
    """The method a measure is taken from, in the version of the day."""
    if number not in text.get("cites", ()):
        return {}
    method: Method = scene.stage.methods[text["cites"][number][0]]
    return {"source_code": source_code(method, method.versions.get(state=VersionState.PUBLISHED).number)}


def prescribe(script: Script, text: Text) -> None:
    if "exempt" in text:
        script.act("exempt", "leader", 60, reason=text["exempt"])
    script.later(
        "prescribe",
        "accountable",
        script.pace(380, 190, 100),
        lambda scene: prescription(scene, text, text["thinking"]),
    )


def accept_prescription(script: Script, text: Text) -> None:
    """Accepted; or sent back and written again, the second time for the leader to decide; or replaced while treated."""
    returned = text.get("returned", ())
    for number, reason in enumerate(returned):
        script.act("return_prescription", "requester", script.pace(180, 90, 40), reason=reason)
        if number == 0:
            script.later(
                "prescribe",
                "accountable",
                script.pace(300, 150, 90),
                lambda scene: prescription(scene, text, text["rewritten"]),
            )
    if len(returned) == 2:
        if "rx_ruling" in text:
            script.act("rule_prescription", "leader", 160, decision="uphold", reason=text["rx_ruling"])
        return
    script.act("accept_prescription", "requester", script.pace(210, 100, 45))
    if "amend" in text:
        amended = text["amend"]["thinking"]
        script.later("prescribe", "accountable", 3 * DAY, lambda scene: prescription(scene, text, amended))
        script.act("accept_prescription", "requester", 200)


def measures(script: Script, text: Text) -> None:
    """Measures go on until the first 复诊 after `length` working days; where the play stops here, `done` and `doing` of them."""
    whats = _whats(script, text)
    dropped = text.get("dropped")
    mine = [number for number in range(1, len(whats) + 1) if not dropped or number != dropped[0]]
    done = text.get("done", len(mine))
    gap = text["length"] * DAY / (done + 2)
    for number in mine[:done]:
        if script.rng.randrange(3) == 0:
            _update(script, number, "doing", gap / 3, "")
            _update(script, number, "done", gap * 2 / 3, "")
        else:
            _update(script, number, "done", gap, "")
    for number in mine[done : done + text.get("doing", 0)]:
        _update(script, number, "doing", gap / 2, "")
    if dropped:
        _update(script, dropped[0], "dropped", gap / 3, dropped[1])
    if "sensitive" in text and len(text["sensitive"]) == 2:
        script.act("unmark_sensitive", "leader", 90, reason=text["sensitive"][1])
    if "unresolved" in text and text["until"] == "measures":
        script.act("propose_unresolved", "leader", 120, reason=text["unresolved"][0])
        script.act("refuse_proposal", "liaison", 200, reason=text["unresolved"][1])


def _update(script: Script, number: int, state: str, gap: float, note: str) -> None:
    """By the owner herself where she has an account, else by the branch."""

    def values(scene: Scene) -> dict[str, Any]:
        newest = scene.played.prescriptions.latest("version")
        row = newest.measures.get(number=number)
        by = f"owner:{row.owner_id}" if row.owner_id else "requester"
        return {"measure": str(row.key), "state": state, "note": note, "_by": by}

    script.later("update_measure", "requester", gap, values)


def follow_up(script: Script, text: Text) -> None:
    """Every 复诊: the expert records, the branch gives its verdict, the leader rules where they differ."""
    visits = text["visits"]
    for number, (expert, branch, value, evidence, *note) in enumerate(visits):
        gap = text["length"] * DAY / 6 if number == 0 else 5 * DAY
        script.later(
            "follow_up", "accountable", gap, _visit(script, expert, value, evidence, number == len(visits) - 1)
        )
        if not branch:
            return
        script.act("give_verdict", "requester", 150, verdict=branch, note=note[0] if note else "")
        if branch != expert and "verdict_ruling" in text:
            verdict, reason = text["verdict_ruling"]
            script.act("rule_verdict", "leader", 200, verdict=verdict, reason=reason)


def _visit(script: Script, verdict: str, value: float, evidence: str, is_last: bool) -> Any:
    mode = "online" if script.problem["mode"] == "在线沟通" else "on_site"

    def values(scene: Scene) -> dict[str, Any]:
        told = {"mode": mode, "verdict": verdict, "value": str(value), "evidence": evidence}
        if verdict == "none":
            told["next_on"] = _next_day(scene, is_last).isoformat()
        return told

    return values


def _next_day(scene: Scene, is_last: bool) -> date:
    """The day of the next 复诊, whether it is told or still to come."""
    coming = None if is_last else scene.coming("follow_up")
    if coming is not None:
        return timezone.localdate(coming)
    days = scene.text.get("follow_in", 5)
    return max(scene.stage.day(days), scene.stage.calendar.add_days(scene.day, 1))
