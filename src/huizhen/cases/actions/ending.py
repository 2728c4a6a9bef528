"""The end of a case: resolve, final reply, form, extraction decision, archive; withdraw, decline, unresolved; reopen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import Act, _hand_over, _moot, _move
from huizhen.cases.actions.treating import _open_round
from huizhen.cases.choices import RoundWhy
from huizhen.cases.models import Case, Closing, FollowUp, Invitation, Measure, Pause, Prescription, Proposal, Transfer
from huizhen.cases.queries.picks import pick_at_desk, pick_in_group
from huizhen.directory.models import Person
from huizhen.directory.queries import setting
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotNow
from huizhen.worktime.queries import calendar


def resolve(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """结案: the last settled verdict is 显效 or 有效. Open measures are waived with a reason. Starts the final reply's clock."""
    with _move(case, "resolve", by=by, at=at, seen=seen, values=values) as act:
        left = [one for one in act.file.standing_measures if one.state in ("todo", "doing")]
        if left and not act.values["waiver"]:
            raise Invalid.one("waiver", "measures_left", count=len(left))
        Measure.objects.filter(pk__in=[one.pk for one in left]).update(
            state="dropped", note=act.values["waiver"][:300], changed_at=at
        )
        verdict = [one.verdict for one in act.file.follow_ups if one.verdict][-1]
        cal = calendar()
        silent_on = cal.add_days(act.day, setting(act.case.campaign, "silence_days"))
        row = Closing.objects.create(
            case=act.case, round=act.file.round, resolved_at=at, resolved_by=act.person, waiver=act.values["waiver"],
            verdict=verdict, silent_at=cal.last_moment(silent_on),
        )  # fmt: skip
        _finish(act)
        act.data |= {"closing": row.pk, "verdict": verdict, "waived": len(left)}
    return case


def _sheet(act: Act) -> Closing:
    row = act.file.closing
    if row is None:
        raise NotNow("wrong_stage", move=act.move.name, stage=act.case.stage)
    act.data["closing"] = row.pk
    return row


