"""One-pagers of cases and methods: what stands on them for whom, as a page and as a Word file."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from huizhen.cases.actions.exporting import export_a3
from huizhen.cases.models import Case, Cause, Measure
from huizhen.cases.papers import sheet_of, told_of
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import NotVisible
from huizhen.methods.models import Method
from tests.cast import MONDAY, Cast
from tests.methods.test_pictures import draft
from tests.visits import parsed, visit

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def words_of(content: bytes) -> str:
    document = Document(BytesIO(content))

    def told(place: Any) -> list[str]:
        found = [one.text for one in place.paragraphs]
        return found + [
            word for table in place.tables for row in table.rows for cell in row.cells for word in told(cell)
        ]

    return "\n".join(told(document))


def test_case_in_full_names_its_people_and_as_a_summary_nobody(cast: Cast) -> None:
    case = cast.archived(at=MONDAY - timedelta(days=14))
    method = draft(cast, "GF26-0007", "reviewed", "published")
    Method.objects.filter(pk=method.pk).update(source_case=case)
    names = [cast.person(role).name for role in ("expert", "requester", "second")]
    full = export_a3(case.code, by=cast.leader, at=NOW, methods=["GF26-0007 三步清障法"])
    brief = export_a3(case.code, by=cast.outsider, at=NOW)
    measure = Measure.objects.filter(prescription__case=case).order_by("-prescription__version", "number")[0]
    owner = measure.owner.name if measure.owner else measure.owner_name
    for text in (words_of(full), words_of(brief)):
        assert case.code in text
        assert measure.what in text
        assert "显效" in text
    assert owner in words_of(full)
    assert case.branch.name in words_of(full)
    assert "GF26-0007 三步清障法" in words_of(full)
    assert [name for name in (*names, owner, case.branch.name, case.accountable.name) if name in words_of(brief)] == []
    phones = [cast.person(role).phone for role in ("expert", "requester")]
    assert [one for one in phones if one and one in words_of(full)] == []
    entries = Entry.objects.filter(verb="case_exported").order_by("pk")
    assert [(one.data["level"], one.target_label) for one in entries] == [("full", case.code), ("summary", case.code)]
    page = visit(cast.leader).get(f"/cases/{case.code}/a3/").content.decode()
    assert "GF26-0007 三步清障法" in page
    assert owner in page
    shown = visit(cast.outsider).get(f"/cases/{case.code}/a3/").content.decode()
    assert "摘要，不含人名和电话" in shown
    assert owner not in parsed(visit(cast.outsider).get(f"/cases/{case.code}/a3/")).text
    assert Entry.objects.filter(verb="case_exported").count() == 2  # looking writes nothing


def test_hushed_or_open_case_is_not_for_others(cast: Cast) -> None:
    case = cast.contacted()
    for role in ("outsider", "auditor"):
        if role == "auditor":
            cast.take(case, "mark_sensitive", "requester", NOW, reason="涉及个人")
        with pytest.raises(NotVisible):
            export_a3(case.code, by=cast.users[role], at=NOW)
        assert visit(cast.users[role]).post(f"/cases/{case.code}/a3.docx").status_code == 404
    assert not Entry.objects.filter(verb="case_exported").exists()
    assert visit(cast.expert).get(f"/cases/{case.code}/a3.docx").status_code == 405


def test_long_case_fits_one_page_and_says_so(cast: Cast) -> None:
    case = cast.archived(at=MONDAY - timedelta(days=14))
    Case.objects.filter(pk=case.pk).update(condition="装机积压。电话 13812345678。" * 300, tried="试过加班。" * 80)
    Cause.objects.filter(diagnosis__case=case).update(evidence="工单抽查" * 60)
    who = standing(cast.leader, on=NOW.date())
    sheet = sheet_of(told_of(who, case.code), at=NOW)
    assert sheet.is_cut
    assert sheet.foot[-1] == f"“……”处为节选，全文见病例 {case.code}"
    assert "138****5678" in sheet.columns[0][0].lines[0]
    assert "13812345678" not in words_of(export_a3(case.code, by=cast.leader, at=NOW))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            told_of(who, case.code)
        counts.append(len(asked))
    assert counts[1] <= 22


def test_no_step_of_a_long_method_is_lost(cast: Cast) -> None:
    text = "先把三天里的工单逐条核对一遍，再按楼栋归堆；" * 24
    steps = [{"title": f"第{n}招" + "稳" * 20, "text": text[:500]} for n in "一二三四"]
    draft(cast, "GF26-0007", "reviewed", "published").versions.update(
        meaning=text[:400], problem=text, applies=text, applies_not=text, steps=steps, tools=text, effect=text
    )
    told = parsed(visit(cast.outsider).get("/methods/GF26-0007/a4/")).text
    assert "内容较长，已节选。" in told
    for number, one in enumerate(steps, 1):
        after = told.split(f"{number}. {one['title']}：")[1]
        assert after.startswith(text[:100])


def test_method_stands_on_one_page(cast: Cast) -> None:
    method = draft(cast, "GF26-0007", "reviewed", "published")
    method.versions.update(
        meaning="先查、再改、后盯。", problem="**投诉**反复", applies="- 宿舍区\n- 城中村", applies_not="农村站点", tools="=HYPERLINK(\"x\")",
        steps=[{"title": "查", "text": "逐户查"}, {"title": "改", "text": "1. 改路由\n2. 改天线"}], indicator="投诉量", before=92, after=61,
        indicator_unit="件", sample="12 栋楼", period="3 月", effect="很明显。" * 900,
    )  # fmt: skip
    method.versions.get().experts.add(cast.person("expert"))
    client = visit(cast.outsider)
    answer = client.get("/methods/GF26-0007/a4.docx")
    text = words_of(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="GF26-0007-A4.docx"'
    told = (
        "投诉反复",
        "• 城中村",
        "1. 查：逐户查",
        "2. 改",
        "（2）改天线",
        "投诉量：92 → 61 件",
        "样本与时段：12 栋楼，3 月",
        '=HYPERLINK("x")',
        cast.person("expert").name,
    )
    assert [one for one in told if one not in text] == []
    section = Document(BytesIO(answer.content)).sections[0]
    assert section.page_width is not None
    assert round(section.page_width.mm) == 210
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/methods/GF26-0007/a4/")
    assert len(asked) <= 16
    assert "“……”处为节选，全文见工作法 GF26-0007" in parsed(page).text
    Method.objects.update(evidence="draft")
    method.versions.update(state="writing")
    assert client.get("/methods/GF26-0007/a4/").status_code == 404
    assert visit(cast.expert).get("/methods/GF26-0007/a4/").status_code == 200
    assert not Entry.objects.filter(verb="case_exported").exists()
