"""Writing cases of the past, hundreds at a time: the rows that the ordinary moves would have left, without their clocks; and removing
them again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.choices import InvitationState, Party, PrescriptionState, RoundWhy, SessionState, Source
from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import (
    FAR,
    Access,
    Attendance,
    Case,
    Cause,
    Closing,
    CodeCounter,
    Contact,
    Diagnosis,
    FollowUp,
    Import,
    Imported,
    Invitation,
    Measure,
    Prescription,
    Responsibility,
    Round,
    Session,
)
from huizhen.cases.sheets import Past
from huizhen.directory.models import Person
from huizhen.journal.actions import Told, record_all
from huizhen.lib.codes import case_code

MANY = 50
"""How many are written or removed in one transaction: some tenths of a second, so that others' writes hardly wait (SQLite has one writer)."""
_OURS = re.compile(r"HZ(\d{2})-(\d{5})")
_NOTHING = ("", "无", "否", "-", "—", "/", "没有", "暂无")


def write_past(batch: Import, pasts: Sequence[tuple[int, Past]], *, by: User | None, at: datetime) -> list[Case]:
    """Write cases in the running transaction: case, round, responsibility that has ended, access, course, origin; one journal row each.

    `pasts`: at most MANY, row of the sheet and what it tells. Codes: the old number where it is one of ours of an earlier year and
    free, else the next of the year in which it was registered (`reserve_codes` comes first).
    """
    codes = _codes([past for _, past in pasts], at=at)
    cases = _register_past([past for _, past in pasts], codes)
    _course(list(zip(cases, [past for _, past in pasts], strict=True)))
    Imported.objects.bulk_create(
        Imported(case=case, batch=batch, row=row, number=past.number, identity=past.identity, cells=list(past.cells))
        for case, (row, past) in zip(cases, pasts, strict=True)
    )
    told = [Told(case, case.code, _data(batch, past)) for case, (_, past) in zip(cases, pasts, strict=True)]
    record_all("import_case", told, by=by, at=at)
    return cases


def _data(batch: Import, past: Past) -> dict[str, Any]:
    return {
        "batch": batch.pk, "stage": str(past.stage), "round": 1, "urgency": past.urgency, "branch": past.branch.pk,
        "group": past.group.pk if past.group else None, "person": past.responder.pk, "registered": past.registered_at,
        "closed": past.closed_at,
    }  # fmt: skip


def reserve_codes(pasts: Sequence[Past], *, at: datetime) -> None:
    """Move the counters of earlier years past the old numbers of a whole list, so that none is given to another row first."""
    today = timezone.localdate(at).year
    last: Counter[int] = Counter()
    for past in pasts:
        if (hit := _OURS.fullmatch(past.number)) and _is_ours(past, today):
            year = timezone.localdate(past.registered_at).year
            last[year] = max(last[year], int(hit[2]))
    for year, number in sorted(last.items()):
        CodeCounter.objects.get_or_create(year=year)
        CodeCounter.objects.filter(year=year, last__lt=number).update(last=number)


def _codes(pasts: Sequence[Past], *, at: datetime) -> list[str]:
    """A code for each case, in order. The counters of their years are locked until the transaction ends."""
    today = timezone.localdate(at).year
    years = [timezone.localdate(past.registered_at).year for past in pasts]
    counters: dict[int, CodeCounter] = {}
    for year in sorted(set(years)):
        CodeCounter.objects.get_or_create(year=year)
        counters[year] = CodeCounter.objects.select_for_update().get(year=year)
    own = {past.number for past in pasts if _is_ours(past, today)}
    free = own - set(Case.objects.filter(code__in=sorted(own)).values_list("code", flat=True))
    codes: list[str] = []
    for past, year in zip(pasts, years, strict=True):
        if past.number in free:
            free.discard(past.number)
            codes.append(past.number)
        else:
            counters[year].last += 1
            codes.append(case_code(year, counters[year].last))
    for counter in counters.values():
        counter.save(update_fields=["last"])
    return codes


