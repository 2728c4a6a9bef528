"""What nobody means well by: markup, invisible signs, monsters of length and number, broken files and addresses. Never a 500."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat

from huizhen.cases.lifecycle import MOVES
from huizhen.cases.lifecycle.moves import REGISTRATION
from huizhen.cases.models import Case, Draft
from huizhen.cases.queries.file import file_of
from huizhen.challenges.actions import create_challenge
from huizhen.directory.models import Branch, Group, Person
from huizhen.schedules.actions import beat
from tests.cases.plays import PLAYS, inputs
from tests.cast import MONDAY, Cast
from tests.house.test_permissions import PAGES, places
from tests.visits import matrix, parsed, posted, visit
from tests.web.moves import TABLE, played

NOW = MONDAY + timedelta(days=25)
SCRIPT = "<script>alert(1)</script>"
MARKS = '"><i>x'
INVISIBLE = "\x00\u200b\u202e\ufeff\u2066\u00ad\x1b\x7f"
TEXTS = {
    "markup": SCRIPT + MARKS + "<img src=x onerror=alert(1)>{{ 7|add:7 }}{% now %}%(name)s%s",
    "invisible": f"{INVISIBLE}可见的字{INVISIBLE}",
    "only invisible": INVISIBLE * 3,
    "emoji": "👩\u200d🚒🇨🇳e\u0301\U0001f9d1\U0001f3fd 支部",
    "right to left": "\u202e\u05de\u05d1\u05d7\u05df\u202c \u05e2\u05d1\u05e8\u05d9\u05ea \u061c\u0646\u0635",
    "long": "长" * 10_000,
    "lines": "\r\n\u2028\u2029\x0b\x0c" * 40,
    "number": "9" * 400,
    "strange number": "\uff11\uff12\uff0e\uff15e999\uff05",
    "not a number": "NaN",
    "moment": "9999-99-99T99:99+99:99",
    "year": "0001-01-01",
    "code": "' OR 1=1 --\\",
    "surrogate": "\ud800\udfff",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _sendable(text: str) -> str:
    """A lone surrogate cannot be encoded; a client that sends its bytes all the same arrives as replacement signs."""
    return text.encode("utf-8", "replace").decode()


# ── sending ──


@pytest.mark.parametrize("name", [name for name in TABLE if MOVES[name].inputs])
def test_move_takes_any_text_without_falling_over(cast: Cast, name: str) -> None:
    case, who = played(cast, name, NOW)
    client, address = visit(cast.users[who]), f"/cases/{case.code}/{name}/"
    plain = inputs(name, file_of(case), cast, NOW)
    sent = matrix(plain) if name == "prescribe" else posted({k: v for k, v in plain.items() if v is not False})
    for kind in ("markup", "invisible", "only invisible", "long", "number", "strange number", "moment", "surrogate"):
        text = TEXTS[kind]
        hostile = {**dict.fromkeys([*sent, "seen", "once", "next", "version"], _sendable(text)), "next": "/cases/"}
        with undone():
            assert client.post(address, hostile).status_code in (302, 409, 422), kind
    for field in sent:
        with undone():
            one = {**sent, field: "长" * 90_000}
            assert client.post(address, one).status_code in (302, 409, 422), field


@pytest.mark.parametrize("kind", TEXTS)
def test_registration_takes_any_text_without_falling_over(cast: Cast, kind: str) -> None:
    client, key, text = visit(cast.requester), uuid4(), _sendable(TEXTS[kind])
    names = [one.name for one in REGISTRATION] + [
        "question_1",
        "question_0",
        "questions-0-text",
        "to",
        "version",
        "go",
        "step",
    ]
    for step in (1, 2, 3):
        fields = {**dict.fromkeys(names, text), "branch": "B1"}
        assert client.post(f"/register/{key}/{step}/", fields).status_code in (302, 404, 409, 422)
        saved = client.post(f"/register/{key}/save/", {**fields, "step": str(step), "version": text})
        assert saved.status_code in (200, 404, 409, 422)
        shown = client.get(f"/register/{key}/{step}/?check=1")
        assert shown.status_code in (200, 404)
        assert b"<script>alert" not in shown.content
    assert client.get(f"/register/{key}/").status_code in (200, 404)
    assert client.post(f"/register/{key}/submit/", {}).status_code in (302, 404, 422)
    assert Case.objects.count() == 0
    assert all("\x00" not in str(one.values) for one in Draft.objects.all())


def test_prescription_draft_takes_any_text_and_shows_it_escaped(cast: Cast) -> None:
    case = cast.diagnosed()
    client, address = visit(cast.expert), f"/cases/{case.code}/prescribe/"
    for n, (kind, text) in enumerate(TEXTS.items()):
        fields = dict.fromkeys(matrix(cast.prescription(NOW)), _sendable(text)) | {
            "upward-1-on": "on",
            "upward-1-department": text[:9],
        }
        fields = {name: _sendable(value) for name, value in fields.items()} | {"version": str(n)}
        assert client.post(f"{address}save/", fields).status_code == 302, kind
        shown = client.get(address)
        assert shown.status_code == 200, kind
        assert b"<script>alert" not in shown.content
        assert client.post(address, fields).status_code == 422, kind


def test_rows_with_absurd_numbers_are_bounded(cast: Cast) -> None:
    case = cast.contacted()
    client = visit(cast.expert)
    names = [
        "causes-999-text",
        "causes-99999999999999999999-text",
        "causes--1-text",
        "causes-²-text",
        "causes-text",
        "causes-0-text-1-2",
    ]
    answer = client.post(f"/cases/{case.code}/diagnose/", {"findings": "两方面的问题", **dict.fromkeys(names, "甲乙")})
    assert answer.status_code == 422
    assert len([one for one in parsed(answer).walk() if "data-row" in one.attributes]) < 15
    many = {f"causes-{n}-text": "甲乙" for n in range(900)}
    assert client.post(f"/cases/{case.code}/diagnose/", {"findings": "两方面的问题", **many}).status_code == 422
    deep = {f"measures-0-treat-{n}" + "[a]" * 50: "main" for n in range(300)}
    assert client.post(f"/cases/{cast.diagnosed().code}/prescribe/", deep).status_code == 422


def test_very_long_body_is_told_and_kept_out(cast: Cast) -> None:
    case = cast.register()
    client = visit(cast.expert)
    for address in (f"/cases/{case.code}/log_contact/", f"/register/{uuid4()}/1/", "/sign-in/", "/me/password/"):
        answer = client.post(address, {"learned": "长" * 4_000_000, "condition": "x"})
        assert answer.status_code in (302, 413), address
    many = client.post(f"/cases/{case.code}/log_contact/", {f"n{n}": "1" for n in range(2500)})
    assert many.status_code == 413


CONTENT_TYPES = [
    ("application/json", b'{"channel": "phone"}'),
    ("application/json", b"[" * 50_000),
    ("text/plain", b"channel=phone"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end'),
    ("multipart/form-data; boundary=" + "x" * 300, b"--"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"channel=phone"),
    ("application/x-www-form-urlencoded", b"channel=%ED%A0%80%FF%FE&learned=%00%C0%80"),
    ("application/x-www-form-urlencoded; charset=no-such", b"channel=phone"),
    ("image/png", b"\x89PNG"),
]


@pytest.mark.parametrize("kind, body", CONTENT_TYPES, ids=range(len(CONTENT_TYPES)))
def test_wrong_content_is_refused_in_words(cast: Cast, kind: str, body: bytes) -> None:
    case = cast.register()
    client = visit(cast.expert)
    for address in (
        f"/cases/{case.code}/log_contact/",
        f"/cases/{case.code}/attach/",
        f"/cases/{case.code}/prescribe/save/",
    ):
        assert client.generic("POST", address, body, content_type=kind).status_code in (400, 403, 409, 413, 415, 422), (
            address
        )
    assert Case.objects.get(pk=case.pk).stage == "registered"


# ── files ──

FILES = [
    ("page.html", b"<html><script>alert(1)</script>", 422),
    ("picture.svg", b"<svg onload=alert(1)>", 422),
    ("run.exe", b"MZ", 422),
    ("pack.zip", b"PK\x03\x04", 422),
    ("empty.pdf", b"", 422),
    ("false.pdf", b"MZ", 422),
    ("false.docx", b"PK\x03\x04 broken", 422),
    ("none", b"x", 422),
    (".pdf", b"%PDF-1.7", 302),
    ("长" * 300 + ".pdf", b"%PDF-1.7", 302),
    ("a.pdf\x00.exe", b"MZ", 422),
    ("..\\..\\a.PDF", b"%PDF-1.7", 302),
    ("large.txt", b"x" * (20 * 2**20 + 1), 422),
    ("bomb.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31), 302),
]


@pytest.mark.parametrize("name, content, status", FILES, ids=[name[:12] for name, _content, _status in FILES])
def test_file_is_taken_or_refused_in_words(cast: Cast, name: str, content: bytes, status: int) -> None:
    case = cast.register()
    file = SimpleUploadedFile("x", content)
    file.name = name  # past the cleaning of Django's own class, as a rude client would send it
    answer = visit(cast.requester).post(f"/cases/{case.code}/attach/", {"file": file})
    assert answer.status_code == status
    assert case.attachments.count() == (1 if status == 302 else 0)
    page = visit(cast.requester).get(f"/cases/{case.code}/")
    assert page.status_code == 200
    if status == 422:
        assert [one for one in parsed(answer).walk() if one.attributes.get("role") == "alert"]


def test_attach_without_a_file_says_so(cast: Cast) -> None:
    case = cast.register()
    answer = visit(cast.requester).post(f"/cases/{case.code}/attach/", {"file": "text, not a file"})
    assert answer.status_code == 422
    assert "请先选一个文件" in parsed(answer).text


# ── addresses ──

CODES = [
    "%00",
    "%ED%A0%80",
    "%E2%80%AE",
    "x" * 3000,
    "-1",
    "%27%20OR%201",
    "HZ26-99999999999999999999",
    "..",
    "%2e%2e",
    "\uff10",
    "é",
]
QUERIES = [
    "scope=%00&situation=%00&urgency=x&open=2&group=%00&unit=%27&q=%00%E2%80%AE&after=%00&before=%00&domain=%00&branch=%00&state=%00&kind=%00",
    "verb=%00&code=HZ%00&who=%00&kind=%00&show=%00&measure=%00&session=%00&state=%00&all=%00&text=%00&step=%00&check=%00&source=%00&bare=%00",
    "after=9999-99-99,1&before=" + "z" * 500 + "&q=" + "%25" * 60 + "&who=" + "9" * 40 + "&code=LT" + "9" * 40,
    "after=MjAyNi0wMS0wMVQwMDowMDowMHwx&limit=-1&page=1e9&q=" + quote("长" * 500),
    "after=" + "9" * 60 + "&before=-" + "9" * 60 + "&=&&&=%FF%FE&a[]=1&a[b][c]=2&" + "b=1&" * 300,
]
ADDRESSES = sorted({line.split()[2].partition("?")[0] for line in PAGES.splitlines() if " GET  " in line})
CODED = ("/groups/NET-01/", "/branches/B1/", "/experts/expert/", "/experts/expert/leave/")
READERS = ("requester", "coordinator")
__all__ = ["places"]  # a fixture of the table of rights


@pytest.mark.parametrize("start", [0, 1, 2])
def test_pages_answer_any_query(cast: Cast, places: dict[str, str], start: int) -> None:
    """Every query at every third address, by one of two readers in turn."""
    beat("w1", "web", at=NOW)  # or nothing is ready
    clients = [visit(cast.users[who]) for who in READERS]
    for place, address in list(enumerate(ADDRESSES))[start::3]:
        filled = address.format(**places)
        for number, query in enumerate(QUERIES, start=place):
            answer = clients[number % 2].get(f"{filled}?{query}")
            if answer.streaming:
                list(answer.streaming_content)  # read to its end a file is closed
            assert answer.status_code < 500, (address, query)


@pytest.mark.parametrize("start", [0, 1])
def test_pages_answer_any_code(cast: Cast, start: int) -> None:
    client = visit(cast.coordinator)
    for address in [one for one in ADDRESSES if "{" in one or one in CODED][start::2]:
        for code in CODES:
            parts = [
                code if "{" in part or part in ("NET-01", "B1", "expert", "leader", "requester") else part
                for part in address.split("/")
            ]
            assert client.get("/".join(parts)).status_code in (301, 302, 400, 404, 405), (address, code)


def test_form_of_a_move_answers_any_preset(cast: Cast) -> None:
    case = cast.treated()
    client = visit(cast.expert)
    for name in MOVES:
        assert client.get(f"/cases/{case.code}/{name}/?{QUERIES[1]}&{QUERIES[0]}").status_code < 500, name


# ── showing ──


def _spoilt(cast: Cast) -> Case:
    """A case whose every text, and everybody's name, is markup."""
    name = ('"><script>alert(2)</script>' + "很长的支部名称" * 40)[:200]
    width = Branch._meta.get_field("name").max_length or 200
    Branch.objects.filter(pk=cast.branch.pk).update(name=name[:width])
    Person.objects.update(name=SCRIPT, post=MARKS)
    Group.objects.update(name=Concat(Value(SCRIPT), "code"), scope=SCRIPT)
    cast.branch.refresh_from_db()
    case = cast.register(
        title=SCRIPT, condition=SCRIPT * 3, tried=SCRIPT, indicator=SCRIPT, unit=MARKS, questions=[{"text": SCRIPT}],
        urgency="urgent", urgency_reason=SCRIPT,
    )  # fmt: skip

    def bad(name: str, by: str, hours: float, **more: Any) -> None:
        values = inputs(
            name,
            file_of(Case.objects.select_related("campaign").get(pk=case.pk)),
            cast,
            MONDAY + timedelta(hours=hours),
        )
        values = {key: _spoil(name, key, value) for key, value in values.items()} | more
        cast.take(case, name, by, MONDAY + timedelta(hours=hours), **values)

    bad("log_contact", "expert", 0.5)
    for name, by in (("inform_group", "expert"), ("sign_opinion", "mate"), ("ask_on", "requester"), ("answer_ask", "expert"), ("invite", "expert"),
                     ("decline_invitation", "other_leader"), ("pause", "expert"), ("resume", "requester"), ("propose_transfer", "expert"),
                     ("refuse_transfer", "other_leader"), ("exempt", "leader")):  # fmt: skip
        if name != "exempt":
            bad(name, by, 1)
    bad("plan_session", "expert", 1, mode="on_site", place=SCRIPT)
    bad("hold_session", "expert", 2, session="", place=SCRIPT)
    causes = [{"text": SCRIPT, "evidence": SCRIPT}, {"text": MARKS + "乙"}]
    bad("diagnose", "expert", 2, causes=causes)
    measure = {
        "what": SCRIPT,
        "owner_name": SCRIPT,
        "owner_unit": SCRIPT,
        "due_on": "2026-03-06",
        "expected": SCRIPT,
        "criterion": SCRIPT,
    }
    rows = [{**measure, "main": ["1"]}, {**measure, "aid": ["1"]}]
    upward = [{"cause": "2", "department": SCRIPT, "suggestion": SCRIPT}]
    bad("prescribe", "expert", 2, measures=rows, upward=upward, follow_up_on="2026-03-06")
    bad("accept_prescription", "requester", 3)
    bad("update_measure", "requester", 3)
    bad("follow_up", "expert", 24, verdict="marked", value="68")
    bad("give_verdict", "requester", 24, verdict="marked", note=SCRIPT)
    return case


