"""Two people press at once on the way from a case to a method: real threads, connections of their own."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from huizhen.directory.models import Posting
from huizhen.journal.models import Entry
from huizhen.journal.queries import verify
from huizhen.lib.errors import NotNow, StaleWrite
from huizhen.methods.actions.reviewing import publish, return_version
from huizhen.methods.actions.writing import extract, revise, save_version, submit
from huizhen.methods.models import Method, MethodReview
from huizhen.methods.queries.writing import newest
from tests.cases.test_races import at_once
from tests.cast import Cast, build
from tests.methods.test_writing import LATER, decided

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowd(transactional_db: None) -> Cast:
    """The cast, committed: every thread sees it."""
    return build()


def test_two_at_once_make_one_draft_one_save_one_verdict_one_next_version(crowd: Cast) -> None:
    case, leader, expert = decided(crowd), crowd.leader, crowd.users["expert"]
    made = at_once(*(partial(extract, case, by=who, at=LATER) for who in (leader, expert, leader)))
    method = Method.objects.get()
    assert made == [method] * 3
    assert Entry.objects.filter(verb="method_drafted").count() == 1

    seen, words = newest(method).revision, {"applies_not": "没有宿舍的小区"}
    saves = at_once(
        partial(save_version, method, words | {"tools": "甲"}, by=leader, at=LATER, seen=seen),
        partial(save_version, method, words | {"tools": "乙"}, by=expert, at=LATER, seen=seen),
    )
    assert sorted(type(one).__name__ for one in saves) == ["MethodVersion", "StaleWrite"]

    sent = at_once(*(partial(submit, method, by=who, at=LATER) for who in (leader, expert)))
    assert sum(isinstance(one, NotNow) for one in sent) == 1

    Posting.objects.create(
        person=crowd.person("other_liaison"), role="liaison", domain=method.domain, since=(LATER - timedelta(days=2)).date()
    )  # fmt: skip
    seen = newest(method).revision
    verdicts = at_once(
        partial(publish, method, by=crowd.users["liaison"], at=LATER, seen=seen),
        partial(return_version, method, by=crowd.users["other_liaison"], at=LATER, seen=seen, note="再改"),
    )
    assert sum(isinstance(one, NotNow) for one in verdicts) == 1
    assert MethodReview.objects.count() == 1
    if newest(method).state == "writing":
        submit(method, by=leader, at=LATER)
        publish(method, by=crowd.users["liaison"], at=LATER)

    fresh = at_once(*(partial(revise, method, by=who, at=LATER) for who in (leader, expert)))
    assert sum(isinstance(one, (NotNow, StaleWrite)) for one in fresh) == 1
    assert list(method.versions.order_by("number").values_list("number", "state")) == [(1, "published"), (2, "writing")]
    assert verify().faults_found == 0
