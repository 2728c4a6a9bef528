"""The import of earlier cases in the browser: upload, choose, confirm, what is wrong as a file, taken back; the case afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from huizhen.cases.actions import importing
from huizhen.cases.jobs import write_imports
from huizhen.cases.models import Case, Import
from huizhen.config.cli import main
from huizhen.directory.queries import standing
from huizhen.methods.models import Method
from huizhen.methods.queries.writing import ahead
from tests.cases.worklists import FULL, row, worklist
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


def upload(client: Client, content: bytes, name: str = "2025年清单.xlsx") -> Any:
    return client.post("/imports/", {"file": SimpleUploadedFile(name, content)})


def text_of(client: Client, address: str) -> str:
    return " ".join(parsed(client.get(address)).all("main")[0].text.split())


def confirmed(client: Client, address: str) -> Any:
    digest = parsed(client.get(address)).all("input", name="digest")[0].attributes["value"]
    return client.post(f"{address}confirm/", {"digest": digest})


def test_list_is_checked_chosen_confirmed_and_taken_back(cast: Cast) -> None:
    client = visit(cast.coordinator)
    rows = [FULL, row(挂号编号="b", 问诊单位="", 党支部="湛江分公司网络维护党支部", 破题项目="名称对不上的一题")]
    address = upload(client, worklist(rows))["Location"]
    told = text_of(client, address)
    for words in (
        "还没有写入任何内容",
        "湛江分公司网络维护党支部",
        "请在上面选是哪一个",
        "有 2 处日期没有写年份，按 2025 年记",
    ):
        assert words in told
    page = parsed(client.get(address))
    hidden = {one.attributes.get("name", ""): one.attributes.get("value", "") for one in page.all("input")}
    given = {name: value for name, value in hidden.items() if name.startswith(("kind-", "given-"))}
    assert client.post(f"{address}answer/", {**given, "code-0": "B2"})["Location"] == address
    assert "确认导入 2 例" in text_of(client, address)
    assert not Case.objects.exists()
    assert confirmed(client, address)["Location"] == address
    done = text_of(client, address)
    assert "已导入 2 例。" in done
    assert "原编号 2025-017" in done

    case = Case.objects.get(title=FULL["破题项目"])
    shown = text_of(client, f"/cases/{case.code}/")
    for words in (
        "历史病例",
        "原编号 2025-017",
        "由历史清单导入",
        "诊断：1.小区容量不足；2.未做负荷均衡",
        "154****5678",
        "四步均衡法",
    ):
        assert words in shown
    assert "15412345678" not in shown
    assert "曾维舟" not in text_of(visit(cast.outsider), f"/cases/{case.code}/summary/")
    assert visit(cast.outsider).get(f"/cases/{case.code}/").status_code == 404

    assert "已在这里第 2 行2025-017佛山分公司网络部党支部" in text_of(
        client, upload(client, worklist([FULL]))["Location"]
    )
    assert client.post(f"{address}take_back/")["Location"] == address
    assert "已整份撤回。" in text_of(client, address)
    assert not Case.objects.exists()
    assert client.post(f"{address}answer/").status_code == 409


def test_long_list_shows_how_far_it_is_and_its_rows_by_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without JavaScript the page is loaded again: it says how far the work is, and then what came of it."""
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    client = visit(cast.coordinator)
    rows = [row(挂号编号=f"n{at}", 破题项目=f"第{at}题在这里") for at in range(104)]
    address = upload(client, worklist([*rows, row(挂号时间="某天")]))["Location"]
    waiting = parsed(client.get(address))
    assert waiting.all("progress")[0].attributes["max"] == "105"
    assert "every 2s" in waiting.all("div", id="outcome")[0].attributes["hx-trigger"]
    assert "正在逐行核对0 / 105" in text_of(client, address)
    assert client.get(f"{address}faults.xlsx").status_code == 409

    write_imports(timezone.now())
    told = text_of(client, address)
    assert "全部 105不收 1新病例 104" in told
    assert told.index("看不出是哪一天") < told.index("第0题在这里")
    (more,) = parsed(client.get(address)).all("a", rel="next")
    assert "第103题在这里" in text_of(client, address + more.attributes["href"])
    assert "第0题在这里" not in text_of(client, f"{address}?only=rejected")
    assert client.get(f"{address}?only=x&after=9.x").status_code == 200

    address = upload(client, worklist(rows[:2]))["Location"]
    write_imports(timezone.now())
    confirmed(client, address)
    Import.objects.filter(state="queued").update(done=1)
    assert "正在写入1 / 2" in text_of(client, address)


def test_cases_of_a_list_and_lists_come_in_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visit(cast.coordinator)
    address = upload(client, worklist([row(挂号编号=f"n{at}", 破题项目=f"第{at}题在这里") for at in range(102)]))[
        "Location"
    ]
    confirmed(client, address)
    page = parsed(client.get(address))
    assert "第99题在这里" in page.text
    assert "第100题在这里" not in page.text
    (more,) = page.all("a", rel="next")
    last = parsed(client.get(address + more.attributes["href"]))
    assert "第101题在这里" in last.text
    assert not last.all("a", rel="next")
    first = Import.objects.get()
    Import.objects.bulk_create(
        Import(by=first.by, name=f"{n}.xlsx", content=b"", at=first.at, state="done") for n in range(20)
    )
    (more,) = parsed(client.get("/imports/")).all("a", rel="next")
    assert address in client.get("/imports/" + more.attributes["href"]).content.decode()


