"""The case page: for everybody, in every state, in both languages, at a constant price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from huizhen.cases import actions
from huizhen.cases.lifecycle import MOVES, Stage
from huizhen.cases.models import Case
from huizhen.cases.policy import is_visible, visible
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.options import options
from huizhen.directory.models import Group, Membership
from huizhen.directory.queries import standing
from tests.cases.plays import LATER, PLAYS
from tests.cast import MONDAY, ROLES, START, Cast
from tests.visits import moves_on, parsed, visit

EVERYBODY = (*ROLES, "mate", "second", "other_leader", "other_expert", "other_liaison")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def _offered(case: Case, cast: Cast, who: str) -> set[str]:
    read = Case.objects.select_related("campaign", "group", "domain", "accountable").get(pk=case.pk)
    who_is = standing(cast.users[who], on=timezone.localdate())
    return {one.name for one in options(file_of(read), who_is, at=timezone.now()) if one.is_open}


def _language(play: str, who: str) -> str:
    """Half of the people read each page in English, the other half the next one."""
    return ("zh-hans", "en")[(list(PLAYS).index(play) + EVERYBODY.index(who)) % 2]


@pytest.mark.parametrize("play", PLAYS)
def test_page_offers_exactly_the_moves_that_are_open_in_both_languages(cast: Cast, play: str) -> None:
    case = PLAYS[play](cast)
    spoken = set()
    for who in EVERYBODY:
        language = _language(play, who)
        seen = visible(standing(cast.users[who], on=timezone.localdate())).filter(pk=case.pk).exists()
        answer = visit(cast.users[who], language).get(f"/cases/{case.code}/")
        assert answer.status_code == (200 if seen else 404), who
        if not seen:
            continue
        page = parsed(answer)
        assert moves_on(page, case.code) == _offered(case, cast, who), who
        assert page.all("html")[0].attributes["lang"] == ("zh-CN" if language == "zh-hans" else "en")
        assert len(page.all("h1")) == 1
        assert page.all("h1")[0].text.strip() == case.title
        assert page.all("main"), "a page has one main part"
        spoken.add(language)
    assert spoken == {"zh-hans", "en"}, "both languages are read on every play"


def test_plays_reach_every_stage() -> None:
    """The test above stands for every stage only as long as a play leads there."""
    named = {"registered", "contacted", "treated", "resolved", "archived", "withdrawn", "declined", "unresolved"}
    assert named <= set(PLAYS)
    assert len(Stage) == len(named)


def _friends(cast: Cast, count: int) -> list[Group]:
    """Other groups that can be invited, each with a leader."""
    made = [cast.other_group]
    for n in range(2, count + 1):
        group = Group.objects.create(
            campaign=cast.campaign, code=f"FIN-0{n}", domain=cast.other_group.domain, name=f"财务第{n}专家团"
        )
        Membership.objects.create(
            group=group, person=cast.person("other_leader"), role="leader", since=START, is_primary=False
        )
        made.append(group)
    return made[:count]


def _rich(cast: Cast, n: int) -> Case:
    """A case with `n` rows of every kind beside it."""
    case = cast.contacted()
    at = MONDAY + HOUR
    people = ["mate", "leader", "requester"][:n]
    for k, group in enumerate(_friends(cast, n)):
        step = at + timedelta(minutes=5 * k)
        cast.take(case, "log_contact", "expert", step, channel="phone", learned=f"第{k}次沟通")
        cast.take(case, "inform_group", "expert", step, note=f"告知{k}")
        starts = (step + DAY).isoformat()
        cast.take(case, "plan_session", "expert", step, mode="online", starts_at=starts, minutes=60, people=people)
        cast.take(case, "hold_session", "expert", step, mode="online", people=people, record=f"纪要{k}")
        cast.take(case, "sign_opinion", "mate", step, text=f"意见{k}", dissent=bool(k))
        cast.take(case, "invite", "expert", step, group=group.code, ask=f"请看成本{k}")
        cast.take(case, "pause", "leader", step, missing=[{"text": f"报表{j}"} for j in range(n)], reason="缺数据")
        cast.take(case, "resume", "requester", step + timedelta(minutes=1), note="补齐了")
        cast.take(case, "ask_on", "requester", step, text=f"还要多久{k}")
        kept = BytesIO(b"%PDF-1.7 " + str(k).encode())
        actions.attach(Case.objects.get(pk=case.pk), by=cast.requester, at=step, name=f"报表{k}.pdf", content=kept)
        cast.take(case, "propose_transfer", "expert", step, group=group.code, reason=f"属于财务{k}")
        cast.take(case, "take_back_transfer", "expert", step)
        causes = [{"text": f"病因{j}", "chain": ["city"]} for j in range(n)]
        cast.take(case, "diagnose", "expert", step, findings=f"诊断结论{k}", causes=causes)
    at += HOUR
    measure = {"due_on": (at + 5 * DAY).date().isoformat(), "expected": "下降", "criterion": "达标"}
    measures = [
        {**measure, "what": f"措施{k}", "owner": "requester", "main": [str(j + 1) for j in range(n)]} for k in range(n)
    ]
    for _k in range(n):
        cast.take(case, "prescribe", "expert", at, **cast.prescription(at, measures=measures))
    cast.take(case, "accept_prescription", "requester", at)
    for k in range(n):
        step = MONDAY + (8 + k) * DAY
        more = {"next_on": (step + 2 * DAY).date().isoformat()}
        cast.take(case, "follow_up", "expert", step, mode="online", verdict="none", value="80", evidence="周报", **more)
        cast.take(case, "give_verdict", "requester", step, verdict="none")
    return case


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("who", ["requester", "expert", "leader", "coordinator"])
def test_page_costs_the_same_whatever_the_case_holds(
    cast: Cast, django_assert_num_queries: Any, rows: int, who: str
) -> None:
    case = _rich(cast, rows)
    client = visit(cast.users[who])
    client.get(f"/cases/{case.code}/")  # fills what a process keeps
    with django_assert_num_queries(QUERIES[who]):
        assert client.get(f"/cases/{case.code}/").status_code == 200


QUERIES = {"requester": 27, "expert": 27, "leader": 27, "coordinator": 27}


def test_story_tells_everything_newest_first_and_can_be_narrowed(cast: Cast) -> None:
    case = _rich(cast, 2)
    client = visit(cast.requester)
    page = parsed(client.get(f"/cases/{case.code}/"))
    for words in (
        "第1次沟通",
        "告知1",
        "纪要1",
        "意见1",
        "请看成本1",
        "报表1",
        "还要多久1",
        "诊断结论1",
        "措施1",
        "周报",
    ):
        assert words in page.text, words
    moments = [one.attributes["datetime"] for one in page.all("time") if "datetime" in one.attributes]
    assert len(moments) > 20
    talk = parsed(client.get(f"/cases/{case.code}/?show=talk")).text
    assert "第1次沟通" in talk
    assert "处方第 2 版" not in talk
    assert "处方第 2 版" in parsed(client.get(f"/cases/{case.code}/?show=key")).text


def test_phones_are_masked_for_everybody_on_the_page(cast: Cast) -> None:
    case = cast.treated()
    for who in ("requester", "expert", "leader", "coordinator", "auditor"):
        text = visit(cast.users[who]).get(f"/cases/{case.code}/").content.decode()
        for person in (cast.person("requester"), cast.person("expert")):
            assert person.phone not in text
            assert person.email not in text


def test_case_of_others_is_not_found(cast: Cast) -> None:
    case = cast.treated()
    for address in ("", "accept/", "prescribe/", "attach/", "reveal/expert/", "prescription/1/", "prescribe/save/"):
        answer = visit(cast.outsider).get(f"/cases/{case.code}/{address}")
        assert answer.status_code == (405 if address == "prescribe/save/" else 404), address
    assert case.title not in visit(cast.outsider).get(f"/cases/{case.code}/").content.decode()


def test_unknown_case_and_hidden_case_are_told_alike(cast: Cast) -> None:
    case = cast.register()
    client = visit(cast.outsider)
    hidden, unknown = client.get(f"/cases/{case.code}/"), client.get("/cases/HZ26-99999/")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert parsed(hidden).all("main")[0].text == parsed(unknown).all("main")[0].text


def test_sensitive_case_is_for_its_parties_only(cast: Cast) -> None:
    case = PLAYS["sensitive"](cast)
    seen = {who for who in EVERYBODY if visit(cast.users[who]).get(f"/cases/{case.code}/").status_code == 200}
    assert seen == {"requester", "expert", "leader", "liaison"}


# who, in which state: the filled button, which is the thing to do next
FIRST = {
    ("registered", "expert"): "log_contact",
    ("on_desk", "coordinator"): "route",
    ("decline_proposed", "leader"): "decline",
    ("invited", "other_leader"): "accept_invitation",
    ("paused", "requester"): "resume",
    ("transferring", "other_expert"): "accept_transfer",
    ("disputed", "liaison"): "rule_transfer",
    ("diagnosed", "expert"): "hold_session",
    ("prescribed", "requester"): "accept_prescription",
    ("twice_returned", "leader"): "rule_prescription",
    ("asked", "expert"): "answer_ask",
    ("unresolved_proposed", "liaison"): "close_unresolved",
    ("waiting_for_verdict", "requester"): "give_verdict",
    ("verdicts_differ", "leader"): "rule_verdict",
    ("followed", "expert"): "resolve",
    ("resolved", "expert"): "sign_final_reply",
    ("resolved", "requester"): "close_form",
    ("replied", "leader"): "decide_extraction",
    ("formed", "expert"): "archive",
}


@pytest.mark.parametrize("play, who", FIRST)
def test_filled_button_is_what_comes_next(cast: Cast, play: str, who: str) -> None:
    case = PLAYS[play](cast)
    page = parsed(visit(cast.users[who]).get(f"/cases/{case.code}/"))
    desk = next(one for one in page.walk() if "hz-moves" in one.attributes.get("class", "").split())
    filled = [one for one in desk.walk() if "btn-primary" in one.attributes.get("class", "").split()]
    assert len(filled) == 1
    form = next((one for one in desk.all("form") if filled[0] in list(one.walk())), None)
    address = filled[0].attributes.get("href") or (form.attributes["action"] if form else "")
    assert address == f"/cases/{case.code}/{FIRST[play, who]}/"


def test_reader_without_a_part_reads_only(cast: Cast) -> None:
    case = cast.treated()
    for who in ("viewer", "auditor", "clerk"):
        page = parsed(visit(cast.users[who]).get(f"/cases/{case.code}/"))
        assert moves_on(page, case.code) <= {"follow", "unfollow"}, who
        assert not [one for one in page.all("a") if "/reveal/" in one.attributes.get("href", "")], who


def test_page_names_the_deputy_who_acts(cast: Cast) -> None:
    from huizhen.directory.models import Leave

    case = cast.contacted()
    day = LATER.date()
    Leave.objects.create(
        person=cast.person("expert"), deputy=cast.person("mate"), since=day, until=day + timedelta(days=2)
    )
    text = parsed(visit(cast.mate).get(f"/cases/{case.code}/")).text
    assert "由您代办" in text
    assert "prescribe" in MOVES
    assert is_visible(standing(cast.mate, on=day), case, [])


def test_clock_that_ran_out_is_said_in_words(cast: Cast) -> None:
    case = cast.register()
    text = parsed(visit(cast.expert).get(f"/cases/{case.code}/")).text
    assert "超时" in text
    with time_machine.travel(datetime.combine(date(2026, 3, 2), MONDAY.timetz()), tick=False):
        assert "超时" not in parsed(visit(cast.expert).get(f"/cases/{case.code}/")).text
