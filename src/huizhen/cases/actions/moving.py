"""The one writer of `stage` and the one writer of responsibility. Every move goes through here: allowed? → now? → write → clocks → journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.clocks import Clock, Step, next_due
from huizhen.cases.lifecycle import MOVES, OPEN, Move, Stage, clean, situation
from huizhen.cases.models import FAR, Access, Case, Proposal, Responsibility
from huizhen.cases.policy import SYSTEM, roles_on, sees
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.options import demand
from huizhen.cases.queries.upkeep import measured_by
from huizhen.directory.models import Group, Person, Unit
from huizhen.directory.queries import Standing, leader_of, liaison_of, standing
from huizhen.directory.queries.prepared import Prepared
from huizhen.journal.actions import record
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotAllowed, NotVisible, StaleWrite
from huizhen.worktime.queries import calendar

_READ = Prepared(
    lambda key: Case.objects.select_related(
        "branch", "unit", "group", "domain", "requester", "accountable", "first_responder", "challenge", "campaign"
    ).filter(pk=key)
)


@dataclass
class Act:
    """A move under way, inside its transaction: the locked case, its file, who acts, the cleaned inputs. `target` may be changed within the table."""

    case: Case
    move: Move
    file: CaseFile
    standing: Standing | None
    roles: frozenset[str]
    at: datetime
    values: dict[str, Any]
    target: Stage
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """The person who acts; moves of the system do not ask."""
        if self.standing is None or self.standing.person is None:
            raise NotAllowed("not_your_move", move=self.move.name)
        return self.standing.person

    @property
    def day(self) -> Any:
        """The local day of the move."""
        return timezone.localdate(self.at)

    def moment(self, name: str) -> datetime | None:
        """A moment given as input, in the office's zone when it carried none."""
        value = self.values[name]
        if value is None or timezone.is_aware(value):
            return value  # type: ignore[no-any-return]
        return timezone.make_aware(value)

    def person_at(self, name: str) -> Person | None:
        """The person behind a code, None when none was given. Invalid: unknown or gone."""
        return person_of_code(self.values[name], name, on=self.day) if self.values[name] else None

    def group_at(self, name: str) -> Group | None:
        """The group of this campaign behind a code."""
        return group_of_code(self.case, self.values[name], name) if self.values[name] else None


def person_of_code(code: str, name: str, *, on: Any) -> Person:
    """The person with a human code who is still here. Invalid names the field."""
    found = Person.objects.select_related("unit").filter(code=code).first()
    if found is None:
        raise Invalid.one(name, "not_found", given=code[:40])
    if found.left_on is not None and found.left_on <= on:
        raise Invalid.one(name, "has_left", name=found.name)
    return found


def people_of_codes(codes: list[str], name: str) -> list[Person]:
    """The persons behind codes, in their order; two or two hundred, one query."""
    found = {one.code: one for one in Person.objects.select_related("unit").filter(code__in=codes)}
    missing = [code for code in codes if code not in found]
    if missing:
        raise Invalid.one(name, "not_found", given=missing[0][:40])
    return [found[code] for code in codes]


def group_of_code(case: Case, code: str, name: str) -> Group:
    """The group of the case's campaign with a human code."""
    groups = Group.objects.select_related("domain", "campaign", "successor")
    found = groups.filter(campaign=case.campaign_id, code=code).first()
    if found is None:
        raise Invalid.one(name, "not_found", given=code[:40])
    need_open(found, name)
    return found


def need_open(group: Group, name: str) -> None:
    """A group that went into another takes nothing new. Invalid names the field and the successor."""
    if group.successor is not None:
        raise Invalid.one(name, "group_closed_field", name=group.name, successor=group.successor.name)


def lock(pk: int) -> Case:
    """The case, its row locked until the transaction ends.

    Two statements: PostgreSQL that had to wait evaluates a locking query anew with the joined rows from before the wait, so a case
    whose holder changed meanwhile would vanish from a join, or come without its group.
    """
    Case.objects.select_for_update().values_list("pk").get(pk=pk)
    return _READ(pk)[0]