def test_refused_list_says_so_and_is_thrown_away(cast: Cast) -> None:
    client = visit(cast.clerk)
    address = upload(client, worklist([row(挂号时间="某天")]))["Location"]
    assert "有不收的行" in text_of(client, "/imports/")
    assert client.get(f"{address}drop/").status_code == 405
    assert client.post(f"{address}drop/")["Location"] == "/imports/"
    told = text_of(client, "/imports/")
    assert "已丢弃这份清单" in told
    assert "有不收的行" not in told
    assert client.post(f"{address}drop/").status_code == 404


def test_what_is_wrong_comes_back_as_a_file(cast: Cast) -> None:
    client = visit(cast.clerk)
    address = upload(client, worklist([row(挂号时间="某天", 备注="=1+1")]))["Location"]
    answer = client.get(f"{address}faults.xlsx")
    assert answer["Content-Disposition"].startswith("attachment")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert "“某天”看不出是哪一天" in str(rows[1][-1])
    assert confirmed(client, address).status_code == 409
    assert Import.objects.get().state == "kept"
    assert upload(client, client.get("/imports/form.xlsx").content).status_code == 422
    english = visit(cast.clerk, "en").get(address).content.decode()
    assert "is no recognisable date" in english


def test_hostile_list_is_refused_or_harmless(cast: Cast) -> None:
    client = visit(cast.coordinator)
    for content in (b"", b"PK\x03\x04rest", b"<html>", worklist([FULL], headings=("备注",))):
        assert upload(client, content).status_code == 422
    strange = "<script>alert(1)</script>"
    address = upload(client, worklist([row(破题项目=strange, 党支部=strange, 备注=strange)]), f"{strange}.xlsx")[
        "Location"
    ]
    assert strange not in client.get(address).content.decode()
    assert client.post(f"{address}answer/", {"kind-0": "x", "given-0": strange, "code-0": "B1"}).status_code == 302
    assert client.get("/imports/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_command_writes_what_its_dry_run_says(cast: Cast, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "清单.xlsx"
    file.write_bytes(worklist([FULL]))
    assert main(["import-cases", str(file), "--dry-run"]) == 0
    assert not Case.objects.exists()
    assert not Import.objects.exists()
    assert main(["import-cases", str(file)]) == 0
    assert "Imported 1 cases" in capsys.readouterr().out
    assert main(["import-cases", str(file)]) == 0
    assert Case.objects.count() == 1
    assert visit(cast.coordinator).get(f"/imports/{Import.objects.get().key}/").status_code == 200


def test_earlier_case_is_extracted_and_stands_apart_from_those_of_today(cast: Cast) -> None:
    rows = [
        FULL,
        row(挂号编号="b", 破题项目="以前就做好的一题", 工作法=""),
        row(挂号编号="c", 破题项目="有些好转的一题", 复诊结论="有效", 工作法=""),
    ]
    office, leader = visit(cast.coordinator), visit(cast.leader)
    confirmed(office, upload(office, worklist(rows))["Location"])
    named, fresh, plain = Case.objects.order_by("imported__row")
    assert fresh.title not in text_of(leader, "/methods/desk/")
    assert "历史清单：等决定" in text_of(leader, "/methods/desk/")
    here = "/methods/desk/?past=undecided"
    told = text_of(leader, here)
    assert fresh.title in told
    assert f"{named.code} ·" not in told
    assert "前决定" not in told
    assert text_of(leader, f"{here}&after={10**15}").count(fresh.title) == 1
    assert fresh.title not in text_of(leader, f"{here}&after=1")

    address, given = f"/cases/{fresh.code}/decide_extraction/", {"decision": "extract", "reason": "", "next": here}
    assert address in leader.get(f"/cases/{fresh.code}/").content.decode()
    assert visit(cast.expert).post(address, given).status_code == 403
    assert leader.post(f"/cases/{plain.code}/decide_extraction/", given).status_code == 409
    assert leader.post(address, given)["Location"] == here
    assert leader.post(address, given).status_code == 409
    fresh.refresh_from_db()
    assert (fresh.stage, fresh.is_open, fresh.due_at.year) == ("archived", False, 2999)
    assert fresh.title not in text_of(leader, here)
    told = text_of(leader, "/methods/desk/?past=decided")
    assert named.title in told
    assert fresh.title in told
    assert ahead(standing(cast.leader, on=MONDAY.date())).to_write == 0
    assert leader.post(f"/cases/{fresh.code}/extract/").status_code == 302
    assert Method.objects.get().source_case == fresh
    assert fresh.title not in text_of(leader, "/methods/desk/?past=decided")
    english = visit(cast.leader, "en").get(here).content.decode()
    assert "no deadline" in english
