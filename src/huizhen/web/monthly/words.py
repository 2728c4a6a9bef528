"""Words of the monthly reports: how they stand, numbers with the addresses of their cases, first sentences, the paper as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huizhen.directory.models import Campaign
from huizhen.directory.queries import Standing, current_campaign
from huizhen.lib.official import Block, Heading, Official, Paragraph, Table, day_words, numeral
from huizhen.lib.workdays import Calendar
from huizhen.reports.choices import Kind, ReportState
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries import monthly as queries
from huizhen.reports.queries.figures import Figure
from huizhen.reports.queries.metrics import SECTIONS
from huizhen.reports.queries.monthly import Standings
from huizhen.reports.queries.monthly_contents import LANGUAGE, Contents
from huizhen.web.figures.words import cases_url, of_words, value_words
from huizhen.worktime.queries import calendar

TONES = {ReportState.OPEN: "dai", ReportState.ON_TIME: "zhu", ReportState.LATE: "po", ReportState.MISSING: "red"}
HINTS: Mapping[str, str | Promise] = {
    "overall": gettext_lazy("各支部怎样挂号问诊、病例推进得怎样。数字在旁边，会自动写进报告，这里不用写。"),
    "practice": gettext_lazy("做得好的、可以让别的单位学的。"),
    "problems": gettext_lazy("卡在哪里，为什么。"),
    "plans": gettext_lazy("下个月做什么。"),
    "needs": gettext_lazy("要党建工作部或哪个领域帮什么。有关领域的接口人也会看到这一段。"),
}


def month_words(month: date) -> str:
    """2026年3月."""
    return _("%(year)s 年 %(month)s 月") % {"year": month.year, "month": month.month}


@dataclass(frozen=True)
class Line:
    """A report in a list: how it stands in words, with colour; what is left to do, and its address."""

    one: Standings
    month: str
    tone: str
    said: str
    url: str


def line(one: Standings, *, today: date, days: Calendar) -> Line:
    """今天到期; 还有 3 个工作日; 已过期 2 天; 3月12日 10:00 报送."""
    url = reverse("monthly:page", args=[one.report.code])
    return Line(one, month_words(one.report.month), TONES[one.state], _said(one, today, days), url)


def _said(one: Standings, today: date, days: Calendar) -> str:
    if one.is_sent:
        return _("已报送，第 %(n)s 版") % {"n": one.version} if one.version > 1 else _("已报送")
    if one.is_withdrawn:
        return _("已撤回，还没有重报")
    if one.state == ReportState.MISSING:
        late = (today - one.report.due_on).days
        return ngettext("已过期 %(n)s 天", "已过期 %(n)s 天", late) % {"n": late}
    left = days.working_days(today + timedelta(days=1), one.report.due_on + timedelta(days=1))
    if not left:
        return _("今天到期，24 点前报送算按时")
    return ngettext("还有 %(n)s 个工作日到期", "还有 %(n)s 个工作日到期", left) % {"n": left}


# ── numbers


@dataclass(frozen=True)
class Row:
    """A number with the counts behind it and the address of its cases, "" when it has none."""

    label: str | Promise
    value: str
    of: str
    url: str


def rows(found: Mapping[str, Figure], scope: Scope, numbers: Contents) -> list[Row]:
    """One scope's numbers."""
    return [_row(one, scope, numbers) for one in found.values()]


def _row(one: Figure, scope: Scope, numbers: Contents) -> Row:
    has_cases = one.metric.has_list and (one.numerator or one.denominator)
    part = "whole" if one.metric.denominator else ""
    url = cases_url(one.metric.code, scope, numbers.period, part) if has_cases else ""
    return Row(one.metric.label, value_words(one), of_words(one), url)


def unit_sections(numbers: Contents) -> list[tuple[str | Promise, list[Row]]]:
    """The unit's numbers under their headings."""
    scope = Scope(Kind.UNIT.value, numbers.unit_code, numbers.unit, numbers.unit_key)
    return [
        (
            label,
            rows({code: one for code, one in numbers.figures.items() if one.metric.section == name}, scope, numbers),
        )
        for name, label in SECTIONS.items()
        if any(one.metric.section == name for one in numbers.figures.values())
    ]


