"""Search, list, page, export and interface agree about who sees what: in full, as a summary, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from huizhen.accounts.actions import issue_token
from huizhen.cases.models import Access, Case
from huizhen.cases.policy import is_summarised, is_visible
from huizhen.cases.queries.lists import cases_in, scopes
from huizhen.directory.models import Leave
from huizhen.directory.queries import Standing, standing
from huizhen.lib.zh import sort_key
from huizhen.search.actions import put_many
from huizhen.search.jobs import drain
from huizhen.search.models import Entry
from huizhen.search.queries import find
from huizhen.search.registry import FULL, SUMMARY, sources
from tests.cases.plays import PLAYS
from tests.cases.test_visibility import change_the_crowd, populate
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import visit

NOW = MONDAY + timedelta(days=12)
DAY = timezone.localdate(NOW)
PEOPLE = ("沈言行", "毛知南", "曾维舟", "顾知微", "梁思远")
"""Names that stand in the texts of the case `told`: its expert, leader, requester, another expert, the owner of a measure."""


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def fill() -> None:
    """Everything there is, into the index."""
    for source in sources().values():
        put_many(source.documents(source.after(0, 1000)))


def expected(reader: Standing, cases: list[Case]) -> dict[str, str]:
    """Code → level, by the predicates' twins in Python: what every way must show."""
    accesses = list(Access.objects.all())
    found = {}
    for case in cases:
        if is_visible(reader, case, [one for one in accesses if one.case_id == case.pk]):
            found[case.code] = FULL
        elif is_summarised(reader, case):
            found[case.code] = SUMMARY
    return found


def searched(reader: Standing, text: str, order: str) -> dict[str, str]:
    """Code → level of every case that is found, page by page."""
    found: dict[str, str] = {}
    after = ""
    while True:
        page = find(reader, text, kind="case", order=order, after=after, size=30, at=NOW)
        assert not page.is_relaxed
        assert not found.keys() & {hit.code for hit in page.hits}, "nothing is shown twice"
        found |= {hit.code: hit.level for hit in page.hits}
        after = page.next
        if not after:
            return found


def listed(reader: Standing) -> set[str]:
    every = [
        scope for scope in scopes(reader) if scope not in ("following", "mine")
    ]  # nobody of the crowd was ever admitted as accountable
    return {code for scope in every for code in cases_in(reader, scope).values_list("code", flat=True)}


def test_search_and_lists_show_a_crowd_as_the_predicates_say(cast: Cast) -> None:
    """64 cases of every stage, 敏感 or not, in four places, with seven kinds of admission, some ended; people on leave and with two hats."""
    cases = populate(cast)
    change_the_crowd(cast)
    fill()
    levels = set()
    for who in (*ROLES, "mate", "other_leader"):
        reader = standing(cast.users[who], on=DAY)
        must = expected(reader, cases)
        for order in ("best", "newest"):
            assert searched(reader, "题目", order) == must, (who, order)
        in_full = {code for code, level in must.items() if level == FULL}
        assert listed(reader) <= in_full
        if reader.is_reader_of_all:
            assert (
                listed(reader) | set(Case.objects.filter(accesses__until=None).values_list("code", flat=True))
                >= in_full
            )
        levels |= set(must.values())
    assert levels == {FULL, SUMMARY}
    assert searched(Standing(), "题目", "best") == {}


def played(cast: Cast) -> list[Case]:
    """Cases with a life: open, passed on, joint, solved, solved and 敏感, 敏感 and passed on."""
    cases = [PLAYS[name](cast) for name in ("contacted", "joined", "transferring", "sensitive")]
    cases += [cast.archived(at=MONDAY), cast.resolved(at=MONDAY), cast.resolved(at=MONDAY)]
    cast.take(cases[-1], "mark_sensitive", "leader", NOW, reason="涉及个人")
    passed = cast.take(cases[2], "accept_transfer", "other_leader", MONDAY + timedelta(hours=3))
    cast.take(passed, "mark_sensitive", "other_leader", NOW, reason="涉及个人")
    Leave.objects.create(
        person=cast.person("leader"), deputy=cast.person("outsider"), since=DAY, until=DAY + timedelta(7)
    )
    return list(Case.objects.order_by("pk"))


WAYS = ("page", "summary", "export", "interface", "told")


def ask(way: str, code: str, page: Client, program: Client) -> int:
    address = {
        "page": f"/cases/{code}/",
        "summary": f"/cases/{code}/summary/",
        "export": f"/cases/{code}/a3/",
        "interface": f"/api/v1/cases/{code}",
        "told": f"/api/v1/cases/{code}/summary",
    }[way]
    return int((program if way in ("interface", "told") else page).get(address).status_code)


