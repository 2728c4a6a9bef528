"""The journal is not the model, but it tells the same: replayed, it gives the facts that the clocks are computed from."""

from __future__ import annotations

import pytest

from huizhen.cases.models import Case
from huizhen.cases.queries.file import file_of
from huizhen.journal.queries import entries_of
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cases.replay import facts_of
from tests.cast import MONDAY, Cast


@pytest.mark.django_db
@pytest.mark.parametrize("play", PLAYS)
def test_journal_tells_the_facts_of_a_played_case(play: str, cast: Cast) -> None:
    case = Case.objects.get(pk=PLAYS[play](cast).pk)

    assert facts_of(entries_of(case)) == file_of(case).facts


@pytest.mark.django_db
def test_journal_tells_a_long_story(cast: Cast) -> None:
    """Both refusals and a ruling, a pause, a joint consultation, 无效 without a date, 加重, the end and a new beginning."""
    case = PLAYS["disputed"](cast)
    at = MONDAY + 6 * HOUR
    cast.take(case, "rule_transfer", "liaison", at, group="FIN-01", person="other_expert", reason="财务办")
    cast.take(case, "log_contact", "other_expert", at, channel="phone", learned="问过", spoken_at="2026-03-02T14:59")
    cast.take(case, "invite", "other_expert", at, group="NET-01", ask="看参数")
    cast.take(case, "accept_invitation", "leader", at + HOUR)
    cast.take(case, "sign_opinion", "leader", at + 2 * HOUR, text="参数没问题", dissent=True)
    cast.take(case, "pause", "other_leader", at + 2 * HOUR, missing=[{"text": "报表"}], reason="缺数据")
    cast.take(case, "resume", "requester", at + DAY)
    cast.take(
        case,
        "diagnose",
        "other_expert",
        at + DAY,
        findings="成本核算口径不对",
        causes=[{"text": "口径"}, {"text": "流程"}],
    )
    later = at + 2 * DAY
    cast.take(case, "prescribe", "other_expert", later, **cast.prescription(later))
    cast.take(case, "accept_prescription", "requester", later)
    visit = later + 8 * DAY
    cast.take(
        case, "follow_up", "other_expert", visit, mode="online", verdict="effective", value="75", evidence="有点好"
    )
    cast.take(case, "give_verdict", "requester", visit, verdict="none")
    cast.take(case, "rule_verdict", "other_leader", visit, verdict="none", reason="看不出来")
    visit += DAY
    cast.take(case, "follow_up", "other_expert", visit, mode="online", verdict="worse", value="95", evidence="更差了")
    cast.take(case, "give_verdict", "requester", visit, verdict="worse")
    cast.take(case, "ask_on", "requester", visit, text="还有救吗？")
    cast.take(case, "propose_unresolved", "other_leader", visit, reason="没有条件")
    cast.take(case, "close_unresolved", "other_liaison", visit + HOUR, reason="同意")
    cast.take(case, "reopen", "requester", visit + 2 * HOUR, reason="有条件了")
    case = Case.objects.get(pk=case.pk)

    assert (case.round, case.stage, case.accountable) == (3, "in_consultation", cast.person("other_expert"))
    assert facts_of(entries_of(case)) == file_of(case).facts
