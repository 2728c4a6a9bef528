"""代: who acts for somebody away has all her rights, the journal says for whom, and nobody's name changes on the case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huizhen.cases import actions
from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.cases.queries.home import home
from huizhen.directory.actions import record_leave
from huizhen.directory.models import Leave
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import NotAllowed, NotVisible
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast

TODAY = date(2026, 3, 2)


def away(cast: Cast, person: str, deputy: str, days: int = 5) -> Leave:
    return Leave.objects.create(
        person=cast.person(person),
        deputy=cast.person(deputy),
        since=date(2026, 2, 27),
        until=TODAY + timedelta(days=days),
    )


def last(case: Case) -> Entry:
    found = entries_of(case).order_by("-seq").first()
    assert found is not None
    return found


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable").get(pk=case.pk)


def test_deputy_of_the_holder_acts_and_the_holder_stays(cast: Cast) -> None:
    case = cast.register()
    away(cast, "expert", "other_expert")
    cast.take(case, "log_contact", "other_expert", MONDAY + HOUR, channel="phone", learned="问清楚了")

    assert (last(case).actor_name, last(case).on_behalf_of) == ("石知和", "沈言行")
    assert fresh(case).accountable == cast.person("expert")


def test_deputy_of_the_leader_rules_and_exempts(cast: Cast) -> None:
    case = cast.contacted()
    with pytest.raises(NotAllowed):
        cast.take(case, "exempt", "mate", MONDAY + HOUR, reason="人手不够")
    away(cast, "leader", "mate")
    cast.take(case, "exempt", "mate", MONDAY + HOUR, reason="人手不够")

    assert (last(case).actor_name, last(case).on_behalf_of) == ("顾知微", "毛知南")


def test_deputy_of_the_liaison_rules_on_a_dispute(cast: Cast) -> None:
    case = PLAYS["disputed"](cast)
    away(cast, "liaison", "other_leader")
    cast.take(case, "rule_transfer", "other_leader", MONDAY + 6 * HOUR, group=cast.group.code, reason="仍由原团办")

    assert last(case).on_behalf_of == "蒋景川"


def test_own_right_is_nobody_elses(cast: Cast) -> None:
    """A member of the group who acts for another member logs a contact in her own name."""
    case = cast.register()
    away(cast, "leader", "mate")
    cast.take(case, "log_contact", "mate", MONDAY + HOUR, channel="phone", learned="问清楚了")

    assert last(case).on_behalf_of == ""


def test_deputy_of_the_requester_registers_in_her_name(cast: Cast) -> None:
    away(cast, "requester", "outsider")
    away(cast, "second", "outsider")
    case = cast.register(by="outsider")

    assert fresh(case).requester == cast.person("requester")
    assert (last(case).actor_name, last(case).on_behalf_of) == ("韩怀朗", "曾维舟")
    cast.take(case, "withdraw", "outsider", MONDAY + HOUR, reason="自己解决了")
    assert last(case).on_behalf_of == "曾维舟"


def test_deputy_sees_what_the_person_away_sees_until_she_is_back(cast: Cast) -> None:
    hushed = cast.contacted()
    cast.take(hushed, "mark_sensitive", "requester", MONDAY + HOUR, reason="涉及个人")
    with pytest.raises(NotVisible):
        cast.take(hushed, "log_contact", "outsider", MONDAY + HOUR, channel="phone", learned="问清楚了")
    away(cast, "expert", "outsider")

    assert visible(standing(cast.outsider, on=TODAY)).filter(pk=hushed.pk).exists()
    assert not visible(standing(cast.outsider, on=TODAY + 6 * DAY)).filter(pk=hushed.pk).exists()


def test_home_of_the_deputy_says_whose_it_is(cast: Cast) -> None:
    mine = cast.register()
    PLAYS["transferring"](cast)
    away(cast, "expert", "other_leader")
    screen = home(standing(cast.other_leader, on=TODAY), cast.other_leader, now=MONDAY + 2 * HOUR)
    whose = {(one.kind, one.case.code): one.whose for one in (*screen.todos, *screen.waiting)}

    assert whose[("held", mine.code)] == "沈言行"
    assert [name for (kind, _), name in whose.items() if kind == "transfer"] == [""]


def test_home_of_a_deputy_holds_the_leaders_decisions(cast: Cast) -> None:
    case = cast.resolved("marked")
    away(cast, "leader", "mate", days=20)
    at = MONDAY + 9 * DAY
    screen = home(standing(cast.mate, on=at.date()), cast.mate, now=at)

    found = next(one for one in screen.todos if one.kind == "extraction")
    assert (found.case.pk, found.whose) == (case.pk, "毛知南")
    actions.take(fresh(case), "decide_extraction", by=cast.mate, at=at, values={"decision": "extract"})
    assert last(case).on_behalf_of == "毛知南"


def test_deputy_may_not_prolong_what_she_was_lent(cast: Cast) -> None:
    """Who acts for the leader leads her group, but does not say how long."""
    leave = away(cast, "leader", "mate")
    with pytest.raises(NotAllowed):
        record_leave(
            cast.person("leader"), since=leave.until, until=leave.until + DAY, deputy=cast.person("mate"),
            by=cast.mate, at=MONDAY,
        )  # fmt: skip
    record_leave(
        cast.person("expert"), since=TODAY, until=TODAY + DAY, deputy=cast.person("mate"), by=cast.mate, at=MONDAY
    )
    assert Entry.objects.get(verb="leave_recorded").on_behalf_of == "毛知南"


def test_leader_does_not_lend_herself_the_rights_of_a_post(cast: Cast) -> None:
    """A member who also holds a post says herself who acts for her, or head office does."""
    from huizhen.directory.models import Posting

    Posting.objects.create(person=cast.person("expert"), role="liaison", domain=cast.other_group.domain, since=TODAY)
    away_from = {"since": TODAY, "until": TODAY + DAY, "deputy": cast.person("leader"), "at": MONDAY}
    with pytest.raises(NotAllowed):
        record_leave(cast.person("expert"), by=cast.leader, **away_from)
    record_leave(cast.person("expert"), by=cast.expert, **away_from)


def test_long_leave_is_written_down(cast: Cast) -> None:
    """Five working days by default; a week with its weekend has five, a day more is long."""
    for name, days in (("expert", 7), ("mate", 8)):
        record_leave(
            cast.person(name), since=TODAY, until=TODAY + timedelta(days=days), deputy=cast.person("leader"),
            by=cast.leader, at=MONDAY,
        )  # fmt: skip

    entry = Entry.objects.get(verb="leave_is_long")
    assert (entry.target_label, entry.data["days"], entry.data["groups"]) == ("顾知微", 6, [cast.group.pk])
