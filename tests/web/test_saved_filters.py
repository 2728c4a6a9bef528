"""Views of the list under names of one's own: kept, renamed, dropped and taken back; nobody else sees them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from huizhen.cases.actions import save_filter
from huizhen.cases.models import SavedFilter
from tests.cast import Cast
from tests.visits import Node, parsed, visit

LATE = "scope=group&overdue=1"


def chips(client: Client, query: str = LATE) -> list[tuple[str, str, bool]]:
    box = parsed(client.get(f"/cases/?{query}")).all("span")
    links = [link for one in box if one.attributes.get("class") == "hz-kept__one" for link in one.all("a")]
    return [(one.text, one.attributes["href"], "aria-current" in one.attributes) for one in links]


def offers(page: Node, action: str) -> list[Node]:
    return [one for one in page.all("form") if one.attributes.get("action") == action]


def posted(form: Node) -> dict[str, str]:
    return {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}


def test_view_is_saved_and_stands_above_the_list(cast: Cast) -> None:
    client = visit(cast.expert)
    page = parsed(client.get(f"/cases/?{LATE}"))
    (form,) = offers(page, "/cases/filters/")
    answer = client.post(
        "/cases/filters/", {"query": form.all("input")[-2].attributes.get("value", LATE), "name": "本团超时"}
    )
    assert answer.url == f"/cases/?{LATE}"
    assert chips(client) == [("本团超时", f"/cases/?{LATE}", True)]
    assert chips(client, "scope=group") == [("本团超时", f"/cases/?{LATE}", False)]
    assert offers(parsed(client.get(f"/cases/?{LATE}")), "/cases/filters/") == [], "it is saved already"
    assert chips(visit(cast.mate)) == []


def test_view_is_renamed_and_named_back(cast: Cast) -> None:
    kept = save_filter(cast.person("expert"), name="超时", query=LATE, at=timezone.now())
    client = visit(cast.expert)
    page = parsed(client.post(f"/cases/filters/{kept.key}/rename/", {"name": "急件"}, follow=True))
    assert "“超时”已改名" in page.text
    way = next(
        one for one in offers(page, f"/cases/filters/{kept.key}/rename/") if "hz-undo" in one.attributes["class"]
    )
    client.post(way.attributes["action"], posted(way))
    assert SavedFilter.objects.get().name == "超时"


def test_view_is_dropped_and_taken_back(cast: Cast) -> None:
    kept = save_filter(cast.person("expert"), name="超时", query=LATE, at=timezone.now())
    client = visit(cast.expert)
    page = parsed(client.post(f"/cases/filters/{kept.key}/drop/", {"query": "scope=mine"}, follow=True))
    assert not SavedFilter.objects.exists()
    way = next(one for one in offers(page, "/cases/filters/") if "hz-undo" in one.attributes.get("class", ""))
    client.post("/cases/filters/", posted(way))
    again = SavedFilter.objects.get()
    assert (again.key, again.name, again.query) == (kept.key, "超时", LATE)


def test_nobody_touches_views_of_others(cast: Cast) -> None:
    kept = save_filter(cast.person("expert"), name="超时", query=LATE, at=timezone.now())
    client = visit(cast.mate)
    for verb in ("rename", "drop"):
        assert client.post(f"/cases/filters/{kept.key}/{verb}/", {"name": "我的"}).status_code == 404
        assert client.post(f"/cases/filters/{uuid4()}/{verb}/", {"name": "我的"}).status_code == 404
    client.post("/cases/filters/", {"query": LATE, "name": "x", "key": str(kept.key)})
    assert list(SavedFilter.objects.values_list("person__code", "name")) == [("expert", "超时")]


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [
        ("", LATE, "这一项要填"),
        ("\u202e\x00 ", LATE, "这一项要填"),
        ("长" * 21, LATE, "最多 20 个字"),
        ("超时", LATE, "这个名称已经用过了"),
        ("好", "", "没有可以保存的筛选"),
        ("好", "scope=all&overdue=1", "没有可以保存的筛选"),
        ("好", "https://example.com/", "没有可以保存的筛选"),
        ("好", "&" * 500, "没有可以保存的筛选"),
    ],
)
def test_what_cannot_be_saved_is_said(cast: Cast, name: str, query: str, why: str) -> None:
    save_filter(cast.person("expert"), name="超时", query="scope=mine&overdue=1", at=timezone.now())
    page = visit(cast.expert).post("/cases/filters/", {"name": name, "query": query}, follow=True)
    assert why in parsed(page).text
    assert SavedFilter.objects.count() == 1


def test_saved_query_is_the_lists_own(cast: Cast) -> None:
    wanted = "scope=group&overdue=1&nonsense=1&situation=none&after=x&q=" + "%E5%AE%BF" * 60
    visit(cast.expert).post("/cases/filters/", {"name": "<b>甲", "query": wanted})
    kept = SavedFilter.objects.get()
    assert kept.query == urlencode({"scope": "group", "q": "宿" * 60, "overdue": "1"})
    page = visit(cast.expert).get(f"/cases/?{kept.query}").content.decode()
    assert "&lt;b&gt;甲" in page
    assert "<b>甲" not in page


def test_a_dozen_is_enough(cast: Cast) -> None:
    now = timezone.now()
    for n in range(12):
        save_filter(cast.person("expert"), name=f"第{n}个", query=f"scope=group&q={n}", at=now + timedelta(seconds=n))
    client = visit(cast.expert)
    assert len(chips(client)) == 12
    assert offers(parsed(client.get(f"/cases/?{LATE}")), "/cases/filters/") == []
    assert "最多 12 项" in parsed(client.post("/cases/filters/", {"name": "多", "query": LATE}, follow=True)).text
    assert SavedFilter.objects.count() == 12


@pytest.mark.parametrize("key", ["", "x", "' OR 1=1"])
def test_nonsense_key_is_not_found(cast: Cast, key: str) -> None:
    answer = visit(cast.expert).post("/cases/filters/", {"name": "甲", "query": LATE, "key": key})
    assert answer.status_code == 404
