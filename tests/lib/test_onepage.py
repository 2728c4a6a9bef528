"""Sheets of one page: whatever is put on them, it fits, says where it was shortened, and loses nothing that has room."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from huizhen.lib import pdf
from huizhen.lib.onepage import (
    A3,
    A4,
    MARK,
    TITLE,
    Box,
    Paper,
    Sheet,
    cost,
    cut,
    fit,
    head_of,
    height_of,
    shares,
)
from huizhen.lib.word import draw
from tests.lib.pages import pages
from tests.office import office

TEXTS = st.text("会诊工作法，。5G abc", min_size=1, max_size=400)
ROWS = st.lists(
    st.tuples(st.just("1"), st.text("会诊a", max_size=120), st.text("会诊a", max_size=40)), max_size=40
).map(tuple)
BOXES = st.builds(
    Box,
    st.just("k"),
    st.just("标题"),
    st.lists(TEXTS, max_size=8).map(tuple),
    st.just(("序", "做", "谁")),
    ROWS,
    st.just((3, 30, 10)),
)


@given(st.lists(BOXES, max_size=6), st.sampled_from([A3, A4]))
def test_whatever_comes_fits_one_column(boxes: list[Box], paper: Paper) -> None:
    given = {str(at): replace(one, key=str(at)) for at, one in enumerate(boxes)}
    fitted = fit(list(given.values()), paper)
    assert sum(cost(one, paper.line) + TITLE for one in fitted) <= paper.lines
    for one in fitted:
        origin = given[one.key]
        words = (*one.lines, *(cell for row in one.rows for cell in row))
        if not one.is_cut:
            assert one == origin
        else:
            assert one.left_out or any(MARK in word for word in words) or len(one.lines) < len(origin.lines)


def test_short_boxes_stay_whole_and_long_ones_share_what_is_left() -> None:
    short, long, other = Box("a", "短", ("一句话。",)), Box("b", "长", ("字" * 3000,)), Box("c", "长", ("句。",) * 200)
    found = fit([short, Box("d", "空", ("", " ")), long, other], A3)
    assert found[0] == short
    assert [one.key for one in found] == ["a", "b", "c"]
    assert found[1].lines[0].endswith(MARK)
    assert found[2].lines[-1].endswith(MARK)
    assert abs(cost(found[1], A3.line) - cost(found[2], A3.line)) <= 1
    assert shares([5, 5, 5], 9) == [3, 3, 3]
    assert (cut("字" * 10, 5, 2), height_of("字" * 11, 5), height_of("", 5)) == ("字" * 10, 3, 1)


def test_each_step_of_many_keeps_its_title_and_a_share() -> None:
    text = "字" * 500
    steps = tuple(f"{n}. 第{n}步：{text}" for n in range(1, 5))
    full = [Box(key, "标题", (text,) * 2) for key in "abde"]
    found = fit([*full[:2], Box("s", "步骤", steps, parts=(1, 1, 1, 1)), *full[2:]], A4, head_of(A4, text, text, ()))
    kept = found[2].lines
    assert [one[:7] for one in kept] == [f"{n}. 第{n}步：" for n in range(1, 5)]
    heights = [height_of(one, A4.line) for one in kept]
    assert min(heights) >= 3
    assert max(heights) - min(heights) <= 1
    assert min(cost(one, A4.line) for one in found) >= 3
    broken = fit([Box("s", "步骤", ("1. 查", *("乙",) * 90, "2. 改", *("丁",) * 3), parts=(91, 4))], A4)[0]
    assert (broken.lines[-4:], broken.parts[1]) == (("2. 改", "丁", "丁", "丁"), 4)
    assert cost(broken, A4.line) == A4.lines - TITLE


def test_table_loses_words_before_it_loses_rows() -> None:
    def table(count: int) -> Box:
        return Box("m", "对策", (), ("序", "做"), tuple((str(n), "很长的举措" * 12) for n in range(count)), (4, 20))

    few, many = fit([table(20)], A3)[0], fit([table(200)], A3)[0]
    assert (len(few.rows), few.left_out, few.is_cut) == (20, 0, True)
    assert many.left_out == 200 - len(many.rows) > 0


def test_word_file_is_one_page_of_plain_text() -> None:
    hostile = '=cmd|"/C calc"!A0 { HYPERLINK "https://a.example" } {{ 7*7 }} <w:t>&amp; \x0b'
    boxes = fit(
        [Box("a", "背景", ("第一句", hostile)), Box("m", "对策", (), ("序", "做"), (("1", "扩容"),), (4, 20))], A3
    )
    content = draw(Sheet(A3, "标题", "", (("编号", "HZ26-00001"),), (boxes, ()), ("脚注",)))
    document = Document(BytesIO(content))
    (section,) = document.sections
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (420, 297)
    assert section.orientation == WD_ORIENT.LANDSCAPE
    (table,) = document.tables
    (row,) = table.rows
    assert row.height_rule == WD_ROW_HEIGHT_RULE.EXACTLY
    assert row.height is not None
    heads = head_of(A3, "标题", "", (("编号", "HZ26-00001"),)).points
    margins = section.top_margin.pt + section.bottom_margin.pt  # type: ignore[union-attr]
    assert row.height.pt + heads + margins <= section.page_height.pt
    told = [one.text for one in row.cells[0].paragraphs]
    assert told[:2] == ["背景", "第一句"]
    assert told[2].startswith('=cmd|"/C calc"!A0 { HYPERLINK')
    assert row.cells[0].tables[0].cell(1, 1).text == "扩容"
    body = document.element.body
    assert not [
        one
        for tag in ("w:fldSimple", "w:instrText", "w:hyperlink", "w:br")
        for one in body.iter(qn(tag))
        if tag != "w:br"
    ]
    fonts = {one.get(qn("w:eastAsia")) for one in body.iter(qn("w:rFonts"))}
    assert fonts == {"宋体", "黑体"}
    assert section.footer.paragraphs[0].text == "脚注"


@pytest.mark.parametrize(("paper", "many"), [(A3, 1), (A4, 1), (A4, 300)])
def test_office_draws_one_page_to_its_foot(paper: Paper, many: int) -> None:
    facts = tuple(("指导专家", "某某某分公司党支部" * min(3, many)) for _ in range(5))
    head = head_of(paper, "破题三步法" * many, "先查后改再盯。" * many, facts)
    column = fit([Box("a", "背景", ("字句，5G。" * many,)), Box("s", "步骤", ("一步" * many,) * 9)], paper, head)
    sheet = Sheet(paper, head.title, head.subtitle, head.facts, (column,) * paper.columns, ("脚注",))
    drawn = pages(pdf.pdf_of(draw(sheet), soffice=office()))
    assert len(drawn) == 1
    told = drawn[0].text
    assert [word for word in ("破题", "先查", "指导专家", "背景", "步骤", "脚注") if word not in told] == []
    assert next(one for one in drawn[0].rows if one.text.startswith("步骤")).at < paper.height - paper.margin
