"""Who may open which address: one table for pages and interface. An address without a row fails, and so does a row without an address.

Read it as a person would: what must be, not what is. 404: she may not know that it exists. 403: she sees it, but it is not hers to
do. 409: hers, but not now. 302: done, or sent on; for nobody: to the sign-in page. 401: that page, keeping what
was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from huizhen.accounts.actions import issue_token, renew_feed
from huizhen.accounts.queries import feed_token
from huizhen.cases import actions
from huizhen.cases.lifecycle import MOVES
from huizhen.cases.models import Case
from huizhen.challenges.actions import create_challenge
from huizhen.schedules.actions import beat
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import BACKEND

NOW = MONDAY + timedelta(hours=4)
READERS = (*ROLES, "nobody")

# fmt: off
# name of the route      method address                            requester expert leader liaison clerk coordinator viewer auditor outsider nobody
PAGES = """
health                   GET  /healthz                                   200 200 200 200 200 200 200 200 200 200
ready                    GET  /readyz                                    200 200 200 200 200 200 200 200 200 200
metrics                  GET  /metrics                                   200 200 200 200 200 200 200 200 200 200
home                     GET  /                                          200 200 200 200 200 200 200 200 200 302
find                     GET  /find/?q=HZ26-00001                        302 302 302 302 302 302 302 302 302 302
theme                    POST /theme/                                    302 302 302 302 302 302 302 302 302 302
language                 POST /language/                                 302 302 302 302 302 302 302 302 302 302
sign_in                  GET  /sign-in/                                  302 302 302 302 302 302 302 302 302 200
sign_out                 POST /sign-out/                                 302 302 302 302 302 302 302 302 302 302
profile                  GET  /me/                                       200 200 200 200 200 200 200 200 200 302
change_password          POST /me/password/                              422 422 422 422 422 422 422 422 422 302

cases:list               GET  /cases/                                    200 200 200 200 200 200 200 200 200 302
cases:solved             GET  /cases/solved/                             200 200 200 200 200 200 200 200 200 302
cases:summary            GET  /cases/{solved}/summary/                   200 200 200 200 200 200 200 200 200 302
cases:summary            GET  /cases/{case}/summary/                     404 404 404 404 404 404 404 404 404 302

case:page                GET  /cases/{case}/                             200 200 200 200 200 200 200 200 404 302
case:page                GET  /cases/{hushed}/                           200 200 200 200 404 404 404 404 404 302
case:page                GET  /cases/{solved}/                           200 200 200 200 200 200 200 200 404 302
case:prescription        GET  /cases/{case}/prescription/1/              200 200 200 200 200 200 200 200 404 302
case:prescription        GET  /cases/{case}/prescription/9/              404 404 404 404 404 404 404 404 404 302
case:prescribe_save      POST /cases/{case}/prescribe/save/              403 302 302 403 403 403 403 403 404 302
case:file                GET  /cases/{case}/files/{file}/                200 200 200 200 200 200 200 200 404 302
case:reveal              GET  /cases/{case}/reveal/requester/            200 200 200 200 403 200 403 403 404 302
case:reveal              POST /cases/{case}/reveal/expert/?purpose       422 422 422 422 403 422 403 403 404 401
case:reveal              GET  /cases/{case}/reveal/outsider/             404 404 404 404 404 404 404 404 404 302
schedule:session         GET  /cases/{case}/sessions/{session}.ics       200 200 200 200 200 200 200 200 404 302

registration:start       GET  /register/                                 200 200 200 403 200 200 403 403 302 302
registration:new         GET  /register/new/?branch=B1                   200 200 200 403 200 200 403 403 403 302
registration:review      GET  /register/{draft}/                         200 404 404 404 404 404 404 404 404 302
registration:step        GET  /register/{draft}/1/                       200 404 404 404 404 404 404 404 404 302
registration:save        POST /register/{draft}/save/?step=1             200 404 404 404 404 404 404 404 404 401
registration:submit      POST /register/{draft}/submit/                  302 404 404 404 404 404 404 404 404 302
registration:discard     GET  /register/{draft}/discard/                 200 404 404 404 404 404 404 404 404 302
registration:discard     POST /register/{draft}/discard/                 302 404 404 404 404 404 404 404 404 302
registration:review      GET  /register/{proxy}/                         200 404 404 404 200 404 404 404 404 302
registration:submit      POST /register/{proxy}/submit/                  302 404 404 404 403 404 404 404 404 302
registration:receipt     GET  /cases/{case}/receipt/                     200 200 200 200 200 200 200 200 404 302
registration:phone       POST /cases/{case}/receipt/phone/               200 200 200 200 403 200 403 403 404 302

