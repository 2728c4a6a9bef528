"""First screens: what waits for each role, in which order, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huizhen.accounts.models import User
from huizhen.cases.actions import start_draft
from huizhen.cases.lifecycle import MOVES
from huizhen.cases.queries import home as queries
from huizhen.cases.queries.home import Home, Tally
from huizhen.directory.models import Leave
from huizhen.directory.queries import standing
from huizhen.web.home.words import NEXT, SECOND, TAGS, WHY, bounded, figures
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def home(cast: Cast, role: str, at: datetime = NOW) -> Home:
    user = cast.users[role]
    return queries.home(standing(user, on=at.date()), user, now=at)


def waits(cast: Cast, role: str, at: datetime = NOW) -> list[tuple[str, str]]:
    return [(one.kind, one.move) for one in home(cast, role, at).todos]


def test_holder_is_told_the_next_move_at_every_step(cast: Cast) -> None:
    case = cast.register()
    assert waits(cast, "expert") == [("held", "log_contact")]
    cast.take(case, "log_contact", "expert", MONDAY, channel="phone", learned="已问清楚")
    assert waits(cast, "expert") == [("held", "inform_group")]
    cast.take(case, "inform_group", "expert", MONDAY, note="已告知全团")
    assert waits(cast, "expert") == [("held", "hold_session")]
    cast.take(case, "hold_session", "expert", MONDAY, mode="online", people=["expert", "mate"], record="查明两处")
    assert waits(cast, "expert") == [("held", "diagnose")]
    cast.take(case, "diagnose", "expert", MONDAY, findings="容量不足", causes=[{"text": "容量不足", "chain": ["city"]}])
    assert waits(cast, "expert") == [("held", "prescribe")]
    measure = {
        "what": "扩容",
        "owner": "second",
        "due_on": "2026-03-09",
        "expected": "下降",
        "criterion": "周报",
        "main": ["1"],
    }
    cast.take(
        case,
        "prescribe",
        "expert",
        MONDAY,
        thinking="先扩容再均衡",
        measures=[measure],
        follow_up_on="2026-03-11",
        innovation="technology",
    )
    assert waits(cast, "expert") == []
    assert [one.case.pk for one in home(cast, "expert").waiting] == [case.pk]
    cast.take(case, "accept_prescription", "requester", NOW)
    assert waits(cast, "expert") == [("held", "update_measure")]
    assert waits(cast, "second") == [("measure", "update_measure")]
    later = MONDAY + timedelta(days=10)
    assert waits(cast, "expert", later) == [("held", "follow_up")]
    cast.take(case, "follow_up", "expert", later, mode="online", verdict="marked", value="68", evidence="周报三期")
    assert waits(cast, "expert", later) == []
    cast.take(case, "give_verdict", "requester", later, verdict="marked")
    assert waits(cast, "expert", later) == [("held", "resolve")]
    cast.take(case, "resolve", "expert", later, waiver="转日常")
    assert waits(cast, "expert", later) == [("reply", "sign_final_reply")]
    cast.take(case, "sign_final_reply", "expert", later, found="容量不足", changed="降了", keep="看报表")
    cast.take(case, "close_form", "requester", later, outcome="new_idea", value=5, feasibility=5)
    assert waits(cast, "expert", later) == []
    cast.take(case, "decide_extraction", "leader", later, decision="extract")
    assert waits(cast, "expert", later) == [("held", "archive")]
    cast.take(case, "archive", "expert", later)
    assert waits(cast, "expert", later) == []


def test_branch_is_told_what_it_owes(cast: Cast) -> None:
    cast.prescribed()
    paused = cast.contacted()
    cast.take(
        paused, "pause", "expert", MONDAY + timedelta(hours=2), missing=[{"text": "街区路测数据"}], reason="等数据"
    )
    assert waits(cast, "requester") == [("acceptance", "accept_prescription"), ("missing", "resume")]
    assert "街区路测数据" in visit(cast.requester).get("/").content.decode()
    later = MONDAY + timedelta(days=9)
    judged = cast.treated()
    cast.take(judged, "follow_up", "expert", later, mode="online", verdict="marked", value="68", evidence="周报")
    cast.resolved()
    assert {("verdict", "give_verdict"), ("form", "close_form")} <= set(waits(cast, "requester", later))
    assert waits(cast, "outsider", later) == []


def test_leader_decides_what_only_she_can(cast: Cast) -> None:
    later = MONDAY + timedelta(days=9)
    refused = cast.register()
    cast.take(
        refused, "propose_decline", "expert", NOW, basis="not_a_problem", address="请找后勤部", reason="不属于破题"
    )
    cast.followed("marked", branch_verdict="none")
    cast.resolved()
    returned = cast.prescribed()
    cast.take(returned, "return_prescription", "requester", NOW, reason="做不到")
    cast.take(returned, "prescribe", "expert", NOW, **cast.prescription(NOW))
    cast.take(returned, "return_prescription", "requester", NOW, reason="还是做不到")
    expected = {
        ("proposal", "decline"), ("verdicts", "rule_verdict"), ("extraction", "decide_extraction"), ("dispute", "rule_prescription"),
    }  # fmt: skip
    assert set(waits(cast, "leader", later)) == expected
    assert set(waits(cast, "other_leader", later)) == set()


def test_transfer_waits_for_its_receiver_then_for_the_liaison(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "propose_transfer", "expert", NOW, group="FIN-01", reason="属财务口径")
    assert waits(cast, "other_leader") == [("transfer", "accept_transfer")]
    assert waits(cast, "other_expert") == [("transfer", "accept_transfer")]
    assert home(cast, "expert").waiting == () or home(cast, "expert").waiting[0].case == case
    cast.take(case, "refuse_transfer", "other_leader", NOW, reason="不属我团")
    cast.take(case, "propose_transfer", "expert", NOW, group="FIN-01", reason="确属财务口径")
    cast.take(case, "refuse_transfer", "other_leader", NOW, reason="仍不属我团")
    assert waits(cast, "other_leader") == []
    assert waits(cast, "liaison") == [("ruling", "rule_transfer")]
    assert waits(cast, "other_liaison") == []
    assert ("ruling", "") in waits(cast, "coordinator")
    assert ("ruling", "rule_transfer") in waits(cast, "coordinator", NOW + timedelta(days=3))


def test_invited_group_answers_and_then_signs(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "invite", "expert", NOW, group="FIN-01", ask="请看成本分摊")
    assert waits(cast, "other_expert") == [("invitation", "accept_invitation")]
    cast.take(case, "accept_invitation", "other_leader", NOW)
    assert waits(cast, "other_expert") == [("opinion", "sign_opinion")]
    cast.take(case, "sign_opinion", "other_expert", NOW, text="分摊口径要改")
    assert waits(cast, "other_expert") == []


def test_question_asked_on_waits_for_the_holder(cast: Cast) -> None:
    case = cast.contacted()
    cast.take(case, "ask_on", "requester", NOW, text="会反弹吗")
    found = home(cast, "expert").todos
    assert [(one.kind, one.who, one.text) for one in found if one.kind == "ask"] == [("ask", "曾维舟", "会反弹吗")]


def test_deputy_sees_what_waits_for_whom_she_stands_in(cast: Cast) -> None:
    cast.register()
    assert waits(cast, "mate") == []
    Leave.objects.create(
        person=cast.person("expert"),
        deputy=cast.person("mate"),
        since=NOW.date(),
        until=(NOW + timedelta(days=3)).date(),
    )
    assert waits(cast, "mate") == [("held", "log_contact")]


def test_sensitive_case_waits_only_for_those_admitted(cast: Cast) -> None:
    case = cast.register(unknown=True, group="")
    assert waits(cast, "coordinator") == [("desk", "route")]
    cast.take(case, "mark_sensitive", "requester", NOW, reason="涉及个人")
    assert waits(cast, "coordinator") == [("desk", "route")]  # she holds it
    hidden = cast.prescribed()
    cast.take(hidden, "mark_sensitive", "leader", NOW, reason="涉及个人")
    assert home(cast, "clerk").rows == ()
    assert hidden.title not in visit(cast.clerk).get("/").content.decode()


def test_coordinator_is_warned_of_calendar_and_drift(cast: Cast) -> None:
    assert home(cast, "coordinator").missing_year is None
    november = home(cast, "coordinator", datetime.fromisoformat("2026-11-02T10:00:00+08:00"))
    assert november.missing_year == 2027
    assert november.drift is not None
    assert november.drift.is_drifted
    assert "2027" in visit(cast.coordinator).get("/").content.decode() or november.missing_year == 2027


def test_overview_counts_open_cases_once(cast: Cast) -> None:
    cast.register()
    cast.register(group="FIN-01", at=NOW)
    cast.register(unknown=True, group="", at=NOW)
    gone = cast.register()
    cast.take(gone, "withdraw", "requester", NOW, reason="已解决")
    found = home(cast, "viewer").overview
    assert found is not None
    assert (found.open, found.late, found.today) == (3, 1, 2)
    assert [(row.domain and row.domain.code, row.open, row.late) for row in found.domains] == [
        ("NET", 1, 1),
        ("FIN", 1, 0),
        (None, 1, 0),
    ]
    assert dict(found.situations)["contact"] == 3


def test_group_panel_shows_load_lateness_silence_and_absence(cast: Cast) -> None:
    cast.register()
    Leave.objects.create(
        person=cast.person("mate"),
        deputy=cast.person("expert"),
        since=NOW.date(),
        until=(NOW + timedelta(days=3)).date(),
    )
    panel = home(cast, "leader").panels[0]
    lines = {one.person.code: (one.load, one.late, one.is_silent, one.deputy) for one in panel.members}
    assert lines == {"leader": (0, 0, False, ""), "expert": (1, 1, True, ""), "mate": (0, 0, False, "沈言行")}
    assert (panel.tally, panel.silent, panel.next_duty) == (Tally(1, 1, 0, 0), ["沈言行"], cast.person("expert"))


def test_counters_stop_at_ninety_nine() -> None:
    assert [bounded(n) for n in (0, 99, 100)] == ["0", "99", "99+"]
    assert [one["n"] for one in figures(Tally(100, 3, 0, 100), "group")] == ["99+", "3", "0", "99+"]


def test_lead_is_the_first_thing_that_can_be_done(cast: Cast) -> None:
    cast.register(at=NOW)
    late = cast.register(title="早就到时的一例")
    found = home(cast, "expert")
    assert found.lead is not None
    assert (found.lead.case.pk, found.late, found.due_today, len(found.rest)) == (late.pk, 1, 1, 1)
    text = visit(cast.expert).get("/").content.decode()
    assert "有 1 件事今天要办，1 件已超时" in text
    assert f"/cases/{late.code}/log_contact/" in text


def test_overdue_is_not_counted_as_due_today(cast: Cast) -> None:
    cast.register()
    text = visit(cast.expert).get("/").content.decode()
    assert "1 件已超时" in text
    assert "件事今天要办" not in text


def test_prescription_is_read_before_it_is_accepted(cast: Cast) -> None:
    case = cast.prescribed()
    text = visit(cast.requester).get("/").content.decode()
    read, accept = f"/cases/{case.code}/prescription/1/", f"/cases/{case.code}/accept_prescription/"
    assert f'<a class="btn btn-primary hz-grow" href="{read}">看处方</a>' in text
    assert f'<a class="btn" href="{accept}">接受处方</a>' in text
    assert text.count("btn-primary") == 1
    assert f'<a class="btn btn-primary" href="{accept}">' in visit(cast.requester).get(read).content.decode()
    assert accept not in visit(cast.expert).get(read).content.decode()


def test_draft_is_offered_to_its_writer_and_for_confirmation(cast: Cast) -> None:
    own = start_draft(cast.branch, by=cast.requester, at=NOW)
    text = visit(cast.requester).get("/").content.decode()
    assert f"/register/{own.key}/1/" in text
    assert f"/register/{own.key}/" in visit(cast.second).get("/").content.decode()


def test_words_know_every_kind_and_move() -> None:
    assert set(TAGS) == set(WHY)
    assert set(NEXT) | set(SECOND) | {move for move, _ in SECOND.values()} <= set(MOVES)


QUERIES = {
    "requester": 11, "expert": 20, "leader": 26, "liaison": 12, "clerk": 6, "coordinator": 21, "viewer": 5, "auditor": 1,
}  # fmt: skip
"""Of a first screen below the page, standing apart."""


def _crowd(cast: Cast, rows: int) -> None:
    cast.campaign.settings = {"open_cases_per_person": 100}
    cast.campaign.save()
    for n in range(rows):
        at = MONDAY + timedelta(minutes=n)
        cast.register(at=at)
        cast.register(at=at, unknown=True, group="")
        cast.prescribed(at=at)
        invited = cast.contacted(at=at)
        cast.take(invited, "invite", "expert", NOW, group="FIN-01", ask="请看")
        cast.take(invited, "ask_on", "requester", NOW, text="会反弹吗")
        cast.resolved(at=at - timedelta(days=14), group="NET-01")
        moved = cast.register(at=at, group="FIN-01")
        cast.take(moved, "propose_transfer", "other_expert", NOW, group="NET-01", reason="属无线口径")


@pytest.mark.parametrize("rows", [1, 3])
def test_home_costs_the_same_for_one_and_three(cast: Cast, rows: int) -> None:
    _crowd(cast, rows)
    cost = {}
    for role in QUERIES:
        reader = standing(cast.users[role], on=NOW.date())
        with CaptureQueriesContext(connection) as seen:
            found = queries.home(reader, cast.users[role], now=NOW)
        assert found.role == role
        cost[role] = len(seen)
    assert cost == QUERIES


def test_home_opens_for_everybody_in_both_languages(cast: Cast) -> None:
    _crowd(cast, 1)
    for role in [*ROLES, "second", "other_expert"]:
        for language in ("zh-hans", "en"):
            answer = visit(cast.users[role], language).get("/")
            assert answer.status_code == 200
            assert cast.users[role].name in answer.content.decode()


def test_home_of_somebody_without_a_post_says_whom_to_ask(cast: Cast) -> None:
    cast.person("outsider").postings.update(until=NOW.date())
    assert "您还没有岗位" in visit(cast.outsider).get("/").content.decode()
    nobody = User.objects.create_user("nobody", "of-no-roster-7")
    page = visit(nobody).get("/").content.decode()
    assert "没有对应到名册" in page, "and promises nothing that is then not found"
    assert "现在就能看" not in page


@pytest.mark.parametrize("role", ["expert", "leader", "coordinator"])
def test_phone_reaches_every_place_of_the_role(cast: Cast, role: str) -> None:
    page = parsed(visit(cast.users[role]).get("/me/"))
    side, phone = set(), set()
    for one in page.all("nav"):
        (side if one.attributes["class"] == "hz-nav" else phone).update(
            link.attributes["href"] for link in one.all("a")
        )
    assert side
    assert side <= phone