def changes(numbers: Contents) -> list[tuple[str | Promise, str, str]]:
    """What happened in the last period after its report: figure, then, now."""
    return [(one.now.metric.label, _with_counts(one.was), _with_counts(one.now)) for one in numbers.changes]


def _with_counts(one: Figure) -> str:
    value, of = value_words(one), of_words(one)
    return f"{value}（{of}）" if one.metric.kind == "rate" and one.value is not None else value


def group_rows(numbers: Contents) -> list[tuple[Any, list[Row]]]:
    """The groups with their numbers."""
    return [
        (part, rows(part.figures, Scope(Kind.GROUP.value, part.code, part.name, part.key), numbers))
        for part in numbers.groups
    ]


# ── what is written


@dataclass(frozen=True)
class Field:
    """A text of the editor. `is_proposed`: nobody has saved it yet, so a first sentence stands there."""

    name: str
    label: str | Promise
    value: str
    hint: str | Promise
    longest: int
    lines: int
    is_proposed: bool = False
    faults: tuple[str, ...] = ()


def proposal(section: str, numbers: Contents) -> str:
    """A first sentence, in the language of the paper. It holds no number: numbers in words could be changed."""
    with translation.override(LANGUAGE):
        return _overall(numbers) if section == "overall" else ""


def _overall(numbers: Contents) -> str:
    if numbers.is_empty:
        return _("本月没有新增病例，也没有在诊的病例。")
    if not numbers.cases and not numbers.hidden:
        return _("本月本单位支部没有在诊的病例。")
    return _("本月各支部按计划挂号问诊，在诊病例由专家团跟进，指标见下表。")


def line_proposal(part: Any) -> str:
    """The same for a group."""
    with translation.override(LANGUAGE):
        return _("本月团里没有新挂号的病例。") if not part.figures["registered"].numerator else ""


# ── the paper as a page


def paper(found: Official) -> dict[str, Any]:
    """What the template draws: the very document of the Word file."""
    return {
        "paper": found,
        "blocks": list(_drawn(found.blocks)),
        "appendices": [(one.title, list(_drawn(one.blocks))) for one in found.attachments],
        "signed": (found.signature.name, day_words(found.signature.day)) if found.signature else None,
    }


def _drawn(blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    first = second = 0
    for one in blocks:
        if isinstance(one, Heading):
            if one.level == 1:
                first, second = first + 1, 0
                yield {"kind": "h1", "text": f"{numeral(first)}、{one.text}"}
            else:
                second += 1
                yield {"kind": "h2", "text": f"（{numeral(second)}）{one.text}"}
        elif isinstance(one, Paragraph):
            yield {"kind": "p", "lines": [text for text in one.text.split("\n") if text.strip()]}
        elif isinstance(one, Table):
            yield {"kind": "table", "table": one}


# ── first screens


def at_home(standing: Standing, role: str, now: datetime) -> list[dict[str, Any]]:
    """Lines for a first screen: her units' reports that are not sent; how many units have not sent theirs. Three queries at most."""
    found: list[dict[str, Any]] = []
    today = timezone.localdate(now)
    if standing.unit_ids:
        days = calendar()
        for one in queries.own(standing, now=now, limit=12):
            if not one.is_sent and (today - one.report.due_on).days < 62:
                told = line(one, today=today, days=days)
                words = _("%(unit)s %(month)s月报") % {"unit": one.report.unit.name, "month": told.month}
                found.append(
                    {"words": words, "url": told.url, "more": told.said, "is_bad": one.state == ReportState.MISSING}
                )
    if role == "coordinator" and (campaign := current_campaign()):
        found += _everybody(campaign, now)
    return found


def _everybody(campaign: Campaign, now: datetime) -> list[dict[str, Any]]:
    newest = queries.newest_month(campaign)
    told = queries.compliance(campaign, newest.month, now=now) if newest else None
    if told is None:
        return []
    sent, every = sum(one.is_sent for one in told.rows), len(told.rows)
    words = _("%(month)s月报 %(sent)s/%(every)s 已报") % {
        "month": month_words(told.month),
        "sent": sent,
        "every": every,
    }
    missing = told.counts[ReportState.MISSING]
    more = ngettext("%(n)s 个单位未报", "%(n)s 个单位未报", missing) % {"n": missing} if missing else ""
    return [{"words": words, "url": reverse("monthly:board"), "more": more, "is_bad": bool(missing)}]
