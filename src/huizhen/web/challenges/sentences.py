"""Sentences of challenges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "goal_is_baseline": _("目标要和现在的值不同。"),
    "lead_of_branch": _("牵头人要是本支部的人。"),
    "milestone_incomplete": _("第 %(number)s 个里程碑要写明日期和内容。"),
}
_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "challenge_of_branch": (_("领题由本支部来登记和修改"), _NOTHING),
    "challenge_over": (_("%(code)s 已经结束，不能再改"), _NOTHING),
    "challenge_state": (_("这道题目现在是“%(state)s”，不能这样推进"), _NOTHING),
    "branch_dissolved": (_("%(name)s已撤销，不能再领题"), _NOTHING),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
