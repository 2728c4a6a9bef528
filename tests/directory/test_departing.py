"""Somebody leaves: what ends, who acts, and what must be settled first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huizhen.directory.actions import end_stand_in, mark_left, post, record_leave
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import GONE, Duty, Leave, Person
from huizhen.directory.queries import deputy_of, standing
from huizhen.directory.queries.groups import who_was_in
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from tests.cast import MONDAY, Cast

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def test_her_seat_posts_duties_and_leaves_end(cast: Cast) -> None:
    expert = cast.person("expert")
    Leave.objects.create(person=expert, deputy=cast.person("mate"), since=TODAY + 3 * DAY, until=TODAY + 9 * DAY)
    mark_left(expert, left_on=TODAY + 5 * DAY, deputy=cast.person("mate"), by=cast.leader, at=MONDAY)

    assert Person.objects.get(pk=expert.pk).left_on == TODAY + 5 * DAY
    assert expert not in [seat.person for seat in who_was_in(cast.group, TODAY + 5 * DAY)]
    assert expert in [seat.person for seat in who_was_in(cast.group, TODAY + 4 * DAY)]
    assert not Duty.objects.filter(person=expert, week__gte=TODAY + 5 * DAY).exists()
    leaves = list(Leave.objects.filter(person=expert).order_by("since").values_list("since", "until"))
    assert leaves == [(TODAY + 3 * DAY, TODAY + 5 * DAY), (TODAY + 5 * DAY, GONE)]
    entry = Entry.objects.get(verb="person_left")
    assert (entry.data["deputy"], entry.data["groups"]) == (cast.person("mate").pk, [cast.group.pk])


def test_who_acts_for_her_does_so_without_end(cast: Cast) -> None:
    expert = cast.person("expert")
    mark_left(expert, left_on=TODAY, deputy=cast.person("mate"), by=cast.coordinator, at=MONDAY)

    assert deputy_of(expert, on=TODAY + 400 * DAY) == cast.person("mate")
    mate = standing(cast.mate, on=TODAY)
    assert mate.acting_for == {expert.pk}
    assert mate.absences[expert.pk].has_left
    assert standing(cast.expert, on=TODAY).person is None
    assert end_stand_in(expert, at=MONDAY + DAY)
    assert not end_stand_in(expert, at=MONDAY + DAY)
    assert standing(cast.mate, on=TODAY + DAY).acting_for == frozenset()


def test_a_deputy_who_leaves_is_followed_by_hers(cast: Cast) -> None:
    mark_left(cast.person("expert"), left_on=TODAY, deputy=cast.person("mate"), by=cast.coordinator, at=MONDAY)
    mark_left(cast.person("mate"), left_on=TODAY, deputy=cast.person("leader"), by=cast.coordinator, at=MONDAY)
    assert standing(cast.leader, on=TODAY).acting_for == {cast.person("expert").pk, cast.person("mate").pk}


@pytest.mark.parametrize("who, by", [("leader", "coordinator"), ("coordinator", "other")])
def test_what_must_be_settled_first(cast: Cast, who: str, by: str) -> None:
    """A group is never without its leader, head office never without anybody."""
    if by == "other":
        post(cast.person("viewer"), role=PostingRole.COORDINATOR, since=TODAY, by=cast.coordinator, at=MONDAY)
        mark_left(cast.person("coordinator"), left_on=TODAY, deputy=cast.person("viewer"), by=cast.viewer, at=MONDAY)
        with pytest.raises(NotNow) as no:
            mark_left(cast.person("viewer"), left_on=TODAY, deputy=cast.person("clerk"), by=None, at=MONDAY)
        assert no.value.code == "last_coordinator"
        return
    with pytest.raises(NotNow) as no:
        mark_left(cast.person(who), left_on=TODAY, deputy=cast.person("mate"), by=cast.users[by], at=MONDAY)
    assert no.value.code == "leader_leaves"


def test_who_may_say_it(cast: Cast) -> None:
    facts = {"left_on": TODAY, "deputy": cast.person("mate"), "at": MONDAY}
    for by in ("expert", "mate", "other_leader", "liaison", "clerk", "viewer"):
        with pytest.raises(NotAllowed):
            mark_left(cast.person("expert"), by=cast.users[by], **facts)
    with pytest.raises(NotAllowed):
        mark_left(cast.person("liaison"), by=cast.leader, **facts)
    mark_left(cast.person("expert"), by=cast.leader, **facts)
    with pytest.raises(NotNow) as no:
        mark_left(cast.person("expert"), by=cast.coordinator, **facts)
    assert no.value.code == "has_left_already"


def test_faults_are_named(cast: Cast) -> None:
    expert = cast.person("expert")
    with pytest.raises(Invalid) as no:
        mark_left(expert, left_on=TODAY - DAY, deputy=expert, by=None, at=MONDAY)
    assert {name: [one.code for one in faults] for name, faults in no.value.faults.items()} == {
        "left_on": ["day_is_past"], "deputy": ["deputy_is_self"],
    }  # fmt: skip
    assert Person.objects.get(pk=expert.pk).left_on is None


def test_nobody_is_left_with_a_circle_of_deputies(cast: Cast) -> None:
    """The mate is away and the expert acts for her: the expert may not leave, or be away, with the mate as deputy."""
    mate, expert, leader = (cast.person(name) for name in ("mate", "expert", "leader"))
    Leave.objects.create(person=mate, deputy=expert, since=TODAY + 2 * DAY, until=TODAY + 4 * DAY)
    with pytest.raises(Invalid) as no:
        mark_left(expert, left_on=TODAY, deputy=mate, by=cast.leader, at=MONDAY)
    assert no.value.faults["deputy"][0].code == "deputy_circle"
    with pytest.raises(Invalid):
        record_leave(expert, since=TODAY, until=TODAY + 3 * DAY, deputy=mate, by=cast.expert, at=MONDAY)
    record_leave(expert, since=TODAY, until=TODAY + 2 * DAY, deputy=mate, by=cast.expert, at=MONDAY)
    mark_left(expert, left_on=TODAY + 2 * DAY, deputy=leader, by=cast.leader, at=MONDAY)
    assert deputy_of(mate, on=TODAY + 3 * DAY) == leader
