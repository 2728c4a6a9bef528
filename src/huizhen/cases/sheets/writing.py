"""The form to fill, with an example and notes; and a list given back with what is wrong beside it. Every cell is text."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

from huizhen.cases.sheets.columns import CHECKED, EXAMPLE, HEADERS
from huizhen.cases.sheets.reading import Sheet
from huizhen.lib.errors import Fault
from huizhen.lib.workbooks import text_of

_WIDE = {"condition": 36, "diagnosis": 36, "measures": 40, "title": 30, "owners": 26, "effect": 24, "requester": 20}
_CELL = 32_000  # ECMA-376: 32,767 characters in a cell

# Files are Chinese whatever the reader's language: they go to Chinese offices.
EXAMPLES = {
    "serial": EXAMPLE, "number": "2025-017", "group": "无线网络优化专家团", "leader": "毛知南", "domain": "网络运维", "source": "支部问诊",
    "unit": "佛山分公司", "branch": "佛山分公司网络部党支部", "lead": "曾维舟", "requester": "曾维舟 154****0001", "title": "宿舍晚高峰小区负荷超限",
    "condition": "近三个月晚高峰宿舍小区负荷超过九成，视频卡顿集中爆发。", "urgency": "普通", "registered": "2025-03-05 09:30",
    "responder": "沈言行", "contacted": "2025-03-05", "mode": "现场", "session": "3月7日", "people": "沈言行、顾知微", "invited": "",
    "diagnosis": "1.小区容量不足；2.未做负荷均衡", "measures": "1.做负荷均衡；2.扩容两个小区", "innovation": "技术创新",
    "owners": "1.梁思远 3月20日前；2.梁思远 4月30日前", "progress": "已完成", "followed": "2025-05-12", "verdict": "显效",
    "effect": "晚高峰负荷 92%→68%", "method": "", "promoted": "否", "trouble": "", "remark": "",
}  # fmt: skip
NOTES = (
    ("必填", "党支部、破题项目，以及至少一个时间（挂号、首次沟通、会诊、复诊）。其余有什么写什么，空着不要紧。"),
    ("列", "顺序不限，可以多、可以少；合并的表头、表头上面的标题行都能读。不认识的列也会原样保存在病例里。"),
    ("时间", "2025-03-05、2025/3/5 9:30、2025年3月5日、3月5日都可以；没有写年份的，按标题或文件名里的年份。"),
    ("党支部", "先比现在的名称，再比曾用名；都不是的，核对时从最接近的几个里选。"),
    ("人", "首问专家、参与专家按姓名找；找不到的，姓名留在原清单里，责任人记团长。电话不保存。"),
    ("多条", "诊断、举措、责任人用 1. 2. 或换行、分号分开；责任人条数与举措相同时一一对应。"),
    ("复诊结论", "显效、有效、无效、加重；无效、加重、未解决的记为“未破题结案”，其余记为“已归档”。"),
    ("成效", "写成“指标 原值→现值”，如：晚高峰负荷 92%→68%。"),
    (EXAMPLE, f"第一列写着“{EXAMPLE}”的行不会导入，可以留着。"),
)


def _workbook(fill: Callable[[Any], None]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    fill(book)
    book.close()
    return file.getvalue()


def write_form() -> bytes:
    """The empty form: headings, an example row that is never imported, and a sheet of notes."""

    def fill(book: Any) -> None:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        grey = book.add_format(
            {"num_format": "@", "text_wrap": True, "valign": "top", "italic": True, "font_color": "#777777"}
        )
        sheet = book.add_worksheet("工作清单")
        for column, (name, word) in enumerate(HEADERS.items()):
            sheet.set_column(column, column, _WIDE.get(name, 14), text)
            sheet.write_string(0, column, word, head)
            sheet.write_string(1, column, EXAMPLES[name], grey)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 1)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 12)
        notes.set_column(1, 1, 90)
        for line, (about, words) in enumerate(NOTES):
            notes.write_string(line, 0, about, head)
            notes.write_string(line, 1, words, text)

    return _workbook(fill)


def write_faults(sheet: Sheet, found: Mapping[int, Sequence[Fault]], say: Callable[[Fault], str]) -> bytes:
    """The same sheet again, with a last column saying what is wrong in each row, its cells marked.

    `found`: number of the row → its faults; `say` makes the sentences.
    """
    columns = sheet.columns
    at_of = {HEADERS[name]: column for name, column in columns.items()}
    wrong = {number - 1: faults for number, faults in found.items()}
    last = max((len(row) for row in sheet.grid), default=0)
    told = next((at for at, cell in enumerate(sheet.grid[sheet.top - 1]) if text_of(cell) == CHECKED), last)

    def fill(book: Any) -> None:
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "num_format": "@"})
        red = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FBE3E1"})
        said = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "font_color": "#B42318"})
        page = book.add_worksheet("核对结果")
        for name, column in columns.items():
            page.set_column(column, column, _WIDE.get(name, 14))
        page.set_column(told, told, 48)
        for line, cells in enumerate(sheet.grid):
            faults = wrong.get(line, ())
            marked = {at_of[one.column] for one in faults if one.column in at_of}
            for column, value in enumerate(cells):
                shown = text_of(value).removesuffix("T00:00:00")[:_CELL]
                if column != told and (shown or column in marked):
                    page.write_string(
                        line, column, shown, red if column in marked else head if line < sheet.top else text
                    )
            if faults:
                words = "\n".join(f"{one.column or ''}：{say(one)}" for one in faults)
                page.write_string(line, told, words[:_CELL], said)
        page.write_string(sheet.top - 1, told, CHECKED, head)
        page.freeze_panes(sheet.top, 0)
        page.autofilter(sheet.top - 1, 0, max(len(sheet.grid) - 1, sheet.top), told)

    return _workbook(fill)