schedule:agenda          GET  /agenda/                                   200 200 200 200 200 200 200 200 200 302
schedule:renew           POST /agenda/renew/                             302 302 302 302 302 302 302 302 302 302
schedule:feed            GET  /agenda/{feed}.ics                         200 200 200 200 200 200 200 200 200 200
schedule:feed            GET  /agenda/{nofeed}.ics                       404 404 404 404 404 404 404 404 404 404

challenges:list          GET  /challenges/                               200 200 200 200 200 200 200 200 200 302
challenges:create        GET  /challenges/new/                           200 403 403 403 403 403 403 403 200 302
challenges:page          GET  /challenges/{challenge}/                   200 200 200 200 200 200 200 200 200 302
challenges:edit          GET  /challenges/{challenge}/edit/              200 403 403 403 403 403 403 403 403 302
challenges:advance       POST /challenges/{challenge}/advance/?approved  302 403 403 403 403 403 403 403 403 401
challenges:advance       POST /challenges/{challenge}/advance/?stopped   302 403 403 403 403 302 403 403 403 401
challenges:milestone     POST /challenges/{challenge}/milestone/?first   302 403 403 403 403 403 403 403 403 401

directory:groups         GET  /groups/                                   200 200 200 200 200 200 200 200 200 302
directory:group          GET  /groups/NET-01/                            200 200 200 200 200 200 200 200 200 302
directory:duty           POST /groups/NET-01/duty/                       403 403 422 403 403 422 403 403 403 302
directory:experts        GET  /experts/                                  200 200 200 200 200 200 200 200 200 302
directory:expert         GET  /experts/expert/                           200 200 200 200 200 200 200 200 200 302
directory:leave          GET  /experts/expert/leave/                     403 200 200 403 403 200 403 403 403 302
directory:leave          POST /experts/expert/leave/                     403 422 422 403 403 422 403 403 403 302
directory:leave          GET  /experts/leader/leave/                     403 403 200 403 403 200 403 403 403 302
directory:end_leave      POST /experts/expert/leave/end/                 403 404 404 403 403 404 403 403 403 302
directory:branches       GET  /branches/                                 200 200 200 200 200 200 200 200 200 302
directory:branch         GET  /branches/B1/                              200 200 200 200 200 200 200 200 200 302
directory:contacts       GET  /contacts/                                 200 200 200 200 200 200 200 200 200 302

