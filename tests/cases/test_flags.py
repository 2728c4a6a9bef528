"""需要谈一谈: raised once for what happened, seen by two people, without any consequence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huizhen.cases import actions
from huizhen.cases.jobs import sweep
from huizhen.cases.models import Case, Flag
from huizhen.cases.queries import flags as queries
from huizhen.cases.queries.flags import get_flag
from huizhen.directory.models import Leave, Posting
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.journal.queries import entries_of, verify
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast


def reader(cast: Cast, who: str, at: Any = MONDAY) -> Any:
    return standing(cast.users[who], on=timezone.localdate(at))


def talks(cast: Cast, who: str, at: Any = MONDAY) -> list[str]:
    return [one.kind for one in queries.talks(reader(cast, who, at)).to_have]


def about(cast: Cast, who: str) -> list[Flag]:
    return list(queries.talks(reader(cast, who)).about_me)


def refuse(cast: Cast, at: Any, *, who: str = "other_expert") -> Case:
    """A transfer to the other group that somebody does not take."""
    case = cast.contacted(at=at)
    cast.take(case, "propose_transfer", "expert", at + HOUR, person="other_expert", reason="属于财务")
    return cast.take(case, "refuse_transfer", who, at + 2 * HOUR, reason="不属于财务")


# ── refusals


def test_second_refusal_in_ninety_days_is_a_reason_to_talk(cast: Cast) -> None:
    refuse(cast, MONDAY)
    assert not Flag.objects.exists()
    case = refuse(cast, MONDAY + DAY)
    flag = Flag.objects.get()

    assert (flag.kind, flag.person, flag.group) == ("refusals", cast.person("other_expert"), cast.other_group)
    assert [one["what"] for one in flag.facts["refusals"]] == ["transfer", "transfer"]
    assert (talks(cast, "other_leader"), talks(cast, "leader")) == (["refusals"], [])
    told = Entry.objects.get(verb="flag_raised")
    assert (told.data["person"], told.data["leader"]) == (flag.person_id, cast.person("other_leader").pk)
    assert cast.person("other_expert").name not in told.target_label
    assert not entries_of(case).filter(verb="flag_raised").exists()  # the branch reads the timeline
    assert verify().faults_found == 0


def test_refusals_of_a_group_count_together_and_those_of_long_ago_do_not(cast: Cast) -> None:
    refuse(cast, MONDAY)
    refuse(cast, MONDAY + 100 * DAY)
    assert not Flag.objects.exists()
    refuse(cast, MONDAY + 101 * DAY, who="other_leader")
    flag = Flag.objects.get()

    assert flag.person == cast.person("other_leader")
    # about a leader it is the liaison of the domain who talks with her
    assert (talks(cast, "other_leader"), talks(cast, "other_liaison"), talks(cast, "liaison")) == ([], ["refusals"], [])


def test_invitation_not_taken_counts_but_one_that_ended_with_its_case_does_not(cast: Cast) -> None:
    case = PLAYS["invited"](cast)
    cast.take(case, "decline_invitation", "other_expert", MONDAY + 2 * HOUR, reason="没有人手")
    gone = PLAYS["invited"](cast)
    cast.take(gone, "withdraw", "requester", MONDAY + 3 * HOUR, reason="已自行解决")
    assert not Flag.objects.exists()
    refuse(cast, MONDAY + DAY)
    assert [one["what"] for one in Flag.objects.get().facts["refusals"]] == ["invitation", "transfer"]


def test_one_talk_is_enough_and_what_was_talked_about_is_past(cast: Cast) -> None:
    for n in range(3):
        refuse(cast, MONDAY + n * DAY)
    flag = Flag.objects.get()
    actions.note_talk(flag, by=cast.other_leader, at=MONDAY + 3 * DAY, note="说好先看病历再决定")

    refuse(cast, MONDAY + 4 * DAY)
    assert Flag.objects.count() == 1
    refuse(cast, MONDAY + 5 * DAY)
    assert Flag.objects.count() == 2


# ── overdue


def test_clock_a_day_late_is_a_reason_to_talk_with_its_holder(cast: Cast) -> None:
    case = cast.register()
    sweep(MONDAY + 8 * HOUR)
    assert not Flag.objects.exists()
    sweep(MONDAY + 2 * DAY)
    sweep(MONDAY + 2 * DAY)
    flag = Flag.objects.get(case=case)

    assert (flag.kind, flag.person, flag.facts["clock"]) == ("overdue", cast.person("expert"), "first_contact")
    assert (talks(cast, "leader"), talks(cast, "liaison"), talks(cast, "coordinator")) == (["overdue"], [], [])
    assert about(cast, "expert") == [flag]


def test_whoever_took_a_late_case_over_is_not_to_blame(cast: Cast) -> None:
    case = cast.contacted()  # the session is due on Thursday
    at = MONDAY + 3 * DAY + HOUR
    cast.take(case, "propose_transfer", "expert", at, person="mate", reason="请假")
    cast.take(case, "accept_transfer", "mate", at + timedelta(minutes=5))
    cast.take(case, "log_contact", "mate", at + timedelta(minutes=10), channel="phone", learned="接着谈")
    cast.take(case, "inform_group", "mate", at + timedelta(minutes=10), note="已告知")
    sweep(MONDAY + 4 * DAY + 2 * HOUR)

    assert case.ladder.filter(clock="session", step="late_1").exists()
    assert not Flag.objects.filter(facts__clock="session").exists()


def test_what_others_owe_is_no_flag_of_the_expert(cast: Cast) -> None:
    case = PLAYS["complained"](cast)
    cast.take(case, "ask_support", "requester", MONDAY + HOUR, topic="time", text="三个人各半天")
    sweep(MONDAY + 8 * DAY)

    assert not Flag.objects.filter(facts__clock__in=["complaint_answer", "support_answer"]).exists()


# ── advice that did not work out


def test_prescription_returned_twice_is_a_reason_to_talk(cast: Cast) -> None:
    case = PLAYS["twice_returned"](cast)
    flag = Flag.objects.get(case=case)

    assert (flag.kind, flag.facts, flag.person) == ("empty_advice", {"returned": [1, 2]}, cast.person("expert"))


def test_half_of_the_measures_dropped_is_a_reason_to_talk(cast: Cast) -> None:
    case = cast.treated()
    first, second = (str(one.key) for one in Case.objects.get(pk=case.pk).prescriptions.get().measures.all())
    for n, key in enumerate((first, first, second)):
        assert Flag.objects.exists() is False
        cast.take(
            case, "update_measure", "requester", MONDAY + (4 + n) * HOUR, measure=key, state="dropped", note="做不了"
        )
    flag = Flag.objects.get(case=case)

    assert (flag.kind, flag.facts) == ("empty_advice", {"version": 1, "dropped": [1, 2], "all": 2})
    cast.take(
        case, "update_measure", "requester", MONDAY + 8 * HOUR, measure=second, state="dropped", note="还是做不了"
    )
    assert Flag.objects.count() == 1


def test_measures_waived_at_the_end_are_no_reason(cast: Cast) -> None:
    cast.resolved()
    assert not Flag.objects.filter(kind="empty_advice").exists()


# ── two people and nobody else


@pytest.fixture
def flag(cast: Cast) -> Flag:
    cast.register()
    sweep(MONDAY + 2 * DAY)
    return Flag.objects.select_related("case", "person", "group__domain").get()


AT = MONDAY + 3 * DAY


def test_flag_is_seen_by_the_expert_and_her_leader_alone(cast: Cast, flag: Flag) -> None:
    seen = set()
    for who in cast.users:
        try:
            get_flag(reader(cast, who), flag.key)
            seen.add(who)
        except NotVisible:
            pass

    assert seen == {"expert", "leader"}


def test_deputy_of_the_leader_has_no_talk(cast: Cast, flag: Flag) -> None:
    today = timezone.localdate(AT)
    Leave.objects.create(person=cast.person("leader"), deputy=cast.person("mate"), since=today, until=today + DAY)

    assert talks(cast, "mate", AT) == []
    with pytest.raises(NotVisible):
        get_flag(reader(cast, "mate", AT), flag.key)


def test_head_office_talks_with_a_leader_whose_domain_has_no_liaison(cast: Cast) -> None:
    Posting.objects.filter(person=cast.person("other_liaison")).update(until=timezone.localdate(MONDAY))
    refuse(cast, MONDAY, who="other_leader")
    refuse(cast, MONDAY + DAY, who="other_leader")

    assert talks(cast, "coordinator", AT) == ["refusals"]
    flag = get_flag(reader(cast, "coordinator", AT), Flag.objects.get().key)
    actions.note_talk(flag, by=cast.coordinator, at=AT, note="谈过了，理由成立")
    assert talks(cast, "coordinator", AT) == []


def test_expert_states_reasons_and_the_leader_notes_the_talk(cast: Cast, flag: Flag) -> None:
    with pytest.raises(NotAllowed):
        actions.state_reasons(flag, by=cast.leader, at=AT, text="我替她说")
    with pytest.raises(NotAllowed):
        actions.note_talk(flag, by=cast.expert, at=AT, note="自己谈过了")
    actions.state_reasons(flag, by=cast.expert, at=AT, text="当天在抢修")
    actions.state_reasons(flag, by=cast.expert, at=AT + HOUR, text="当天在抢修，已电话说明\x00")
    actions.note_talk(flag, by=cast.leader, at=AT + 2 * HOUR, note="情况属实，下次请人代")
    flag.refresh_from_db()

    assert (flag.reasons, flag.note) == ("当天在抢修，已电话说明", "情况属实，下次请人代")
    assert (talks(cast, "leader"), about(cast, "expert")) == ([], [])
    assert [one.verb for one in entries_of(flag)] == ["flag_raised", "flag_reasons", "flag_reasons", "flag_talked"]
    for late in (
        lambda: actions.state_reasons(flag, by=cast.expert, at=AT + DAY, text="再补一句"),
        lambda: actions.note_talk(flag, by=cast.leader, at=AT + DAY, note="又谈了一次"),
    ):
        with pytest.raises(NotNow):
            late()


@pytest.mark.parametrize("text", ["", " ", "字" * 1001])
def test_words_have_a_length(cast: Cast, flag: Flag, text: str) -> None:
    with pytest.raises(Invalid):
        actions.state_reasons(flag, by=cast.expert, at=AT, text=text)
    with pytest.raises(Invalid):
        actions.note_talk(flag, by=cast.leader, at=AT, note=text)


def test_flag_changes_nothing_of_the_case(cast: Cast, flag: Flag) -> None:
    before = Case.objects.filter(pk=flag.case_id).values().get()
    actions.note_talk(flag, by=cast.leader, at=AT, note="谈过了，没有问题")

    assert Case.objects.filter(pk=flag.case_id).values().get() == before
