"""What can be found of cases, groups, experts and challenges, and how it follows what happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huizhen.cases.actions.following import merge_group
from huizhen.challenges.actions import advance, create_challenge
from huizhen.directory.actions import change_leader, leave_group, rename_branch
from huizhen.directory.models import Membership
from huizhen.directory.queries import standing
from huizhen.directory.sources import pinyin_keys
from huizhen.search.actions import put
from huizhen.search.jobs import drain
from huizhen.search.models import Entry
from huizhen.search.queries import find
from huizhen.search.registry import sources, words_of
from tests.cast import MONDAY, Cast

NOW = MONDAY + timedelta(hours=6)
DAY = timezone.localdate(NOW)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def documents(kind: str) -> list[Any]:
    source = sources()[kind]
    return list(source.documents(source.after(0, 100)))


def queries(kind: str) -> int:
    ids = sources()[kind].after(0, 100)
    with CaptureQueriesContext(
        connection,
    ) as told:
        list(sources()[kind].documents(ids))
    return len(told)


def found(cast: Cast, who: str, text: str, **how: Any) -> list[str]:
    hits = find(standing(cast.users[who], on=DAY), text, at=NOW, **how)
    return [] if hits.is_relaxed else [hit.code for hit in hits.hits]


def test_batches_of_documents_cost_as_many_queries_for_one_as_for_three(cast: Cast) -> None:
    cast.archived()
    create_challenge(cast.branch, by=cast.requester, at=NOW, title="宿舍负荷降到七成")
    once = {kind: queries(kind) for kind in ("case", "challenge", "group", "expert")}
    cast.prescribed(at=MONDAY)
    cast.contacted(at=MONDAY)
    create_challenge(cast.other_branch, by=cast.outsider, at=NOW, title="另一道题目很难")
    assert once == {"case": 7, "challenge": 1, "group": 2, "expert": 2}
    assert {kind: queries(kind) for kind in once} == once


def test_nothing_that_can_be_found_holds_a_number_of_anybody(cast: Cast) -> None:
    cast.archived()
    text = "\n".join(str(one) for kind in sources() for one in documents(kind))
    people = cast.people.values()
    assert len(text) > 500
    assert [one.code for one in people if one.phone in text or one.email in text] == []


def test_scopes_of_a_case_are_its_places_or_its_parties(cast: Cast) -> None:
    case = cast.contacted()
    (one,) = documents("case")
    places = {f"b{cast.branch.pk}", f"g{cast.group.pk}", f"d{cast.group.domain_id}", f"u{cast.branch.unit_id}", "r"}
    assert set(one.scopes) - {f"p{person.pk}" for person in cast.people.values()} == places
    assert one.facets["state"] == "in_consultation"
    cast.take(case, "mark_sensitive", "requester", NOW, reason="涉及个人")
    (one,) = documents("case")
    assert {scope[0] for scope in one.scopes} == {"p", "l", "n"}, "no place, nobody who reads everything"


def test_transfer_and_new_names_reach_the_index(cast: Cast) -> None:
    case = cast.contacted()
    drain(NOW)
    assert found(cast, "other_leader", "负荷超限") == []
    cast.take(case, "propose_transfer", "expert", NOW, group="FIN-01", reason="属于财务")
    drain(NOW)
    assert found(cast, "other_leader", "负荷超限") == [case.code]
    rename_branch(cast.branch, name="佛山分公司云网党支部", by=cast.coordinator, at=NOW)
    drain(NOW)
    assert found(cast, "expert", "云网党支部", kind="case") == [case.code]


def test_experts_and_groups_follow_the_roster(cast: Cast) -> None:
    for kind in ("group", "expert"):
        put(documents(kind))
    change_leader(cast.group, person=cast.person("mate"), since=DAY, by=cast.coordinator, at=NOW)
    drain(NOW)
    assert found(cast, "outsider", "guzhiwei", kind="group") == ["NET-01"], "a group is found by its leader"
    assert found(cast, "outsider", "shenyanxing") == ["expert"]
    assert found(cast, "outsider", "syx") == ["expert"]
    seat = Membership.objects.get(person=cast.person("other_expert"), until=None)
    leave_group(seat, by=cast.coordinator, at=NOW)
    assert found(cast, "outsider", "石知和") == [], "gone at once, whatever the index says"
    drain(NOW)
    assert not Entry.objects.filter(kind="expert", code="other_expert").exists()
    merge_group(cast.other_group, into=cast.group, by=cast.coordinator, at=NOW)
    drain(NOW)
    assert found(cast, "outsider", "领域:网络运维 无线", kind="group") == ["NET-01"]


def test_challenges_are_found_by_everybody_as_they_are_now(cast: Cast) -> None:
    challenge = create_challenge(
        cast.branch,
        by=cast.requester,
        at=NOW,
        title="宿舍负荷降到七成",
        milestones=[{"what": "完成摸底调查", "on": "2026-06-30"}],
    )
    drain(NOW)
    assert found(cast, "outsider", "摸底调查") == [challenge.code]
    assert found(cast, "outsider", "状态:已立项 摸底") == []
    advance(challenge, state="approved", by=cast.requester, at=NOW)
    drain(NOW)
    assert found(cast, "outsider", "状态:已立项 摸底") == [challenge.code]
    assert found(cast, "outsider", "state:approved 摸底") == [challenge.code]


def test_operators_know_the_words_of_both_languages(cast: Cast) -> None:
    assert words_of("state")["会诊中"] == words_of("state")["in consultation"] == "in_consultation"
    assert words_of("unit")["佛山"] == words_of("unit")["佛山分公司"] == words_of("unit")["fs"] == "FS"
    assert words_of("domain")["网络运维"] == "NET"
    assert words_of("group")["无线网络优化"] == words_of("group")["net-01"] == "NET-01"
    assert (words_of("kind")["专家团"], words_of("kind")["experts"], words_of("urgency")["特急"]) == (
        "group",
        "expert",
        "critical",
    )


def test_pinyin_of_a_name_is_typed_in_many_ways() -> None:
    assert pinyin_keys("欧阳知川") == ("ouyangzhichuan", "ozc", "zhichuan", "ouyang", "zhi", "chuan")
    assert pinyin_keys("") == ()
