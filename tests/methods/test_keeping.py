"""What must not happen to a method: a twin, the words of a 敏感 case, a version lost by retirement or by a second author."""

from __future__ import annotations

import pytest

from huizhen.cases.models import Case
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotNow, StaleWrite
from huizhen.methods.actions.prefill import whole
from huizhen.methods.actions.reviewing import publish
from huizhen.methods.actions.standing import retire, revive
from huizhen.methods.actions.writing import discard, extract, revise, save_version, submit, take_back
from huizhen.methods.jobs import drain
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.models import Method
from huizhen.methods.policy import get_visible
from huizhen.methods.queries.papers import paper_of
from huizhen.methods.queries.reading import reading
from huizhen.methods.queries.versions import versions_of
from huizhen.methods.queries.writing import collisions, newest, queue
from huizhen.methods.sources import SOURCE
from huizhen.notifications.jobs import drain as tell
from huizhen.notifications.models import Message
from tests.cast import Cast
from tests.methods.test_writing import LATER, drafted, faults_of, published, submitted, write


def test_one_case_becomes_one_method_and_a_name_is_borne_once(cast: Cast) -> None:
    """An old tab is led to what was made; a second one is made beside it on purpose, and not with the same name."""
    method = published(cast)
    case = Case.objects.get(pk=method.source_case_id)
    assert (
        extract(case, by=cast.leader, at=LATER) == extract(case, by=cast.leader, at=LATER, beside="GF26-0999") == method
    )
    second = extract(case, by=cast.leader, at=LATER, beside=method.code)
    assert second != method
    assert extract(case, by=cast.leader, at=LATER, beside=method.code) == second
    write(cast, second, applies_not="无", name=method.name)
    with pytest.raises(Invalid) as refused:
        submit(second, by=cast.leader, at=LATER)
    assert faults_of(refused) == {"name": ["method_name_taken"]}
    write(cast, second, name="另一个两步法")
    submit(second, by=cast.leader, at=LATER)
    Method.objects.filter(pk=method.pk).update(name="另一个两步法")  # as if it had been published meanwhile
    with pytest.raises(Invalid):
        publish(second, by=cast.users["liaison"], at=LATER)
    Method.objects.filter(pk=method.pk).update(name="别的名称")
    publish(second, by=cast.users["liaison"], at=LATER)


def test_version_outlives_the_retirement_of_its_method(cast: Cast) -> None:
    method = published(cast)
    revise(method, by=cast.leader, at=LATER)
    retire(method, by=cast.users["liaison"], at=LATER, reason="口径变了")
    assert write(cast, method, tools="还在写").tools == "还在写"
    with pytest.raises(NotNow) as no:
        submit(method, by=cast.leader, at=LATER)
    assert no.value.code == "method_gone"
    revive(method, by=cast.users["liaison"], at=LATER, reason="口径又变回来了")
    write(cast, method, change="补了工具")
    submit(method, by=cast.leader, at=LATER)
    retire(method, by=cast.users["liaison"], at=LATER, reason="口径变了")
    liaison = standing(cast.users["liaison"], on=LATER.date())
    assert queue(liaison).versions == []
    with pytest.raises(NotNow):
        publish(method, by=cast.users["liaison"], at=LATER)
    take_back(method, by=cast.leader, at=LATER)
    discard(method, by=cast.leader, at=LATER)
    assert list(method.versions.values_list("state", flat=True)) == [VersionState.PUBLISHED]


def test_hushed_source_stops_what_is_new_and_hides_what_is_out(cast: Cast) -> None:
    """A method of a case that became 敏感: nothing of it is published any more, owner and liaison are told, others see no numbers."""
    method = submitted(cast)
    case = Case.objects.get(pk=method.source_case_id)
    cast.take(case, "mark_sensitive", "requester", LATER, reason="涉及个人")
    with pytest.raises(NotNow) as no:
        publish(method, by=cast.users["liaison"], at=LATER)
    assert no.value.code == "source_hushed"
    take_back(method, by=cast.leader, at=LATER)
    with pytest.raises(NotNow):
        submit(method, by=cast.leader, at=LATER)
    cast.take(case, "unmark_sensitive", "leader", LATER, reason="弄错了")
    submit(method, by=cast.leader, at=LATER)
    publish(method, by=cast.users["liaison"], at=LATER)
    cast.take(case, "mark_sensitive", "requester", LATER, reason="涉及个人")
    for _twice in range(2):
        drain(LATER)
    tell(LATER)
    assert set(Message.objects.filter(verb="method_hushed").values_list("person__code", "event")) == {
        (method.owner.code, "assigned"), (cast.person("liaison").code, "awaited"),
    }  # fmt: skip
    for who, seen in (("leader", True), ("outsider", False)):
        reader = standing(cast.users[who], on=LATER.date())
        read = reading(reader, get_visible(reader, method.code), at=LATER)
        assert read is not None
        shown = (bool(read.version.indicator), read.version.before is not None, read.method.first_branch is not None)
        assert shown == (seen,) * 3
        assert any(one.is_origin for one in read.spread) is seen
        assert bool(paper_of(reader, method.code)[1].indicator) is seen
        assert bool(versions_of(get_visible(reader, method.code), reader)[0].indicator) is seen
    found = next(iter(SOURCE.documents([method.pk])))
    assert "unit" not in found.facets
    assert case.indicator not in found.body
    assert Method.objects.get().shown_branch is None
    cast.take(case, "unmark_sensitive", "leader", LATER, reason="弄错了")
    drain(LATER)
    assert Method.objects.get().hushed_since is None
    assert Entry.objects.filter(verb__in=("method_hushed", "method_unhushed")).count() == 2


def test_experts_and_steps_of_two_authors_are_not_lost(cast: Cast) -> None:
    method = drafted(cast)
    seen = newest(method).revision
    save_version(method, {"experts": ["expert"]}, by=cast.leader, at=LATER, seen=seen)
    with pytest.raises(StaleWrite):
        save_version(method, {"experts": ["leader"]}, by=cast.users["expert"], at=LATER, seen=seen)
    assert [name for name, _theirs in collisions(newest(method), {"experts": ["leader"]})] == ["experts"]
    assert collisions(newest(method), {"experts": ["expert"]}) == []
    with pytest.raises(Invalid) as refused:
        write(cast, method, steps=[{"title": f"第{n}步"} for n in range(15)])
    assert faults_of(refused) == {"steps": ["too_many_steps"]}
    write(cast, method, problem="**宿舍**负荷高")
    assert "宿舍负荷高" in next(iter(SOURCE.documents([method.pk]))).body


def test_prefilled_words_end_where_a_sentence_ends(cast: Cast) -> None:
    assert whole("谈了七轮没有突破，", 100) == "谈了七轮没有突破。"
    assert whole("先查再改。然后再看一遍结果", 10) == "先查再改。然后再看一"[:10]
    assert whole("先查、再改、最后盯。然后再看", 12) == "先查、再改、最后盯。"
    condition = "校园宿舍晚高峰负荷高，学生下课以后网速明显变慢，我们和物业谈了七轮没有突破，请专家会诊。"
    version = newest(drafted(cast, condition=condition))
    assert version.problem == "校园宿舍晚高峰负荷高，学生下课以后网速明显变慢，我们和物业谈了七轮没有突破。"
    assert version.applies.startswith("同样的问题")
