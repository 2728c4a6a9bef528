"""年度总结 of a campaign as an official document: its frozen figures, beside those of the campaign before. Chinese, as such papers are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils import timezone, translation

from huizhen.lib.official import Block, Heading, Official, Paragraph, Table, day_words
from huizhen.reports.papers.records import LANGUAGE, figure_words
from huizhen.reports.queries.ending import COLUMNS, Summary
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.metrics import METRICS, SECTIONS

_KINDS = {"domain": "各领域", "group": "各专家团", "unit": "各单位"}


def paper_of(one: Summary) -> Official:
    """The whole summary; tables of kinds without any figure are left out."""
    with translation.override(LANGUAGE):
        campaign = one.row.campaign
        return Official(
            title=f"{campaign.name}年度总结", blocks=tuple(_blocks(one)),
            note=f"数据于{day_words(timezone.localdate(one.row.at))}冻结，校验码{one.row.digest[:16]}",
        )  # fmt: skip


def _blocks(one: Summary) -> Iterator[Block]:
    told = one.row.told
    yield Paragraph(
        f"本次活动自{_day(told['since'])}至{_day(told['until'])}。全年挂号{one.whole['registered'].numerator}例，"
        f"破题{one.whole['cured'].numerator}次，未破题结案{one.whole['unresolved'].numerator}次，"
        f"结束时未结{told['open']}例。数量不足的只列次数，不算比率。"
    )
    yield Heading(1, "总体情况")
    for section, label in SECTIONS.items():
        rows = [metric for metric in METRICS.values() if metric.section == section and metric.code in one.whole]
        if not rows:
            continue
        yield Heading(2, str(label))
        head = ("指标", "本年度", one.before_name) if one.before else ("指标", "本年度")
        yield Table(
            head, tuple(_row(str(metric.label), metric.code, one) for metric in rows), widths=(3, 3, 3)[: len(head)]
        )
    for kind, words in _KINDS.items():
        if table := one.tables.get(kind):
            yield Heading(1, words)
            codes = [code for code in COLUMNS if code in METRICS]
            rows_ = tuple((name, *(_cell(found, code) for code in codes)) for _code, name, found in table)
            yield Table(("名称", *(str(METRICS[code].label) for code in codes)), rows_)


def _day(text: str) -> str:
    return day_words(date.fromisoformat(text))


def _row(label: str, code: str, one: Summary) -> tuple[str, ...]:
    cells = (label, figure_words(one.whole[code]))
    return (*cells, _cell(one.before, code)) if one.before else cells


def _cell(found: Mapping[str, Figure], code: str) -> str:
    return figure_words(found[code]) if code in found else "—"