def _is_ours(past: Past, today: int) -> bool:
    """Whether the old number is a code of ours of the year it says, which is over: a number of this year could run away with its counter."""
    hit = _OURS.fullmatch(past.number)
    year = timezone.localdate(past.registered_at).year
    return hit is not None and int(hit[1]) == year % 100 and year < today


def _register_past(pasts: Sequence[Past], codes: Sequence[str]) -> list[Case]:
    """The cases themselves, with who held each: accountable from its registration to its end, and no longer."""
    cases = Case.objects.bulk_create(
        Case(
            campaign=past.campaign, code=code, stage=past.stage, is_open=False, situation="closed", branch=past.branch,
            unit_id=past.branch.unit_id, requester=past.requester, group=past.group, domain=past.domain,
            first_responder=past.responder, accountable=past.responder, title=past.title, condition=past.condition,
            indicator=past.effect.name if past.effect else "", indicator_unit=past.effect.unit if past.effect else "",
            baseline=past.effect.before if past.effect else None, urgency=past.urgency, mode=past.mode,
            source=Source.IMPORTED, innovation=past.innovation, last_verdict=past.verdict,
            registered_at=past.registered_at, closed_at=past.closed_at,
        )
        for past, code in zip(pasts, codes, strict=True)
    )  # fmt: skip
    both = list(zip(cases, pasts, strict=True))
    Round.objects.bulk_create(
        Round(case=case, number=1, since=past.registered_at, why=RoundWhy.IMPORTED) for case, past in both
    )
    Responsibility.objects.bulk_create(
        Responsibility(case=case, person=past.responder, since=past.registered_at, until=past.closed_at, why="imported")
        for case, past in both
    )
    admitted = [
        Access(case=case, person=person, since=past.registered_at, why=why)
        for case, past in both
        for person, why in _admitted(past)
    ]
    admitted += [
        Access(case=case, group=group, since=past.registered_at, why="invited")
        for case, past in both
        for group in past.invited
    ]
    Access.objects.bulk_create(admitted)
    return cases


def _admitted(past: Past) -> list[tuple[Person, str]]:
    if past.requester.pk == past.responder.pk:
        return [(past.responder, "accountable")]
    return [(past.responder, "accountable"), (past.requester, "requester")]


def _course(both: Sequence[tuple[Case, Past]]) -> None:
    """What was done: contact, joint groups, session, diagnosis, prescription, follow-up, closing — whatever the row tells."""
    Contact.objects.bulk_create(
        Contact(
            case=case, round=1, party=Party.BRANCH, by=past.responder, at=past.contacted_at, logged_at=past.contacted_at
        )
        for case, past in both
        if past.contacted_at is not None
    )
    Invitation.objects.bulk_create(
        Invitation(
            case=case, round=1, group=group, by=past.responder, at=past.registered_at, state=InvitationState.ACCEPTED,
            answered_at=past.session_at or past.registered_at,
        )
        for case, past in both
        for group in past.invited
    )  # fmt: skip
    _sessions([(case, past, past.session_at) for case, past in both if past.session_at is not None])
    prescribed = _treated([(case, past) for case, past in both if past.findings or past.steps])
    _followed(both, prescribed)


def _sessions(both: Sequence[tuple[Case, Past, datetime]]) -> None:
    """Sessions that were held: how long nobody wrote down. Whoever else came, she who was first asked did."""
    sessions = Session.objects.bulk_create(
        Session(
            case=case, round=1, mode=past.mode, starts_at=at, ends_at=at, state=SessionState.HELD, by=past.responder,
            logged_at=at,
        )
        for case, past, at in both
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(session=session, person=person, is_expert=True, came=True)
        for session, (_, past, _) in zip(sessions, both, strict=True)
        for person in past.people or (past.responder,)
    )


