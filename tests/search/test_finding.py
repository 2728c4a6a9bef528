"""Finding on the database: words, operators, order, pages, scopes."""

from __future__ import annotations

import functools
import operator
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huizhen.lib.zh import normal
from huizhen.search import actions, registry
from huizhen.search.matching.lexemes import Lexeme
from huizhen.search.models import entry_id
from huizhen.search.models.engines import Ask, engine
from huizhen.search.queries import Hits, find
from huizhen.search.registry import FULL, SUMMARY
from tests.search.things import NOW, Shelf, document, shelves

READER = frozenset({"all"})
pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with shelves("case") as (one,):
        yield one


def codes(hits: Hits) -> list[int]:
    return [hit.object_id for hit in hits.hits]


def ask(text: str, reader: frozenset[str] = READER, **how: Any) -> Hits:
    return find(reader, text, **{"at": NOW, **how})


def exactly(text: str, **how: Any) -> list[int]:
    """What meets the whole question."""
    found = ask(text, **how)
    return [] if found.is_relaxed else codes(found)


def test_find_meets_words_of_every_sort(shelf: Shelf) -> None:
    actions.put(
        [
            document(1, "城区光缆中断抢修", "施工挖断光缆，2.6GHz基站退服。\n客户投诉集中"),
            document(2, "FTTR组网速率不达标", "宽带装机，路由器在弱电箱"),
            document(3, "5G-A专网覆盖", "网络割接后IPv6不通，拨打10086", keys=("张三", "zhangsan")),
        ]
    )
    for text, expected in {
        "光缆": [1], "光缆中断": [1], "缆": [1], "抢修 基站": [1], "FTT": [2], "\uff46\uff54\uff54\uff52": [2], "2.6": [1], "2.6g": [1], "ghz": [1],
        "10086": [3], "ipv6": [3], "5g": [3], "5ga": [3], "张三": [3], "zhang": [3], "hz26-00002": [2], "00002": [2],
        "网络 -割接": [], "网 -割接": [2], '"施工挖断"': [1], "客户投诉集中": [1], "标题:基站": [], "标题:光缆": [1], "编号:00003": [3],
    }.items():  # fmt: skip
        assert exactly(text) == expected, text
    assert ask("退服客户").is_relaxed, "nothing crosses a full stop"
    assert codes(ask("退服客户")) == [1]


def test_find_is_what_reading_everything_finds(shelf: Shelf) -> None:
    """Against reading all texts: two characters and more, in any order of pages, newest first."""
    dice = random.Random(7)
    texts = {n: "".join(dice.choices("光缆中断基站，。5g", k=dice.randrange(3, 30))) for n in range(1, 120)}
    actions.put([document(n, text[:6], text[6:]) for n, text in texts.items()])
    for question in ("光缆", "缆中断", "中", "基站光", "断断", "光光缆"):
        truth = [n for n, text in sorted(texts.items(), reverse=True) if question in f"{text[:6]}\n{text[6:]}"]
        found, after = [], ""
        while True:
            page = ask(question, order="newest", size=7, after=after)
            found += [] if page.is_relaxed else codes(page)
            if not (after := page.next):
                break
        assert found == truth, question


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=25) | st.text("光缆\"'\\*^~(){}:-&|!<>=.% AND OR NOT NEAR标题时间\n", max_size=25))
def test_find_of_anything_is_no_error(shelf: Shelf, text: str) -> None:
    for order in ("best", "newest"):
        assert isinstance(ask(text, order=order, after=text[:9]), Hits)


def test_find_orders_pages_and_keeps_periods(shelf: Shelf) -> None:
    some = [document(n, f"专线{n}", at=NOW - timedelta(days=30 * n)) for n in range(1, 25)]
    ancient = document(99, "专线", at=datetime(1969, 1, 1, tzinfo=UTC))
    actions.put([*some, ancient, document(100, "专线", at=datetime(2199, 1, 1, tzinfo=UTC))])
    pages, after = [], ""
    for _ in range(4):
        page = ask("专线", order="newest", size=10, after=after)
        pages.append(codes(page))
        after = page.next
    assert pages == [[100, *range(1, 10)], list(range(10, 20)), [*range(20, 25), 99], pages[0]]
    best = [ask("专线", size=10, after=after) for after in ("", "10", "20")]
    assert sorted(functools.reduce(operator.iadd, map(codes, best), [])) == [*range(1, 25), 99, 100]
    assert [page.next for page in best] == ["10", "20", ""]
    assert exactly("专线 时间:近60天", order="newest") == [1]
    assert exactly("时间:2026-03..2026-06", order="newest") == [5, 6, 7, 8]
    assert exactly("专线 时间:2026-10-24") == [1]
    assert exactly("专线 时间:..1969") == []


