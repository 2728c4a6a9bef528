"""The clocks of a case: pure calculation from facts, policy and calendar. Nothing here reads a database or the time of day.

Every clock has a start, an amount of working time (or a date), and an act that stops it. A clock keeps the policy in force when it
started: a promise once given is neither shortened nor stretched by a later version. Pauses stretch it by exactly their working length.

What runs climbs a ladder: half of a clock is used up, it is late, late for so many working days; a measure is due soon, today, was due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huizhen.lib.workdays import Calendar

Span = tuple[datetime, datetime]

MEASURE = "measure"
"""Stands where a step of the ladder names its clock, when it is of a measure."""
PAUSABLE = frozenset({"first_contact", "group_informed", "session", "prescription", "follow_up"})
OUTLIVING = frozenset({"complaint_answer"})
"""Clocks that the end of the case does not end: a complaint is owed its answer all the same."""
ASIDE = frozenset({"complaint_answer", "support_answer"})
"""Clocks of people who do not work on the case. Lists do not show them: the group would look late for what a unit owes."""


@dataclass(frozen=True)
class Policy:
    """One version of the clock table: `table[clock][urgency]` in working minutes, in force from `at`."""

    at: datetime
    table: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Answerable:
    """Something that waits for an answer: a transfer, a ruling, an invitation, an opinion, a question, a complaint, support."""

    clock: str
    key: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Prescribed:
    """A signed prescription: when, the date of the follow-up it sets, when it was sent back (None: it stands)."""

    at: datetime
    follow_up_on: date
    returned_at: datetime | None = None


@dataclass(frozen=True)
class Followed:
    """A recorded follow-up and the date of the next, if it set one."""

    at: datetime
    next_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """All that the clocks of one case depend on. Moments are aware; sequences are in order of time.

    `contact_starts`: registration, each hand-over to a new holder, each reopening. `round_starts`: registration, reopening, 加重.
    """

    urgency: str
    round_starts: tuple[datetime, ...]
    contact_starts: tuple[datetime, ...]
    contacts: tuple[datetime, ...] = ()
    notes: tuple[datetime, ...] = ()
    sessions: tuple[datetime, ...] = ()
    prescriptions: tuple[Prescribed, ...] = ()
    follow_ups: tuple[Followed, ...] = ()
    answerables: tuple[Answerable, ...] = ()
    resolved_at: datetime | None = None
    replied_at: datetime | None = None
    ended_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()


@dataclass(frozen=True)
class Clock:
    """One clock. `due` is None only while it stands in an open pause. `key` names the row for clocks that may run in parallel.

    `is_void`: it ended without the act it waited for (a hand-over, another round, the end of the case, a prescription without a session).
    """

    name: str
    key: str
    start: datetime
    amount: timedelta
    due: datetime | None
    stop: datetime | None
    breaks: tuple[Span, ...]
    paused_since: datetime | None
    is_provisional: bool
    is_void: bool = False

    @property
    def is_running(self) -> bool:
        return self.stop is None and self.paused_since is None

    @property
    def is_open(self) -> bool:
        return self.stop is None

    @property
    def is_met(self) -> bool:
        """Stopped in time, by the act it waited for."""
        return not self.is_void and self.stop is not None and self.due is not None and self.stop <= self.due

    def elapsed(self, now: datetime, calendar: Calendar) -> timedelta:
        """Working time used up until `now`, the pause or the stop, whichever came first; breaks apart."""
        end = min(moment for moment in (now, self.stop, self.paused_since) if moment is not None)
        return calendar.between(self.start, end, self.breaks)

    def left(self, now: datetime, calendar: Calendar) -> timedelta:
        """Working time left; negative once late."""
        end = self.stop or self.paused_since or now
        if self.due is not None and end > self.due:
            return -calendar.between(self.due, end, self.breaks)
        return self.amount - self.elapsed(now, calendar)


def due(facts: Facts, policies: Sequence[Policy], calendar: Calendar) -> tuple[Clock, ...]:
    """Every clock the case ever had, in order of start; those without a stop are open."""
    maker = _Maker(facts, tuple(sorted(policies, key=lambda one: one.at)), calendar)
    clocks = [
        *maker.first_contact(),
        *maker.group_informed(),
        *maker.rounds(),
        *maker.follow_ups(),
        *maker.answerables(),
        *maker.final_reply(),
    ]
    return tuple(sorted(clocks, key=lambda one: (one.start, one.name, one.key)))


def next_due(clocks: Sequence[Clock]) -> Clock | None:
    """The running clock that ends first: the one a list shows."""
    running = [one for one in clocks if one.is_running and one.due is not None and one.name not in ASIDE]
    return min(running, key=lambda one: (one.due or one.start, one.name), default=None)


@dataclass(frozen=True)
class Ladder:
    """When a clock or a measure is told about; days are working days. Each name of a step is told once, whatever its number."""

    half_percent: int = 50
    late_days: tuple[int, int] = (1, 3)
    soon_days: int = 3
    measure_late_days: tuple[int, int] = (1, 3)


@dataclass(frozen=True)
class Standing:
    """A measure that is still to be done: given `since`, to be done by the end of `due_on`."""

    key: str
    since: datetime
    due_on: date


@dataclass(frozen=True)
class Step:
    """One step of the ladder of one clock or measure. It comes at `at`; `due` is the end of the clock, of the measure its last moment.

    `amount`: the percent used up (half), or the working days before or after (soon, late_1, late_3); 0 for the end itself.
    """

    clock: str
    key: str
    start: datetime
    name: str
    at: datetime
    due: datetime
    amount: int = 0

    @property
    def identity(self) -> tuple[str, str, datetime, str]:
        """What is told once. A clock that starts again is another ladder."""
        return self.clock, self.key, self.start, self.name


def steps(
    clocks: Sequence[Clock], measures: Sequence[Standing], ladder: Ladder, calendar: Calendar
) -> tuple[Step, ...]:
    """Every step of what runs, told or not, in order of moment. A clock that stands in a pause has none until it goes on."""
    found = [step for clock in clocks if clock.is_running for step in _steps_of_clock(clock, ladder, calendar)]
    found += [step for measure in measures for step in _steps_of_measure(measure, ladder, calendar)]
    return tuple(sorted(found, key=lambda one: (one.at, one.clock, one.key, one.name)))


def _steps_of_clock(clock: Clock, ladder: Ladder, calendar: Calendar) -> list[Step]:
    """Pauses move the half as they move the end. After the end they move nothing: a pause cannot hide delay."""
    end = clock.due
    if end is None:
        return []
    half = calendar.add(clock.start, clock.amount * ladder.half_percent / 100, clock.breaks)
    moments = [("half", half, ladder.half_percent)] if clock.start < half < end else []
    moments += [("late", end, 0)]
    for name, days in zip(("late_1", "late_3"), ladder.late_days, strict=True):
        moments.append((name, calendar.add(end, days * calendar.day_length), days))
    return [Step(clock.name, clock.key, clock.start, name, at, end, amount) for name, at, amount in moments]


def _steps_of_measure(measure: Standing, ladder: Ladder, calendar: Calendar) -> list[Step]:
    """Each comes when its day's work begins. A day on which nobody works is due on the working day before, as 复诊 is.

    What had come before the measure was given is left out: whoever gives it for tomorrow has just told its owner.
    """
    end = calendar.last_moment(measure.due_on)
    day = end.date()
    moments = [("soon", calendar.add_days(day, -ladder.soon_days), ladder.soon_days), ("due", day, 0)]
    for name, days in zip(("late_1", "late_3"), ladder.measure_late_days, strict=True):
        moments.append((name, calendar.add_days(day, days), days))
    found = [
        Step(MEASURE, measure.key, measure.since, name, calendar.first_moment(on), end, amount)
        for name, on, amount in moments
    ]
    return [one for one in found if one.at > measure.since]


class _Maker:
    def __init__(self, facts: Facts, policies: tuple[Policy, ...], calendar: Calendar) -> None:
        self.facts, self.policies, self.calendar = facts, policies, calendar
        self.closed_pauses = tuple((since, until) for since, until in facts.pauses if until is not None)
        self.open_pause = next((since for since, until in facts.pauses if until is None), None)
        self.end = facts.ended_at

    def _amount(self, name: str, start: datetime) -> timedelta:
        policy = self.policies[0]
        for one in self.policies:
            if one.at <= start:
                policy = one
        return timedelta(minutes=policy.table[name][self.facts.urgency])

    def _clock(
        self,
        name: str,
        start: datetime,
        stop: datetime | None,
        *,
        cut: datetime | None = None,
        key: str = "",
        amount: timedelta | None = None,
    ) -> Clock:
        """A clock stopped by its own act at `stop`, or cut short at `cut` by something else."""
        span = self._amount(name, start) if amount is None else amount
        pausable = name in PAUSABLE
        breaks = tuple((a, b) for a, b in self.closed_pauses if b > start) if pausable else ()
        end = None if name in OUTLIVING else self.end
        is_void = stop is None and (cut is not None or end is not None)
        if stop is None:
            stop = cut
        if stop is None and end is not None:
            stop = max(end, start)
        paused = self.open_pause if pausable and stop is None else None
        moment = self.calendar.add(start, span, breaks)
        if paused is not None and moment <= paused:
            paused = None  # it ran out before the pause began: a pause cannot hide delay
        return Clock(
            name=name,
            key=key,
            start=start,
            amount=span,
            due=None if paused is not None else moment,
            stop=stop,
            breaks=breaks,
            paused_since=paused,
            is_provisional=self.calendar.is_provisional(start, moment),
            is_void=is_void,
        )

    def first_contact(self) -> list[Clock]:
        """Registration, each new holder and each reopening start one; the next logged contact stops it, a newer start replaces it."""
        clocks = []
        starts = self.facts.contact_starts
        for index, start in enumerate(starts):
            after = starts[index + 1] if index + 1 < len(starts) else None
            stop = _first(self.facts.contacts, start, after)
            clocks.append(self._clock("first_contact", start, stop, cut=after))
        return clocks

    def group_informed(self) -> list[Clock]:
        """From the first contact of each round; the next note to the group stops it. A prescription ends the wait without one."""
        clocks = []
        starts = self.facts.round_starts
        for index, start in enumerate(starts):
            after = starts[index + 1] if index + 1 < len(starts) else None
            contact = _first(self.facts.contacts, start, after)
            if contact is not None:
                note = _first(self.facts.notes, contact, after)
                clocks.append(self._clock("group_informed", contact, note, cut=self._treated(contact, after) or after))
        return clocks

    def rounds(self) -> list[Clock]:
        """会诊 and 处方 from the start of each round; a prescription sent back starts the 处方 clock again."""
        clocks = []
        starts = self.facts.round_starts
        for index, start in enumerate(starts):
            after = starts[index + 1] if index + 1 < len(starts) else None
            clocks.append(
                self._clock(
                    "session",
                    start,
                    _first(self.facts.sessions, start, after),
                    cut=self._treated(start, after) or after,
                )
            )
            signed = tuple(p.at for p in self.facts.prescriptions)
            returned = [p.returned_at for p in self.facts.prescriptions if p.returned_at is not None]
            begins = [start, *(one for one in returned if one > start and (after is None or one < after))]
            for begin in begins:
                clocks.append(self._clock("prescription", begin, _first(signed, begin, after), cut=after))
        return clocks

    def _treated(self, start: datetime, after: datetime | None) -> datetime | None:
        """A prescription ends the wait for a session too, without a session: the consultation is over."""
        return _first(tuple(p.at for p in self.facts.prescriptions), start, after)

    def follow_ups(self) -> list[Clock]:
        """One for each date that was set, from the moment it was set; the next follow-up stops it, a newer date replaces it."""
        set_at = [(p.at, p.follow_up_on) for p in self.facts.prescriptions]
        set_at += [(f.at, f.next_on) for f in self.facts.follow_ups if f.next_on is not None]
        set_at.sort()
        ends = [p.returned_at for p in self.facts.prescriptions if p.returned_at] + list(self.facts.round_starts)
        ends += [self.facts.resolved_at] if self.facts.resolved_at else []
        clocks = []
        for index, (start, day) in enumerate(set_at):
            after = set_at[index + 1][0] if index + 1 < len(set_at) else None
            stop = min((f.at for f in self.facts.follow_ups if f.at > start), default=None)
            cut = min([*(end for end in ends if end > start), *([after] if after else [])], default=None)
            if stop is not None and cut is not None and cut < stop:
                stop = None
            amount = self.calendar.between(start, self.calendar.last_moment(day))
            clocks.append(self._clock("follow_up", start, stop, cut=cut, amount=amount))
        return clocks

    def answerables(self) -> list[Clock]:
        return [self._clock(one.clock, one.since, one.until, key=one.key) for one in self.facts.answerables]

    def final_reply(self) -> list[Clock]:
        if self.facts.resolved_at is None:
            return []
        return [self._clock("final_reply", self.facts.resolved_at, self.facts.replied_at)]


def _first(moments: Sequence[datetime], start: datetime, before: datetime | None) -> datetime | None:
    """The earliest of `moments` at or after `start` and before `before`."""
    return min((m for m in moments if m >= start and (before is None or m < before)), default=None)
