"""需要谈一谈: what is raised for a talk between a leader and an expert, the expert's reasons, the leader's note. Nothing follows by itself.

The three kinds are defined in docs/decisions/0010; each is raised where it happens, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.choices import FlagKind
from huizhen.cases.clocks import Step
from huizhen.cases.models import Case, Flag, Measure, Prescription
from huizhen.cases.policy import is_flagged, talks_with
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.flags import group_of, refusals_of, talker_of
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.lib.text import clean as clean_text

REFUSALS, REFUSAL_DAYS = 2, 90
"""So many refusals by one person, or by one group, in so many days."""
DROPPED = 2
"""So many measures of one prescription not adopted, and at least half of them."""
LONGEST = 1000

_OF_HOLDER = frozenset({"first_contact", "group_informed", "session", "prescription", "follow_up", "ask_answer"})


def _raise(
    case: Case, person: Person, group: Group | None, *, kind: str, occurrence: str, facts: dict[str, Any], at: datetime
) -> None:
    """One flag for one occurrence; the journal shows no name with it. Nobody without a group is flagged: nobody leads her."""
    if group is None:
        return
    flag, is_new = Flag.objects.get_or_create(
        person=person, kind=kind, case=case, occurrence=occurrence, defaults={"group": group, "at": at, "facts": facts}
    )
    if is_new:
        talker = talker_of(flag, on=timezone.localdate(at))
        record(
            "flag_raised", flag, by=None, at=at, label=case.code,
            person=person.pk, leader=talker.pk if talker else None, kind=str(kind),
        )  # fmt: skip


def flag_refusals(case: Case, person: Person, group: Group, *, at: datetime, occurrence: str) -> None:
    """After a refusal of a transfer or an invitation: the second one in ninety days by this person or this group.

    Raised for whoever refused last, unless a talk about refusals is still to be had with her; refusals before her last talk are past.
    """
    if Flag.objects.filter(person=person, kind=FlagKind.REFUSALS, talked_at=None).exists():
        return
    found = refusals_of(person, group, since=at - timedelta(days=REFUSAL_DAYS))
    if len(found) >= REFUSALS:
        facts = {"refusals": [one.as_facts() for one in found]}
        _raise(case, person, group, kind=FlagKind.REFUSALS, occurrence=occurrence, facts=facts, at=at)


def flag_overdue(file: CaseFile, step: Step, *, at: datetime) -> None:
    """A clock one working day late that waited for one expert, who had it when it ran out."""
    case = file.case
    person = _who_was_late(file, step)
    if step.name != "late_1" or person is None:
        return
    facts = {"clock": step.clock, "start": step.start.isoformat(), "due": step.due.isoformat()}
    occurrence = f"{step.clock}:{step.key}:{step.start:%Y%m%d%H%M%S}"
    group = group_of(person, case, on=timezone.localdate(at))
    _raise(case, person, group, kind=FlagKind.OVERDUE, occurrence=occurrence, facts=facts, at=at)


def _who_was_late(file: CaseFile, step: Step) -> Person | None:
    if step.clock == "final_reply":
        return file.case.first_responder
    if step.clock == "transfer_answer":
        return next((one.to_person for one in file.transfers if str(one.pk) == step.key), None)
    if step.clock not in _OF_HOLDER:
        return None
    held = [
        one for one in file.responsibilities if one.since <= step.due and (one.until is None or one.until > step.due)
    ]
    # handed over after it ran out: the next holder is not to blame, and the last one has it no more
    return held[-1].person if held and held[-1].until is None else None


def flag_returned(case: Case, returned: Iterable[Prescription], *, at: datetime) -> None:
    """After the branch sent a prescription back for the second time in a round: for whoever signed it."""
    rows = sorted(returned, key=lambda one: one.version)
    facts = {"returned": [one.version for one in rows]}
    person = rows[-1].signed_by
    group = group_of(person, case, on=timezone.localdate(at))
    occurrence = f"returned:{case.round}"
    _raise(case, person, group, kind=FlagKind.EMPTY_ADVICE, occurrence=occurrence, facts=facts, at=at)


def flag_dropped(case: Case, prescription: Prescription, measures: Iterable[Measure], *, at: datetime) -> None:
    """After a measure was given up: two or more, and at least half of the prescription, were not adopted. For whoever signed it."""
    rows = list(measures)
    dropped = [one for one in rows if one.state == "dropped"]
    if len(dropped) < DROPPED or 2 * len(dropped) < len(rows):
        return
    facts = {"version": prescription.version, "dropped": [one.number for one in dropped], "all": len(rows)}
    person = prescription.signed_by
    group = group_of(person, case, on=timezone.localdate(at))
    occurrence = f"dropped:{prescription.version}"
    _raise(case, person, group, kind=FlagKind.EMPTY_ADVICE, occurrence=occurrence, facts=facts, at=at)


def state_reasons(flag: Flag, *, by: User, at: datetime, text: str) -> Flag:
    """The expert says how it came about; again as long as the talk is not noted, the last words stand."""
    if not is_flagged(standing(by, on=timezone.localdate(at)), flag):
        raise NotAllowed("not_your_flag")
    words = _words(text, "text")
    with transaction.atomic():
        if not Flag.objects.filter(pk=flag.pk, talked_at=None).update(reasons=words, reasons_at=at):
            raise NotNow("talk_is_noted")
        talker = talker_of(flag, on=timezone.localdate(at))
        record(
            "flag_reasons", flag, by=by, at=at, label=flag.case.code,
            person=flag.person_id, leader=talker.pk if talker else None,
        )  # fmt: skip
    flag.reasons, flag.reasons_at = words, at
    return flag


def note_talk(flag: Flag, *, by: User, at: datetime, note: str) -> Flag:
    """The leader notes that they talked, and what they agreed on. Once; the flag leaves the first screens with it."""
    who = standing(by, on=timezone.localdate(at))
    if not talks_with(who, flag) or who.person is None:
        raise NotAllowed("not_your_flag")
    words = _words(note, "note")
    with transaction.atomic():
        rows = Flag.objects.filter(pk=flag.pk, talked_at=None)
        if not rows.update(talked_by=who.person, talked_at=at, note=words):
            raise NotNow("talk_is_noted")
        record(
            "flag_talked", flag, by=by, at=at, label=flag.case.code,
            person=flag.person_id, leader=who.person.pk,
        )  # fmt: skip
    flag.talked_by, flag.talked_at, flag.note = who.person, at, words
    return flag


def _words(text: str, name: str) -> str:
    words = clean_text(text, lines=True)
    if len(words) < 2:
        raise Invalid.one(name, "required")
    if len(words) > LONGEST:
        raise Invalid.one(name, "too_long", max=LONGEST, length=len(words))
    return words