@pytest.mark.parametrize("few", [0, 5_000])
def test_engine_gives_the_newest_keys_of_any_stretch(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Against all keys sorted: common and rare words over ten years, from any moment to any other, in any number."""
    monkeypatch.setattr("huizhen.search.models.engines.postgres.FEW", few)
    dice = random.Random(few)
    moments = {n: NOW - timedelta(minutes=dice.randrange(10 * 525_600)) for n in range(1, 300)}
    actions.put_many([document(n, "光缆" if n % 40 else "光缆鲸落", at=at) for n, at in moments.items()], fresh=True)
    for word, step in (("光缆", 1), ("鲸落", 40)):
        keys = sorted((entry_id(at, "case", n, FULL) for n, at in moments.items() if n % step == 0), reverse=True)
        for _ in range(12):
            since, before = sorted((dice.choice(keys) + dice.randrange(2), dice.choice(keys) + dice.randrange(2)))
            most = dice.choice([1, 5, 500])
            truth = [key for key in keys if since <= key < before][:most]
            assert engine().find(Ask(Lexeme(word), most, since, before)) == truth
        assert engine().find(Ask(Lexeme(word), 500)) == keys


def test_find_asks_for_scopes_and_the_owner(shelf: Shelf) -> None:
    actions.put(
        [
            document(1, "宽带投诉", "张三的手机", scopes=("b1", "g1")),
            document(1, "宽带投诉", "某客户的手机", level=SUMMARY),
            document(2, "宽带投诉", scopes=("b2",)),
            document(3, "宽带投诉", scopes=("p5",)),
        ]
    )

    def seen(reader: frozenset[str], text: str = "宽带") -> list[tuple[int, str]]:
        pages = [ask(text, reader, order=order) for order in ("best", "newest")]
        shown = [sorted((hit.object_id, hit.level) for hit in page.hits) for page in pages]
        assert shown[0] == shown[1]
        return shown[0]

    assert seen(frozenset()) == []
    assert seen(READER) == [(1, SUMMARY)]
    assert seen(READER | {"b1"}) == [(1, FULL)], "the full text hides its summary"
    assert seen(READER | {"b2", "p5"}) == [(1, SUMMARY), (2, FULL), (3, FULL)]
    assert seen(READER, "张三") == [] == exactly("手机 张")
    assert seen(READER, "-张三 手机") == [(1, SUMMARY)]
    shelf.hidden |= {(1, FULL), (2, FULL)}
    assert seen(READER | {"b1", "b2", "p5"}) == [(1, SUMMARY), (3, FULL)], (
        "the owner's word counts, whatever the index says"
    )


def test_find_pages_things_not_texts(shelf: Shelf) -> None:
    for n in range(1, 8):
        actions.put([document(n, "工单" * (n % 3 + 1), "工单"), document(n, "工单", "超时" * n, level=SUMMARY)])
    for order in ("best", "newest"):
        seen, after = list[tuple[int, str]](), ""
        while True:
            page = ask("工单", order=order, size=2, after=after)
            seen += [(hit.object_id, hit.level) for hit in page.hits]
            if not (after := page.next):
                break
        assert sorted(seen) == [(n, FULL) for n in range(1, 8)], order


def test_find_keeps_kinds_and_facets_apart() -> None:
    with shelves("case", "group"):
        registry.register_words("domain", lambda: {"市场": "MKT"})
        actions.put(
            [
                document(1, "装维", facets={"state": "archived", "domain": "MKT"}),
                document(2, "装维", facets={"state": "open", "domain": "NET"}),
                document(1, "装维", kind="group", facets={"domain": "NET"}),
                document(9, "装维", kind="alien"),
            ]
        )

        def kinds(text: str, **how: Any) -> set[str]:
            return {f"{hit.kind}{hit.object_id}" for hit in ask(text, **how).hits}

        assert kinds("装维") == {"case1", "case2", "group1"}, "a kind that nobody registered is nobody's"
        assert kinds("装维", kind="group") == {"group1"} == kinds("类型:group 装维")
        assert kinds("-类型:group 装维") == {"case1", "case2"}
        assert kinds("装维", kind="nothing") == set() == kinds("类型:group", kind="case")
        assert kinds("领域:市场") == {"case1"} == kinds("domain:mkt")
        assert kinds("装维 -领域:市场") == {"case2", "group1"}
        assert kinds("状态:open,archived 装维") == {"case1", "case2"}
        assert [fault.code for fault in ask("领域:火星 装维").faults] == ["unknown_value"]


def test_find_widens_relaxes_and_suggests(shelf: Shelf) -> None:
    secret = document(4, "越级头诉风险", scopes=("b1",))
    actions.put(
        [document(1, "携号转网资费争议"), document(2, "光缆老化", "施工挖断"), document(3, "VoLTE掉话"), secret]
    )
    assert exactly("携转") == [1], "a synonym"
    assert exactly("频繁掉线") == []
    for text, expected, suggestion in (
        ("光缆老是被施工挖断怎么办", [2], ""),
        ("携好转网", [1], "携号转网"),
        ("vlote", [3], "volte"),
        ("携好转网 时间:今年", [1], "携号转网 时间:今年"),
        ("头书", [], ""),
        ("zzz", [], ""),
    ):
        found = ask(text)
        assert (codes(found), found.suggestion, found.is_relaxed) == (expected, suggestion, bool(expected)), text
    assert ask("越级头书", frozenset({"b1"})).suggestion in ("", "越级头诉")
    shelf.hidden.add((1, FULL))
    assert ask("携好转网").suggestion == "", "nothing is suggested that leads this reader to nothing"


def test_best_loses_nothing_and_goes_on_by_age(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are weighed: each thing once and none lost, those with the word in their titles before their time."""
    monkeypatch.setattr("huizhen.search.queries.candidates.MOST", 10)
    for n in range(1, 41):
        title = "客户" if n in (3, 5) else f"甲{n}"
        actions.put([document(n, title, f"客户{n}", scopes=("b1",)), document(n, title, "客户", level=SUMMARY)])
    seen, turns, after = list[int](), list[bool](), ""
    while True:
        page = ask("客户", READER | {"b1"}, size=7, after=after)
        assert {hit.level for hit in page.hits} == {FULL}
        assert page.is_many
        seen += codes(page)
        turns.append(page.is_by_age)
        if not (after := page.next):
            break
    assert (seen[:2], sorted(seen)) == ([5, 3], list(range(1, 41)))
    assert (seen[12:], turns) == (sorted(seen[12:], reverse=True), sorted(turns)), "then by age"
    shelf.hidden |= {(n, FULL) for n in range(20, 41)} | {(n, SUMMARY) for n in range(25, 41)}
    page = ask("客户", READER | {"b1"})
    assert [(hit.object_id, hit.level) for hit in page.hits] == [(5, FULL), (3, FULL)]
    assert codes(ask("客户", READER | {"b1"}, after=page.next))[:6] == [24, 23, 22, 21, 20, 19]


def test_exact_numbers_come_first_among_many(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huizhen.search.queries.candidates.MOST", 5)
    actions.put([document(n, "宽带提速", "旧设备12台", keys=(f"旧-{11 + n}", "张三")) for n in (1, *range(109, 119))])
    for text in ("旧-12", "编号:旧-12", "编号:旧－12"):
        found = ask(text)
        assert (codes(found)[0], found.is_relaxed) == (1, False), text
    assert exactly("编号:张三") == []
    assert len(exactly("编号:旧-12", order="newest")) == 11


def test_kind_words_states_and_traditional_characters() -> None:
    with shelves("case", "method"):
        registry.register_words("kind", lambda: {"工作法": "method", "法": "method"})
        registry.register_words("state", lambda: {"退役": "retired"})
        registry.register_worth("method", {"retired": 0.1})
        some = {
            n: document(n, f"网络割接{n}", kind="method", facets={"state": "retired"} if n == 2 else {}) for n in (1, 2)
        }
        actions.put([*some.values(), document(3, "领题", "网络割接要用工作法"), document(4, "网络")])

        def found(text: str) -> list[str]:
            return [f"{hit.kind}{hit.object_id}" for hit in ask(text).hits]

        assert found("工作法") == ["method1", "case3", "method2"]
        assert set(found("工作法 割接")) == {"method1", "method2", "case3"}
        assert found("网络割接") == ["method1", "case3", "method2"], "what is retired comes last"
        assert found("网络割接2")[0] == found("hz26-00002")[0] == found("狀態:退役")[0] == "method2"
        assert found("領題") == ["case3"] == found("領題 網絡"), "traditional characters"
        assert (ask("法").is_relaxed, found("法")) == (False, ["case3"]), "one character names no kind"


def test_find_marks_and_hides_nothing_else(shelf: Shelf) -> None:
    actions.put([document(1, "<b>光缆</b>", "第一段。\n第二段光缆", facets={"state": "open"})])
    (hit,) = ask("光缆").hits
    assert hit.title == (("<b>", False), ("光缆", True), ("</b>", False))
    assert hit.snippet == (("第一段。 第二段", False), ("光缆", True))
    assert (hit.code, hit.facets, hit.is_summary, hit.at) == ("HZ26-00001", {"state": "open"}, False, document(1).at)


@pytest.mark.parametrize("how", [{"order": "best"}, {"order": "newest"}])
def test_find_costs_the_same_for_one_and_three(shelf: Shelf, how: dict[str, str]) -> None:
    def cost(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    limits = {"sqlite": 3, "postgresql": 4}
    counts = []
    ask("光缆")
    for most in (1, 3):
        actions.put([document(n, "光缆") for n in range(1, most + 1)])
        counts.append(cost(lambda: ask("光缆", **how)))
    assert counts == [limits[connection.vendor]] * 2


def test_normal_form_of_a_title_is_found_whole(shelf: Shelf) -> None:
    title = "关于ＩＤＣ－２机房㎡租金的请示"
    actions.put([document(1, title)])
    assert exactly(title) == [1] == exactly(f'"{normal(title)}"')
