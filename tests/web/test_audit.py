"""The journal's pages: newest first, by verb, person and code; reveals and exports; the seals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings

from huizhen.cases.actions import reveal
from huizhen.challenges.actions import create_challenge
from huizhen.directory.actions import export_roster
from huizhen.journal.actions import seal
from huizhen.journal.models import Entry, Seal
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("_monday")


@pytest.fixture
def _monday() -> Any:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


def told(cast: Cast, query: str = "") -> list[str]:
    """The verbs and targets of the lines of a page."""
    page = parsed(visit(cast.auditor).get(f"/audit/{query}"))
    return [one.text.strip() for one in page.walk() if one.attributes.get("class") == "hz-line__h"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", ["/audit/", "/audit/seals/"])
def test_audit_is_for_auditors_and_head_office(cast: Cast, role: str, address: str) -> None:
    expected = 200 if role in ("auditor", "coordinator") else 403
    assert visit(cast.users[role]).get(address).status_code == expected


def test_newest_comes_first_with_who_what_and_which(cast: Cast) -> None:
    cast.contacted()
    create_challenge(cast.branch, by=cast.second, at=MONDAY, title="今年的题目")
    lines = told(cast)
    assert lines[0] == "麦承宇登记领题LT26-00001 今年的题目"
    assert "沈言行沟通HZ26-00001" in lines
    page = parsed(visit(cast.auditor).get("/audit/"))
    assert "/cases/HZ26-00001/" in [one.attributes.get("href") for one in page.all("a")]
    assert "/challenges/LT26-00001/" in [one.attributes.get("href") for one in page.all("a")]


def test_empty_journal_says_so(cast: Cast) -> None:
    assert "还没有记录" in visit(cast.auditor).get("/audit/").content.decode()


@pytest.mark.parametrize(
    "query, count",
    [
        ("?verb=register", 2), ("?verb=nonsense", None), ("?who=沈言行", 1), ("?who=expert", 1), ("?who=没有这个人", 0),
        ("?code=hz26-00002", 1), ("?code=LT26-00001", 0), ("?code=HZ99-00001", 0), ("?code=%00&who=<b>", 0),
        ("?kind=exports&verb=register", 0), ("?kind=nonsense", None), ("?after=0", None), ("?after=1", 0),
    ],
)  # fmt: skip
def test_filters_find_by_verb_person_and_code(cast: Cast, query: str, count: int | None) -> None:
    cast.contacted()
    cast.register()
    expected = Entry.objects.count() if count is None else count
    if query == "?after=1":
        query = f"?after={Entry.objects.order_by('pk')[0].pk}"
    assert len(told(cast, query)) == expected


def test_reveals_and_exports_have_their_own_pages(cast: Cast) -> None:
    case = cast.contacted()
    reveal(case, cast.person("requester"), purpose="约现场时间", by=cast.expert, at=MONDAY)
    export_roster(cast.campaign, by=cast.coordinator, at=MONDAY)
    assert told(cast, "?kind=reveals") == ["沈言行查看号码HZ26-00001曾维舟"]
    assert "约现场时间" in visit(cast.auditor).get("/audit/?kind=reveals").content.decode()
    assert told(cast, "?kind=exports") == ["卢泽安导出名册领题破题 2026"]


def test_no_phone_reaches_the_page(cast: Cast) -> None:
    case = cast.contacted()
    reveal(case, cast.person("requester"), purpose="约现场时间", by=cast.expert, at=MONDAY)
    assert cast.person("requester").phone not in visit(cast.auditor).get("/audit/").content.decode()


def test_pages_go_on_by_keyset(cast: Cast) -> None:
    for _ in range(30):
        cast.contacted()
    page = parsed(visit(cast.auditor).get("/audit/"))
    following = page.all("a", rel="next")[0].attributes["href"]
    rest = told(cast, following)
    assert len(told(cast)) == 50
    assert len(rest) == Entry.objects.count() - 50


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("query, queries", [("", 10), ("?code=HZ26-00001", 11), ("?who=expert", 12)])
def test_journal_costs_the_same_for_one_and_three(
    cast: Cast, count: int, query: str, queries: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        case = cast.contacted()
        reveal(case, cast.person("requester"), purpose="约现场时间", by=cast.expert, at=MONDAY)
    client = visit(cast.auditor)
    with django_assert_num_queries(queries):
        assert client.get(f"/audit/{query}").status_code == 200


def test_seals_say_what_they_cover_and_which_file_is_gone(cast: Cast, tmp_path: Path, settings: Any) -> None:
    settings.HUIZHEN_VAR = tmp_path
    cast.register()
    seal(at=MONDAY)
    client = visit(cast.auditor)
    text = client.get("/audit/seals/").content.decode()
    kept = Seal.objects.get()
    assert kept.file in text
    assert kept.digest in text
    assert "文件不在" not in text
    (tmp_path / "seals" / kept.file).unlink()
    assert "文件不在" in client.get("/audit/seals/").content.decode()


def test_seals_say_when_there_is_none(cast: Cast) -> None:
    assert "还没有封存过" in visit(cast.auditor).get("/audit/seals/").content.decode()
    assert settings.HUIZHEN_VAR
