"""The plays: what happens to each problem, as scripts of moves with working time between them.

A play is a problem of problems.yaml and its entry in plays_*.yaml. `until` names the last act, `ago` the working time since then
(40m, 3h, 2d); everything before is counted back from there, so that the demo looks the same on whatever day it is loaded.

    branch group person urgency problem   another place, a named expert (指名号), or a whole problem of our own
    draft outreach unknown desk redirect  how it came in: left as a draft, found on a visit, at the triage desk, routed, 改挂
    learned note taker_learned            first contact, the note to the group, the first contact of whoever took it over
    transfers late_transfer ruling        [group, reason, accept|refuse|take_back|lapse|open, answer, person]; [group, reason]
    invite                                [group, what is asked, accept|decline|open, opinion, "dissent" or why not]
    place minutes cancelled next_session  the session; without `place` it is online
    opinions exempt findings causes       examining together
    thinking cures upward amend           the prescription; `returned` once or twice, `rewritten`, `rx_ruling`
    cites                                 measure: [problem whose 工作法 it cites, solved|partly|no_use, what the branch says of it]
    length done doing dropped follow_in   treatment: working days until the first 复诊, measures done, next 复诊 in so many working days
    visits verdict_ruling                 复诊
    reply form silent extraction again    the end, and what came after it; `unresolved decline withdraw` are other ends
    ask pause sensitive watch files       beside the road; `when`, `after` name an act
    complain support deny                 投诉, 支撑 (by, topic, unit), 没有联系过; without `a` they still wait
    reasons talk                          what the expert says to a flag, and the leader's note of the talk
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from huizhen.cases.choices import Source
from huizhen.demo.files import chart, letter, sheet
from huizhen.demo.plays_consulting import contact, diagnose, inform_group, opinion, session
from huizhen.demo.plays_ending import (
    again,
    archive,
    close_form,
    decide_extraction,
    other_end,
    resolve,
    sign_final_reply,
)
from huizhen.demo.plays_treating import accept_prescription, follow_up, measures, prescribe
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY, Scene, Script
from huizhen.demo.stage import Stage

BOOKS = ("plays_market", "plays_government", "plays_network", "plays_support")
MODES = {"在线沟通": "online", "现场调研": "on_site", "混合": "either"}


def texts() -> dict[str, Mapping[str, Any]]:
    """Every play by its key."""
    return {key: text for book in BOOKS for key, text in data(book).items()}


def problems() -> dict[str, Mapping[str, Any]]:
    """The problems of problems.yaml and those the plays bring along."""
    found = {row["id"]: row for row in data("problems")["problems"]}
    return found | {key: text["problem"] for key, text in texts().items() if "problem" in text}


def scenes(stage: Stage, challenges: Mapping[str, str]) -> list[Scene]:
    """All scripts with their moments. `challenges` maps keys of problems to codes."""
    rows = problems()
    return [_set(stage, script_of(key, rows[key], text, challenges.get(key, ""))) for key, text in texts().items()]


def _set(stage: Stage, script: Script) -> Scene:
    """Count the moments back from the last one."""
    back = float(_minutes(str(script.text["ago"])))
    moments = []
    for step in reversed(script.steps):
        moments.append(stage.before(back))
        back += step.gap
    return Scene(stage, script, moments[::-1])


def _minutes(told: str) -> int:
    return int(told[:-1]) * {"m": 1, "h": 60, "d": DAY}[told[-1]]


def script_of(key: str, problem: Mapping[str, Any], text: Mapping[str, Any], challenge: str) -> Script:
    """The whole script of a problem."""
    script = Script(key, problem, text)
    _come_in(script, challenge)
    if "draft" in text:
        return script
    road: tuple[tuple[str, Callable[[Script, Mapping[str, Any]], None]], ...] = (
        ("register", lambda *_: None),
        ("contact", contact),
        ("inform_group", inform_group),
        ("session", session),
        ("opinion", opinion),
        ("diagnose", diagnose),
        ("prescribe", prescribe),
        ("accept_prescription", accept_prescription),
        ("measures", measures),
        ("follow_up", follow_up),
        ("resolve", resolve),
        ("sign_final_reply", sign_final_reply),
        ("close_form", close_form),
        ("decide_extraction", decide_extraction),
        ("archive", archive),
    )
    last = _LAST.get(text["until"], text["until"])
    for name, part in road:
        part(script, text)
        _beside(script, name)
        if name == last:
            break
    _uses(script, text)
    other_end(script, text)
    again(script, text)
    _planned(script)
    return script


# Acts that are no part of the road themselves: how far the road goes before them.
_LAST = {
    "propose_decline": "register",
    "decline": "register",
    "withdraw": "contact",
    "pause": "inform_group",
    "prescription_disputed": "accept_prescription",
    "give_verdict": "follow_up",
    "propose_unresolved": "follow_up",
    "unresolved": "follow_up",
}


def _come_in(script: Script, challenge: str) -> None:
    text, problem = script.text, script.problem
    values = registration(problem, text, script.urgency, challenge)
    if text.get("redirect"):
        values["group"] = text["redirect"][0]
    if text.get("draft") == "own":
        keep = ("title", "condition", "mode", "urgency")
        script.act("start_draft", "requester", 0, **{name: values[name] for name in keep})
    elif text.get("draft") or text.get("outreach"):
        who = f"code:{text.get('draft') or text['outreach']}"
        script.act("start_draft", who, 0, _source=str(Source.OUTREACH), **values)
        if "outreach" in text:
            script.act("register", "requester", 260)
    else:
        script.act("register", "requester", 0, **values)
    if text.get("redirect"):
        script.act("redirect", "requester", 40, group=problem["group"], reason=text["redirect"][1])


def registration(problem: Mapping[str, Any], text: Mapping[str, Any], urgency: str, challenge: str) -> dict[str, Any]:
    """What the branch fills in."""
    metric = problem.get("metric") or {}
    values = {
        "title": text["title"],
        "condition": problem["condition"],
        "tried": problem.get("tried", ""),
        "questions": [{"text": one} for one in text["questions"]],
        "indicator": metric.get("name", ""),
        "unit": metric.get("unit", ""),
        "baseline": str(metric.get("before", "")),
        "target": str(text.get("target", "")),
        "urgency": urgency,
        "urgency_reason": text.get("why", ""),
        "mode": MODES[problem["mode"]],
        "challenge": challenge,
    }
    if text.get("unknown") or text.get("desk"):
        return values | {"unknown": True}
    if text.get("person"):
        return values | {"person": text["person"]}
    return values | {"group": text.get("group") or problem["group"]}


def _beside(script: Script, name: str) -> None:
    """What happens beside the road after an act: files, questions, pauses, followers."""
    text = script.text
    for told in text.get("files", ()):
        if told[2] == name:
            script.act(
                "attach",
                "requester" if told[1] == "requester" else "accountable",
                script.pace(12, 6, 2),
                name=told[0],
                content=_File(told),
            )
    for asked in text.get("ask", ()):
        if asked["when"] == name:
            script.act("ask_on", "requester", 60, text=asked["q"])
            if "a" in asked:
                script.later("answer_ask", "accountable", 90, lambda scene, a=asked["a"]: _answer(scene, a))
    _voices(script, name)
    pause = text.get("pause")
    if pause and pause.get("after", "inform_group") == name:
        missing = [{"text": one} for one in pause["missing"]]
        script.act("pause", "accountable", 30, missing=missing, reason=pause["reason"])
        if not pause.get("open"):
            script.act("resume", "requester", 200, note=pause["note"])
    if name == "accept_prescription":
        for username in text.get("watch", ()):
            script.act("follow", f"user:{username}", 20)
    if name == "archive" and "coordinator" in text.get("watch", ()):
        script.act("unfollow", "user:coordinator", 60)


def _voices(script: Script, name: str) -> None:
    """Complaints, support and denied contacts of a play."""
    text = script.text
    for told in text.get("complain", ()):
        if told["when"] == name:
            script.act("complain", "requester", 70, text=told["q"])
            if "a" in told:
                script.later(
                    "answer_complaint", "handler", 200, lambda scene, a=told["a"]: _answer(scene, a, "complaint")
                )
    for told in text.get("support", ()):
        if told["when"] == name:
            script.act(
                "ask_support", told["by"], 45, topic=told["topic"], asked_unit=told.get("unit", ""), text=told["q"]
            )
            if "a" in told:
                decision, words = told["a"]
                script.later(
                    "answer_support",
                    "supporter",
                    150,
                    lambda scene, d=decision, w=words: {**_answer(scene, w, "support"), "decision": d},
                )
    deny = text.get("deny")
    if deny and name == "contact":
        script.later("deny_contact", "requester", 55, lambda scene: _denied(scene, deny["q"]))
        script.act("log_contact", "accountable", 30, channel="phone", learned=deny["learned"])


def _denied(scene: Scene, words: str) -> dict[str, Any]:
    return {"contact": str(scene.played.contacts.latest("pk").key), "text": words}


def _answer(scene: Scene, words: str, kind: str = "ask") -> dict[str, Any]:
    waiting = scene.played.asks.filter(kind=kind, answered_at=None).earliest("pk")
    return {"ask": str(waiting.key), "text": words}


def _uses(script: Script, text: Mapping[str, Any]) -> None:
    """What the branch says of the methods its prescription cites."""
    for key, *said in text.get("cites", {}).values():
        if said:
            script.act("say_use", "requester", 40, key=key, use=said[0], note=said[1])


class _File:
    """The bytes of an attachment, made when they are read."""

    def __init__(self, told: list[Any]) -> None:
        self.told = told

    def read(self, _most: int = -1) -> bytes:
        name, content = self.told[0], self.told[3]
        if name.endswith(".xlsx"):
            return sheet(content)
        if name.endswith(".pdf"):
            return letter(content)
        return chart([20 + (ord(sign) * 7) % 75 for sign in name[:10]])


def _planned(script: Script) -> None:
    """A session in the coming days."""
    told = script.text.get("next_session")
    if not told:
        return

    def values(scene: Scene) -> dict[str, Any]:
        day: date = scene.stage.day(told["days"])
        people = [scene.person(role).code for role in ("accountable", "mate", "requester")]
        return {
            "mode": told["mode"], "starts_at": f"{day.isoformat()}T{told['time']}", "minutes": told["minutes"],
            "place": told["place"], "people": people,
        }  # fmt: skip

    script.later("plan_session", "accountable", 25, values)


class Story(Protocol):
    """Acts of one thing, each at its moment; `number` of them are played."""

    number: int

    @property
    def moments(self) -> Sequence[datetime]: ...

    def play(self) -> None:
        """Take the next act."""


S = TypeVar("S", bound=Story)


def in_order(played: Sequence[S]) -> Iterator[S]:
    """Whose turn it is: every act of every story in order of time, as in life, so that case numbers and loads come out right."""
    turns = [
        (moment, index, number) for index, story in enumerate(played) for number, moment in enumerate(story.moments)
    ]
    for _moment, index, _number in sorted(turns):
        yield played[index]