@contextmanager
def _move(
    case: Case, name: str, *, by: User | None, at: datetime, values: Mapping[str, Any], seen: int | None = None
) -> Iterator[Act]:
    """Take one move.

    Lock the case row; not visible → NotVisible; changed since `seen` (or since `case` was read) → StaleWrite for exclusive moves;
    not the actor's → NotAllowed; not at this stage, or a need unmet → NotNow; inputs at fault → Invalid. Then the body writes its
    rows, and the stage is written once by compare-and-set, the clocks are turned, one journal row is recorded.
    """
    move = MOVES[name]
    with transaction.atomic():
        locked = lock(case.pk)
        who = standing(by, on=timezone.localdate(at)) if by is not None else None
        if who is not None and not sees(who, locked.pk):
            raise NotVisible("case_unknown", code=locked.code)
        if move.exclusive and locked.version != (case.version if seen is None else seen):
            raise _faster(locked, by)
        file = file_of(locked)
        roles = roles_on(who, locked, file.parties) if who is not None else SYSTEM
        demand(file, who, roles, name, at=at)
        source = Stage(locked.stage)
        act = Act(locked, move, file, who, roles, at, clean(move.inputs, values), move.targets[source][0])
        yield act
        if act.target not in move.targets[source]:
            raise ValueError(f"{name} may not lead from {source} to {act.target}")
        step = 1 if move.exclusive else 0
        won = Case.objects.filter(pk=locked.pk, stage=source, version=locked.version).update(
            stage=act.target,
            version=F("version") + step,
            is_open=act.target in OPEN,
            closed_at=None if act.target in OPEN else (locked.closed_at or at),
        )
        if not won:
            raise _faster(locked, by)
        if act.target not in OPEN:
            _end_responsibility(locked, at=at)
        _turn(locked, at=at)
        record(
            name, locked, by=by, at=at, label=locked.code, on_behalf_of=_stands_in_for(act),
            stage=str(act.target), round=locked.round, **act.data,
        )  # fmt: skip
        for attribute in (
            "stage",
            "version",
            "accountable_id",
            "group_id",
            "is_open",
            "closed_at",
            "situation",
            "due_at",
            "next_due_at",
            "round",
        ):
            setattr(case, attribute, getattr(locked, attribute))


def _faster(case: Case, by: User | None) -> StaleWrite:
    last = entries_of(case).order_by("-seq").first()
    if last is None:
        return StaleWrite("someone_was_faster")
    if by is not None and last.actor_id == by.pk:
        return StaleWrite("someone_was_faster_self", at=last.recorded_at, verb=last.verb)
    return StaleWrite("someone_was_faster_named", name=last.actor_name, at=last.recorded_at, verb=last.verb)


def _stands_in_for(act: Act) -> str:
    """Name of the person away for whom the actor acts 代, when she has the right to this move only from her."""
    if act.standing is None:
        return ""
    roles, parties = act.move.roles, act.file.parties
    return act.standing.lender_name(lambda one: bool(roles & roles_on(one, act.case, parties)))


def _hand_over(case: Case, person: Person, *, at: datetime, why: str) -> None:
    """Make one person accountable: close the open row, open the next, set the key. The only writer of responsibility."""
    Responsibility.objects.filter(case=case, until=None).update(until=at)
    Responsibility.objects.create(case=case, person=person, since=at, why=why)
    Case.objects.filter(pk=case.pk).update(accountable=person)
    case.accountable = person
    _grant(case, at=at, why="accountable", person=person)


def _end_responsibility(case: Case, *, at: datetime) -> None:
    """A closed case keeps its last accountable person and has no open row."""
    Responsibility.objects.filter(case=case, until=None).update(until=at)


def _grant(
    case: Case,
    *,
    at: datetime,
    why: str,
    person: Person | None = None,
    group: Group | None = None,
    unit: Unit | None = None,
) -> None:
    """Admit a person, a group or a unit to a case; once is enough."""
    if person is None and group is None and unit is None:
        return
    Access.objects.get_or_create(
        case=case, person=person, group=group, unit=unit, until=None, defaults={"since": at, "why": why}
    )


def _revoke(case: Case, *, at: datetime, why: str, group: Group) -> None:
    """End the access a group was given for one reason."""
    Access.objects.filter(case=case, group=group, why=why, until=None).update(until=at)


