"""The bell, the inbox and its settings: own messages only, looking writes nothing, every act can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from huizhen.cases.models import Case
from huizhen.journal.actions import record
from huizhen.notifications import jobs
from huizhen.notifications.choices import Event
from huizhen.notifications.models import Endpoint, Message, PersonalSetting, Preference
from huizhen.web.inbox.words import PICTURES, ago
from tests.cast import MONDAY, Cast
from tests.visits import Node, parsed, visit

NOW = MONDAY + timedelta(hours=3)
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def told(cast: Cast, who: str, count: int = 1, **facts: Any) -> list[Message]:
    """Messages of somebody about a thing that needs no case."""
    person = cast.person(who)
    made = [
        Message(
            **{
                "person": person, "txn": f"t{n}", "event": "system", "verb": "posted", "at": NOW - timedelta(minutes=n),
                "target_type": "directory.person", "target_id": person.pk, **facts,
            }
        )
        for n in range(count)
    ]  # fmt: skip
    return Message.objects.bulk_create(made)


def lines(client: Client, address: str = "/inbox/") -> list[Node]:
    return [one for one in parsed(client.get(address)).all("li") if "hz-msg" in one.attributes.get("class", "")]


def bell(page: Node) -> str:
    return page.all("a", id="bell-desk")[0].attributes["aria-label"]


# ── the bell


def test_bell_counts_on_every_page_and_stops_at_99(cast: Cast) -> None:
    client = visit(cast.expert)
    assert bell(parsed(client.get("/agenda/"))) == "消息，没有未读"
    told(cast, "expert", 3)
    assert bell(parsed(client.get("/agenda/"))) == "消息，3 条未读"
    assert bell(parsed(visit(cast.mate).get("/agenda/"))) == "消息，没有未读"
    Message.objects.all().delete()
    told(cast, "expert", 130)
    page = parsed(client.get("/agenda/"))
    assert bell(page) == "消息，99+ 条未读"
    assert page.all("a", id="bell-phone")[0].text == "99+"


def test_bell_that_asks_again_costs_one_query_and_is_silent_when_nothing_is_new(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    newest = told(cast, "expert", 2)[-1]
    client = visit(cast.expert)
    with django_assert_num_queries(3):  # session, user, the unread
        assert client.get(f"/inbox/bell/?known=2-{newest.pk}").status_code == 204
    with django_assert_num_queries(3):
        answer = client.get("/inbox/bell/?known=0-0", headers={"HX-Request": "true"})
    page = parsed(answer)
    assert bell(page) == "消息，2 条未读"
    assert page.all("div", id="bell-look")[0].attributes["hx-get"] == f"/inbox/bell/?known=2-{newest.pk}"
    assert page.all("div", id="inbox-news") == []
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/"}
    assert "有新消息" in parsed(client.get("/inbox/bell/?known=0-0", headers=headers)).text


def test_bell_of_nobody_ends_its_asking_without_moving_the_page(db: None) -> None:
    answer = Client().get("/inbox/bell/?known=1-1", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content, "HX-Redirect" in answer.headers) == (286, b"", False)


@pytest.mark.parametrize("known", ["", "x", "9" * 40, "1-\u0661", "%00", "2-" + "9" * 30])
def test_bell_takes_nonsense_for_nothing(cast: Cast, known: str) -> None:
    assert visit(cast.expert).get("/inbox/bell/", {"known": known}).status_code == 200


# ── the inbox


def test_line_says_what_about_what_and_leads_to_the_place(cast: Cast) -> None:
    case = cast.register(at=NOW - timedelta(minutes=20))
    jobs.drain(NOW)
    client = visit(cast.expert)
    line = lines(client)[0]
    link = line.all("a")[0]
    assert link.attributes["href"] == f"/cases/{case.code}/#duty"
    assert link.text == "未读：新病例派给您，您是首问责任人"
    assert f"{case.code} {case.title}" in line.text
    assert line.all("time")[0].text == "20 分钟前"
    page = client.get(f"/cases/{case.code}/")
    assert parsed(page).all(id="duty")
    assert parsed(page).all(id="jingguo")


def test_looking_marks_nothing_read(cast: Cast) -> None:
    message = told(cast, "expert")[0]
    client = visit(cast.expert)
    client.get("/inbox/"), client.get("/inbox/bell/")
    assert client.get(f"/inbox/{message.pk}/open/").status_code == 405
    assert Message.objects.filter(read_at=None).count() == 1


def test_opening_marks_read_and_goes_on(cast: Cast) -> None:
    cast.register(at=NOW - timedelta(minutes=20))
    jobs.drain(NOW)
    message = Message.objects.get(person=cast.person("expert"))
    answer = visit(cast.expert).post(f"/inbox/{message.pk}/open/")
    assert answer.url == f"/cases/{message.target_label}/#duty"
    assert Message.objects.get(pk=message.pk).read_at == NOW


def test_script_marks_read_without_a_page(cast: Cast) -> None:
    message = told(cast, "expert")[0]
    answer = visit(cast.expert).post(f"/inbox/{message.pk}/read/", headers={"X-Quiet": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert Message.objects.get().read_at == NOW


def test_all_are_marked_read_up_to_what_was_shown_and_taken_back(cast: Cast, clock: time_machine.Traveller) -> None:
    old = told(cast, "expert", 1, txn="old", read_at=NOW - timedelta(days=1))
    shown = told(cast, "expert", 3)
    later = told(cast, "expert", 1, txn="later")[0]
    client = visit(cast.expert)
    page = parsed(client.post("/inbox/read/", {"up_to": shown[-1].pk, "next": "/inbox/?show=unread"}, follow=True))
    assert "3 条消息已标为已读" in page.text
    assert list(Message.objects.filter(read_at=None)) == [later]
    way = next(one for one in page.all("form") if one.attributes["action"] == "/inbox/unread/")
    fields = {one.attributes["name"]: one.attributes["value"] for one in way.all("input")}
    clock.shift(timedelta(minutes=1))
    answer = client.post("/inbox/unread/", fields, follow=True)
    assert "3 条消息又是未读" in answer.content.decode()
    assert Message.objects.filter(read_at=None).count() == 4
    assert Message.objects.get(pk=old[0].pk).read_at
    assert "没有可以撤回的" in client.post("/inbox/unread/", fields, follow=True).content.decode()


@pytest.mark.parametrize("at", ["", "x", "2026-03-02", "2026-99-99T99:99:99+00:00", "2026-03-02T04:00:00", HOSTILE])
def test_taking_back_nonsense_changes_nothing(cast: Cast, at: str) -> None:
    told(cast, "expert", 1, read_at=NOW)
    visit(cast.expert).post("/inbox/unread/", {"at": at})
    assert Message.objects.get().read_at


def test_nobody_reads_or_marks_messages_of_others(cast: Cast) -> None:
    message = told(cast, "expert")[0]
    client = visit(cast.mate)
    assert lines(client) == []
    for verb in ("read", "open"):
        assert client.post(f"/inbox/{message.pk}/{verb}/").status_code == 404
        assert client.post(f"/inbox/{10**30}/{verb}/").status_code == 404
    client.post("/inbox/read/", {"up_to": message.pk})
    client.post("/inbox/unread/", {"at": NOW.isoformat()})
    assert Message.objects.get().read_at is None


def test_next_page_stays_in_this_house(cast: Cast) -> None:
    message = told(cast, "expert")[0]
    client = visit(cast.expert)
    for wanted in ("https://example.com/", "//example.com", "javascript:alert(1)", "/\\example.com"):
        assert client.post(f"/inbox/{message.pk}/read/", {"next": wanted}).url == "/inbox/"


def test_views_narrow_and_say_when_empty(cast: Cast) -> None:
    told(cast, "expert", 2, read_at=NOW)
    told(cast, "expert", 1, txn="a", event="awaited")
    client = visit(cast.expert)
    assert [len(lines(client, f"/inbox/?show={view}")) for view in ("", "unread", "mine", "nonsense")] == [3, 1, 1, 3]
    Message.objects.update(read_at=NOW, event="progress")
    assert "没有未读的消息" in client.get("/inbox/?show=unread").content.decode()
    assert "没有需要您处理的消息" in client.get("/inbox/?show=mine").content.decode()
    assert "还没有消息" in visit(cast.mate).get("/inbox/").content.decode()


def test_pages_follow_each_other_without_gap(cast: Cast) -> None:
    told(cast, "expert", 45)
    client, address, seen = visit(cast.expert), "/inbox/", 0
    while address:
        page = parsed(client.get(address))
        seen += len([one for one in page.all("li") if "hz-msg" in one.attributes.get("class", "")])
        further = page.all("a", rel="next")
        address = f"/inbox/{further[0].attributes['href']}" if further else ""
    assert seen == 45
    assert "没有更早的了" in client.get("/inbox/?after=1").content.decode()


def test_messages_stand_under_their_days(cast: Cast) -> None:
    for days in (5, 1, 0):
        told(cast, "expert", 1, txn=f"d{days}", at=NOW - timedelta(days=days))
    heads = [one.text for one in parsed(visit(cast.expert).get("/inbox/")).all("h2") if one.attributes.get("id")]
    assert heads == ["今天", "昨天", "2月25日 周三"]


def noted(cast: Cast, who: str, target: Any, txn: str, **facts: Any) -> None:
    """A message about a thing of the journal that is no case."""
    with transaction.atomic():
        entry = record("member_joined", target, by=cast.coordinator, at=NOW, label="组", person=cast.person(who).pk)
    kind = type(target)._meta.label_lower
    about = {"target_type": kind, "target_id": target.pk, "verb": "member_joined", **facts}
    told(cast, who, 1, txn=txn, entries=[[entry.pk, "system"]], **about)


def test_what_is_no_case_leads_to_its_page(cast: Cast) -> None:
    noted(cast, "expert", cast.person("mate"), "a")
    noted(cast, "expert", cast.group, "b")
    noted(cast, "expert", cast.group, "c", target_id=999_999)
    noted(cast, "expert", cast.group, "d", target_type="what.ever")
    hrefs = [one.all("a")[0].attributes["href"] for one in lines(visit(cast.expert))]
    assert hrefs == ["/inbox/", "/inbox/", "/groups/NET-01/", "/experts/mate/"]


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_costs_the_same_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for n in range(count):
        cast.register(at=NOW - timedelta(minutes=20), title=f"宿舍晚高峰小区负荷超限{n}")
        noted(cast, "expert", cast.person("mate"), f"p{n}")
        noted(cast, "expert", cast.group, f"g{n}")
    jobs.drain(NOW)
    client = visit(cast.expert)
    with django_assert_num_queries(14):  # frame 8; messages, entries, titles, names; persons, groups
        found = lines(client)
    assert len(found) == 5 * count  # the two notes were told by the rules too


def test_hostile_title_is_only_text(cast: Cast) -> None:
    case = cast.register(at=NOW - timedelta(minutes=20))
    jobs.drain(NOW)
    Case.objects.filter(pk=case.pk).update(title=HOSTILE)
    answer = visit(cast.expert).get("/inbox/")
    assert b"<script>alert" not in answer.content
    assert "&lt;script&gt;alert" in answer.content.decode()


def test_account_without_a_person_has_an_empty_inbox(cast: Cast) -> None:
    cast.person("mate").__class__.objects.filter(pk=cast.person("mate").pk).update(user=None)
    client = visit(cast.mate)
    assert "还没有消息" in client.get("/inbox/").content.decode()
    assert "没有可以设置的" in client.get("/me/messages/").content.decode()
    assert client.post("/inbox/read/", {"up_to": "5"}).status_code == 404


def test_english_inbox_is_english(cast: Cast) -> None:
    told(cast, "expert", 2)
    page = parsed(visit(cast.expert, "en").get("/inbox/"))
    assert bell(page) == "Messages, 2 unread"


@pytest.mark.parametrize(
    ("before", "words"),
    [(0, "刚刚"), (59, "刚刚"), (60, "1 分钟前"), (3599, "59 分钟前"), (3 * 3600, "3 小时前"), (13 * 3600, "23:00")],
)
def test_time_is_told_as_people_do(before: int, words: str) -> None:
    now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
    assert ago(now - timedelta(seconds=before), now) == words


def test_every_kind_has_its_picture() -> None:
    assert set(PICTURES) == set(Event)


# ── settings


def boxes(page: Node) -> dict[str, bool]:
    found = [one for one in page.all("input") if one.attributes.get("type") == "checkbox"]
    return {one.attributes["name"]: "checked" in one.attributes for one in found}


def test_settings_are_saved_told_and_brought_back(cast: Cast) -> None:
    client = visit(cast.expert)
    before = boxes(parsed(client.get("/me/messages/")))
    assert (before["mail-assigned"], before["mail-progress"]) == (True, False)
    chosen = {name: "on" for name, is_on in before.items() if is_on and name != "mail-assigned"} | {
        "mail-progress": "on"
    }
    answer = client.post("/me/messages/", {**chosen, "digest_day": "3"}, follow=True)
    said = parsed(answer).text
    assert "已保存。派到我：邮件关闭；病例进展：邮件打开；每周小结：星期三。" in said
    assert boxes(parsed(answer)) == before | {"mail-assigned": False, "mail-progress": True}
    assert PersonalSetting.objects.get().digest_day == "3"
    assert "没有改动" in parsed(client.post("/me/messages/", {**chosen, "digest_day": "3"}, follow=True)).text
    back = client.post("/me/messages/", {"restore": "1", "digest_day": "nonsense"}, follow=True)
    assert "已恢复默认。派到我：邮件打开；病例进展：邮件关闭；每周小结：按岗位默认。" in parsed(back).text
    assert boxes(parsed(back)) == before
    assert not Preference.objects.exists()


def test_settings_refuse_an_unknown_day_and_keep_nothing(cast: Cast) -> None:
    answer = visit(cast.expert).post("/me/messages/", {"digest_day": "sunday"})
    assert answer.status_code == 422
    assert not Preference.objects.exists()


def test_settings_tell_the_office_hours_and_when_a_mail_leaves(cast: Cast, clock: time_machine.Traveller) -> None:
    client = visit(cast.expert)
    clock.move_to(MONDAY + timedelta(hours=1))
    said = parsed(client.get("/me/messages/")).text
    assert "8:30–12:00、14:00–17:30" in said
    assert "马上发出" in said
    clock.move_to(MONDAY + timedelta(hours=11))
    assert "现在有一封邮件的话，3月3日 周二 8:30 发出" in parsed(client.get("/me/messages/")).text


def test_settings_show_the_robots_of_ones_own_groups(cast: Cast) -> None:
    facts = {"kind": "wecom", "address": "https://example.com/hook?key=SECRET", "created_at": NOW}
    Endpoint.objects.create(name="无线群", scope="group", group=cast.group, events=["assigned"], **facts)
    Endpoint.objects.create(name="财务群", scope="group", group=cast.other_group, **facts)
    said = visit(cast.expert).get("/me/messages/").content.decode()
    assert "无线群" in said
    assert "财务群" not in said
    assert "SECRET" not in said
    assert "群机器人" not in parsed(visit(cast.requester).get("/me/messages/")).all("table")[0].text


def test_settings_cost_the_same(cast: Cast, django_assert_num_queries: Any) -> None:
    client = visit(cast.expert)
    for event in ("progress", "system"):
        with django_assert_num_queries(12):  # frame 8; choices, day, calendar, robots
            client.get("/me/messages/")
        Preference.objects.create(person=cast.person("expert"), event=event, channel="mail", wanted=True)
