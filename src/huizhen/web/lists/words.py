"""Words and addresses of a list: its scopes, the filters in force as chips, the choices to add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

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
from huizhen.worktime.queries import calendar

Words = str | Promise

SCOPES: dict[str, Words] = {
    "mine": _("我负责的"),
    "branch": _("本支部"),
    "group": _("我的团"),
    "joined": _("参与的"),
    "domain": _("本领域"),
    "unit": _("本单位"),
    "all": _("全部"),
    "following": _("关注的"),
}
NAMES: dict[str, Words] = {
    "situation": _("情况"),
    "stage": _("阶段"),
    "urgency": _("紧急"),
    "group": pgettext_lazy("one", "专家团"),
    "unit": _("单位"),
    "domain": _("领域"),
    "overdue": _("时限"),
    "today": _("时限"),
    "q": _("含"),
}
FLAGS: dict[str, Words] = {"overdue": _("已超时"), "today": _("今天到时")}
EMPTY: dict[str, Words] = {
    "mine": _("现在没有由您负责的病例。"),
    "branch": _("本支部还没有病例。"),
    "group": _("您的团现在没有病例。"),
    "joined": _("没有邀请或转给您的病例。"),
    "domain": _("本领域现在没有病例。"),
    "unit": _("本单位现在没有病例。"),
    "all": _("现在没有病例。"),
    "following": _("您还没有关注病例。打开一个病例，点“关注”，就会列在这里。"),
}


@dataclass(frozen=True)
class Link:
    """A segment, a chip, or a way on."""

    label: Words
    url: str
    value: Words = ""
    is_on: bool = False


def recalled(kept: str, standing: Standing) -> dict[str, str]:
    """The parameters of a remembered view; nothing when it is none of ours, or of a scope the reader has no more."""
    given = dict(parse_qsl(kept[:800], max_num_fields=20)) if kept.count("&") < 20 else {}
    scope = {"scope": given["scope"]} if given.get("scope") in lists.scopes(standing) else {}
    return {**scope, **lists.filters_of(given).as_params()} if scope else {}


def _url(scope: str, filters: Filters | None = None, **more: str) -> str:
    params = {"scope": scope, **(filters.as_params() if filters else {}), **more}
    return f"{reverse('cases:list')}?{urlencode(params)}"


def listing(standing: Standing, scope: str, filters: Filters, page: Page, now: datetime) -> dict[str, Any]:
    """Everything the page of a list shows. Queries: the calendar, the groups and the units to choose from."""
    groups, units = lists.groups_to_choose(standing, scope), lists.units_to_choose()
    domains = {one.domain.code: one.domain.name for one in groups}
    sums = calendar()
    choices: dict[str, list[tuple[str, Words]]] = {
        "situation": [(key, words) for key, words in SITUATIONS.items() if key != "closed"],
        "urgency": list(Urgency.choices),
        "group": [(one.code, one.name) for one in groups],
        "unit": [(one.code, one.name) for one in units],
        "domain": list(domains.items()),
        "stage": [(key, words) for key, words in STAGES.items() if (key in OPEN) == filters.is_open],
    }
    return {
        "scope": scope,
        "filters": filters,
        "is_open": filters.is_open,
        "scopes": [Link(SCOPES[one], _url(one), is_on=one == scope) for one in lists.scopes(standing)],
        "conditions": [
            Link(_("在诊"), _url(scope, filters.without("closed").without("stage")), is_on=filters.is_open),
            Link(_("已结束"), _url(scope, _closed(filters)), is_on=not filters.is_open),
        ],
        "chips": _chips(scope, filters, choices),
        "choices": choices,
        "rows": [(one, chip(one, now, sums), *state(one)) for one in page.cases],
        "next": _url(scope, filters, after=page.after) if page.after else "",
        "previous": _url(scope, filters, before=page.before) if page.before else "",
        "bare": _url(scope),
        "empty": EMPTY[scope],
        "names": NAMES,
    }


def _closed(filters: Filters) -> Filters:
    kept = {key: value for key, value in filters.as_params().items() if key in ("urgency", "group", "unit", "q")}
    return lists.filters_of({**kept, "closed": "1"})


def state(case: Any) -> tuple[str, Words]:
    """Situation of an open case, stage of a closed one: code and word."""
    return (case.situation, SITUATIONS[case.situation]) if case.is_open else (case.stage, STAGES[case.stage])


def _chips(scope: str, filters: Filters, choices: dict[str, list[tuple[str, Words]]]) -> list[Link]:
    """One chip for each parameter in force; its address is the view without it."""
    found = []
    for name, value in filters.as_params().items():
        if name == "closed":
            continue
        words: Words = dict(choices.get(name, [])).get(value, value)
        words = FLAGS.get(name, words)
        found.append(Link(NAMES[name], _url(scope, filters.without(name)), words))
    return found