def _moot(act: Act) -> None:
    """A proposed end is void once the case has taken another way."""
    Proposal.objects.filter(case=act.case, is_open=True).update(is_open=False, decided_at=act.at)


def _admit_heads(case: Case, *, on: Any, at: datetime) -> None:
    """Leader and liaison of the group that has a 敏感 case are admitted by name: nobody is left alone with it."""
    if case.group is not None and case.domain is not None:
        _grant(case, at=at, why="leader", person=leader_of(case.group, on=on))
        _grant(case, at=at, why="liaison", person=liaison_of(case.domain, on=on))


_RESTING: ContextVar[dict[int, datetime] | None] = ContextVar("resting", default=None)


@contextmanager
def clocks_at_rest() -> Iterator[dict[int, datetime]]:
    """For loading many acts of the past at once: acts within leave what lists show alone, whoever loads turns each case once.

    Gives the cases to be turned: key → moment of the last act. Rights, needs, rows and journal are as ever.
    """
    resting: dict[int, datetime] = {}
    token = _RESTING.set(resting)
    try:
        yield resting
    finally:
        _RESTING.reset(token)


@dataclass(frozen=True)
class Look:
    """A case looked at: its file, its clocks, and the steps of its ladder that were not told yet, in order of moment."""

    file: CaseFile
    clocks: tuple[Clock, ...]
    waiting: tuple[Step, ...]


def _turn(case: Case, *, at: datetime) -> None:
    """Recompute what lists and the sweep see of a case: the running clock, its due moment, the situation, when to look again."""
    resting = _RESTING.get()
    if resting is None:
        _look(case, at=at)
        return
    case.refresh_from_db(fields=_READ_AGAIN)
    resting[case.pk] = at


_READ_AGAIN = ["stage", "version", "is_open", "closed_at", "round"]


def _look(case: Case, *, at: datetime) -> Look:
    """Turn the clocks of a locked case, and say what was seen."""
    case.refresh_from_db(fields=_READ_AGAIN)
    file = file_of(case)
    token = measured_by(case.campaign)  # before the calendar: a write in between makes us look again, not miss it
    working = calendar()
    clocks = file.clocks(working)
    running = next_due(clocks)
    case.clock = running.name if running else ""
    case.clock_since = running.start if running else None
    case.due_at = running.due if running and running.due else FAR
    case.is_provisional = running.is_provisional if running else False
    case.calendar_version = token
    case.situation = situation_of(file, clocks, at=at)
    waiting = file.steps(clocks, working)
    if waiting:
        told = set(case.ladder.values_list("clock", "key", "start", "step"))
        waiting = tuple(one for one in waiting if one.identity not in told)
    look = Look(file, clocks, waiting)
    case.next_due_at = next_look(look, at=at)
    case.save(update_fields=[
        "clock", "clock_since", "due_at", "next_due_at", "is_provisional", "calendar_version", "situation",
    ])  # fmt: skip
    return look


def next_look(look: Look, *, at: datetime) -> datetime:
    """When the case must be looked at again: its next step not told yet, the day of 复诊 that turns 执行中 into 待复诊, 归档 at once."""
    moments = [one.at for one in look.waiting[:1]] + ([at] if look.file.is_complete else [])
    if look.file.case.situation == "measures":
        moments += [
            one.due for one in look.clocks if one.name == "follow_up" and one.is_open and one.due and one.due > at
        ]
    return min(moments, default=FAR)


def situation_of(file: CaseFile, clocks: tuple[Clock, ...], *, at: datetime) -> str:
    """The word a list shows."""
    prescription = file.prescription
    accepted = prescription is not None and prescription.state == "accepted"
    done = all(one.state in ("done", "dropped") for one in file.standing_measures)
    date_come = any(one.name == "follow_up" and one.is_open and one.due is not None and one.due <= at for one in clocks)
    return situation(
        file.case.stage,
        paused=file.pause is not None,
        transferring=file.transfer is not None,
        contacted=file.is_contacted,
        session_held=any(one.state == "held" and one.round == file.case.round for one in file.sessions),
        accepted=accepted,
        follow_up_near=(accepted and done) or date_come or file.open_follow_up is not None,
    )
