"""From a solved case to a published method: extraction, words, pieces, review, versions, who may what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from huizhen.cases.models import Case, Measure
from huizhen.directory.models import Membership, Posting
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.methods.actions.reviewing import publish, return_version
from huizhen.methods.actions.writing import (
    discard,
    extract,
    mask,
    prove,
    put_piece,
    revise,
    save_version,
    submit,
    take_back,
    take_piece,
)
from huizhen.methods.lifecycle import AUTHOR, REVIEWER, Evidence, VersionState
from huizhen.methods.models import Method, MethodVersion, Proof
from huizhen.methods.policy import get_visible, roles_on, visible
from huizhen.methods.queries.writing import desk, newest, queue, sheet_of
from huizhen.methods.sources import SOURCE
from huizhen.worktime.queries import calendar
from tests.cast import MONDAY, Cast
from tests.kept import kept

LATER = MONDAY + timedelta(days=8, hours=1)
ROLES = (
    "requester",
    "expert",
    "leader",
    "liaison",
    "clerk",
    "coordinator",
    "viewer",
    "auditor",
    "outsider",
    "other_leader",
)


@kept("cast")
def decided(cast: Cast, **changes: Any) -> Case:
    """A case with 显效, its measures carried out, whose leader decided to extract it."""
    case = cast.followed(**changes)
    for measure in Measure.objects.filter(prescription__case=case):
        cast.take(case, "update_measure", "requester", LATER, measure=str(measure.key), state="done")
    case = cast.take(case, "resolve", "expert", LATER)
    return cast.take(case, "decide_extraction", "leader", LATER, decision="extract")


def drafted(cast: Cast, by: str = "leader", **changes: Any) -> Method:
    return extract(decided(cast, **changes), by=cast.users[by], at=LATER)


def write(cast: Cast, method: Method, by: str = "leader", at: datetime = LATER, **values: Any) -> MethodVersion:
    return save_version(method, values, by=cast.users[by], at=at)


def submitted(cast: Cast, **changes: Any) -> Method:
    method = drafted(cast, **changes)
    write(cast, method, applies_not="没有宿舍的小区")
    submit(method, by=cast.leader, at=LATER)
    return method


def published(cast: Cast, **changes: Any) -> Method:
    method = submitted(cast, **changes)
    publish(method, by=cast.users["liaison"], at=LATER)
    return Method.objects.get(pk=method.pk)


def faults_of(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, list[str]]:
    return {name: [fault.code for fault in faults] for name, faults in refused.value.faults.items()}


def test_draft_is_made_of_its_case_once(cast: Cast) -> None:
    case = decided(cast)
    method = extract(case, by=cast.leader, at=LATER)
    assert extract(case, by=cast.users["expert"], at=LATER) == method
    assert (method.code, method.evidence, method.source_case, method.first_branch) == (
        "GF26-0001",
        "draft",
        case,
        cast.branch,
    )
    version = newest(method)
    assert [row["title"] for row in version.steps] == ["做负荷均衡", "扩容两个小区"]
    assert version.name.endswith("两步法")
    assert (version.problem, version.meaning) == (case.condition, "先均衡再扩容")
    assert "小区容量不足" in version.applies
    assert version.effect
    assert {str(one.kind) for one in version.pieces.all()} >= {"condition", "cause", "measure", "effect"}
    assert {one.code for one in version.experts.all()} == {"expert", "mate"}
    entries = Entry.objects.filter(target_type="methods.method").values_list("verb", "data")
    assert list(entries) == [("method_drafted", {"case": case.pk, })]  # fmt: skip


def test_extraction_waits_for_the_decision_and_asks_who(cast: Cast) -> None:
    case = cast.resolved()
    with pytest.raises(NotNow) as early:
        extract(case, by=cast.leader, at=LATER)
    assert early.value.code == "extraction_not_decided"
    case = cast.take(case, "decide_extraction", "leader", LATER, decision="extract")
    for who, refusal in (("requester", NotAllowed), ("liaison", NotAllowed), ("outsider", NotVisible)):
        with pytest.raises(refusal):
            extract(case, by=cast.users[who], at=LATER)
    hushed = cast.take(case, "mark_sensitive", "requester", LATER, reason="涉及个人")
    with pytest.raises((NotNow, NotVisible)):
        extract(hushed, by=cast.leader, at=LATER)
    assert not Method.objects.exists()


def test_anything_is_kept_while_writing_and_two_writers_do_not_overwrite_each_other(cast: Cast) -> None:
    method = drafted(cast)
    seen = newest(method).revision
    first = save_version(method, {"name": "长" * 40, "before": "92", "after": ""}, by=cast.leader, at=LATER, seen=seen)
    assert (first.name, first.after, first.revision) == ("长" * 40, None, seen + 1)
    with pytest.raises(StaleWrite):
        save_version(method, {"name": "另一个"}, by=cast.users["expert"], at=LATER, seen=seen)
    same = save_version(method, {"name": "长" * 40}, by=cast.leader, at=LATER, seen=first.revision)
    assert same.revision == first.revision
    with pytest.raises(Invalid) as refused:
        write(cast, method, before="很多", name="长" * 61)
    assert faults_of(refused) == {"before": ["not_a_number"], "name": ["too_long"]}
    write(cast, method, problem="甲\x00乙\u202e")
    assert newest(method).problem == "甲乙"
    with pytest.raises(NotAllowed):
        write(cast, method, by="liaison", name="不是她写")


def test_pieces_are_put_and_taken_out_again(cast: Cast) -> None:
    method = drafted(cast)
    sheet = sheet_of(method, newest(method), standing(cast.leader, on=LATER.date()))
    measure = next(one for one in sheet.pieces if one.kind == "measure")
    told: dict[str, Any] = {"by": cast.leader, "at": LATER, "values": {}}
    put_piece(method, measure.key, "tools", **told)
    assert newest(method).tools == measure.text
    with pytest.raises(Invalid) as twice:
        put_piece(method, measure.key, "tools", **told)
    assert faults_of(twice) == {"put": ["piece_is_there"]}
    for key, field in ((measure.key, "name"), ("HZ26-00001.measure.999", "tools")):
        with pytest.raises(Invalid):
            put_piece(method, key, field, **told)
    assert take_piece(method, measure.key, "tools", **told)
    assert newest(method).tools == ""
    put_piece(method, measure.key, "tools", **told)
    write(cast, method, tools="改写过了")
    assert not take_piece(method, measure.key, "tools", **told)
    assert newest(method).tools == "改写过了"
    effect = next(one for one in sheet.pieces if one.kind == "effect")
    put_piece(method, effect.key, "steps", **told)
    assert len(newest(method).steps) == 3
    assert take_piece(method, effect.key, "steps", **told)
    assert len(newest(method).steps) == 2


def test_what_blocks_is_mended_what_is_doubtful_is_confirmed(cast: Cast) -> None:
    method = drafted(cast)
    write(cast, method, name="负荷九步法", meaning="沈言行的办法，全省领先")
    with pytest.raises(Invalid) as refused:
        submit(method, by=cast.leader, at=LATER)
    found = faults_of(refused)
    assert (found["name"], found["meaning"], found["applies_not"]) == (
        ["name_number"],
        ["person_named"],
        ["field_missing"],
    )
    assert mask(method, by=cast.leader, at=LATER, values={"name": "负荷两步法", "applies_not": "无"}) == 1
    assert newest(method).meaning == "某同事的办法，全省领先"
    with pytest.raises(Invalid) as refused:
        submit(method, by=cast.leader, at=LATER)
    assert faults_of(refused) == {"confirm": ["unconfirmed"]}
    submit(method, by=cast.leader, at=LATER, confirmed=["superlative:meaning:领先"])
    with pytest.raises(NotNow):
        submit(method, by=cast.leader, at=LATER)
    with pytest.raises(NotNow):
        write(cast, method, name="改一下")


def test_review_publishes_or_returns_and_never_by_who_wrote(cast: Cast) -> None:
    method = submitted(cast)
    for who in ("leader", "coordinator", "other_liaison"):
        with pytest.raises((NotAllowed, NotVisible)):
            publish(method, by=cast.users[who], at=LATER)
    liaison = cast.users["liaison"]
    with pytest.raises(Invalid):
        return_version(method, by=liaison, at=LATER, note=" ")
    return_version(method, by=liaison, at=LATER, note="适用条件再写清楚")
    write(cast, method, applies="宿舍小区")
    submit(method, by=cast.leader, at=LATER)
    seen = newest(method).revision
    take_back(method, by=cast.leader, at=LATER)
    submit(method, by=cast.leader, at=LATER)
    with pytest.raises(StaleWrite):
        publish(method, by=liaison, at=LATER, seen=seen)
    # The liaison is in the group too and wrote in it: head office reviews.
    take_back(method, by=cast.leader, at=LATER)
    Membership.objects.create(group=cast.group, person=cast.person("liaison"), since=MONDAY.date())
    write(cast, method, by="liaison", tools="周报")
    submit(method, by=cast.leader, at=LATER)
    with pytest.raises(NotAllowed) as own:
        publish(method, by=liaison, at=LATER)
    assert own.value.code == "own_version"
    head = cast.users["coordinator"]
    assert [one.method for one in queue(standing(head, on=LATER.date())).versions] == [method]
    assert queue(standing(liaison, on=LATER.date())).versions == []
    publish(method, by=head, at=LATER, note="可以推广")
    done = Method.objects.get()
    assert (done.evidence, done.name, done.published_at) == (Evidence.REVIEWED, newest(method).name, LATER)
    verbs = list(Entry.objects.filter(target_type="methods.method").order_by("seq").values_list("verb", flat=True))
    assert verbs == [
        "method_drafted", "method_submitted", "method_returned", "method_submitted", "method_taken_back", "method_submitted",
        "method_taken_back", "method_submitted", "method_published",
    ]  # fmt: skip


def test_published_words_stay_and_the_next_version_replaces_them(cast: Cast) -> None:
    method = published(cast)
    with pytest.raises(NotNow):
        write(cast, method, name="悄悄改")
    fresh = revise(method, by=cast.leader, at=LATER)
    assert (fresh.number, fresh.steps, fresh.pieces.count()) == (
        2,
        method.versions.get(number=1).steps,
        method.versions.get(number=1).pieces.count(),
    )
    with pytest.raises(NotNow):
        revise(method, by=cast.leader, at=LATER)
    name = method.name
    write(cast, method, name="宿舍两步法")
    assert Method.objects.get().name == name
    with pytest.raises(Invalid):
        submit(method, by=cast.leader, at=LATER)
    write(cast, method, change="名称更短")
    submit(method, by=cast.leader, at=LATER)
    publish(method, by=cast.users["liaison"], at=LATER)
    states = list(method.versions.order_by("number").values_list("state", flat=True))
    assert (states, Method.objects.get().name) == ([VersionState.REPLACED, VersionState.PUBLISHED], "宿舍两步法")
    revise(method, by=cast.leader, at=LATER)
    discard(method, by=cast.leader, at=LATER)
    assert method.versions.count() == 2


def test_another_case_is_joined_instead_of_a_second_method(cast: Cast) -> None:
    first = published(cast)
    case = decided(cast, title="另一个宿舍的负荷也高")
    prove(first, case, by=cast.leader, at=LATER)
    prove(first, case, by=cast.leader, at=LATER)
    assert Proof.objects.get().case == case
    assert Entry.objects.filter(verb="method_proved").count() == 1
    with pytest.raises(NotNow):
        prove(first, Case.objects.get(pk=first.source_case_id), by=cast.leader, at=LATER)
    third = decided(cast, title="第三个宿舍的负荷也高")
    revise(first, by=cast.leader, at=LATER, case=third)
    assert sorted(Proof.objects.values_list("case_id", flat=True)) == sorted([case.pk, third.pk])


def test_discarded_draft_gives_its_case_back_to_the_desk(cast: Cast) -> None:
    case = decided(cast)
    waiting = cast.resolved(title="还没有决定的一例")
    leader = standing(cast.leader, on=LATER.date())

    def lists() -> tuple[list[Case], list[Case], int]:
        found = desk(leader, now=LATER, calendar=calendar())
        return [one.case for one in found.undecided], [one.case for one in found.decided], len(found.writing)

    assert lists() == ([waiting], [case], 0)
    method = extract(case, by=cast.leader, at=LATER)
    assert lists() == ([waiting], [], 1)
    discard(method, by=cast.leader, at=LATER)
    assert lists() == ([waiting], [case], 0)
    assert extract(case, by=cast.leader, at=LATER).code == "GF26-0002"
    late = desk(leader, now=LATER + timedelta(days=30), calendar=calendar()).undecided[0]
    assert late.is_late
    assert late.due_at is not None


def test_drafts_are_for_those_who_write_and_review_published_ones_for_everybody(cast: Cast) -> None:
    method = drafted(cast)

    def readers() -> set[str]:
        standings = {who: standing(cast.users[who], on=LATER.date()) for who in ROLES}
        seen = {who for who, one in standings.items() if visible(one).filter(pk=method.pk).exists()}
        found = {who for who, one in standings.items() if SOURCE.readable(one, [(method.pk, "full")])}
        indexed = next(iter(SOURCE.documents([method.pk])))
        assert found == seen == {who for who, one in standings.items() if SOURCE.scopes(one) & set(indexed.scopes)}
        return seen

    assert readers() == {"expert", "leader", "liaison", "coordinator", "viewer", "auditor"}
    with pytest.raises(NotVisible):
        get_visible(standing(cast.users["outsider"], on=LATER.date()), method.code)
    write(cast, method, applies_not="无")
    submit(method, by=cast.leader, at=LATER)
    publish(method, by=cast.users["liaison"], at=LATER)
    assert readers() == set(ROLES)
    document = next(iter(SOURCE.documents([method.pk])))
    assert (document.scopes, document.facets) == (("all",), {"state": "reviewed", "domain": "NET", "unit": "FS"})
    version = newest(method)
    held = {who: roles_on(standing(cast.users[who], on=LATER.date()), method, version) for who in ROLES}
    assert {who for who, roles in held.items() if AUTHOR in roles} == {"expert", "leader"}
    assert {who for who, roles in held.items() if REVIEWER in roles} == {"liaison"}
    Posting.objects.filter(role="liaison", domain=method.domain).update(until=LATER.date())
    assert REVIEWER in roles_on(standing(cast.users["coordinator"], on=LATER.date()), method, version)
