"""机器人与对接: who keeps which, what the pages tell and never tell, and a test message in earnest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import translation

from huizhen.journal.models import Entry
from huizhen.notifications.actions import add_endpoint
from huizhen.notifications.models import Delivery, Endpoint
from huizhen.web.endpoints.words import NUMBERED, TROUBLES, masked, trouble
from tests.cast import MONDAY, Cast
from tests.stub.server import SECRET, Stub
from tests.visits import parsed, visit

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7000-4bc4-97a0-0ec2f1fa5aaa"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec33"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def robot(cast: Cast) -> Endpoint:
    return add_endpoint(
        kind="dingtalk", name="网络团群", address=DINGTALK, secret=SECRET, place=cast.group, by=cast.leader, at=MONDAY
    )


@pytest.fixture
def stub(settings: Any) -> Iterator[Stub]:
    settings.HUIZHEN_ALLOW_PRIVATE_TARGETS = True
    with Stub() as server:
        settings.HUIZHEN_ROBOT_HOSTS = [server.host]
        yield server


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "kind": "wecom",
        "place": f"group-{cast.group.pk}",
        "name": "网络团群",
        "address": WECOM,
        "secret": "",
        "language": "zh-hans",
        "events": ["assigned", "escalation"],
    }
    return usual | changes


def test_leader_adds_a_robot_for_her_group_alone(cast: Cast) -> None:
    client = visit(cast.leader)
    form = parsed(client.get("/endpoints/new/"))
    offered = [one.attributes["value"] for one in form.all("select", name="place")[0].all("option")]
    assert offered == [f"group-{cast.group.pk}"]

    answer = client.post("/endpoints/new/", typed(cast))
    one = Endpoint.objects.get()
    assert answer.headers["Location"] == f"/endpoints/{one.pk}/"
    assert (one.kind, one.scope, one.group, one.events, one.created_by) == (
        "wecom",
        "group",
        cast.group,
        ["assigned", "escalation"],
        cast.person("leader"),
    )
    assert client.post("/endpoints/new/", typed(cast, place="all")).status_code == 422
    assert client.post("/endpoints/new/", typed(cast, place=f"group-{cast.other_group.pk}")).status_code == 422


def test_head_office_adds_for_all_and_what_leaves_by_itself_is_nothing_chosen(cast: Cast) -> None:
    client = visit(cast.coordinator)
    form = parsed(client.get("/endpoints/new/"))
    ticked = [one.attributes["value"] for one in form.all("input", name="events") if "checked" in one.attributes]
    client.post("/endpoints/new/", typed(cast, place="all", events=ticked))
    one = Endpoint.objects.get()
    assert (one.scope, one.events) == ("all", [])
    assert "progress" not in ticked


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"address": "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6"}, "地址要以 https:// 开头。"),
        ({"address": "https://example.com/"}, "这种机器人的地址在 qyapi.weixin.qq.com。"),
        ({"address": WECOM.replace("send", "get")}, "不是群机器人的地址"),
        ({"address": "微信"}, "这不是一个完整的地址"),
        ({"secret": "something"}, "这一项留空"),
        ({"kind": "webhook", "address": "https://10.1.1.1/", "secret": SECRET}, "地址在内部网络"),
        ({"kind": "webhook", "address": "https://mis.example.com/", "secret": "short"}, "密钥至少 16 个字符。"),
        ({"events": []}, "这一项要填。"),
        ({"kind": "mail"}, "mail 不在可用的选项中"),
    ],
)
def test_what_is_wrong_stands_at_its_field(cast: Cast, changes: dict[str, Any], words: str) -> None:
    answer = visit(cast.coordinator).post("/endpoints/new/", typed(cast, **changes))
    assert answer.status_code == 422
    assert words in parsed(answer).text
    assert Endpoint.objects.count() == 0


def test_address_and_secret_are_never_shown_nor_journalled(cast: Cast, robot: Endpoint) -> None:
    client = visit(cast.leader)
    pages = [client.get(f"/endpoints/{path}") for path in ("", f"{robot.pk}/", f"{robot.pk}/change/")]
    client.post(f"/endpoints/{robot.pk}/change/", typed(cast, name="新名", address="", secret="SECnewer000000000000"))
    told = [page.content.decode() for page in pages] + [f"{entry.data}" for entry in Entry.objects.all()]
    for hidden in (SECRET, DINGTALK, "566cc69da782ec33", "SECnewer000000000000"):
        assert not [text for text in told if hidden in text]
    robot.refresh_from_db()
    assert (robot.name, robot.address, robot.secret) == ("新名", DINGTALK, "SECnewer000000000000")
    assert masked(DINGTALK) == "https://oapi.dingtalk.com/…ec33"


def test_change_keeps_what_was_left_alone(cast: Cast, robot: Endpoint) -> None:
    client = visit(cast.leader)
    client.post(f"/endpoints/{robot.pk}/change/", typed(cast, address="", events=["transfer"], language="en"))
    robot.refresh_from_db()
    assert (robot.address, robot.secret, robot.events, robot.language) == (DINGTALK, SECRET, ["transfer"], "en")
    entry = Entry.objects.get(verb="endpoint_changed")
    assert entry.data["fields"] == ["events", "language"]
    answer = client.post(f"/endpoints/{robot.pk}/change/", typed(cast, address="https://example.com/x"))
    assert answer.status_code == 422


def test_who_does_not_keep_it_does_not_see_it(cast: Cast, robot: Endpoint) -> None:
    for role, status in (("liaison", 404), ("clerk", 404), ("expert", 404), ("viewer", 404), ("coordinator", 200)):
        assert visit(cast.users[role]).get(f"/endpoints/{robot.pk}/").status_code == status
        assert visit(cast.users[role]).post(f"/endpoints/{robot.pk}/stop/").status_code == (
            302 if status == 200 else 404
        )
    assert "网络团群" not in parsed(visit(cast.liaison).get("/endpoints/")).text
    assert visit(cast.expert).get("/endpoints/").status_code == 403


def test_switched_off_and_on_again(cast: Cast, robot: Endpoint) -> None:
    client = visit(cast.leader)
    assert "“网络团群”已停用" in parsed(client.post(f"/endpoints/{robot.pk}/stop/", follow=True)).text
    robot.refresh_from_db()
    assert not robot.is_active
    assert "“网络团群”已启用" in parsed(client.post(f"/endpoints/{robot.pk}/start/", follow=True)).text
    robot.refresh_from_db()
    assert robot.is_active
    assert list(Entry.objects.filter(verb__startswith="endpoint_").order_by("pk").values_list("verb", flat=True)) == [
        "endpoint_added",
        "endpoint_stopped",
        "endpoint_changed",
    ]


def test_only_what_was_never_used_can_be_deleted(cast: Cast, robot: Endpoint) -> None:
    client = visit(cast.leader)
    Delivery.objects.create(
        channel="dingtalk", endpoint=robot, txn="t", event="assigned", verb="register", at=MONDAY, not_before=MONDAY
    )
    page = parsed(client.get(f"/endpoints/{robot.pk}/"))
    assert not [form for form in page.all("form") if form.attributes["action"].endswith("/remove/")]
    assert client.post(f"/endpoints/{robot.pk}/remove/").status_code == 409
    Delivery.objects.all().delete()
    assert "“网络团群”已删除" in parsed(client.post(f"/endpoints/{robot.pk}/remove/", follow=True)).text
    assert Entry.objects.filter(verb="endpoint_removed", target_label="网络团群").exists()
    assert client.get(f"/endpoints/{robot.pk}/").status_code == 404


def test_a_test_message_goes_out_at_once_and_its_result_is_said(cast: Cast, stub: Stub, robot: Endpoint) -> None:
    Endpoint.objects.filter(pk=robot.pk).update(
        address=stub.dingtalk(), failures=4, resting_until=MONDAY + timedelta(hours=9)
    )
    client = visit(cast.leader)
    told = parsed(client.post(f"/endpoints/{robot.pk}/test/", follow=True)).text
    assert "对方收下了" in told
    (seen,) = stub.seen
    assert (seen.accepted, seen.event) == (True, "test")
    assert "“网络团群”已接通" in seen.body["text"]["content"]
    robot.refresh_from_db()
    assert (robot.failures, robot.resting_until) == (0, None)

    stub.behave("ding-0001", "refuse")
    told = parsed(client.post(f"/endpoints/{robot.pk}/test/", follow=True)).text
    assert "没有送到：签名、关键词或来源不符（310000）。" in told
    entries = Entry.objects.filter(verb="endpoint_tested").order_by("pk")
    assert [entry.data["error"] for entry in entries] == ["", "code 310000"]


def test_state_is_told_in_words(cast: Cast, robot: Endpoint) -> None:
    client = visit(cast.leader)
    assert "还没发过" in parsed(client.get("/endpoints/")).text
    facts = {"channel": "dingtalk", "endpoint": robot, "event": "assigned", "verb": "register", "not_before": MONDAY}
    Delivery.objects.create(txn="1", at=MONDAY, state="sent", sent_at=MONDAY, **facts)
    assert "正常" in parsed(client.get("/endpoints/")).text
    Delivery.objects.create(txn="2", at=MONDAY, state="failed", last_error="code 310000", attempts=1, **facts)
    told = parsed(client.get("/endpoints/")).text
    assert "有没送到的" in told
    assert "签名、关键词或来源不符（310000）" in told
    Endpoint.objects.update(failures=3, resting_until=MONDAY + timedelta(hours=9))
    told = parsed(client.get(f"/endpoints/{robot.pk}/")).text
    assert "送不到" in told
    assert "连续失败，歇到" in told
    assert "发送失败" in told


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_the_same_number_of_questions(
    cast: Cast, robot: Endpoint, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows - 1):
        add_endpoint(kind="wecom", name=f"{number}", address=WECOM, place=cast.group, by=cast.leader, at=MONDAY)
    for number in range(rows * 2):
        Delivery.objects.create(
            channel="dingtalk", endpoint=robot, txn=f"{number}", event="assigned", verb="register", at=MONDAY,
            not_before=MONDAY,
        )  # fmt: skip
    client = visit(cast.leader)
    client.get("/endpoints/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/endpoints/")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/endpoints/{robot.pk}/")


LIST_QUERIES, PAGE_QUERIES = 9, 10


def test_every_trouble_has_words() -> None:
    with translation.override("zh-hans"):
        for error in (
            *TROUBLES,
            *NUMBERED,
            "status 302",
            "status 422",
            "status 503",
            "smtp 550",
            "smtp 451",
            "code -1",
        ):
            said = trouble(error if error in TROUBLES or " " in error else f"{error} 499")
            assert said != error
            assert "%" not in said
        assert trouble("address_private").startswith("地址在内部网络")
        assert trouble("address_host") != "address_host"
        assert trouble("ValueError") == "ValueError"
