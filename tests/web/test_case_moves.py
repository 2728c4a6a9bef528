"""Every move through its page: asked for, refused in words, taken once. One row of the table per move of the lifecycle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from huizhen.cases.lifecycle import MOVES, Input
from huizhen.cases.models import Case
from huizhen.cases.queries.file import file_of
from huizhen.journal.queries import entries_of
from tests.cases.plays import PLAYS, inputs
from tests.cast import MONDAY, Cast
from tests.visits import Node, matrix, parsed, posted, visit
from tests.web.moves import TABLE, played

NOW = MONDAY + timedelta(days=25)
NOTE = {"name": "三月报表.pdf", "content": b"%PDF-1.7 report", "content_type": "application/pdf"}

# Somebody who sees the case of the play and may not take the move. Every reader may follow.
STRANGER = {"follow": "", "unfollow": "", "unmark_sensitive": "requester"}
# On a withdrawn case: the other group never saw it, nobody rules or was asked, and a complaint, a mark or a star may still be made.
AFTER_THE_END = {
    "accept_transfer": 404,
    "refuse_transfer": 404,
    "accept_invitation": 404,
    "decline_invitation": 404,
    "rule_transfer": 403,
    "complain": 200,
    "answer_complaint": 403,
    "answer_support": 403,
    "mark_sensitive": 200,
    "follow": 200,
}
NOT_ENDED_BY_IT = ("unfollow", "unmark_sensitive")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _fields(name: str, case: Case, cast: Cast) -> dict[str, Any]:
    """What a person types into the form of the move."""
    values = inputs(name, file_of(case), cast, NOW)
    if name == "attach":
        return {"file": SimpleUploadedFile(**NOTE)}
    values = {key: value for key, value in values.items() if value is not False}  # a box nobody ticked is not sent
    return matrix(values) if name == "prescribe" else posted(values)


def _verbs(case: Case) -> list[str]:
    return list(entries_of(case).order_by("seq").values_list("verb", flat=True))


def test_table_names_every_move() -> None:
    assert list(TABLE) == list(MOVES)


@pytest.mark.parametrize("name", TABLE)
def test_move_is_asked_for_and_taken_once_however_often_it_is_sent(cast: Cast, name: str) -> None:
    case, who = played(cast, name, NOW)
    client, address = visit(cast.users[who]), f"/cases/{case.code}/{name}/"
    asked = client.get(address)
    assert asked.status_code == 200
    form = _form(parsed(asked))
    hidden = {one.attributes["name"]: one.attributes.get("value", "") for one in form.all("input", type="hidden")}
    before = _verbs(case)

    sent = {**hidden, **_fields(name, case, cast)}
    first = client.post(address, sent)
    assert first.status_code == 302, parsed(first).all("main")[0].text[:600]
    assert first["Location"].startswith(f"/cases/{case.code}/")
    assert _verbs(case) == [*before, name]

    again = client.post(address, {**hidden, **_fields(name, case, cast)})
    assert again.status_code == (422 if name == "attach" else 302)  # the same file twice is told
    assert _verbs(case) == [*before, name]


@pytest.mark.parametrize("name", TABLE)
def test_move_is_refused_in_the_right_way(cast: Cast, name: str) -> None:
    case, who = played(cast, name, NOW)
    address, before = f"/cases/{case.code}/{name}/", _verbs(case)
    stranger = STRANGER.get(name, "viewer")

    for method in ("get", "post"):
        fields = _fields(name, case, cast)
        assert getattr(visit(cast.outsider), method)(address, fields).status_code == 404
        if stranger:
            no = getattr(visit(cast.users[stranger]), method)(address, fields)
            assert no.status_code == 403
            assert len(parsed(no).all("h1")[0].text.strip()) > 3

    if MOVES[name].exclusive:
        last = entries_of(case).order_by("-seq")[0]
        stale = visit(cast.users[who]).post(address, {**fields, "seen": str(case.version - 1), "once": "a"})
        assert stale.status_code == 409
        assert last.actor_name in parsed(stale).text
    assert _verbs(case) == before


@pytest.mark.parametrize("name", [name for name in TABLE if name not in NOT_ENDED_BY_IT])
def test_move_comes_too_late_on_a_case_that_has_ended(cast: Cast, name: str) -> None:
    who = TABLE[name][1]
    case = Case.objects.select_related("campaign").get(pk=PLAYS["withdrawn"](cast).pk)
    expected = AFTER_THE_END.get(name, 409)
    assert visit(cast.users[who]).get(f"/cases/{case.code}/{name}/").status_code == expected
    if expected >= 400:
        answer = visit(cast.users[who]).post(f"/cases/{case.code}/{name}/", _fields(name, case, cast))
        assert answer.status_code == expected
        assert _verbs(case) == ["register", "withdraw"]


def _form(page: Node) -> Node:
    """The form of the page itself, not those of the frame."""
    return next(one for one in page.all("main")[0].all("form"))


def _required(name: str) -> list[Input]:
    typed = ("line", "text", "day", "moment", "number", "whole", "choice", "choices", "people", "rows", "group")
    return [
        one for one in MOVES[name].inputs if one.required and one.kind in typed and (one.kind != "rows" or one.least)
    ]


ASKING = [name for name in TABLE if _required(name) and name != "prescribe"]


@pytest.mark.parametrize("name", ASKING)
def test_fault_stands_beside_its_field_and_nothing_typed_is_lost(cast: Cast, name: str) -> None:
    case, who = played(cast, name, NOW)
    fields, before = _fields(name, case, cast), _verbs(case)
    for missing in _required(name):
        kept = {key: value for key, value in fields.items() if key.partition("-")[0] != missing.name}
        answer = visit(cast.users[who]).post(f"/cases/{case.code}/{name}/", {**kept, "once": "b"})
        assert answer.status_code == 422, missing.name
        page = parsed(answer)
        form = _form(page)
        assert [one for one in form.walk() if one.attributes.get("role") == "alert"], "a summary above the form"
        assert _beside(form, missing.name), f"no words beside {missing.name}"
        shown = _typed(form)
        for key, value in kept.items():
            wanted = value if isinstance(value, list) else [value]
            assert {str(one) for one in wanted if str(one)} <= shown.get(key, set()), (missing.name, key)
    assert _verbs(case) == before


def _beside(form: Node, name: str) -> bool:
    """Words of error in the field called `name`, or in the first row of the part called so."""
    for box in form.walk():
        if "hz-f" in box.attributes.get("class", "").split():
            holds = [one for one in box.walk() if one.attributes.get("name", "").partition("-")[0] == name]
            if holds and [one for one in box.walk() if "hz-err" in one.attributes.get("class", "").split()]:
                return True
    return False


def _typed(form: Node) -> dict[str, set[str]]:
    """What the controls of a form hold, as a browser would send it."""
    found: dict[str, set[str]] = {}

    def add(name: str, value: str) -> None:
        found.setdefault(name, set()).add(value)

    for one in form.all("input"):
        kind = one.attributes.get("type", "text")
        if kind not in ("radio", "checkbox") or "checked" in one.attributes:
            add(one.attributes.get("name", ""), one.attributes.get("value", "on"))
    for one in form.all("textarea"):
        add(one.attributes.get("name", ""), "".join(str(child) for child in one.children).lstrip("\n"))
    for one in form.all("select"):
        for option in one.all("option"):
            if "selected" in option.attributes:
                add(one.attributes.get("name", ""), option.attributes.get("value", ""))
    return found


def test_rows_can_be_added_without_a_script(cast: Cast) -> None:
    case = cast.contacted()
    client, address = visit(cast.expert), f"/cases/{case.code}/diagnose/"
    typed = {
        "findings": "两方面的问题",
        "causes-0-text": "容量不足",
        "causes-1-text": "未做均衡",
        "causes-2-text": "干扰",
    }
    more = client.post(address, {**typed, "add-causes": "1"})
    assert more.status_code == 200
    page = _form(parsed(more))
    boxes = {one.attributes["name"] for one in page.all("input") if one.attributes.get("name", "").endswith("-text")}
    assert {"causes-0-text", "causes-1-text", "causes-2-text", "causes-3-text"} <= boxes
    assert _typed(page)["causes-2-text"] == {"干扰"}
    assert "diagnose" not in _verbs(case)


def test_fault_in_a_row_stands_in_its_row(cast: Cast) -> None:
    case = cast.contacted()
    typed = {
        "findings": "两方面的问题",
        "causes-0-text": "容量不足",
        "causes-1-text": "一",
        "causes-1-evidence": "周报",
    }
    answer = visit(cast.expert).post(f"/cases/{case.code}/diagnose/", typed)
    assert answer.status_code == 422
    rows = [one for one in _form(parsed(answer)).walk() if "data-row" in one.attributes]
    marked = [n for n, row in enumerate(rows) if [one for one in row.walk() if one.attributes.get("aria-invalid")]]
    assert marked == [1]
    assert _typed(rows[1])["causes-1-evidence"] == {"周报"}


def test_next_address_never_leaves_the_house(cast: Cast) -> None:
    case = cast.register()
    client = visit(cast.expert)
    for target in ("https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)", "/" + "x" * 400):
        client.post(f"/cases/{case.code}/follow/", {"next": target})
        answer = client.post(f"/cases/{case.code}/unfollow/", {"next": target})
        assert answer["Location"] == f"/cases/{case.code}/", target
    assert client.post(f"/cases/{case.code}/follow/", {"next": "/cases/"})["Location"] == "/cases/"


def test_only_get_and_post_are_answered(cast: Cast) -> None:
    case = cast.register()
    client = visit(cast.expert)
    assert client.put(f"/cases/{case.code}/accept/").status_code == 405
    assert client.post(f"/cases/{case.code}/").status_code == 405
    assert client.get(f"/cases/{case.code}/no-such-verb/").status_code == 404


def test_get_writes_nothing(cast: Cast) -> None:
    case = cast.register()
    before = (_verbs(case), Case.objects.values().get(pk=case.pk))
    for who in ("requester", "expert", "leader"):
        for name in MOVES:
            visit(cast.users[who]).get(f"/cases/{case.code}/{name}/")
    assert (_verbs(case), Case.objects.values().get(pk=case.pk)) == before
    assert timezone.now() == NOW
