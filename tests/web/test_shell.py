"""The frame around every page: signing in, refusals in words, forms, words for moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client
from django.urls import include, path

from huizhen.accounts.models import User
from huizhen.directory.models import Campaign, Domain, Group, Membership, Person, Posting, Unit
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from huizhen.web import nav, sentences
from huizhen.web import views as web_views

PASSWORD = "a long and dull password"
REFUSALS: dict[str, Refusal] = {
    "unseen": NotVisible("some_code"),
    "others": NotAllowed("some_code"),
    "late": NotNow("some_code"),
    "slow": StaleWrite("stale"),
    "bad": Invalid.one("title", "too_short", min=4, length=1),
}


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


def take(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST.get("text", "")[:20])


def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise REFUSALS[name]


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("", page, name="home"),
    path("take/", take),
    path("refuse/<name>/", refuse),
    path("fail/", fail),
    path("api/v1/thing/", take),
    path("", include("huizhen.web.accounts.urls")),
    path("", include("huizhen.web.inbox.urls")),
    path("", include("huizhen.web.search.urls")),
    path("", include("huizhen.web.texts.urls")),
    path("find/", web_views.find, name="find"),
    path("theme/", web_views.choose_theme, name="theme"),
]
handler400 = "huizhen.web.views.bad_request"
handler404 = "huizhen.web.views.not_found"
handler500 = "huizhen.web.views.server_error"

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def expert(db: None) -> User:
    """An expert of one group, with everything the frame shows of her."""
    user = User.objects.create_user("gu", PASSWORD, name="顾知微")
    campaign = Campaign.objects.create(
        name="领题破题",
        short_name="领题破题 2026",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        is_current=True,
    )
    unit = Unit.objects.create(code="GZ", name="广州分公司", kind="city")
    domain = Domain.objects.create(code="NET", name="网络运维", lead_unit=unit)
    group = Group.objects.create(campaign=campaign, code="NET-01", domain=domain, name="无线网络优化专家团")
    person = Person.objects.create(user=user, code="E001", name="顾知微", unit=unit, phone="15400000001")
    Membership.objects.create(group=group, person=person, since=date(2026, 1, 1))
    return user


@pytest.fixture
def reader(expert: User, client: Client) -> Client:
    client.force_login(expert, backend="huizhen.accounts.backends.Backend")
    return client


# ── signing in ──


def test_anonymous_reader_is_sent_to_sign_in_and_back(client: Client, expert: User) -> None:
    sent = client.get("/take/?q=1")
    assert (sent.status_code, sent["Location"]) == (302, "/sign-in/?next=/take/%3Fq%3D1")
    answer = client.post("/sign-in/", {"username": "gu", "password": PASSWORD, "next": "/take/?q=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/take/?q=1")


def _hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def test_form_posted_after_the_session_ended_is_offered_again(client: Client, expert: User) -> None:
    asked = client.post("/take/", {"text": "第一行\n<第二行>", "seen": "3", "csrfmiddlewaretoken": "old"})
    page = asked.content.decode()
    assert (asked.status_code, _hidden(page, "next")) == (401, "/take/")
    given = {"username": "gu", "next": "/take/", "kept": _hidden(page, "kept")}
    again = client.post("/sign-in/", given | {"password": "wrong"})
    assert (again.status_code, _hidden(again.content.decode(), "kept")) == (422, given["kept"])
    offered = client.post("/sign-in/", given | {"password": PASSWORD})
    words = offered.content.decode()
    assert (offered.status_code, offered.wsgi_request.user) == (200, expert)
    for piece in (
        "您登录前填的内容还没有交",
        'action="/take/"',
        "第一行\n&lt;第二行&gt;</textarea>",
        'name="seen"',
        "接着交",
    ):
        assert piece in words, piece
    assert 'name="csrfmiddlewaretoken" value="old"' not in words


def test_kept_form_that_is_not_ours_is_ignored(client: Client, expert: User) -> None:
    given = {"username": "gu", "password": PASSWORD, "next": "/take/", "kept": "eyJwYXRoIjogIi8ifQ:forged:mark"}
    assert client.post("/sign-in/", given)["Location"] == "/take/"


@pytest.mark.parametrize("given", [{}, {"old": "a", "new": "b"}, {"text": "长" * 30_000}])
def test_form_without_anything_to_keep_leads_back_to_its_page(client: Client, db: None, given: dict[str, str]) -> None:
    assert client.post("/take/", given)["Location"] == "/sign-in/?next=/take/"
    behind = client.post("/take/", given, headers={"Referer": "http://testserver/cases/"})
    assert behind["Location"] == "/sign-in/?next=/cases/"
    assert client.post("/take/", {"text": "x"}, headers={"X-Autosave": "1"}).status_code == 302


def test_anonymous_part_redirects_the_whole_page(client: Client, db: None) -> None:
    answer = client.get("/take/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/?mine=1"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/?next=/cases/")


def test_api_is_left_alone(client: Client, db: None) -> None:
    assert client.get("/api/v1/thing/").status_code == 200


def test_sign_in_refuses_another_host(client: Client, expert: User) -> None:
    answer = client.post("/sign-in/", {"username": "gu", "password": PASSWORD, "next": "https://example.com/x"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("name, password", [("gu", "wrong"), ("nobody", PASSWORD), ("g\x00u\u202e", "wrong\x00")])
def test_sign_in_says_no_without_telling_which(client: Client, expert: User, name: str, password: str) -> None:
    answer = client.post("/sign-in/", {"username": name, "password": password})
    assert answer.status_code == 422
    assert "密码" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_sign_in_locks_out_after_six_wrong_passwords(client: Client, expert: User) -> None:
    answers = [client.post("/sign-in/", {"username": "gu", "password": "wrong"}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert "暂停登录 15 分钟" in answers[-1].content.decode()
    assert client.post("/sign-in/", {"username": "gu", "password": PASSWORD}).status_code == 429


def test_demo_accounts_are_listed_only_in_a_demo(client: Client, expert: User) -> None:
    assert "huizhen-demo" not in client.get("/sign-in/").content.decode()
    demo = User.objects.create_user("leader", "huizhen-demo", name="毛知南")
    User.objects.filter(pk=demo.pk).update(is_demo=True)
    assert "毛知南" in client.get("/sign-in/").content.decode()
    assert 'value="huizhen-demo"' in client.get("/sign-in/?as=leader").content.decode()
    assert 'value="huizhen-demo"' not in client.get("/sign-in/?as=gu").content.decode()


def test_sign_out_takes_a_post(reader: Client) -> None:
    answer = reader.get("/sign-out/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这个地址只能由按钮提交" in answer.content.decode()
    assert "回首页" in answer.content.decode()
    assert reader.post("/sign-out/").status_code == 302
    assert reader.get("/")["Location"] == "/sign-in/?next=/"


def test_password_faults_stand_beside_their_fields(reader: Client) -> None:
    answer = reader.post("/me/password/", {"old": "wrong", "new": "short", "again": "other"})
    assert answer.status_code == 422
    assert "两次输入的新密码不一样" in answer.content.decode()
    answer = reader.post("/me/password/", {"old": "wrong", "new": "another dull one", "again": "another dull one"})
    assert "现在的密码不对" in answer.content.decode()
    answer = reader.post("/me/password/", {"old": PASSWORD, "new": "1234567", "again": "1234567"})
    assert "至少 10 个字符" in answer.content.decode()


def test_password_change_keeps_this_session(reader: Client, expert: User) -> None:
    answer = reader.post("/me/password/", {"old": PASSWORD, "new": "another dull one", "again": "another dull one"})
    assert answer["Location"] == "/me/"
    assert "密码已更换" in reader.get("/me/").content.decode()
    expert.refresh_from_db()
    assert expert.check_password("another dull one")


def test_profile_masks_the_phone(reader: Client) -> None:
    text = reader.get("/me/").content.decode()
    assert "154****0001" in text
    assert "15400000001" not in text
    assert "无线网络优化专家团" in text


def test_language_is_kept_on_the_account_and_the_device(reader: Client, expert: User) -> None:
    answer = reader.post("/language/", {"language": "en", "next": "/me/"})
    assert answer["Location"] == "/me/"
    assert answer.cookies["django_language"].value == "en"
    expert.refresh_from_db()
    assert expert.language == "en"
    assert '<html lang="en"' in reader.get("/").content.decode()


def test_unknown_language_and_theme_fall_back(client: Client, db: None) -> None:
    assert client.post("/language/", {"language": "../x"}).cookies["django_language"].value == "zh-hans"
    assert client.post("/theme/", {"theme": "<b>"}).cookies["hz-theme"].value == "auto"
    assert client.post("/theme/", {"theme": "dark"}).cookies["hz-theme"].value == "dark"
    assert 'data-bs-theme="dark"' in client.get("/sign-in/").content.decode()


def test_posting_titles_show_on_the_profile(reader: Client, expert: User) -> None:
    person = Person.objects.get(user=expert)
    Posting.objects.create(person=person, role="liaison", domain=Domain.objects.get(), since=date(2026, 1, 1))
    assert "领域接口人 · 网络运维" in reader.get("/me/").content.decode()


# ── the frame ──


def test_frame_costs_eight_queries(reader: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(8):  # session, user, person, memberships, postings, leaves, campaign, bell
        text = reader.get("/").content.decode()
    assert "顾知微" in text
    assert "领题破题 2026" in text


def test_frame_has_nothing_inline(reader: Client) -> None:
    text = reader.get("/").content.decode()
    assert re.findall(r"<script(?![^>]*\bnonce=)", text) == []
    assert re.findall(r"\sstyle=|<style", text) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", text) == []
    assert 'href="#main"' in text


def test_links_are_those_of_the_role() -> None:
    def offered(home: str) -> set[str]:
        return {link.route for link in nav.LINKS if home in link.roles}

    assert "registration:start" in offered("requester")
    assert "roster:upload" not in offered("expert")
    assert {"roster:upload", "campaign:settings"} <= offered("coordinator")
    assert offered("none") == {"home", "cases:list", "stories:board"}
    bars = {
        home: [one.route for one in nav.tabs(home, [link for link in nav.LINKS if home in link.roles])]
        for home in nav.ROLES
    }
    assert all(len(bar) <= 4 and set(bar) <= offered(home) for home, bar in bars.items())
    assert bars["clerk"] == ["home", "cases:list", "schedule:agenda", "monthly:index"]
    assert bars["viewer"][:3] == ["home", "cases:list", "overview:page"]
    assert "journal:list" in bars["auditor"]


def test_longest_link_is_current() -> None:
    assert [link.current for link in nav.links("expert", "/")][:1] == [True]
    assert not any(link.current for link in nav.links("expert", "/nowhere/"))


def test_old_addresses_of_the_box_go_on_to_search(reader: Client) -> None:
    assert reader.get("/find/", {"q": "HZ26-00846"})["Location"] == "/search/?q=HZ26-00846"
    assert reader.get("/find/", {"q": ""})["Location"] == "/search/"


# ── refusals ──


@pytest.mark.parametrize(
    "name, status, words",
    [
        ("unseen", 404, "没有这个页面，或不在您的范围"),
        ("others", 403, "这件事不由您来办"),
        ("late", 409, "现在还不能这样做"),
        ("slow", 409, "有人比您先一步"),
        ("bad", 422, "至少 4 个字，现在 1 个。"),
    ],
)
def test_refusals_become_pages(reader: Client, name: str, status: int, words: str) -> None:
    answer = reader.get(f"/refuse/{name}/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    part = reader.get(f"/refuse/{name}/", headers={"HX-Request": "true"})
    assert part.status_code == status
    assert words in part.content.decode()
    assert "<html" not in part.content.decode()


def test_unknown_address_is_not_found(reader: Client) -> None:
    answer = reader.get("/nowhere/<script>/")
    assert answer.status_code == 404
    assert "按编号查找" in answer.content.decode()


def test_server_error_page_asks_no_database(client: Client) -> None:
    from huizhen.web.views import server_error

    request = HttpRequest()
    request.COOKIES["hz-theme"] = "dark"
    answer = server_error(request)
    assert answer.status_code == 500
    assert "系统出错了，不是您的问题" in answer.content.decode()
    assert 'data-bs-theme="dark"' in answer.content.decode()
    request.COOKIES["django_language"] = "en"
    assert "it was not you" in server_error(request).content.decode()


def test_failing_view_shows_the_server_error_page(reader: Client) -> None:
    reader.raise_request_exception = False
    answer = reader.get("/fail/")
    assert answer.status_code == 500
    assert "没有只办一半" in answer.content.decode()


def test_ten_megabytes_of_text_are_answered_with_a_sentence(reader: Client) -> None:
    for content_type in ("multipart", "form"):
        data = {"text": "字" * 3_500_000}
        if content_type == "multipart":
            answer = reader.post("/take/", data)
        else:
            answer = reader.post("/take/", f"text={'x' * 10_000_000}", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 413
        assert "内容太长" in answer.content.decode()


def test_stale_form_token_is_explained(expert: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(expert, backend="huizhen.accounts.backends.Backend")
    answer = strict.post("/take/", {"text": "x"})
    assert answer.status_code == 403
    assert "这一页已经过期" in answer.content.decode()


def test_sentence_is_filled_and_never_breaks() -> None:
    moment = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    sentences.register(refusals={"test_told": ("%(name)s %(at)s 已接受", "共 %(n)s 例")})
    with time_machine.travel(datetime(2026, 11, 23, 2, 24, tzinfo=UTC), tick=False):
        full = sentences.of_refusal(NotNow("test_told", name="蒋景川", at=moment, n=2))
    assert (full.status, full.headline, full.more) == (409, "蒋景川 11月25日 周三 17:30 已接受", "共 2 例")
    assert sentences.of_refusal(NotNow("test_told")).headline == "现在还不能这样做"
    # What must stay unknown is answered alike, whatever code it carries.
    assert sentences.of_refusal(NotVisible("test_told")).headline == "没有这个页面，或不在您的范围"
    with pytest.raises(ValueError, match="two sentences"):
        sentences.register(refusals={"test_told": ("另一句", "")})