def test_pages_exports_and_interface_answer_as_search_finds(cast: Cast) -> None:
    """Every role meets every case, the ways in turns, and the search of the interface finds what our own does."""
    cases = played(cast)
    fill()
    wrong = []
    for column, who in enumerate(ROLES):
        reader = standing(cast.users[who], on=DAY)
        must = expected(reader, cases)
        assert searched(reader, "负荷超限", "best") == must, who
        page = visit(cast.users[who])
        program = Client(headers={"authorization": f"Bearer {issue_token(cast.users[who], at=NOW)}"})
        told = program.get("/api/v1/search", {"q": "负荷超限", "kind": "case", "limit": 50}).json()["hits"]
        assert {one["code"]: one["level"] for one in told} == must, who
        for row, case in enumerate(cases):
            level = must.get(case.code)
            shown = {
                "page": level == FULL, "interface": level == FULL, "export": level is not None,
                "summary": is_summarised(reader, case), "told": is_summarised(reader, case),
            }  # fmt: skip
            way = WAYS[(row + column) % len(WAYS)]
            status = ask(way, case.code, page, program)
            if status != (200 if shown[way] else 404):
                wrong.append((who, way, case.code, level, status))
    assert wrong == []


def told_case(cast: Cast) -> Case:
    """A solved case whose every text is full of names."""
    people = "、".join(PEOPLE)
    case = cast.archived(
        condition=f"宿舍晚高峰负荷超过九成，{people}都来看过，电话已登记。请尽快看，影响面还在扩大，投诉每周四十件。"
    )
    Case.objects.filter(pk=case.pk).update(
        tried=f"{people}先试过调参数，联系 13800138000。", title="沈言行说宿舍负荷超限"
    )
    return case


def test_no_name_finds_or_shows_a_summary(cast: Cast) -> None:
    case = told_case(cast)
    fill()
    outsider = standing(cast.outsider, on=DAY)
    (hit,) = (one for one in find(outsider, "负荷超限", kind="case", at=NOW).hits)
    assert (hit.code, hit.level) == (case.code, SUMMARY)
    for text in (
        *PEOPLE,
        *(name[1:] for name in PEOPLE),
        *(sort_key(name, person=True).removesuffix(name) for name in PEOPLE),
        "13800138000",
        "8000",
    ):
        found = find(outsider, text, kind="case", at=NOW)
        assert found.is_relaxed or not found.hits, text
        shown = "".join(piece for one in found.hits for piece, _ in (*one.title, *one.snippet))
        assert not any(name in shown for name in PEOPLE)
    kept = Entry.objects.get(kind="case", level=SUMMARY)
    program = Client(headers={"authorization": f"Bearer {issue_token(cast.outsider, at=NOW)}"})
    page = visit(cast.outsider)
    for said in (
        f"{kept.title}{kept.body}{kept.keys}",
        program.get(f"/api/v1/cases/{case.code}/summary").content.decode(),
        page.get(f"/cases/{case.code}/summary/").content.decode(),
        page.get(f"/cases/{case.code}/a3/").content.decode(),
        page.get("/cases/solved/").content.decode(),
    ):
        assert [name for name in (*PEOPLE, "13800138000", "138001") if name in said] == []
    assert case.code in page.get("/cases/solved/", {"q": "宿舍"}).content.decode()
    assert case.code not in page.get("/cases/solved/", {"q": "沈言行"}).content.decode()
    whole = find(standing(cast.expert, on=DAY), "顾知微", kind="case", at=NOW)
    assert [one.level for one in whole.hits] == [FULL], "who may read it finds it by name"


def seen(cast: Cast, at: datetime) -> dict[str, list[str]]:
    readers = ("outsider", "clerk", "coordinator", "mate", "expert", "leader")
    return {
        who: [hit.level for hit in find(standing(cast.users[who], on=DAY), "负荷超限", kind="case", at=at).hits]
        for who in readers
    }


def test_sensitive_case_is_gone_before_the_index_knows_and_after(cast: Cast) -> None:
    case = cast.resolved()
    drain(NOW)
    assert seen(cast, NOW) == {
        "outsider": [SUMMARY], "clerk": [FULL], "coordinator": [FULL], "mate": [FULL], "expert": [FULL], "leader": [FULL],
    }  # fmt: skip
    parties = {"outsider": [], "clerk": [], "coordinator": [], "mate": [FULL], "expert": [FULL], "leader": [FULL]}
    cast.take(case, "mark_sensitive", "leader", NOW, reason="涉及个人")
    assert seen(cast, NOW) == parties, "the index still has it; nobody is shown it"
    assert Entry.objects.filter(kind="case").count() == 2
    drain(NOW)
    assert seen(cast, NOW) == parties
    assert Entry.objects.filter(kind="case").count() == 1
    cast.take(case, "unmark_sensitive", "leader", NOW, reason="已脱敏")
    assert seen(cast, NOW)["outsider"] == [], "what the index does not know yet is not found"
    drain(NOW)
    assert seen(cast, NOW)["outsider"] == [SUMMARY]