def _treated(both: Sequence[tuple[Case, Past]]) -> dict[int, Prescription]:
    """Diagnoses and prescriptions; the prescription of each case by its key. It was signed when the session was, else at the contact."""
    found = Diagnosis.objects.bulk_create(
        Diagnosis(case=case, round=1, by=past.responder, at=_treated_at(past), findings=past.findings)
        for case, past in both
    )
    Cause.objects.bulk_create(
        Cause(diagnosis=diagnosis, number=number, text=text)
        for diagnosis, (_, past) in zip(found, both, strict=True)
        for number, text in enumerate(past.causes, start=1)
    )
    signed = [(diagnosis, case, past) for diagnosis, (case, past) in zip(found, both, strict=True) if past.steps]
    made = Prescription.objects.bulk_create(
        Prescription(
            case=case, round=1, version=1, diagnosis=diagnosis, thinking="", innovation=past.innovation,
            follow_up_on=timezone.localdate(past.followed_at or past.closed_at), signed_by=past.responder,
            signed_at=_treated_at(past), state=PrescriptionState.ACCEPTED, answered_at=_treated_at(past),
        )
        for diagnosis, case, past in signed
    )  # fmt: skip
    Measure.objects.bulk_create(
        Measure(
            prescription=prescription, number=number, what=step.what[:120], owner_name=step.owner or past.fallback_owner,
            due_on=step.due_on or prescription.follow_up_on, state=past.step_state, note=past.progress[:300],
            changed_at=past.closed_at,
        )
        for prescription, (_, _, past) in zip(made, signed, strict=True)
        for number, step in enumerate(past.steps, start=1)
    )  # fmt: skip
    return {prescription.case_id: prescription for prescription in made}


def _treated_at(past: Past) -> datetime:
    return past.session_at or past.contacted_at or past.registered_at


def _followed(both: Sequence[tuple[Case, Past]], prescribed: dict[int, Prescription]) -> None:
    """Follow-ups where there was something to follow, and the closing sheet of what showed effect."""
    FollowUp.objects.bulk_create(
        FollowUp(
            case=case, prescription=prescribed[case.pk], round=1, number=1, by=past.responder,
            at=past.followed_at or past.closed_at, mode=past.mode, expert_verdict=past.verdict, verdict=past.verdict,
            settled_at=past.followed_at or past.closed_at, value=past.effect.after if past.effect else None,
            evidence="\n".join(filter(None, (past.words, past.effect_words))),
        )
        for case, past in both
        if past.verdict and case.pk in prescribed
    )  # fmt: skip
    rounds = dict(Round.objects.filter(case__in=[case.pk for case, _ in both]).values_list("case_id", "pk"))
    Closing.objects.bulk_create(
        Closing(
            case=case, round_id=rounds[case.pk], resolved_at=past.closed_at, resolved_by=past.responder,
            verdict=past.verdict, changed=past.effect_words, silent_at=FAR, extraction=_extraction(past),
        )
        for case, past in both
        if past.stage == Stage.ARCHIVED and past.verdict in ("marked", "effective")
    )  # fmt: skip


_BELOW = (
    (Invitation, "case__in"), (Contact, "case__in"), (Session, "case__in"), (FollowUp, "case__in"),
    (Measure, "prescription__case__in"), (Prescription, "case__in"), (Cause, "diagnosis__case__in"), (Diagnosis, "case__in"),
    (Closing, "case__in"), (Round, "case__in"), (Access, "case__in"), (Responsibility, "case__in"),
)  # fmt: skip
"""What is written with a case of the past, in the order in which it can go."""


def remove_past(batch: Import, cases: Sequence[Case], *, by: User | None, at: datetime) -> None:
    """Remove cases of the past, at most MANY, locked by the caller: their journal stays, with one row more in each."""
    record_all("case_taken_back", [Told(one, one.code, {"batch": batch.pk}) for one in cases], by=by, at=at)
    ids = [one.pk for one in cases]
    for model, path in _BELOW:
        model.objects.filter(**{path: ids}).delete()  # type: ignore[attr-defined]
    Case.objects.filter(pk__in=ids).delete()


def _extraction(past: Past) -> str:
    """A list that names a 工作法 said that one was made of it: it is still to be written here."""
    named = dict(past.cells).get("工作法", "").strip() not in _NOTHING
    return "extract" if past.verdict == "marked" and named else ""
