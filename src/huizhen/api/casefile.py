"""A case as JSON: the line of a list, the whole file, the summary of a solved one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.urls import reverse

from huizhen.api.refs import acting, maybe, number, person, ref
from huizhen.api.schemas import cases as out
from huizhen.cases.clocks import Clock
from huizhen.cases.models import Attachment, Case, Session
from huizhen.cases.queries.chips import chip, chip_of_clock
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.summary import Summary
from huizhen.directory.queries.standings import Absence
from huizhen.journal.models import Entry
from huizhen.journal.registry import phrase
from huizhen.lib.workdays import Calendar


def _minutes(span: timedelta) -> int:
    return int(span / timedelta(minutes=1))


def clock_of(clock: Clock, now: datetime, calendar: Calendar) -> out.ClockOut:
    """One clock of the file, pauses taken out."""
    one = chip_of_clock(clock, now, calendar)
    return out.ClockOut(
        name=one.clock,
        label=str(one.name),
        state=one.state,
        since=clock.start,
        due=one.due,
        stopped=clock.stop,
        left=_minutes(clock.left(now, calendar)),
        percent=one.percent,
        is_provisional=one.provisional,
    )


def _running(case: Case, now: datetime, calendar: Calendar) -> out.ClockOut | None:
    """The clock a list shows; None when none runs, or all stand."""
    one = chip(case, now, calendar)
    if one is None or one.left is None:
        return None
    return out.ClockOut(
        name=one.clock,
        label=str(one.name),
        state=one.state,
        since=case.clock_since,
        due=one.due,
        left=_minutes(-one.left if one.state == "over" else one.left),
        percent=one.percent,
        is_provisional=one.provisional,
    )


def line(case: Case, now: datetime, calendar: Calendar, away: Mapping[int, Absence]) -> out.CaseLine:
    """The row of a list, from the derived columns of the case alone."""
    return out.CaseLine(
        code=case.code,
        version=case.version,
        title=case.title,
        stage=case.stage,
        situation=case.situation,
        urgency=case.urgency,
        is_open=case.is_open,
        is_hard=case.is_hard,
        is_sensitive=case.is_sensitive,
        last_verdict=case.last_verdict,
        branch=ref(case.branch),
        unit=ref(case.unit),
        group=maybe(case.group),
        accountable=ref(case.accountable),
        acting=acting(away.get(case.accountable_id)),
        registered_at=case.registered_at,
        clock=_running(case, now, calendar),
    )


def whole(
    file: CaseFile,
    files: Iterable[Attachment],
    entries: Iterable[Entry],
    now: datetime,
    calendar: Calendar,
    away: Mapping[int, Absence],
) -> out.CaseOut:
    """Everything a full reader may know, at one moment."""
    case, last = file.case, file.standing_causes
    row = line(case, now, calendar, away).model_dump(exclude={"accountable"})
    return out.CaseOut(
        **row,
        campaign=case.campaign.name,
        domain=maybe(case.domain),
        challenge=case.challenge.code if case.challenge else None,
        round=case.round,
        condition=case.condition,
        tried=case.tried,
        questions=list(case.questions),
        indicator=case.indicator,
        indicator_unit=case.indicator_unit,
        baseline=number(case.baseline),
        target=number(case.target),
        urgency_reason=case.urgency_reason,
        mode=case.mode,
        source=case.source,
        innovation=case.innovation,
        closed_at=case.closed_at,
        requester=person(case.requester),
        first_responder=person(case.first_responder),
        accountable=person(case.accountable),
        clocks=[clock_of(one, now, calendar) for one in file.clocks(calendar)],
        contacts=[_contact(one) for one in file.contacts],
        sessions=[_session(one, seats) for one, seats in file.sessions.items()],
        opinions=[
            out.OpinionOut(by=ref(one.person), group=maybe(one.group), at=one.at, text=one.text, is_dissent=one.is_dissent)
            for one in file.opinions
        ],
        diagnosis=_diagnosis(last) if last else None,
        prescriptions=[_prescription(one) for one in file.prescriptions],
        measures=[_measure(one) for one in file.standing_measures],
        follow_ups=[_follow_up(one) for one in file.follow_ups],
        transfers=[_transfer(one) for one in file.transfers],
        invitations=[_invitation(one) for one in file.invitations],
        pauses=[
            out.PauseOut(by=ref(one.by), reason=one.reason, missing=list(one.missing), since=one.since, until=one.until, note=one.note)
            for one in file.pauses
        ],
        asks=[_ask(one) for one in file.asks],
        proposals=[
            out.ProposalOut(
                kind=one.kind, by=ref(one.by), at=one.at, basis=one.basis, address=one.address, reason=one.reason,
                is_open=one.is_open, is_agreed=one.is_agreed, answer=one.answer,
            )
            for one in file.proposals
        ],
        closing=_closing(file.closing) if file.closing else None,
        files=[attached(case, one) for one in files],
        timeline=[_entry(one) for one in entries],
    )  # fmt: skip


def summary(told: Summary) -> out.CaseSummary:
    """What everybody may read of a solved case. Owners of measures are persons, so they stay behind."""
    case = told.case
    return out.CaseSummary(
        code=case.code,
        title=told.title,
        condition=told.condition,
        stage=case.stage,
        verdict=told.verdict,
        innovation=case.innovation,
        group=maybe(case.group),
        domain=maybe(case.domain),
        indicator=case.indicator,
        indicator_unit=case.indicator_unit,
        baseline=number(case.baseline),
        target=number(case.target),
        reached=number(told.actual),
        causes=[out.SummaryCause(number=one.number, text=one.text) for one in told.causes],
        measures=[
            out.SummaryMeasure(
                number=one.number, what=one.what, expected=one.expected, criterion=one.criterion, treats=one.treats
            )
            for one in told.measures
        ],
        changed=told.changed,
        resolved_at=told.resolved_at,
    )


def attached(case: Case, row: Attachment) -> out.FileOut:
    """A file of a case; `by` is read with it."""
    return out.FileOut(
        key=str(row.key), name=row.name, kind=row.kind, size=row.size, sha256=row.digest, by=ref(row.by), at=row.at,
        href=reverse("api:file", args=[case.code, row.key]),
    )  # fmt: skip


def _contact(row) -> out.ContactOut:
    return out.ContactOut(
        key=str(row.key), party=row.party, by=ref(row.by), channel=row.channel, at=row.at, logged_at=row.logged_at,
        learned=row.learned, denied_at=row.denied_at, denial=row.denial,
    )  # fmt: skip


def _session(row: Session, seats) -> out.SessionOut:
    people = [
        out.SeatOut(code=one.person.code, name=one.person.name, is_expert=one.is_expert, came=one.came) for one in seats
    ]
    return out.SessionOut(
        key=str(row.key), state=row.state, mode=row.mode, place=row.place, link=row.link, starts_at=row.starts_at,
        ends_at=row.ends_at, record=row.record, cancel_reason=row.cancel_reason, people=people,
    )  # fmt: skip


def _diagnosis(causes) -> out.DiagnosisOut:
    found = causes[0].diagnosis
    told = [
        out.CauseOut(
            number=one.number, text=one.text, evidence=one.evidence, chain=list(one.chain), is_upward=one.is_upward,
            department=one.department, suggestion=one.suggestion,
        )
        for one in causes
    ]  # fmt: skip
    return out.DiagnosisOut(by=ref(found.by), at=found.at, findings=found.findings, causes=told)


def _prescription(row) -> out.PrescriptionOut:
    return out.PrescriptionOut(
        version=row.version, round=row.round, state=row.state, thinking=row.thinking, innovation=row.innovation,
        follow_up_on=row.follow_up_on, signed_by=ref(row.signed_by), signed_at=row.signed_at, answered_at=row.answered_at,
        return_reason=row.return_reason, ruling=row.ruling,
    )  # fmt: skip


def _measure(row) -> out.MeasureOut:
    owner = row.owner
    unit = owner.unit.name if owner and owner.unit else row.owner_unit
    return out.MeasureOut(
        key=str(row.key), number=row.number, what=row.what, owner=owner.name if owner else row.owner_name, owner_unit=unit,
        due_on=row.due_on, expected=row.expected, criterion=row.criterion, treats=row.treats, source_code=row.source_code,
        state=row.state, note=row.note, changed_at=row.changed_at,
    )  # fmt: skip


def _follow_up(row) -> out.FollowUpOut:
    return out.FollowUpOut(
        number=row.number, round=row.round, at=row.at, by=ref(row.by), mode=row.mode, expert_verdict=row.expert_verdict,
        branch_verdict=row.branch_verdict, branch_note=row.branch_note, verdict=row.verdict, ruling=row.ruling,
        value=number(row.value), evidence=row.evidence, next_on=row.next_on,
    )  # fmt: skip


def _transfer(row) -> out.TransferOut:
    return out.TransferOut(
        state=row.state, by=ref(row.by), from_group=maybe(row.from_group), to_group=ref(row.to_group),
        to_person=ref(row.to_person), reason=row.reason, at=row.at, answer=row.answer,
        answered_by=maybe(row.answered_by), answered_at=row.answered_at,
    )  # fmt: skip


def _invitation(row) -> out.InvitationOut:
    return out.InvitationOut(
        key=str(row.key), group=ref(row.group), by=ref(row.by), ask=row.ask, at=row.at, state=row.state,
        answer=row.answer, answered_at=row.answered_at, signed_at=row.signed_at,
    )  # fmt: skip


def _ask(row) -> out.AskOut:
    return out.AskOut(
        key=str(row.key), kind=row.kind, topic=row.topic, unit=maybe(row.unit), handler=maybe(row.handler), by=ref(row.by),
        at=row.at, text=row.text, answer=row.answer, answered_by=maybe(row.answered_by), answered_at=row.answered_at,
        is_granted=row.is_granted,
    )  # fmt: skip


def _closing(row) -> out.ClosingOut:
    return out.ClosingOut(
        resolved_at=row.resolved_at, resolved_by=ref(row.resolved_by), verdict=row.verdict, waiver=row.waiver,
        found=row.found, changed=row.changed, keep=row.keep, replied_at=row.replied_at, replied_by=maybe(row.replied_by),
        outcome=row.outcome, value=row.value, feasibility=row.feasibility, words=row.words, formed_at=row.formed_at,
        is_silent=row.is_silent, silent_at=row.silent_at, extraction=row.extraction, extraction_reason=row.extraction_reason,
    )  # fmt: skip


def _entry(row: Entry) -> out.TimelineEntry:
    """Who did what when. The entry's data hold row ids, which mean nothing outside."""
    return out.TimelineEntry(
        seq=row.seq, at=row.at, recorded_at=row.recorded_at, verb=row.verb, label=str(phrase(row.verb)),
        actor=row.actor_name, on_behalf_of=row.on_behalf_of, stage=row.data.get("stage", ""), round=row.data.get("round"),
    )  # fmt: skip
