"""People and accounts on their pages: the list, opening accounts, the door, posts and seats."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from huizhen.directory.models import Membership, Person, Posting
from huizhen.journal.models import Entry
from tests.cast import Cast
from tests.visits import visit

pytestmark = pytest.mark.usefixtures("monday")
TODAY = date(2026, 3, 2)
PASSWORD = "correct horse battery"
NEWCOMER = {
    "name": "陈新来", "unit": "FS", "post": "=1+1", "staff_no": "S01", "phone": "15400007777", "email": "c+1@example.com",
}  # fmt: skip


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def desk(cast: Cast) -> Client:
    return visit(cast.coordinator)


def _door(page: str) -> str:
    hit = re.search(r"http://testserver(/door/[^<\s]+)", page)
    assert hit is not None
    return hit.group(1)


def _value(page: str, name: str) -> str:
    hit = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert hit is not None
    return hit.group(1)


def test_a_secretary_gets_in_from_the_page_of_her_branch(cast: Cast, desk: Client) -> None:
    assert "/people/appoint/?branch=B1" in desk.get("/branches/B1/").content.decode()
    assert "/people/new/?unit=FS&amp;branch=B1" in desk.get("/people/appoint/?branch=B1").content.decode()
    answer = desk.post("/people/new/?branch=B1", NEWCOMER)
    assert answer["Location"] == "/people/E001/post/?post=requester:B1"
    assert desk.post("/people/new/?branch=B1", NEWCOMER).status_code == 422  # a second click
    page = desk.get(answer["Location"])
    assert "还没有账号" in text(page)
    given = {"post": "requester:B1", "title": "党支部书记", "since": TODAY.isoformat()}
    assert desk.post(answer["Location"], given)["Location"] == "/people/E001/"
    assert desk.post(answer["Location"], given).status_code == 422
    person = Person.objects.get(code="E001")
    assert person.postings.get().branch == cast.branch

    looked = text(desk.post("/people/open/", {"person": "E001"}))
    assert "还没有开通任何账号" in looked
    assert Person.objects.get(code="E001").user is None
    answer = desk.post("/people/open/", {"person": ["E001", "expert"], "confirmed": "1"})
    page = answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    assert "1 人已有账号，没有动：" in page
    assert "mailto:c%2B1@example.com?subject=" in page
    assert "没有新开通的账号" in text(desk.post("/people/open/", {"person": "E001", "confirmed": "1"}))

    door, phone = _door(page), Client(enforce_csrf_checks=True)
    shown = phone.get(door)
    assert "陈新来，请设定密码" in text(shown)
    assert shown["Referrer-Policy"] == "strict-origin"
    assert "no-store" in shown["Cache-Control"]
    told = {"csrfmiddlewaretoken": _value(shown.content.decode(), "csrfmiddlewaretoken")}
    for new, again in ((PASSWORD, "anders"), ("kurz", "kurz"), ("", "")):
        assert phone.post(door, told | {"new": new, "again": again}).status_code == 422
    phone.cookies.pop("sessionid", None)
    assert phone.post(door, told | {"new": PASSWORD, "again": PASSWORD})["Location"] == "/"
    assert "佛山分公司网络部党支部" in text(phone.get("/me/"))
    for client in (phone, Client()):
        dead = client.get(door)
        assert (dead.status_code, "请党建工作部重发一个" in text(dead)) == (410, True)
    assert Client().post(door, {"new": PASSWORD, "again": PASSWORD}).status_code == 410
    assert Client().post("/sign-in/", {"username": "S01", "password": PASSWORD})["Location"] == "/"


def test_the_file_of_links_opens_the_same_doors(cast: Cast, desk: Client) -> None:
    desk.post("/people/new/", NEWCOMER)
    desk.post("/people/new/", {"name": "丁二", "unit": "ZJ"})
    page = desk.post("/people/open/?unit=FS", {"which": "all"}).content.decode()
    assert "陈新来" in page
    assert "丁二</b>" not in page
    page = desk.post("/people/open/", {"person": ["E001", "E002"], "confirmed": "1"}).content.decode()
    stamp = _value(page, "stamp")
    content = desk.post("/people/doors.xlsx", {"stamp": stamp}).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows] == ["登录名", "S01", "E002"]
    assert rows[1][3].removeprefix("http://testserver") == _door(page)
    assert Client().get(rows[1][3]).status_code == 200
    entry = Entry.objects.get(verb="door_links_exported")
    assert entry.data == {"count": 2, "persons": ["E001", "E002"]}
    assert "导出启用链接" in text(desk.get("/audit/?kind=exports"))
    for n, wrong in enumerate((stamp + "x", "", "a:b:c")):
        assert desk.post("/people/doors.xlsx", {"stamp": wrong}).status_code == 404, n
    Posting.objects.create(person=cast.person("viewer"), role="coordinator", since=TODAY)
    assert visit(cast.viewer).post("/people/doors.xlsx", {"stamp": stamp}).status_code == 404

    for code in ("E001", "E002"):
        Client().post(_door(desk.post(f"/people/{code}/renew_account/").content.decode()), _twice())
    assert desk.post("/people/doors.xlsx", {"stamp": stamp}).status_code == 409


def _twice() -> dict[str, str]:
    return {"new": PASSWORD, "again": PASSWORD}


def test_an_account_is_renewed_closed_and_reopened(cast: Cast, desk: Client) -> None:
    hers = visit(cast.expert)
    page = desk.get("/people/expert/")
    assert "重发启用链接" in text(page)
    assert "马上失效" in text(desk.get("/people/expert/renew_account/"))
    first = _door(desk.post("/people/expert/renew_account/").content.decode())
    assert hers.get("/").status_code == 302  # her sessions are over
    second = _door(desk.post("/people/expert/renew_account/").content.decode())
    assert [Client().get(one).status_code for one in (first, second)] == [410, 200]
    assert desk.post("/people/expert/close_account/")["Location"] == "/people/expert/"
    assert Client().get(second).status_code == 410
    assert desk.post("/people/expert/close_account/").status_code == 409
    closed = text(desk.get("/people/expert/"))
    assert "恢复账号" in closed
    assert "已停用" in closed
    third = _door(desk.post("/people/expert/reopen_account/").content.decode())
    assert Client().post(third, _twice())["Location"] == "/"
    past = text(desk.get("/people/expert/"))
    assert all(words in past for words in ("重发启用链接", "停用账号", "恢复账号", "使用中"))
    assert "自己的账号不能这样改" in text(desk.post("/people/coordinator/close_account/"))
    reader = text(visit(cast.auditor).get("/people/expert/"))
    assert "使用中" in reader
    assert not any(words in reader for words in ("修改资料", "免去", "任命岗位"))


def test_posts_seats_and_data_are_changed_with_what_follows_said(cast: Cast, desk: Client) -> None:
    assert desk.post("/people/second/end_posting/?post=requester:B1")["Location"] == "/people/second/"
    assert desk.post("/people/second/end_posting/?post=requester:B1").status_code == 404
    told = f'<span>免去任职</span><span class="hz-3">问诊人 · {cast.branch.name}</span>'
    assert told in text(desk.get("/people/second/")), "which post it was"
    assert "就没有问诊人了" in text(desk.get("/people/requester/end_posting/?post=requester:B1"))
    assert "就没有接口人了" in text(desk.get("/people/liaison/end_posting/?post=liaison:NET"))
    assert desk.post("/people/coordinator/end_posting/?post=coordinator").status_code == 409
    assert desk.get("/people/requester/end_posting/?post=requester:B2").status_code == 404

    assert desk.post("/people/second/join_group/", {"group": "NET-01", "role": "leader"}).status_code == 422
    assert desk.post("/people/second/join_group/", {"group": "NET-01", "role": "member"}).status_code == 302
    moved = {"group": "FIN-01", "role": "deputy"}
    assert desk.post("/people/second/move_member/?group=NET-01", moved).status_code == 302
    seat = Membership.objects.get(person=cast.person("second"), until=None)
    assert (seat.group, seat.role) == (cast.other_group, "deputy")
    assert "就没有团长了" in text(desk.get("/people/leader/leave_group/?group=NET-01"))
    cast.contacted()
    assert "手上还有 1 例" in text(desk.get("/people/expert/leave_group/?group=NET-01"))
    assert desk.post("/people/second/leave_group/?group=FIN-01").status_code == 302

    assert desk.post("/people/second/change_contact/", {"phone": "", "email": "neu@example.com"}).status_code == 302
    second = Person.objects.get(code="second")
    assert (second.email, second.phone) == ("neu@example.com", cast.person("second").phone)
    assert second.phone not in desk.get("/people/second/change_contact/").content.decode()
    assert desk.post("/people/second/change_contact/", {"phone": "nein"}).status_code == 422
    changed = {"name": "麦承雨", "unit": "ZJ", "post": "书记", "staff_no": ""}
    assert desk.post("/people/second/change_person/", changed).status_code == 302
    assert "麦承雨" in text(desk.get("/people/?q=maichengyu&unit=ZJ"))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_three(
    cast: Cast, desk: Client, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        desk.post("/people/new/", {"name": f"陈{n}新", "unit": "FS"})
        Posting.objects.create(person=cast.person("second"), role="liaison", domain=cast.group.domain, since=TODAY)
    desk.get("/people/")
    with django_assert_num_queries(13):
        page = desk.get("/people/?state=none")
    assert text(page).count("没有岗位") == count + 1  # and the filter
    with django_assert_num_queries(13):
        desk.get("/people/second/")
