"""Pages of writing and reviewing methods: the desk, the author's page, collisions, what is alike, versions."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from huizhen.cases.models import Case, Closing, Round
from huizhen.methods.actions.reviewing import publish
from huizhen.methods.actions.writing import revise, save_version, submit
from huizhen.methods.models import Method, Proof
from huizhen.methods.queries.writing import newest
from tests.cast import Cast
from tests.methods.test_writing import LATER, decided, drafted, published, write
from tests.visits import parsed, visit

DESK, QUEUE = 15, 10
pytestmark = pytest.mark.usefixtures("_later")


@pytest.fixture
def _later() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


def _form(method: Method, **changes: Any) -> dict[str, Any]:
    """The page of an author as it is sent."""
    version = newest(method)
    names = (
        "name",
        "meaning",
        "problem",
        "applies",
        "applies_not",
        "tools",
        "effect",
        "indicator",
        "indicator_unit",
        "consent",
    )
    values: dict[str, Any] = {name: getattr(version, name) for name in names}
    for n, row in enumerate(version.steps):
        values |= {f"steps-{n}-title": row["title"], f"steps-{n}-text": row["text"]}
    return values | {"version": version.revision} | changes


def test_author_saves_moves_steps_and_is_told_of_a_collision(cast: Cast) -> None:
    method = drafted(cast)
    client, address = visit(cast.leader), f"/methods/{method.code}/"
    stale = newest(method).revision
    answer = client.post(f"{address}save/", _form(method, tools="周报"), headers={"x-autosave": "1"})
    assert (answer.status_code, answer.json()["version"]) == (200, stale + 1)
    answer = client.post(f"{address}write/", _form(method, step="down-0"))
    assert (answer.status_code, answer["Location"]) == (302, f"{address}write/#step-2")
    assert [row["title"] for row in newest(method).steps] == ["扩容两个小区", "做负荷均衡"]
    client.post(f"{address}write/", _form(method, step="drop-1"))
    assert len(newest(method).steps) == 1
    for button in ("up-99", "drop--1", "nothing", "down-²"):
        assert client.post(f"{address}write/", _form(method, step=button)).status_code == 302
    # the page was drawn before somebody else saved: both texts are shown, what was typed wins with the next post
    write(cast, method, by="expert", problem="别人写的")
    answer = client.post(f"{address}write/", _form(method, version=stale, problem="我写的"))
    text = answer.content.decode()
    assert (answer.status_code, newest(method).problem) == (409, "别人写的")
    assert "别人写的" in text
    assert "我写的" in text
    seen = parsed(answer).all("input", name="version")[0].attributes["value"]
    assert client.post(f"{address}write/", _form(method, version=seen, problem="我写的")).status_code == 302
    assert newest(method).problem == "我写的"
    refused = client.post(f"{address}save/", _form(method, version="²", problem="再写"), headers={"x-autosave": "1"})
    assert (refused.status_code, list(refused.json())) == (409, ["sentence"])
    answer = client.post(f"{address}write/", _form(method, before="很多"))
    assert answer.status_code == 422
    assert 'value="很多"' in answer.content.decode()


def test_what_was_typed_is_kept_when_it_cannot_be_submitted(cast: Cast) -> None:
    method = drafted(cast)
    client, address = visit(cast.leader), f"/methods/{method.code}/"
    answer = client.post(f"{address}submit/", _form(method, name="负荷九步法", tools="<script>alert(1)</script>"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "名称里的数是 9，步骤是 2 步，要一致。" in text
    assert "<script>alert(1)" not in text
    assert newest(method).name == "负荷九步法"
    put = client.post(
        f"{address}put/", _form(method, put="HZ26-00001.cause.999999", **{"into.HZ26-00001.cause.999999": "tools"})
    )
    assert put.status_code == 422
    # customers and numbers of people are masked with one click, wherever they stand
    dirty = _form(method, name="负荷两步法", applies_not="广州天河科技有限公司，电话15400001234", mask="all")
    assert client.post(f"{address}mask/", dirty)["Location"] == f"{address}write/#checks"
    assert newest(method).applies_not == "某客户，电话154****1234"
    assert client.post(f"{address}submit/", _form(method))["Location"] == f"{address}review/"
    assert client.get(f"{address}write/")["Location"] == f"{address}review/"
    assert "撤回，接着写" in client.get(f"{address}review/").content.decode()


def test_what_is_alike_is_shown_before_a_second_method_is_made(cast: Cast) -> None:
    first = published(cast)
    case = decided(cast, title="学生宿舍晚高峰负荷过高的处理")
    client, address = visit(cast.leader), f"/cases/{case.code}/extract/"
    write_up = client.post(address)
    text = write_up.content.decode()
    assert write_up.status_code == 200
    assert first.name in text
    assert "都说到：" in text
    assert Method.objects.count() == 1
    assert client.post(address, {"despite": "1"}).status_code == 302
    assert Method.objects.count() == 2
    assert client.post(address).status_code == 302  # the draft there is
    other = decided(cast, title="宿舍区晚高峰负荷还是高")
    assert client.post(f"/methods/{first.code}/prove/", {"case": other.code})["Location"] == "/methods/desk/"
    assert Proof.objects.get().case == other


def test_versions_are_compared_word_by_word_and_readers_see_published_ones(cast: Cast) -> None:
    method = published(cast)
    revise(method, by=cast.leader, at=LATER)
    save_version(method, {"meaning": "先查清，再均衡，后扩容", "change": "加了查清"}, by=cast.leader, at=LATER)
    outsider, leader = visit(cast.users["outsider"]), visit(cast.leader)
    address = f"/methods/{method.code}/"
    assert "加了查清" not in outsider.get(f"{address}versions/").content.decode()
    assert outsider.get(f"{address}differences/?old=1&new=2").status_code == 404
    page = parsed(leader.get(f"{address}differences/?old=1&new=2"))
    assert any("查清" in one.text for one in page.all("ins"))
    assert leader.get(f"{address}differences/?old=1&new=9").status_code == 404
    submit(method, by=cast.leader, at=LATER)
    publish(method, by=cast.users["liaison"], at=LATER)
    assert "加了查清" in outsider.get(f"{address}versions/").content.decode()
    english = visit(cast.leader, "en").get(f"{address}versions/").content.decode()
    assert "Compare with the one before" in english


def _copy(case: Case, code: str, title: str, extraction: str) -> Case:
    """Another case that ended like this one."""
    one = Case.objects.get(pk=case.pk)
    one.pk, one.code, one.title = None, code, title
    one.save()
    turn = Round.objects.create(case=one, number=1, since=LATER, why="registered")
    sheet = Closing.objects.get(case=case)
    sheet.pk, sheet.case, sheet.round, sheet.extraction = None, one, turn, extraction
    sheet.save()
    return one


@pytest.mark.parametrize("rows", [1, 3])
def test_desk_and_queue_cost_the_same(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    case, person = decided(cast), cast.person("leader")
    for n in range(rows):
        for at, (name, extraction) in enumerate((("等决定", ""), ("要写", "extract"), ("在写", "extract"))):
            one = _copy(case, f"HZ26-80{n}0{at}", f"第{n}例{name}", extraction)
        method = Method.objects.create(
            code=f"GF26-8{n}", domain=cast.group.domain, group=cast.group, owner=person, source_case=one, created_at=LATER,
            looked_at=LATER,
        )  # fmt: skip
        method.versions.create(
            number=1, by=person, created_at=LATER, saved_at=LATER, submitted_at=LATER, state="in_review"
        )
    leader, liaison = visit(cast.leader), visit(cast.users["liaison"])
    leader.get("/methods/desk/")
    with django_assert_num_queries(DESK):
        assert leader.get("/methods/desk/").status_code == 200
    with django_assert_num_queries(QUEUE):
        assert liaison.get("/methods/review/").status_code == 200


def test_case_that_became_a_method_leads_to_it(cast: Cast) -> None:
    """An old tab presses 萃取成文 again; and fifteen steps are told to be too many, with all of them still there."""
    method = published(cast)
    assert method.source_case is not None
    client, address = visit(cast.leader), f"/cases/{method.source_case.code}/extract/"
    page = client.post(address, {"despite": "1"})
    assert page.status_code == 200
    assert (Method.objects.count(), parsed(page).text.count(method.name)) == (1, 1)
    second = client.post(address, {"beside": method.code})["Location"]
    assert (second, Method.objects.count()) == ("/methods/GF26-0002/write/", 2)
    draft = Method.objects.get(code="GF26-0002")
    steps = {f"steps-{n}-title": f"小标题{n}" for n in range(15)}
    answer = client.post(second, _form(draft) | steps)
    assert answer.status_code == 422
    assert "小标题14" in answer.content.decode()
    assert len(newest(draft).steps) == 2
