"""Sentences of the work list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {"export_many_waiting": _("您已有 %(max)s 份清单在生成，等它们好了再要新的。")}
REFUSALS = {
    "worklist_words_of": (
        _("工作清单由责任人、团长和问诊支部填写"),
        _("您看得到这一例，但进展由他们来写。没有任何内容被改动。"),
    ),
    "export_not_there": (_("文件还没有生成，或已经删去"), _("生成好了会列在“我的导出”里，留七天。")),
    "worklist_stale": (_("这一例刚有人写过"), _("看过现在的内容，再决定怎么写。您填的还在。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
