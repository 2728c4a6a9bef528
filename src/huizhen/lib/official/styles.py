"""Measures of GB/T 9704-2012 and the paragraph styles made of them. Lengths in points unless named otherwise; a twip is 1/20 point.

Type area 156 × 225 mm on A4, 22 lines of 28 characters of 三号 (5.2). 16 points × 28 are 448, the area is 442.2 wide: every character is
set a quarter of a point closer. docGrid counts lines only: with characters too, LibreOffice would give each of them a cell.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from huizhen.lib.official.content import Fonts

WIDTH, HEIGHT = 210, 297  # mm, A4
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26  # mm: 天头, 地脚, 订口, 切口
AREA = (WIDTH - LEFT - RIGHT) * 72 / 25.4
"""Width of the type area."""
DEPTH = (HEIGHT - TOP - BOTTOM) * 72 / 25.4
"""Height of the type area."""
LINE = 28.95
TIGHT = -0.25
UNIT = 16 + TIGHT
"""Width of a character of the body."""
TITLE_LINE = 36.0
SMALL = 14.0
"""四号: page number and imprint."""
RED = "E60012"
FOOT = 25.0  # mm from the page's edge to the page number's line: its dashes stand 7 mm under the type area (7.5)
LINES = 22


def twips(points: float) -> int:
    return round(points * 20)


def prepare(document: Any, fonts: Fonts) -> None:
    """Page, line grid, styles; the template's own styles are dropped."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(WIDTH), Mm(HEIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.footer_distance, section.header_distance = Mm(FOOT), Mm(15)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(_element("w:docGrid", type="lines", linePitch=str(twips(LINE))))
    _styles(document.styles.element, fonts)
    _settings(document)


def _element(tag: str, **attributes: str) -> Any:
    found = OxmlElement(tag)
    for name, value in attributes.items():
        found.set(qn(f"w:{name}"), value)
    return found


def _settings(document: Any) -> None:
    document.settings.odd_and_even_pages_header_footer = True
    root = document.settings.element
    for one in root.iter(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), "15")
    for one in root.findall(qn("w:characterSpacingControl")):
        one.set(qn("w:val"), "compressPunctuation")
    for one in root.findall(qn("w:themeFontLang")):
        one.set(qn("w:eastAsia"), "zh-CN")
    core = document.core_properties
    core.author, core.comments, core.language = "", "", "zh-CN"


def _style(key: str, name: str, east: str, size: float, *, latin: str, paragraph: str = "", run: str = "") -> str:
    """One paragraph style. `paragraph`, `run`: further properties, in the order the schema wants them."""
    based = "" if key == "Normal" else '<w:basedOn w:val="Normal"/>'
    default = ' w:default="1"' if key == "Normal" else ""
    fonts = "".join(f" w:{part}={quoteattr(latin)}" for part in ("ascii", "hAnsi", "cs"))
    half = round(size * 2)
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{key}"{default}><w:name w:val="{name}"/>{based}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr><w:rFonts{fonts} w:eastAsia={quoteattr(east)}/>{run}"
        f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )


def _exact(points: float) -> str:
    return f'<w:spacing w:before="0" w:after="0" w:line="{twips(points)}" w:lineRule="exact"/>'


_INDENT = f'<w:ind w:firstLine="{twips(2 * UNIT)}" w:firstLineChars="200"/>'
_STRETCH, _CENTRE, _LEFT = '<w:jc w:val="both"/>', '<w:jc w:val="center"/>', '<w:jc w:val="left"/>'
_LOOSE = '<w:spacing w:val="0"/>'
_RED = f'<w:color w:val="{RED}"/><w:spacing w:val="0"/>'


def _styles(root: Any, fonts: Fonts) -> None:
    for old in list(root):
        root.remove(old)
    root.append(
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr><w:rFonts w:ascii={quoteattr(fonts.latin)} w:hAnsi={quoteattr(fonts.latin)} "
            f'w:cs={quoteattr(fonts.latin)} w:eastAsia={quoteattr(fonts.body)}/><w:sz w:val="32"/><w:szCs w:val="32"/>'
            '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        )
    )
    plain = '<w:widowControl w:val="0"/>'
    # Nothing hangs over the edge of the type area, and figures stand as close to Chinese as Chinese to itself.
    flat = '<w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'

    def heading(level: int) -> str:
        return f'<w:keepNext/>{_INDENT}<w:outlineLvl w:val="{level - 1}"/>'

    made = [
        _style("Normal", "Normal", fonts.body, 16, latin=fonts.latin, paragraph=f"{plain}{flat}{_exact(LINE)}{_STRETCH}",
               run=f'<w:spacing w:val="{twips(TIGHT)}"/>'),
        _style("Body", "公文正文", fonts.body, 16, latin=fonts.latin, paragraph=_INDENT),
        _style("Heading1", "heading 1", fonts.hei, 16, latin=fonts.latin, paragraph=heading(1)),
        _style("Heading2", "heading 2", fonts.kai, 16, latin=fonts.latin, paragraph=heading(2)),
        _style("Heading3", "heading 3", fonts.body, 16, latin=fonts.latin, paragraph=heading(3)),
        _style("Heading4", "heading 4", fonts.body, 16, latin=fonts.latin, paragraph=heading(4)),
        _style("DocTitle", "公文标题", fonts.title, 22, latin=fonts.title, run=_LOOSE,
               paragraph=f'<w:keepNext/><w:snapToGrid w:val="0"/>{_exact(TITLE_LINE)}{_CENTRE}'),
        _style("Subtitle", "公文副标题", fonts.kai, 16, latin=fonts.latin, paragraph=_CENTRE),
        _style("Mark", "密级和紧急程度", fonts.hei, 16, latin=fonts.hei, paragraph=_LEFT),
        _style("Letterhead", "发文机关标志", fonts.title, 42, latin=fonts.title, paragraph=f'<w:snapToGrid w:val="0"/>{_CENTRE}', run=_RED),
        _style("Number", "发文字号", fonts.body, 16, latin=fonts.latin, paragraph=_CENTRE),
        _style("AddressedTo", "主送机关", fonts.body, 16, latin=fonts.latin),
        _style("Signature", "署名和日期", fonts.body, 16, latin=fonts.latin, paragraph=_LEFT),
        _style("AttachmentMark", "附件序号", fonts.hei, 16, latin=fonts.hei, paragraph=f"<w:keepNext/>{_LEFT}"),
        _style("Caption", "caption", fonts.hei, 14, latin=fonts.latin, paragraph=_CENTRE, run=_LOOSE),
        _style("Cell", "表格文字", fonts.body, 12, latin=fonts.latin, run=_LOOSE,
               paragraph=f'<w:snapToGrid w:val="0"/><w:spacing w:before="40" w:after="40" w:line="{twips(18)}" w:lineRule="exact"/>{_LEFT}'),
        _style("Figure", "图片", fonts.body, 16, latin=fonts.latin,
               paragraph=f'<w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:before="120" w:after="60" w:line="240" w:lineRule="auto"/>{_CENTRE}'),
        _style("Imprint", "版记", fonts.body, SMALL, latin=fonts.latin, run=_LOOSE,
               paragraph=f'<w:snapToGrid w:val="0"/>{_exact(22)}'),
        _style("Folio", "页码", fonts.song, SMALL, latin=fonts.song, run=_LOOSE,
               paragraph=f'<w:snapToGrid w:val="0"/>{_exact(16)}'),
    ]  # fmt: skip
    for one in made:
        root.append(parse_xml(one))
