"""查房: who stamps what, once; taking it back; suggestions and their answers; who has not been round."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from huizhen.cases.models import Case
from huizhen.directory.models import Leave
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from huizhen.reports.actions.rounds import (
    TAKE_BACK,
    answer_suggestion,
    make_round,
    suggest,
    take_back_round,
    withdraw_suggestion,
)
from huizhen.reports.jobs import remind_rounds
from huizhen.reports.models import Suggestion, WardRound
from huizhen.reports.queries import rounds as queries
from huizhen.reports.queries.suggestions import awaiting, suggestions
from tests.cast import MONDAY, Cast, build
from tests.racing import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + 2 * HOUR
SINCE = date(2026, 2, 23)
"""The campaign began on Thursday 2026-01-01; from Monday 2025-12-29 on periods of 14 days: …, 2026-02-23, 2026-03-09."""


def verbs(case: Case) -> list[str]:
    found = Entry.objects.filter(target_type="cases.case", target_id=case.pk, verb__contains="round")
    return list(found.order_by("seq").values_list("verb", flat=True))


def period(cast: Cast, at: datetime = NOW) -> queries.Period:
    return queries.period_of(cast.campaign, at.date())


def board(cast: Cast, who: str = "leader", at: datetime = NOW, **asked: Any) -> list[str]:
    reader = standing(cast.users[who], on=at.date())
    return [one.case.code for one in queries.board(reader, period(cast, at), now=at, **asked).lines]


def test_periods_follow_each_other_from_the_monday_of_the_campaign(cast: Cast) -> None:
    found = [queries.period_of(cast.campaign, date(2026, 1, 1) + timedelta(days=n)) for n in range(120)]
    assert found[0] == queries.Period(date(2025, 12, 29), date(2026, 1, 12))
    assert {one.length for one in found} == {14}
    assert all(a == b or a.until == b.since for a, b in itertools.pairwise(found))
    assert period(cast).since == SINCE
    cast.campaign.settings = {"round_days": 7}
    assert period(cast) == queries.Period(date(2026, 3, 2), date(2026, 3, 9))


def test_round_is_stamped_once_for_a_selection_and_taken_back(cast: Cast) -> None:
    first, second, third = cast.register(), cast.register(at=MONDAY + HOUR), cast.register()
    made = make_round([second, first], by=cast.leader, at=NOW, comment="  先查容量，找 15400012345 问  ")
    assert [one.case_id for one in made] == sorted([first.pk, second.pk])
    assert len({one.batch for one in made}) == 1
    assert made[0].comment.startswith("先查容量")
    assert "15400012345" not in made[0].comment
    entry = Entry.objects.get(verb="round_made", target_id=first.pk)
    assert entry.data == {"round": made[0].pk, "persons": [first.accountable_id]}
    # the same again is the same; other words, another day, another person are another stamp
    again = make_round([first, second, third], by=cast.leader, at=NOW + HOUR, comment="先查容量，找 15400012345 问")
    assert [one.pk for one in again[:2]] == [one.pk for one in made]
    assert verbs(first) == ["round_made"]
    assert verbs(third) == ["round_made"]
    assert again[2].batch != made[0].batch
    (silent,) = make_round([first], by=cast.leader, at=NOW + HOUR)
    assert Entry.objects.filter(verb="round_made").latest("pk").data["persons"] == []
    assert len(make_round([first], by=cast.leader, at=NOW + DAY)) == 1
    assert WardRound.objects.count() == 5
    assert board(cast) == []
    assert board(cast, only_due=False) == [second.code, third.code, first.code]
    # taken back within minutes, once, by who made it
    with pytest.raises(NotVisible):
        take_back_round(made[0].batch, by=cast.expert, at=NOW)
    assert [one.pk for one in take_back_round(made[0].batch, by=cast.leader, at=NOW + TAKE_BACK)] == [
        one.pk for one in made
    ]
    assert take_back_round(made[0].batch, by=cast.leader, at=NOW + TAKE_BACK) == []
    assert verbs(second) == ["round_made", "round_taken_back"]
    assert board(cast) == [second.code]
    with pytest.raises(NotNow) as refused:
        take_back_round(silent.batch, by=cast.leader, at=NOW + HOUR + TAKE_BACK + timedelta(seconds=1))
    assert refused.value.code == "round_is_old"
    # what was taken back may be stamped anew with the same words
    assert make_round([second], by=cast.leader, at=NOW + HOUR, comment=made[0].comment)[0].pk not in {
        one.pk for one in made
    }


def test_round_is_refused_to_others_and_of_what_is_over(cast: Cast) -> None:
    case, hushed, over = cast.contacted(), cast.register(), cast.register()
    cast.take(hushed, "mark_sensitive", "requester", NOW, reason="涉及个人")
    cast.take(over, "withdraw", "requester", NOW, reason="已经自己解决了")

    def refusal(who: str, cases: list[Case], **more: Any) -> str:
        with pytest.raises((NotVisible, NotAllowed, NotNow, Invalid)) as refused:
            make_round(cases, by=cast.users[who], at=NOW, **more)
        error = refused.value
        return next(iter(error.faults.values()))[0].code if isinstance(error, Invalid) else error.code

    assert refusal("outsider", [case]) == refusal("other_leader", [case]) == "case_unknown"
    assert [refusal(who, [case]) for who in ("requester", "expert", "liaison", "coordinator")] == [
        "round_of_leader"
    ] * 4
    assert refusal("leader", []) == "round_of_nothing"
    assert refusal("leader", [case], comment="多" * 301) == "too_long"
    assert refusal("leader", [over]) == "round_closed"
    assert [one.case_id for one in make_round([over, case], by=cast.leader, at=NOW)] == [case.pk]  # the rest is stamped
    assert refusal("mate", [hushed]) == "case_unknown"  # 敏感: only whom it is visible to
    assert len(make_round([hushed], by=cast.leader, at=NOW)) == 1
    # her deputy stamps 代 her, and is named as who did it
    Leave.objects.create(
        person=cast.person("leader"), deputy=cast.person("mate"), since=NOW.date(), until=NOW.date() + DAY
    )
    (stamp,) = make_round([case], by=cast.mate, at=NOW)
    assert stamp.by == cast.person("mate")
    assert Entry.objects.filter(verb="round_made").latest("pk").on_behalf_of == "毛知南"


def test_board_is_longest_first_page_by_page_at_the_same_cost(cast: Cast, django_assert_num_queries: Any) -> None:
    cases = [cast.register(at=MONDAY + n * HOUR / 4) for n in range(4)]
    make_round(cases[:1], by=cast.leader, at=NOW)
    assert board(cast) == [one.code for one in cases[1:]]
    assert board(cast, only_due=False) == [*(one.code for one in cases[1:]), cases[0].code]
    reader, told = standing(cast.leader, on=NOW.date()), period(cast)
    seen, after = [], ""
    for _page in range(4):
        with django_assert_num_queries(5):
            found = queries.board(reader, told, now=NOW, only_due=False, after=after, limit=1)
        seen += [one.case.code for one in found.lines]
        after = found.after
    assert seen == board(cast, only_due=False)
    assert not after
    with django_assert_num_queries(5):
        found = queries.board(reader, told, now=NOW, only_due=False, limit=3)
    assert (found.progress, found.progress.left) == (queries.Progress(1, 4), 3)
    assert [board(cast, after=wrong) for wrong in ("x", "9.9.9", "-1.3", "٣.1")] == [board(cast)] * 4
    # the next period begins anew; what was visited in the last one stands since then
    later = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    assert board(cast, at=later) == board(cast, only_due=False)
    line = queries.board(reader, period(cast, later), now=later).lines[-1]
    assert (line.days, line.is_visited, line.last is not None) == (7, False, True)


def test_groups_nobody_visits_are_seen_by_who_looks_after_them(cast: Cast, django_assert_num_queries: Any) -> None:
    case = cast.register()
    cast.register(group=cast.other_group.code)
    soon, late = NOW + 13 * DAY, NOW + 15 * DAY

    def lines(who: str, at: datetime, **asked: Any) -> dict[str, tuple[int, int, bool]]:
        found = queries.overview(standing(cast.users[who], on=at.date()), period(cast, at), now=at, **asked)
        return {one.group.code: (one.open, one.visited, one.is_silent) for one in found.lines}

    assert lines("coordinator", soon) == {"FIN-01": (1, 0, False), "NET-01": (1, 0, False)}
    make_round([case], by=cast.leader, at=soon)
    assert lines("coordinator", late) == {"FIN-01": (1, 0, True), "NET-01": (1, 1, False)}
    assert lines("liaison", late) == lines("leader", late) == {"NET-01": (1, 1, False)}
    assert lines("viewer", late, only_silent=True) == {"FIN-01": (1, 0, True)}
    assert lines("auditor", late, domain="FIN") == lines("other_liaison", late)
    assert [queries.silent_groups(standing(cast.users[who], on=late.date()), period(cast, late), now=late)
            for who in ("coordinator", "liaison", "other_liaison")] == [1, 0, 1]  # fmt: skip
    for who in ("requester", "expert", "clerk", "outsider"):
        with pytest.raises(NotAllowed):
            lines(who, late)
    reader = standing(cast.coordinator, on=late.date())
    for limit in (1, 50):
        with django_assert_num_queries(4):
            found = queries.overview(reader, period(cast, late), now=late, limit=limit)
    assert [one.leader and one.leader.name for one in found.lines] == ["钱致之", "毛知南"]
    assert not found.after


def test_leader_is_reminded_once_in_the_last_working_days_of_a_period(cast: Cast) -> None:
    case = cast.register()
    cast.register(group=cast.other_group.code)
    make_round([case], by=cast.leader, at=NOW)
    tuesday, wednesday = datetime(2026, 3, 3, 1, tzinfo=UTC), datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert remind_rounds(tuesday) == {"reminded": 0}  # Tuesday to Friday are four
    assert remind_rounds(wednesday) == {"reminded": 1}
    assert remind_rounds(wednesday) == remind_rounds(wednesday + 2 * DAY) == {"reminded": 0}
    entry = Entry.objects.get(verb="rounds_due")
    assert entry.data == {"groups": [cast.other_group.pk], "number": 1, "since": "2026-02-23", "until": "2026-03-09"}
    assert remind_rounds(wednesday + 14 * DAY) == {"reminded": 2}  # another period: both
    assert remind_rounds(datetime(2027, 3, 3, 1, tzinfo=UTC)) == {"reminded": 0}  # the campaign is over


def test_suggestion_goes_to_its_addressee_and_comes_back_with_an_answer(cast: Cast) -> None:
    case, key = cast.contacted(), uuid4()

    def made(**changes: Any) -> Suggestion:
        asked = {
            "by": cast.leader,
            "at": NOW,
            "to": "requester",
            "text": "请先把三月的报表补齐",
            "case": case,
            "key": key,
        }
        return suggest(cast.group, **(asked | changes))

    one = made()
    assert made() == one
    assert Suggestion.objects.count() == 1
    told = Entry.objects.get(verb="suggested")
    assert (told.target_id, told.data["persons"]) == (
        case.pk, sorted([cast.person("requester").pk, cast.person("second").pk]),
    )  # fmt: skip
    with pytest.raises(NotNow):
        suggest(cast.other_group, by=cast.other_leader, at=NOW, to="group", text="用了别人的表来写", key=key)
    work = made(case=None, to="group", key=None, text="每周一早上碰一次头")
    head = made(to="headquarters", key=uuid4(), text="请协调省公司的数据权限")
    mine = made(to="group", key=None)
    assert Entry.objects.filter(verb="suggested").latest("pk").data["persons"] == [case.accountable_id]
    for wrong, code in (({"to": "nobody"}, "invalid_choice"), ({"case": None}, "suggestion_needs_case"),
                        ({"text": "短"}, "too_short"), ({"text": " "}, "required"), ({"text": "长" * 1001}, "too_long")):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            made(**({"key": uuid4()} | wrong))
        assert next(iter(invalid.value.faults.values()))[0].code == code
    for who in ("expert", "liaison", "coordinator"):
        with pytest.raises(NotAllowed):
            made(by=cast.users[who], key=uuid4())
    with pytest.raises(NotVisible):
        made(by=cast.other_leader, key=uuid4())

    def seen(who: str, **asked: Any) -> list[int]:
        return [row.pk for row in suggestions(standing(cast.users[who], on=NOW.date()), **asked).suggestions]

    assert seen("liaison") == seen("expert") == [mine.pk, head.pk, work.pk, one.pk]
    assert seen("requester") == seen("clerk") == [mine.pk, head.pk, one.pk]  # the group's own work is not theirs
    assert seen("other_leader") == seen("outsider") == []
    waiting = {who: seen(who, show="mine") for who in ("requester", "expert", "leader", "coordinator", "viewer")}
    assert waiting == {"requester": [one.pk], "expert": [mine.pk, work.pk], "leader": [], "coordinator": [head.pk], "viewer": []}  # fmt: skip
    assert awaiting(standing(cast.mate, on=NOW.date())) == 2
    # answered by whom it is for, once; refusing needs the reason
    for who in ("leader", "coordinator", "expert", "viewer"):
        with pytest.raises(NotAllowed):
            answer_suggestion(one, by=cast.users[who], at=NOW, decision="adopted")
    for decision, answer, code in (("not_adopted", "", "required"), ("open", "好", "invalid_choice")):
        with pytest.raises(Invalid) as invalid:
            answer_suggestion(one, by=cast.second, at=NOW, decision=decision, answer=answer)
        assert next(iter(invalid.value.faults.values()))[0].code == code
    done = answer_suggestion(one, by=cast.second, at=NOW, decision="not_adopted", answer="三月没有这张报表")
    assert (done.state, done.answered_by, seen("requester", show="not_adopted")) == ("not_adopted", cast.person("second"), [one.pk])  # fmt: skip
    assert Entry.objects.get(verb="suggestion_answered").data["persons"] == [cast.person("leader").pk]
    for late in (lambda: answer_suggestion(one, by=cast.requester, at=NOW, decision="adopted"),
                 lambda: withdraw_suggestion(one, by=cast.leader, at=NOW)):  # fmt: skip
        with pytest.raises(NotNow):
            late()
    answer_suggestion(work, by=cast.mate, at=NOW, decision="adopted")
    # hers to withdraw until then
    with pytest.raises(NotAllowed):
        withdraw_suggestion(head, by=cast.coordinator, at=NOW)
    assert withdraw_suggestion(head, by=cast.leader, at=NOW).state == "withdrawn"
    assert seen("coordinator", show="mine") == []


def test_rounds_of_a_case_cost_the_same(cast: Cast, django_assert_num_queries: Any) -> None:
    case = cast.register()
    for rows in (1, 3):
        for n in range(rows):
            make_round([case], by=cast.leader, at=NOW, comment=f"第 {rows}.{n} 次")
            suggest(cast.group, by=cast.leader, at=NOW, to="group", text=f"第 {rows}.{n} 条", case=case)
        with django_assert_num_queries(2):
            found = queries.of_case(case)
            assert [one.by.name for one in (*found.rounds, *found.suggestions)] == ["毛知南"] * 2 * len(found.rounds)
    assert found.last
    assert found.last.comment == "第 3.2 次"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(transactional_db: None) -> None:
    """Two browsers press the same: one stamp for each case, one suggestion, one answer, one reminder."""
    crowd, key = build(), uuid4()
    case, other = crowd.contacted(), crowd.register()

    def asked() -> Suggestion:
        return suggest(crowd.group, by=crowd.leader, at=NOW, to="group", text="先看容量再看参数", case=case, key=key)

    stamps = at_once(
        lambda: make_round([case, other], by=crowd.leader, at=NOW), lambda: make_round([other, case], by=crowd.leader, at=NOW)
    )  # fmt: skip
    assert stamps[0] == stamps[1]
    assert WardRound.objects.count() == 2
    assert verbs(case) == ["round_made"]
    back = at_once(*[lambda: take_back_round(stamps[0][0].batch, by=crowd.leader, at=NOW)] * 2)
    assert sorted(map(len, back)) == [0, 2]
    assert verbs(case) == ["round_made", "round_taken_back"]
    made = at_once(asked, asked)
    assert made[0] == made[1]
    assert Suggestion.objects.count() == 1
    answers = at_once(*[
        lambda who=who: answer_suggestion(made[0], by=crowd.users[who], at=NOW, decision="adopted") for who in ("mate", "expert")
    ])  # fmt: skip
    assert sorted(type(one).__name__ for one in answers) == ["NotNow", "Suggestion"]
    reminded = at_once(*[lambda: remind_rounds(datetime(2026, 3, 4, 1, tzinfo=UTC))] * 2)
    assert sorted(one["reminded"] for one in reminded) == [0, 1]
    assert Entry.objects.filter(verb="rounds_due").count() == 1