def sign_final_reply(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """签发最终答复, by whoever was asked first (or her deputy): what was found, what changed, what to keep doing."""
    with _move(case, "sign_final_reply", by=by, at=at, seen=seen, values=values) as act:
        row = _sheet(act)
        row.found, row.changed, row.keep = act.values["found"], act.values["changed"], act.values["keep"]
        row.replied_at, row.replied_by = at, act.person
        row.save(update_fields=["found", "changed", "keep", "replied_at", "replied_by"])
    return case


def close_form(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """填写反馈: the 60-second form."""
    with _move(case, "close_form", by=by, at=at, seen=seen, values=values) as act:
        row = _sheet(act)
        row.outcome, row.value, row.feasibility = act.values["outcome"], act.values["value"], act.values["feasibility"]
        row.words, row.formed_at = act.values["words"], at
        row.save(update_fields=["outcome", "value", "feasibility", "words", "formed_at"])
        act.data |= {"outcome": row.outcome, "value": row.value, "feasibility": row.feasibility}
    return case


def lapse_form(case: Case, *, at: datetime) -> bool:
    """Silence after resolution counts as an answer, recorded as such. Returns whether it did; a form filled meanwhile wins."""
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        won = Closing.objects.filter(case=locked, is_current=True, formed_at=None, silent_at__lte=at).update(
            formed_at=at, is_silent=True
        )
        if won:
            record("form_lapsed", locked, by=None, at=at, label=locked.code)
    return bool(won)


def decide_extraction(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """萃取决定 of the leader: extract later, or no, because."""
    with _move(case, "decide_extraction", by=by, at=at, seen=seen, values=values) as act:
        if act.values["decision"] == "no" and not act.values["reason"]:
            raise Invalid.one("reason", "required")
        row = _sheet(act)
        row.extraction, row.extraction_reason = act.values["decision"], act.values["reason"]
        row.extraction_by, row.extraction_at = act.person, at
        row.save(update_fields=["extraction", "extraction_reason", "extraction_by", "extraction_at"])
        act.data["decision"] = row.extraction
    return case


def archive(case: Case, *, by: User | None, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """归档: final reply signed, form or silence, extraction decided. By the accountable person or a job."""
    with _move(case, "archive", by=by, at=at, seen=seen, values=values) as act:
        _finish(act)
    return case


def _finish(act: Act) -> None:
    """What is still open beside a case that is solved or closes ends with it: nobody could answer it any more."""
    case, at = act.case, act.at
    Pause.objects.filter(case=case, until=None).update(until=at)
    Transfer.objects.filter(case=case, state__in=["open", "disputed"]).update(state="taken_back", answered_at=at)
    Invitation.objects.filter(case=case, state="invited").update(state="declined", answered_at=at)
    _moot(act)
    case.sessions.filter(state="planned").update(state="cancelled", logged_at=at)


def withdraw(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """撤号 by the branch, with a reason."""
    with _move(case, "withdraw", by=by, at=at, seen=seen, values=values) as act:
        Proposal.objects.create(
            case=act.case, kind="withdraw", by=act.person, at=at, reason=act.values["reason"], is_open=False,
            decided_by=act.person, decided_at=at, is_agreed=True,
        )  # fmt: skip
        _finish(act)
    return case


def propose_decline(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """提请不予受理: ground from the list and the right address. Nothing ends until the leader agrees."""
    with _move(case, "propose_decline", by=by, at=at, seen=seen, values=values) as act:
        row = Proposal.objects.create(
            case=act.case, kind="decline", by=act.person, at=at, basis=act.values["basis"],
            address=act.values["address"], reason=act.values["reason"],
        )  # fmt: skip
        act.data |= {"proposal": row.pk, "basis": row.basis}
    return case


def _decide(act: Act, *, agreed: bool, answer: str = "") -> Proposal:
    row = act.file.proposal
    if row is None:
        raise NotNow("no_proposal_open")
    Proposal.objects.filter(pk=row.pk).update(
        is_open=False, decided_by=act.person, decided_at=act.at, is_agreed=agreed, answer=answer
    )
    act.data |= {"proposal": row.pk, "kind": row.kind}
    return row


def decline(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """不予受理: the leader's consent to what the accountable person proposed."""
    with _move(case, "decline", by=by, at=at, seen=seen, values=values) as act:
        _decide(act, agreed=True)
        _finish(act)
    return case


def propose_unresolved(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """提请未破题结案 by the leader: the first of two acts."""
    with _move(case, "propose_unresolved", by=by, at=at, seen=seen, values=values) as act:
        row = Proposal.objects.create(
            case=act.case, kind="unresolved", by=act.person, at=at, reason=act.values["reason"]
        )
        act.data["proposal"] = row.pk
    return case


def close_unresolved(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """未破题结案: the liaison's consent, with a reason of her own."""
    with _move(case, "close_unresolved", by=by, at=at, seen=seen, values=values) as act:
        _decide(act, agreed=True, answer=act.values["reason"])
        _finish(act)
    return case


def refuse_proposal(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """The second hand does not agree: the case goes on."""
    with _move(case, "refuse_proposal", by=by, at=at, seen=seen, values=values) as act:
        _decide(act, agreed=False, answer=act.values["reason"])
    return case


def reopen(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """复开 within 90 days: the same case, a new round with fresh clocks. A holder who left is replaced by the group's pick."""
    with _move(case, "reopen", by=by, at=at, seen=seen, values=values) as act:
        Closing.objects.filter(case=act.case, is_current=True).update(is_current=False)
        FollowUp.objects.filter(case=act.case, verdict="").update(verdict="none", settled_at=at)
        Prescription.objects.filter(case=act.case, state__in=["signed", "accepted", "disputed"]).update(
            state="replaced"
        )
        _open_round(act, RoundWhy.REOPENED, act.values["reason"])
        Case.objects.filter(pk=act.case.pk).update(closed_at=None, last_verdict="")
        holder = act.case.accountable
        if holder.left_on is not None and holder.left_on <= act.day:
            holder = _new_holder(act)
        if not act.case.is_open or holder.pk != act.case.accountable_id:
            _hand_over(act.case, holder, at=at, why="reopened")
        act.data["person"] = holder.pk
    return case


def _new_holder(act: Act) -> Person:
    if act.case.group is None:
        return pick_at_desk(on=act.day).person
    return pick_in_group(act.case.group, act.case.title + act.case.condition, on=act.day).person
