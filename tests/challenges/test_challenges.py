"""领题: taking one on, changing it, carrying it to its end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from huizhen.challenges import policy
from huizhen.challenges.actions import advance, create_challenge, edit_challenge, tick_milestone
from huizhen.challenges.choices import ChallengeState
from huizhen.challenges.lifecycle import STEPS, steps_from
from huizhen.challenges.models import Challenge
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.codes import challenge_code
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from tests.cast import MONDAY, Cast

TODAY = MONDAY.date()


def taken_on(cast: Cast, *, by: str = "requester", **changes: Any) -> Challenge:
    values = {
        "title": "晚高峰负荷降到七成", "background": "三个月来居高不下", "indicator": "晚高峰负荷", "indicator_unit": "%",
        "baseline": Decimal("92"), "goal": Decimal("70"), "lead": cast.person("requester"), "kind": "technology",
        "milestones": [{"on": "2026-06-30", "what": "完成均衡"}, {"on": "2026-04-30", "what": "摸清底数"}],
    } | changes  # fmt: skip
    return create_challenge(cast.branch, by=cast.users[by], at=MONDAY, **values)


def faults_of(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, list[str]]:
    return {name: [fault.code for fault in faults] for name, faults in refused.value.faults.items()}


def test_challenge_gets_a_number_its_milestones_in_order_and_a_journal_row(cast: Cast) -> None:
    first, second = taken_on(cast), taken_on(cast, by="second", title="第二道题目")
    assert (first.code, second.code) == ("LT26-00001", "LT26-00002")
    assert (first.state, first.version, first.campaign) == ("chosen", 1, cast.campaign)
    assert [row["what"] for row in first.milestones] == ["摸清底数", "完成均衡"]
    entry = Entry.objects.get(verb="challenge_created", target_id=first.pk)
    assert (entry.target_label, entry.data) == ("LT26-00001 晚高峰负荷降到七成", {"branch": cast.branch.pk})


@pytest.mark.parametrize(
    "role", ["expert", "leader", "liaison", "clerk", "coordinator", "viewer", "auditor", "outsider"]
)
def test_only_the_branch_takes_on_and_edits(cast: Cast, role: str) -> None:
    with pytest.raises(NotAllowed):
        taken_on(cast, by=role)
    challenge = taken_on(cast)
    with pytest.raises(NotAllowed):
        edit_challenge(challenge, by=cast.users[role], at=MONDAY, title="换一个题目")
    with pytest.raises(NotAllowed):
        tick_milestone(challenge, 0, done=True, by=cast.users[role], at=MONDAY)
    assert Challenge.objects.get().version == 1


@pytest.mark.parametrize(
    "changes, faults",
    [
        ({"title": ""}, {"title": ["required"]}),
        ({"title": "三个字"}, {"title": ["too_short"]}),
        ({"title": "长" * 61}, {"title": ["too_long"]}),
        ({"background": "长" * 2001}, {"background": ["too_long"]}),
        ({"indicator": ""}, {"indicator": ["required"]}),
        ({"goal": Decimal("92.0")}, {"goal": ["goal_is_baseline"]}),
        ({"goal": Decimal("1e12")}, {"goal": ["not_a_number"]}),
        ({"goal": Decimal("NaN")}, {"goal": ["not_a_number"]}),
        ({"kind": "magic"}, {"kind": ["invalid_choice"]}),
        ({"milestones": [{"on": "", "what": "没有日期"}]}, {"milestones": ["milestone_incomplete"]}),
        ({"milestones": [{"on": "30. 6.", "what": "日期不对"}]}, {"milestones": ["milestone_incomplete"]}),
        ({"milestones": [{"on": "2026-06-30", "what": "一步"}] * 13}, {"milestones": ["too_many"]}),
    ],
)
def test_bad_challenge_is_refused_with_its_faults(
    cast: Cast, changes: dict[str, Any], faults: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        taken_on(cast, **changes)
    assert faults_of(refused) == faults
    assert not Challenge.objects.exists()


def test_lead_belongs_to_the_branch(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        taken_on(cast, lead=cast.person("outsider"))
    assert faults_of(refused) == {"lead": ["lead_of_branch"]}


def test_personal_numbers_and_invisible_characters_are_not_stored(cast: Cast) -> None:
    challenge = taken_on(cast, title="联系 13800138000\u202e 处理", background="号码 13900139000\x00")
    assert (challenge.title, challenge.background) == ("联系 138****8000 处理", "号码 139****9000")


def test_dissolved_branch_takes_on_nothing(cast: Cast) -> None:
    cast.branch.until = TODAY
    cast.branch.save()
    with pytest.raises(NotNow):
        taken_on(cast)


def test_edit_changes_what_is_named_and_says_so(cast: Cast) -> None:
    challenge = taken_on(cast)
    later = MONDAY + timedelta(hours=1)
    edited = edit_challenge(challenge, by=cast.second, at=later, seen=1, goal=Decimal("65"))
    assert (edited.goal, edited.baseline, edited.version, edited.changed_at) == (65, 92, 2, later)
    assert Entry.objects.get(verb="challenge_edited").data == {"fields": ["goal"]}


def test_edit_without_a_change_writes_nothing(cast: Cast) -> None:
    challenge = taken_on(cast)
    assert edit_challenge(challenge, by=cast.requester, at=MONDAY, title=challenge.title).version == 1
    assert not Entry.objects.filter(verb="challenge_edited").exists()


def test_edit_of_an_older_version_is_refused(cast: Cast) -> None:
    challenge = taken_on(cast)
    edit_challenge(challenge, by=cast.second, at=MONDAY, seen=1, title="第二个人改的")
    with pytest.raises(StaleWrite):
        edit_challenge(challenge, by=cast.requester, at=MONDAY, seen=1, title="第一个人改的")
    assert Challenge.objects.get().title == "第二个人改的"


LITERAL = {
    ("chosen", "branch"): ["approved", "stopped"],
    ("approved", "branch"): ["active", "stopped"],
    ("active", "branch"): ["concluded", "stopped"],
    ("concluded", "branch"): [],
    ("stopped", "branch"): [],
    ("chosen", "coordinator"): ["stopped"],
    ("approved", "coordinator"): ["stopped"],
    ("active", "coordinator"): ["stopped"],
    ("concluded", "coordinator"): [],
    ("stopped", "coordinator"): [],
}


def test_steps_are_the_literal_table() -> None:
    told = {
        (state, role): [step.target for step in steps_from(state, frozenset({role}))]
        for state in ChallengeState.values
        for role in ("branch", "coordinator")
    }
    assert told == LITERAL


@pytest.mark.parametrize("state", ChallengeState.values)
@pytest.mark.parametrize("target", ChallengeState.values)
@pytest.mark.parametrize("role", ["requester", "coordinator", "expert"])
def test_advance_obeys_the_table(cast: Cast, state: str, target: str, role: str) -> None:
    challenge = taken_on(cast)
    Challenge.objects.update(state=state)
    allowed = {"requester": "branch", "coordinator": "coordinator"}.get(role, "")
    expected: type[Refusal] | None = None
    if target not in STEPS:
        expected = Invalid
    elif allowed not in STEPS[target].roles:
        expected = NotAllowed
    elif target not in LITERAL[state, allowed]:
        expected = NotNow
    if expected is None:
        assert advance(challenge, target, by=cast.users[role], at=MONDAY, result="见附件").state == target
        assert Entry.objects.get(verb="challenge_advanced").data == {"state": target, "before": state}
        return
    with pytest.raises(expected):
        advance(challenge, target, by=cast.users[role], at=MONDAY, result="见附件")
    assert Challenge.objects.get().state == state


@pytest.mark.parametrize("state, target", [("active", "concluded"), ("chosen", "stopped")])
def test_ending_needs_words(cast: Cast, state: str, target: str) -> None:
    challenge = taken_on(cast)
    Challenge.objects.update(state=state)
    with pytest.raises(Invalid) as refused:
        advance(challenge, target, by=cast.requester, at=MONDAY, result=" ")
    assert faults_of(refused) == {"result": ["required"]}


def test_ended_challenge_is_not_edited(cast: Cast) -> None:
    challenge = advance(taken_on(cast), "stopped", by=cast.requester, at=MONDAY, result="不做了")
    with pytest.raises(NotNow):
        edit_challenge(challenge, by=cast.requester, at=MONDAY, title="再改一改")
    with pytest.raises(NotNow):
        tick_milestone(challenge, 0, done=True, by=cast.requester, at=MONDAY)


def test_milestone_is_ticked_and_unticked(cast: Cast) -> None:
    challenge = tick_milestone(taken_on(cast), 1, done=True, by=cast.second, at=MONDAY)
    assert [row["done"] for row in challenge.milestones] == [False, True]
    assert [row["done"] for row in tick_milestone(challenge, 1, done=False, by=cast.second, at=MONDAY).milestones] == [
        False,
        False,
    ]
    with pytest.raises(StaleWrite):
        tick_milestone(challenge, 2, done=True, by=cast.second, at=MONDAY)


@pytest.mark.parametrize("role", ["requester", "expert", "viewer", "auditor", "outsider"])
def test_everybody_of_the_directory_sees_a_challenge(cast: Cast, role: str) -> None:
    challenge = taken_on(cast)
    mine = standing(cast.users[role], on=TODAY)
    assert policy.get_visible(mine, challenge.code) == challenge
    assert policy.may_edit(mine, challenge) is (role == "requester")


def test_unknown_code_and_a_stranger_see_nothing(cast: Cast) -> None:
    challenge = taken_on(cast)
    with pytest.raises(NotVisible):
        policy.get_visible(standing(cast.requester, on=TODAY), "LT26-99999")
    cast.person("viewer").user = None
    cast.person("viewer").save()
    with pytest.raises(NotVisible):
        policy.get_visible(standing(cast.viewer, on=TODAY), challenge.code)


def test_codes_have_five_digits_and_the_year() -> None:
    assert [challenge_code(2026, 12), challenge_code(2031, 123456)] == ["LT26-00012", "LT31-123456"]