roster:upload            GET  /roster/                                   403 403 403 403 403 200 403 403 403 302
roster:upload            POST /roster/                                   403 403 403 403 403 422 403 403 403 302
roster:export            POST /roster/export/                            403 403 403 403 403 200 403 403 403 302
roster:blank             GET  /roster/form.xlsx                          403 403 403 403 403 200 403 403 403 302
roster:report            GET  /roster/nothing/                           403 403 403 403 403 404 403 403 403 302
roster:apply             POST /roster/nothing/apply/                     403 403 403 403 403 404 403 403 403 302
campaign:settings        GET  /campaign/                                 403 403 403 403 403 200 403 403 403 302
campaign:change          POST /campaign/settings/                        403 403 403 403 403 422 403 403 403 302
campaign:clocks          GET  /campaign/clocks/                          403 403 403 403 403 200 403 403 403 302
campaign:clocks          POST /campaign/clocks/                          403 403 403 403 403 422 403 403 403 302
campaign:calendar        GET  /campaign/calendar/                        403 403 403 403 403 200 403 403 403 302
campaign:calendar        POST /campaign/calendar/                        403 403 403 403 403 422 403 403 403 302
journal:list             GET  /audit/                                    403 403 403 403 403 200 403 200 403 302
journal:seals            GET  /audit/seals/                              403 403 403 403 403 200 403 200 403 302
jobs:page                GET  /jobs/                                     403 403 403 403 403 200 403 403 403 302
jobs:runs                GET  /jobs/cases.sweep/                         403 403 403 403 403 200 403 403 403 302
jobs:runs                GET  /jobs/nothing/                             403 403 403 403 403 404 403 403 403 302
jobs:hurry               POST /jobs/cases.sweep/run/                     403 403 403 403 403 302 403 403 403 302
"""

INTERFACE = """
api:tokens               POST /api/v1/tokens                             422 422 422 422 422 422 422 422 422 422
api:token                DELETE /api/v1/tokens/current                   204 204 204 204 204 204 204 204 204 401
api:cases                GET  /api/v1/cases                              200 200 200 200 200 200 200 200 200 401
api:cases                POST /api/v1/cases?branch=B1                    422 403 403 403 403 403 403 403 403 401
api:case                 GET  /api/v1/cases/{case}                       200 200 200 200 200 200 200 200 404 401
api:case                 GET  /api/v1/cases/{hushed}                     200 200 200 200 404 404 404 404 404 401
api:summary              GET  /api/v1/cases/{solved}/summary             200 200 200 200 200 200 200 200 200 401
api:summary              GET  /api/v1/cases/{case}/summary               404 404 404 404 404 404 404 404 404 401
api:available_moves      GET  /api/v1/cases/{case}/available_moves       200 200 200 200 200 200 200 200 404 401
api:files                POST /api/v1/cases/{case}/files                 422 422 422 403 403 403 403 403 404 401
api:file                 GET  /api/v1/cases/{case}/files/{file}          200 200 200 200 200 200 200 200 404 401
api:table                GET  /api/v1/moves                              200 200 200 200 200 200 200 200 200 401
api:groups               GET  /api/v1/groups                             200 200 200 200 200 200 200 200 200 401
api:group                GET  /api/v1/groups/NET-01                      200 200 200 200 200 200 200 200 200 401
api:experts              GET  /api/v1/experts                            200 200 200 200 200 200 200 200 200 401
api:branches             GET  /api/v1/branches                           200 200 200 200 200 200 200 200 200 401
api:challenges           GET  /api/v1/challenges                         200 200 200 200 200 200 200 200 200 401
"""

# The moves of a case under treatment. `ok`: asked for, the form is shown; sent empty, it is done or faults are told.
UNDER_TREATMENT = """
redirect                 409 403 403 403 403 403 403 403 404
route                    403 409 403 403 403 409 403 403 404
accept                   403 409 403 403 403 403 403 403 404
log_contact              403 ok  ok  403 403 403 403 403 404
inform_group             403 409 409 403 403 403 403 403 404
plan_session             403 ok  ok  403 403 403 403 403 404
cancel_session           403 ok  403 403 403 403 403 403 404
hold_session             403 409 409 403 403 403 403 403 404
sign_opinion             403 409 409 403 403 403 403 403 404
diagnose                 403 409 409 403 403 403 403 403 404
exempt                   403 403 409 403 403 403 403 403 404
prescribe                403 ok  403 403 403 403 403 403 404
accept_prescription      409 403 403 403 403 403 403 403 404
return_prescription      409 403 403 403 403 403 403 403 404
rule_prescription        403 403 409 403 403 403 403 403 404
update_measure           ok  ok  403 403 403 403 403 403 404
follow_up                403 ok  403 403 403 403 403 403 404
give_verdict             409 403 403 403 403 403 403 403 404
rule_verdict             403 403 409 403 403 403 403 403 404
resolve                  403 409 403 403 403 403 403 403 404
sign_final_reply         403 409 403 403 403 403 403 403 404
close_form               409 403 403 403 403 403 403 403 404
decide_extraction        403 403 409 403 403 403 403 403 404
archive                  403 409 403 403 403 403 403 403 404
withdraw                 409 403 403 403 403 403 403 403 404
propose_decline          403 409 403 403 403 403 403 403 404
decline                  403 403 409 409 403 403 403 403 404
propose_unresolved       403 403 ok  403 403 403 403 403 404
close_unresolved         403 403 403 409 403 403 403 403 404
refuse_proposal          403 403 409 409 403 403 403 403 404
reopen                   409 409 409 403 403 403 403 403 404
propose_transfer         403 ok  ok  403 403 403 403 403 404
take_back_transfer       403 409 409 403 403 403 403 403 404
accept_transfer          403 403 403 403 403 403 403 403 404
refuse_transfer          403 403 403 403 403 403 403 403 404
rule_transfer            403 403 403 403 403 403 403 403 404
invite                   403 409 403 403 403 403 403 403 404
accept_invitation        403 403 403 403 403 403 403 403 404
decline_invitation       403 403 403 403 403 403 403 403 404
pause                    403 ok  ok  403 403 403 403 403 404
resume                   409 409 409 403 403 403 403 403 404
ask_on                   ok  403 403 403 403 403 403 403 404
answer_ask               403 409 409 403 403 403 403 403 404
complain                 ok  403 403 403 403 403 403 403 404
answer_complaint         403 403 403 403 403 403 403 403 404
ask_support              ok  ok  ok  403 403 403 403 403 404
answer_support           403 403 403 403 403 403 403 403 404
deny_contact             ok  403 403 403 403 403 403 403 404
attach                   ok  ok  ok  403 403 403 403 403 404
mark_sensitive           ok  ok  ok  403 403 ok  403 403 404
unmark_sensitive         403 403 409 403 403 409 403 403 404
follow                   ok  ok  ok  ok  ok  ok  ok  ok  404
unfollow                 409 409 409 409 409 409 409 409 404
"""
# fmt: on

# Not addresses of ours: the description of the interface, and its answer to every unknown address.
WITHOUT_ROW = {"api:openapi-json", "api:api-root", "api-unknown"}
# What the `?word` of a POST row stands for.
BODIES = {
    "purpose": {"purpose": ""},
    "step=1": {"step": "1", "title": "改过的题目", "version": "1"},
    "approved": {"state": "approved", "seen": "1"},
    "stopped": {"state": "stopped", "result": "条件变化，不再攻关", "seen": "1"},
    "first": {"number": "1", "done": "1", "seen": "1"},
}


def _rows(table: str) -> list[tuple[str, str, str, tuple[int, ...]]]:
    found = []
    for line in table.strip().splitlines():
        if line:
            name, method, address, *statuses = line.split()
            assert len(statuses) == len(READERS), line
            found.append((name, method, address, tuple(map(int, statuses))))
    return found


MOVE_ROWS = {line.split()[0]: line.split()[1:] for line in UNDER_TREATMENT.strip().splitlines()}
ROWS = _rows(PAGES) + _rows(INTERFACE)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def places(cast: Cast) -> dict[str, str]:
    """What the addresses of the table name: a case under treatment, a solved one, a 敏感 one, drafts, a challenge."""
    beat("w1", "web", at=NOW)  # or nothing is ready
    case, solved, hushed = cast.treated(), cast.archived(at=MONDAY - timedelta(days=14)), cast.contacted()
    cast.take(hushed, "mark_sensitive", "requester", NOW, reason="涉及个人")
    starts = (NOW + timedelta(days=1)).isoformat()
    cast.take(
        case, "plan_session", "expert", NOW, mode="online", starts_at=starts, minutes=60, people=["mate", "requester"]
    )
    case = Case.objects.get(pk=case.pk)
    file = actions.attach(case, by=cast.requester, at=NOW, name="a.pdf", content=BytesIO(b"%PDF-1.7"))
    values = cast.values(title="另一个完整的草稿")
    draft = actions.start_draft(cast.branch, by=cast.requester, at=NOW, values=values)
    proxy = actions.start_draft(cast.branch, by=cast.clerk, at=NOW, values=values, source="proxy")
    actions.hand_draft(proxy, by=cast.clerk, at=NOW)
    challenge = create_challenge(
        cast.branch, by=cast.requester, at=NOW, title="宿舍负荷降到七成", background="晚高峰拥塞已经三个月了",
        indicator="负荷", indicator_unit="%", baseline=Decimal(92), goal=Decimal(70), kind="technology",
        milestones=[{"what": "完成摸底", "on": "2026-06-30"}],
    )  # fmt: skip
    feed = feed_token(renew_feed(cast.requester, at=NOW))
    return {
        "case": case.code, "solved": solved.code, "hushed": hushed.code, "file": str(file.key), "draft": str(draft.key),
        "session": str(case.sessions.get().key), "proxy": str(proxy.key), "challenge": challenge.code,
        "feed": feed, "nofeed": f"{cast.requester.pk}.nothing",
    }  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """What happens here leaves no trace."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _enter(cast: Cast, who: str, address: str) -> Client:
    if who == "nobody":
        return Client()
    if address.startswith("/api/"):
        return Client(headers={"authorization": f"Bearer {issue_token(cast.users[who], at=NOW)}"})
    client = Client()
    client.force_login(cast.users[who], backend=BACKEND)
    return client


