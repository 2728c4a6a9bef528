"""月报 as an official document (报告), whole or the extract of a domain. Chinese in every language of the interface, as such papers are.

The numbers are those of `queries.monthly_contents`; the words those that were typed. Nothing else stands in it but set phrases.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from huizhen.lib.official import (
    Attachment,
    Block,
    Heading,
    Letterhead,
    Official,
    Paragraph,
    Signature,
    Table,
    day_words,
    draw,
)
from huizhen.reports.choices import REPORT_SECTIONS
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.metrics import METRICS, SECTIONS
from huizhen.reports.queries.monthly_contents import LANGUAGE, OF_GROUP, Contents, GroupPart, Told, progress_of

TO = "党建工作部"
NOTHING = "—"
_UNITS = {"median": "小时", "p90": "小时"}


def value_of(one: Figure) -> str:
    """9, 87.5%（7/8）, 3/4 where there are too few for a rate, 0.5 小时, — where there is nothing."""
    kind = one.metric.kind
    if kind in ("count", "reuse"):
        return str(one.numerator)
    if kind == "rate":
        counts = f"{one.numerator}/{one.denominator}" if one.denominator else NOTHING
        return counts if one.value is None else f"{one.value}%（{counts}）"
    if one.value is None:
        return NOTHING if not one.denominator else f"共{one.denominator}次，数量少不作统计"
    return f"{one.value}{_UNITS.get(kind, '')}"


def title_of(told: Told) -> str:
    """关于佛山分公司2026年3月专家把脉会诊工作情况的报告."""
    month, part = told.report.month, f"（{told.numbers.domain_name}领域摘要）" if told.numbers.domain else ""
    return f"关于{told.numbers.unit}{month.year}年{month.month}月专家把脉会诊工作情况的报告{part}"


def paper_of(told: Told) -> Official:
    """The report: words and figures of the branches, figures of the groups, the list of cases as an attachment."""
    with translation.override(LANGUAGE):
        month = told.report.month
        rows = told.numbers.cases
        listed = (
            (Attachment(title=_list_title(told), blocks=tuple(_list(told))),) if rows or told.numbers.hidden else ()
        )
        again = f"第{told.version}次报送" if told.version > 1 else ""
        return Official(
            title=title_of(told),
            subtitle=again,
            to=f"{told.numbers.domain_name}领域接口人" if told.numbers.domain else TO,
            blocks=tuple(_blocks(told)),
            letterhead=Letterhead("专家把脉会诊月报", issuer=told.numbers.unit, day=f"{month.year}年{month.month}月"),
            attachments=listed,
            signature=Signature(told.numbers.unit, told.day),
        )


def _list_title(told: Told) -> str:
    return f"{told.numbers.unit}支部问诊病例清单"


def docx_of(told: Told) -> bytes:
    """The file."""
    return draw(paper_of(told))


def _blocks(told: Told) -> Iterator[Block]:
    numbers, words = told.numbers, told.words_told
    yield Paragraph(_opening(told))
    if not numbers.domain:
        yield Heading(1, "支部问诊情况")
        for name in ("overall", "practice"):
            if name in words:
                yield Heading(2, str(REPORT_SECTIONS[name]))
                yield Paragraph(words[name])
        yield Heading(2, "指标")
        yield from _unit_tables(numbers)
        if numbers.changes:
            yield Heading(2, "上期报送后的变化")
            rows = tuple((str(one.now.metric.label), value_of(one.was), value_of(one.now)) for one in numbers.changes)
            yield Table(("上期指标", "报送时", "现在"), rows, widths=(3, 2, 2))
    if numbers.groups:
        yield Heading(1, "本单位团长所在专家团情况")
        yield from _groups(told)
    for name in ("problems", "plans", "needs"):
        if name in words:
            yield Heading(1, str(REPORT_SECTIONS[name]))
            yield Paragraph(words[name])


def _opening(told: Told) -> str:
    numbers = told.numbers
    if numbers.domain:
        what = f"现将涉及{numbers.domain_name}领域的情况摘报如下。"
    else:
        what = "现将有关情况报告如下。"
    return f"本期为{day_words(numbers.since)}至{day_words(numbers.until)}，数字截至{day_words(numbers.as_of)}。{what}"


def _unit_tables(numbers: Contents) -> Iterator[Block]:
    for section, label in SECTIONS.items():
        rows = tuple(
            (str(one.metric.label), value_of(one)) for one in numbers.figures.values() if one.metric.section == section
        )
        if rows:
            yield Table(("指标", "本期"), rows, caption=str(label), widths=(3, 2))


def _groups(told: Told) -> Iterator[Block]:
    for one in told.numbers.groups:
        line = told.lines.get(one.code, "").strip()
        yield Heading(2, f"{one.name}（团长{one.leader}）")
        if line:
            yield Paragraph(line)
        if one.signed:
            yield Paragraph(f"本月工作清单由团长于{day_words(one.signed)}签字（第{one.version}版）。")
        yield Table(("指标", "本期"), tuple(group_rows(one)), widths=(3, 2))


def group_rows(one: GroupPart) -> Iterator[tuple[str, str]]:
    """The figures of a group with their names."""
    for code in OF_GROUP:
        if code in one.figures:
            yield str(METRICS[code].label), value_of(one.figures[code])


LIST_HEAD = ("序号", "挂号编号", "党支部", "破题项目", "专家团", "挂号日期", "进展")


def _list(told: Told) -> Iterator[Block]:
    numbers = told.numbers
    rows = tuple(
        (str(n), one.code, one.branch, one.title, one.group or "导诊台", one.registered.isoformat(), progress_of(one))
        for n, one in enumerate(numbers.cases, 1)
    )
    notes = []
    if numbers.hidden:
        notes.append(f"另有敏感病例{numbers.hidden}例，计入指标，不列清单。")
    if numbers.left_out:
        notes.append(f"其余{numbers.left_out}例没有列出。")
    if rows:
        yield Table(LIST_HEAD, rows, note="".join(notes), widths=(1, 2.4, 3.4, 4.2, 3, 2.2, 1.8))
    elif notes:
        yield Paragraph("".join(notes))
