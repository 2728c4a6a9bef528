"""开处方 through its page: the matrix, the shared draft, signing, the signed version; files and numbers of a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine

from huizhen.cases import actions
from huizhen.cases.models import Case, PrescriptionDraft
from huizhen.journal.models import Entry
from huizhen.journal.queries import entries_of
from tests.cast import MONDAY, Cast
from tests.visits import Node, matrix, parsed, visit

NOW = MONDAY + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return matrix(cast.prescription(NOW, **changes))


def _value(page: Node, name: str) -> str:
    """What a control of the page holds."""
    one = next(one for one in page.walk() if one.attributes.get("name") == name)
    if one.tag == "select":
        return next((row.attributes["value"] for row in one.all("option") if "selected" in row.attributes), "")
    return one.attributes.get("value", "") if one.tag == "input" else one.text.strip()


def _names(page: Node) -> set[str]:
    """Controls that are sent; what waits in a template for the script is not."""
    waiting = {id(one) for box in page.all("template") for one in box.walk()}
    return {one.attributes["name"] for one in page.walk() if "name" in one.attributes and id(one) not in waiting}


def test_matrix_has_a_row_for_each_measure_and_a_column_for_each_cause(cast: Cast) -> None:
    case = cast.diagnosed()
    page = parsed(visit(cast.expert).get(f"/cases/{case.code}/prescribe/"))
    cells = {name for name in _names(page) if "-treat-" in name}
    assert cells == {f"measures-{n}-treat-{cause}" for n in (0, 1) for cause in (1, 2)}
    assert "小区容量不足" in page.text
    assert "未做负荷均衡" in page.text


def test_row_is_added_without_a_script_and_nothing_is_lost(cast: Cast) -> None:
    case = cast.diagnosed()
    client, address = visit(cast.expert), f"/cases/{case.code}/prescribe/"
    page = parsed(client.post(address, {**_typed(cast), "add-measures": "1"}))
    assert {f"measures-{n}-what" for n in (0, 1, 2)} <= _names(page)
    assert _value(page, "measures-0-what") == "做负荷均衡"
    assert _value(page, "measures-0-treat-2") == "main"
    assert _value(page, "thinking") == "先均衡再扩容"
    assert entries_of(case).filter(verb="prescribe").count() == 0


def test_draft_is_kept_shared_and_emptied_by_signing(cast: Cast) -> None:
    case = cast.diagnosed()
    address = f"/cases/{case.code}/prescribe/"
    kept = visit(cast.expert).post(f"{address}save/", {**_typed(cast), "version": "0"})
    assert (kept.status_code, kept["Location"]) == (302, address)
    page = parsed(visit(cast.expert).get(address))
    assert _value(page, "measures-1-what") == "扩容两个小区"
    assert _value(page, "version") == "1"
    assert visit(cast.mate).post(f"{address}save/", {**_typed(cast), "version": "1"}).status_code == 302
    assert PrescriptionDraft.objects.get(case=case).saved_by == cast.person("mate")
    assert visit(cast.viewer).post(f"{address}save/", _typed(cast)).status_code == 403

    signed = visit(cast.expert).post(address, {**_typed(cast), "sign": "1"})
    assert (signed.status_code, signed["Location"]) == (302, f"/cases/{case.code}/")
    assert not PrescriptionDraft.objects.filter(case=case).exists()


def test_autosave_answers_with_the_checks_and_a_new_version(cast: Cast) -> None:
    case = cast.diagnosed()
    address = f"/cases/{case.code}/prescribe/save/"
    part = visit(cast.expert).post(address, {"thinking": "先均衡", "version": "0"}, headers={"HX-Request": "true"})
    page = parsed(part)
    assert part.status_code == 200
    assert not page.all("html"), "a part, not a page"
    assert _value(page, "version") == "1"
    assert "思路已写" in page.text
    assert "还没有措施" in page.text
    assert "病因 1、2 还没有去处" in page.text


def test_draft_saved_by_another_is_not_overwritten(cast: Cast) -> None:
    case = cast.diagnosed()
    address = f"/cases/{case.code}/prescribe/save/"
    visit(cast.mate).post(address, {"thinking": "顾知微的思路", "version": "0"})
    visit(cast.mate).post(address, {"thinking": "顾知微的第二稿", "version": "1"})
    late = visit(cast.expert).post(address, {"thinking": "旧的", "version": "1"}, headers={"HX-Request": "true"})
    assert late.status_code == 200
    assert "顾知微" in parsed(late).text
    assert PrescriptionDraft.objects.get(case=case).values["thinking"] == "顾知微的第二稿"


def test_collision_without_a_script_keeps_what_was_typed(cast: Cast) -> None:
    case = cast.diagnosed()
    address = f"/cases/{case.code}/prescribe/save/"
    for n in (0, 1):
        visit(cast.mate).post(address, {"thinking": f"顾知微的第{n}稿", "version": str(n)})
    answer = visit(cast.expert).post(address, {**_typed(cast), "version": "1"})
    page = parsed(answer)
    assert answer.status_code == 409
    assert "顾知微" in page.text
    assert _value(page, "thinking") == "先均衡再扩容"
    assert visit(cast.expert).post(address, {**_typed(cast), "version": _value(page, "version")}).status_code == 302
    assert PrescriptionDraft.objects.get(case=case).values["thinking"] == "先均衡再扩容"


def test_signing_tells_every_gap_beside_its_row(cast: Cast) -> None:
    case = cast.diagnosed()
    measures = cast.prescription(NOW)["measures"]
    measures[0]["owner_name"] = ""
    measures[1]["main"] = []
    answer = visit(cast.expert).post(f"/cases/{case.code}/prescribe/", _typed(cast, measures=measures))
    page = parsed(answer)
    assert answer.status_code == 422
    alert = next(one for one in page.walk() if one.attributes.get("role") == "alert").text
    assert "第 1 条" in alert
    assert "第 2 条" in alert
    assert _value(page, "measures-1-what") == "扩容两个小区"
    faults = [one for one in page.walk() if "hz-err" in one.attributes.get("class", "").split()]
    assert len(faults) >= 2
    assert Case.objects.get(pk=case.pk).stage == "in_consultation"


def test_removed_row_is_not_signed(cast: Cast) -> None:
    case = cast.diagnosed()
    measures = cast.prescription(NOW)["measures"]
    measures[0]["main"] = ["1", "2"]
    typed = {**_typed(cast, measures=measures), "measures-1-gone": "1"}
    assert visit(cast.expert).post(f"/cases/{case.code}/prescribe/", typed).status_code == 302
    read = parsed(visit(cast.requester).get(f"/cases/{case.code}/prescription/1/")).text
    assert "做负荷均衡" in read
    assert "扩容两个小区" not in read


def test_cause_out_of_reach_becomes_a_suggestion_upwards(cast: Cast) -> None:
    case = cast.diagnosed()
    values = cast.prescription(NOW)
    values["measures"] = values["measures"][:1]
    values["upward"] = [{"cause": "1", "department": "网络部", "suggestion": "下达扩容投资"}]
    assert visit(cast.expert).post(f"/cases/{case.code}/prescribe/", matrix(values)).status_code == 302
    read = parsed(visit(cast.requester).get(f"/cases/{case.code}/prescription/1/")).text
    assert "下达扩容投资" in read


def test_second_version_starts_from_the_first(cast: Cast) -> None:
    case = cast.treated()
    page = parsed(visit(cast.expert).get(f"/cases/{case.code}/prescribe/"))
    assert _value(page, "measures-0-what") == "做负荷均衡"
    assert _value(page, "follow_up_on") == ""
    assert "第 2 版" in page.text


def test_signed_version_is_read_by_its_number_and_printed(cast: Cast) -> None:
    case = cast.treated()
    answer = visit(cast.requester).get(f"/cases/{case.code}/prescription/1/")
    page = parsed(answer)
    assert answer.status_code == 200
    assert [one for one in page.all("button") if "data-print" in one.attributes]
    assert "先均衡再扩容" in page.text
    assert visit(cast.requester).get(f"/cases/{case.code}/prescription/2/").status_code == 404


# ── files and numbers ──

NAMES = [
    "三月报表.pdf",
    '"; filename="x.pdf',
    "../../etc/passwd.pdf",
    "a\r\nX-Bad: 1.pdf",
    "\u202efdp.exe.pdf",
    "<b>名<b>.pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_file_is_a_download_and_nothing_else(cast: Cast, name: str) -> None:
    case = cast.register()
    actions.attach(case, by=cast.requester, at=NOW, name=name, content=BytesIO(b"%PDF-1.7 <script>alert(1)</script>"))
    file = case.attachments.get()
    answer = visit(cast.leader).get(f"/cases/{case.code}/files/{file.key}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "X-Bad" not in answer
    assert "/" not in file.name


def test_file_of_another_case_is_not_found(cast: Cast) -> None:
    mine, other = cast.register(), cast.register()
    actions.attach(mine, by=cast.requester, at=NOW, name="a.pdf", content=BytesIO(b"%PDF-1.7"))
    key = mine.attachments.get().key
    assert visit(cast.requester).get(f"/cases/{other.code}/files/{key}/").status_code == 404
    assert visit(cast.outsider).get(f"/cases/{mine.code}/files/{key}/").status_code == 404


def test_number_is_shown_for_a_purpose_and_journalled(cast: Cast) -> None:
    case = cast.register()
    address = f"/cases/{case.code}/reveal/requester/"
    number = cast.person("requester").phone
    assert number not in visit(cast.expert).get(address).content.decode()
    without = visit(cast.expert).post(address, {"purpose": " "})
    assert (without.status_code, number in without.content.decode()) == (422, False)
    assert "这一项要填" in parsed(without).text
    shown = visit(cast.expert).post(address, {"purpose": "约现场时间"})
    assert f'href="tel:{number}"' in shown.content.decode()
    entry = Entry.objects.get(verb="reveal_phone")
    assert (entry.actor_name, entry.data["purpose"]) == (cast.expert.name, "约现场时间")


def test_number_of_somebody_else_or_for_a_reader_is_refused(cast: Cast) -> None:
    case = cast.register()
    assert visit(cast.expert).get(f"/cases/{case.code}/reveal/mate/").status_code == 404
    assert visit(cast.viewer).get(f"/cases/{case.code}/reveal/requester/").status_code == 403
    assert visit(cast.auditor).post(f"/cases/{case.code}/reveal/requester/", {"purpose": "看看"}).status_code == 403
    assert not Entry.objects.filter(verb="reveal_phone").exists()
