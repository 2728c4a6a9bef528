"""What is countable of a case: a pure function of its rows and the calendar, never of the time of day.

Clocks count on their due day: met; late; or pending, which whoever asks on a later day counts as late. A clock that ended without
its act (a hand-over, another round, the end of the case) counts only if it had run out. Where a clock stands in an open pause there is no
due day yet, and nothing is counted. What an earlier list told (docs/decisions/0016) counts for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huizhen.cases.clocks import Clock
from huizhen.cases.queries.file import CaseFile
from huizhen.lib.workdays import Calendar
from huizhen.reports.choices import CLOCKED

_TENTH = timedelta(minutes=6)


@dataclass(frozen=True, order=True)
class FactRow:
    """Something countable on a local day, `n` times; `value` in tenths of a working hour where it has a length."""

    metric: str
    day: date
    value: int = 0
    n: int = 1


def facts_of(file: CaseFile, calendar: Calendar) -> tuple[FactRow, ...]:
    """Everything countable of one case, in order."""
    found: Counter[tuple[str, date, int]] = Counter()
    for metric, when, value in _happenings(file, calendar):
        found[metric, _local(when, calendar), value] += 1
    return tuple(sorted(FactRow(*key, n) for key, n in found.items()))


Happening = tuple[str, datetime | date, int]


def _local(when: datetime | date, calendar: Calendar) -> date:
    return when.astimezone(calendar.tz).date() if isinstance(when, datetime) else when


def tenths(span: timedelta) -> int:
    """Working time in tenths of an hour, half a tenth up."""
    return int((span + _TENTH / 2) // _TENTH)


def _happenings(file: CaseFile, calendar: Calendar) -> Iterator[Happening]:
    for clock in file.clocks(calendar):
        if clock.name in CLOCKED:
            yield from _of_clock(clock, calendar)
    yield from _registration(file)
    yield from _measures(file)
    yield from _verdict(file)
    yield from _ends(file)
    for one in file.transfers:
        if one.state in ("accepted", "ruled") and one.answered_at is not None:
            yield "transfer", one.answered_at, 0
            yield "transfer_gap", one.answered_at, tenths(calendar.between(one.at, one.answered_at))


def _of_clock(clock: Clock, calendar: Calendar) -> Iterator[Happening]:
    due, stop = clock.due, clock.stop
    if due is None:
        return
    if stop is None:
        yield f"{clock.name}_pending", due, 0
    elif clock.is_void:
        if stop > due:
            yield f"{clock.name}_late", due, 0
    else:
        yield f"{clock.name}_{'met' if stop <= due else 'late'}", due, 0
        if clock.name in ("session", "follow_up"):
            yield f"{clock.name}_held", due, 0
        if clock.name == "first_contact":
            yield "response", due, tenths(clock.elapsed(stop, calendar))


def _registration(file: CaseFile) -> Iterator[Happening]:
    """On the day of registration: the case itself, and how far it came."""
    if file.past_rounds:
        return
    case, facts = file.case, file.facts
    came = {
        "registered": True,
        "urgent": case.urgency != "normal",
        "cross": _is_cross(file),
        "reached_contact": bool(facts.contacts),
        "reached_session": bool(facts.sessions),
        "reached_prescription": bool(facts.prescriptions),
        "reached_follow_up": bool(facts.follow_ups),
        "reached_effect": any(one.verdict in ("marked", "effective") for one in file.follow_ups),
    }
    yield from ((name, case.registered_at, 0) for name, did in came.items() if did)


def _is_cross(file: CaseFile) -> bool:
    """Somebody of another domain took part: an invited group that did not decline, or a transfer from one domain to another."""
    if any(
        one.state in ("accepted", "ruled") and one.from_group and one.from_group.domain_id != one.to_group.domain_id
        for one in file.transfers
    ):
        return True
    return any(one.state != "declined" and one.group.domain_id != file.case.domain_id for one in file.invitations)


def _measures(file: CaseFile) -> Iterator[Happening]:
    """Measures of the prescription that stands, each on its due day."""
    one = file.prescription
    if one is None or one.state == "returned" or one.round in file.past_rounds:
        return
    for measure in file.standing_measures:
        state = measure.state if measure.state in ("done", "dropped") else "open"
        yield f"measure_{state}", measure.due_on, 0


def _verdict(file: CaseFile) -> Iterator[Happening]:
    """The last verdict, on the day it was settled."""
    settled = [one for one in file.follow_ups if one.verdict and one.round not in file.past_rounds]
    if settled:
        yield f"verdict_{settled[-1].verdict}", settled[-1].settled_at or settled[-1].at, 0


def _ends(file: CaseFile) -> Iterator[Happening]:
    """Every end on its day; that the case was opened again counts on the day of the end it undid."""
    case, past = file.case, file.past_rounds
    ends: list[tuple[datetime, str]] = []
    for one in file.rounds:
        if one.number in past or not hasattr(one, "closing"):
            continue
        ends.append((one.closing.resolved_at, "cured"))
        if one.closing.extraction and one.closing.extraction_at is not None:
            decided = "extracted" if one.closing.extraction == "extract" else "not_extracted"
            yield decided, one.closing.extraction_at, 0
    ends += [
        (one.decided_at, "unresolved")
        for one in file.proposals
        if one.kind == "unresolved" and one.is_agreed and one.decided_at is not None
    ]
    ends.sort()
    yield from ((name, at, 0) for at, name in ends)
    for round_ in file.rounds:
        if round_.why == "reopened" and (before := [at for at, _ in ends if at <= round_.since]):
            yield "reopened", before[-1], 0
    if case.stage in ("withdrawn", "declined") and case.closed_at is not None and not past:
        yield str(case.stage), case.closed_at, 0