def _spoil(move: str, key: str, value: Any) -> Any:
    """Markup in place of what was a text."""
    asked = next((one for one in MOVES[move].inputs if one.name == key), None)
    if asked is not None and asked.kind in ("line", "text") and asked.name != "link":
        return SCRIPT
    if asked is not None and asked.kind == "rows":
        return [{name: SCRIPT if name == "text" else text for name, text in row.items()} for row in value]
    return value


def test_markup_is_shown_as_text_on_every_page(cast: Cast) -> None:
    case = _spoilt(cast)
    for n in (1, 2):
        cast.take(case, "resolve" if n == 1 else "sign_final_reply", "expert", MONDAY + timedelta(hours=25),
                  **({"waiver": SCRIPT} if n == 1 else dict.fromkeys(("found", "changed", "keep"), SCRIPT)))  # fmt: skip
    heard = {"outcome": "new_idea", "value": 5, "feasibility": 5, "words": SCRIPT}
    cast.take(case, "close_form", "requester", MONDAY + timedelta(hours=26), **heard)
    cast.take(case, "decide_extraction", "leader", MONDAY + timedelta(hours=26), decision="no", reason=SCRIPT)
    addresses = [
        *(f"/cases/{case.code}/{rest}" for rest in ("", "?show=key", "?show=talk", "prescription/1/", "summary/", "receipt/", "reopen/")),
        "/", "/cases/", "/cases/?open=false", "/cases/solved/", "/agenda/", "/groups/", "/groups/NET-01/", "/experts/", "/experts/expert/",
        "/branches/", "/branches/B1/", "/contacts/", "/audit/", "/me/", "/register/", "/challenges/",
    ]  # fmt: skip
    taken_on = create_challenge(
        cast.branch, by=cast.requester, at=NOW, title=SCRIPT, background=SCRIPT, indicator=SCRIPT, indicator_unit=MARKS,
        milestones=[{"what": SCRIPT, "on": "2026-06-30"}],
    )  # fmt: skip
    addresses.append(f"/challenges/{taken_on.code}/")
    told = 0
    for who in ("requester", "expert", "leader", "coordinator", "auditor"):
        client = visit(cast.users[who])
        for address in addresses:
            answer = client.get(address, follow=True)
            assert answer.status_code in (200, 403), (who, address)
            text = answer.content.decode()
            assert "<script>alert" not in text, (who, address)
            assert MARKS not in text, (who, address)
            assert "onerror=alert" not in text
            told += text.count("&lt;script&gt;alert")
    assert told > 100


def test_calendar_of_markup_has_no_line_of_its_own(cast: Cast) -> None:
    case = PLAYS["planned"](cast)
    Case.objects.filter(pk=case.pk).update(title="一\r\nATTENDEE:mailto:x@example.com")
    session = case.sessions.get()
    text = visit(cast.requester).get(f"/cases/{case.code}/sessions/{session.key}.ics").content.decode()
    assert "\r\nATTENDEE:mailto:x@example.com" not in text
    assert "BEGIN:VEVENT" in text
