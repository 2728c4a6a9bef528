"""Words and addresses of the work list: its segments, chips, columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.cases.choices import Urgency
from huizhen.cases.lifecycle import OPEN
from huizhen.cases.queries import lists
from huizhen.cases.queries.chips import chip
from huizhen.cases.queries.lists import Filters, Page
from huizhen.cases.verbs import SITUATIONS, STAGES
from huizhen.directory.queries import Standing
from huizhen.reports.choices import ExportState
from huizhen.reports.models import ColumnSet, Export
from huizhen.reports.policy.worklist import writes
from huizhen.reports.queries.worklist import COLUMNS, FIXED, SETS, WORDS, Asked, Row, asked_of
from huizhen.web.lists.words import EMPTY, FLAGS, NAMES, SCOPES, Link, state
from huizhen.web.moments import day_words
from huizhen.worktime.queries import calendar

Words = str | Promise

# What a heading of 附件 2 is called on a page; in a file it is Chinese whatever the reader's language.
HEADS: dict[str, Words] = {
    "serial": _("序号"), "number": _("挂号编号"), "group": pgettext_lazy("one", "专家团"), "leader": _("团长"), "domain": _("领域"),
    "source": _("来源"), "unit": _("问诊单位"), "branch": _("党支部"), "lead": _("领题人"), "requester": _("问诊人及联系方式"),
    "title": _("破题项目"), "condition": _("病情摘要"), "urgency": _("紧急程度"), "registered": _("挂号时间"), "responder": _("首问专家"),
    "contacted": _("首次沟通时间"), "mode": _("会诊方式"), "session": _("会诊时间"), "people": _("参与专家"), "invited": _("协诊团"),
    "diagnosis": _("诊断"), "measures": _("破题举措"), "innovation": _("创新类型"), "owners": _("责任人及完成时限"),
    "progress": _("当前进展"), "followed": _("复诊时间"), "verdict": _("复诊结论"), "effect": _("成效（前→后）"), "method": _("工作法"),
    "promoted": _("是否推广"), "trouble": _("存在问题及需协调事项"), "remark": _("备注"),
}  # fmt: skip
SET_NAMES: dict[str, Words] = {
    "progress": _("进度"), "care": _("诊疗"), "effect": pgettext_lazy("columns", "成效"), "all": _("附件 2 全表"),
}  # fmt: skip
HIDDEN = ("serial", *FIXED)
"""Columns that the page shows as the beginning of each row, or not at all."""
PURPOSES = (_("月度报送"), _("会议材料"), _("核对数据"))


@dataclass(frozen=True)
class Cell:
    """One text of a row under its heading."""

    name: str
    head: Words
    text: str
    is_long: bool


def asked(given: Mapping[str, str], standing: Standing) -> Asked:
    """What an address asks for, a page's view: boxes of the chooser come as `c`, a page shows open or closed cases."""
    told = dict(given.items())
    if isinstance(given, QueryDict) and given.getlist("c"):
        told |= {"columns": " ".join(given.getlist("c")[:40]), "set": ""}
    return replace(asked_of(told, scope=lists.first_scope(standing)), is_both=False)


def recalled(kept: str, standing: Standing) -> dict[str, str]:
    """The parameters of a remembered view; nothing when it is none of ours, or of a scope the reader has no more."""
    given = dict(parse_qsl(kept[:1600], max_num_fields=20)) if kept.count("&") < 20 else {}
    return asked(given, standing).as_params() if given.get("scope") in lists.scopes(standing) else {}


def address(view: Asked, **more: str) -> str:
    return f"{reverse('worklist:page')}?{urlencode({**view.as_params(), **more})}"


def query(view: Asked) -> str:
    return urlencode(view.as_params())


def shown(view: Asked) -> tuple[str, ...]:
    """The columns of a page: without what begins each row, and without what is the same in all of them."""
    same = {"group": "group", "branch": "branch"}.get(view.scope)
    return tuple(name for name in view.columns if name not in HIDDEN and (name != same or view.columns == SETS["all"]))


