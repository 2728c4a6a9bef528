"""Parts of the plays: first contact, the group, transfers and invitations, the session, opinions, the diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from huizhen.demo.scenes import DAY, Scene, Script

Text = Mapping[str, Any]
LATE_ONE_IN = 9


def contact(script: Script, text: Text) -> None:
    """The desk routes first; a third of the experts accept before they call; one in nine calls late."""
    if "desk" in text:
        group, reason = text["desk"]
        script.act("route", "accountable", 50, group=group, reason=reason)
    if "learned" not in text:
        return
    gap = script.pace(95, 40, 12)
    if script.rng.randrange(LATE_ONE_IN) == 0 and script.urgency != "critical":
        gap *= 3
    if script.rng.randrange(3) == 0 and "unknown" not in text:
        script.act("accept", "accountable", gap / 3)
        gap *= 2 / 3
    script.act("log_contact", "accountable", gap, channel=text.get("channel", "phone"), learned=text["learned"])


def inform_group(script: Script, text: Text) -> None:
    """The note; then whoever should hold the case is settled, and other groups are invited."""
    if "note" in text:
        script.act("inform_group", "accountable", script.pace(140, 70, 18), note=text["note"])
    _transfers(script, text.get("transfers", ()), text)
    for group, ask, *answer in text.get("invite", ()):
        _invite(script, group, ask, answer)


def _transfers(script: Script, told: Sequence[Sequence[str]], text: Text) -> None:
    for one in told:
        group, reason, end, answer, person = [*one, "", ""][:5]
        values = {"group": group, "reason": reason} | ({"person": person} if person else {})
        script.act("propose_transfer", "accountable", 80, **values)
        if end == "accept":
            script.act("accept_transfer", "receiver", 110)
            script.act("log_contact", "accountable", 70, channel="phone", learned=text["taker_learned"])
        elif end == "refuse":
            script.act("refuse_transfer", "receiver", 150, reason=answer)
        elif end == "take_back":
            script.act("take_back_transfer", "accountable", 60)
        elif end == "lapse":
            script.act("lapse_transfer", "system", script.pace(DAY, 240, 60) * 1.3)
    if "ruling" in text and told:
        group, reason = text["ruling"]
        script.act("rule_transfer", "liaison", 170, group=group, reason=reason)


def late_transfers(script: Script, text: Text) -> None:
    """Transfers at the end of what is told: answered by nobody, or refused and waiting for a ruling."""
    _transfers(script, text.get("late_transfer", ()), text)


def _invite(script: Script, group: str, ask: str, answer: Sequence[str]) -> None:
    end, words, more = [*answer, "", ""][:3]
    script.act("invite", "accountable", script.pace(30, 8, 5), group=group, ask=ask)
    if end == "open":
        return
    gap = script.pace(100, 30, 10)
    if end == "decline":
        script.act("decline_invitation", f"guest:{group}", gap, reason=more)
        return
    script.act("accept_invitation", f"guest:{group}", gap)
    if words:
        script.act("sign_opinion", f"guest:{group}", script.pace(150, 35, 15), text=words, dissent=more == "dissent")


def session(script: Script, text: Text) -> None:
    """Urgent matters are held at once; the others are planned, and once cancelled and planned again."""
    if "minutes" not in text:
        return
    place = text.get("place", "")
    mode = "on_site" if place else "online"

    def people(scene: Scene) -> list[str]:
        guests = [f"guest:{one[0]}" for one in text.get("invite", ()) if one[2] == "accept"]
        mate = ["mate"] if scene.stage.mates(scene.played) and "exempt" not in text else []
        roles = ["accountable", *mate, *guests, "requester"]
        return list(dict.fromkeys(scene.person(role).code for role in roles))

    def plan(scene: Scene) -> dict[str, Any]:
        held = scene.coming("hold_session") or scene.at
        link = "" if place else f"https://meeting.example.com/{script.key.lower()}"
        return {
            "mode": mode, "starts_at": held - timedelta(minutes=55), "minutes": 60, "place": place, "link": link,
            "people": people(scene),
        }  # fmt: skip

    def planned(scene: Scene) -> dict[str, Any]:
        found = scene.played.sessions.filter(state="planned").order_by("pk").first()
        return {"session": str(found.key)} if found else {}

    def moved(scene: Scene) -> dict[str, Any]:
        kept = {name: value for name, value in plan(scene).items() if name not in ("mode", "people")}
        return planned(scene) | kept | {"starts_at": kept["starts_at"] + timedelta(minutes=30)}

    is_planned = script.urgency != "critical"
    if is_planned:
        script.later("plan_session", "accountable", script.pace(60, 25, 0), plan)
        if "cancelled" in text:
            script.later("reschedule_session", "accountable", 30, moved)
            script.later(
                "cancel_session", "accountable", 60, lambda scene: planned(scene) | {"reason": text["cancelled"]}
            )
            script.later("plan_session", "accountable", 30, plan)
    script.later(
        "hold_session", "accountable", script.pace(300, 90, 50) if text.get("invite") else script.pace(430, 170, 95),
        lambda scene: {"mode": mode, "place": place, "people": people(scene), "record": text["minutes"], **planned(scene)},
    )  # fmt: skip


def opinion(script: Script, text: Text) -> None:
    """What the mates sign, one each."""
    for number, words in enumerate(text.get("opinions", ())):
        script.act("sign_opinion", f"mate:{number}", script.pace(80, 35, 10), text=words)
    if "sensitive" in text and script.text is text:
        script.act("mark_sensitive", "leader", 20, reason=text["sensitive"][0])


def diagnose(script: Script, text: Text) -> None:
    if "causes" not in text:
        return
    causes = [{"text": what, "evidence": why, "chain": chain.split()} for what, why, chain in text["causes"]]
    findings = text.get("findings") or script.problem["diagnosis"]
    script.act("diagnose", "accountable", script.pace(180, 80, 25), findings=findings, causes=causes)
