"""Sentences of mailings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "mailing_no_view": _("这个视图现在发不了，请回到页面上重新点“定时发送”。"),
    "name_of_several": _("有几位都叫“%(value)s”，请改填编号。"),
    "recipient_may_not": _("%(name)s看不到这个范围，不能发给这个人。"),
}
REFUSALS = {
    "mailing_of_others": (_("定时发送由设定的人来改"), _("没有任何内容被改动。")),
    "mailing_unknown": (_("没有这个定时发送"), _("可能已经删除，或这个范围您已看不到。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