def listing(
    standing: Standing, view: Asked, page: Page, found: list[Row], own: list[ColumnSet], now: datetime
) -> dict[str, Any]:
    """Everything the page shows. Queries: the calendar, the groups and the units to choose from."""
    groups, units = lists.groups_to_choose(standing, view.scope), lists.units_to_choose()
    filters, sums = view.filters, calendar()
    choices: dict[str, list[tuple[str, Words]]] = {
        "situation": [(key, words) for key, words in SITUATIONS.items() if key != "closed"],
        "urgency": list(Urgency.choices),
        "group": [(one.code, one.name) for one in groups],
        "unit": [(one.code, one.name) for one in units],
        "domain": list({one.domain.code: one.domain.name for one in groups}.items()),
        "stage": [(key, words) for key, words in STAGES.items() if (key in OPEN) == filters.is_open],
    }
    columns = shown(view)
    told = {row.case.pk: row for row in found}
    return {
        "view": view, "query": query(view), "filters": filters, "is_open": filters.is_open, "choices": choices,
        "heads": [(name, HEADS[name]) for name in columns], "names": NAMES,
        "scopes": [Link(SCOPES[one], address(replace(view, scope=one)), is_on=one == view.scope) for one in lists.scopes(standing)],
        "conditions": [
            Link(_("在诊"), address(replace(view, filters=filters.without("closed").without("stage"))), is_on=filters.is_open),
            Link(_("已结束"), address(replace(view, filters=_closed(filters))), is_on=not filters.is_open),
        ],
        "chips": _chips(view, choices),
        "rows": [
            (case, chip(case, now, sums), *state(case), cells(told[case.pk], columns), writes(standing, case))
            for case in page.cases if case.pk in told
        ],
        "edits": next((name for name in WORDS if name in columns), ""),
        "next": address(view, after=page.after) if page.after else "",
        "previous": address(view, before=page.before) if page.before else "",
        "bare": address(replace(view, filters=Filters(), since=None, until=None)),
        "empty": EMPTY[view.scope],
        **sets(view, own),
    }  # fmt: skip


def cells(row: Row, columns: tuple[str, ...]) -> list[Cell]:
    """The texts of a row, read for exactly these columns."""
    return [
        Cell(name, HEADS[name], text, COLUMNS[name].is_long)
        for name, text in zip(columns, row.texts, strict=True)
    ]  # fmt: skip


def sets(view: Asked, own: list[ColumnSet]) -> dict[str, Any]:
    """Sets of columns as segments, those of one's own behind those that everybody has; boxes to choose from."""
    everybodys = [
        Link(SET_NAMES[name], address(replace(view, columns=columns)), is_on=columns == view.columns)
        for name, columns in SETS.items()
    ]
    hers = [
        (one, address(replace(view, columns=tuple(one.columns))), tuple(one.columns) == view.columns) for one in own
    ]
    is_new = not any(link.is_on for link in everybodys) and not any(is_on for _one, _url, is_on in hers)
    boxes = [(name, head, name in view.columns) for name, head in HEADS.items() if name not in HIDDEN]
    return {"sets": everybodys, "own_sets": hers, "may_keep": is_new, "boxes": boxes}


def _closed(filters: Filters) -> Filters:
    kept = {key: value for key, value in filters.as_params().items() if key in ("urgency", "group", "unit", "q")}
    return lists.filters_of({**kept, "closed": "1"})


def _chips(view: Asked, choices: dict[str, list[tuple[str, Words]]]) -> list[Link]:
    """One chip for each parameter in force; its address is the view without it."""
    found = []
    for name, value in view.filters.as_params().items():
        if name != "closed":
            words: Words = dict(choices.get(name, [])).get(value, value)
            url = address(replace(view, filters=view.filters.without(name)))
            found.append(Link(NAMES[name], url, FLAGS.get(name, words)))
    if view.since:
        found.append(Link(_("挂号自"), address(replace(view, since=None)), day_words(view.since, weekday=False)))
    if view.until:
        found.append(Link(_("挂号至"), address(replace(view, until=None)), day_words(view.until, weekday=False)))
    return found


def may_show_phones(standing: Standing) -> bool:
    """Whether she has a part in any case, so that the box is worth showing."""
    return bool(standing.is_coordinator or standing.branch_ids or standing.group_ids or standing.domain_ids)


def export_of(request: HttpRequest, standing: Standing) -> Asked:
    """What is to be taken out: the view, with its columns or all of them, open cases, closed ones, or both."""
    view = posted(request, standing)
    columns = view.columns if request.POST.get("columns") == "shown" else SETS["all"]
    return replace(view, columns=columns, is_both=request.POST.get("both") == "1")


@dataclass(frozen=True)
class ExportLine:
    """A list that was taken out, in words."""

    row: Export
    scope: Words
    state: Words
    css: str
    is_busy: bool
    megabytes: str


_CSS = {"waiting": "line", "writing": "dai", "done": "zhu", "failed": "hong"}


def export_line(row: Export) -> ExportLine:
    megabytes = f"{row.size / 2**20:.1f} MB" if row.size >= 2**20 else f"{max(row.size // 1024, 1)} KB"
    return ExportLine(
        row, SCOPES.get(row.asked.get("scope", ""), ""), ExportState(row.state).label, _CSS[row.state],
        row.state in ("waiting", "writing"), megabytes,
    )  # fmt: skip


def posted(request: HttpRequest, standing: Standing) -> Asked:
    """The view that a form was sent from."""
    given = dict(parse_qsl(request.POST.get("query", "")[:1600], max_num_fields=20))
    return asked(given, standing)
