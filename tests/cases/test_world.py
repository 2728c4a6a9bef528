"""Random people take random moves on random cases for as long as you like, and what must hold, holds after each.

`HUIZHEN_LONG=1` walks more than ten thousand steps; otherwise some hundreds.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huizhen.cases import actions, jobs
from huizhen.cases.actions import moving
from huizhen.cases.clocks import next_due
from huizhen.cases.lifecycle import MOVES, OPEN, Stage
from huizhen.cases.models import FAR, Case, Draft, Responsibility
from huizhen.cases.policy import visible
from huizhen.cases.queries.accountability import unaccounted
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.options import options
from huizhen.directory.choices import default_clocks
from huizhen.directory.models import ClockPolicy, Leave, Membership
from huizhen.directory.queries import standing
from huizhen.journal.queries import entries_of, verify
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from huizhen.worktime.queries import calendar
from tests.cases.plays import EXPERTS, inputs
from tests.cases.replay import facts_of
from tests.cast import MONDAY, Cast

LONG = bool(os.environ.get("HUIZHEN_LONG"))
EXAMPLES, STEPS = (240, 50) if LONG else (6, 30)
MOST_CASES = 5
ACTIONS = actions.ACTIONS
ACTORS = ("requester", "expert", "leader", "mate", "other_leader", "other_expert", "liaison", "coordinator")
BUTTONS = {name for name, move in MOVES.items() if name in ACTIONS and move.roles != {"reader"}}
WALKED = {"steps": 0, "moves": 0, "taken": 0}

# Refusals that only the body of a move can know, however open its button was.
OF_THE_BODY = {
    "leader_names",
    "not_your_measure",
    "session_is_over",
    "ask_is_answered",
    "invited_already",
    "no_invitation_open",
}


class World(RuleBasedStateMachine):
    """One cast, some cases, and time that goes on."""

    cast: Cast  # set by the test before it runs
    files: ClassVar[dict[int, CaseFile]] = {}
    handed: ClassVar[CaseFile | None] = None

    @classmethod
    def read(cls, case: Case) -> CaseFile:
        """Stands in for `file_of` inside the moves: hands over what was read just before, and keeps what is read after writing.

        Reading a file is most of the time a step takes, and this saves three of four.
        """
        if cls.handed is not None:
            handed, cls.handed = cls.handed, None
            return replace(handed, case=case)
        cls.files[case.pk] = file_of(case)
        return cls.files[case.pk]

    def __init__(self) -> None:
        super().__init__()
        self.block: Any = transaction.atomic()
        self.block._from_testcase = True  # the journal counts transactions inside it
        self.block.__enter__()
        self.now = MONDAY
        World.files.clear()
        self.cases: list[Case] = []
        self.journal: dict[int, int] = {}

    def teardown(self) -> None:
        if LONG:
            print(connection.vendor, WALKED, flush=True)
        try:
            for case in self.cases:
                self.check(case)
                fresh = Case.objects.select_related("campaign").get(pk=case.pk)
                assert facts_of(entries_of(fresh)) == file_of(fresh).facts
            assert unaccounted() == []
            assert verify().faults_found == 0
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # ── happenings

    @initialize(data=st.data())
    def first_registration(self, data: st.DataObject) -> None:
        self.register(data)

    @precondition(lambda self: len(self.cases) < MOST_CASES)
    @rule(data=st.data())
    def register(self, data: st.DataObject) -> None:
        whom = data.draw(st.sampled_from([
            {"group": "NET-01"}, {"group": "FIN-01"}, {"group": "", "person": "mate"}, {"group": "", "unknown": True},
        ]))  # fmt: skip
        urgency = data.draw(st.sampled_from(["normal", "urgent", "critical"]))
        values = self.cast.values(**whom, urgency=urgency, urgency_reason="很急")
        draft = actions.start_draft(self.cast.branch, by=self.cast.requester, at=self.now, values=values)
        try:
            case = actions.register(draft, by=self.cast.second, at=self.now)
        except Invalid:  # the named expert is in no group today, or the group is empty
            assert not Case.objects.filter(draft=draft).exists()
            return
        again = actions.register(Draft.objects.get(pk=draft.pk), by=self.cast.requester, at=self.now)
        assert again == case
        self.cases.append(case)
        self.check(case)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), how=st.sampled_from(["press"] * 6 + ["take_any"] * 2 + ["take_with_a_stale_page", "race"]))
    def people_act(self, data: st.DataObject, how: str) -> None:
        """Mostly somebody presses a button she is shown."""
        getattr(self, how)(data)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), how=st.sampled_from(["press"] * 9 + ["race"]))
    def people_act_and_time_passes(self, data: st.DataObject, how: str) -> None:
        getattr(self, how)(data)
        self.now += timedelta(minutes=data.draw(st.integers(1, 2000)))

    def take_any(self, data: st.DataObject) -> None:
        """Anybody tries anything."""
        who = data.draw(st.sampled_from(sorted(self.cast.users)))
        name = data.draw(st.sampled_from(sorted(ACTIONS)))
        self.take(self.dice(data), self.file(self.some_case(data)), who, name)

    def take_with_a_stale_page(self, data: st.DataObject) -> None:
        case = self.some_case(data)
        who = data.draw(st.sampled_from(sorted(self.cast.users)))
        name = data.draw(st.sampled_from([name for name in sorted(ACTIONS) if MOVES[name].exclusive]))
        before = entries_of(case).count()
        values = self.values(self.dice(data), self.file(case), name)
        with pytest.raises((StaleWrite, NotVisible)):
            actions.take(case, name, by=self.cast.users[who], at=self.now, values=values, seen=case.version - 1)
        World.files.pop(case.pk, None)
        assert entries_of(case).count() == before

    def race(self, data: st.DataObject) -> None:
        """Two people read the same page and both press: of exclusive moves only the first counts."""
        case, dice = self.some_case(data), self.dice(data)
        file = self.file(case)
        taken = []
        for page in [Case.objects.get(pk=case.pk) for _ in range(2)]:
            button = self.button(dice, file)
            if button is None:
                return
            who, name = button
            values = self.values(dice, file, name)
            try:
                actions.take(page, name, by=self.cast.users[who], at=self.now, values=values)
                taken.append(MOVES[name].exclusive)
            except Refusal:
                World.files.pop(case.pk, None)
        assert taken != [True, True]
        self.check(case)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), how=st.sampled_from(["time_passes", "job_runs", "directory_changes"]))
    def world_goes_on(self, data: st.DataObject, how: str) -> None:
        getattr(self, how)(data)

    def time_passes(self, data: st.DataObject) -> None:
        self.now += timedelta(hours=data.draw(st.one_of(st.integers(1, 30), st.integers(31, 300))))

    def job_runs(self, data: st.DataObject) -> None:
        World.files.clear()
        jobs.sweep(self.now)
        World.files.clear()
        for case in self.cases:
            if case.version != Case.objects.values_list("version", flat=True).get(pk=case.pk):
                self.check(case)

    def directory_changes(self, data: st.DataObject) -> None:
        what = data.draw(st.sampled_from(["leave", "membership", "policy"]))
        today = timezone.localdate(self.now)
        who = data.draw(st.sampled_from(EXPERTS))
        person = self.cast.person(who)
        if what == "leave":
            deputy = data.draw(st.sampled_from([one for one in (*EXPERTS, "coordinator") if one != who]))
            days = data.draw(st.integers(1, 20))
            Leave.objects.create(
                person=person, deputy=self.cast.person(deputy), since=today, until=today + timedelta(days)
            )
        elif what == "membership":  # she leaves the group, or comes back
            if "leader" not in who and not Membership.objects.filter(person=person, until=None).update(until=today):
                group = self.cast.other_group if who == "other_expert" else self.cast.group
                Membership.objects.create(group=group, person=person, role="member", since=today)
        else:
            self.now += timedelta(seconds=1)  # a clock has the policy of its start, and those start at `now`
            factor = data.draw(st.sampled_from([1, 2, 3]))
            table = {one: {urgency: factor * n for urgency, n in row.items()} for one, row in default_clocks().items()}
            version = ClockPolicy.objects.filter(campaign=self.cast.campaign).count() + 1
            ClockPolicy.objects.create(campaign=self.cast.campaign, version=version, table=table, at=self.now)
            World.files.clear()

    @invariant()
    def count(self) -> None:
        WALKED["steps"] += 1

    # ── how it is done

    def some_case(self, data: st.DataObject) -> Case:
        chosen = data.draw(st.sampled_from([case.pk for case in self.cases]))
        return Case.objects.select_related("campaign", "group", "domain", "accountable").get(pk=chosen)

    def file(self, case: Case) -> CaseFile:
        """The file as it was read after the last write, with a fresh case."""
        known = World.files.get(case.pk)
        return file_of(case) if known is None else replace(known, case=case)

    def dice(self, data: st.DataObject) -> random.Random:
        """One draw of hypothesis instead of twenty for every choice among inputs."""
        return random.Random(data.draw(st.integers(0, 9999)))

    def values(self, dice: random.Random, file: CaseFile, name: str) -> dict[str, Any]:
        values = inputs(name, file, self.cast, self.now, dice.choice)
        if values and dice.random() < 0.1:
            values.pop(dice.choice(sorted(values)))
        return values

    def options_of(self, file: CaseFile, who: str) -> dict[str, bool]:
        reader = standing(self.cast.users[who], on=timezone.localdate(self.now))
        if not visible(reader).filter(pk=file.case.pk).exists():
            return {}
        return {one.name: one.is_open for one in options(file, reader, at=self.now)}

    def button(self, dice: random.Random, file: CaseFile) -> tuple[str, str] | None:
        """Something that somebody may press now: who, and what."""
        for who in dice.sample(ACTORS, len(ACTORS)):
            names = [name for name, is_open in self.options_of(file, who).items() if is_open and name in BUTTONS]
            if names:
                return who, dice.choice(names)
        return None

    def press(self, data: st.DataObject) -> None:
        dice = self.dice(data)
        file = self.file(self.some_case(data))
        button = self.button(dice, file)
        if button is not None:
            self.take(dice, file, *button)

    def take(self, dice: random.Random, file: CaseFile, who: str, name: str) -> None:
        case = file.case
        before, rows = case.stage, entries_of(case).count()
        shown = self.options_of(file, who)
        values = self.values(dice, file, name)
        WALKED["moves"] += 1
        refusal: Refusal | None = None
        World.handed = file
        try:
            actions.take(case, name, by=self.cast.users[who], at=self.now, values=values)
        except Refusal as no:
            refusal = no
        World.handed = None
        if refusal is not None:
            World.files.pop(case.pk, None)
            assert entries_of(case).count() == rows
            assert Case.objects.get(pk=case.pk).stage == before
            if refusal.code not in OF_THE_BODY:
                expected = Invalid if shown.get(name) else NotNow if name in shown else (NotAllowed, NotNow, NotVisible)
                assert isinstance(refusal, expected), (name, refusal, shown.get(name))
            return
        assert shown.get(name), f"{name} was done without being offered"
        WALKED["taken"] += 1
        after = Case.objects.get(pk=case.pk).stage
        assert Stage(after) in MOVES[name].targets[Stage(before)]
        newest = entries_of(case).last()
        assert newest is not None
        assert (newest.verb, newest.seq, newest.data["stage"]) == (name, rows + 1, after)
        self.check(case)

    def check(self, case: Case) -> None:
        """What must hold for a case at every instant."""
        case = Case.objects.select_related("campaign", "group", "domain", "accountable").get(pk=case.pk)
        holders = list(Responsibility.objects.filter(case=case, until=None))
        if case.stage in OPEN:
            assert [one.person_id for one in holders] == [case.accountable_id]
            assert case.closed_at is None
        else:
            assert holders == []
            assert case.closed_at is not None
        spans = list(case.responsibilities.order_by("since", "pk"))
        assert all(one.until is not None and one.until <= two.since for one, two in pairwise(spans))
        assert list(entries_of(case).values_list("seq", flat=True)) == list(range(1, entries_of(case).count() + 1))
        file = self.file(case)
        running = next_due(file.clocks(calendar()))
        assert (case.due_at, case.clock) == ((running.due, running.name) if running else (FAR, ""))
        loose = [file.pause, file.transfer, file.proposal]
        if case.stage not in OPEN or case.stage == "resolved":
            assert loose == [None, None, None]
        if file.proposal is not None:
            assert (file.proposal.kind == "decline") == (case.stage == "registered")
        assert (case.stage == "resolved") <= (file.closing is not None)
        assert (file.closing is not None) <= (case.stage in ("resolved", "archived"))
        assert (case.domain_id is None) == (case.group_id is None)
        assert case.round == len(file.rounds) == file.round.number


@pytest.mark.timeout(0 if LONG else 300)
@pytest.mark.django_db
def test_one_person_is_accountable_whatever_happens(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def loud(*_: object) -> None:
        raise AssertionError("the sweep met something else than a refusal")

    monkeypatch.setattr(jobs.log, "exception", loud)
    monkeypatch.setattr(moving, "file_of", World.read)
    World.cast = cast
    start = datetime.now()
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
            database=None, derandomize=not LONG, print_blob=True, phases=[Phase.generate],
        ),
    )  # fmt: skip
    print(f"\n{connection.vendor}: {WALKED} in {(datetime.now() - start).total_seconds():.0f} s")
    assert WALKED["taken"] > EXAMPLES
