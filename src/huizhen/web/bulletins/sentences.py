"""Sentences of bulletins and of PDFs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "bulletin_of_office": (_("通报由党建工作部起草和签发"), _NOTHING),
    "bulletin_of_reviewer": (_("这份通报不由您审核"), _NOTHING),
    "own_bulletin": (_("这份通报您动过笔，要请没有动笔的人审核"), _("党建工作部只有一个人时，可以在活动设置里改成一人也可。")),
    "bulletin_state": (_("这份通报%(state)s，现在不能这样做"), _NOTHING),
    "bulletin_month_ahead": (_("这个月还没有开始"), _NOTHING),
    "bulletin_month_runs": (_("数字统计到%(until)s，过了这一天才能签发"), _NOTHING),
    "figures_are_counted": (_("还有病例没有计入统计，现在签发数字会不全"), _("一般几秒就好，过一会儿再签发。没有任何内容被改动。")),
    "no_pdf": (_("这台服务器上没有 LibreOffice，转不成 PDF"), _("Word 文件照样可以下载。")),
}  # fmt: skip


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(refusals=REFUSALS)
