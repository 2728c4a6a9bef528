"""The page of search, and the table of words that mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huizhen.journal.models import Entry as Happening
from huizhen.search.jobs import drain, rebuild
from huizhen.search.models import Synonym
from huizhen.web.search.asking import canonical
from tests.cast import MONDAY, Cast
from tests.visits import visit

NOW = MONDAY + timedelta(days=12)
PART = {"HX-Request": "true", "HX-Target": "found"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def said(client: Client, text: str, **more: str) -> str:
    answer = client.get("/search/", {"q": text, **more})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_search_shows_cards_for_the_reader_and_summaries_for_others(cast: Cast) -> None:
    case = cast.archived()
    drain(NOW)
    own = said(visit(cast.requester), "负荷超限")
    assert f'href="/cases/{case.code}/"' in own
    assert "<mark>负荷超限</mark>" in own
    assert "已归档" in own
    other = said(visit(cast.outsider), "负荷超限")
    assert f'href="/cases/{case.code}/summary/"' in other
    assert f'href="/cases/{case.code}/"' not in other
    assert "摘要" in other
    english = visit(cast.outsider, "en").get("/search/", {"q": "负荷超限 state:archived"}).content.decode()
    assert "Summary" in english
    assert "Best" in english


def test_search_costs_the_same_for_one_hit_and_for_three(cast: Cast) -> None:
    client, counts = visit(cast.coordinator), []
    for at in (MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)):
        cast.contacted(at=at)
        drain(NOW)
        said(client, "负荷超限")
        with CaptureQueriesContext(connection) as told:
            page = said(client, "负荷超限")
        counts.append(len(told))
    assert page.count("data-hit") == 3
    assert counts == [counts[0]] * 3
    assert counts[0] <= 18


def test_search_answers_whatever_is_typed(cast: Cast) -> None:
    cast.contacted()
    drain(NOW)
    client = visit(cast.coordinator)
    assert "没有“abc:”这种条件" in said(client, "abc:负荷")
    assert "“状态”里没有“x”" in said(client, "状态:x 负荷")
    assert "看不懂时间" in said(client, "时间:明天后 负荷")
    assert "没有找到“甲乙丙丁戊”" in said(client, "甲乙丙丁戊")
    for text in (
        "",
        " ",
        '"',
        "-",
        "::",
        "标题:",
        "\x00",
        "%",
        "'; drop table",
        "AND OR NOT",
        "*",
        "(" * 300,
        "<script>",
        "￥" * 50,
        "a" * 5000,
    ):
        assert "<script>" not in said(client, text)
    for name, value in (
        ("kind", "nothing"),
        ("order", "sideways"),
        ("after", "x'"),
        ("after", "9" * 70),
        ("kind", "all"),
    ):
        assert "负荷超限" in said(client, "负荷超限", **{name: value})


def test_code_of_a_case_is_found_however_it_is_written(cast: Cast) -> None:
    case = cast.contacted()
    drain(NOW)
    client = visit(cast.expert)
    number = int(case.code.rpartition("-")[2])
    for typed in (case.code, case.code.lower(), f"26-{number}", f"\uff12\uff16－{number}", f" 26 {number:05d} "):
        page = said(client, typed)
        assert page.index(f'href="/cases/{case.code}/"') > 0
        assert page.count("data-hit") == 1
    assert (canonical("lt26-7"), canonical("10086"), canonical("5G 专网")) == ("LT26-00007", "10086", "5G 专网")


def test_kind_and_order_are_remembered_by_the_browser_alone(cast: Cast) -> None:
    cast.contacted()
    drain(NOW)
    client, before = visit(cast.expert), Happening.objects.count()
    page = said(client, "负荷超限", kind="group", order="newest")
    assert "在全部类型里找" in page
    assert client.cookies["hz-search"].value == "group.newest"
    assert "data-hit" not in said(client, "负荷超限")
    assert "data-hit" in said(client, "负荷超限", kind="all")
    assert "data-hit" in said(client, "负荷超限")
    assert Happening.objects.count() == before


def test_operators_are_chips_that_take_themselves_out(cast: Cast) -> None:
    cast.contacted()
    drain(NOW)
    page = said(visit(cast.expert), "负荷超限 领域:网络运维")
    assert "<span>领域</span> 网络运维" in page
    assert 'href="/search/?q=%E8%B4%9F%E8%8D%B7%E8%B6%85%E9%99%90&amp;order=best"' in page
    assert page.count("data-hit") == 1
    assert "data-hit" not in said(visit(cast.expert), "负荷超限 领域:财务")


def test_parts_are_parts_of_the_same_page(cast: Cast) -> None:
    for day in range(2):
        cast.contacted(at=MONDAY + timedelta(days=day))
    drain(NOW)
    client = visit(cast.coordinator)
    whole = said(client, "负荷超限")
    part = client.get("/search/", {"q": "负荷超限"}, headers=PART).content.decode()
    assert part.startswith('<div id="found"')
    assert part.strip() in whole.replace("\r", "")


def test_synonyms_are_kept_by_head_office_and_can_be_taken_back(cast: Cast) -> None:
    cast.contacted()
    drain(NOW)
    client = visit(cast.coordinator)
    assert "data-hit" not in said(client, "扎堆寝室 -宿舍无")
    client.post("/search/synonyms/add/", {"words": "扎堆寝室 \uff1d 宿舍"})
    fresh = Synonym.objects.latest("pk")
    assert fresh.words == ["扎堆寝室", "宿舍"]
    assert said(client, "扎堆寝室").count("data-hit") == 1
    page = client.post("/search/synonyms/add/", {"words": "宿舍=寝室楼"})
    assert page.status_code == 422
    assert "已经在另一行里了" in page.content.decode()
    address = f"/search/synonyms/{fresh.code}/"
    assert client.post(address, {"words": "扎堆寝室=宿舍楼", "seen": "1"}).status_code == 302
    assert client.post(address, {"words": "扎堆寝室=宿舍", "seen": "1"}).status_code == 409
    client.post(f"{address}remove/")
    client.post(f"{address}remove/")
    assert f"{address}remove/" not in client.get("/search/synonyms/").content.decode()
    client.post(f"{address}restore/")
    assert f"{address}remove/" in client.get("/search/synonyms/").content.decode()
    verbs = Happening.objects.filter(target_type="search.synonym", target_id=fresh.pk).order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == [
        "synonym_added", "synonym_changed", "synonym_removed", "synonym_restored",
    ]  # fmt: skip


def test_rebuild_is_asked_for_once_and_shows_how_far_it_is(cast: Cast) -> None:
    cast.contacted()
    client = visit(cast.coordinator)
    assert "还没有重建过" in client.get("/search/synonyms/").content.decode()
    for _ in range(2):
        assert client.post("/search/index/rebuild/").status_code == 302
    assert "正在重建" in client.get("/search/index/").content.decode()
    rebuild(NOW)
    shown = client.get("/search/index/").content.decode()
    assert "上次重建" in shown
    assert "hx-get" not in shown
    assert Happening.objects.filter(verb="search_rebuild_asked").count() == 1
    assert said(client, "负荷超限").count("data-hit") == 1
