"""Finding on the database: words, operators, order, scopes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from huizhen.search import actions
from huizhen.search.queries import Hits, find
from tests.search.things import NOW, Shelf, document, shelves

READER = frozenset({"all"})
pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with shelves("case") as (one,):
        yield one


def codes(hits: Hits) -> list[int]:
    return [hit.object_id for hit in hits.hits]


def ask(text: str, reader: frozenset[str] = READER, **how: object) -> Hits:
    return find(reader, text, at=NOW, **how)  # type: ignore[arg-type]


def test_find_meets_words_of_every_sort(shelf: Shelf) -> None:
    actions.put(
        [
            document(1, "城区光缆中断抢修", "施工挖断光缆，2.6GHz基站退服。\n客户投诉集中"),
            document(2, "FTTR组网速率不达标", "宽带装机，路由器在弱电箱"),
            document(3, "5G-A专网覆盖", "网络割接后IPv6不通，拨打10086", keys=("张三", "zhangsan")),
        ]
    )
    for text, expected in {
        "光缆": [1], "光缆中断": [1], "缆": [1], "抢修 基站": [1], "FTT": [2], "ｆｔｔｒ": [2], "2.6": [1], "2.6g": [1], "ghz": [1],
        "10086": [3], "ipv6": [3], "5g": [3], "张三": [3], "zhang": [3], "hz26-00002": [2], "00002": [2], "网络 -割接": [],
        "网 -割接": [2], '"施工挖断"': [1], "客户投诉集中": [1], "标题:基站": [], "标题:光缆": [1], "编号:00003": [3],
    }.items():  # fmt: skip
        found = ask(text)
        assert (codes(found) if not found.is_relaxed else []) == expected, text
    assert codes(ask("退服客户")) == [1] and ask("退服客户").is_relaxed, "no phrase crosses a full stop"
