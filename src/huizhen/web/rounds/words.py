"""Words of the board: how long nobody was round, addresses that keep what is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huizhen.cases.queries.chips import chip
from huizhen.cases.verbs import SITUATIONS
from huizhen.directory.queries import Standing, current_campaign
from huizhen.lib.errors import Fault
from huizhen.reports.queries.rounds import Board, Line, Period, period_of, progress, silent_groups
from huizhen.reports.queries.suggestions import awaiting
from huizhen.web.moments import day_words
from huizhen.worktime.queries import calendar


def address(asked: dict[str, str]) -> str:
    """The board as it was shown, from its first page: stamped cases leave it."""
    kept = {name: value for name, value in asked.items() if name in ("show", "group") and value}
    return reverse("rounds:board") + (f"?{urlencode(kept)}" if kept else "")


def board(found: Board, period: Period, now: datetime, *, show: str, group: str, after: str) -> dict[str, Any]:
    """Everything the board shows. One query: the calendar."""
    sums, asked = calendar(), {"show": show, "group": group}
    return {
        "found": found,
        "period": period,
        "rows": [(one, chip(one.case, now, sums), SITUATIONS[one.case.situation], since(one)) for one in found.lines],
        "show": show,
        "group": group,
        "asked": urlencode({name: value for name, value in asked.items() if value}),
        "shows": [(words, address({**asked, "show": key}), key == show) for key, words in _shows(found)],
        "by_group": _by_group(found, asked) if len(found.groups) > 1 else [],
        "next": address(asked) + "&" + urlencode({"after": found.after}) if found.after else "",
        "first": address(asked) if after else "",
        "days_left": period.days_left(timezone.localdate(now), sums),
    }


def _shows(found: Board) -> list[tuple[str, str]]:
    due = _("本轮没查 %(n)s") % {"n": found.progress.left} if found.progress.left else _("本轮没查")
    return [("due", due), ("all", _("全部在诊"))]


def _by_group(found: Board, asked: dict[str, str]) -> list[tuple[str, str, bool]]:
    every = [(_("全部"), "")] + [(one.name, one.code) for one in found.groups]
    return [(name, address({**asked, "group": code}), code == asked["group"]) for name, code in every]


def since(line: Line) -> str:
    """16 天没查; 挂号 3 天，还没查过; 今天查过."""
    if line.last is None and line.days == 0:
        return _("今天挂号，还没查过")
    if line.last is None:
        return ngettext("挂号 %(n)s 天，还没查过", "挂号 %(n)s 天，还没查过", line.days) % {"n": line.days}
    if line.days == 0:
        return _("今天查过")
    return ngettext("%(n)s 天前查过", "%(n)s 天前查过", line.days) % {"n": line.days}


def fault_of(form: forms.Form) -> Fault:
    """The first fault of a comment, as an action would name it."""
    error = form.errors.as_data()["comment"][0]
    return Fault(error.code or "invalid", error.params or {})


def at_home(standing: Standing, role: str, now: datetime) -> list[dict[str, Any]]:
    """Lines for a first screen: rounds that are due, groups nobody visits, suggestions that wait. Three queries at most."""
    lines: list[dict[str, Any]] = []
    campaign = current_campaign()
    if role in ("leader", "liaison", "coordinator") and campaign is not None:
        period = period_of(campaign, timezone.localdate(now))
        if standing.led_group_ids:
            lines += _due(standing, period, now)
        if role != "leader" and (n := silent_groups(standing, period, now=now)):
            said = ngettext("%(n)s 个团没去查房", "%(n)s 个团没去查房", n) % {"n": n}
            lines.append({"words": said, "url": reverse("rounds:groups") + "?silent=on", "more": "", "is_bad": True})
    if role in ("leader", "expert", "requester", "coordinator") and (n := awaiting(standing)):
        said = ngettext("%(n)s 条团长建议等您答复", "%(n)s 条团长建议等您答复", n) % {"n": n}
        lines.append({"words": said, "url": reverse("rounds:suggestions") + "?show=mine", "more": "", "is_bad": False})
    return lines


def _due(standing: Standing, period: Period, now: datetime) -> list[dict[str, Any]]:
    told = progress(standing, period)
    if not told.left:
        return []
    said = _("本轮查房 %(visited)s/%(open)s 例") % {"visited": told.visited, "open": told.open}
    more = _("%(day)s止") % {"day": day_words(period.last, weekday=False)}
    return [{"words": said, "url": reverse("rounds:board"), "more": more, "is_bad": False}]
