"""The straight road, below the pages."""

from datetime import timedelta

import pytest

from huizhen.cases.models import Case, Responsibility
from huizhen.lib.errors import NotAllowed, NotNow
from tests.cast import MONDAY, Cast


def test_case_walks_from_registration_to_archive(cast: Cast) -> None:
    case = Case.objects.get(pk=cast.archived().pk)

    assert (case.stage, case.is_open, case.situation) == ("archived", False, "closed")
    assert case.accountable == cast.person("expert")
    assert not Responsibility.objects.filter(case=case, until=None).exists()


def test_registration_makes_duty_expert_accountable(cast: Cast) -> None:
    case = cast.register()

    assert case.accountable == case.first_responder == cast.person("expert")
    assert Responsibility.objects.get(case=case).until is None
    assert (case.clock, case.due_at) == ("first_contact", MONDAY + timedelta(hours=6))  # 4 h over the lunch break


def test_move_of_another_role_is_not_allowed(cast: Cast) -> None:
    case = cast.register()

    with pytest.raises(NotAllowed):
        cast.take(case, "accept", "requester", MONDAY)


def test_resolve_without_follow_up_is_not_now(cast: Cast) -> None:
    case = cast.treated()

    with pytest.raises(NotNow) as no:
        cast.take(case, "resolve", "expert", MONDAY + timedelta(days=1))
    assert no.value.code == "no_follow_up"
