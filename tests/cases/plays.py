"""Plausible inputs for any move of any case, and a way through all stages and situations. For tests that do not care which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from huizhen.cases.models import Case
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.needs import deniable
from tests.cast import MONDAY, Cast
from tests.kept import kept

T = TypeVar("T")
Pick = Callable[[Sequence[T]], T]
EXPERTS = ("expert", "mate", "leader", "other_expert", "other_leader")
VERDICTS = ("marked", "effective", "none", "worse")


def first(options: Sequence[T]) -> T:
    """The pick of those who want no surprises."""
    return options[0]


def inputs(name: str, file: CaseFile, cast: Cast, at: datetime, pick: Pick = first) -> dict[str, Any]:
    """Inputs the move `name` accepts on this case, as far as there are any."""

    def day(n: int) -> str:
        return (at + timedelta(days=n)).date().isoformat()

    def key(rows: Sequence[Any]) -> str:
        return str(pick(rows).key) if rows else "none"

    groups = [cast.other_group.code, cast.group.code]
    causes = [str(one.number) for one in file.standing_causes] or ["1"]
    reason = {"reason": "有充分的理由"}
    measure = {"due_on": day(pick([5, 2])), "expected": "下降", "criterion": "周报达标"}
    found: dict[str, dict[str, Any]] = {
        "redirect": {"group": pick(groups), **reason},
        "route": {"group": pick(groups[::-1]), **reason},
        "log_contact": {"channel": "phone", "learned": "问清楚了"},
        "inform_group": {"note": "已告知全团"},
        "plan_session": {
            "mode": "online", "starts_at": (at + timedelta(days=1)).isoformat(), "minutes": 60, "people": ["expert", "requester"],
        },
        "reschedule_session": {
            "session": key([one for one in file.sessions if one.state == "planned"]),
            "starts_at": (at + timedelta(days=2)).isoformat(), "minutes": 45,
        },
        "cancel_session": {"session": key([one for one in file.sessions if one.state == "planned"]), **reason},
        "hold_session": {
            "session": pick(["", *[str(one.key) for one in file.sessions if one.state == "planned"]]),
            "mode": "online", "people": pick([["expert", "mate"], ["leader", "requester"]]), "record": "形成一致意见",
        },
        "sign_opinion": {"text": "先看参数", "dissent": pick([False, True])},
        "diagnose": {
            "findings": "容量与均衡两方面的问题",
            "causes": [{"text": "容量不足", "chain": ["city"]}, {"text": "未做均衡"}][: pick([2, 1])],
        },
        "exempt": reason,
        "prescribe": {
            "thinking": "先均衡再扩容", "follow_up_on": day(pick([6, 3])), "innovation": "technology",
            "measures": [
                {**measure, "what": "做负荷均衡", "main": causes, **pick([{"owner_name": "梁思远"}, {"owner": "requester"}, {"owner": "outsider"}])}
            ],
        },
        "return_prescription": reason,
        "rule_prescription": {"decision": pick(["uphold", "send_back"]), **reason},
        "update_measure": {
            "measure": key([one for one in file.standing_measures if one.state == "todo"] or file.standing_measures),
            "state": pick(["done", "doing", "dropped"]), "note": "照办",
        },
        "follow_up": {
            "mode": "online", "verdict": pick(VERDICTS), "evidence": "周报三期", "value": "68", "next_on": pick([day(5), ""]),
        },
        "give_verdict": {"verdict": pick([file.open_follow_up.expert_verdict if file.open_follow_up else "none", "effective", "none"])},
        "rule_verdict": {"verdict": pick(VERDICTS), **reason},
        "resolve": {"waiver": "转日常"},
        "sign_final_reply": {"found": "容量不足", "changed": "负荷降了", "keep": "每周看报表"},
        "close_form": {"outcome": "new_idea", "value": 5, "feasibility": 4},
        "decide_extraction": pick([{"decision": "extract"}, {"decision": "no", **reason}]),
        "withdraw": reason,
        "propose_decline": {"basis": "secret", "address": "保密办", **reason},
        "propose_unresolved": reason,
        "close_unresolved": reason,
        "refuse_proposal": reason,
        "reopen": reason,
        "propose_transfer": pick([{"group": pick(groups), **reason}, {"person": pick(EXPERTS), **reason}]),
        "accept_transfer": pick([{}, {"person": pick(EXPERTS)}]),
        "refuse_transfer": reason,
        "rule_transfer": pick([{"group": pick(groups), **reason}, {"group": pick(groups), "person": pick(EXPERTS), **reason}]),
        "invite": {"group": cast.other_group.code, "ask": "请看成本"},
        "decline_invitation": reason,
        "pause": {"missing": [{"text": "三个月的报表"}], **reason},
        "ask_on": {"text": "什么时候有结论？"},
        "answer_ask": {"ask": key([one for one in file.questions if one.answered_at is None]), "text": "下周"},
        "complain": {"text": "三天没有人理我们"},
        "answer_complaint": {"ask": key([one for one in file.complaints if one.answered_at is None]), "text": "已经督促，明天联系"},
        "ask_support": {
            "topic": pick(["data", "travel", "access", "time"]), "asked_unit": pick(["FS", "FS", ""]), "text": "三个月的话务数据",
        },
        "answer_support": {
            "ask": key([one for one in file.supports if one.answered_at is None]),
            "decision": pick(["grant", "refuse"]), "text": "周三给到",
        },
        "deny_contact": {"contact": key(deniable(file, at=at)), "text": "没有人打过电话"},
        "mark_sensitive": reason,
        "unmark_sensitive": reason,
    }  # fmt: skip
    return found.get(name, {})


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _paused(cast: Cast) -> Case:
    case = cast.contacted()
    return cast.take(case, "pause", "expert", MONDAY + HOUR, missing=[{"text": "报表"}], reason="缺数据")


def _transferring(cast: Cast) -> Case:
    case = cast.contacted()
    return cast.take(case, "propose_transfer", "expert", MONDAY + HOUR, group=cast.other_group.code, reason="属于财务")


def _disputed(cast: Cast) -> Case:
    case = cast.contacted()
    for hour in (1, 3):
        at = MONDAY + hour * HOUR
        cast.take(case, "propose_transfer", "expert", at, group=cast.other_group.code, reason="属于财务")
        cast.take(case, "refuse_transfer", "other_leader", at + HOUR, reason="不属于财务")
    return case


def _invited(cast: Cast) -> Case:
    case = cast.contacted()
    return cast.take(case, "invite", "expert", MONDAY + HOUR, group=cast.other_group.code, ask="请看成本")


def _joined(cast: Cast) -> Case:
    return cast.take(_invited(cast), "accept_invitation", "other_leader", MONDAY + 2 * HOUR)


def _planned(cast: Cast) -> Case:
    case = cast.contacted()
    starts = (MONDAY + DAY).isoformat()
    return cast.take(
        case, "plan_session", "expert", MONDAY + HOUR, mode="online", starts_at=starts, minutes=60, people=["mate"]
    )


def _asked(cast: Cast) -> Case:
    return cast.take(cast.treated(), "ask_on", "requester", MONDAY + 4 * HOUR, text="还要等多久？")


def _complained(cast: Cast) -> Case:
    return cast.take(cast.contacted(), "complain", "requester", MONDAY + HOUR, text="说好今天来，没有来")


def _complained_after_the_end(cast: Cast) -> Case:
    return cast.take(_declined(cast), "complain", "second", MONDAY + DAY, text="不同意不予受理")


def _heard(cast: Cast) -> Case:
    case = _complained(cast)
    key = str(case.asks.get().key)
    return cast.take(case, "answer_complaint", "liaison", MONDAY + 3 * HOUR, ask=key, text="已约明天上午到现场")


def _supported(cast: Cast) -> Case:
    case = cast.contacted()
    at = MONDAY + HOUR
    cast.take(case, "ask_support", "expert", at, topic="data", asked_unit="FS", text="三个月的话务数据")
    key = str(case.asks.get().key)
    cast.take(case, "answer_support", "clerk", at + HOUR, ask=key, decision="grant", text="周三给到")
    return cast.take(case, "ask_support", "requester", at + HOUR, topic="time", text="三个人各半天")


def _denied(cast: Cast) -> Case:
    case = cast.contacted()
    key = str(case.contacts.get().key)
    return cast.take(case, "deny_contact", "requester", MONDAY + 2 * HOUR, contact=key, text="没有人打过电话")


def _decline_proposed(cast: Cast) -> Case:
    return cast.take(
        cast.register(), "propose_decline", "expert", MONDAY + HOUR, basis="secret", address="保密办", reason="涉密"
    )


def _unresolved_proposed(cast: Cast) -> Case:
    return cast.take(cast.treated(), "propose_unresolved", "leader", MONDAY + 4 * HOUR, reason="条件不具备")


def _twice_returned(cast: Cast) -> Case:
    case = cast.prescribed()
    cast.take(case, "return_prescription", "requester", MONDAY + 3 * HOUR, reason="做不到")
    later = MONDAY + 4 * HOUR
    cast.take(case, "diagnose", "expert", later, findings="再看了一遍", causes=[{"text": "容量"}, {"text": "均衡"}])
    cast.take(case, "prescribe", "expert", later, **cast.prescription(later))
    return cast.take(case, "return_prescription", "requester", MONDAY + 5 * HOUR, reason="还是做不到")


def _waiting_for_verdict(cast: Cast) -> Case:
    case = cast.treated()
    return cast.take(
        case, "follow_up", "expert", MONDAY + 8 * DAY, mode="online", verdict="marked", value="68", evidence="周报"
    )


def _replied(cast: Cast) -> Case:
    case = cast.resolved()
    return cast.take(case, "sign_final_reply", "expert", MONDAY + 9 * DAY, found="容量", changed="负荷", keep="报表")


def _formed(cast: Cast) -> Case:
    case = _replied(cast)
    cast.take(case, "close_form", "requester", MONDAY + 9 * DAY, outcome="new_idea", value=5, feasibility=5)
    return cast.take(case, "decide_extraction", "leader", MONDAY + 9 * DAY, decision="extract")


def _declined(cast: Cast) -> Case:
    return cast.take(_decline_proposed(cast), "decline", "leader", MONDAY + 2 * HOUR)


def _unresolved(cast: Cast) -> Case:
    return cast.take(_unresolved_proposed(cast), "close_unresolved", "liaison", MONDAY + 5 * HOUR, reason="同意")


def _reopened(cast: Cast) -> Case:
    return cast.take(cast.archived(), "reopen", "requester", MONDAY + 20 * DAY, reason="又坏了")


# Every stage and situation, by name. Each makes its case in the cast's world.
_PLAYS: dict[str, Callable[[Cast], Case]] = {
    "registered": lambda cast: cast.register(),
    "on_desk": lambda cast: cast.register(group="", unknown=True),
    "decline_proposed": _decline_proposed,
    "complained": _complained,
    "complained_after_the_end": _complained_after_the_end,
    "heard": _heard,
    "supported": _supported,
    "denied": _denied,
    "contacted": lambda cast: cast.contacted(),
    "planned": _planned,
    "invited": _invited,
    "joined": _joined,
    "paused": _paused,
    "transferring": _transferring,
    "disputed": _disputed,
    "diagnosed": lambda cast: cast.diagnosed(),
    "prescribed": lambda cast: cast.prescribed(),
    "twice_returned": _twice_returned,
    "treated": lambda cast: cast.treated(),
    "asked": _asked,
    "unresolved_proposed": _unresolved_proposed,
    "waiting_for_verdict": _waiting_for_verdict,
    "verdicts_differ": lambda cast: cast.followed("marked", branch_verdict="none"),
    "followed": lambda cast: cast.followed("effective"),
    "worsened": lambda cast: cast.followed("worse"),
    "resolved": lambda cast: cast.resolved(),
    "replied": _replied,
    "formed": _formed,
    "archived": lambda cast: cast.archived(),
    "withdrawn": lambda cast: cast.take(cast.register(), "withdraw", "requester", MONDAY + HOUR, reason="已自行解决"),
    "declined": _declined,
    "unresolved": _unresolved,
    "reopened": _reopened,
    "sensitive": lambda cast: cast.take(cast.contacted(), "mark_sensitive", "requester", MONDAY + HOUR, reason="敏感"),
}
PLAYS = {name: kept("cast", name)(play) for name, play in _PLAYS.items()}
LATER = MONDAY + 25 * DAY
"""After everything that the plays do."""
