"""The roster's import in the browser: upload, dry run, confirm; and the way out again."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huizhen.directory.models import Membership, Person, RosterUpload
from huizhen.directory.queries import current_campaign
from huizhen.directory.sheets import UPLOAD_MOST, write_roster
from huizhen.journal.models import Entry
from tests.cast import MONDAY, ROLES, Cast
from tests.directory.files import roster
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("_monday")


@pytest.fixture
def _monday() -> Any:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


def seat(name: str, role: str, **more: str) -> dict[str, str]:
    return {
        "领域": "网络运维", "专家团": "无线网络优化专家团", "专家团编号": "NET-01", "姓名": name, "单位": "网络部", "角色": role,
    } | more  # fmt: skip


def upload(client: Client, content: bytes, name: str = "附件1.xlsx") -> Any:
    return client.post("/roster/", {"file": SimpleUploadedFile(name, content)})


def digest_on(client: Client, address: str) -> str:
    return parsed(client.get(address)).all("input", name="digest")[0].attributes["value"]


@pytest.mark.parametrize("role", [one for one in ROLES if one != "coordinator"])
def test_roster_is_head_offices_alone(cast: Cast, role: str) -> None:
    client = visit(cast.users[role])
    assert client.get("/roster/").status_code == 403
    assert client.get("/roster/form.xlsx").status_code == 403
    assert client.post("/roster/export/").status_code == 403
    assert upload(client, roster([])).status_code == 403
    assert not RosterUpload.objects.exists()


def test_dry_run_changes_nothing_and_confirming_does_it(cast: Cast) -> None:
    client = visit(cast.coordinator)
    content = roster([seat("顾知微", "成员", 专业特长="容量"), seat("新来的", "成员", 手机="15411112222")])
    address = upload(client, content)["Location"]
    text = client.get(address).content.decode()
    for words in ("新来的", "专业特长", "容量", "文件里没写到的人", "石知和", "还没有写入任何内容"):
        assert words in text
    assert not Person.objects.filter(name="新来的").exists()
    answer = client.post(f"{address}apply/", {"digest": digest_on(client, address), "remove": ["expert"]})
    assert answer["Location"] == "/roster/"
    assert Person.objects.get(name="新来的").phone == "15411112222"
    assert Person.objects.get(code="mate").specialities == "容量"
    gone = Membership.objects.get(person__code="expert")
    assert gone.until is not None
    assert "已导入：新增 1 人次，修改 1 人次，移出 1 人，新建 0 个团。" in client.get("/roster/").content.decode()
    assert Entry.objects.filter(verb="roster_imported").count() == 1
    assert client.get(address).status_code == 404


def test_leader_whom_the_file_replaces_stands_in_the_report(cast: Cast) -> None:
    client = visit(cast.coordinator)
    address = upload(client, roster([seat("测试新团长", "团长")]))["Location"]
    page = parsed(client.get(address))
    rows = ["".join(one.text.split()) for one in page.all("tr")]
    old = Membership.objects.get(group__code="NET-01", role="leader", until=None).person
    assert f"—{old.name}角色团长成员无线网络优化专家团：文件另写了团长" in rows
    client.post(f"{address}apply/", {"digest": digest_on(client, address)})
    assert "已导入：新增 1 人次，修改 1 人次，移出 0 人" in client.get("/roster/").content.decode()
    assert Membership.objects.get(person=old, until=None).role == "member"


def test_rejected_rows_name_row_column_and_reason_and_block_the_import(cast: Cast) -> None:
    client = visit(cast.coordinator)
    address = upload(client, roster([seat("甲", "成员", 单位="月球公司"), seat("乙", "团长"), seat("丙", "团长")]))[
        "Location"
    ]
    page = parsed(client.get(address))
    rows = [one.text.strip() for one in page.all("tr")]
    assert any(row.startswith("2") and "单位" in row and "没有“月球公司”这个单位。" in row for row in rows)
    assert any(row.startswith("4") and "第 3 行已是这个团的团长。" in row for row in rows)
    assert "确认导入" not in page.text
    answer = client.post(f"{address}apply/", {"digest": digest_on(client, address)})
    assert answer.status_code == 409
    assert "还有" in answer.content.decode()


def test_roster_that_changed_meanwhile_is_refused(cast: Cast) -> None:
    client = visit(cast.coordinator)
    address = upload(client, roster([seat("新来的", "成员")]))["Location"]
    digest = digest_on(client, address)
    Membership.objects.filter(person__code="mate").delete()
    answer = client.post(f"{address}apply/", {"digest": digest})
    assert answer.status_code == 409
    assert "名册在核对之后变过" in answer.content.decode()


def test_somebody_elses_upload_is_not_found(cast: Cast) -> None:
    address = upload(visit(cast.coordinator), roster([seat("新来的", "成员")]))["Location"]
    RosterUpload.objects.update(by=cast.auditor)
    assert visit(cast.coordinator).get(address).status_code == 404


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "文件是空的"),
        (b"not a workbook", "这不是 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "旧版 .xls"),
        (roster([seat("甲", "成员")])[:400], "损坏"),
        (roster([]), "表头下面没有一行内容"),
        (b"0" * (UPLOAD_MOST + 1), "超过 20 MB"),
    ],
    ids=["empty", "text", "old", "cut", "no rows", "large"],
)
def test_bad_files_are_refused_beside_the_field(cast: Cast, content: bytes, words: str) -> None:
    answer = upload(visit(cast.coordinator), content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RosterUpload.objects.exists()


def test_missing_file_is_said(cast: Cast) -> None:
    answer = visit(cast.coordinator).post("/roster/", {})
    assert answer.status_code == 422
    assert "这一项要填。" in answer.content.decode()


def test_hostile_names_are_shown_as_text(cast: Cast) -> None:
    client = visit(cast.coordinator)
    address = upload(client, roster([seat("<script>alert(1)</script>", "成员")]), "<b>附件\u202e.xlsx")["Location"]
    text = client.get(address).content.decode()
    assert "<script>alert" not in text
    assert "<b>附件" not in text


def test_export_comes_back_without_a_change(cast: Cast) -> None:
    client = visit(cast.coordinator)
    assert client.get("/roster/export/").status_code == 405
    answer = client.post("/roster/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="roster-2026-03-02.xlsx"'
    assert Entry.objects.filter(verb="roster_exported").count() == 1
    address = upload(client, answer.content)["Location"]
    text = client.get(address).content.decode()
    assert "这份文件和现在的名册一样" in text
    assert "确认导入" not in text


def test_blank_form_has_the_headers_and_no_rows(cast: Cast) -> None:
    content = visit(cast.coordinator).get("/roster/form.xlsx").content
    assert "表头下面没有一行内容" in upload(visit(cast.coordinator), content).content.decode()


def test_page_of_many_rows_shows_the_first_ones(cast: Cast) -> None:
    client = visit(cast.coordinator)
    address = upload(client, roster([seat(f"新人{n:03d}", "成员") for n in range(310)]))["Location"]
    text = client.get(address).content.decode()
    assert "列出前 300 行" in text
    assert text.count("新人") == 300


@pytest.mark.parametrize("count", [1, 3])
def test_report_costs_the_same_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    client = visit(cast.coordinator)
    address = upload(client, roster([seat(f"新人{n}", "成员") for n in range(count)]))["Location"]
    with django_assert_num_queries(15):
        assert client.get(address).status_code == 200


def test_export_equals_the_sheet_of_the_day(cast: Cast) -> None:
    campaign = current_campaign()
    assert campaign is not None
    assert io.BytesIO(write_roster(campaign, on=MONDAY.date())).read(2) == b"PK"
