"""Treating and following up: prescription, its answer, measures, 复诊, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.flags import flag_dropped, flag_returned
from huizhen.cases.actions.moving import Act, _grant, _move, person_of_code
from huizhen.cases.choices import RoundWhy
from huizhen.cases.lifecycle import MOVES, Stage
from huizhen.cases.lifecycle.inputs import TEXT
from huizhen.cases.models import Case, Cause, FollowUp, Measure, Prescription, PrescriptionDraft, Round
from huizhen.cases.policy import parties_of, roles_on
from huizhen.cases.registry import Source, sources_of
from huizhen.directory.queries import setting, standing
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.lib.text import clean as clean_text
from huizhen.worktime.queries import calendar

DRAFT_ROWS = 40
"""Rows of a draft that are kept: twice what a prescription may hold."""
NEXT_VISIT_DAYS = 5
"""Working days until the next 复诊 when 无效 was settled against an expert who had set no date."""


def save_prescription_draft(
    case: Case, values: Mapping[str, Any], *, by: User, at: datetime, seen: int | None = None
) -> PrescriptionDraft:
    """Keep the prescription being written, shared by the case's experts. StaleWrite names who saved since `seen`."""
    who = standing(by, on=timezone.localdate(at))
    if who.person is None or not {"accountable", "participant"} & roles_on(who, case, parties_of(case)):
        raise NotAllowed("not_your_move", move="prescribe")
    if case.stage not in MOVES["prescribe"].sources:
        raise NotNow("wrong_stage", move="prescribe", stage=case.stage)
    kept = {
        name: _storable(values[name])
        for name in ("thinking", "measures", "upward", "follow_up_on", "innovation")
        if name in values
    }
    with transaction.atomic():
        draft, made = PrescriptionDraft.objects.get_or_create(
            case=case, defaults={"values": kept, "saved_by": who.person, "saved_at": at}
        )
        if not made:
            rows = PrescriptionDraft.objects.filter(pk=draft.pk)
            if seen is not None:
                rows = rows.filter(version=seen)
            if not rows.update(values=kept, saved_by=who.person, saved_at=at, version=F("version") + 1):
                raise StaleWrite("draft_changed_by", name=draft.saved_by.name, at=draft.saved_at)
            draft.refresh_from_db()
    return draft


def _storable(value: Any) -> Any:
    """A draft holds what was typed, finished or not, but nothing a database refuses and nothing of absurd length."""
    if isinstance(value, str):
        return clean_text(value, lines=True)[:TEXT]
    if isinstance(value, list):
        return [_storable(one) for one in value[:DRAFT_ROWS]]
    return {name: _storable(one) for name, one in value.items()} if isinstance(value, dict) else value


def latest_follow_up(due: list[date], campaign: Any) -> date:
    """复诊 at the latest so many working days after the last measure (4 by default)."""
    return calendar().add_days(max(due), setting(campaign, "follow_up_days"))


