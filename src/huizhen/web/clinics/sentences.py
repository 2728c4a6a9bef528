"""Sentences of clinics."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "clinic_case_unknown": _("没有找到 %(value)s，或您看不到它的全文。"),
    "clinic_case_sensitive": _("%(code)s 是敏感病例，不能拿来讨论。"),
    "clinic_no_case": _("至少选一例。"),
    "presenter_sees_not": _("%(name)s看不到 %(code)s 的全文，不能主讲，请换一位。"),
    "clinic_nobody": _("至少请一位。"),
    "clinic_nobody_came": _("至少勾一位到会的人。"),
    "clinic_length": _("时长在 %(min)s 到 %(max)s 分钟之间。"),
    "place_or_link": _("地点和入会链接至少写一个。"),
    "clinic_link": _("链接要以 https:// 开头。"),
    "same_time": _("这就是现在的时间，请换一个。"),
}
_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "clinic_of_domain": (_("病例讨论会由本领域的接口人或团长安排"), _NOTHING),
    "clinic_state": (_("这次讨论会%(state)s，不能这样改"), _NOTHING),
    "clinic_not_begun": (_("讨论会还没开始，%(starts)s之后再登记"), _NOTHING),
    "clinic_key_taken": (_("这张表已经被别人用过了"), _("请重新打开“安排讨论会”再填。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
