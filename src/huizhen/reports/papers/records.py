"""履职记录 as an official document, for the yearly evaluation. Chinese in every language of the interface, as such papers are.

Flags for a talk stand on it only when the expert herself has it made: her reasons are hers to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone, translation

from huizhen.cases.models import Flag
from huizhen.directory.models import Group, Membership, Person
from huizhen.lib.official import Block, Heading, Official, Paragraph, Table, day_words
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.record_items import FIGURES, ITEMS, SECTIONS
from huizhen.reports.queries.records import Record

LANGUAGE = "zh-hans"
_SIGNS = (
    ("本人（签字）", "", "年    月    日"),
    ("团长（签字）", "", "年    月    日"),
    ("单位意见（盖章）", "", "年    月    日"),
)
_GROUP_SIGNS = (("团长（签字）", "", "年    月    日"), ("领域接口人（签字）", "", "年    月    日"))


def figure_words(one: Figure) -> str:
    """87.5%（7/8）, 3/4, 2.5小时, 12; — where there was nothing."""
    if one.metric.kind in ("count", "reuse"):
        return str(one.numerator)
    if not one.denominator:
        return "—"
    if one.metric.kind == "load":
        return str(one.value) if one.value is not None else f"最多{one.numerator}例"
    counts = f"{one.numerator}/{one.denominator}"
    if one.metric.spread:
        return f"{one.value}小时（{one.denominator}次）" if one.value is not None else f"{one.denominator}次"
    return f"{one.value}%（{counts}）" if one.value is not None else counts


def lines(record: Record, section: str) -> Iterator[tuple[str, str]]:
    """What stands in a section: words and value, in the order of the page."""
    for item in ITEMS.values():
        if item.section == section and item.code in record.counts and item.code != "feedback":
            yield str(item.label), str(record.counts[item.code])
    if section == "timely":
        for code in FIGURES:
            yield str(record.figures[code].metric.label), figure_words(record.figures[code])
        yield "到期未按时办的次数", str(record.late)
    if section == "heard":
        said = record.feedback
        yield "支部反馈份数", str(said.n)
        if said.n:
            yield "价值、可操作性均分（满分5）", f"{said.value or '—'}、{said.feasibility or '—'}"
            yield "支部说有了新思路", str(said.new_ideas)
        yield "工作法被复用次数", str(record.reuses)
        yield "其中有效复用", str(record.effective_reuses)


def paper_of(
    person: Person, seats: Sequence[Membership], record: Record, *, reasons: Sequence[Flag] = (), at: datetime
) -> Official:
    """The record of an expert; `reasons`: the talks whose reasons stand on it."""
    with translation.override(LANGUAGE):
        groups = "、".join(f"{one.group.name}{one.get_role_display()}" for one in seats) or "未入专家团"
        unit = person.unit.name if person.unit else ""
        who = f"{person.name}，{unit}{person.post}，{groups}。"
        blocks = [Paragraph(f"{who}{_told(record, at)}"), *_sections(record, _SIGNS, reasons)]
        return Official(
            title=f"{record.period.since.year}年度专家履职记录", subtitle=person.name, blocks=tuple(blocks),
            note=f"{day_words(timezone.localdate(at))}由会诊系统生成",
        )  # fmt: skip


def paper_of_group(
    group: Group, seats: Sequence[Membership], record: Record, members: Sequence[tuple[Person, Record]], *, at: datetime
) -> Official:
    """The record of a group; `members`: those whose records the reader may see, each with a line."""
    with translation.override(LANGUAGE):
        blocks: list[Block] = [
            Paragraph(f"{group.domain.name}领域，{group.code}，全年成员{len(seats)}人。{_told(record, at)}")
        ]
        blocks += _sections(record, _GROUP_SIGNS, (), tuple(_members(members)))
        return Official(
            title=f"{record.period.since.year}年度专家团履职记录", subtitle=group.name, blocks=tuple(blocks),
            note=f"{day_words(timezone.localdate(at))}由会诊系统生成",
        )  # fmt: skip


def _told(record: Record, at: datetime) -> str:
    since, until = record.period.since, max(record.period.since, min(record.period.until, timezone.localdate(at)))
    return f"本记录统计{day_words(since)}至{day_words(until)}的办理情况，口径与系统统计相同；" + (
        "期内没有记录。" if record.is_empty else "数量不足的只列次数，不算比率。"
    )


def _sections(
    record: Record, signs: Sequence[tuple[str, str, str]], reasons: Sequence[Flag], more: Sequence[Block] = ()
) -> Iterator[Block]:
    for section, label in SECTIONS.items():
        told = list(lines(record, section))
        yield Heading(1, str(label))
        pairs = [(*told[at], *(told[at + 1] if at + 1 < len(told) else ("", ""))) for at in range(0, len(told), 2)]
        yield Table(("项目", "数值", "项目", "数值"), tuple(pairs), widths=(3, 2, 3, 2))
    if reasons:
        yield Heading(1, "超时一天以上的说明")
        rows = tuple((one.case.code, f"{timezone.localdate(one.at):%m-%d}", one.reasons or "未写") for one in reasons)
        yield Table(("病例", "日期", "本人说明"), rows, widths=(2, 1, 5))
    yield from more
    yield Heading(1, "确认")
    yield Table(("签署", "意见", "日期"), tuple(signs), widths=(2, 4, 2))


_COLUMNS = ("answered", "sessions", "prescriptions", "followed_up", "authored", "taught")


def _members(members: Sequence[tuple[Person, Record]]) -> Iterator[Block]:
    if not members:
        return
    yield Heading(1, "成员")
    head = ("姓名", *(str(ITEMS[code].label) for code in _COLUMNS), "显效率")
    rows = tuple(
        (one.name, *(str(record.counts[code]) for code in _COLUMNS), figure_words(record.figures["marked"]))
        for one, record in members
    )
    yield Table(head, rows)
