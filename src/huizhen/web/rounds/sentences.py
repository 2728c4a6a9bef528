"""Sentences of rounds and suggestions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "round_of_nothing": _("至少勾一例。"),
    "suggestion_needs_case": _("给支部的建议要写在具体病例上。"),
}
_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "rounds_of_leaders": (_("查房由团长做，接口人和党建工作部看"), _NOTHING),
    "round_of_leader": (_("只有主诊团的团长能查这个病例"), _NOTHING),
    "round_closed": (_("%(code)s 已经结束，不用再查"), _NOTHING),
    "round_is_old": (_("已过 %(minutes)s 分钟，不能撤回了"), _("可以再查一次，写明更正。没有任何内容被改动。")),
    "suggestion_key_taken": (_("这张表已经被别人用过了"), _("请重新打开“提建议”再填。")),
    "suggestion_of_others": (_("这条建议不由您来办"), _NOTHING),
    "suggestion_settled": (_("这条建议%(state)s"), _NOTHING),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
