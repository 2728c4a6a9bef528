"""Sentences of the campaign's settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

# Of a year's working calendar.
CALENDAR = {
    "bad_date": _("日期“%(value)s”读不懂，请写成 2027-02-06。"),
    "bad_kind": _("“%(value)s”不是休或班。"),
    "date_twice": _("%(date)s 写了两次。"),
    "more_than_one_year": _("一次只录一年，这里有 %(years)s。"),
    "no_days": _("没有读到任何一天。每行写一天，例如：2027-01-01,休,元旦"),
    "no_holidays": _("一整年没有一个休息日，请核对。"),
    "too_many_lines": _("最多 %(lines)s 行。"),
    "bad_year": _("年份 %(year)s 不对，请核对。"),
    "on_both_lists": _("%(date)s 不能既休又班。"),
    "not_a_weekend": _("%(date)s 不是周末，不用写补班。"),
}

FAULTS = {
    "no_amount": _("请写成“3 天”“4 小时”或“30 分”。"),
    "confirmation_wrong": _("请原样输入“%(name)s”。"),
    "no_next_campaign": _("还没有新一届活动，没有地方可以结转。"),
    "nothing_changed": _("和现行的时限一样，没有什么要发布的。"),
}

REFUSALS = {
    "campaign_ended": (_("“%(name)s”已经结束了"), _("别人可能先点了一步。数字已冻结，可以看年度总结。")),
    "campaign_not_ended": (_("这届活动没有结束，或已经撤回"), _("没有任何内容被改动。")),
    "campaign_has_next": (_("新一届活动已经建好"), _("没有任何内容被改动。")),
    "end_is_final": (_("新一届里已经有病例，不能撤回结束"), _("没有任何内容被改动。")),
    "figures_counting": (_("正在把所有病例数一遍，数字还会变"), _("请等数完再结束活动。")),
    "summary_of_readers": (_("年度总结由党建工作部、领导、审计和领域接口人看"), _("没有任何内容被改动。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS | CALENDAR, REFUSALS)