def prescribe(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """签发处方: a signed version with measures; every cause is treated or becomes 上行建议. Stops 处方, starts 复诊.

    Replaces the version before; marks upward causes; empties the shared draft.
    """
    with _move(case, "prescribe", by=by, at=at, seen=seen, values=values) as act:
        diagnosis = act.file.diagnosis
        if diagnosis is None:
            raise NotNow("not_diagnosed")
        causes = act.file.standing_causes
        measures = act.values["measures"]
        upward = {int(row["cause"]): row for row in act.values["upward"]}
        sources = sources_of({one["source_code"] for one in measures if one["source_code"]})
        _check(act, causes, upward, sources)
        version = len(act.file.prescriptions) + 1
        row = Prescription.objects.create(
            case=act.case, round=act.case.round, version=version, diagnosis=diagnosis, thinking=act.values["thinking"],
            innovation=act.values["innovation"], follow_up_on=act.values["follow_up_on"], signed_by=act.person, signed_at=at,
        )  # fmt: skip
        for number, one in enumerate(measures, 1):
            owner = person_of_code(one["owner"], "measures", on=act.day) if one["owner"] else None
            _grant(act.case, at=at, why="owner", person=owner)
            Measure.objects.create(
                prescription=row, number=number, what=one["what"], owner=owner, owner_name="" if owner else one["owner_name"],
                owner_unit="" if owner else one["owner_unit"], due_on=one["due_on"], expected=one["expected"],
                criterion=one["criterion"], source_code=sources[one["source_code"]].code if one["source_code"] else "",
                treats={**dict.fromkeys(one["aid"], "aid"), **dict.fromkeys(one["main"], "main")},
            )  # fmt: skip
        for cause in causes:
            found = upward.get(cause.number)
            Cause.objects.filter(pk=cause.pk).update(
                is_upward=found is not None,
                department=found["department"] if found else "",
                suggestion=found["suggestion"] if found else "",
            )
        live = [one.pk for one in act.file.prescriptions if one.state in ("signed", "accepted", "disputed")]
        Prescription.objects.filter(pk__in=live).update(state="replaced", answered_at=at)
        Case.objects.filter(pk=act.case.pk).update(innovation=act.values["innovation"])
        PrescriptionDraft.objects.filter(case=act.case).delete()
        act.data |= {
            "prescription": row.pk,
            "version": version,
            "measures": len(measures),
            "upward": sorted(upward),
            "follow_up_on": row.follow_up_on.isoformat(),
        }
    return case


def _check(
    act: Act, causes: list[Cause], upward: Mapping[int, Mapping[str, Any]], sources: Mapping[str, Source]
) -> None:
    """Every cause has somewhere to go, every measure an owner, a cause and a day, and cites what can be cited; 复诊 is not too late."""
    faults: dict[str, list[Fault]] = {}
    numbers = {one.number for one in causes}
    treated: set[int] = set()
    for at, one in enumerate(act.values["measures"]):
        if not one["owner"] and not one["owner_name"]:
            faults.setdefault("measures", []).append(Fault("owner_needed", row=at, column="owner"))
        hits = {int(number) for number in one["main"] + one["aid"]}
        if not hits & numbers:
            faults.setdefault("measures", []).append(Fault("treats_nothing", row=at, column="main"))
        if hits - numbers:
            faults.setdefault("measures", []).append(
                Fault("cause_unknown", {"number": max(hits - numbers)}, row=at, column="main")
            )
        if one["due_on"] < act.day:
            faults.setdefault("measures", []).append(Fault("day_is_past", row=at, column="due_on"))
        cited = sources.get(one["source_code"])
        if cited is not None and cited.fault:
            given = {"code": one["source_code"]}
            faults.setdefault("measures", []).append(Fault(cited.fault, given, row=at, column="source_code"))
        treated |= hits
    for number in sorted(set(upward) - numbers):
        faults.setdefault("upward", []).append(Fault("cause_unknown", {"number": number}))
    for number in sorted(numbers - treated - set(upward)):
        faults.setdefault("", []).append(Fault("cause_untreated", {"number": number}))
    day: date = act.values["follow_up_on"]
    latest = latest_follow_up([one["due_on"] for one in act.values["measures"]], act.case.campaign)
    if day < act.day:
        faults["follow_up_on"] = [Fault("day_is_past")]
    elif day > latest:
        faults["follow_up_on"] = [Fault("follow_up_too_late", {"latest": latest})]
    if faults:
        raise Invalid(faults)


def _answer(act: Act, state: str, **columns: Any) -> Prescription:
    row = act.file.prescription
    if row is None:
        raise NotNow("prescription_answered")
    Prescription.objects.filter(pk=row.pk).update(state=state, answered_at=act.at, **columns)
    row.state, row.answered_at = state, act.at
    act.data |= {"prescription": row.pk, "version": row.version}
    return row


def accept_prescription(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """支部接受处方."""
    with _move(case, "accept_prescription", by=by, at=at, seen=seen, values=values) as act:
        _answer(act, "accepted")
    return case


def return_prescription(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """退回处方, once per round, with reasons: back to consultation. The second time the leader decides; the stage stays."""
    with _move(case, "return_prescription", by=by, at=at, seen=seen, values=values) as act:
        before = [one for one in act.file.prescriptions if one.state == "returned" and one.round == act.case.round]
        if before:
            act.target = Stage.IN_TREATMENT
            row = _answer(act, "disputed", return_reason=act.values["reason"])
            flag_returned(act.case, [*before, row], at=at)
        else:
            act.target = Stage.IN_CONSULTATION
            _answer(act, "returned", return_reason=act.values["reason"])
    return case


def rule_prescription(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """The leader decides a second disagreement: the prescription stands, or it is written again."""
    with _move(case, "rule_prescription", by=by, at=at, seen=seen, values=values) as act:
        uphold = act.values["decision"] == "uphold"
        act.target = Stage.IN_TREATMENT if uphold else Stage.IN_CONSULTATION
        _answer(act, "accepted" if uphold else "returned", ruling=act.values["reason"])
        act.data["decision"] = act.values["decision"]
    return case


def update_measure(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """更新措施. An owner who is no other party changes only her own. 未采纳 needs a reason."""
    with _move(case, "update_measure", by=by, at=at, seen=seen, values=values) as act:
        row = next((one for one in act.file.standing_measures if str(one.key) == act.values["measure"]), None)
        if row is None:
            raise Invalid.one("measure", "not_found", given=act.values["measure"][:40])
        mine = act.standing is not None and row.owner_id in act.standing.person_ids
        if not mine and not {"requester", "accountable"} & act.roles:
            raise NotAllowed("not_your_measure", number=row.number)
        if act.values["state"] == "dropped" and not act.values["note"]:
            raise Invalid.one("note", "dropped_needs_reason")
        before = row.state
        Measure.objects.filter(pk=row.pk).update(state=act.values["state"], note=act.values["note"], changed_at=at)
        act.data |= {"measure": row.pk, "number": row.number, "before": before, "after": act.values["state"]}
        row.state = act.values["state"]
        if row.state == "dropped":
            flag_dropped(act.case, row.prescription, act.file.standing_measures, at=at)
    return case


def follow_up(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """记录复诊: the expert's verdict, the indicator's value and the evidence. The branch then gives its own verdict. Stops 复诊."""
    with _move(case, "follow_up", by=by, at=at, seen=seen, values=values) as act:
        if act.values["verdict"] == "none" and act.values["next_on"] is None:
            raise Invalid.one("next_on", "next_needed")
        if act.values["next_on"] is not None and act.values["next_on"] <= act.day:
            raise Invalid.one("next_on", "day_is_past")
        _check_value(act.case, act.values["verdict"], act.values["value"])
        prescription = act.file.prescription
        if prescription is None:
            raise NotNow("prescription_not_accepted")
        row = FollowUp.objects.create(
            case=act.case, prescription=prescription, round=act.case.round, number=len(act.file.follow_ups) + 1, by=act.person, at=at,
            mode=act.values["mode"], expert_verdict=act.values["verdict"], value=act.values["value"],
            evidence=act.values["evidence"], next_on=act.values["next_on"],
        )  # fmt: skip
        act.data |= {"follow_up": row.pk, "number": row.number, "verdict": row.expert_verdict}
        if row.next_on:
            act.data["next_on"] = row.next_on.isoformat()
    return case


def _check_value(case: Case, verdict: str, value: Decimal | None) -> None:
    """A case with an indicator is measured at every follow-up; 显效 and 有效 need a number that moved towards the target."""
    if not case.indicator:
        return
    if value is None:
        raise Invalid.one("value", "value_needed", name=case.indicator)
    if (
        verdict not in ("marked", "effective")
        or case.baseline is None
        or case.target is None
        or case.baseline == case.target
    ):
        return
    better = value < case.baseline if case.target < case.baseline else value > case.baseline
    if not better:
        raise Invalid.one("value", "value_contradicts", name=case.indicator)


def _settle(act: Act, row: FollowUp, verdict: str) -> None:
    """A settled verdict: 加重 opens a new round of consultation; the third follow-up without effect makes it a 疑难会诊."""
    FollowUp.objects.filter(pk=row.pk).update(verdict=verdict, settled_at=act.at)
    Case.objects.filter(pk=act.case.pk).update(last_verdict=verdict)
    act.data["settled"] = verdict
    earlier = [one for one in act.file.follow_ups if one.verdict in ("none", "worse")]
    if verdict in ("none", "worse") and len(earlier) + 1 >= setting(act.case.campaign, "visits_without_effect"):
        Case.objects.filter(pk=act.case.pk).update(is_hard=True)
        act.data["hard"] = True
    if verdict == "none" and row.next_on is None:
        next_on = calendar().add_days(act.day, NEXT_VISIT_DAYS)
        FollowUp.objects.filter(pk=row.pk).update(next_on=next_on)
        act.data["next_on"] = next_on.isoformat()
    if verdict == "worse":
        act.target = Stage.IN_CONSULTATION
        _open_round(act, RoundWhy.WORSENED, row.evidence)


def _open_round(act: Act, why: str, reason: str) -> None:
    number = act.case.round + 1
    Round.objects.create(case=act.case, number=number, since=act.at, why=why, reason=reason)
    Case.objects.filter(pk=act.case.pk).update(round=number)
    act.case.round = number


def _wanted(act: Act) -> FollowUp:
    row = act.file.open_follow_up
    if row is None:
        raise NotNow("no_verdict_wanted")
    act.data |= {"follow_up": row.pk, "number": row.number, "verdict": act.values["verdict"]}
    return row


def give_verdict(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """支部评价. Equal to the expert's it is settled; otherwise the leader decides."""
    with _move(case, "give_verdict", by=by, at=at, seen=seen, values=values) as act:
        row = _wanted(act)
        FollowUp.objects.filter(pk=row.pk).update(
            branch_verdict=act.values["verdict"], branch_note=act.values["note"], branch_by=act.person, branch_at=at
        )
        if act.values["verdict"] == row.expert_verdict:
            _settle(act, row, row.expert_verdict)
    return case


def rule_verdict(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """The leader decides between two verdicts."""
    with _move(case, "rule_verdict", by=by, at=at, seen=seen, values=values) as act:
        row = _wanted(act)
        FollowUp.objects.filter(pk=row.pk).update(ruled_by=act.person, ruling=act.values["reason"])
        _settle(act, row, act.values["verdict"])
    return case
