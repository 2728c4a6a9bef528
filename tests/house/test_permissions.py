"""Who may open which address: the tables of `rights` for pages and interface. An address without a row fails, and so does a row without an
address.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from python_calamine import CalamineWorkbook

from huizhen.accounts.actions import issue_token, renew_feed
from huizhen.accounts.queries import feed_token
from huizhen.cases import actions
from huizhen.cases.lifecycle import MOVES
from huizhen.cases.models import Case, Flag, Session
from huizhen.challenges.actions import create_challenge
from huizhen.directory.queries import standing
from huizhen.methods.actions.clinics import Pick, hold_clinic, plan_clinic
from huizhen.methods.actions.reuse import adopt
from huizhen.methods.actions.writing import extract
from huizhen.methods.models import Clinic, Method
from huizhen.notifications.models import Delivery, Endpoint, Message
from huizhen.reports import jobs
from huizhen.reports.actions.filled import keep_filled
from huizhen.reports.actions.monthly import save_words, send_report
from huizhen.reports.actions.rounds import make_round, suggest
from huizhen.reports.actions.worklist import save_columns
from huizhen.reports.models import Export, FilledList, MonthlyReport, Story
from huizhen.reports.queries.stories import digest_of, words_of
from huizhen.reports.queries.worklist import Asked
from huizhen.reports.sheets.worklist import write
from huizhen.schedules.actions import beat
from huizhen.search.models import Synonym
from tests.books import table
from tests.cases.worklists import BARE, FULL, worklist
from tests.cast import MONDAY, ROLES, Cast
from tests.house.rights import BODIES, INTERFACE, PAGES, UNDER_TREATMENT, WITHOUT_ROW
from tests.reports.bulletins import bulletins
from tests.visits import visit

NOW = MONDAY + timedelta(hours=4)
READERS = (*ROLES, "nobody")


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
    flag = Flag.objects.create(
        case=case, person=cast.person("expert"), group=cast.group, kind="overdue", occurrence="x", at=NOW,
        facts={"clock": "session", "start": NOW.isoformat(), "due": NOW.isoformat()},
    )  # fmt: skip
    feed = feed_token(renew_feed(cast.requester, at=NOW))
    message = Message.objects.create(
        person=cast.person("requester"), txn="t", event="system", verb="posted", target_type="directory.person",
        target_id=cast.person("requester").pk, at=NOW,
    )  # fmt: skip
    robot = Endpoint.objects.create(
        kind="webhook", name="网络团", scope="group", group=cast.group, address="https://127.0.0.1/", secret="s" * 16,
        created_at=NOW,
    )  # fmt: skip
    digest = Message.objects.create(
        person=cast.person("leader"), txn="digest:2026-W10", event="digest", verb="digest", at=NOW, read_at=NOW,
        data={"open": 3, "late": 1, "registered": 2, "resolved": 0, "place": "", "situations": []},
    )  # fmt: skip
    kept = actions.save_filter(cast.person("requester"), name="超时", query="scope=branch&overdue=1", at=NOW)
    delivery = Delivery.objects.create(
        message=message, channel="mail", txn="t", event="system", verb="posted", at=NOW, not_before=NOW, state="failed"
    )
    asked = {"minutes": 60, "people": [cast.person("mate")], "place": "三楼会议室", "title": "三月病例讨论会"}

    def planned(starts: datetime, at: datetime) -> Clinic:
        return plan_clinic(
            cast.group.domain, by=cast.leader, at=at, key=uuid4(), starts_at=starts, picks=[Pick(case.code)], **asked
        )

    clinic = planned(NOW + timedelta(days=2), NOW)
    begun, held = (planned(NOW - timedelta(minutes=30), NOW - timedelta(hours=1)) for _ in range(2))
    hold_clinic(held, by=cast.leader, at=NOW, minutes="都说清楚了", came={"mate"}, learned={}, takes={})
    expert = cast.person("expert")
    pictured = Method.objects.create(
        code="GF26-00901", domain=cast.group.domain, group=cast.group, owner=expert, created_at=NOW, looked_at=NOW
    )
    pictured.versions.create(number=1, by=expert, created_at=NOW, saved_at=NOW)
    picture = pictured.pictures.create(kind="png", content=b"", width=1, height=1, by=expert, at=NOW)
    earlier = actions.keep_import(content=worklist([BARE, FULL]), name="清单.xlsx", by=cast.clerk, at=NOW)
    (stamp,) = make_round([case], by=cast.leader, at=NOW)
    suggestion = suggest(cast.group, by=cast.leader, at=NOW, to="requester", text="请先补齐三月的报表", case=case)
    columns = save_columns(cast.person("leader"), name="例会用", columns=["progress"], at=NOW)
    export = Export.objects.create(by=cast.viewer, purpose="会议材料", at=NOW)
    jobs.monthly(NOW - timedelta(days=28))
    jobs.monthly(NOW)
    unsent, monthly = (MonthlyReport.objects.get(code=f"YB260{month}-FS") for month in (2, 3))
    save_words(monthly, {"overall": "各支部按计划问诊。"}, by=cast.clerk, at=NOW, seen=None)
    send_report(monthly, by=cast.clerk, at=NOW, key=uuid4())
    return {
        "unsent": unsent.code, "sent": monthly.code,
        "columns": str(columns.key), "filled": str(_filled(cast).key), "export": str(export.key),
        "stamp": str(stamp.batch), "suggestion": str(suggestion.key), **_tales(cast, case, solved),
        "synonym": Synonym.objects.earliest("pk").code, "pictured": pictured.code, "picture": str(picture.key),
        "clinic": clinic.code, "begun": begun.code, "held": held.code,
        "case": case.code, "solved": solved.code, "hushed": hushed.code, "file": str(file.key), "draft": str(draft.key),
        "robot": str(robot.pk), "session": str(case.sessions.get().key), "met": _met(cast, solved),
        "proxy": str(proxy.key), "challenge": challenge.code,
        "flag": str(flag.key), "message": str(message.pk), "delivery": str(delivery.key), "digest": str(digest.pk), "filter": str(kept.key),
        **bulletins(cast),
        "writing": extract(solved, by=cast.leader, at=NOW).code, "reviewed": _reviewed(cast).code, "trial": _trial(cast),
        "import": str(earlier.key),
        "feed": feed, "nofeed": f"{cast.requester.pk}.nothing",
    }  # fmt: skip


def _tales(cast: Cast, case: Case, solved: Case) -> dict[str, str]:
    """A story being written, and one that is out with its branch's consent."""
    leader = cast.person("leader")
    rows = [
        Story.objects.create(
            code=code,
            case=one,
            state=state,
            title="晚高峰不再卡",
            by=leader,
            created_at=NOW,
            saved_at=NOW,
            published_at=out,
        )
        for code, one, state, out in (("XC26-0901", case, "draft", None), ("XC26-0902", solved, "published", NOW))
    ]
    photo = rows[1].pictures.create(kind="png", content=b"", small=b"", width=1, height=1, by=leader, at=NOW)
    words = words_of(rows[1], [photo])
    rows[1].consents.create(words=words, digest=digest_of(words), asked_by=leader, asked_at=NOW, state="agreed")
    return {"tale": rows[0].code, "shown": rows[1].code, "photo": str(photo.key)}


