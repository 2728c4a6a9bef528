"""Sentences of the monthly reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "reports_of_overseers": (_("月报由各单位综合员报送，接口人和党建工作部看"), _NOTHING),
    "report_of_clerk": (_("%(unit)s的月报由本单位综合员写和报送"), _NOTHING),
    "report_saved_elsewhere": (_("%(name)s刚刚存过这份月报"), _("您填的还在上一页。看过最新内容再决定。")),
    "report_sent_already": (
        _("这份月报 %(at)s 已报送第 %(version)s 版"),
        _("要改先撤回，再重新报送。没有任何内容被改动。"),
    ),
    "report_key_taken": (_("这张表已经用过了"), _("请重新打开预览再报送。")),
    "report_not_sent": (_("这份月报没有在报的版本，不用撤回"), _NOTHING),
    "report_in_bulletin": (_("通报已经用了这份月报，不能撤回"), _("要更正请联系党建工作部。没有任何内容被改动。")),
    "report_version_withdrawn": (_("第 %(version)s 版已撤回，不能再发"), _("请下载现在的一版。没有任何内容被改动。")),
    "report_reminder_of_head_office": (_("催报由党建工作部来做"), _NOTHING),
    "unit_without_clerk": (_("%(unit)s没有综合员，没有人可催"), _("请先在名册里安排综合员。没有任何内容被改动。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register({}, REFUSALS)