def _ask(client: Client, method: str, address: str) -> int:
    answer = _answer(client, method, address)
    if answer.streaming:
        list(answer.streaming_content)  # read to its end a file is closed
    return int(answer.status_code)


def _answer(client: Client, method: str, address: str) -> Any:
    bare, _mark, word = address.partition("?")
    if method == "GET":
        return client.get(address)
    if bare.endswith("/files"):
        return client.post(bare)
    if bare.startswith("/api/"):
        body = json.dumps({"branch": "B1"} if word else {})
        return client.generic(method, bare, body, content_type="application/json")
    return client.post(bare, BODIES.get(word, {}))


def _line(name: str, method: str, address: str, statuses: Iterable[int | str]) -> str:
    return f"{name:24} {method:4} {address:41} {' '.join(map(str, statuses))}"


@pytest.mark.parametrize("table", [PAGES, INTERFACE], ids=["pages", "interface"])
def test_addresses_answer_each_role_as_they_must(cast: Cast, places: dict[str, str], table: str) -> None:
    found = []
    for name, method, address, _statuses in _rows(table):
        statuses = []
        for who in READERS:
            with undone():
                filled = address.format(**places)
                statuses.append(_ask(_enter(cast, who, filled), method, filled))
        found.append(_line(name, method, address, statuses))
    expected = [_line(*row) for row in _rows(table)]
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == [], "found, expected"


