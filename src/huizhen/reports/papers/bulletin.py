"""通报: what a bulletin says about its numbers, section by section, and the official document made of it.

Sentences with numbers are made here and cannot be edited; after them stand the writers' words, which are texts of their own. Page and
Word file show the same sections. Chinese in every language of the interface, as such papers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from huizhen.lib.official import (
    Attachment,
    Bars,
    Block,
    Heading,
    Imprint,
    Letterhead,
    Official,
    Paragraph,
    Signature,
    Table,
    day_words,
    document_number,
    draw,
    numeral,
)
from huizhen.reports.choices import BulletinState
from huizhen.reports.models import Bulletin
from huizhen.reports.queries.bulletins import COLUMNS, LATE, MISSING, ON_TIME, Number, Row, Sent, Told

LETTERS = "党建通"
"""发文机关代字: 党建通〔2026〕3号."""
UNISSUED_MARK = "（送审稿）"
NAMED = 12
"""So many groups or methods does a sentence name; then it says how many more there are."""
RATES = (
    "first_contact_on_time", "session_rate", "prescription_on_time", "execution", "follow_up_rate", "marked",
)  # fmt: skip
SENT_WORDS = {ON_TIME: "按时", LATE: "迟报", MISSING: "未报"}
_SMALL = "分母不足{}的只列数量，不算比率。"


@dataclass(frozen=True)
class Cell:
    """A number in words, the counts behind a rate, the code of its figure ("" where there is no list of cases)."""

    text: str
    of: str = ""
    code: str = ""
    is_small: bool = False


@dataclass(frozen=True)
class Line:
    """A row of a table; `scope`: whose cases its numbers count, as addresses name it."""

    name: str
    scope: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """A table. `title`: its caption, or the title of the attachment it stands in."""

    title: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """Bars: a name, a share of the whole length between 0 and 1, the number in words."""

    title: str
    bars: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class Section:
    """One 一、 of a bulletin. `facts`: locked sentences. `field`: name of the writers' text, "" where there is none. `overleaf`: a table
    that stands in an attachment."""

    title: str
    facts: tuple[str, ...] = ()
    field: str = ""
    text: str = ""
    charts: tuple[Chart, ...] = ()
    grid: Grid | None = None
    overleaf: Grid | None = None


def proposed_title(short_name: str, month: date) -> str:
    """What a bulletin is called until its writers say otherwise."""
    return f"关于{month.year}年{month.month}月{_quoted(short_name)}推进情况的通报"


def _quoted(name: str) -> str:
    return name if name.startswith("“") else f"“{name}”"


def number_words(bulletin: Bulletin) -> str:
    """党建通〔2026〕3号, or "" before it is issued."""
    if bulletin.year is None or bulletin.number is None:
        return ""
    return document_number(LETTERS, bulletin.year, bulletin.number)


def opening(bulletin: Bulletin, told: Told) -> str:
    """The first paragraph."""
    return (
        f"{day_words(told.since)}至{day_words(told.until)}（以下简称本期）{_quoted(bulletin.campaign.short_name)}"
        f"推进情况通报如下。数字由系统统计，截至{day_words(told.on)}。"
    )


def sections(bulletin: Bulletin, told: Told) -> tuple[Section, ...]:
    """Everything between the first paragraph and the signature; sections with nothing in them are left out."""
    made = (
        _overall(bulletin, told),
        _domains(told),
        _groups(told),
        _reports(told),
        Section("工作亮点", tuple(_lights(told)), "highlights", bulletin.highlights),
        Section("存在问题", tuple(_shadows(told)), "problems", bulletin.problems),
        Section("下步工作", (), "next_steps", bulletin.next_steps),
    )
    return tuple(one for one in made if one.facts or one.field or one.grid or one.overleaf)


# ── numbers in words


def words(one: Number) -> str:
    """87.5%, 0.5小时, 12; what is small or has nothing to divide by shows its counts."""
    if one.kind in ("count", "reuse"):
        return str(one.numerator)
    if one.value is None:
        if one.kind == "rate" and one.denominator:
            return f"{one.numerator}/{one.denominator}"
        return f"{one.denominator}次" if one.denominator else "—"
    return f"{one.value}%" if one.kind == "rate" else f"{one.value}小时"


def behind(one: Number) -> str:
    """The counts behind a value: 7/8, 7次."""
    if one.value is None or one.denominator is None:
        return ""
    return f"{one.numerator}/{one.denominator}" if one.kind == "rate" else f"{one.denominator}次"


def cell(one: Number) -> Cell:
    has_list = one.kind != "reuse" and bool(one.numerator or one.denominator)
    return Cell(words(one), behind(one), one.code if has_list else "", one.is_small)


def _said(one: Number) -> str:
    """首次沟通及时率87.5%; of what is small the counts: 会诊率0/4. The counts behind a rate stand in the table."""
    return f"{one.label}{words(one)}"


# ── sections


def _overall(bulletin: Bulletin, told: Told) -> Section:
    counts = [f"挂号{told['registered'].numerator}例"]
    if told["urgent"].numerator:
        counts.append(f"其中加急、特急{told['urgent'].numerator}例")
    ends = [
        f"{verb}{told[code].numerator}例"
        for code, verb in (
            ("cured", "已破题"), ("unresolved", "未破题结案"), ("withdrawn", "撤号"), ("declined", "不予受理"),
        )
        if told[code].numerator
    ]  # fmt: skip
    facts = ["本期" + "，".join(counts) + ("；" + "、".join(ends) if ends else "") + "。"]
    rates = [_said(told[code]) for code in RATES if told[code].denominator]
    if rates:
        facts.append("，".join(rates) + "。")
    if told["response_median"].value is not None:
        facts.append(
            f"从挂号到首次沟通，工作时间的中位数为{words(told['response_median'])}，"
            f"九成不超过{words(told['response_p90'])}。"
        )
    lines = tuple(
        Line(one.label, "all", (cell(one), Cell(behind(one)), Cell(words(was) if (was := told.was(one.code)) else "—")))
        for one in told.overall
    )
    grid = Grid("主要指标", ("指标", "本期", "计数", "上期"), lines, _SMALL.format(told.least))
    return Section("总体情况", tuple(facts), "overview", bulletin.overview, tuple(_funnel(told)), grid)


def _funnel(told: Told) -> Iterator[Chart]:
    whole = told.funnel[0][2] if told.funnel else 0
    if whole:
        bars = tuple((label, n / whole, f"{n}例") for _code, label, n in told.funnel)
        yield Chart("本期挂号的病例走到哪一步", bars)


def _table(title: str, first: str, rows: Sequence[Row], note: str) -> Grid:
    head = (first, *(_HEADS[code] for code in COLUMNS), "新发布工作法")
    lines = tuple(
        Line(row.name, f"{row.kind}:{row.code}", (*map(cell, row.numbers), Cell(str(row.published)))) for row in rows
    )
    return Grid(title, head, lines, note)


_WIDE = (9.2, 3.2, 3.2, 4.6, 4.4, 4.4, 4.4, 4.4, 4.2)
"""Shares of the columns of domains and groups: names of domains and 100.0% in one line, names of groups in two."""
_HEADS = {
    "registered": "挂号数", "cured": "已破题", "first_contact_on_time": "首次沟通及时率", "session_rate": "会诊率",
    "execution": "处方执行率", "follow_up_rate": "复诊率", "marked": "显效率",
}  # fmt: skip


def _domains(told: Told) -> Section:
    if not told.domains:
        return Section("各领域情况")
    most = max(told.domains, key=lambda row: row["registered"].numerator)
    facts = [f"本期有病例的领域{len(told.domains)}个。"]
    if most["registered"].numerator:
        facts[0] = f"本期有病例的领域{len(told.domains)}个，挂号最多的是{most.name}，{most['registered'].numerator}例。"
    known = [(row.name, row["first_contact_on_time"]) for row in told.domains]
    bars = tuple((name, float(one.value) / 100, words(one)) for name, one in known if one.value is not None)
    charts = (Chart("各领域首次沟通及时率", bars),) if len(bars) > 1 else ()
    grid = _table("各领域主要指标", "领域", told.domains, _SMALL.format(told.least))
    return Section("各领域情况", tuple(facts), charts=charts, grid=grid)


def _groups(told: Told) -> Section:
    if not told.groups:
        return Section("各专家团情况")
    facts = [
        f"本期有病例的专家团{len(told.groups)}个"
        + (f"，没有病例的{told.silent_groups}个" if told.silent_groups else "")
    ]
    facts[0] += f"。各团首次沟通及时率、会诊率、处方执行率、复诊率、显效率和工作法见附件{1 if told.units else ''}。"
    best = [
        row.name for row in told.groups
        if row["first_contact_on_time"].value == "100.0" and row["session_rate"].value in ("100.0", None)
    ]  # fmt: skip
    if best:
        facts.append(f"首次沟通全部按时的专家团：{_listed(best)}。")
    grid = _table("各专家团主要指标", "专家团", told.groups, _SMALL.format(told.least))
    return Section("各专家团情况", tuple(facts), overleaf=grid)


def _reports(told: Told) -> Section:
    if not told.units:
        return Section("月报报送情况")
    by_state: dict[str, list[str]] = {ON_TIME: [], LATE: [], MISSING: []}
    for one in told.units:
        by_state[one.state].append(one.name)
    facts = [
        f"本期应报月报的单位{len(told.units)}个，按时报送{len(by_state[ON_TIME])}个，"
        f"迟报{len(by_state[LATE])}个，未报{len(by_state[MISSING])}个。"
    ]
    facts[0] += f"各单位报送情况见附件{2 if told.groups else ''}。"
    facts += [f"{SENT_WORDS[state]}：{'、'.join(by_state[state])}。" for state in (LATE, MISSING) if by_state[state]]
    lines = tuple(
        Line(one.name, f"unit:{one.code}", (Cell(SENT_WORDS[one.state]), Cell(_day(one)))) for one in told.units
    )
    return Section(
        "月报报送情况", tuple(facts), overleaf=Grid("各单位月报报送情况", ("单位", "报送", "报送日期"), lines)
    )


def _day(one: Sent) -> str:
    return day_words(one.day) if one.day else "—"


def _lights(told: Told) -> Iterator[str]:
    if told.methods:
        names = _listed([f"《{one.name}》（{one.by}）" for one in told.methods])
        yield f"本期新发布工作法{len(told.methods)}个：{names}。"
    marked, reused = told["marked"].numerator, told["effective_reuses"].numerator
    if marked:
        yield f"本期复诊显效的病例{marked}例" + (f"，工作法有效复用{reused}次。" if reused else "。")


def _shadows(told: Told) -> Iterator[str]:
    for code, what in (("first_contact_on_time", "首次沟通"), ("session_rate", "会诊"), ("follow_up_rate", "复诊")):
        missed = [(row.name, (row[code].denominator or 0) - row[code].numerator) for row in told.groups]
        worst = sorted((one for one in missed if one[1] > 0), key=lambda one: -one[1])
        if worst:
            how = "有超时" if code == "first_contact_on_time" else "到期没有办"
            yield f"{what}{how}的专家团：{_listed([f'{name}{n}次' for name, n in worst])}。"


def _listed(names: Sequence[str]) -> str:
    said = "、".join(names[:NAMED])
    return said if len(names) <= NAMED else f"{said}等{len(names)}个"


# ── the document


def official_of(bulletin: Bulletin, told: Told, *, on: date) -> Official:
    """The document. `on`: the day of its signature."""
    told_in = sections(bulletin, told)
    blocks = [Paragraph(opening(bulletin, told)), *(block for one in told_in for block in _blocks(one))]
    over = [one.overleaf for one in told_in if one.overleaf]
    number = number_words(bulletin)
    is_draft = not number
    return Official(
        title=bulletin.title,
        subtitle=UNISSUED_MARK if is_draft else "",
        blocks=tuple(blocks),
        letterhead=Letterhead(mark_words(bulletin), number=number or f"{LETTERS}〔{on.year}〕　号"),
        to=bulletin.addressees,
        attachments=tuple(Attachment(one.title, (_drawn(one, caption=False),)) for one in over),
        signature=Signature(bulletin.issuer, on, is_sealed=True),
        imprint=Imprint(bulletin.issuer, on, _copies(bulletin.copies)),
    )


def word_of(bulletin: Bulletin, told: Told, *, on: date) -> bytes:
    """The Word file."""
    return draw(official_of(bulletin, told, on=on))


def file_name(bulletin: Bulletin) -> str:
    """Name of the Word file, without its ending: the number once there is one."""
    return number_words(bulletin) or f"{bulletin.code}-送审稿"


def signed_on(bulletin: Bulletin, *, today: date) -> date:
    """The day under the signature."""
    is_out = bulletin.state in (BulletinState.ISSUED, BulletinState.VOIDED) and bulletin.issued_at
    return timezone.localdate(bulletin.issued_at) if is_out else today


@dataclass(frozen=True)
class Frame:
    """What stands around the sections, in words, for a page that looks like the paper."""

    mark: str
    number: str
    to: str
    headings: tuple[str, ...]
    attached: str
    attachments: tuple[str, ...]
    signed: str
    copies: str
    printed: str


def mark_words(bulletin: Bulletin) -> str:
    """The letterhead."""
    return f"{bulletin.issuer}文件"


def frame_of(bulletin: Bulletin, parts: Sequence[Section], *, on: date) -> Frame:
    """`parts`: the sections that are shown. `on`: the day of its signature."""
    over = [one for one in parts if one.overleaf]
    day = day_words(on)
    return Frame(
        mark=mark_words(bulletin), number=number_words(bulletin) or UNISSUED_MARK, to=f"{bulletin.addressees}：",
        headings=tuple(f"{numeral(at)}、{one.title}" for at, one in enumerate(parts, 1)),
        attached="附件：", attachments=tuple(f"附件{at if len(over) > 1 else ''}" for at in range(1, len(over) + 1)),
        signed=day, copies=f"抄送：{bulletin.copies}" if bulletin.copies else "", printed=f"{day}印发",
    )  # fmt: skip


def _copies(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in text.replace("，", "、").split("、"))))


def _blocks(one: Section) -> Iterator[Block]:
    if not (one.facts or one.text or one.grid):
        return
    yield Heading(1, one.title)
    yield from (Paragraph(fact) for fact in one.facts)
    if one.text:
        yield Paragraph(one.text)
    for chart in one.charts:
        yield Bars(chart.bars, caption=chart.title)
    if one.grid:
        yield _drawn(one.grid, caption=True)


def _drawn(grid: Grid, *, caption: bool) -> Table:
    return Table(
        head=grid.head,
        rows=tuple((line.name, *(one.text for one in line.cells)) for line in grid.lines),
        caption=grid.title if caption else "",
        note=grid.note,
        widths=_WIDE if len(grid.head) == len(_WIDE) else (),
    )
