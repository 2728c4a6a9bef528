"""相似: what is alike is found with its reason, by whoever may see it, and costs the page it stands on nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huizhen.accounts.actions import issue_token
from huizhen.cases.models import Case
from huizhen.directory.queries import standing
from huizhen.methods.models import Method
from huizhen.methods.queries.alike import solved_before
from huizhen.search.actions import put
from huizhen.search.matching.likeness import is_same_matter, likeness, shared, weighed
from huizhen.search.queries.synonyms import groups
from huizhen.search.registry import sources
from tests.cast import MONDAY, Cast
from tests.methods.test_pictures import draft
from tests.visits import parsed, visit

NOW = MONDAY + timedelta(days=1)
OTHERS = ["装机积压及时率低", "光缆被施工挖断", "专线闪断反复", "营业厅排队久", "报账退单率高", "站点退服处理慢"]


def test_rare_words_count_and_common_ones_do_not() -> None:
    sample = [f"{one}，请专家帮助分析原因" for one in OTHERS * 5]
    weights = weighed("携转预警滞后", "请专家帮助分析原因，高端客户流失", sample)
    assert {"携转", "预警", "滞后"} <= set(weights)
    assert not {"专家", "帮助", "原因"} & set(weights)
    assert weights["携转"] > weights["流失"]  # the strong text
    assert (
        likeness(weights, "携转预警来得晚", "")
        > likeness(weights, "", "携转预警来得晚")
        > likeness(weights, "", "携转")
        == 0
    )
    assert shared("携转预警滞后，高端客户流失", "我们的携转预警慢，高端客户走了", weights) == ("携转预警", "高端客户")
    heavy = dict.fromkeys(("频层", "层加", "加站", "站下"), 3.0)
    told = ("高频层加站下倾角", "低频层加站下沉", heavy)
    assert shared(*told, sample="高频 高频 低频 下倾 下倾") == (), "no scraps of words"
    assert shared(*told, sample="高频 高频 低频 下倾 下倾", terms={"加站"}) == ("加站",)
    assert weighed("的了", "", sample) == {}
    wider = weighed("携转预警滞后", "", sample, groups=[("携号转网", "携转"), ("断站", "退服")])
    assert {**weighed("携转预警滞后", "", sample), **wider} == wider
    assert set(wider) - set(weights) == {
        "携号",
        "号转",
        "转网",
    }  # another word for the same, together a little less than itself
    assert 0.5 * wider["携转"] < wider["携号"] + wider["号转"] + wider["转网"] < wider["携转"]
    assert is_same_matter("预警规则太粗", "预警规则粗放")
    assert not is_same_matter("预警规则太粗", "光缆路由未标")
    assert not is_same_matter("", "")


@pytest.fixture
def _tuesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def index() -> None:
    """Everything there is, as the job would have it."""
    for source in sources().values():
        put(source.documents(source.after(0, 1000)))


def about(cast: Cast, title: str, condition: str) -> Case:
    """A registered case of these words alone."""
    case = cast.register()
    Case.objects.filter(pk=case.pk).update(title=title, condition=condition, tried="", questions=[], indicator="")
    return Case.objects.get(pk=case.pk)


def crowd(cast: Cast) -> None:
    for n, one in enumerate(OTHERS):
        about(cast, one, f"{one}，已有三周，影响了不少人，还在变坏，第 {n} 处")


WORDS = "宿舍晚高峰网速慢，负荷超过九成，学生投诉集中"


@pytest.mark.django_db
@pytest.mark.usefixtures("_tuesday")
def test_each_finds_what_she_may_see_with_the_reason(cast: Cast) -> None:
    solved = cast.archived(at=MONDAY - timedelta(days=14))
    crowd(cast)
    Case.objects.filter(pk=solved.pk).update(title="宿舍晚高峰负荷超限", condition=WORDS)
    own = about(cast, "宿舍晚高峰网速慢", WORDS + "，上月开始")
    hushed = about(cast, "宿舍晚高峰掉线", WORDS)
    cast.take(hushed, "mark_sensitive", "requester", NOW, reason="涉及个人")
    method = draft(cast, "GF26-00007", "reviewed", "published")
    method.versions.update(name="宿舍晚高峰四步疏导法", problem=WORDS, steps=[])
    draft(cast, "GF26-00008").versions.update(name="宿舍晚高峰另一法", problem=WORDS)
    index()
    page = visit(cast.requester).get(f"/cases/{own.code}/similar/")
    links = [one.attributes["href"] for one in parsed(page).all("ul", **{"class": "hz-alike"})[0].all("a")]
    assert links[0] == "/methods/GF26-00007/"
    assert {f"/cases/{hushed.code}/", f"/cases/{solved.code}/"} <= set(links)
    assert f"/cases/{own.code}/" not in links
    assert "宿舍晚高峰" in parsed(page).text
    assert "都说到：" in parsed(page).text
    part = visit(cast.expert).get(f"/cases/{own.code}/similar/", headers={"hx-request": "true"}).content.decode()
    assert part.startswith('<ul class="hz-alike">')
    # who sees neither the open nor the 敏感 one gets the summary and the method; before the index has heard of it, too
    typed = {"title": "宿舍晚高峰网速慢", "condition": WORDS}
    links = [one.attributes["href"] for one in parsed(visit(cast.outsider).post("/register/similar/", typed)).all("a")]
    assert f"/cases/{solved.code}/summary/" in links
    assert "/methods/GF26-00007/" in links
    assert not [one for one in links if own.code in one or hushed.code in one or "GF26-00008" in one]
    Case.objects.filter(pk=solved.pk).update(is_sensitive=True)
    links = [one.attributes["href"] for one in parsed(visit(cast.outsider).post("/register/similar/", typed)).all("a")]
    assert not [one for one in links if solved.code in one]
    assert solved_before(standing(cast.outsider, on=NOW.date()), title="宿", condition="").cases == ()
    # another word for the same will do, and is what is quoted
    porting = about(cast, "携号转网预警滞后", "携号转网的客户名单总是晚到，预警滞后")
    index()
    shown = parsed(visit(cast.expert).get(f"/cases/{about(cast, '携转预警来得太晚', '名单晚').code}/similar/"))
    assert [one for one in shown.all("a") if porting.code in one.attributes["href"]]
    assert "号转网" in shown.text.split("都说到：")[1]
    # the interface says the same as the page
    client = Client(headers={"authorization": f"Bearer {issue_token(cast.requester, at=NOW)}"})
    told = client.get(f"/api/v1/cases/{own.code}/similar").json()
    assert [one["code"] for one in told["methods"]] == ["GF26-00007"]
    assert hushed.code in [one["code"] for one in told["cases"]]
    assert "words" in [one["sort"] for one in told["methods"][0]["reasons"]]
    # a method finds the open cases its reader sees
    links = [one.attributes["href"] for one in parsed(visit(cast.expert).get("/methods/GF26-00007/similar/")).all("a")]
    assert f"/cases/{own.code}/" in links
    shown = parsed(visit(cast.outsider).get("/methods/GF26-00007/similar/"))
    assert not [one for one in shown.all("a") if "/cases/HZ" in one.attributes["href"]]


@pytest.mark.django_db
@pytest.mark.usefixtures("_tuesday")
def test_queries_do_not_grow_with_what_is_found(cast: Cast) -> None:
    own = about(cast, "宿舍晚高峰网速慢", WORDS)
    cache.clear()
    groups()  # the table of synonyms is cached for every search, as are the words known as terms
    visit(cast.expert).get(f"/cases/{own.code}/similar/", headers={"hx-request": "true"})
    counts = []
    for number in (1, 3):
        for n in range(number):
            about(cast, f"宿舍晚高峰网速慢之{n}", WORDS)
        index()
        with CaptureQueriesContext(connection) as asked:
            page = visit(cast.expert).get(f"/cases/{own.code}/similar/", headers={"hx-request": "true"})
        counts.append(len(asked))
        assert page.content.decode().count("<li>") >= number
    assert counts[0] == counts[1] <= 25


@pytest.mark.django_db
@pytest.mark.usefixtures("_tuesday")
def test_hostile_text_finds_nothing_and_breaks_nothing(cast: Cast) -> None:
    client = visit(cast.requester)
    for text in (
        "",
        "\x00\u202e",
        "'; DROP TABLE search_entry; --",
        '" OR "',
        "~srall *" * 50,
        "中" * 5000,
        "🙂" * 900,
        "AND OR NOT NEAR(a b)",
    ):
        answer = client.post("/register/similar/", {"title": text, "condition": text})
        assert answer.status_code == 200
        assert "还没有找到相似的" in parsed(answer).text
    assert not Method.objects.exists()
