"""What wants to be looked at: reports that are missing, transfers, what is late, who gets worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huizhen.directory.queries import Standing
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.periods import month
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.dashboards import Now
from huizhen.reports.queries.figures import Figure, Figures
from huizhen.reports.queries.monthly import Compliance
from huizhen.web.dashboards.words import CURVES, GOAL, open_url, reports
from huizhen.web.figures.forms import Choice
from huizhen.web.figures.words import cases_url, month_words, value_words
from huizhen.web.moments import day_words


@dataclass(frozen=True)
class Call:
    """Something that wants to be looked at: what kind, one line, why, where to go."""

    tag: str
    icon: str
    tone: str
    title: str
    why: str
    url: str
    button: str


def calls(
    now: Now, choice: Choice, standing: Standing, worse: Call | None, silent: Sequence[str], told: Compliance | None
) -> list[Call]:
    """At most three, the most pressing first."""
    found = [one] if (one := _reminder(told)) else []
    if now.transfers:
        is_asked = choice.scope.kind == Kind.GROUP
        words = (
            ngettext("%(n)s 例转诊等着答复", "%(n)s 例转诊等着答复", now.transfers)
            if is_asked
            else ngettext("%(n)s 例转诊没人接", "%(n)s 例转诊没人接", now.transfers)
        )
        why = _("答复之前，原来的责任人还担着。") if is_asked else _("等接口人指定由谁承办。")
        url = reverse("home") if is_asked else open_url(standing, choice.scope, situation="transfer")
        found.append(Call(_("要定"), "scale", "po", words % {"n": now.transfers}, why, url, _("去看看")))
    if now.late:
        title = ngettext("%(n)s 例超时没办", "%(n)s 例超时没办", now.late) % {"n": now.late}
        if silent:
            why = _("还没按时联系支部：%(names)s。") % {"names": _("、").join(silent)}
        else:
            each = [_("%(name)s %(n)s 例") % {"name": group.name, "n": n} for group, n in now.late_groups]
            why = _("最多的：%(names)s。") % {"names": _("、").join(each)} if each and not _is_group(choice) else ""
        url = open_url(standing, choice.scope, overdue="1")
        found.append(Call(_("要催"), "circle-alert", "bad", title, why, url, _("看超时的")))
    if worse:
        found.append(worse)
    return found[:3]


def _is_group(choice: Choice) -> bool:
    return choice.scope.kind == Kind.GROUP


def _reminder(found: Compliance | None) -> Call | None:
    """Whom to remind of a report."""
    if found is None or not (names := reports(found).missing):
        return None
    title = ngettext("%(n)s 个单位没交%(month)s月报", "%(n)s 个单位没交%(month)s月报", len(names)) % {
        "n": len(names), "month": month_words(month(found.month)),
    }  # fmt: skip
    listed = _("、").join(names[:6]) + (_("等") if len(names) > 6 else "")
    why = _("%(names)s，应于 %(day)s 前交。") % {"names": listed, "day": day_words(found.due_on, weekday=False)}
    return Call(_("要催"), "circle-alert", "bad", title, why, reverse("monthly:board"), _("看谁没交"))


def falling(grid: Mapping[int, list[Figures]], known: Sequence[Scope]) -> Call | None:
    """The scope whose rate fell twice in a row, below the goal, by the most."""
    worst: tuple[Decimal, Scope, list[Figure]] | None = None
    for one in known:
        for code in CURVES:
            last = [each[code] for each in grid[one.key] if each[code].value is not None][-3:]
            values = [each.value for each in last if each.value is not None]
            if len(values) == 3 and values[0] > values[1] > values[2] and values[2] < GOAL:
                gap = values[0] - values[2]
                if worst is None or gap > worst[0]:
                    worst = gap, one, last
    if worst is None:
        return None
    _gap, scope, last = worst
    metric = last[-1].metric
    period = next(each.period for each in reversed(grid[scope.key]) if each[metric.code] is last[-1])
    title = _("%(name)s：%(figure)s连降两月") % {"name": scope.name, "figure": metric.label}
    why = " → ".join(value_words(each) for each in last)
    return Call(
        _("要问"), "trending-down", "", title, why, cases_url(metric.code, scope, period, "whole"), _("看这些病例")
    )
