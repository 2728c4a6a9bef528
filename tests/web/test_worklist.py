"""工作清单 in the browser: the table and its columns, words beside a case, lists that go out and come back, what a leader signs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from huizhen.cases.models import Case
from huizhen.journal.models import Entry
from huizhen.reports import jobs
from huizhen.reports.actions import worklist as actions
from huizhen.reports.models import ColumnSet, Export, Note
from tests.books import table
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit

NOW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def heads(page: Any) -> list[str]:
    return [" ".join(one.text.split()) for one in page.all("th", scope="col")]


def test_page_shows_the_columns_asked_for_and_remembers_them(cast: Cast, django_assert_num_queries: Any) -> None:
    cases = [cast.treated(), cast.contacted(title="另一题在这里", urgency="urgent", urgency_reason="急")]
    client = visit(cast.leader)
    page = parsed(client.get("/worklist/"))
    assert heads(page)[1:] == [
        "时钟",
        "情况",
        "首问专家",
        "问诊单位",
        "挂号时间",
        "当前进展",
        "存在问题及需协调事项",
        "备注",
    ]
    told = page.all("main")[0].text
    assert "执行中，举措完成 0/2" in told
    chosen = parsed(client.get("/worklist/?scope=group&c=requester&c=remark&urgency=urgent&from=2026-03-02"))
    assert heads(chosen)[3:] == ["问诊人及联系方式", "备注"]
    told = chosen.all("main")[0].text
    assert "另一题在这里" in told
    assert cases[0].title not in told
    phone = cases[0].requester.phone
    assert f"{phone[:3]}****{phone[-4:]}" in told
    assert phone not in told
    assert client.get("/worklist/")["Location"].endswith(
        "/worklist/?scope=group&urgency=urgent&from=2026-03-02&columns=requester+remark"
    )
    assert heads(parsed(visit(cast.liaison).get("/worklist/?set=all")))[3:][:3] == ["专家团", "团长", "领域"]
    closed = parsed(visit(cast.viewer).get("/worklist/?scope=all&closed=1"))
    assert "现在没有病例" in closed.all("main")[0].text
    for strange in ("?scope=group&set=x&from=x&to=9999-12-31", "?scope=group&after=x&before=1.1&c=x"):
        assert client.get(f"/worklist/{strange}").status_code == 200
    assert client.get("/worklist/?scope=all").status_code == 404

    every = "/worklist/?scope=all&set=all"
    reader = visit(cast.coordinator)
    reader.get(every)
    with django_assert_num_queries(29):
        reader.get(every)
    cast.contacted(title="第三题在这里", at=MONDAY + timedelta(hours=3))
    with django_assert_num_queries(29):
        reader.get(every)


def test_columns_are_kept_under_a_name(cast: Cast) -> None:
    client = visit(cast.leader)
    query = "scope=group&columns=requester+remark"
    assert "保存这些列" in parsed(client.get(f"/worklist/?{query}")).all("main")[0].text
    assert client.post("/worklist/columns/", {"name": "例会用", "query": query})["Location"] == f"/worklist/?{query}"
    kept = ColumnSet.objects.get()
    page = parsed(client.get(f"/worklist/?{query}"))
    assert [one.text.strip() for one in page.all("a") if one.attributes.get("aria-current")][-1] == "例会用"
    assert "保存这些列" not in page.all("main")[0].text
    client.post("/worklist/columns/", {"name": "", "query": query})
    assert "这一项要填" in client.get("/worklist/", follow=True).content.decode()
    assert visit(cast.expert).post(f"/worklist/columns/{kept.key}/drop/").status_code == 404
    client.post(f"/worklist/columns/{kept.key}/drop/", {"query": query})
    assert not ColumnSet.objects.exists()


def test_words_are_written_beside_a_case_by_those_who_carry_it(cast: Cast) -> None:
    case = cast.treated()
    address = f"/worklist/{case.code}/note/"
    client = visit(cast.leader)
    form = parsed(client.get(address))
    assert form.all("input", name="seen")[0].attributes["value"] == "0"
    assert "不写就显示“执行中，举措完成 0/2”。" in form.all("main")[0].text
    told = {"progress": "已均衡\r\n等扩容，电话15412345678", "trouble": "=缺设备", "remark": "", "seen": "0"}
    for _ in range(2):  # a double click
        assert client.post(address, told).status_code == 302
    note = Note.objects.get()
    assert (note.progress, note.trouble, note.version) == ("已均衡\n等扩容，电话154****5678", "=缺设备", 1)
    entry = Entry.objects.get(verb="note_written")
    assert entry.data["fields"] == ["progress", "trouble"]
    assert "均衡" not in str(entry.data)
    page = client.get("/worklist/").content.decode()
    assert "等扩容" in page

    # Somebody was faster: what she typed stays beside what is there now, and saving again puts hers in its place.
    other = visit(cast.requester)
    stale = other.post(address, {"progress": "支部已装机", "seen": "0"})
    assert stale.status_code == 409
    shown = parsed(stale)
    assert shown.all("input", name="seen")[0].attributes["value"] == "1"
    for words in ("这一例刚有人写过", "等扩容", "支部已装机"):
        assert words in shown.all("main")[0].text
    assert other.post(address, {"progress": "支部已装机", "trouble": "=缺设备", "seen": "1"}).status_code == 302
    assert (Note.objects.get().progress, Note.objects.get().version) == ("支部已装机", 2)

    assert client.post(address, {"progress": "长" * 4001, "seen": "2"}).status_code == 422
    assert client.post(address, {"progress": "x", "seen": "-1"}).status_code == 422
    for who in ("liaison", "coordinator", "mate"):
        assert visit(cast.users[who]).post(address, {"progress": "x", "seen": "2"}).status_code == 403
    assert visit(cast.outsider).get(address).status_code == 404
    story = parsed(client.get(f"/cases/{case.code}/")).all("main")[0].text
    assert "填写工作清单" in story


def test_short_list_is_downloaded_and_a_long_one_fetched(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cast.contacted()
    client = visit(cast.leader)
    form = {"query": "scope=group&set=care", "purpose": "例会材料", "columns": "shown", "key": str(uuid4())}
    answer = client.post("/worklist/export/", form)
    assert quote("工作清单-2026-03-03.xlsx") in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert (rows[0][:3], rows[1][0]) == (["挂号编号", "破题项目", "紧急程度"], case.code)
    client.post("/worklist/export/", {**form, "purpose": " "})
    assert "请写明用途" in client.get("/worklist/", follow=True).content.decode()
    assert "例会材料" in client.get("/worklist/exports/").content.decode()

    monkeypatch.setattr(actions, "AT_ONCE", 0)
    form |= {"query": "scope=group&set=all", "columns": "all", "both": "1", "contacts": "1", "key": "nonsense"}
    assert client.post("/worklist/export/", form)["Location"] == "/worklist/exports/"
    waiting = parsed(client.get("/worklist/exports/"))
    assert waiting.all("progress")
    assert "every 2s" in waiting.all("div", id="outcome")[0].attributes["hx-trigger"]
    made = Export.objects.get(state="waiting")
    address = f"/worklist/exports/{made.key}/file.xlsx"
    assert client.get(address).status_code == 409
    jobs.write_worklists(NOW)
    done = client.get(address)
    content = b"".join(done.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert case.requester.phone in rows[1][9]
    assert "含完整电话" in client.get("/worklist/exports/").content.decode()
    assert visit(cast.expert).get(address).status_code == 404
    assert Case.objects.count() == 1


def handed_in(client: Client, rows: list[dict[str, str]], name: str = "填好.xlsx") -> Any:
    content = table(rows, list(rows[0]), (), "工作清单")
    return client.post("/worklist/import/", {"file": SimpleUploadedFile(name, content)})


def taken_out(client: Client) -> list[dict[str, str]]:
    form = {"query": "scope=group", "purpose": "例会材料", "columns": "all"}
    content = client.post("/worklist/export/", form).content
    head, *body = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), map(str, row), strict=True)) for row in body]


def test_filled_in_list_is_looked_at_and_confirmed(cast: Cast) -> None:
    case = cast.treated()
    client = visit(cast.leader)
    rows = taken_out(client)
    rows[0] |= {"备注": "<b>新备注</b>", "破题项目": "改了题目"}
    wrong = handed_in(client, [*rows, rows[0] | {"挂号编号": "HZ26-99999"}])["Location"]
    told = " ".join(parsed(client.get(wrong)).all("main")[0].text.split())
    for words in ("没有“HZ26-99999”这一例", "整份都不写入", "不会改动", "破题项目"):
        assert words in told
    assert client.post(f"{wrong}confirm/").status_code == 409
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{wrong}faults.xlsx").content)).get_sheet_by_index(0)
    assert "没有“HZ26-99999”这一例" in str(sheet.to_python()[2][-1])
    client.post(f"{wrong}drop/")
    assert client.get(wrong).status_code == 404

    address = handed_in(client, rows)["Location"]
    page = client.get(address).content.decode()
    assert "&lt;b&gt;新备注&lt;/b&gt;" in page
    assert "确认写入 1 例" in page
    assert visit(cast.expert).get(address).status_code == 404
    assert client.post(f"{address}check/")["Location"] == address
    for _ in range(2):  # a double click
        assert client.post(f"{address}confirm/")["Location"] == "/worklist/"
    assert Note.objects.get(case=case).version == 1
    assert "已写入 1 例" in parsed(client.get(address)).all("main")[0].text
    assert client.get(f"{address}faults.xlsx").status_code == 409
    bad = client.post("/worklist/import/", {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")})
    assert bad.status_code == 422
    assert client.post("/worklist/import/", {}).status_code == 422


def test_leader_signs_and_others_read_what_she_signed(cast: Cast, django_assert_num_queries: Any) -> None:
    case = cast.treated(at=MONDAY - timedelta(days=20))
    client, address = visit(cast.leader), f"/worklist/signed/{cast.group.code}"
    assert "没有签" in parsed(client.get("/worklist/signed/")).all("main")[0].text
    before = parsed(client.get(f"{address}/2026-02/")).all("main")[0].text
    assert "还没有签" in before
    for _ in range(2):
        assert client.post(f"{address}/2026-02/sign/").status_code == 302
    cast.contacted(title="新来的一题在这")
    client.post(f"/worklist/{case.code}/note/", {"progress": "等扩容", "seen": "0"})
    client.post(f"{address}/2026-03/sign/")
    client.post(f"/worklist/{case.code}/note/", {"progress": "扩容了", "seen": "1"})
    client.post(f"{address}/2026-03/sign/")
    reader = visit(cast.viewer)
    told = " ".join(parsed(reader.get(f"{address}/2026-03/")).all("main")[0].text.split())
    for words in ("第 2 版", "扩容了", "新增 1", "改了文字 1", "推进 0"):
        assert words in told
    assert "等扩容" in parsed(reader.get(f"{address}/2026-03/?version=1")).all("main")[0].text
    for strange in ("2026-03/?version=9", "2026-03/?version=x", "2026-99/", "nonsense/"):
        assert reader.get(f"{address}/{strange}").status_code == 404
    with django_assert_num_queries(16):
        reader.get(f"{address}/2026-03/")
    assert reader.post(f"{address}/2026-03/file.xlsx", {"purpose": " "})["Location"] == f"{address}/2026-03/?version=2"
    assert not Entry.objects.filter(verb="worklist_exported").exists()
    answer = reader.post(f"{address}/2026-03/file.xlsx", {"purpose": "会议材料"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == [case.code, Case.objects.latest("pk").code]
    entry = Entry.objects.get(verb="worklist_exported")
    assert (entry.data["purpose"], entry.data["count"], entry.data["scope"]) == ("会议材料", 2, "snapshot")
    # What was signed can be filled in as well, as long as nobody wrote since.
    rows[1][-2] = "新备注"
    kept = handed_in(client, [dict(zip(rows[0], row, strict=True)) for row in rows[1:]])["Location"]
    assert "确认写入 1 例" in client.get(kept).content.decode()
