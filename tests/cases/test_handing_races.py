"""Handing over by several hands in the same moment: one proposal, one acceptance, one holder."""

from __future__ import annotations

from datetime import date

import pytest

from huizhen.cases.actions.handing import accept_handover, propose_handover
from huizhen.cases.models import Case, Responsibility, Transfer
from huizhen.cases.queries.accountability import unaccounted
from huizhen.directory.actions import mark_left
from tests.cases.test_races import HOUR, crowd, whole  # noqa: F401
from tests.cast import MONDAY, Cast
from tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LATER = MONDAY + 6 * HOUR


def test_two_hands_propose_and_two_accept_all_cases_once(crowd: Cast) -> None:  # noqa: F811
    cases = [crowd.contacted() for _ in range(3)]
    codes = [one.code for one in cases]
    expert, mate = crowd.person("expert"), crowd.person("mate")
    mark_left(expert, left_on=date(2026, 3, 2), deputy=crowd.person("leader"), by=crowd.coordinator, at=LATER)

    def propose(who: str):  # type: ignore[no-untyped-def]
        receivers = dict.fromkeys(codes, mate)
        return propose_handover(expert, receivers=receivers, reason="移交", by=crowd.users[who], at=LATER)

    at_once(lambda: propose("leader"), lambda: propose("coordinator"))
    assert Transfer.objects.filter(case__in=cases).count() == 3
    at_once(
        lambda: accept_handover(codes, by=crowd.mate, at=LATER),
        lambda: accept_handover(codes, by=crowd.leader, at=LATER),
        lambda: accept_handover(codes, by=crowd.mate, at=LATER),
    )
    assert set(Case.objects.filter(pk__in=[one.pk for one in cases]).values_list("accountable", flat=True)) == {mate.pk}
    assert Responsibility.objects.filter(case__in=cases, person=mate).count() == 3
    assert unaccounted() == []
    for one in cases:
        whole(one)
