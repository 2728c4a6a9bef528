"""The plays: every stage, situation and move is there, every demo account finds something to do, on whatever day it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import F, QuerySet
from django.test import Client
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions import recompute
from huizhen.cases.jobs import sweep
from huizhen.cases.lifecycle import MOVES, STAGES
from huizhen.cases.lifecycle.stages import SITUATIONS
from huizhen.cases.models import (
    Ask,
    Attachment,
    Case,
    Closing,
    CodeCounter,
    Contact,
    Draft,
    Flag,
    FollowUp,
    Invitation,
    Opinion,
    Prescription,
    Session,
    Transfer,
)
from huizhen.cases.queries.accountability import unaccounted
from huizhen.cases.queries.home import Home, home
from huizhen.cases.queries.lists import cases_in, scopes
from huizhen.challenges.models import Challenge
from huizhen.demo.actions import load
from huizhen.demo.bulk import actions as bulk
from huizhen.demo.bulk.actions import Filled, fill, filled
from huizhen.demo.people import DEMO_BRANCH, DEMO_EXPERT, demo_accounts, load_people
from huizhen.demo.plays import in_order, scenes, texts
from huizhen.demo.reading import data
from huizhen.demo.stage import open_stage
from huizhen.directory.models import Campaign, Membership
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.journal.models import Entry, Outbox
from huizhen.journal.queries import verify
from huizhen.lib.errors import NotNow, StaleWrite
from huizhen.reports.actions.mending import recount
from huizhen.reports.choices import READER
from huizhen.search.actions import put
from huizhen.search.models import Entry as Found
from huizhen.search.models.engines import engine
from huizhen.search.queries import is_whole
from huizhen.search.registry import FULL, sources
from tests.demo.conftest import AT

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 11, 22, 14, 0, tzinfo=SHANGHAI)
HOLIDAY = datetime(2026, 10, 3, 12, 0, tzinfo=SHANGHAI)
BEFORE_OFFICE = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
UNKNOWN_YEAR = datetime(2027, 1, 4, 10, 0, tzinfo=SHANGHAI)
DAYS = [SUNDAY, HOLIDAY, BEFORE_OFFICE, UNKNOWN_YEAR]


def quiet(*_: object) -> None:
    """Nobody watches the bar."""


def first_screen(username: str) -> Home:
    user = User.objects.get(username=username)
    return home(standing(user, on=timezone.localdate(AT)), user, now=AT)


def waiting(username: str) -> set[str]:
    """The moves that wait for somebody."""
    return {todo.move for todo in first_screen(username).todos}


def test_every_problem_is_played(world: datetime) -> None:
    drafts = Draft.objects.filter(case=None).count()
    assert (len(data("problems")["problems"]), drafts) == (60, 2)
    assert Case.objects.count() + drafts == len(texts()) == 64


def test_every_stage_and_situation_occurs(world: datetime) -> None:
    assert set(Case.objects.values_list("stage", flat=True)) == set(STAGES)
    assert set(Case.objects.values_list("situation", flat=True)) == set(SITUATIONS)


def test_every_move_is_taken(world: datetime) -> None:
    taken = set(Entry.objects.filter(target_type="cases.case").values_list("verb", flat=True))
    assert set(MOVES) - taken == set()
    assert {"register", "form_lapsed", "transfer_lapsed"} <= taken


def test_side_roads_are_there(world: datetime) -> None:
    assert set(Transfer.objects.values_list("state", flat=True)) == {
        "open", "accepted", "refused", "disputed", "ruled", "taken_back",
    }  # fmt: skip
    assert set(Invitation.objects.values_list("state", flat=True)) == {"invited", "accepted", "signed", "declined"}
    assert set(Prescription.objects.values_list("state", flat=True)) == {
        "signed", "accepted", "returned", "disputed", "replaced",
    }  # fmt: skip
    assert set(FollowUp.objects.exclude(verdict="").values_list("verdict", flat=True)) == {
        "marked", "effective", "none", "worse",
    }  # fmt: skip
    assert FollowUp.objects.exclude(ruled_by=None).count() == 1
    assert Opinion.objects.filter(is_dissent=True).count() == 2
    assert set(Closing.objects.values_list("extraction", flat=True)) == {"", "extract", "no"}
    assert Closing.objects.filter(is_silent=True).count() == 1
    assert Case.objects.filter(is_sensitive=True).count() == 1
    assert Case.objects.filter(is_hard=True).count() == 1
    assert Session.objects.filter(state="planned", starts_at__gt=AT).count() == 2
    assert set(Attachment.objects.values_list("kind", flat=True)) == {"pdf", "png", "xlsx"}
    assert Case.objects.filter(clock="first_contact", due_at__lt=AT).exists()
    assert Case.objects.filter(clock="follow_up", due_at__lt=AT).exists()


def test_everybody_is_heard(world: datetime) -> None:
    asked = Ask.objects.exclude(kind="ask")
    assert set(asked.values_list("kind", "is_granted")) == {("complaint", None), ("support", None), ("support", True)}
    assert {one.answered_at is None for one in asked.filter(kind="complaint")} == {True, False}
    assert Contact.objects.exclude(denied_at=None).count() == 1
    assert "answer_complaint" in waiting("liaison")
    assert "answer_support" in waiting("clerk")
    flags = Flag.objects.all()
    assert {"overdue", "empty_advice"} <= set(flags.values_list("kind", flat=True))
    assert {bool(one.reasons) for one in flags} == {bool(one.talked_at) for one in flags} == {True, False}
    assert [one.person.code for one in first_screen("leader").talks.to_have] == [DEMO_EXPERT]
    assert len(first_screen("expert").talks.about_me) == 1


def test_nothing_happened_after_now_nor_before_the_campaign(world: datetime) -> None:
    entries = Entry.objects.filter(target_type__startswith="cases.")
    assert not entries.filter(at__gt=AT).exists()
    campaign = Case.objects.select_related("campaign").earliest("registered_at").campaign
    assert not entries.filter(at__date__lt=campaign.starts_on).exists()
    assert list(Case.objects.order_by("registered_at").values_list("code", flat=True)) == sorted(
        Case.objects.values_list("code", flat=True)
    )


def test_journal_is_whole_and_everybody_accounted(world: datetime) -> None:
    assert verify().faults_found == 0
    assert unaccounted() == []


@pytest.mark.parametrize(
    "username", ["requester", "expert", "leader", "liaison", "clerk", "coordinator", "viewer", "auditor"]
)
def test_every_account_finds_cases(world: datetime, username: str) -> None:
    who = standing(User.objects.get(username=username), on=timezone.localdate(AT))
    assert username in demo_accounts()
    assert sum(cases_in(who, scope).count() for scope in scopes(who) if scope != "following") >= 4


def test_everybody_has_the_work_of_the_role(world: datetime) -> None:
    assert {"accept_prescription", "give_verdict"} <= waiting("requester")
    assert {"log_contact", "prescribe", "accept_transfer", "accept_invitation", "answer_ask"} <= waiting("expert")
    assert {"decide_extraction", "rule_verdict", "decline"} <= waiting("leader")
    assert {"rule_transfer", "close_unresolved"} <= waiting("liaison")
    assert "route" in waiting("coordinator")
    branch = Case.objects.filter(branch__name=DEMO_BRANCH)
    assert set(branch.values_list("situation", flat=True)) == {"acceptance", "follow_up", "measures", "closed"}
    assert len(first_screen("requester").drafts) == 2


def test_challenges_are_taken_on_with_and_without_cases(world: datetime) -> None:
    linked = Case.objects.exclude(challenge=None).values("challenge").distinct().count()
    assert (linked, Challenge.objects.count()) == (42, 47)
    assert not Case.objects.exclude(challenge=None).exclude(challenge__branch=F("branch")).exists()


def test_demo_is_loaded_once(world: datetime) -> None:
    before = Case.objects.count()
    with pytest.raises(NotNow):
        load(at=AT, progress=quiet)
    assert Case.objects.count() == before


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is gone afterwards: the world is everybody's."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def found_without(cases: QuerySet[Case]) -> int:
    """How many documents search has of cases that its source does not know."""
    known = {
        (one.object_id, one.level) for one in sources()["case"].documents(list(cases.values_list("pk", flat=True)))
    }
    rows = Found.objects.filter(kind="case", object_id__in=cases.values("pk")).values_list("object_id", "level")
    return len(set(rows) - known)


def columns(case: Case) -> tuple[object, ...]:
    return (case.situation, case.clock, case.clock_since, case.due_at, case.next_due_at, case.calendar_version)


@taken_back()
def test_bulk_is_what_actions_leave(world: datetime, client: Client) -> None:
    before = set(Case.objects.values_list("pk", flat=True))
    sweep(AT)
    steps: list[tuple[int, int]] = []
    with patch.object(bulk, "BATCH", 120):
        assert fill(300, at=AT, progress=lambda *step: steps.append(step)) == 300
    assert steps == [(0, 300), (120, 300), (240, 300), (300, 300)]
    made = Case.objects.exclude(pk__in=before)
    # how many of what
    assert set(made.values_list("stage", flat=True)) == set(STAGES)
    assert (made.count(), made.filter(is_open=True).count()) == (300, 21)
    assert not made.filter(is_open=False, closed_at__gt=AT).exists()
    assert made.earliest("registered_at").registered_at < AT - timedelta(days=1000)
    assert made.values("code").distinct().count() == 300
    assert made.values("title").distinct().count() > 290
    for counter in CodeCounter.objects.all():
        assert Case.objects.filter(code__startswith=f"HZ{counter.year % 100}-").count() == counter.last
    assert len(set(made.values_list("domain", flat=True)) - {None}) >= 10
    # the record
    assert verify().faults == []
    assert unaccounted() == []
    asked = dict(made.values_list("pk", "branch"))
    told = Entry.objects.filter(target_type="cases.case", target_id__in=asked, verb="register")
    assert {one.target_id: one.data["branch"] for one in told} == asked
    assert not Entry.objects.filter(target_id__in=asked, target_type="cases.case", at__gt=AT).exists()
    # who stands for whom
    assert not made.exclude(unit=F("branch__unit")).exists()
    assert not made.exclude(group=None).exclude(domain=F("group__domain")).exists()
    assert not made.exclude(requester__postings__branch=F("branch")).exists()
    seats = set(Membership.objects.values_list("group_id", "person_id"))
    assert {(case.group_id, case.accountable_id) for case in made.exclude(group=None)} <= seats
    assert not made.exclude(challenge=None).exclude(challenge__branch=F("branch")).exists()
    # search finds them as it would read them back, with the scopes of each
    assert Found.objects.filter(kind="case", level=FULL, object_id__in=asked).count() == 300
    assert put(sources()["case"].documents(sorted(asked))) == 0
    assert found_without(made) == 0
    # figures are what counting them gives; of the demo itself they were counted before
    Outbox.objects.filter(reader=READER).update(done_at=AT)
    counted = recount(by="test", at=AT)
    assert (counted.is_right, counted.codes, counted.sums) == (True, [], [])
    # clocks as the actions turn them; the sweep finds nothing, and later what every other case would give it
    for case in made.filter(is_open=True):
        recompute(case, at=AT)
        assert columns(Case.objects.get(pk=case.pk)) == columns(case), case.code
    assert set(sweep(AT).values()) == {0}
    assert sweep(AT + timedelta(days=3))["steps"] > 5
    assert verify().faults == []
    # pages open
    client.force_login(User.objects.get(username="coordinator"))
    for case in {case.stage: case for case in made.filter(is_sensitive=False)}.values():
        page = client.get(f"/cases/{case.code}/")
        assert (page.status_code, case.title in page.content.decode()) == (200, True)
    assert client.get("/cases/").status_code == 200


@taken_back()
def test_bulk_goes_on_where_it_broke_off(world: datetime) -> None:
    before = Case.objects.count()
    told: list[int] = []

    def dies_at_the_third(verb: str, target: Campaign, *, until: int, **data: Any) -> None:
        told.append(until)
        if len(told) == 2:  # somebody writes meanwhile: what was made ahead is made anew
            record(verb, target, until=until, **data)
        if len(told) == 3:
            raise KeyboardInterrupt
        record(verb, target, until=until, **data)

    with patch.multiple(bulk, BATCH=20, record=dies_at_the_third), pytest.raises(KeyboardInterrupt):
        fill(60, at=AT, progress=quiet)
    assert told == [20, 40, 60]
    assert filled() == Filled(until=40, total=60, since=0, first=Case.objects.order_by("pk")[before].pk)
    assert Case.objects.count() == before + 40
    engine().unmake()  # as a kill may leave the index of search
    assert [fill(number, at=AT, progress=quiet) for number in (60, 60, 50, 65)] == [20, 0, 0, 5]
    assert is_whole()
    assert Case.objects.count() == Case.objects.values("code").distinct().count() == before + 65
    assert verify().faults == []


def test_bulk_is_the_same_for_the_same_seed(world: datetime) -> None:
    filling = bulk._Filling(0, 10, at=AT, seed=1, first=None)

    def told(seed: int) -> list[tuple[object, ...]]:
        filling.seed = seed
        with taken_back():
            last = Case.objects.latest("pk").pk
            filling.batch(0, 10)
            rows = Case.objects.filter(pk__gt=last).order_by("code", "contacts__pk")
            return list(rows.values_list("code", "title", "condition", "branch", "accountable", "contacts__key"))

    one, other = told(1), told(2)
    assert told(1) == one
    assert one != other
    with taken_back():
        filling.batch(0, 10)
        with pytest.raises(StaleWrite):  # another process was there before
            filling.batch(0, 10)


@pytest.mark.parametrize("at", DAYS, ids=lambda at: f"{at:%Y-%m-%d}")
def test_plays_work_on_any_day(db: None, at: datetime) -> None:
    load_people(at=at, progress=quiet)
    stage = open_stage(at=at)
    played = scenes(stage, {})
    for scene in played:
        assert scene.moments == sorted(scene.moments)
        assert stage.begin < scene.moments[0]
        assert scene.moments[-1] <= at
        assert all(stage.calendar.is_working_day(timezone.localdate(moment)) for moment in scene.moments)
    chosen = {one.script.key: one for one in played if one.script.key in ("P10", "P18", "P39", "P42")}
    for scene in in_order(list(chosen.values())):
        scene.play()
    situations = {key: Case.objects.get(pk=scene.played.pk).situation for key, scene in chosen.items()}
    assert situations["P39"] == "contact"
    assert situations["P18"] == "acceptance"
    assert situations["P10"] in ("measures", "follow_up")  # the day has come only where working days lie between
    assert Session.objects.get(case=chosen["P42"].played).starts_at > at
