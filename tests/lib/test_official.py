"""Official documents: what the file says, and where LibreOffice puts it on paper, against GB/T 9704-2012."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from huizhen.lib import pdf
from huizhen.lib.official import (
    Attachment,
    Block,
    Fonts,
    Heading,
    Imprint,
    Letterhead,
    Official,
    Paragraph,
    Picture,
    Roll,
    Signature,
    Table,
    day_words,
    document_number,
    draw,
    numeral,
    title_lines,
)
from tests.lib.pages import Page, pages
from tests.office import office

DAY = date(2026, 11, 9)
HAN = "专家把脉会诊活动深入基层支部坚持问题导向抓实首问负责推动难点破题见效"


def han(count: int) -> str:
    """So many characters, none of which may not begin or end a line."""
    return (HAN * (count // len(HAN) + 1))[:count]


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 200), "#3568b2").save(out, "PNG")
    return out.getvalue()


def every_block() -> Official:
    rows = tuple((str(n), f"第{numeral(n)}专家团", str(n * 3), "96.4%", "—") for n in range(1, 61))
    blocks: tuple[Block, ...] = (
        Paragraph(han(90)),
        Heading(1, "总体情况"),
        Paragraph(han(28 * 60)),
        Heading(2, "首问负责"),
        Paragraph(han(40)),
        Heading(3, "首次沟通", then="。" + han(60)),
        Heading(3, "团内反馈"),
        Heading(4, "及时的专家团"),
        Heading(4, "超时的专家团"),
        Table(("序号", "专家团", "接诊（例）", "首次沟通及时率", "显效率"), rows, caption="表1 各专家团工作情况", note="注：样本不足5例不计比率。"),
        Heading(1, "主要做法"),
        Picture(png(), "图1 接诊量"),
        Heading(2, "又从一数起"),
        Paragraph(han(40)),
        Paragraph(han(30)),
    )  # fmt: skip
    return Official(
        title="关于2026年10月专家把脉会诊活动开展情况的通报",
        blocks=blocks,
        letterhead=Letterhead("中国联通某省分公司党建工作部文件", document_number("党建通", 2026, 3)),
        marks=("000001", "秘密★1年", "特急"),
        to="各市分公司党委，各专家团：",
        attachments=(
            Attachment("各单位月报报送情况一览表", (Table(("单位", "日期"), (("甲市分公司", "10月14日"),)),)),
            Attachment("填报说明", (Heading(1, "要求"), Paragraph(han(60)))),
        ),
        enclosed=("工作清单（电子表格）",),
        signature=Signature("党建工作部", DAY),
        note="此件发至党支部",
        imprint=Imprint("某省分公司党建工作部", DAY, ("集团公司党建工作部", "省公司领导", "各市分公司工会", "各专家团团长", "省公司机关各部门")),
    )  # fmt: skip


def styles_of(document: Any) -> dict[str, dict[str, str]]:
    """Fonts of each style: key → part → name."""
    found = {}
    for style in document.styles.element.findall(qn("w:style")):
        fonts = style.find(qn("w:rPr")).find(qn("w:rFonts"))
        found[style.get(qn("w:styleId"))] = {name.split("}")[1]: value for name, value in fonts.items()}
    return found


def converted(official: Official) -> list[Page]:
    return pages(pdf.pdf_of(draw(official), soffice=office()))


def test_words_of_the_standard() -> None:
    assert document_number("党建通", 2026, 3) == "党建通〔2026〕3号"
    assert day_words(date(2026, 3, 5)) == "2026年3月5日"
    assert [numeral(n) for n in (1, 9, 10, 11, 20, 21, 99, 100)] == [
        "一", "九", "十", "十一", "二十", "二十一", "九十九", "100",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于做好工作的通知", ["关于做好工作的通知"]),
        ("关于印发《某省分公司党支部专家把脉实施办法（试行）》的通知", ["关于印发《某省分公司党支部", "专家把脉实施办法（试行）》的通知"]),
        ("关于进一步规范专家把脉会诊工作清单填报要求和时限的补充说明", ["关于进一步规范专家把脉会诊", "工作清单填报要求和时限的补充说明"]),
        ("写的人\n自己分行的标题", ["写的人", "自己分行的标题"]),
        ("甲" * 45, ["甲" * 15] * 3),
        ("A" * 100, ["A" * 25] * 4),
        ("", []),
        ("乙" * 2_000, ["乙" * 19] * 105 + ["乙" * 5]),
    ],
)  # fmt: skip
def test_title_breaks_between_words_into_lines_of_like_length(title: str, lines: list[str]) -> None:
    found = title_lines(title)
    assert "".join(found) == title.replace("\n", "")
    assert sorted(map(len, found)) == sorted(map(len, lines))
    if not {"甲", "A"} & set(title):
        assert list(found) == lines


def test_file_names_its_fonts_numbers_its_headings_and_holds_text_as_text() -> None:
    official = every_block()
    hostile = (
        '=HYPERLINK("x") {{ a }} <w:t> +1 @b \x00\x0b\u202e\ufffe\uffff' + "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    )
    long = han(30_000)
    content = draw(replace(official, blocks=(*official.blocks, Paragraph(f"{hostile}\n{long}"))))
    document = Document(BytesIO(content))
    told = [one.text for one in document.paragraphs]
    for said in (
        '=HYPERLINK("x") {{ a }} <w:t> +1 @b \U0001f468\u200d\U0001f469\u200d\U0001f467',
        long, "党建通〔2026〕3号", "各市分公司党委，各专家团：", "一、总体情况", "（一）首问负责", "1.首次沟通。" + han(60), "2.团内反馈",
        "（1）及时的专家团", "（2）超时的专家团", "二、主要做法", "（一）又从一数起", "附件：1.\t各单位月报报送情况一览表",
        "3.\t工作清单（电子表格）", "2026年11月9日",
        "（此件发至党支部）", "附件1", "附件2", "一、要求",
    ):  # fmt: skip
        assert said in told
    fonts = styles_of(document)
    east = {key: one["eastAsia"] for key, one in fonts.items()}
    assert {key: east[key] for key in ("Normal", "Body", "Heading1", "Heading2", "Heading3", "Heading4")} == {
        "Normal": "仿宋_GB2312", "Body": "仿宋_GB2312", "Heading1": "黑体", "Heading2": "楷体_GB2312", "Heading3": "仿宋_GB2312",
        "Heading4": "仿宋_GB2312",
    }  # fmt: skip
    assert {key: east[key] for key in ("DocTitle", "Letterhead", "Mark", "AttachmentMark", "Imprint", "Folio")} == {
        "DocTitle": "方正小标宋简体", "Letterhead": "方正小标宋简体", "Mark": "黑体", "AttachmentMark": "黑体",
        "Imprint": "仿宋_GB2312", "Folio": "宋体",
    }  # fmt: skip
    assert fonts["Folio"]["ascii"] == "宋体"
    used = {one.style.style_id for one in document.paragraphs}
    assert used <= set(fonts)
    with ZipFile(BytesIO(content)) as parts:
        names = parts.namelist()
        xml = parts.read("word/document.xml").decode()
    assert not [name for name in names if "font" in name.lower() and name.endswith((".ttf", ".odttf", ".otf"))]
    assert "instrText" not in xml  # the page number, in the foot, is the only field
    assert xml.count("<w:tblHeader/>") == 2
    section = document.sections[0]
    sizes = [
        section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin, section.right_margin,
    ]  # fmt: skip
    assert [round(one.mm) for one in sizes if one is not None] == [210, 297, 37, 35, 28, 26]
    other = Fonts(body="仿宋", title="华文中宋", kai="楷体")
    named = styles_of(Document(BytesIO(draw(official, fonts=other))))
    assert [named[key]["eastAsia"] for key in ("Body", "DocTitle", "Heading2")] == ["仿宋", "华文中宋", "楷体"]


def test_every_block_lies_where_the_standard_wants_it() -> None:
    found = converted(every_block())
    first, last = found[0], found[-1]
    assert {(round(page.width), round(page.height)) for page in found} == {(210, 297)}
    # 版头: letterhead 35 mm below the type area's upper edge, number, red rule 4 mm under it as wide as the area
    rows = {row.text: row for row in first.rows}
    assert [row.text for row in first.rows][:3] == ["000001", "秘密★1年", "特急"]
    mark, number = rows["中国联通某省分公司党建工作部文件"], rows["党建通〔2026〕3号"]
    assert mark.at - 0.86 * mark.size * 25.4 / 72 == pytest.approx(37 + 35, abs=1)
    assert (mark.left + mark.right) / 2 == pytest.approx(106, abs=1)
    under = first.rules[0]
    assert under[0] - (number.at + 0.12 * 16 * 25.4 / 72) == pytest.approx(4, abs=0.5)
    assert under[1:] == (pytest.approx(28, abs=1), pytest.approx(184, abs=1))
    assert rows["关于2026年10月"].size == 22
    # text: 22 lines of 28 characters, nothing outside the margins
    second = found[1]
    assert len(second.body) == 22
    assert [len(row.text) for row in second.body] == [28] * 22
    assert second.body[0].left == pytest.approx(28, abs=0.3)
    assert second.body[0].right == pytest.approx(184, abs=1)
    assert second.body[0].at - 37 == pytest.approx(7.7, abs=1)  # the baseline, four fifths down the first line
    assert second.body[-1].at == pytest.approx(259.2, abs=1)
    gaps = {round((b.at - a.at) * 72 / 25.4, 1) for a, b in zip(second.body, second.body[1:], strict=False)}
    assert all(28.4 <= gap <= 29.5 for gap in gaps)
    for page in found:
        assert min(row.left for row in page.rows) > 27
        assert max(row.right for row in page.rows) < 185
        assert max(row.at for row in page.body) < 262
    indented = next(row for page in found for row in page.rows if row.text == "一、总体情况")
    assert indented.left == pytest.approx(28 + 2 * 15.75 * 25.4 / 72, abs=0.5)
    # page numbers outside, one character in, dashes 7 mm under the type area
    for at, page in enumerate(found, 1):
        folio = page.rows[-1]
        assert folio.text == f"—{at}—"
        assert folio.size == 14
        assert folio.at - 0.37 * 14 * 25.4 / 72 - 262 == pytest.approx(7, abs=0.6)
        side = (184 - folio.right) if at % 2 else (folio.left - 28)
        assert side == pytest.approx(14 * 25.4 / 72, abs=1)
    # the table's head on each of its pages, attachments on pages of their own, titles in the third line
    assert sum("首次沟通" in page.text and "显效率" in page.text for page in found) >= 2
    starts = [(page.rows[0].text, page.rows[1].text, round(page.rows[1].at - page.rows[0].at)) for page in found]
    assert [one[:2] for one in starts if one[0].startswith("附件")] == [
        ("附件1", "各单位月报报送情况一览表"), ("附件2", "填报说明"),
    ]  # fmt: skip
    assert starts[-1][2] == pytest.approx(2 * 10.2, abs=3)
    # signature: the name two characters from the right, the date beginning two characters after it or two from the right
    signed = next(page for page in found if any(row.text == "党建工作部" for row in page.rows))
    name, day = (next(row for row in signed.rows if row.text == text) for text in ("党建工作部", "2026年11月9日"))
    assert 184 - day.right == pytest.approx(2 * 15.75 * 25.4 / 72, abs=1)
    assert name.left == pytest.approx(28 + (26 - 6.5 - 2) * 15.75 * 25.4 / 72, abs=0.5)
    # 版记 at the foot: the last rule is the lower edge of the type area
    assert [row.text[:3] for row in last.body[-3:]] == ["抄送：", "家团团", "某省分"]
    assert last.rules[-1][0] == pytest.approx(262, abs=0.5)
    assert len(last.rules) == 3
    assert all(row.size == 14 for row in last.body[-3:])


def test_imprint_stands_at_the_foot_however_low_the_text_ends() -> None:
    """Seventeen lines below the title leave no room for it, sixteen do; on an overleaf it has no page number and a blank page before."""
    base = Official("关于做好工作的通知", (), imprint=Imprint("党建工作部", DAY, ("甲", "乙")))

    def told(lines: int, **more: Any) -> list[list[str]]:
        made = replace(base, blocks=(Paragraph("\n".join(["正文。"] * lines)),), **more)
        found = converted(made)
        assert found[-1].rules[-1][0] == pytest.approx(262, abs=0.5)
        return [[row.text for row in page.rows] for page in found]

    foot = ["抄送：甲，乙。", "党建工作部2026年11月9日印发"]
    title = "关于做好工作的通知"
    assert told(16) == [[title, *["正文。"] * 16, *foot, "—1—"]]
    assert told(17) == [[title, *["正文。"] * 17, "—1—"], [*foot, "—2—"]]
    assert base.imprint is not None
    over = replace(base.imprint, is_overleaf=True)
    assert told(18 + 22, imprint=over) == [[title, *["正文。"] * 18, "—1—"], [*["正文。"] * 22, "—2—"], [], foot]


def test_minutes_list_who_came_and_a_seal_gets_its_room() -> None:
    made = Official(
        "关于校园宽带续费的会诊纪要",
        (Paragraph(han(30)),),
        letterhead=Letterhead("会诊纪要", "第3期", issuer="市场专家团", day="2026年11月9日"),
        rolls=(Roll("出席", "甲、乙"), Roll("请假", "丙")),
        signature=Signature("市场专家团", DAY, is_sealed=True),
    )
    document = Document(BytesIO(draw(made)))
    roll = next(one for one in document.paragraphs if one.text == "出席：甲、乙")
    assert roll.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert roll.paragraph_format.first_line_indent.pt == pytest.approx(-3 * 15.75, abs=0.1)
    texts = [one.text for one in document.paragraphs]
    assert "市场专家团\t2026年11月9日" in texts
    name, day = (
        next(one for one in document.paragraphs[8:] if one.text == text).paragraph_format
        for text in ("市场专家团", "2026年11月9日")
    )
    assert day.right_indent.pt / 15.75 == pytest.approx(4, abs=0.1)
    assert name.left_indent.pt / 15.75 + 5 / 2 == pytest.approx(28 - 4 - 6.5 / 2, abs=0.1)  # centred over the date
    grown = Document(BytesIO(draw(replace(made, signature=Signature("某省分公司党建工作部", DAY)))))
    name, day = (one.paragraph_format for one in grown.paragraphs if one.style.style_id == "Signature")
    assert (name.right_indent.pt / 15.75, day.left_indent.pt / 15.75) == pytest.approx((2, 28 - 2 - 10 + 2), abs=0.1)
    assert draw(Official("", ())) != b""
    crowd = Imprint("部", DAY, tuple(f"第{n}号单位名称很长" for n in range(120)))
    assert "第119号单位名称很长" in "".join(
        cell.text for table in Document(BytesIO(draw(Official("题", (), imprint=crowd)))).tables for row in table.rows for cell in row.cells
    )  # fmt: skip