def _filled(cast: Cast) -> FilledList:
    """The work list of the leader's group, filled in and handed back."""
    file = BytesIO()
    write(standing(cast.leader, on=NOW.date()), Asked("group"), file, at=NOW)
    head, *body = CalamineWorkbook.from_filelike(BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    rows = [dict(zip(map(str, head), row, strict=True)) | {"备注": "填好了"} for row in body]
    return keep_filled(content=table(rows, list(rows[0]), (), "清单"), name="清单.xlsx", by=cast.leader, at=NOW)


def _met(cast: Cast, case: Case) -> str:
    """A session of the case that was held."""
    expert = cast.person("expert")
    made = Session.objects.create(
        case=case, round=1, mode="online", starts_at=MONDAY, ends_at=MONDAY, state="held", by=expert, logged_at=MONDAY
    )
    made.attendances.create(person=expert, is_expert=True, came=True)
    return str(made.key)


def _trial(cast: Cast) -> str:
    """The branch tries the published method."""
    return str(adopt(Method.objects.get(code="GF26-0900"), cast.branch, by=cast.requester, at=NOW).key)


def _reviewed(cast: Cast) -> Method:
    """A published method whose second version waits for its review."""
    leader, told = cast.person("leader"), {"name": "负荷两步法", "meaning": "先均衡再扩容"}
    method = Method.objects.create(
        code="GF26-0900", domain=cast.group.domain, group=cast.group, owner=leader, evidence="reviewed", created_at=NOW,
        looked_at=NOW, published_at=NOW, **told,
    )  # fmt: skip
    for number, state in ((1, "published"), (2, "in_review")):
        one = method.versions.create(number=number, state=state, by=leader, created_at=NOW, saved_at=NOW, **told)
        one.writers.add(leader)
    return method


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
    return visit(cast.users[who])


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


WAYS = ("GET", "POST", "API")


def _asks(role: str, name: str, way: str) -> bool:
    """Each cell is asked for one way, in turns, so that every move and every role meets every way; what is open, all three ways."""
    if (name, way) == ("attach", "API"):
        return False  # its door in the interface is /files
    turn = (ROLES.index(role) + list(MOVE_ROWS).index(name)) % (2 if name == "attach" else 3)
    return MOVE_ROWS[name][ROLES.index(role)] == "ok" or WAYS[turn] == way


@pytest.mark.parametrize("way", WAYS)
def test_moves_answer_each_role_as_they_must(cast: Cast, places: dict[str, str], way: str) -> None:
    """The same table for the form, its sending and the interface: together the three tests ask for every cell of it."""
    base = f"/api/v1/cases/{places['case']}/moves/" if way == "API" else f"/cases/{places['case']}/"
    wrong = []
    for column, role in enumerate(ROLES):
        client = _enter(cast, role, base)
        for name in (name for name in MOVE_ROWS if _asks(role, name, way)):
            with undone():
                found = _taken(client, way, base, name)
            if found != MOVE_ROWS[name][column]:
                wrong.append(f"{name} {role}: {found}, not {MOVE_ROWS[name][column]}")
    assert wrong == []


def test_every_cell_of_the_moves_is_asked_for() -> None:
    for name, row in MOVE_ROWS.items():
        assert len(row) == len(ROLES), name
        for way in WAYS:
            assert (name, way) == ("attach", "API") or any(_asks(role, name, way) for role in ROLES), (name, way)
        for role in ROLES:
            assert any(_asks(role, name, way) for way in WAYS), (name, role)


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
    named = dict.fromkeys(
        (
            "file",
            "draft",
            "session",
            "met",
            "proxy",
            "delivery",
            "flag",
            "filter",
            "picture",
            "trial",
            "stamp",
            "suggestion",
            "photo",
            "columns",
            "filled",
            "export",
            "pdf",
        ),
        str(uuid4()),
    )
    plain = dict.fromkeys(
        (
            "case",
            "solved",
            "hushed",
            "challenge",
            "feed",
            "nofeed",
            "pictured",
            "writing",
            "reviewed",
            "synonym",
            "clinic",
            "begun",
            "held",
            "tale",
            "shown",
            "bulletin",
            "issued",
            "sent",
            "unsent",
        ),
        "HZ26-00001",
    )
    plain |= {"import": str(uuid4()), "message": "1", "digest": "1", "robot": "1"}
    for name, _method, address, _statuses in ROWS:
        assert resolve(address.partition("?")[0].format(**named, **plain)).view_name == name