@pytest.mark.parametrize("way", ["GET", "POST", "API"])
def test_moves_answer_each_role_as_they_must(cast: Cast, places: dict[str, str], way: str) -> None:
    """The same table for the form, its sending and the interface."""
    names = [name for name in MOVE_ROWS if (name, way) != ("attach", "API")]  # its door in the interface is /files
    base = f"/api/v1/cases/{places['case']}/moves/" if way == "API" else f"/cases/{places['case']}/"
    found: dict[str, list[str]] = {name: [] for name in names}
    for role in ROLES:
        client = _enter(cast, role, base)
        for name in names:
            with undone():
                found[name].append(_taken(client, way, base, name))
    assert found == {name: MOVE_ROWS[name] for name in names}


def _taken(client: Client, way: str, base: str, name: str) -> str:
    if way == "API":
        answer = client.generic("POST", f"{base}{name}", "{}", content_type="application/json")
    else:
        answer = client.get(f"{base}{name}/") if way == "GET" else client.post(f"{base}{name}/")
    return "ok" if answer.status_code in ({200} if way == "GET" else {200, 302, 422}) else str(answer.status_code)


@pytest.mark.parametrize("way", ["page", "interface"])
def test_moves_of_nobody_are_sent_to_the_door(cast: Cast, places: dict[str, str], way: str) -> None:
    for name in MOVE_ROWS:
        address = (
            f"/cases/{places['case']}/{name}/" if way == "page" else f"/api/v1/cases/{places['case']}/moves/{name}"
        )
        if (way, name) != ("interface", "attach"):
            assert Client().post(address).status_code == (302 if way == "page" else 401), name


def _routes(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join([*spaces, one.name or str(one.pattern)])
        else:
            yield from _routes(one, (*spaces, one.namespace) if one.namespace else spaces)


def test_every_address_has_its_row() -> None:
    routes = set(_routes(get_resolver()))
    of_moves = {f"case:{name}" for name in MOVE_ROWS} | {f"api:{name}" for name in MOVE_ROWS if name != "attach"}
    rows = {name for name, *_rest in ROWS} | of_moves
    assert routes - rows - WITHOUT_ROW == set(), "addresses without a row"
    assert rows - routes == set(), "rows without an address"
    assert list(MOVE_ROWS) == list(MOVES)


def test_rows_name_their_addresses() -> None:
    named = dict.fromkeys(("file", "draft", "session", "proxy"), str(uuid4()))
    plain = dict.fromkeys(("case", "solved", "hushed", "challenge", "feed", "nofeed"), "HZ26-00001")
    for name, _method, address, _statuses in ROWS:
        assert resolve(address.partition("?")[0].format(**named, **plain)).view_name == name
